"""Unbalanced load flow beside other solvers on the IEEE European LV feeder: one run, same powers, tolerance 1e-8, CPU time.

    python three_phase.py --copperplate BINARY [--grid FOLDER] [--peers FOLDER] [--work SCRATCH] [--dss-python PYTHON] [--steps 1440]

--grid is the neutral folder `ieee_eu_lv_3ph`. --peers may hold `limit/bfs3.c` (a lane-batched three-phase sweep in C, the yardstick) and
`eulv_dss.py`, without which these two are left out. Nothing is written there. See README.md.
"""
import argparse, json, os, shutil, subprocess, sys, tempfile, time
import numpy as np

TOLERANCE, REPETITIONS, NAME = 1e-8, 3, "ieee_eu_lv_3ph"
HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--copperplate", required=True)
    arguments.add_argument("--grid", default=f"{HERE}/../../tests/data/powerflow_three_phase/{NAME}")
    arguments.add_argument("--peers", default=None)
    arguments.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "copperplate-three-phase"))
    arguments.add_argument("--dss-python", default=None, help="a Python that has dss-python")
    arguments.add_argument("--steps", type=int, default=1440)
    a = arguments.parse_args()
    work = os.path.abspath(a.work)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(f"{work}/limit/data")
    shutil.copytree(a.grid, f"{work}/grids/{NAME}", copy_function=shutil.copyfile)
    for file in ("limit/bfs3.c", "eulv_dss.py") if a.peers else ():
        shutil.copyfile(f"{a.peers}/{file}", f"{work}/{file}")
    grid = f"{work}/grids/{NAME}"

    raw = f"{work}/raw"
    command = [a.copperplate, "powerflow", grid, "--phases", "three-phase", "--batch", str(a.steps), "--tolerance", str(TOLERANCE), "--json", "--raw", raw]
    ours = [json.loads(subprocess.check_output(command)) for _ in range(REPETITIONS)]
    assert all(figures["not_converged"] == 0 for figures in ours)
    read = lambda file: np.fromfile(f"{raw}/{file}.f64").reshape(a.steps, -1)
    u = read("u_pu").reshape(a.steps, -1, 3)
    p, q = per_phase(grid, read("p_w")), per_phase(grid, read("q_var"))
    reference, peers = power_grid_model(grid, p, q)
    k = len(reference)
    micro = lambda cpu_s: cpu_s / a.steps * 1e6
    rows = [("copperplate, magnitudes", min(micro(f["cpu_magnitude_s"]) for f in ours), np.abs(u[:k] - reference).max()),
            ("copperplate, with angles", min(micro(f["cpu_s"]) for f in ours), np.abs(u[:k] - reference).max()), *peers]
    if a.peers:
        rows += yardstick(work, p, q, reference) + opendss(work, p, q, a.dss_python)
    best = rows[0][1]
    print(f"{NAME}: {a.steps} steps, {ours[0]['nodes']} nodes, {ours[0]['iterations_mean']:.2f} sweeps a step\n{'':36}{'us a load flow':>16}{'over ours':>12}{'off, pu':>12}")
    for tool, us, error in rows:
        print(f"{tool:36}{us:16.2f}{us / best:12.1f}{error:12.1e}")


def per_phase(grid, values):
    """`[step][injection]` on the phase of each row of the grid, which has one each: `[step][injection][phase]`."""
    loads = np.genfromtxt(f"{grid}/injections_3ph.csv", delimiter=",", skip_header=1)[:, 2::2]
    phase = np.abs(loads).argmax(1)
    out = np.zeros((*values.shape, 3))
    out[:, np.arange(len(phase)), phase] = values
    return out


def power_grid_model(grid, p, q):
    sys.path.insert(0, f"{HERE}/../../tests/data/powerflow_three_phase")
    from make import CalculationMethod, model
    network = model(grid)

    def solve(method, tolerance, steps):
        begin = time.process_time()
        update = {"asym_load": {"p_specified": p[:steps].copy(), "q_specified": q[:steps].copy()}}
        result = network.calculate_power_flow(update_data=update, symmetric=False, calculation_method=CalculationMethod[method], error_tolerance=tolerance,
                                              max_iterations=100, threading=-1, output_component_types={"node": ["u_pu"]})
        return time.process_time() - begin, result["node"]["u_pu"]

    reference = solve("newton_raphson", 1e-10, 64)[1]
    rows = []
    for method in ("iterative_current", "newton_raphson"):
        runs = [solve(method, TOLERANCE, len(p)) for _ in range(REPETITIONS)]
        error = np.abs(runs[0][1][:64] - reference).max()
        rows.append((f"power-grid-model, {method.replace('_', ' ')}", min(cpu for cpu, _ in runs) / len(p) * 1e6, error))
    return reference, rows


def yardstick(work, p, q, reference):
    for name, values in (("p", p), ("q", q), ("um", reference)):
        np.ascontiguousarray(values).tofile(f"{work}/limit/data/eulv3.{name}.f64")
    rows = []
    for lanes in (4, 8):
        try:
            subprocess.check_call(["gcc", "-O3", "-march=native", f"-DW={lanes}", "bfs3.c", "-o", f"bfs3_{lanes}", "-lm"], cwd=f"{work}/limit")
            found = [json.loads(subprocess.check_output([f"./bfs3_{lanes}", str(TOLERANCE)], cwd=f"{work}/limit")) for _ in range(REPETITIONS)]
        except (OSError, subprocess.CalledProcessError) as reason:
            print(f"no C yardstick with {lanes} lanes: {reason!r}", file=sys.stderr)
            continue
        rows.append((f"C sweep, {lanes} lanes", min(1e6 / f["lf_per_s_e2e"] for f in found), found[0]["max_du_vs_pgm"]))
    return rows


def opendss(work, p, q, python):
    if not python:
        return []
    np.save(f"{work}/limit/data/eulv_p.npy", p)
    np.save(f"{work}/limit/data/eulv_q.npy", q)
    out = subprocess.run([python, "eulv_dss.py"], cwd=work, capture_output=True, text=True)
    lines = [json.loads(line) for line in out.stdout.splitlines() if line.startswith("{")]
    found = [line["us_cpu_per_lf"] for line in lines if line["tol"] == TOLERANCE]
    if not found:
        print(f"no OpenDSS: {out.stderr[-300:]}", file=sys.stderr)
    return [("OpenDSS, engine loop", min(found), float("nan"))] if found else []


if __name__ == "__main__":
    main()
