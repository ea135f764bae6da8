"""Makes the cases beside this file: power-grid-model's asymmetric Newton-Raphson at 1e-12 on neutral three-phase folders.

    python make.py                 all folders here; needs power-grid-model 1.12 and numpy

The small feeders are written here, too: one MV line, a transformer of each vector group, seven LV lines. Its zero-sequence model
follows from the winding types: Dyn z + 3·z_earth to earth, *zn 0.1·z + 3·z_earth, YNyn z + 3·z_earth between both sides beside
the shunt. Yyn is YNyn with 1e13 ohm between the hv star point and earth, and its magnetising impedance a zero-sequence shunt at
the lv bus. A part of the no-load current flows in the zero sequence of Dyn and YNyn there, which for us is in uk0 of a Dyn or
Yyn: those have no no-load current here.
"""
import cmath, csv, json, math, os
import numpy as np
from power_grid_model import CalculationMethod, LoadGenType, PowerGridModel, WindingType, initialize_array

HERE = os.path.dirname(os.path.abspath(__file__))
HZ = 50.0
SN, U_HV, U_LV, UK, PK, I0, P0 = 250e3, 10.25e3, 405.0, 0.042, 3200.0, 0.004, 450.0
EARTH = complex(0.004, 0.006)
GROUPS = {"dyn1": ("Dyn", 1), "dyn5": ("Dyn", 5), "dyn11": ("Dyn", 11), "yyn0": ("Yyn", 0), "yyn6": ("Yyn", 6), "yzn5": ("Yzn", 5), "yzn11": ("Yzn", 11),
          "dzn10": ("Dzn", 10), "ynyn0": ("YNyn", 0), "ynyn2": ("YNyn", 2), "ynyn6": ("YNyn", 6)}
WINDINGS = {"Dyn": ("delta", "wye_n"), "Yyn": ("wye_n", "wye_n"), "Yzn": ("wye", "zigzag_n"), "Dzn": ("delta", "zigzag_n"), "YNyn": ("wye_n", "wye_n")}


def plate():
    base = U_LV * U_LV / SN
    r = PK / SN * base
    return base, complex(r, math.sqrt((UK * base) ** 2 - r * r))


def zero_sequence(group):
    """What uk0_pu and ur0_pu have to be, in ohm."""
    base, z = plate()
    if group == "Yyn":
        return complex(0.05, 0.35) * base
    return (0.1 if group in ("Yzn", "Dzn") else 1.0) * z + 3 * EARTH


def small(name, group, clock):
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)

    def table(file, columns, rows):
        with open(os.path.join(folder, file), "w", newline="") as f:
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)

    base, _ = plate()
    z0 = zero_sequence(group) / base
    table("nodes.csv", ["id", "u_rated_v"], [(i, 10e3 if i < 2 else 400.0) for i in range(10)])
    cable = lambda k, a, b, km, c: (k, a, b, 0.32 * km, 0.08 * km, c * 0.6e-6 * km, 1.28 * km, 0.3 * km, c * 0.3e-6 * km, 200.0)
    mv = (0, 0, 1, 0.64, 0.35, 0.9e-6, 1.9, 1.4, 0.5e-6, 300.0)
    no_load = (0.0, 0.0) if group in ("Dyn", "Yyn") else (I0, P0)
    # A chain without shunts (3, 4), a fork (5), a stub (9).
    table("lines.csv", ["id", "from", "to", "r1_ohm", "x1_ohm", "c1_f", "r0_ohm", "x0_ohm", "c0_f", "i_n_a"],
          [mv, cable(1, 2, 3, 0.06, 0), cable(2, 4, 3, 0.09, 0), cable(3, 4, 5, 0.05, 0), cable(4, 5, 6, 0.12, 1), cable(5, 5, 7, 0.1, 1),
           cable(6, 7, 8, 0.07, 0), cable(7, 4, 9, 0.03, 0)])
    table("transformers.csv", ["id", "hv", "lv", "sn_va", "u_hv_v", "u_lv_v", "uk_pu", "pk_w", "i0_pu", "p0_w", "shift_deg", "vector_group", "uk0_pu", "ur0_pu"],
          [(0, 1, 2, SN, U_HV, U_LV, UK, PK, *no_load, 30.0 * clock, group, abs(z0), z0.real)])
    table("sources.csv", ["node", "u_pu", "angle_deg"], [(0, 1.02, 12.0)])
    table("injections_3ph.csv", ["id", "node", "p_a_w", "q_a_var", "p_b_w", "q_b_var", "p_c_w", "q_c_var"],
          [("mill", 1, 9e4, 3e4, 9e4, 3e4, 9e4, 3e4), ("shop", 5, 4e3, 1e3, 4e3, 1e3, 4e3, 1e3), ("h1", 6, 7e3, 2e3, 0, 0, 0, 0), ("h2", 6, 0, 0, 3e3, 500, 5e3, 900),
           ("pv", 7, 0, 0, -4e3, 300, 0, 0), ("h3", 8, 2e3, 400, 1e3, -200, 6e3, 1500), ("h4", 8, 0, 0, 0, 0, 2500, 0)])
    with open(os.path.join(folder, "case.toml"), "w") as f:
        f.write(f'origin = "made up: a 10 kV line, a {group}{clock} transformer and a forked 400 V feeder with unequal phases"\nlicence = "Apache-2.0"\n'
                'reference = "power-grid-model 1.12, asymmetric Newton-Raphson at 1e-12"\n'
                "tolerance_pu = 1e-11\ntolerance_rad = 1e-11\ntolerance_a = 1e-7\ntolerance_w = 1e-4\n")


def read(folder, file):
    with open(os.path.join(folder, file)) as f:
        return list(csv.DictReader(f))


def model(folder):
    nodes, lines, transformers, sources, loads = (read(folder, f"{t}.csv") for t in ("nodes", "lines", "transformers", "sources", "injections_3ph"))
    column = lambda rows, name: np.array([float(r[name]) for r in rows])
    data, at = {}, 0

    def component(kind, count, **values):
        nonlocal at
        a = initialize_array("input", kind, count)
        a["id"] = at + np.arange(count)
        at += count
        for key, value in values.items():
            a[key] = value
        data[kind] = a

    component("node", len(nodes), u_rated=column(nodes, "u_rated_v"))
    component("line", len(lines), from_node=column(lines, "from"), to_node=column(lines, "to"), from_status=1, to_status=1, tan1=0, tan0=0, i_n=column(lines, "i_n_a"),
              r1=column(lines, "r1_ohm"), x1=column(lines, "x1_ohm"), c1=column(lines, "c1_f"), r0=column(lines, "r0_ohm"), x0=column(lines, "x0_ohm"), c0=column(lines, "c0_f"))
    group = [t["vector_group"] for t in transformers]
    windings = [[WindingType[w] for w in WINDINGS[g]] for g in group]
    eu = os.path.basename(folder) == "ieee_eu_lv_3ph"
    earth = 0 if eu else np.where(np.array(group) == "Yyn", 0, 1)
    component("transformer", len(transformers), from_node=column(transformers, "hv"), to_node=column(transformers, "lv"), from_status=1, to_status=1,
              u1=column(transformers, "u_hv_v"), u2=column(transformers, "u_lv_v"), sn=column(transformers, "sn_va"), uk=column(transformers, "uk_pu"), pk=column(transformers, "pk_w"),
              i0=column(transformers, "i0_pu"), p0=column(transformers, "p0_w"), clock=np.rint(column(transformers, "shift_deg") / 30).astype(int) % 12,
              winding_from=[w[0] for w in windings], winding_to=[w[1] for w in windings], tap_side=0, tap_pos=0, tap_min=0, tap_max=0, tap_nom=0, tap_size=0,
              r_grounding_from=np.where(np.array(group) == "Yyn", 1e13, 0), r_grounding_to=EARTH.real * earth, x_grounding_to=EARTH.imag * earth)
    component("source", len(sources), node=column(sources, "node"), status=1, u_ref=column(sources, "u_pu"), u_ref_angle=np.radians(column(sources, "angle_deg")), sk=1e20, rx_ratio=0.1, z01_ratio=1.0)
    power = lambda q: np.stack([column(loads, q.format(f)) for f in "abc"], 1)
    component("asym_load", len(loads), node=column(loads, "node"), status=1, type=LoadGenType.const_power, p_specified=power("p_{}_w"), q_specified=power("q_{}_var"))
    yyn = [t for t in transformers if t["vector_group"] == "Yyn"]
    if yyn:
        y0 = [1 / (cmath.rect(1, math.acos(float(t["ur0_pu"]) / float(t["uk0_pu"]))) * float(t["uk0_pu"]) * float(t["u_lv_v"]) ** 2 / float(t["sn_va"])) for t in yyn]
        component("shunt", len(yyn), node=column(yyn, "lv"), status=1, g1=0, b1=0, g0=[y.real for y in y0], b0=[y.imag for y in y0])
    return PowerGridModel(data)


def reference(folder):
    for tolerance in (1e-12, 1e-11):
        try:
            r = model(folder).calculate_power_flow(symmetric=False, calculation_method=CalculationMethod.newton_raphson, error_tolerance=tolerance, max_iterations=100)
            break
        except Exception as reason:
            print(folder, reason)
    u = r["node"]["u_pu"] * np.exp(1j * r["node"]["u_angle"])
    a = cmath.rect(1, 2 * math.pi / 3)
    positive, negative, zero = (np.abs(u @ row) / 3 for row in ([1, a, a * a], [1, a * a, a], [1, 1, 1]))
    branch = lambda kind: {key: (r[kind][field].sum(1) if field[0] in "pq" else r[kind][field].max(1)).tolist()
                           for key, field in (("i_from_a", "i_from"), ("i_to_a", "i_to"), ("p_from_w", "p_from"), ("q_from_var", "q_from"), ("p_to_w", "p_to"), ("q_to_var", "q_to"))}
    # A Yyn's zero-sequence shunt belongs to the transformer; a source delivers what enters the branches there and the loads.
    shunt = r["shunt"]["p"].sum() if "shunt" in r else 0.0
    losses = sum((r[kind][end]).sum() for kind in ("line", "transformer") for end in ("p_from", "p_to")) + shunt
    found = dict(node=dict(u_pu=r["node"]["u_pu"].tolist(), u_angle_rad=r["node"]["u_angle"].tolist(), unbalance=(negative / positive).tolist(), displacement_pu=zero.tolist()),
                 line=branch("line"), transformer=branch("transformer"), source=dict(p_w=r["source"]["p"].sum(1).tolist(), q_var=r["source"]["q"].sum(1).tolist()), losses_w=float(losses))
    if len(u) > 100:
        for kind in ("line", "transformer"):
            found[kind] = {"i_from_a": found[kind]["i_from_a"]}
    with open(os.path.join(folder, "reference.json"), "w") as f:
        json.dump(found, f)
    print(os.path.basename(folder), "tolerance", tolerance, "lowest", r["node"]["u_pu"].min(), "unbalance", (negative / positive).max(), "displacement", zero.max())


if __name__ == "__main__":
    for name, (group, clock) in GROUPS.items():
        small(name, group, clock)
    for name in sorted(os.listdir(HERE)):
        if os.path.isdir(os.path.join(HERE, name)):
            reference(os.path.join(HERE, name))
