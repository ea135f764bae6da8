//! Unbalanced load flow against power-grid-model's asymmetric one, against the balanced load flow, and by its invariants.

use std::path::{Path, PathBuf};

use copperplate::grid::{Grid, LineZeroSequence, Phases, Places, RadialOrder, TransformerZeroSequence, VectorGroup, ZeroSequence, check};
use copperplate::ids::{BranchIdx, BusIdx};
use copperplate::import::{ConnectionPower, folder_files, read_folder};
use copperplate::powerflow::{Injections, Network, Options, Outputs, Solution, Status, Workspace, solve, solve_parallel};
use proptest::prelude::*;

use crate::powerflow;
use crate::topology::{bus, connection, line, source, transformer};

const EXACT: Options = Options { tolerance_pu: 1e-13, max_iterations: 100 };

fn network(grid: &Grid) -> Network {
    let (order, _) = RadialOrder::new(grid, &Places::default()).unwrap_or_else(|e| panic!("{e}"));
    let zero = ZeroSequence::of(grid, &order, &Places::default()).unwrap_or_else(|e| panic!("{e}"));
    Network::three_phase(grid, &order, &zero)
}

fn run(network: &Network, power: &ConnectionPower, options: Options) -> Solution {
    let mut solution = Solution::default();
    let injections = Injections::by_step(&power.p_w, &power.q_var);
    let _ = solve(network, injections, options, Outputs::ALL, &mut Workspace::default(), &mut solution);
    solution
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
}

#[derive(serde::Deserialize)]
struct Reference {
    node: Nodes,
    line: Branches,
    transformer: Branches,
    source: Sources,
    losses_w: f64,
}

#[derive(serde::Deserialize)]
struct Nodes {
    u_pu: Vec<[f64; 3]>,
    u_angle_rad: Vec<[f64; 3]>,
    unbalance: Vec<f64>,
    displacement_pu: Vec<f64>,
}

/// A figure left out is an empty array.
#[derive(serde::Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Branches {
    i_from_a: Vec<f64>,
    i_to_a: Vec<f64>,
    p_from_w: Vec<f64>,
    q_from_var: Vec<f64>,
    p_to_w: Vec<f64>,
    q_to_var: Vec<f64>,
}

#[derive(serde::Deserialize)]
struct Sources {
    p_w: Vec<f64>,
    q_var: Vec<f64>,
}

fn close(what: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "number of {what}");
    for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= tolerance, "{what} {i} is {a}, reference {b}, off by {:.1e} > {tolerance:.0e}", (a - b).abs());
    }
}

fn agrees(dir: &Path) {
    let case: Case = toml::from_str(&std::fs::read_to_string(dir.join("case.toml")).unwrap()).unwrap();
    assert!([&case.origin, &case.licence, &case.reference].iter().all(|text| !text.is_empty()), "{}", dir.display());
    let reference: Reference = serde_json::from_str(&std::fs::read_to_string(dir.join("reference.json")).unwrap()).unwrap();
    let (feeder, _) = read_folder(dir).unwrap_or_else(|e| panic!("{e}"));
    let s = run(&network(&feeder.grid), &feeder.nominal_power(), Options { tolerance_pu: 1e-12, ..EXACT });
    let name = &feeder.grid.name;
    assert!(s.status[0].converged(), "{name}: {:?}", s.status[0]);
    close(&format!("{name} voltage"), &s.u_pu, reference.node.u_pu.as_flattened(), case.tolerance_pu);
    let theirs = reference.node.u_angle_rad.as_flattened();
    let apart: Vec<f64> = s.angle_rad.iter().zip(theirs).map(|(a, b)| libm::remainder(a - b, std::f64::consts::TAU)).collect();
    close(&format!("{name} angle"), &apart, &vec![0.0; theirs.len()], case.tolerance_rad);
    close(&format!("{name} unbalance"), &s.unbalance, &reference.node.unbalance, case.tolerance_pu);
    close(&format!("{name} displacement"), &s.displacement_pu, &reference.node.displacement_pu, case.tolerance_pu);
    let lines = feeder.grid.lines.len();
    for (kind, theirs, range) in [("line", &reference.line, 0..lines), ("transformer", &reference.transformer, lines..lines + 1)] {
        let figures = [
            ("i_from", &s.i_from_a, &theirs.i_from_a, case.tolerance_a),
            ("i_to", &s.i_to_a, &theirs.i_to_a, case.tolerance_a),
            ("p_from", &s.p_from_w, &theirs.p_from_w, case.tolerance_w),
            ("q_from", &s.q_from_var, &theirs.q_from_var, case.tolerance_w),
            ("p_to", &s.p_to_w, &theirs.p_to_w, case.tolerance_w),
            ("q_to", &s.q_to_var, &theirs.q_to_var, case.tolerance_w),
        ];
        assert!(!theirs.i_from_a.is_empty(), "{name}: the reference has no {kind} currents");
        for (figure, ours, theirs, tolerance) in figures.into_iter().filter(|figure| !figure.2.is_empty()) {
            // What a Yyn's magnetising impedance takes is a shunt of its own there.
            let apart = kind == "transformer" && name.starts_with("yyn") && figure.ends_with("to");
            if !apart {
                close(&format!("{name} {figure} of {kind}"), &ours[range.clone()], theirs, tolerance);
            }
        }
    }
    close(&format!("{name} losses"), &s.losses_w, &[reference.losses_w], case.tolerance_w);
    close(&format!("{name} source"), &s.source_p_w, &reference.source.p_w, case.tolerance_w);
    close(&format!("{name} source, reactive"), &s.source_q_var, &reference.source.q_var, case.tolerance_w);
}

#[test]
fn cases_agree_with_their_references() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/powerflow_three_phase");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= 12, "cases are missing");
    cases.iter().for_each(|dir| agrees(dir));
}

/// Zero-sequence data for a balanced grid; any will do there.
fn with_zero_sequence(mut grid: Grid) -> Grid {
    for line in &mut grid.lines {
        let (r0_ohm, x0_ohm) = (4.0 * line.r_ohm, 3.5 * line.x_ohm);
        line.zero_sequence = Some(LineZeroSequence { r0_ohm, x0_ohm, b0_s: 0.6 * line.b_s, g0_s: 0.0 });
    }
    for t in &mut grid.transformers {
        let vector_group = if t.clock().unwrap() % 2 == 1 { VectorGroup::Dyn } else { VectorGroup::YNyn };
        t.zero_sequence = Some(TransformerZeroSequence { vector_group, uk0_pu: t.uk_pu, ur0_pu: t.pk_w / t.rated_power_va });
    }
    grid
}

#[test]
fn balanced_power_gives_the_balanced_solution() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/powerflow");
    for case in ["case33bw", "cigre_lv", "cigre_lv_zip", "mv_oberrhein", "sb_lv_rural1", "synth_100"] {
        let (feeder, _) = read_folder(&root.join(case)).unwrap();
        let grid = with_zero_sequence(feeder.grid.clone());
        assert!(!check::check(&grid, &Places::default()).has_errors(), "{case}");
        let power = feeder.nominal_power();
        let ours = run(&network(&grid), &power, EXACT);
        let (balanced, _) = powerflow::run(&powerflow::network(&grid), &power, EXACT);
        assert!(ours.status[0].converged() && balanced.status[0].converged(), "{case}: {:?}", ours.status[0]);
        for f in 0..3 {
            let of = |values: &[f64]| -> Vec<f64> { values.iter().copied().skip(f).step_by(3).collect() };
            close(&format!("{case} voltage"), &of(&ours.u_pu), &balanced.u_pu, 1e-12);
            let lag = [0.0, 120f64.to_radians(), -120f64.to_radians()][f];
            let apart = of(&ours.angle_rad)
                .iter()
                .zip(&balanced.angle_rad)
                .map(|(a, b)| libm::remainder(a + lag - b, std::f64::consts::TAU))
                .collect::<Vec<_>>();
            close(&format!("{case} angle"), &apart, &vec![0.0; apart.len()], 1e-12);
        }
        assert!(ours.unbalance.iter().chain(&ours.displacement_pu).all(|&x| x < 1e-12), "{case}");
        for (figure, ours, theirs) in [
            ("p_from", &ours.p_from_w, &balanced.p_from_w),
            ("q_to", &ours.q_to_var, &balanced.q_to_var),
            ("losses", &ours.losses_w, &balanced.losses_w),
            ("source", &ours.source_q_var, &balanced.source_q_var),
        ] {
            let largest = theirs.iter().fold(1.0, |most: f64, x| most.max(x.abs()));
            close(&format!("{case} {figure}"), ours, theirs, 1e-9 * largest);
        }
        close(&format!("{case} loading"), &ours.loading, &balanced.loading, 1e-10);
    }
}

/// A transformer, a tree of low-voltage cables below it, powers up to `most_w`.
#[derive(Debug, Clone)]
struct Drawn {
    grid: Grid,
    power: ConnectionPower,
}

fn drawn(most_w: f64) -> impl Strategy<Value = Drawn> {
    let node = (0.0..1.0f64, 0.002..0.05f64, 0.2..0.9f64, 1.0..5.0f64, prop_oneof![3 => Just(0.0), 1 => 1e-6..1e-4f64]);
    let load = (0.0..1.0f64, 0..4usize, -0.5 * most_w..most_w, -0.3..0.4f64);
    let steps = prop::collection::vec(load, 3..16);
    (prop::collection::vec(node, 2..24), steps, 0..4usize).prop_map(|(nodes, loads, group)| {
        let buses = [bus("hv", 10e3), bus("lv", 400.0)].into_iter().chain((0..nodes.len()).map(|i| bus(&i.to_string(), 400.0)));
        let mut grid = Grid { buses: buses.collect(), sources: vec![source(0)], ..Grid::default() };
        let (vector_group, clock) =
            [(VectorGroup::Dyn, 5.0), (VectorGroup::Yzn, 11.0), (VectorGroup::YNyn, 6.0), (VectorGroup::Yyn, 0.0)][group];
        let mut t = transformer("t", 0, 1);
        t.shift_deg = 30.0 * clock;
        t.zero_sequence = Some(TransformerZeroSequence { vector_group, uk0_pu: 0.05, ur0_pu: 0.02 });
        grid.transformers.push(t);
        for (i, (place, r, x_over_r, ratio, b_s)) in nodes.into_iter().enumerate() {
            let parent = 1 + (place * (i + 1) as f64) as usize;
            let mut cable = line(&i.to_string(), parent, i + 2, r, x_over_r * r);
            cable.b_s = b_s;
            let (r0_ohm, x0_ohm) = (ratio * r, ratio * x_over_r * r);
            cable.zero_sequence = Some(LineZeroSequence { r0_ohm, x0_ohm, b0_s: 0.5 * b_s, g0_s: 0.0 });
            grid.lines.push(cable);
        }
        let mut power = ConnectionPower { p_w: Vec::new(), q_var: Vec::new() };
        for (i, (place, phases, p_w, tan)) in loads.into_iter().enumerate() {
            let mut at = connection(&i.to_string(), 1 + (place * (grid.buses.len() - 1) as f64) as usize);
            at.phases = [Phases::Abc, Phases::A, Phases::B, Phases::C][phases];
            grid.connections.push(at);
            power.p_w.push(p_w);
            power.q_var.push(tan * p_w);
        }
        Drawn { grid, power }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn power_balances_at_every_bus(Drawn { grid, power } in drawn(8e3)) {
        let s = run(&network(&grid), &power, Options::default());
        prop_assume!(s.status[0].converged());
        let mut sums = vec![[0.0; 2]; grid.buses.len()];
        for branch in (0..grid.branches()).map(BranchIdx::new) {
            let (from, to) = grid.branch_buses(branch);
            let k = branch.i();
            for (end, p_w, q_var) in [(from, s.p_from_w[k], s.q_from_var[k]), (to, s.p_to_w[k], s.q_to_var[k])] {
                sums[end.i()][0] += p_w;
                sums[end.i()][1] += q_var;
            }
        }
        for (c, (p_w, q_var)) in grid.connections.iter().zip(power.p_w.iter().zip(&power.q_var)) {
            sums[c.bus.i()][0] += p_w;
            sums[c.bus.i()][1] += q_var;
        }
        sums[0][0] -= s.source_p_w[0];
        sums[0][1] -= s.source_q_var[0];
        prop_assert!(sums.iter().flatten().all(|sum| sum.abs() < 1e-7), "{sums:?}");
        let drawn: f64 = power.p_w.iter().sum();
        // Losses are those of the currents, which are within the tolerance of those of the voltages.
        prop_assert!((s.source_p_w[0] - drawn - s.losses_w[0]).abs() < 1e-6 * power.p_w.iter().map(|p| p.abs()).sum::<f64>());
    }

    #[test]
    fn the_error_is_within_its_bound(Drawn { grid, power } in drawn(25e3), digits in 4..12i32) {
        let network = network(&grid);
        let exact = run(&network, &power, Options { tolerance_pu: 1e-13, max_iterations: 2000 });
        let options = Options { tolerance_pu: libm::pow(10.0, f64::from(-digits)), max_iterations: 2000 };
        let s = run(&network, &power, options);
        let Status::Converged { error_pu, .. } = s.status[0] else {
            prop_assert!(!exact.status[0].converged());
            return Ok(());
        };
        prop_assume!(exact.status[0].converged());
        prop_assert!(error_pu <= options.tolerance_pu);
        for (i, (u, angle)) in s.u_pu.iter().zip(&s.angle_rad).enumerate() {
            let re = u * libm::cos(*angle) - exact.u_pu[i] * libm::cos(exact.angle_rad[i]);
            let im = u * libm::sin(*angle) - exact.u_pu[i] * libm::sin(exact.angle_rad[i]);
            // pu of the bus's rating and of the source differ by the transformer's 2 %.
            prop_assert!(libm::hypot(re, im) <= 1.03 * error_pu + 2e-13, "{:e} > {error_pu:e}", libm::hypot(re, im));
        }
    }

    #[test]
    fn a_batch_gives_the_bits_of_its_steps(Drawn { grid, power } in drawn(10e3), steps in 2..30usize) {
        let network = network(&grid);
        let factor = |step: usize| 0.1 + (step * 37 % 20) as f64 / 10.0;
        let scaled = |values: &[f64]| -> Vec<f64> { (0..steps).flat_map(|step| values.iter().map(move |x| x * factor(step))).collect() };
        let batch = ConnectionPower { p_w: scaled(&power.p_w), q_var: scaled(&power.q_var) };
        let together = run(&network, &batch, Options::default());
        let mut parallel = Solution::default();
        let _ = solve_parallel(&network, Injections::by_step(&batch.p_w, &batch.q_var), Options::default(), Outputs::ALL, &mut parallel);
        // As text: what is no number is equal to itself there.
        prop_assert_eq!(format!("{together:?}"), format!("{parallel:?}"));
        let n = network.injections();
        for step in 0..steps {
            let row = step * n..(step + 1) * n;
            let alone = run(&network, &ConnectionPower { p_w: batch.p_w[row.clone()].to_vec(), q_var: batch.q_var[row].to_vec() }, Options::default());
            let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&alone.u_pu), bits(&together.u_pu[together.phase_row(step)]));
            prop_assert_eq!(bits(&alone.angle_rad), bits(&together.angle_rad[together.phase_row(step)]));
            prop_assert_eq!(bits(&alone.unbalance), bits(&together.unbalance[together.bus_row(step)]));
            prop_assert_eq!(bits(&alone.loading), bits(&together.loading[together.branch_row(step)]));
            prop_assert_eq!(format!("{:?}", alone.status[0]), format!("{:?}", together.status[step]));
        }
    }
}

/// hv ─ transformer ─ lv ─ a ─ b
fn street() -> Grid {
    let mut grid = Grid {
        buses: vec![bus("hv", 10e3), bus("lv", 400.0), bus("a", 400.0), bus("b", 400.0)],
        lines: vec![line("l1", 1, 2, 0.05, 0.02), line("l2", 2, 3, 0.05, 0.02)],
        transformers: vec![transformer("t", 0, 1)],
        sources: vec![source(0)],
        connections: vec![connection("c", 3), connection("d", 2)],
        ..Grid::default()
    };
    grid.connections[0].phases = Phases::B;
    grid
}

#[test]
fn a_phase_that_collapses_is_named_and_disturbs_no_other_step() {
    let grid = with_zero_sequence(street());
    let network = network(&grid);
    let power = ConnectionPower { p_w: vec![3e3, 1e3, 3e6, 1e3, f64::NAN, 1e3, 3e3, 1e3], q_var: vec![0.0; 8] };
    let s = run(&network, &power, EXACT);
    let far = Status::Collapsed { bus: BusIdx(3) };
    assert_eq!(s.status[1], far);
    assert!(matches!(s.status[2], Status::Collapsed { .. }), "{:?}", s.status[2]);
    assert!(s.u_pu[s.phase_row(1)].iter().chain(&s.unbalance[s.bus_row(2)]).all(|u| u.is_nan()));
    assert_eq!(s.u_pu[s.phase_row(0)], s.u_pu[s.phase_row(3)]);
    let u = &s.u_pu[s.phase_row(0)];
    assert!(u[10] < u[9] && u[10] < u[11], "phase b is loaded: {u:?}");
    assert!(s.unbalance[3] > s.unbalance[2] && s.displacement_pu[3] > s.displacement_pu[2] && s.displacement_pu[0] < 1e-15);
}

#[test]
fn what_no_source_supplies_has_no_voltage() {
    let mut grid = with_zero_sequence(street());
    grid.lines[1].from = BusIdx(3);
    grid.buses.push(bus("c", 400.0));
    grid.lines[1].to = BusIdx(4);
    grid.lines[1].zero_sequence = None;
    grid.switches.push(copperplate::grid::Switch { id: "s".into(), from: BusIdx(2), to: BusIdx(3), closed: false });
    let s = run(&network(&grid), &ConnectionPower { p_w: vec![3e3; 2], q_var: vec![0.0; 2] }, EXACT);
    assert_eq!((&s.u_pu[9..], &s.unbalance[3..]), (&[0.0; 6][..], &[0.0; 2][..]));
    assert_eq!((s.i_from_a[1], s.p_to_w[1]), (0.0, 0.0));
    assert!((s.source_p_w[0] - 3e3 - s.losses_w[0]).abs() < 1e-6);
}

#[test]
fn what_is_missing_for_three_phases_is_said_all_at_once() {
    let grid = street();
    let (order, _) = RadialOrder::new(&grid, &Places::default()).unwrap();
    insta::assert_snapshot!(ZeroSequence::of(&grid, &order, &Places::default()).unwrap_err());
    let mut reversed = with_zero_sequence(street());
    reversed.sources[0].bus = BusIdx(1);
    let (order, _) = RadialOrder::new(&reversed, &Places::default()).unwrap();
    let findings = ZeroSequence::of(&reversed, &order, &Places::default()).unwrap_err();
    assert_eq!(findings.0.iter().map(|f| f.code).collect::<Vec<_>>(), ["fed-at-star-point"]);
    reversed.transformers[0].shift_deg = 0.0;
    let findings = check::check(&reversed, &Places::default());
    assert_eq!(findings.0.iter().map(|f| f.code).collect::<Vec<_>>(), ["vector-group"]);
}

#[test]
fn a_feeder_folder_keeps_zero_sequence_data_and_phases() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/powerflow_three_phase");
    let (feeder, _) = read_folder(&cases.join("dyn5")).unwrap();
    let dir = std::env::temp_dir().join(format!("copperplate-three-phase-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for (name, content) in folder_files(&feeder).unwrap() {
        std::fs::write(dir.join(name), content).unwrap();
    }
    let (back, _) = read_folder(&dir).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((&back.grid, &back.assets), (&feeder.grid, &feeder.assets));
    let lines = std::fs::read_to_string(dir.join("lines.csv")).unwrap();
    std::fs::write(dir.join("lines.csv"), lines.replacen("1.9,1.4,", "1.9,,", 1)).unwrap();
    let findings = read_folder(&dir).unwrap_err();
    assert_eq!(findings.0.iter().map(|f| f.code).collect::<Vec<_>>(), ["missing-zero-sequence"]);
    std::fs::remove_dir_all(&dir).unwrap();
}

/// Constant impedance is a load flow without iteration, so the error bound of loads that answer voltage shows.
#[test]
fn loads_that_answer_voltage_do_so_on_their_own_phase() {
    use copperplate::grid::{Mix, Response};
    use copperplate::ids::ConnectionIdx;
    let mut grid = with_zero_sequence(street());
    let impedance = Mix { impedance: 1.0, current: 0.0 };
    grid.responses.push(Response { connection: ConnectionIdx(0), active: impedance, reactive: impedance, control: None });
    let given = ConnectionPower { p_w: vec![9e3, 2e3], q_var: vec![3e3, 0.0] };
    let s = run(&network(&grid), &given, EXACT);
    assert!(s.status[0].converged());
    let u = s.u_pu[3 * 3 + 1];
    assert!(u < 0.97, "phase b is loaded: {u}");
    let mut constant = grid.clone();
    constant.responses.clear();
    let drawn = ConnectionPower { p_w: vec![9e3 * u * u, 2e3], q_var: vec![3e3 * u * u, 0.0] };
    let same = run(&network(&constant), &drawn, EXACT);
    close("voltage", &s.u_pu, &same.u_pu, 1e-12);
    for digits in 4..12 {
        let options = Options { tolerance_pu: libm::pow(10.0, f64::from(-digits)), ..EXACT };
        let rough = run(&network(&grid), &given, options);
        close("voltage", &rough.u_pu, &s.u_pu, 1.03 * options.tolerance_pu);
    }
}

#[test]
fn sensitivities_are_those_of_each_phase() {
    let grid = with_zero_sequence(street());
    let network = network(&grid);
    let (p_w, q_var) = ([6e3, 2e3], [1e3, 0.0]);
    let s = copperplate::powerflow::sensitivities(&network, &p_w, &q_var, &mut Workspace::default()).unwrap();
    assert_eq!((s.voltages, s.branches), (12, 3));
    let slope = |i: usize, f: usize| s.du_dp[3 * i + f];
    // More power on phase b of the last bus lowers b there, and lifts another phase by way of the neutral.
    assert!(slope(3, 1) < -1e-6 && slope(3, 0).max(slope(3, 2)) > 0.0, "{:?}", &s.du_dp[9..12]);
    let more = run(&network, &ConnectionPower { p_w: vec![6e3 + 10.0, 2e3], q_var: q_var.to_vec() }, EXACT);
    let less = run(&network, &ConnectionPower { p_w: vec![6e3 - 10.0, 2e3], q_var: q_var.to_vec() }, EXACT);
    let difference: Vec<f64> = more.u_pu.iter().zip(&less.u_pu).map(|(a, b)| (a - b) / 20.0).collect();
    close("slope", &s.du_dp[..12], &difference, 1e-12);
}
