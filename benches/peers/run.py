"""Load flow beside other solvers: one run, same grids, same powers, same tolerance; CPU time of the process, best of several.

    python run.py --peers FOLDER --copperplate BINARY [--work SCRATCH] [--grids a,b,…] [--dss-python PYTHON]

FOLDER holds `gridlib.py` (grids and their conversion), `limit/bfs.c` (a lane-batched sweep in C, the yardstick) and
`bench_dss.py`; nothing is written there. The sweep in C takes trees alone. Prints a ratio table and writes `peers.csv` and, with matplotlib, `peers.svg` into
SCRATCH. What is not installed is left out and said so. See README.md.
"""
import argparse, csv, json, os, shutil, subprocess, sys, time
import numpy as np

TOLERANCE = 1e-8
GRIDS = "sb_lv_rural1,cigre_lv,synth_100,sb_lv_semiurb5,synth_1000,synth_10000,synth_100000,cigre_mv_meshed,sb_mv_rural_meshed"
REPETITIONS = 3


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--peers", required=True)
    arguments.add_argument("--copperplate", required=True)
    arguments.add_argument("--work", default="/tmp/copperplate-peers")
    arguments.add_argument("--grids", default=GRIDS)
    arguments.add_argument("--dss-python", default=None, help="a Python that has dss-python")
    a = arguments.parse_args()
    work = os.path.abspath(a.work)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(f"{work}/limit/data")
    for file in ("gridlib.py", "bench_dss.py", "limit/bfs.c"):
        if os.path.exists(f"{a.peers}/{file}"):
            shutil.copy(f"{a.peers}/{file}", f"{work}/{file}")
    sys.path.insert(0, work)
    yardsticks = compile_yardstick(work)
    rows = []
    for name in a.grids.split(","):
        rows += one_grid(name, work, os.path.abspath(a.copperplate), yardsticks, a.dss_python)
    table(rows, f"{work}/peers.csv")
    chart(rows, f"{work}/peers.svg")


def one_grid(name, work, binary, yardsticks, dss_python):
    import gridlib
    grid, _ = gridlib.load(name)
    gridlib.export(grid)
    n = len(grid["nodes"])
    steps = max(16, min(35040, 3_000_000 // n) // 8 * 8)
    raw, data = f"{work}/raw", f"{work}/limit/data/{name}"
    ours = [binary, "powerflow", f"{work}/grids/{name}", "--batch", str(steps), "--tolerance", str(TOLERANCE), "--json", "--raw", raw]
    figures = min((json.loads(subprocess.check_output(ours)) for _ in range(REPETITIONS)), key=lambda f: f["cpu_s"])
    assert figures["not_converged"] == 0
    p, q, u, angle = (np.fromfile(f"{raw}/{file}.f64").reshape(steps, -1) for file in ("p_w", "q_var", "u_pu", "angle_rad"))
    shutil.copy(f"{raw}/p_w.f64", data + ".p.f64")
    shutil.copy(f"{raw}/q_var.f64", data + ".q.f64")
    reference = reference_of(grid, p[:16], q[:16])
    reference["u_pu"].tofile(data + ".um.f64")
    reference["u_angle"].tofile(data + ".ua.f64")

    def row(tool, cpu_s, steps, u, angle=None):
        k = min(len(u), 16) if u is not None else 0
        error = np.abs(u[:k] - reference["u_pu"][:k]).max() if k else float("nan")
        return dict(grid=name, nodes=n, tool=tool, ns_per_node=cpu_s / steps / n * 1e9, error_pu=error)

    rows = [row("copperplate", figures["cpu_s"], steps, u)]
    loops = len(grid["lines"]) + len(grid["trafos"]) + len(grid["sources"]) - n
    for width, program in yardsticks if loops == 0 else ():
        best = json.loads(subprocess.check_output([program, name, str(TOLERANCE), "1.0"], cwd=f"{work}/limit"))
        rows.append(row(f"C yardstick, {width} lanes", best["e2e_ns_cpu_per_node"] * n * 1e-9, 1, None) | dict(error_pu=best["max_du"]))
    rows += [row(*r) for r in (power_grid_model(grid, p, q), lightsim2grid(grid, p, q)) if r]
    if dss_python:
        out = subprocess.run([dss_python, "bench_dss.py", "--grid", name, "--steps", "500", "--algos", "normal"], cwd=work, capture_output=True, text=True)
        engine = [json.loads(line) for line in out.stdout.splitlines() if line.startswith("{")]
        rows += [row("OpenDSS", r["us_cpu_per_lf"] * 1e-6, 1, None) for r in engine if "us_cpu_per_lf" in r][:1]
    for r in rows:
        print(f"{name:16} {n:7} {r['tool']:28} {r['ns_per_node']:9.2f} ns/node  {r['error_pu']:.1e} pu", flush=True)
    return rows


def compile_yardstick(work):
    """(lanes, program) for each width that compiles: which is fastest depends on compiler and processor."""
    programs = []
    for width in (4, 8):
        program = f"{work}/limit/bfs{width}"
        command = ["gcc", "-O3", "-march=native", "-w", f"-DW={width}", "bfs.c", "-o", program, "-lm"]
        if shutil.which("gcc") and subprocess.run(command, cwd=f"{work}/limit", capture_output=True).returncode == 0:
            programs.append((width, program))
    if not programs:
        print("no C yardstick: it needs gcc and limit/bfs.c", file=sys.stderr)
    return programs


def solve_pgm(grid, p, q, method, tolerance):
    import gridlib
    from power_grid_model import CalculationMethod, ComponentType, PowerGridModel
    model = PowerGridModel(gridlib.to_pgm(grid))
    update = {ComponentType.sym_load: {"p_specified": np.ascontiguousarray(p), "q_specified": np.ascontiguousarray(q)}}
    begin = time.process_time()
    result = model.calculate_power_flow(
        update_data=update, calculation_method=CalculationMethod[method], error_tolerance=tolerance, max_iterations=100, threading=-1,
        output_component_types={ComponentType.node: ["u_pu", "u_angle"]})
    return time.process_time() - begin, result["node"]


def reference_of(grid, p, q):
    return solve_pgm(grid, p, q, "newton_raphson", 1e-12 if len(grid["nodes"]) < 50_000 else 1e-9)[1]


def power_grid_model(grid, p, q):
    steps = max(16, min(len(p), 400_000 // len(grid["nodes"])))
    runs = [solve_pgm(grid, p[:steps], q[:steps], "iterative_current", TOLERANCE) for _ in range(REPETITIONS)]
    return "power-grid-model", min(cpu for cpu, _ in runs), steps, runs[0][1]["u_pu"]


def lightsim2grid(grid, p, q):
    if len(grid["nodes"]) > 20_000:
        return None
    try:
        import gridlib, pandapower
        from lightsim2grid.gridmodel import init_from_pandapower
        from lightsim2grid.timeSerie import TimeSeriesCPP
        steps = max(16, min(len(p), 200_000 // len(grid["nodes"])))
        net = gridlib.to_pp(grid)
        net.load["p_mw"], net.load["q_mvar"] = p[0] * 1e-6, q[0] * 1e-6
        pandapower.runpp(net, tolerance_mva=1e-8, calculate_voltage_angles=True, trafo_model="t", lightsim2grid=False)
        model = init_from_pandapower(net)
        start = np.full(model.total_bus(), grid["sources"][0]["u_pu"], dtype=complex)
        start = model.ac_pf(model.dc_pf(start, 10, TOLERANCE), 30, TOLERANCE)
        series = TimeSeriesCPP(model)
        none = np.zeros((steps, 0)), np.zeros((steps, len(model.get_generators())))
        best = float("inf")
        for _ in range(REPETITIONS):
            begin = time.process_time()
            series.compute_Vs(none[1], none[0], p[:steps] * 1e-6, q[:steps] * 1e-6, start, 30, TOLERANCE)
            best = min(best, time.process_time() - begin)
        # Its transformer is a T, ours and the others' a π: voltages differ by up to 3e-6 pu there.
        return "lightsim2grid", best, steps, np.abs(series.get_voltages())[:, :len(grid["nodes"])]
    except Exception as reason:
        print(f"no lightsim2grid: {reason!r}"[:200], file=sys.stderr)
        return None


def table(rows, path):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, ["grid", "nodes", "tool", "ns_per_node", "error_pu"])
        writer.writeheader()
        writer.writerows(rows)
    tools = list(dict.fromkeys(r["tool"] for r in rows if r["tool"] != "copperplate"))
    print(f"\n{'CPU time over ours':16} {'nodes':>7} {'ours, ns/node':>14}" + "".join(f"{t:>24}" for t in tools))
    for name in dict.fromkeys(r["grid"] for r in rows):
        of = {r["tool"]: r for r in rows if r["grid"] == name}
        ours = of["copperplate"]["ns_per_node"]
        cells = (f"{of[t]['ns_per_node'] / ours:24.1f}" if t in of else f"{'–':>24}" for t in tools)
        print(f"{name:18} {of['copperplate']['nodes']:7} {ours:14.1f}" + "".join(cells))


def chart(rows, path):
    try:
        import matplotlib
    except ImportError:
        print("no chart: matplotlib is not installed", file=sys.stderr)
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
