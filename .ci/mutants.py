"""Mutants of what the project stands for, and whether the tests catch them.

    python3 .ci/mutants.py sample [N]       writes .ci/mutants.txt: N (120) of all mutants, by the blake3 hash of their names
    python3 .ci/mutants.py run [JOBS]       tries those of .ci/mutants.txt; results in mutants.out/, a summary on the terminal

Needs cargo-mutants, and for `sample` the Python package blake3. A sample is committed before it is first run; a name holds line and
column, so the list belongs to the commit that wrote it.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / ".ci" / "mutants.txt"
ROOMS = ["market", "agent", "sim", "kpi", "asset"]


def listed(arguments: list[str]) -> list[str]:
    command = ["cargo", "mutants", "--list", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def each(option: str, names: set[str]) -> list[str]:
    return [argument for name in sorted(names) for argument in (option, f"^{re.escape(name)}$")]


def sample(count: int) -> None:
    from blake3 import blake3

    files = [argument for room in ROOMS for argument in ("-f", f"src/{room}/**")]
    names = sorted(set(listed(files)), key=lambda name: blake3(name.encode()).hexdigest())
    SAMPLE.write_text("".join(f"{name}\n" for name in names[:count]))
    print(f"{count} of {len(names)} mutants")


def run(jobs: str) -> int:
    names = set(SAMPLE.read_text().splitlines())
    wanted = each("--re", names)
    # Deleted fields are listed whatever is asked for.
    wanted += each("--exclude-re", set(listed(wanted)) - names)
    command = ["cargo", "mutants", "--no-shuffle", "--baseline=skip", "--timeout=300", "--build-timeout=600", f"--jobs={jobs}", *wanted]
    subprocess.run([*command, "--", "--lib", "--test", "it"], cwd=ROOT, check=False)
    outcomes = json.loads((ROOT / "mutants.out" / "outcomes.json").read_text())
    caught, missed = outcomes["caught"], outcomes["missed"]
    print(f"{caught} caught, {missed} missed, {outcomes['timeout']} timed out, {outcomes['unviable']} do not compile")
    print(f"{100 * caught / max(caught + missed, 1):.1f} % of those that compile and end are caught")
    return 0 if caught >= 0.85 * (caught + missed) else 1


match sys.argv[1:]:
    case ["sample", *rest]:
        sample(int(rest[0]) if rest else 120)
    case ["run", *rest]:
        sys.exit(run(rest[0] if rest else "1"))
    case _:
        sys.exit(__doc__)
