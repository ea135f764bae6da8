"""What the quickstart leaves behind hangs together. Usage: check_outputs.py DIR TERMINAL_OUTPUT README

Files: those of the manifest are there, with as many rows as it says. Key figures: in the order physics and bookkeeping ask
for. Money: key figures, ledger and settlement say the same, to the hundredth of a cent. README: its table is this run.
"""

import csv
import json
import sys
import xml.etree.ElementTree as xml
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

folder, shown, readme = Path(sys.argv[1]), Path(sys.argv[2]).read_text(), Path(sys.argv[3]).read_text()
faults = []


def check(holds: bool, what: str) -> None:
    if not holds:
        faults.append(what)


def rows(name: str) -> list[dict[str, str]]:
    with open(folder / name, newline="") as file:
        return list(csv.DictReader(file))


def files() -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    check(manifest["status"] == "complete", f"status {manifest['status']}")
    for output in manifest["outputs"]:
        name = output["file"]
        path = folder / name
        check(path.is_file() and path.stat().st_size > 0, f"{name} is missing or empty")
        if name.endswith(".csv"):
            check(len(rows(name)) == output["rows"], f"{name} has {len(rows(name))} rows, the manifest says {output['rows']}")
        if name.endswith(".parquet"):
            check(output["rows"] > 0, f"{name} has no rows")
            content = path.read_bytes()
            check(content[:4] == content[-4:] == b"PAR1", f"{name} is no Parquet file")
        if name.endswith(".svg"):
            check(xml.parse(path).getroot().tag.endswith("svg"), f"{name} is no SVG")
    names = {o["file"] for o in manifest["outputs"]}
    for wanted in ["kpi.csv", "congestion.csv", "ledger.csv", "settlement.csv", "unbooked.csv", "elements.parquet", "messages.parquet", "message_isps.parquet", "scenario.json", "report.html"]:
        check(wanted in names, f"{wanted} is not in the manifest")
    check(any(n.endswith(".svg") for n in names), "there are no charts")


def key_figures() -> dict[str, dict[str, Decimal]]:
    kpis: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in rows("kpi.csv"):
        if row["status"] == "ok":
            kpis[row["strategy"]][row["key"]] = Decimal(row["value"])
    check(len(kpis) == 4, f"strategies {sorted(kpis)}")
    for strategy, k in kpis.items():
        check(k["not_converged_steps"] == 0, f"{strategy}: steps without a load-flow solution")
        check(Decimal("0.8") < k["u_min_pu"] <= k["u_max_pu"] < Decimal("1.2"), f"{strategy}: voltages")
        check(0 < k["max_loading_realised_percent"] < 1000, f"{strategy}: highest loading")
        check(k["delivered_mwh"] <= k["ordered_mwh"] + Decimal("1e-6"), f"{strategy}: delivered more than ordered")
        for prefix in ["paid_", "cost_"]:
            parts = sum(v for key, v in k.items() if key.startswith(prefix) and key.endswith("_eur") and key != f"{prefix}total_eur")
            check(abs(parts - k[f"{prefix}total_eur"]) < Decimal("0.001"), f"{strategy}: {prefix}* do not add up")
    plate, replaced = kpis["copper-plate"], kpis["reinforce"]
    check(plate["overload_ex_ante_mwh"] == plate["overload_realised_mwh"] > 0, "copper plate: its overload is what happens")
    check(plate["orders"] == 0, "copper plate: it buys nothing")
    for strategy in ["grid-capacity-management", "congestion-management"]:
        k = kpis[strategy]
        check(k["overload_ex_ante_mwh"] == plate["overload_ex_ante_mwh"], f"{strategy}: another overload without flexibility")
        check(k["overload_realised_mwh"] < k["overload_ex_ante_mwh"], f"{strategy}: no overload avoided")
        check(k["orders"] > 0 and k["true_flexibility_mwh"] > 0, f"{strategy}: no flexibility bought")
    check(replaced["overload_realised_mwh"] < plate["overload_realised_mwh"], "reinforce: no overload avoided")
    check(replaced["overload_ex_ante_mwh"] == plate["overload_ex_ante_mwh"], "reinforce: another overload without flexibility")
    check(replaced["paid_capex_eur"] > 0 and replaced["paid_per_avoided_mwh"] > 0, "reinforce: it costs nothing")
    for strategy, k in kpis.items():
        points = [row for row in rows("congestion.csv") if row["strategy"] == strategy]
        for key in ["overload_ex_ante_mwh", "overload_after_orders_mwh", "overload_realised_mwh", "overload_avoided_mwh", "requested_mwh"]:
            total = sum(Decimal(row[key]) for row in points)
            check(abs(total - k[key]) < Decimal("1e-5"), f"{strategy}: {key} of the points adds up to {total}, not {k[key]}")
    return kpis


def money(kpis: dict[str, dict[str, Decimal]]) -> None:
    booked: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows("ledger.csv"):
        amount = Decimal(row["amount_eur"])
        for party, sign in [(row["payer"], 1), (row["payee"], -1)]:
            if party.startswith("dso."):
                booked[row["strategy"], row["kind"]] += sign * amount
    settled: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows("settlement.csv"):
        price, penalty, net = (Decimal(row[c]) for c in ["price_eur", "penalty_eur", "net_settlement_eur"])
        check(net == price - penalty, f"{row['order_reference']}: net settlement is not price less penalty")
        settled[row["strategy"]] += net
    for strategy, k in kpis.items():
        paid = {kind: booked[strategy, kind] for kind in ["flexibility", "penalty", "limitation", "limitation-penalty", "availability", "capex"]}
        trade = paid["flexibility"] + paid["penalty"] + paid["limitation"] + paid["limitation-penalty"]
        check(trade == settled[strategy], f"{strategy}: ledger {trade}, settlement {settled[strategy]}")
        for key, kinds in [("flexibility", ["flexibility", "penalty"]), ("limitation", ["limitation", "limitation-penalty"]), ("availability", ["availability"]), ("capex", ["capex"])]:
            amount = sum(paid[kind] for kind in kinds)
            check(abs(amount - k[f"paid_{key}_eur"]) < Decimal("1e-6"), f"{strategy}: ledger {amount}, key figure paid_{key}_eur differs")


def highlights(kpis: dict[str, dict[str, Decimal]]) -> None:
    """The rows of the README's table, as sums of key figures."""
    relief = ["flexibility", "availability", "limitation", "compensation", "capex"]
    sums = {
        "overload realised (MWh)": ["overload_realised_mwh"],
        "highest loading realised (%)": ["max_loading_realised_percent"],
        "PV curtailed (MWh)": ["pv_curtailed_orders_mwh", "pv_curtailed_orange_mwh"],
        "DSO pays for relief (€)": [f"paid_{kind}_eur" for kind in relief],
        "… per avoided overload MWh (€)": ["paid_per_avoided_mwh"],
        "hottest transformer hot spot (°C)": ["hot_spot_max_c"],
    }
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in readme.splitlines() if line.startswith("| ")]
    for label, keys in sums.items():
        row = next((r for r in rows if r[0] == label), None)
        if row is None:
            check(False, f"README: no row '{label}'")
            continue
        for (strategy, k), cell in zip(kpis.items(), row[1:]):
            known = [k[key] for key in keys if key in k]
            if cell == "–":
                check(not known, f"README: {label}, {strategy}: not '–' but {sum(known)}")
                continue
            # Half a digit for rounding, and a little for sums of rounded figures.
            slack = Decimal(1).scaleb(Decimal(cell).as_tuple().exponent)
            check(abs(Decimal(cell) - sum(known)) <= slack, f"README: {label}, {strategy}: {cell}, the run says {sum(known)}")


files()
kpis = key_figures()
money(kpis)
highlights(kpis)
for strategy in kpis:
    check(strategy in shown, f"the terminal does not show {strategy}")
check("overload realised" in shown, "the terminal shows no key figures")
if faults:
    sys.exit("\n".join(faults))
print(f"{folder.name}: files, key figures and money hang together")
