"""Holds the data files of the shipped scenarios, and of a made feeder of 400 connections, against known hashes.

    python3 .ci/frozen.py BINARY            compare with .ci/frozen.txt, say what changed, exit 1 if anything did
    python3 .ci/frozen.py BINARY --write    write .ci/frozen.txt anew

Results are the same bytes on every machine and thread count; a change of them is meant, and CHANGELOG.md then says why. The made
feeder comes from scale/make_feeder.py of the reference data (COPPERPLATE_SHARED).
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KNOWN = ROOT / ".ci" / "frozen.txt"
SCENARIOS = ["quickstart", "winter-evening", "unbalanced-evening", "year"]
# Written anew by every run, or a page made from the other files.
PASSED_OVER = {"manifest.json", "report.html"}


def hashes(binary: Path, temp: Path) -> dict[str, str]:
    shared = Path(os.environ.get("COPPERPLATE_SHARED", ROOT.parent / "shared"))
    made = temp / "made"
    feeder = ROOT / "scenarios" / "feeders" / "lv-semiurb4-2"
    subprocess.run([sys.executable, shared / "scale" / "make_feeder.py", "10", "40", made, feeder], check=True, stdout=subprocess.DEVNULL)
    runs = [(name, ROOT / "scenarios" / f"{name}.toml") for name in SCENARIOS] + [("made-400", temp / "made.toml")]
    found = {}
    for name, scenario in runs:
        out = temp / name
        subprocess.run([binary, "run", scenario, "--out", out], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for path in sorted(p for p in out.rglob("*") if p.is_file() and p.name not in PASSED_OVER):
            found[f"{name}/{path.relative_to(out)}"] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return found


def main() -> int:
    binary = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as temp:
        found = hashes(binary, Path(temp))
    if "--write" in sys.argv:
        KNOWN.write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(found.items())))
        return 0
    known = {name: digest for digest, name in (line.split("  ", 1) for line in KNOWN.read_text().splitlines())}
    changed = sorted(name for name in known.keys() | found.keys() if known.get(name) != found.get(name))
    for name in changed:
        state = "is new" if name not in known else "is gone" if name not in found else "has changed"
        print(f"{name} {state}")
    print(f"{len(found)} data files, {len(changed)} differ from .ci/frozen.txt")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
