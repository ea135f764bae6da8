"""Mutants of what the project stands for, and whether the tests catch them.

    python3 .ci/mutants.py sample [N]         writes .ci/mutants.txt: N (120) of all mutants, by the blake3 hash of their names
    python3 .ci/mutants.py run COPY RESULTS   tries each of them in COPY, a checkout of the same commit that may be changed;
                                              a line each in the file RESULTS, and a summary on the terminal

Needs cargo-mutants, which makes them, and for `sample` the Python package blake3. A sample is committed before it is first run; a
name holds line and column, so the list belongs to the commit that wrote it.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / ".ci" / "mutants.txt"
ROOMS = ["market", "agent", "sim", "kpi", "asset"]
LIMIT_S = 180


def mutants(root: Path) -> dict[str, dict]:
    files = [argument for room in ROOMS for argument in ("-f", f"src/{room}/**")]
    listed = subprocess.run(["cargo", "mutants", "--list", "--json", *files], cwd=root, check=True, capture_output=True, text=True)
    # Mutants of other rooms' structs are listed whatever is asked for.
    return {m["name"]: m for m in json.loads(listed.stdout) if m["file"].split("/")[1] in ROOMS}


def sample(count: int) -> None:
    from blake3 import blake3

    names = sorted(mutants(ROOT), key=lambda name: blake3(name.encode()).hexdigest())
    SAMPLE.write_text("".join(f"{name}\n" for name in names[:count]))
    print(f"{count} of {len(names)} mutants")


def mutated(text: str, mutant: dict) -> str:
    lines = text.splitlines(keepends=True)

    def offset(at: dict) -> int:
        return sum(len(line) for line in lines[: at["line"] - 1]) + at["column"] - 1

    start, end = offset(mutant["span"]["start"]), offset(mutant["span"]["end"])
    return text[:start] + mutant["replacement"] + text[end:]


def outcome(copy: Path) -> str:
    def cargo(*arguments: str, limit_s: float) -> bool:
        process = subprocess.Popen(["cargo", *arguments], cwd=copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            return process.wait(limit_s) == 0
        except subprocess.TimeoutExpired:
            # The tests that do not end are children of cargo's.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise

    if not cargo("check", "--lib", limit_s=3600):
        return "does not compile"
    # Most are caught by the tests of the whole; those of single files are only built for the rest.
    for tests in (["--test", "it"], ["--lib"]):
        cargo("test", *tests, "--no-run", limit_s=3600)
        try:
            if not cargo("test", *tests, limit_s=LIMIT_S):
                return "caught"
        except subprocess.TimeoutExpired:
            return "timed out"
    return "missed"


def run(copy: Path, results: Path) -> int:
    known = mutants(copy)
    done = dict(line.split("\t") for line in results.read_text().splitlines()) if results.exists() else {}
    for name in SAMPLE.read_text().splitlines():
        if name in done:
            continue
        file = copy / known[name]["file"]
        text = file.read_text()
        try:
            file.write_text(mutated(text, known[name]))
            done[name] = outcome(copy)
        finally:
            file.write_text(text)
        with results.open("a") as out:
            print(name, done[name], sep="\t", file=out)
    count = {kind: list(done.values()).count(kind) for kind in ["caught", "missed", "timed out", "does not compile"]}
    print(", ".join(f"{n} {kind}" for kind, n in count.items()))
    print(*(name for name, kind in done.items() if kind == "missed"), sep="\n")
    return 0 if count["caught"] >= 0.85 * (count["caught"] + count["missed"]) else 1


match sys.argv[1:]:
    case ["sample", *rest]:
        sample(int(rest[0]) if rest else 120)
    case ["run", copy, results]:
        sys.exit(run(Path(copy), Path(results)))
    case _:
        sys.exit(__doc__)
