"""A year of a feeder against power-grid-model, every bus and step.

    python year.py --copperplate BINARY [--feeder FOLDER] [--steps 35136]

Exits with 1 if a voltage differs by more than 1e-8 pu.
"""
import argparse, csv, math, subprocess, sys, tempfile
import numpy as np
from power_grid_model import CalculationMethod, ComponentType, LoadGenType, PowerGridModel, WindingType, initialize_array

LIMIT_PU = 1e-8


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--copperplate", required=True)
    arguments.add_argument("--feeder", default="scenarios/feeders/lv-rural1-2")
    arguments.add_argument("--steps", type=int, default=35136)
    a = arguments.parse_args()
    with tempfile.TemporaryDirectory() as raw:
        command = [a.copperplate, "powerflow", a.feeder, "--batch", str(a.steps), "--profiles", "--raw", raw]
        print(subprocess.check_output(command, text=True), end="")
        p, q, u, angle = (np.fromfile(f"{raw}/{f}.f64").reshape(a.steps, -1) for f in ("p_w", "q_var", "u_pu", "angle_rad"))
    update = {ComponentType.sym_load: {"p_specified": p, "q_specified": q}}
    node = PowerGridModel(model(a.feeder)).calculate_power_flow(
        update_data=update, calculation_method=CalculationMethod.newton_raphson, error_tolerance=1e-12,
        output_component_types={ComponentType.node: ["u_pu", "u_angle"]})["node"]
    magnitude = np.abs(u - node["u_pu"]).max()
    turned = np.abs(np.remainder(angle - node["u_angle"] + math.pi, 2 * math.pi) - math.pi).max()
    print(f"{u.shape[0]} steps of {u.shape[1]} buses: magnitudes within {magnitude:.1e} pu, angles within {turned:.1e} rad")
    sys.exit(not (magnitude <= LIMIT_PU and turned <= LIMIT_PU))


def model(folder):
    """The feeder without switches, all ids by row: buses, lines, transformers, sources, connections one after the other."""
    bus, line, transformer, source, connection = (list(csv.DictReader(open(f"{folder}/{f}.csv", encoding="utf-8"))) for f in
                                                  ("buses", "lines", "transformers", "sources", "connections"))
    row = {b["id"]: i for i, b in enumerate(bus)}
    start = np.cumsum([0, len(bus), len(line), len(transformer), len(source)])
    number = lambda rows, key: np.array([float(r[key]) for r in rows])
    at = lambda rows, key: np.array([row[r[key]] for r in rows])
    table = lambda kind, k, rows: (lambda t: (t.__setitem__("id", start[k] + np.arange(len(rows))), t)[1])(initialize_array("input", kind, len(rows)))

    nodes = table("node", 0, bus)
    nodes["u_rated"] = number(bus, "u_rated_v")
    lines = table("line", 1, line)
    lines["from_node"], lines["to_node"], lines["from_status"], lines["to_status"] = at(line, "from"), at(line, "to"), 1, 1
    lines["r1"], lines["x1"] = number(line, "r_ohm"), number(line, "x_ohm")
    b = number(line, "b_s")
    lines["c1"], lines["tan1"], lines["i_n"] = b / (2 * math.pi * 50), number(line, "g_s") / b, number(line, "rated_current_a")
    transformers = table("transformer", 2, transformer)
    taps = 1 + number(transformer, "tap_position") * number(transformer, "tap_step_pu")
    on_hv = np.array([t["tap_side"] == "hv" for t in transformer])
    transformers["from_node"], transformers["to_node"] = at(transformer, "hv"), at(transformer, "lv")
    transformers["from_status"], transformers["to_status"] = 1, 1
    transformers["u1"] = number(transformer, "u_hv_v") * np.where(on_hv, taps, 1)
    transformers["u2"] = number(transformer, "u_lv_v") * np.where(on_hv, 1, taps)
    transformers["sn"], transformers["uk"], transformers["pk"] = (number(transformer, k) for k in ("rated_power_va", "uk_pu", "pk_w"))
    transformers["i0"], transformers["p0"] = number(transformer, "i0_pu"), number(transformer, "p0_w")
    clock = np.round(number(transformer, "shift_deg") / 30).astype(int) % 12
    transformers["clock"] = clock
    transformers["winding_from"] = np.where(clock % 2 == 1, WindingType.delta, WindingType.wye_n)
    transformers["winding_to"] = WindingType.wye_n
    for key in ("tap_side", "tap_pos", "tap_min", "tap_max", "tap_nom", "tap_size"):
        transformers[key] = 0
    sources = table("source", 3, source)
    # No impedance behind the source: it holds its voltage.
    sources["node"], sources["status"], sources["sk"] = at(source, "bus"), 1, 1e20
    sources["u_ref"], sources["u_ref_angle"] = number(source, "u_pu"), np.radians(number(source, "angle_deg"))
    loads = table("sym_load", 4, connection)
    loads["node"], loads["status"], loads["type"] = at(connection, "bus"), 1, LoadGenType.const_power
    loads["p_specified"], loads["q_specified"] = 0, 0
    return dict(node=nodes, line=lines, transformer=transformers, source=sources, sym_load=loads)


if __name__ == "__main__":
    main()
