"""What a week costs as the feeder grows: the simulation, the whole command with files and report, memory.

    python3 benches/scale.py COPPERPLATE [CONNECTIONS ...]          by default 400 2000 10000 50000

The feeders are made by scale/make_feeder.py of the reference data (COPPERPLATE_SHARED, or ../shared beside the checkout): stations
of 40 houses on a radial medium-voltage grid. Each is run for one week on one thread, once without flexibility and once with a strategy
that trades and limits. Times are of the processor, the simulation's share by the phases in manifest.json. On a busy machine run it
again: phases are wall times scaled to the processor's.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("COPPERPLATE_SHARED", ROOT.parent / "shared"))
HOUSES = 40
FEEDER = ROOT / "scenarios" / "feeders" / "lv-semiurb4-2"


STRATEGIES = ["copper-plate", "congestion-management"]


def run(binary: str, scenario: Path, strategy: str, out: Path) -> tuple[float, float, float]:
    """Processor seconds of the simulation and of the whole command, and its peak memory in MB."""
    command = [binary, "run", scenario, "--strategy", strategy, "--out", out]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"RAYON_NUM_THREADS": "1"})
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    if status != 0:
        sys.exit(f"{scenario.stem} connections: the command failed")
    whole = used.ru_utime + used.ru_stime
    phases = {d["phase"]: d["seconds"] for d in json.loads((out / "manifest.json").read_text())["durations"]}
    return whole * phases["simulate"] / wall, whole, used.ru_maxrss * 1024 / 1e6


def main() -> None:
    binary = sys.argv[1]
    sizes = [int(n) for n in sys.argv[2:]] or [400, 2000, 10_000, 50_000]
    first = {}
    print("connections  strategy               simulation CPU s  whole command CPU s  peak MB  CPU a connection, relative: simulation  whole")
    for size in sizes:
        with tempfile.TemporaryDirectory() as temp:
            made = Path(temp) / str(size)
            maker = [sys.executable, SHARED / "scale" / "make_feeder.py", str(size // HOUSES), str(HOUSES), made, FEEDER]
            subprocess.run(maker, check=True, stdout=subprocess.DEVNULL)
            for strategy in STRATEGIES:
                simulation, whole, megabytes = run(binary, made.with_suffix(".toml"), strategy, Path(temp) / strategy)
                each = (simulation / size, whole / size)
                relative = [a / b for a, b in zip(each, first.setdefault(strategy, each))]
                figures = f"{simulation:16.2f} {whole:20.2f} {megabytes:8.0f} {relative[0]:40.2f} {relative[1]:6.2f}"
                print(f"{size:11}  {strategy:21} {figures}", flush=True)


if __name__ == "__main__":
    main()
