"""Load flow beside other solvers: one run, same grids, same powers, same tolerance; CPU time of the process, best of several.

    python run.py --copperplate BINARY [--work SCRATCH] [--grids a,b,…] [--c-sweep bfs.c]

Grids are those of `tests/data/powerflow` and random trees `tree-N` made here. Prints a ratio table and writes `peers.csv` and,
with matplotlib, `peers.svg` into SCRATCH. What is not installed is left out and said so. See README.md.
"""
import argparse, contextlib, csv, io, json, os, shutil, subprocess, sys, tempfile, time, warnings
import numpy as np

TOLERANCE = 1e-8
GRIDS = "sb_lv_rural1,case33bw,cigre_lv,synth_100,tree-1000,tree-10000,cigre_mv_meshed,sb_mv_rural_meshed"
REPETITIONS = 3
OMEGA = 2 * np.pi * 50
HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    # Of defaults that peers fill in; what matters is compared.
    warnings.filterwarnings("ignore")
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--copperplate", required=True)
    arguments.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "copperplate-peers"))
    arguments.add_argument("--grids", default=GRIDS)
    arguments.add_argument("--c-sweep", default=None, help="source of a lane-batched sweep in C, a yardstick for trees")
    a = arguments.parse_args()
    work = os.path.abspath(a.work)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    yardsticks = compile_yardstick(work, a.c_sweep) if a.c_sweep else []
    rows = []
    for name in a.grids.split(","):
        rows += one_grid(name, work, os.path.abspath(a.copperplate), yardsticks)
    table(rows, f"{work}/peers.csv")
    chart(rows, f"{work}/peers.svg")


class Grid:
    """A grid in the neutral CSV form: every table a list of rows, numbers as numbers, nodes by position."""

    def __init__(self, folder):
        self.folder = folder
        self.nodes, self.lines, self.transformers, self.sources, self.injections = (
            read(f"{folder}/{table}.csv") for table in ("nodes", "lines", "transformers", "sources", "injections"))
        position = {row["id"]: k for k, row in enumerate(self.nodes)}
        for rows, keys in ((self.lines, ("from", "to")), (self.transformers, ("hv", "lv")), (self.sources, ("node",)), (self.injections, ("node",))):
            for row in rows:
                row.update({key: position[row[key]] for key in keys})

    def loops(self):
        return len(self.lines) + len(self.transformers) + len(self.sources) - len(self.nodes)


def read(path):
    texts = ("id", "name", "from", "to", "hv", "lv", "node", "kind", "vector_group")
    with open(path, newline="", encoding="utf-8") as file:
        return [{key: value if key in texts else float(value or 0) for key, value in row.items()} for row in csv.DictReader(file)]


def folder_of(name, work):
    if not name.startswith("tree-"):
        return os.path.join(HERE, "../../tests/data/powerflow", name)
    return random_tree(int(name.removeprefix("tree-")), f"{work}/{name}")


def random_tree(n, folder):
    """A tree of n nodes at 10 kV, each at one of the last quarter before it, with a load at each but the source, scaled so that the voltage stays up."""
    random = np.random.default_rng(n)
    os.makedirs(folder)
    parent = [int(random.integers(3 * k // 4, k)) for k in range(1, n)]
    depth = [0]
    for k in range(1, n):
        depth.append(depth[parent[k - 1]] + 1)
    load_w = 4e8 / n / max(depth)
    def write(table, header, rows):
        with open(f"{folder}/{table}.csv", "w", newline="") as file:
            csv.writer(file).writerows([header.split(","), *rows])
    write("nodes", "id,name,u_rated_v", ([k, k, 10000] for k in range(n)))
    impedance = random.uniform(0.5, 1.5, (n, 2)) * [0.01, 0.008]
    write("lines", "id,name,from,to,r_ohm,x_ohm,b_s,g_s,i_n_a", ([k, k, parent[k - 1], k, *impedance[k], 0, 0, 400] for k in range(1, n)))
    write("transformers", "id,name,hv,lv,sn_va,u_hv_v,u_lv_v,uk_pu,pk_w,i0_pu,p0_w,shift_deg", [])
    write("sources", "node,u_pu,angle_deg", [[0, 1.0, 0]])
    write("injections", "id,name,node,kind,p_w,q_var", ([k, k, k, "load", load_w, 0.3 * load_w] for k in range(1, n)))
    return folder


def one_grid(name, work, binary, yardsticks):
    grid = Grid(folder_of(name, work))
    n = len(grid.nodes)
    steps = max(16, min(35040, 3_000_000 // n) // 8 * 8)
    raw = f"{work}/raw-{name}"
    ours = [binary, "powerflow", grid.folder, "--batch", str(steps), "--tolerance", str(TOLERANCE), "--json", "--raw", raw]
    figures = min((json.loads(subprocess.check_output(ours)) for _ in range(REPETITIONS)), key=lambda f: f["cpu_s"])
    assert figures["not_converged"] == 0
    p, q, u = (np.fromfile(f"{raw}/{file}.f64").reshape(steps, -1) for file in ("p_w", "q_var", "u_pu"))
    reference = solve_pgm(grid, p[:16], q[:16], "newton_raphson", 1e-12 if n < 50_000 else 1e-9)[1]

    def row(tool, cpu_s, steps, u):
        k = min(len(u), 16) if u is not None else 0
        error = np.abs(u[:k] - reference["u_pu"][:k]).max() if k else float("nan")
        return dict(grid=name, nodes=n, tool=tool, ns_per_node=cpu_s / steps / n * 1e9, error_pu=error)

    rows = [row("copperplate", figures["cpu_s"], steps, u)]
    for width, program in yardsticks if grid.loops() == 0 else ():
        best = yardstick(program, grid, name, work, p, q, reference)
        rows.append(row(f"C sweep, {width} lanes", best["e2e_ns_cpu_per_node"] * n * 1e-9, 1, None) | dict(error_pu=best["max_du"]))
    for peer in (power_grid_model, lightsim2grid, opendss, tensor_power_flow):
        try:
            found = peer(grid, p, q)
        except ImportError as missing:
            told(f"{peer.__name__} is left out: {missing.name} is not installed")
            continue
        except Exception as reason:
            told(f"{peer.__name__} is left out on {name}: {reason!r}"[:200])
            continue
        rows += [row(*found)] if found else []
    for r in rows:
        print(f"{name:18} {n:7} {r['tool']:20} {r['ns_per_node']:12.2f} ns/node  {r['error_pu']:.1e} pu", flush=True)
    return rows


TOLD = set()


def told(text):
    """Says it once."""
    if text not in TOLD:
        TOLD.add(text)
        print(text, file=sys.stderr)


def best_of(solve):
    """The least CPU time of several, and the last result."""
    best = float("inf")
    for _ in range(REPETITIONS):
        begin = time.process_time()
        result = solve()
        best = min(best, time.process_time() - begin)
    return best, result


# ------------------------------------------------------------------------------------------------------ power-grid-model


def pgm_input(grid):
    from power_grid_model import ComponentType, LoadGenType, WindingType, initialize_array
    n, l, t, i = (len(rows) for rows in (grid.nodes, grid.lines, grid.transformers, grid.injections))
    def column(rows, key):
        return np.array([row[key] for row in rows])
    node = initialize_array("input", ComponentType.node, n)
    node["id"], node["u_rated"] = np.arange(n), column(grid.nodes, "u_rated_v")
    line = initialize_array("input", ComponentType.line, l)
    if l:
        b = column(grid.lines, "b_s")
        line["id"], line["from_node"], line["to_node"] = n + np.arange(l), column(grid.lines, "from"), column(grid.lines, "to")
        line["from_status"] = line["to_status"] = 1
        line["r1"], line["x1"], line["i_n"] = (column(grid.lines, key) for key in ("r_ohm", "x_ohm", "i_n_a"))
        line["c1"] = b / OMEGA
        line["tan1"] = np.where(b > 0, column(grid.lines, "g_s") / np.where(b > 0, b, 1), 0)
    transformer = initialize_array("input", ComponentType.transformer, t)
    for k, row in enumerate(grid.transformers):
        clock = round(row["shift_deg"] / 30) % 12
        winding = WindingType.wye_n if clock % 2 == 0 else WindingType.delta
        values = dict(
            id=n + l + k, from_node=row["hv"], to_node=row["lv"], from_status=1, to_status=1, u1=row["u_hv_v"], u2=row["u_lv_v"], sn=row["sn_va"],
            uk=row["uk_pu"], pk=row["pk_w"], i0=row["i0_pu"], p0=row["p0_w"], winding_from=winding, winding_to=WindingType.wye_n, clock=clock,
            tap_side=0, tap_pos=0, tap_min=0, tap_max=0, tap_nom=0, tap_size=0)
        for key, value in values.items():
            transformer[key][k] = value
    source = initialize_array("input", ComponentType.source, len(grid.sources))
    for k, row in enumerate(grid.sources):
        values = dict(id=n + l + t + i + k, node=row["node"], status=1, u_ref=row["u_pu"], u_ref_angle=np.radians(row["angle_deg"]), sk=1e20)
        for key, value in values.items():
            source[key][k] = value
    load = initialize_array("input", ComponentType.sym_load, i)
    load["id"], load["node"], load["status"], load["type"] = n + l + t + np.arange(i), column(grid.injections, "node"), 1, LoadGenType.const_power
    load["p_specified"] = load["q_specified"] = 0
    kinds = (ComponentType.node, ComponentType.line, ComponentType.transformer, ComponentType.source, ComponentType.sym_load)
    return dict(zip(kinds, (node, line, transformer, source, load)))


def solve_pgm(grid, p, q, method, tolerance):
    from power_grid_model import CalculationMethod, ComponentType, PowerGridModel, initialize_array
    data = pgm_input(grid)
    model = PowerGridModel(data)
    update = initialize_array("update", ComponentType.sym_load, p.shape)
    update["id"] = data[ComponentType.sym_load]["id"]
    update["p_specified"], update["q_specified"] = p, q
    begin = time.process_time()
    result = model.calculate_power_flow(
        update_data={ComponentType.sym_load: update}, calculation_method=CalculationMethod[method], error_tolerance=tolerance, max_iterations=100,
        threading=-1, output_component_types={ComponentType.node: ["u_pu", "u_angle"]})
    return time.process_time() - begin, result[ComponentType.node]


def power_grid_model(grid, p, q):
    steps = max(16, min(len(p), 400_000 // len(grid.nodes)))
    runs = [solve_pgm(grid, p[:steps], q[:steps], "iterative_current", TOLERANCE) for _ in range(REPETITIONS)]
    return "power-grid-model", min(cpu for cpu, _ in runs), steps, runs[0][1]["u_pu"]


# ---------------------------------------------------------------------------------------------------------- lightsim2grid


def pandapower_net(grid, p, q):
    import pandapower as pp
    net = pp.create_empty_network(f_hz=50)
    for row in grid.nodes:
        pp.create_bus(net, vn_kv=row["u_rated_v"] * 1e-3)
    for row in grid.lines:
        pp.create_line_from_parameters(
            net, row["from"], row["to"], length_km=1, r_ohm_per_km=row["r_ohm"], x_ohm_per_km=row["x_ohm"], c_nf_per_km=row["b_s"] / OMEGA * 1e9,
            g_us_per_km=row["g_s"] * 1e6, max_i_ka=row["i_n_a"] * 1e-3)
    for row in grid.transformers:
        pp.create_transformer_from_parameters(
            net, row["hv"], row["lv"], sn_mva=row["sn_va"] * 1e-6, vn_hv_kv=row["u_hv_v"] * 1e-3, vn_lv_kv=row["u_lv_v"] * 1e-3,
            vk_percent=row["uk_pu"] * 100, vkr_percent=row["pk_w"] / row["sn_va"] * 100, pfe_kw=row["p0_w"] * 1e-3, i0_percent=row["i0_pu"] * 100,
            shift_degree=row["shift_deg"])
    for row in grid.sources:
        pp.create_ext_grid(net, row["node"], vm_pu=row["u_pu"], va_degree=row["angle_deg"])
    for k, row in enumerate(grid.injections):
        pp.create_load(net, row["node"], p_mw=p[k] * 1e-6, q_mvar=q[k] * 1e-6)
    return net


def lightsim2grid(grid, p, q):
    if len(grid.nodes) > 20_000:
        return None
    import pandapower
    from lightsim2grid.gridmodel import init_from_pandapower
    from lightsim2grid.timeSerie import TimeSeriesCPP
    steps = max(16, min(len(p), 200_000 // len(grid.nodes)))
    net = pandapower_net(grid, p[0], q[0])
    pandapower.runpp(net, tolerance_mva=1e-8, calculate_voltage_angles=True, trafo_model="t", lightsim2grid=False, numba=False)
    model = init_from_pandapower(net)
    start = np.full(model.total_bus(), grid.sources[0]["u_pu"], dtype=complex)
    start = model.ac_pf(model.dc_pf(start, 10, TOLERANCE), 30, TOLERANCE)
    series = TimeSeriesCPP(model)
    generators, static = np.zeros((steps, len(model.get_generators()))), np.zeros((steps, 0))
    cpu_s, _ = best_of(lambda: series.compute_Vs(generators, static, p[:steps] * 1e-6, q[:steps] * 1e-6, start, 30, TOLERANCE))
    # Its transformer is a T, ours and the others' a π: voltages differ by up to 3e-6 pu there.
    return "lightsim2grid", cpu_s, steps, np.abs(series.get_voltages())[:, :len(grid.nodes)]


# ---------------------------------------------------------------------------------------------------------------- OpenDSS


def opendss(grid, p, q):
    if len(grid.nodes) > 2000 or len(grid.sources) > 1:
        return None
    from dss import DSS
    steps = min(len(p), 200)
    def say(command):
        DSS.Text.Command = command
    source = grid.sources[0]
    bus = [f"n{k}" for k in range(len(grid.nodes))]
    kv = [row["u_rated_v"] * 1e-3 for row in grid.nodes]
    say("clear")
    say(f"new circuit.peer bus1={bus[source['node']]} basekv={kv[source['node']]} pu={source['u_pu']} angle={source['angle_deg']} "
        "mvasc3=1e12 mvasc1=1e12 frequency=50")
    say("set defaultbasefrequency=50")
    for k, row in enumerate(grid.lines):
        c_nf = row["b_s"] / OMEGA * 1e9
        say(f"new line.l{k} bus1={bus[row['from']]} bus2={bus[row['to']]} length=1 r1={row['r_ohm']} x1={row['x_ohm']} r0={row['r_ohm']} x0={row['x_ohm']} "
            f"c1={c_nf} c0={c_nf} basefreq=50")
    for k, row in enumerate(grid.transformers):
        ur, uk = row["pk_w"] / row["sn_va"], row["uk_pu"]
        magnetising = max(row["i0_pu"] ** 2 - (row["p0_w"] / row["sn_va"]) ** 2, 0) ** 0.5
        # All of it wye: the shift turns the angles behind the transformer and leaves magnitudes as they are.
        say(f"new transformer.t{k} phases=3 windings=2 buses=({bus[row['hv']]} {bus[row['lv']]}) conns=(wye wye) "
            f"kvs=({row['u_hv_v'] * 1e-3} {row['u_lv_v'] * 1e-3}) kvas=({row['sn_va'] * 1e-3} {row['sn_va'] * 1e-3}) xhl={(uk ** 2 - ur ** 2) ** 0.5 * 100} "
            f"%rs=({ur * 50} {ur * 50}) %noloadloss={row['p0_w'] / row['sn_va'] * 100} %imag={magnetising * 100} basefreq=50")
    for k, row in enumerate(grid.injections):
        say(f"new load.i{k} bus1={bus[row['node']]} phases=3 conn=wye kv={kv[row['node']]} kw=0 kvar=0 model=1 vminpu=0.1 vmaxpu=2")
    say(f"set voltagebases={sorted(set(kv))}".replace("'", ""))
    say("calcvoltagebases")
    say(f"set tolerance={TOLERANCE} maxiterations=100 mode=snapshot algorithm=normal")
    circuit, solution = DSS.ActiveCircuit, DSS.ActiveCircuit.Solution
    loads, cpu_s, voltages = circuit.Loads, 0.0, []
    order = None
    for step in range(steps):
        for k in range(len(grid.injections)):
            loads.idx = k + 1
            loads.kW, loads.kvar = p[step, k] * 1e-3, q[step, k] * 1e-3
        begin = time.process_time()
        solution.Solve()
        cpu_s += time.process_time() - begin
        if step < 16:
            names = circuit.AllNodeNames if order is None else None
            if names is not None:
                order = [names.index(f"{b}.1") for b in bus]
            volts = np.asarray(circuit.AllBusVmag)[order]
            voltages.append(volts / (np.array(kv) * 1e3 / 3 ** 0.5))
    # Setting loads from Python is not its work and not counted.
    return "OpenDSS", cpu_s, steps, np.array(voltages)


# -------------------------------------------------------------------------------------------------------- TensorPowerFlow


def tensor_power_flow(grid, p, q):
    """Knows one voltage level, lines and one source; a dense matrix, so not for many nodes."""
    if grid.transformers or len(grid.sources) > 1 or len(grid.nodes) > 2000:
        return None
    import pandas
    from tensorpowerflow import GridTensor
    n = len(grid.nodes)
    order = [grid.sources[0]["node"]] + [k for k in range(n) if k != grid.sources[0]["node"]]
    number = {node: k + 1 for k, node in enumerate(order)}
    nodes = pandas.DataFrame(dict(NODES=range(1, n + 1), Tb=[1] + [0] * (n - 1), PD=0.0, QD=0.0, Pct=1, Ict=0, Zct=0))
    lines = pandas.DataFrame([
        dict(FROM=number[row["from"]], TO=number[row["to"]], R=row["r_ohm"], X=row["x_ohm"], B=0.0, STATUS=1, TAP=1) for row in grid.lines])
    steps = max(16, min(len(p), 200_000 // n))
    power = np.zeros((2, steps, n - 1))
    for k, row in enumerate(grid.injections):
        if number[row["node"]] > 1:
            power[0, :, number[row["node"]] - 2] += p[:steps, k] * 1e-3
            power[1, :, number[row["node"]] - 2] += q[:steps, k] * 1e-3
    # Its source is at 1 pu: its base is the source's voltage.
    source_pu = grid.sources[0]["u_pu"]
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        nodes.to_csv(f"{folder}/nodes.csv", index=False)
        lines.to_csv(f"{folder}/lines.csv", index=False)
        net = GridTensor(node_file_path=f"{folder}/nodes.csv", lines_file_path=f"{folder}/lines.csv", v_base=grid.nodes[0]["u_rated_v"] * 1e-3 * source_pu, s_base=1000)
        def solve():
            return net.run_pf(active_power=power[0], reactive_power=power[1], tolerance=TOLERANCE, algorithm="tensor")
        solve()
        cpu_s, found = best_of(solve)
    u = np.empty((steps, n))
    u[:, order[0]] = source_pu
    u[:, order[1:]] = source_pu * np.abs(found["v"]).reshape(steps, n - 1)
    # It is given no charging of lines: voltages differ by that where there is some.
    return "TensorPowerFlow", cpu_s, steps, u


# ----------------------------------------------------------------------------------------------------------- C yardstick


def compile_yardstick(work, source):
    """(lanes, program) for each width that compiles: which is fastest depends on compiler and processor."""
    programs = []
    os.makedirs(f"{work}/limit/data")
    for width in (4, 8):
        program = f"{work}/limit/bfs{width}"
        command = ["gcc", "-O3", "-march=native", "-w", f"-DW={width}", os.path.abspath(source), "-o", program, "-lm"]
        if shutil.which("gcc") and subprocess.run(command, capture_output=True).returncode == 0:
            programs.append((width, program))
    if not programs:
        told("the C sweep is left out: it needs gcc and its source")
    return programs


def yardstick(program, grid, name, work, p, q, reference):
    """It reads the grid in `grids/NAME`, with its branches in pu of 1 MVA, and powers and reference voltages in `limit/data/NAME.*`."""
    os.makedirs(f"{work}/grids", exist_ok=True)
    if not os.path.exists(f"{work}/grids/{name}"):
        shutil.copytree(grid.folder, f"{work}/grids/{name}")
        with open(f"{work}/grids/{name}/pi_branches_pu_1mva.csv", "w", newline="") as file:
            csv.writer(file).writerows([["kind", "id", "from", "to", "r_pu", "x_pu", "g_pu", "b_pu", "ratio", "shift_rad"], *branches_pu(grid)])
    for key, values in dict(p=p, q=q, um=reference["u_pu"], ua=reference["u_angle"]).items():
        np.ascontiguousarray(values).tofile(f"{work}/limit/data/{name}.{key}.f64")
    return json.loads(subprocess.check_output([program, name, str(TOLERANCE), "1.0"], cwd=f"{work}/limit"))


def branches_pu(grid):
    """π elements in pu of 1 MVA at the rated voltage of their to or lv node; of a transformer behind its ratio and shift."""
    u = [row["u_rated_v"] for row in grid.nodes]
    for k, row in enumerate(grid.lines):
        z = u[row["to"]] ** 2 / 1e6
        yield "line", k, row["from"], row["to"], row["r_ohm"] / z, row["x_ohm"] / z, row["g_s"] * z, row["b_s"] * z, 1.0, 0.0
    for k, row in enumerate(grid.transformers):
        # Its own base, seen on the node's.
        base = (row["u_lv_v"] / u[row["lv"]]) ** 2 * 1e6 / row["sn_va"]
        r, z = row["pk_w"] / row["sn_va"] * base, row["uk_pu"] * base
        g, y = row["p0_w"] / row["sn_va"] / base, row["i0_pu"] / base
        ratio = (row["u_hv_v"] / u[row["hv"]]) / (row["u_lv_v"] / u[row["lv"]])
        shunt = -max(y * y - g * g, 0) ** 0.5
        yield "trafo", k, row["hv"], row["lv"], r, max(z * z - r * r, 0) ** 0.5, g, shunt, ratio, np.radians(row["shift_deg"])


# ---------------------------------------------------------------------------------------------------------------- results


def table(rows, path):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, ["grid", "nodes", "tool", "ns_per_node", "error_pu"])
        writer.writeheader()
        writer.writerows(rows)
    tools = list(dict.fromkeys(r["tool"] for r in rows if r["tool"] != "copperplate"))
    print(f"\n{'CPU time over ours':18} {'nodes':>7} {'ours, ns/node':>14}" + "".join(f"{t:>20}" for t in tools))
    for name in dict.fromkeys(r["grid"] for r in rows):
        of = {r["tool"]: r for r in rows if r["grid"] == name}
        ours = of["copperplate"]["ns_per_node"]
        cells = (f"{of[t]['ns_per_node'] / ours:20.1f}" if t in of else f"{'–':>20}" for t in tools)
        print(f"{name:18} {of['copperplate']['nodes']:7} {ours:14.1f}" + "".join(cells))


def chart(rows, path):
    try:
        import matplotlib
    except ImportError:
        told("the chart is left out: matplotlib is not installed")
        return
    matplotlib.use("svg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(7, 4.5))
    for tool in dict.fromkeys(r["tool"] for r in rows):
        points = sorted((r["nodes"], r["ns_per_node"]) for r in rows if r["tool"] == tool)
        axes.loglog(*zip(*points), marker="o", label=tool, linewidth=2.5 if tool == "copperplate" else 1.2)
    axes.set_xlabel("nodes")
    axes.set_ylabel("CPU time of a load flow per node, ns")
    axes.grid(True, which="major", linewidth=0.4)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    main()
