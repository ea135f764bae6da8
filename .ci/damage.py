"""Damages scenarios and feeders, one fault a case, and looks at what comes of it.

    python3 .ci/damage.py BINARY [--cases 1000] [--seed 1] [--only N]

A case either ends with exit code 2, names the damaged file and writes nothing, or 'validate' calls it sound and the run ends with 0.
Never a panic, never more than 2 s of processor time or 200 MB. `--only N` shows one case: its fault, and what was said.
"""

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASES = [("quickstart", "lv-rural1-2"), ("winter-evening", "lv-semiurb4-2"), ("unbalanced-evening", "ieee-eu-lv"), ("sweep-pv", "lv-rural1-2")]
MOST_CPU_S = 2.0
MOST_KB = 200_000

NUMBERS = ["-1", "0", "1", "1e308", "-1e308", "1e-308", "nan", "inf", "9223372036854775807", "9223372036854775808", "1000000000000", "0.5", "1,5", "1_0"]
TEXTS = ["", ".", "..", "../../x", "/etc/passwd", "/dev/zero", "ü", "a\\u0007b", "😀" * 30, "x" * 10_000, "null", "true", "a b", "a/b", "<&>", "*"]
DATES = ["9999-12-31", "0000-01-01", "0001-01-01", "2016-02-30", "1700-01-01", "2016-07-22T12:00", "2016-07-22T12:00:00Z", "-0001-01-01", "2100-01-01"]
CLOCKS = ["24:00", "00:00", "25:00", "12:00+05:00", "12:00Z", "-1:00", "12", "23:59:59.999999999"]
ZONES = ["UTC", "Asia/Kathmandu", "Europe/Amsterdm", "", "Etc/GMT+12", "Australia/Lord_Howe", "../../etc/passwd", "America/New_York", "Antarctica/Troll"]


def literal(dice: random.Random, value: str) -> str:
    """Another value in TOML: of the same kind, or of another."""
    quoted = lambda texts: json.dumps(dice.choice(texts), ensure_ascii=False)
    if re.fullmatch(r'"\d{4}-.*"', value):
        kinds = [lambda: f'"{dice.choice(DATES)}"']
    elif re.fullmatch(r'"\d\d:\d\d.*"', value):
        kinds = [lambda: f'"{dice.choice(CLOCKS)}"']
    elif "/" in value and value.startswith('"'):
        kinds = [lambda: f'"{dice.choice(ZONES)}"', lambda: quoted(TEXTS)]
    elif value.startswith('"'):
        kinds = [lambda: quoted(TEXTS)]
    elif value.startswith("["):
        kinds = [lambda: "[]", lambda: f"[{value}]", lambda: "[1, \"a\"]", lambda: value * 2]
    else:
        kinds = [lambda: dice.choice(NUMBERS)] * 3
    anything = [lambda: quoted(TEXTS), lambda: dice.choice(NUMBERS), lambda: "true", lambda: "{}", lambda: "[]", lambda: f'"{dice.choice(DATES)}"', lambda: ""]
    return dice.choice(kinds if dice.random() < 0.7 else anything)()


def slip(dice: random.Random, word: str) -> str:
    at = dice.randrange(len(word))
    return dice.choice([word[:at] + word[at + 1 :], word[:at] + word[at] * 2 + word[at + 1 :], word + "s", word.replace("_", "-"), word.upper()])


def damage_toml(dice: random.Random, text: str) -> tuple[str, str]:
    lines = text.split("\n")
    entries = [k for k, line in enumerate(lines) if re.match(r"\s*[A-Za-z_.\"-]+\s*=", line)]
    headers = [k for k, line in enumerate(lines) if line.startswith("[")]
    k = dice.choice(entries)
    key, value = lines[k].split("=", 1)
    written, comment = value.strip(), ""
    if " #" in written:
        written, comment = written.split(" #", 1)
        written, comment = written.strip(), " #" + comment
    ways = ["value"] * 8 + ["key"] * 3 + ["delete", "twice", "header", "delete header", "cut", "sign", "move"]
    way = dice.choice(ways)
    if way == "value":
        lines[k] = f"{key}= {literal(dice, written)}{comment}"
    elif way == "key":
        lines[k] = f"{slip(dice, key.strip())} = {written}{comment}"
    elif way == "delete":
        del lines[k]
    elif way == "twice":
        lines.insert(k, lines[k])
    elif way in ("header", "delete header") and headers:
        k = dice.choice(headers)
        name = re.search(r"[A-Za-z_-]+", lines[k]).group()
        lines[k] = lines[k].replace(name, slip(dice, name)) if way == "header" else ""
    elif way == "cut":
        text = "\n".join(lines)
        return way, text[: dice.randrange(1, len(text))]
    elif way == "sign":
        at = dice.randrange(len(lines[k]) or 1)
        lines[k] = lines[k][:at] + dice.choice('"[]{}=,.#\'\t\x00\x1b') + lines[k][at + 1 :]
    elif way == "move":
        lines.insert(dice.randrange(len(lines)), lines.pop(k))
    return f"{way} at line {k + 1}", "\n".join(lines)


def damage_csv(dice: random.Random, text: str) -> tuple[str, str]:
    rows = [line.split(",") for line in text.rstrip("\n").split("\n")]
    way = dice.choice(
        ["cell"] * 8 + ["less", "more", "delete", "twice", "blank", "commas", "column", "header", "swap", "semicolons", "cut", "loop", "header only", "many", "quote"]
    )
    r = dice.randrange(1, len(rows)) if len(rows) > 1 else 0
    c = dice.randrange(len(rows[0]))
    if way == "cell":
        rows[r][c] = dice.choice(["", " ", "abc", rows[dice.randrange(len(rows))][c], *NUMBERS, *TEXTS[:10]])
    elif way == "less":
        del rows[r][c]
    elif way == "more":
        rows[r].insert(c, "1")
    elif way == "delete":
        del rows[r]
    elif way == "twice":
        rows.insert(r, list(rows[r]))
    elif way == "blank":
        rows.insert(r, [""])
    elif way == "commas":
        rows.insert(r, [""] * dice.choice([2, len(rows[0])]))
    elif way == "column":
        rows = [row[:c] + row[c + 1 :] for row in rows]
    elif way == "header":
        rows[0][c] = slip(dice, rows[0][c]) or "x"
    elif way == "swap":
        d = dice.randrange(len(rows[0]))
        rows[0][c], rows[0][d] = rows[0][d], rows[0][c]
    elif way == "semicolons":
        return way, text.replace(",", ";").replace(".", ",")
    elif way == "cut":
        return way, text[: dice.randrange(len(text))]
    elif way == "loop" and len(rows[0]) > 2:
        rows[r][1 : 3] = [rows[r][1]] * 2
    elif way == "header only":
        rows = rows[:1]
    elif way == "many":
        rows += [list(row) for row in rows[1:]] * 50
    elif way == "quote":
        rows[r][c] = '"' + rows[r][c]
    return f"{way} at row {r + 1}, column {c + 1}", "\n".join(",".join(row) for row in rows) + "\n"


def damage_bytes(dice: random.Random, data: bytes) -> tuple[str, bytes]:
    way = dice.choice(["bit", "cut", "zeros", "noise", "empty"])
    at = dice.randrange(len(data) or 1)
    if way == "bit":
        return f"bit at {at}", data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]
    if way == "zeros":
        return f"zeros at {at}", data[:at] + bytes(16) + data[at + 16 :]
    if way == "noise":
        return f"noise at {at}", data[:at] + dice.randbytes(8) + data[at + 8 :]
    return way, data[:at] if way == "cut" else b""


class Case:
    def __init__(self, number: int, seed: int, folder: Path):
        dice = random.Random(f"{seed} {number}")
        base, feeder = dice.choice(BASES)
        self.folder = folder
        source = ROOT / "scenarios" / "feeders" / feeder
        files = {f"feeders/{feeder}/{p.name}": p.read_bytes() for p in source.iterdir() if p.is_file()}
        text = (ROOT / "scenarios" / f"{base}.toml").read_text()
        below = (ROOT / "scenarios" / "quickstart.toml").read_text()
        # A day is enough to fall over.
        short = lambda text: re.sub(r'until = "([0-9-]+)"(.*)', lambda m: f'until = "{self.first_day(text, below)}"{m[2]}', text, count=1)
        files[f"{base}.toml"] = short(text).encode()
        if base != "quickstart":
            files["quickstart.toml"] = short(below).encode()
        self.scenario = f"{base}.toml"
        tables = [name for name in files if name.endswith((".csv", "feeder.toml", ".parquet"))]
        self.file = self.scenario if dice.random() < 0.5 else dice.choice(tables)
        data = files[self.file]
        if self.file.endswith(".parquet") or dice.random() < 0.05:
            self.fault, data = damage_bytes(dice, data)
        elif self.file.endswith(".csv"):
            self.fault, text = damage_csv(dice, data.decode())
            data = text.encode()
        else:
            self.fault, text = damage_toml(dice, data.decode())
            data = text.encode()
        self.is_changed = data != files[self.file]
        files[self.file] = data
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.before = self.listing()

    @staticmethod
    def first_day(text: str, below: str) -> str:
        return next(m.group(1) for t in (text, below) if (m := re.search(r'from = "(\d{4}-\d\d-\d\d)"', t)))

    def listing(self) -> set[str]:
        return {str(p.relative_to(self.folder)) for p in self.folder.rglob("*")}

    def run(self, binary: Path, *args: str) -> tuple[int, str, float, int]:
        """Exit code, what was said, processor seconds, kB."""
        with tempfile.TemporaryFile() as said:
            pid = os.fork()
            if pid == 0:
                os.chdir(self.folder)
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
                os.environ["RAYON_NUM_THREADS"] = "1"
                os.execv(binary, [str(binary), *args])
            _, status, usage = os.wait4(pid, 0)
            said.seek(0)
            return os.waitstatus_to_exitcode(status), said.read().decode(errors="replace"), usage.ru_utime + usage.ru_stime, usage.ru_maxrss

    def verdict(self, binary: Path) -> tuple[str, str]:
        """What is wrong, or nothing, and what was said."""
        code, said, cpu, kb = self.run(binary, "run", self.scenario, "--out", "out")
        faults = []
        if cpu > MOST_CPU_S or kb > MOST_KB:
            faults.append(f"{cpu:.1f} s, {kb // 1000} MB")
        if "panicked" in said or code not in (0, 1, 2):
            faults.append(f"exit code {code}, or a panic")
        elif code == 2:
            if self.listing() != self.before:
                faults.append(f"left {sorted(self.listing() - self.before)[:3]}")
            if Path(self.file).name not in said:
                faults.append("the damaged file is not named")
        elif code == 1:
            faults.append("a case failed")
        else:
            validated, words, *_ = self.run(binary, "validate", self.scenario)
            if validated != 0:
                faults.append(f"runs, and 'validate' ends with {validated}: {words[:200]}")
        return "; ".join(faults), said


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=Path)
    arguments.add_argument("--cases", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", type=int)
    arguments = arguments.parse_args()
    binary = arguments.binary.resolve()

    def tried(number: int) -> tuple[int, str, str, str, bool]:
        folder = Path(tempfile.mkdtemp(prefix="damage-"))
        try:
            case = Case(number, arguments.seed, folder)
            fault, said = case.verdict(binary)
            return number, f"{case.file}: {case.fault}", fault, said, "is sound" in said or not said.count("error[")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    if arguments.only is not None:
        _, what, fault, said, _ = tried(arguments.only)
        print(said, f"case {arguments.only}: {what}: {fault or 'as it should be'}", sep="\n")
        return 1 if fault else 0
    refused = bad = 0
    with ThreadPoolExecutor(2) as pool:
        for number, what, fault, _, ran in pool.map(tried, range(arguments.cases)):
            refused += not ran
            if fault:
                bad += 1
                print(f"case {number}: {what}: {fault}", flush=True)
    print(f"{arguments.cases} damaged inputs: {refused} refused, {arguments.cases - refused} ran, {bad} not as they should be")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
