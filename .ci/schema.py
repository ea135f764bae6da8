"""The JSON Schema of scenarios before outside validators: Python's jsonschema and Taplo.

Every shipped scenario passes both. Spoilt ones are refused by both and by `copperplate validate`: a misspelt key in each table,
a value of a wrong type for each value. Layers that change items of lists by their names pass, and misspelt keys in them do not.

    schema.py BINARY TAPLO FOLDER
"""

import copy
import datetime
import glob
import json
import os
import subprocess
import sys
import tomllib

import jsonschema


# Tables whose keys are names of the user's own.
FREE = [("strategy",), ("prices", "retail")]


def written(value):
    """The value as TOML writes it in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {written(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def text(document):
    return "".join(f"{json.dumps(key)} = {written(value)}\n" for key, value in document.items())


def plain(value):
    """Dates and times as texts, which is what JSON has."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return value


def places(value, path=()):
    """Every value below the document, with the keys that lead to it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield path + (key,), item
        yield from places(item, path + (key,))


def reach(document, path):
    for key in path:
        document = document[key]
    return document


def misspelt(document):
    """A copy with one key more than it knows in each table; names of strategies and tariffs are free, their tables are not."""
    tables = [()] + [path for path, value in places(document) if isinstance(value, dict)]
    for path in tables:
        if path in FREE:
            continue
        spoilt = copy.deepcopy(document)
        table = reach(spoilt, path)
        known = next(iter(table), "x")
        table[known + "q"] = copy.deepcopy(table.get(known, 1))
        yield "/".join(map(str, path)) + f"/{known}q", spoilt
    for path in tables:
        if not reach(document, path) or path in FREE:
            continue
        spoilt = copy.deepcopy(document)
        table = reach(spoilt, path)
        known = list(table)[-1]
        renamed = known[:-1] + "_z"
        table[renamed] = table.pop(known)
        yield "/".join(map(str, path)) + f"/{known} → {renamed}", spoilt


def of_wrong_type(document):
    """A copy with one value of another type for each value. A level of a parameter may be a number, a text or a switch."""
    for path, value in places(document):
        free = len(path) > 3 and path[0] == "sweep" and path[3] in ("values", "distribution") and path[-1] != "distribution"
        if free or path[:2] == ("sweep", "seeds"):
            continue
        spoilt = copy.deepcopy(document)
        reach(spoilt, path[:-1])[path[-1]] = 3 if isinstance(value, (str, dict, list)) else "many"
        yield "/".join(map(str, path)), spoilt


# Values of the right type that no scenario may have.
BEYOND = [
    (("name",), ""),
    (("strategies",), []),
    (("congestion_point",), []),
    (("market",), {"query": "9:00"}),
    (("market",), {"gate": "24:00"}),
    (("market",), {"currency": "USD"}),
    (("time", "isp_minutes"), 7),
    (("time", "step_minutes"), 25),
    (("time", "from"), "2016-7-22"),
    (("time", "until"), "28.7.2016"),
    (("aggregator", 0, "domain"), "Sunny Roofs"),
    (("dso",), {"domain": "DSO.example.com"}),
    (("wire",), {"silence": [{"participant": "sunny.example.com", "from": "22 July", "until": "2016-07-23T00:00"}]}),
]
PARAMETER = {"key": "feeder.pv_scale"}
CHOICE = {"design": "sobol", "samples": 8}
SWEEPS = [
    ("no seeds", {"seeds": [], "parameter": [{**PARAMETER, "values": [1]}]}),
    ("a count of no seeds", {"seeds": 0, "parameter": [{**PARAMETER, "values": [1]}]}),
    ("no values", {"parameter": [{**PARAMETER, "values": []}]}),
    ("one step", {"parameter": [{**PARAMETER, "from": 1, "to": 2, "steps": 1}]}),
    ("no choice", {**CHOICE, "parameter": [{**PARAMETER, "distribution": {"kind": "choice", "values": []}}]}),
    ("a weight below 0", {**CHOICE, "parameter": [{**PARAMETER, "distribution": {"kind": "choice", "values": [1, 2], "weights": [-1, 2]}}]}),
]


def by_name(scenario, document):
    """A layer over the scenario that changes each item of its lists by name, and nothing in it."""
    layer = {"extends": scenario}
    for key, items in document.items():
        if isinstance(items, list) and items and isinstance(items[0], dict):
            names = [item.get("id") or item.get("domain") or item.get("element") for item in items]
            layer[key] = {name: {k: v for k, v in item.items() if k != "direction"} for name, item in zip(names, items)}
    return layer


def main(binary, taplo, folder):
    schema = json.loads(subprocess.run([binary, "schema"], check=True, capture_output=True, text=True).stdout)
    shipped = json.load(open("scenarios/scenario.schema.json", encoding="utf-8"))
    assert schema == shipped, "scenarios/scenario.schema.json is old"
    jsonschema.Draft202012Validator.check_schema(schema)
    judge = jsonschema.Draft202012Validator(schema)

    os.makedirs(folder)
    for beside in (path for path in glob.glob("scenarios/*") if os.path.isdir(path)):
        os.symlink(os.path.abspath(beside), os.path.join(folder, os.path.basename(beside)))
    scenarios = sorted(glob.glob("scenarios/*.toml"))
    for scenario in scenarios:
        os.symlink(os.path.abspath(scenario), os.path.join(folder, os.path.basename(scenario)))
    sound, spoilt = [], []

    def keep(cases, name, document):
        path = os.path.join(folder, f"case-{len(sound) + len(spoilt):04}.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text(document))
        cases.append((path, name, document))

    for scenario in scenarios:
        with open(scenario, "rb") as file:
            document = plain(tomllib.load(file))
        name = os.path.basename(scenario)
        keep(sound, name, document)
        layer = by_name(name, document)
        keep(sound, f"{name} by names", layer)
        for what, kind in (("misspelt", misspelt), ("wrong type", of_wrong_type)):
            for place, changed in kind(document):
                keep(spoilt, f"{name}: {what} {place}", changed)
        for path, value in places(layer):
            if isinstance(value, dict) and len(path) >= 2:
                changed = copy.deepcopy(layer)
                reach(changed, path)["no_such_key"] = 1
                keep(spoilt, f"{name} by names: misspelt {'/'.join(map(str, path))}", changed)
    for name, document in (
        ("kind by default", {"extends": "quickstart.toml", "forecast": {"feed_in_sigma": 0.3}, "prices": {"level_eur_per_mwh": 50}}),
        ("a table in part", {"extends": "quickstart.toml", "time": {"until": "2016-07-23"}, "dso": {"orange": {"compliance": 0.5}}}),
    ):
        keep(sound, name, document)
    whole = sound[[name for _, name, _ in sound].index("quickstart.toml")][2]
    for key in ("name", "strategies", "time", "feeder", "congestion_point"):
        keep(spoilt, f"without {key}", {k: v for k, v in whole.items() if k != key})
    for key in ("from", "until"):
        keep(spoilt, f"without time.{key}", {**whole, "time": {k: v for k, v in whole["time"].items() if k != key}})
    for key, value in BEYOND:
        changed = copy.deepcopy(whole)
        reach(changed, key[:-1])[key[-1]] = value
        keep(spoilt, f"{'/'.join(map(str, key))} = {value}", changed)
    for name, sweep in SWEEPS:
        keep(spoilt, f"sweep: {name}", {**whole, "sweep": sweep})
    keep(spoilt, "a key of another kind", {**whole, "prices": {"kind": "synthetic", "minutes": 60}})
    keep(spoilt, "a key of a kind that is not the default", {**whole, "prices": {"minutes": 60}})

    faults = []
    refused = refusals(taplo, [path for path, _, _ in sound + spoilt] + scenarios)
    for path in scenarios:
        if path in refused:
            faults.append(f"{path}: refused by taplo")
    for cases, good in ((sound, True), (spoilt, False)):
        for path, name, document in cases:
            ours = subprocess.run([binary, "validate", path], capture_output=True, text=True)
            verdicts = {"jsonschema": judge.is_valid(document), "taplo": path not in refused, "copperplate": ours.returncode == 0}
            wrong = [who for who, sound_to_it in verdicts.items() if sound_to_it != good]
            if wrong:
                faults.append(f"{name} ({path}): {'refused' if good else 'passed'} by {', '.join(wrong)}")
                if "copperplate" in wrong:
                    faults.append(ours.stderr)
    print("\n".join(faults))
    print(f"{len(sound)} sound and {len(spoilt)} spoilt scenarios before jsonschema, taplo and copperplate: {len(faults)} wrong verdicts")
    return 1 if faults else 0


def refusals(taplo, paths):
    """The files that Taplo refuses."""
    schema = "file://" + os.path.abspath("scenarios/scenario.schema.json")
    said = subprocess.run([taplo, "lint", "--colors", "never", "--no-auto-config", "--schema", schema, *paths], capture_output=True, text=True)
    lines = said.stderr.splitlines()
    return {path for path in paths if any(path in line for line in lines if "─" in line or "invalid" in line)}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
