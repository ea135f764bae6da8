//! Load flow against references of other solvers, published figures, a closed form, and invariants.

use std::path::{Path, PathBuf};

use copperplate::grid::{Grid, Places, RadialOrder, SpanningOrder};
use copperplate::ids::BranchIdx;
use copperplate::import::{ConnectionPower, read_folder};
use copperplate::powerflow::{Injections, Network, Options, Outputs, Solution, Status, Summary, Workspace, solve, solve_parallel};
use proptest::prelude::*;

use crate::topology::{bus, connection, line, source, transformer};

const EXACT: Options = Options { tolerance_pu: 1e-12, max_iterations: 100 };

pub(crate) fn network(grid: &Grid) -> Network {
    let (order, _) = RadialOrder::new(grid, &Places::default()).unwrap_or_else(|e| panic!("{e}"));
    Network::new(grid, &order)
}

pub(crate) fn run(network: &Network, power: &ConnectionPower, options: Options) -> (Solution, Summary) {
    let mut solution = Solution::default();
    let summary =
        solve(network, Injections::by_step(&power.p_w, &power.q_var), options, Outputs::ALL, &mut Workspace::default(), &mut solution);
    (solution, summary)
}

/// How far a case may be from its reference.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
struct Tolerance {
    tolerance_pu: f64,
    tolerance_rad: f64,
    tolerance_a: f64,
    tolerance_w: f64,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    origin: String,
    licence: String,
    reference: String,
    tolerance_pu: f64,
    tolerance_rad: f64,
    tolerance_a: f64,
    tolerance_w: f64,
    losses_kw: Option<String>,
    lowest_u_pu: Option<String>,
}

#[derive(serde::Deserialize)]
struct Reference {
    node: Nodes,
    #[serde(default)]
    line: Branches,
    #[serde(default)]
    transformer: Branches,
    source: Sources,
    losses_w: Losses,
}

#[derive(serde::Deserialize)]
struct Nodes {
    u_pu: Vec<f64>,
    u_angle_rad: Vec<f64>,
}

/// A solver that leaves a figure out leaves the array empty.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Branches {
    i_from_a: Vec<f64>,
    i_to_a: Vec<f64>,
    p_from_w: Vec<f64>,
    q_from_var: Vec<f64>,
    loading: Vec<f64>,
    /// Of a transformer: current over rated current, which is our definition. Its `loading` is apparent power, not ours.
    loading_of_rated_current: Vec<f64>,
}

#[derive(serde::Deserialize)]
struct Sources {
    p_w: Vec<f64>,
    q_var: Vec<f64>,
}

#[derive(serde::Deserialize)]
struct Losses {
    pgm: f64,
}

/// Solves the grid in `dir` and holds it against its `reference.json`.
fn agrees(dir: &Path, tolerance: Tolerance) -> Solution {
    let (feeder, _) = read_folder(dir).unwrap_or_else(|e| panic!("{e}"));
    // Figures of another solver that we do not read may be NaN, which JSON does not know.
    let reference = std::fs::read_to_string(dir.join("reference.json")).unwrap().replace("NaN", "null");
    let reference: Reference = serde_json::from_str(&reference).unwrap();
    let (order, _) = SpanningOrder::new(&feeder.grid, &feeder.places).unwrap_or_else(|e| panic!("{e}"));
    let radial = order.links().is_empty();
    let network = if radial { network(&feeder.grid) } else { Network::meshed(&feeder.grid, &order) };
    let (solution, _) = run(&network, &feeder.nominal_power(), EXACT);
    let name = &feeder.grid.name;
    assert!(solution.status[0].converged(), "{name}: {:?}", solution.status[0]);
    let close = |what: &str, ours: &[f64], theirs: &[f64], tolerance: f64| {
        assert_eq!(ours.len(), theirs.len(), "{name}: number of {what}");
        for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
            assert!((a - b).abs() <= tolerance, "{name}: {what} {i} is {a}, reference {b}, off by {:.1e} > {tolerance:.0e}", (a - b).abs());
        }
    };
    close("voltage", &solution.u_pu, &reference.node.u_pu, tolerance.tolerance_pu);
    let apart = |a: &f64, b: &f64| libm::remainder(a - b, std::f64::consts::TAU);
    let angles: Vec<f64> = solution.angle_rad.iter().zip(&reference.node.u_angle_rad).map(|(a, b)| apart(a, b)).collect();
    close("angle", &angles, &vec![0.0; angles.len()], tolerance.tolerance_rad);
    let (lines, branches) = (feeder.grid.lines.len(), feeder.grid.branches());
    for (what, r, range) in [("line", &reference.line, 0..lines), ("transformer", &reference.transformer, lines..branches)] {
        if range.is_empty() {
            continue;
        }
        assert!(!r.i_from_a.is_empty(), "{name}: the reference has no {what} currents");
        let loading = if what == "line" { &r.loading } else { &r.loading_of_rated_current };
        let figures = [
            ("i_from", &solution.i_from_a, &r.i_from_a, tolerance.tolerance_a),
            ("i_to", &solution.i_to_a, &r.i_to_a, tolerance.tolerance_a),
            ("p_from", &solution.p_from_w, &r.p_from_w, tolerance.tolerance_w),
            ("q_from", &solution.q_from_var, &r.q_from_var, tolerance.tolerance_w),
            ("loading", &solution.loading, loading, tolerance.tolerance_pu),
        ];
        for (figure, ours, theirs, tolerance) in figures {
            if !theirs.is_empty() {
                close(&format!("{figure} of {what}"), &ours[range.clone()], theirs, tolerance);
            }
        }
    }
    if lines < branches {
        // By definition, from the reference's currents: √3·U·I over the rated power, on the worse side.
        let t = feeder.grid.transformers.iter().zip(reference.transformer.i_from_a.iter().zip(&reference.transformer.i_to_a));
        let side = |u_v: f64, i_a: f64, s_va: f64| 3f64.sqrt() * u_v * i_a / s_va;
        let expected: Vec<f64> =
            t.map(|(t, (hv, lv))| side(t.u_hv_v, *hv, t.rated_power_va).max(side(t.u_lv_v, *lv, t.rated_power_va))).collect();
        close("loading of transformer", &solution.loading[lines..], &expected, tolerance.tolerance_pu);
    }
    close("losses", &solution.losses_w, &[reference.losses_w.pgm], tolerance.tolerance_w);
    close("source power", &solution.source_p_w, &[reference.source.p_w.iter().sum()], tolerance.tolerance_w);
    close("source reactive power", &solution.source_q_var, &[reference.source.q_var.iter().sum()], tolerance.tolerance_w);
    solution
}

#[test]
fn own_cases_agree_with_their_references() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/powerflow");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 11, "cases are missing");
    for dir in cases {
        let case: Case = toml::from_str(&std::fs::read_to_string(dir.join("case.toml")).unwrap()).unwrap();
        assert!([&case.origin, &case.licence, &case.reference].iter().all(|text| !text.is_empty()), "{}", dir.display());
        let Case { tolerance_pu, tolerance_rad, tolerance_a, tolerance_w, .. } = case;
        let solution = agrees(&dir, Tolerance { tolerance_pu, tolerance_rad, tolerance_a, tolerance_w });
        // Published figures agree in all their digits.
        if let Some(published) = case.losses_kw {
            assert_eq!(format!("{:.2}", solution.losses_w[0] / 1e3), published, "{}", dir.display());
        }
        if let Some(published) = case.lowest_u_pu {
            let lowest = solution.u_pu.iter().copied().fold(f64::INFINITY, f64::min);
            assert_eq!(format!("{lowest:.4}"), published, "{}", dir.display());
        }
    }
}

/// The shared folder, or `None` if it is not named; named, it must be there.
fn shared(path: &str) -> Option<PathBuf> {
    #[allow(clippy::disallowed_methods, reason = "tests learn from the environment where the shared folder is")]
    let Ok(folder) = std::env::var("COPPERPLATE_SHARED") else {
        #[allow(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: COPPERPLATE_SHARED does not name the shared folder");
        }
        return None;
    };
    let path = PathBuf::from(folder).join(path);
    assert!(path.exists(), "{} is missing", path.display());
    Some(path)
}

#[test]
fn shared_grids_agree_with_two_solvers() {
    let Some(grids) = shared("grids") else { return };
    let tolerance = Tolerance { tolerance_pu: 1e-8, tolerance_rad: 1e-8, tolerance_a: 1e-5, tolerance_w: 1e-2 };
    let radial = ["case33bw", "cigre_lv", "kerber_vorstadt1", "mv_oberrhein", "sb_lv_rural1", "synth_15", "synth_100", "synth_1000"];
    for grid in radial {
        agrees(&grids.join(grid), tolerance);
    }
    for grid in ["case33bw_meshed", "cigre_mv_meshed"] {
        agrees(&grids.join(grid), tolerance);
        let (feeder, _) = read_folder(&grids.join(grid)).unwrap();
        let findings = RadialOrder::new(&feeder.grid, &feeder.places).unwrap_err();
        assert!(findings.0.iter().all(|f| f.code == "loop" && f.location.is_some()), "{grid}: {findings}");
    }
}

/// A source of 1 pu, one line, one load: `u² = ½ − (rp + xq) + √(¼ − (rp + xq) − (xp − rq)²)` in pu.
#[test]
fn two_buses_match_the_closed_form() {
    let grid = Grid {
        buses: vec![bus("a", 400.0), bus("b", 400.0)],
        lines: vec![line("l", 0, 1, 0.2, 0.1)],
        sources: vec![source(0)],
        connections: vec![connection("c", 1)],
        ..Grid::default()
    };
    let network = network(&grid);
    for (p_w, q_var) in [(20e3, 5e3), (-60e3, 0.0), (100e3, -40e3), (150e3, 0.0)] {
        let base: f64 = 400.0 * 400.0;
        let (r, x) = (0.2, 0.1);
        let (a, b) = ((r * p_w + x * q_var) / base, (x * p_w - r * q_var) / base);
        let expected = (0.5 - a + (0.25 - a - b * b).sqrt()).sqrt();
        let (solution, _) =
            run(&network, &ConnectionPower { p_w: vec![p_w], q_var: vec![q_var] }, Options { max_iterations: 1000, ..EXACT });
        assert!(solution.status[0].converged(), "{p_w}: {:?}", solution.status[0]);
        assert!((solution.u_pu[1] - expected).abs() < 1e-10, "{p_w}: {} against {expected}", solution.u_pu[1]);
        let current = libm::hypot(p_w, q_var) / (3f64.sqrt() * 400.0 * expected);
        assert!((solution.i_from_a[0] - current).abs() < 1e-7 * current);
        assert!((solution.losses_w[0] - 3.0 * r * current * current).abs() < 1e-6 * current);
    }
}

#[test]
fn a_step_without_operating_point_is_marked_and_disturbs_no_other() {
    let mut grid = chain(6);
    grid.connections.insert(0, connection("c0", 0));
    let network = network(&grid);
    let n = network.injections();
    let normal: Vec<f64> = (0..n).map(|i| 1e3 * i as f64).collect();
    let mut p_w = [normal.clone(), normal.iter().map(|p| p * 1e4).collect(), normal.clone()].concat();
    // At the source itself no voltage tells.
    p_w.extend([&[f64::NAN], &normal[1..]].concat());
    p_w.extend(&normal);
    let power = ConnectionPower { q_var: p_w.iter().map(|p| p * 0.3).collect(), p_w };
    let (batch, summary) = run(&network, &power, EXACT);
    assert_eq!((summary.converged, summary.failed), (3, 2));
    assert!(matches!(batch.status[1], Status::Collapsed { .. }), "{:?}", batch.status[1]);
    assert!(matches!(batch.status[3], Status::Collapsed { .. }), "{:?}", batch.status[3]);
    for step in [1, 3] {
        assert!(batch.u_pu[batch.bus_row(step)].iter().chain(&batch.angle_rad[batch.bus_row(step)]).all(|v| v.is_nan()));
        assert!(batch.loading[batch.branch_row(step)].iter().chain(&batch.p_to_w[batch.branch_row(step)]).all(|v| v.is_nan()));
        assert!(batch.losses_w[step].is_nan() && batch.source_p_w[step].is_nan() && batch.source_q_var[step].is_nan());
    }
    let alone = ConnectionPower { p_w: normal.clone(), q_var: normal.iter().map(|p| p * 0.3).collect() };
    let (alone, _) = run(&network, &alone, EXACT);
    for step in [0, 2, 4] {
        assert_eq!(batch.u_pu[batch.bus_row(step)], alone.u_pu);
    }
    let far = Status::Collapsed { bus: copperplate::ids::BusIdx(5) };
    assert_eq!(batch.status[1], far, "the end of the chain has the lowest voltage");
    let (stopped, _) = run(&network, &power, Options { max_iterations: 2, ..EXACT });
    assert!(matches!(stopped.status[0], Status::IterationLimit { change_pu } if change_pu > 1e-12));
}

#[test]
fn a_feeder_with_a_zero_length_line_runs_and_knows_its_current() {
    let mut grid = chain(4);
    (grid.lines[1].r_ohm, grid.lines[1].x_ohm) = (0.0, 0.0);
    let power = ConnectionPower { p_w: vec![5e3; 3], q_var: vec![1e3; 3] };
    let (solution, _) = run(&network(&grid), &power, EXACT);
    assert!(solution.status[0].converged());
    assert_eq!(solution.u_pu[1], solution.u_pu[2]);
    assert!(solution.i_from_a[1] > 10.0 && solution.i_from_a[1] < solution.i_from_a[0]);
}

#[test]
fn what_no_source_supplies_has_no_voltage_and_takes_no_power() {
    let mut grid = chain(4);
    grid.lines.remove(1);
    grid.switches.push(copperplate::grid::Switch { id: "s".into(), from: grid.lines[0].to, to: grid.lines[1].from, closed: false });
    let (order, warnings) = RadialOrder::new(&grid, &Places::default()).unwrap();
    assert_eq!(warnings.0.iter().map(|f| f.code).collect::<Vec<_>>(), ["dead-part"]);
    let (solution, _) = run(&Network::new(&grid, &order), &ConnectionPower { p_w: vec![5e3; 3], q_var: vec![0.0; 3] }, EXACT);
    assert_eq!(solution.u_pu[2..], [0.0, 0.0]);
    assert_eq!((solution.i_from_a[1], solution.loading[1], solution.p_from_w[1]), (0.0, 0.0, 0.0));
    assert!((solution.source_p_w[0] - solution.losses_w[0] - 5e3).abs() < 1e-6);
}

#[test]
fn outputs_that_were_not_asked_for_stay_empty() {
    let network = network(&chain(3));
    let (mut solution, mut workspace) = (Solution::default(), Workspace::default());
    let nothing = Outputs::NONE;
    for outputs in [Outputs::ALL, nothing, Outputs { totals: true, ..nothing }, Outputs { branch: true, ..nothing }, Outputs::VOLTAGE] {
        let _ = solve(&network, Injections::by_step(&[1e3; 4], &[0.0; 4]), EXACT, outputs, &mut workspace, &mut solution);
        assert_eq!((solution.steps, solution.status.len()), (2, 2));
        assert_eq!((solution.losses_w.len(), solution.source_q_var.len()), if outputs.totals { (2, 2) } else { (0, 0) });
        assert_eq!(solution.u_pu.len(), if outputs.voltage { 6 } else { 0 });
        assert_eq!(solution.loading.len(), if outputs.branch { 4 } else { 0 });
    }
}

/// `n` buses in a row at 400 V, a connection at each but the first.
fn chain(n: usize) -> Grid {
    Grid {
        buses: (0..n).map(|i| bus(&format!("b{i}"), 400.0)).collect(),
        lines: (1..n).map(|i| line(&format!("l{i}"), i - 1, i, 0.02, 0.01)).collect(),
        sources: vec![source(0)],
        connections: (1..n).map(|i| connection(&format!("c{i}"), i)).collect(),
        ..Grid::default()
    }
}

/// What a random feeder is made from: per bus its parent (as a fraction of the earlier ones), impedance, power, and whether
/// a transformer leads to it.
pub(crate) type Seeds = Vec<(f64, f64, f64, f64, bool)>;

pub(crate) fn seeds() -> impl Strategy<Value = Seeds> {
    prop::collection::vec((0.0..1.0f64, 0.01..0.1f64, -1.0..1.0f64, -0.5..0.5f64, prop::bool::weighted(0.15)), 2..40)
}

/// A random tree below a 10 kV source with the transformers, either way round, that `seeds` ask for.
pub(crate) fn random_feeder(seeds: &Seeds) -> (Grid, ConnectionPower) {
    let mut grid = Grid { buses: vec![bus("b0", 10e3)], sources: vec![source(0)], ..Grid::default() };
    let mut power = ConnectionPower { p_w: Vec::new(), q_var: Vec::new() };
    for (k, &(up, z, p, q, is_transformer)) in seeds.iter().enumerate() {
        let (i, parent) = (k + 1, (up * (k + 1) as f64) as usize);
        let u = grid.buses[parent].u_rated_v;
        if is_transformer {
            let other = if u > 1e3 { 400.0 } else { 10e3 };
            grid.buses.push(bus(&format!("b{i}"), other));
            let (hv, lv) = if u > other { (parent, i) } else { (i, parent) };
            grid.transformers.push(transformer(&format!("t{i}"), hv, lv));
        } else {
            grid.buses.push(bus(&format!("b{i}"), u));
            let scale = if u > 1e3 { 1.0 } else { 0.2 };
            let mut l = line(&format!("l{i}"), parent, i, z * scale, 0.5 * z * scale);
            (l.b_s, l.g_s) = (1e-5 / (u / 400.0), 1e-7 / (u / 400.0));
            if k % 3 == 0 {
                (l.from, l.to) = (l.to, l.from);
            }
            grid.lines.push(l);
        }
        grid.connections.push(connection(&format!("c{i}"), i));
        power.p_w.push(p * 4e3);
        power.q_var.push(q * 2e3);
    }
    (grid, power)
}

/// Rows of `power` for several steps, scaled.
pub(crate) fn steps(power: &ConnectionPower, factors: &[f64]) -> ConnectionPower {
    let scale = |v: &[f64]| factors.iter().flat_map(|f| v.iter().map(move |x| x * f)).collect();
    ConnectionPower { p_w: scale(&power.p_w), q_var: scale(&power.q_var) }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn the_source_covers_loads_and_losses_and_so_does_every_branch(seeds in seeds()) {
        let (grid, power) = random_feeder(&seeds);
        let power = steps(&power, &[1.0, 0.0, -0.5]);
        let (s, _) = run(&network(&grid), &power, EXACT);
        let n = grid.connections.len();
        for step in 0..3 {
            prop_assert!(s.status[step].converged());
            let load: f64 = power.p_w[step * n..(step + 1) * n].iter().sum();
            let scale = 1e-9 * power.p_w.iter().map(|p| p.abs()).sum::<f64>().max(1.0);
            prop_assert!((s.source_p_w[step] - load - s.losses_w[step]).abs() < scale);
            let row = s.branch_row(step);
            let in_branches: f64 = s.p_from_w[row.clone()].iter().chain(&s.p_to_w[row]).sum();
            prop_assert!((in_branches - s.losses_w[step]).abs() < scale, "{in_branches} {}", s.losses_w[step]);
            for (i, bus) in grid.buses.iter().enumerate().skip(1) {
                let mut balance = power.p_w[step * n + i - 1];
                for k in 0..grid.branches() {
                    let (from, to) = grid.branch_buses(BranchIdx::new(k));
                    let at = s.branch_row(step).start + k;
                    balance += if from.i() == i { s.p_from_w[at] } else { 0.0 } + if to.i() == i { s.p_to_w[at] } else { 0.0 };
                }
                prop_assert!(balance.abs() < scale, "bus {} is off by {balance} W", bus.id);
            }
        }
    }

    #[test]
    fn a_batch_gives_the_bits_of_a_loop(seeds in seeds()) {
        let (grid, power) = random_feeder(&seeds);
        let network = network(&grid);
        // A group of lanes, and a single step after it.
        let factors = [0.3, 1.0, -0.7, 1e5, 0.9, 0.0, 4.0, -0.1, 0.7];
        let (batch, summary) = run(&network, &steps(&power, &factors), Options::default());
        let mut parallel = Solution::default();
        let many = steps(&steps(&power, &factors), &[1.0; 60]);
        let in_parallel = solve_parallel(&network, Injections::by_step(&many.p_w, &many.q_var), Options::default(), Outputs::ALL, &mut parallel);
        prop_assert_eq!(in_parallel.iterations, 60 * summary.iterations);
        let bits = |v: &[f64]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&parallel.u_pu[59 * batch.u_pu.len()..]), bits(&batch.u_pu));
        prop_assert_eq!(bits(&parallel.source_p_w[59 * 9..]), bits(&batch.source_p_w));
        for (step, factor) in factors.iter().enumerate() {
            let (one, _) = run(&network, &steps(&power, &[*factor]), Options::default());
            prop_assert_eq!(format!("{:?}", batch.status[step]), format!("{:?}", one.status[0]));
            prop_assert_eq!(bits(&batch.u_pu[batch.bus_row(step)]), bits(&one.u_pu));
            prop_assert_eq!(bits(&batch.angle_rad[batch.bus_row(step)]), bits(&one.angle_rad));
            prop_assert_eq!(bits(&batch.loading[batch.branch_row(step)]), bits(&one.loading));
            prop_assert_eq!(batch.losses_w[step].to_bits(), one.losses_w[0].to_bits());
        }
    }

    /// The error stays below its bound and that below the tolerance, from light load to the neighbourhood of collapse, also
    /// where generation and load cancel.
    #[test]
    fn the_asked_tolerance_is_kept(seeds in seeds(), exponent in 4..12i32, load in 0.1..30.0f64) {
        let (grid, power) = random_feeder(&seeds);
        let network = network(&grid);
        let power = steps(&power, &[load, -load, 0.5 * load]);
        let options = Options { tolerance_pu: libm::pow(10.0, f64::from(-exponent)), max_iterations: 1000 };
        let (s, _) = run(&network, &power, options);
        let (exact, _) = run(&network, &power, Options { tolerance_pu: 1e-14, ..options });
        for step in (0..3).filter(|&step| exact.status[step].converged()) {
            let Status::Converged { error_pu, .. } = s.status[step] else { panic!("{:?}", s.status[step]) };
            prop_assert!(error_pu <= options.tolerance_pu);
            for bus in s.bus_row(step) {
                let (u, turned) = (s.u_pu[bus], s.angle_rad[bus] - exact.angle_rad[bus]);
                let apart = libm::hypot(u - exact.u_pu[bus], u * libm::remainder(turned, std::f64::consts::TAU));
                // Rated voltages of the feeder are those of its windings within 5 %; the source holds 1 pu.
                prop_assert!(apart <= 1.05 * error_pu + 1e-14, "{apart} > {error_pu}");
            }
        }
    }

    /// Rated voltages of inner buses only scale what is printed; all voltages times `k` and impedances times `k²` change nothing.
    #[test]
    fn the_per_unit_base_does_not_matter(seeds in seeds(), k in 0.5..2.0f64) {
        let (grid, power) = random_feeder(&seeds);
        let (s, _) = run(&network(&grid), &power, EXACT);
        let mut renamed = grid.clone();
        renamed.buses.iter_mut().skip(1).for_each(|b| b.u_rated_v *= k);
        let (r, _) = run(&network(&renamed), &power, EXACT);
        let mut scaled = grid.clone();
        scaled.buses.iter_mut().for_each(|b| b.u_rated_v *= k);
        for l in &mut scaled.lines {
            (l.r_ohm, l.x_ohm, l.b_s, l.g_s) = (l.r_ohm * k * k, l.x_ohm * k * k, l.b_s / k / k, l.g_s / k / k);
        }
        for t in &mut scaled.transformers {
            (t.u_hv_v, t.u_lv_v) = (t.u_hv_v * k, t.u_lv_v * k);
        }
        let (c, _) = run(&network(&scaled), &power, EXACT);
        for i in 1..grid.buses.len() {
            prop_assert!((r.u_pu[i] * k - s.u_pu[i]).abs() < 1e-10);
            prop_assert!((c.u_pu[i] - s.u_pu[i]).abs() < 1e-10);
        }
        for i in 0..grid.branches() {
            prop_assert!((r.i_from_a[i] - s.i_from_a[i]).abs() < 1e-7);
            prop_assert!((c.i_from_a[i] * k - s.i_from_a[i]).abs() < 1e-7);
        }
        prop_assert!((c.losses_w[0] - s.losses_w[0]).abs() < 1e-6);
    }

    #[test]
    fn the_order_of_table_rows_does_not_matter(seeds in seeds()) {
        let (grid, power) = random_feeder(&seeds);
        let (s, _) = run(&network(&grid), &power, EXACT);
        let n = grid.buses.len();
        let flip = |b: copperplate::ids::BusIdx| copperplate::ids::BusIdx::new(n - 1 - b.i());
        let mut turned = grid.clone();
        turned.buses.reverse();
        turned.lines.reverse();
        turned.transformers.reverse();
        turned.connections.reverse();
        turned.lines.iter_mut().for_each(|l| (l.from, l.to) = (flip(l.from), flip(l.to)));
        turned.transformers.iter_mut().for_each(|t| (t.hv, t.lv) = (flip(t.hv), flip(t.lv)));
        turned.connections.iter_mut().for_each(|c| c.bus = flip(c.bus));
        turned.sources.iter_mut().for_each(|x| x.bus = flip(x.bus));
        let back = |v: &[f64]| v.iter().rev().copied().collect();
        let (t, _) = run(&network(&turned), &ConnectionPower { p_w: back(&power.p_w), q_var: back(&power.q_var) }, EXACT);
        for i in 0..n {
            prop_assert!((t.u_pu[n - 1 - i] - s.u_pu[i]).abs() < 1e-11);
        }
        for l in 0..grid.lines.len() {
            prop_assert!((t.i_from_a[grid.lines.len() - 1 - l] - s.i_from_a[l]).abs() < 1e-8);
        }
    }
}
