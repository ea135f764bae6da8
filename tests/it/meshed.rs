//! Load flow of closed loops and of several sources in an island: closed forms, the radial kernel, and invariants. References of
//! other solvers are among the cases of `powerflow.rs`.

use copperplate::grid::{Bus, Control, Grid, Mix, Places, Response, Source, SpanningOrder, Switch, Tap};
use copperplate::ids::{BranchIdx, BusIdx, ConnectionIdx};
use copperplate::import::ConnectionPower;
use copperplate::powerflow::{Injections, Network, Options, Outputs, Solution, Status, solve_parallel};
use proptest::prelude::*;

use crate::powerflow::{Seeds, network as radial, random_feeder, run, seeds, steps};
use crate::topology::{bus, connection, line, source, transformer};

const EXACT: Options = Options { tolerance_pu: 1e-13, max_iterations: 1000 };

fn order(grid: &Grid) -> SpanningOrder {
    SpanningOrder::new(grid, &Places::default()).unwrap_or_else(|e| panic!("{e}")).0
}

fn network(grid: &Grid) -> Network {
    Network::meshed(grid, &order(grid))
}

fn power(p_w: &[f64]) -> ConnectionPower {
    ConnectionPower { p_w: p_w.to_vec(), q_var: p_w.iter().map(|p| 0.3 * p).collect() }
}

/// Line-to-line voltage of a bus, V, as (real, imaginary).
fn volts(s: &Solution, bus: usize, rated_v: f64) -> (f64, f64) {
    let (sin, cos) = libm::sincos(s.angle_rad[bus]);
    (s.u_pu[bus] * rated_v * cos, s.u_pu[bus] * rated_v * sin)
}

/// Two sources of different voltage and angle on one line: `I = (U_0 − U_1)/(√3·Z)`, and a shunt that each end feeds by itself.
#[test]
fn two_sources_exchange_what_ohms_law_says() {
    let mut tie = line("tie", 0, 1, 0.3, 0.4);
    tie.g_s = 2e-6;
    let grid = Grid {
        buses: vec![bus("a", 400.0), bus("b", 400.0)],
        lines: vec![tie],
        sources: vec![Source { u_pu: 1.02, ..source(0) }, Source { u_pu: 0.98, angle_deg: -2.0, ..source(1) }],
        connections: vec![connection("c", 1)],
        ..Grid::default()
    };
    assert_eq!((order(&grid).links().len(), order(&grid).tree().roots()), (1, 2));
    let (s, _) = run(&network(&grid), &power(&[3e3]), EXACT);
    assert!(s.status[0].converged());
    let ((a, _), (b_re, b_im)) = (volts(&s, 0, 400.0), volts(&s, 1, 400.0));
    assert!((a - 408.0).abs() < 1e-10 && (libm::hypot(b_re, b_im) - 392.0).abs() < 1e-10);
    let p_w = ((a - b_re) * 0.3 - b_im * 0.4) / 0.25 * a + 0.5 * 2e-6 * a * a;
    assert!((s.p_from_w[0] - p_w).abs() < 1e-8 * p_w, "{} against {p_w}", s.p_from_w[0]);
    let losses_w = ((a - b_re) * (a - b_re) + b_im * b_im) * 0.3 / 0.25 + 0.5 * 2e-6 * (a * a + 392.0 * 392.0);
    assert!((s.losses_w[0] - losses_w).abs() < 1e-8 * losses_w);
    assert!((s.source_p_w[0] - 3e3 - losses_w).abs() < 1e-7);
}

/// Parallel transformers, one a tap higher, carry `(U_1 − U_2)/(2·√3·Z)` from one to the other at no load, referred to lv.
#[test]
fn transformers_of_different_taps_circulate_a_current() {
    let mut pair = [transformer("t0", 0, 1), transformer("t1", 0, 1)];
    pair[1].tap = Tap { position: 1, step_pu: 0.025, ..Tap::default() };
    pair.iter_mut().for_each(|t| (t.i0_pu, t.p0_w) = (0.0, 0.0));
    let grid = Grid {
        buses: vec![bus("hv", 10e3), bus("lv", 400.0)],
        transformers: pair.to_vec(),
        sources: vec![source(0)],
        connections: vec![connection("c", 1)],
        ..Grid::default()
    };
    let (s, _) = run(&network(&grid), &power(&[0.0]), EXACT);
    let of_tap = |k: f64| 10e3 * 400.0 / (10.2e3 * k);
    let z = 0.04 * 400.0 * 400.0 / 400e3;
    let circulating_a = (of_tap(1.0) - of_tap(1.025)) / (2.0 * z * 3f64.sqrt());
    for t in 0..2 {
        assert!((s.i_to_a[t] - circulating_a).abs() < 1e-9, "{} against {circulating_a}", s.i_to_a[t]);
    }
    assert!((s.u_pu[1] * 400.0 - 0.5 * (of_tap(1.0) + of_tap(1.025))).abs() < 1e-9);
    assert!((s.q_from_var[0] + s.q_to_var[0] - s.q_from_var[1] - s.q_to_var[1]).abs() < 1e-6);
    assert!(s.p_to_w[0] * s.p_to_w[1] < 0.0 && s.q_to_var[0] * s.q_to_var[1] < 0.0);
}

/// A ring of equal lines with its load opposite the source is two chains side by side.
#[test]
fn a_ring_shares_its_load() {
    let ends = [(0, 1), (1, 2), (2, 3), (3, 0)];
    let ring = Grid {
        buses: (0..4).map(|i| bus(&format!("b{i}"), 400.0)).collect(),
        lines: ends.iter().enumerate().map(|(i, &(a, b))| line(&format!("l{i}"), a, b, 0.1, 0.05)).collect(),
        sources: vec![source(0)],
        connections: vec![connection("c", 2)],
        ..Grid::default()
    };
    let (s, _) = run(&network(&ring), &power(&[20e3]), EXACT);
    let mut chain = ring.clone();
    chain.lines.truncate(2);
    chain.lines.iter_mut().for_each(|l| (l.r_ohm, l.x_ohm) = (0.05, 0.025));
    chain.buses.truncate(3);
    let (c, _) = run(&radial(&chain), &power(&[20e3]), EXACT);
    assert!((s.u_pu[2] - c.u_pu[2]).abs() < 1e-12 && (s.losses_w[0] - c.losses_w[0]).abs() < 1e-8);
    for l in 0..4 {
        assert!((2.0 * s.i_from_a[l] - c.i_from_a[0]).abs() < 1e-9);
    }
}

/// Bridged by a closed switch, a cable carries nothing but its own charging current; without impedance, one way takes all.
#[test]
fn a_bridged_cable_carries_its_shunt_and_a_dead_short_takes_all() {
    let mut grid = Grid {
        buses: (0..3).map(|i| bus(&format!("b{i}"), 400.0)).collect(),
        lines: vec![line("l", 0, 1, 0.1, 0.1), line("bridged", 1, 2, 0.1, 0.1)],
        switches: vec![Switch { id: "s".into(), from: BusIdx(1), to: BusIdx(2), closed: true }],
        sources: vec![source(0)],
        connections: vec![connection("c", 2)],
        ..Grid::default()
    };
    grid.lines[1].b_s = 1e-4;
    let (s, _) = run(&network(&grid), &power(&[10e3]), EXACT);
    assert!(s.status[0].converged() && s.p_from_w[1].abs() < 1e-9);
    assert!((s.q_from_var[1] + 0.5e-4 * libm::pow(400.0 * s.u_pu[1], 2.0)).abs() < 1e-9);
    grid.switches[0].closed = false;
    grid.lines.push(line("short", 2, 1, 0.0, 0.0));
    let (s, _) = run(&network(&grid), &power(&[10e3]), EXACT);
    assert!((s.u_pu[1] - s.u_pu[2]).abs() < 1e-15 && s.i_from_a[2] > 10.0 && s.p_from_w[1].abs() < 1e-9);
}

#[test]
fn a_step_without_operating_point_disturbs_no_other() {
    let (grid, nominal) = meshed_feeder(&vec![(0.5, 0.05, 0.5, 0.1, false); 12], &[(0.2, 0.9, 0.02), (0.5, 0.7, 0.03)], None);
    let network = network(&grid);
    let power = steps(&nominal, &[1.0, 1e5, 1.0, f64::NAN, 1.0]);
    let (batch, summary) = run(&network, &power, EXACT);
    assert_eq!((summary.converged, summary.failed), (3, 2), "{:?}", batch.status);
    assert!(matches!(batch.status[3], Status::Collapsed { .. }));
    assert!(batch.u_pu[batch.bus_row(1)].iter().chain(&batch.loading[batch.branch_row(3)]).all(|x| x.is_nan()));
    let (alone, _) = run(&network, &nominal, EXACT);
    assert_eq!(batch.u_pu[batch.bus_row(4)], alone.u_pu);
    let (stopped, _) = run(&network, &steps(&nominal, &[5.0]), Options { max_iterations: 2, ..EXACT });
    assert!(matches!(stopped.status[0], Status::IterationLimit { change_pu } if change_pu > 1e-13));
}

/// A tie: its ends as fractions of the buses, and its impedance.
type Ties = Vec<(f64, f64, f64)>;

fn ties() -> impl Strategy<Value = Ties> {
    prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, 0.01..0.1f64), 0..7)
}

/// Where a second source is, its voltage and its angle in degrees.
fn second_source() -> impl Strategy<Value = Option<(f64, f64, f64)>> {
    prop::option::of((0.0..1.0f64, 0.98..1.02f64, -1.0..1.0f64))
}

/// A random tree with ties between buses of one voltage, twins of transformers on another tap, and maybe a second source.
fn meshed_feeder(seeds: &Seeds, ties: &[(f64, f64, f64)], second: Option<(f64, f64, f64)>) -> (Grid, ConnectionPower) {
    let (mut grid, power) = random_feeder(seeds);
    let n = grid.buses.len();
    for (k, &(from, to, z)) in ties.iter().enumerate() {
        let (from, to) = ((from * n as f64) as usize, (to * n as f64) as usize);
        let (a, b): (&Bus, &Bus) = (&grid.buses[from], &grid.buses[to]);
        if from != to && a.u_rated_v == b.u_rated_v {
            let mut tie = line(&format!("tie{k}"), from, to, z, 0.5 * z);
            tie.b_s = 1e-6;
            grid.lines.push(tie);
        }
    }
    if let Some(mut twin) = grid.transformers.first().cloned() {
        twin.id = "twin".into();
        twin.tap = Tap { position: 1, step_pu: 0.01, ..Tap::default() };
        grid.transformers.push(twin);
    }
    if let Some((at, u_pu, turned)) = second {
        let bus = 1 + (at * (n - 1) as f64) as usize;
        // Near what the first source would give it, or the sources short each other.
        let (s, _) = run(&network(&grid), &ConnectionPower { p_w: vec![0.0; n - 1], q_var: vec![0.0; n - 1] }, EXACT);
        grid.sources.push(Source { bus: BusIdx::new(bus), u_pu: u_pu * s.u_pu[bus], angle_deg: s.angle_rad[bus].to_degrees() + turned });
    }
    (grid, power)
}

/// Lets a third of the connections answer voltage, and gives a fifth an inverter with Q(U).
fn with_responses(mut grid: Grid) -> Grid {
    for c in 0..grid.connections.len() {
        let (active, reactive) = (Mix { impedance: 0.4, current: 0.3 }, Mix { impedance: 0.8, current: -0.1 });
        let mix = if c % 3 == 0 { (active, reactive) } else { (Mix::default(), Mix::default()) };
        let points = vec![(0.93, -900.0), (0.97, 0.0), (1.03, 0.0), (1.07, 900.0)];
        let control = (c % 5 == 1).then_some(Control::Voltage(points));
        if c % 3 == 0 || control.is_some() {
            grid.responses.push(Response { connection: ConnectionIdx::new(c), active: mix.0, reactive: mix.1, control });
        }
    }
    grid
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn every_bus_balances(seeds in seeds(), ties in ties(), second in second_source()) {
        let (grid, power) = meshed_feeder(&seeds, &ties, second);
        let power = steps(&power, &[1.0, 0.0, -0.5]);
        let (s, _) = run(&network(&grid), &power, Options::default());
        let n = grid.connections.len();
        for step in 0..3 {
            prop_assert!(s.status[step].converged(), "{:?}", s.status[step]);
            let row = s.branch_row(step);
            let through: f64 = s.p_from_w[row.clone()].iter().map(|p| p.abs()).sum();
            let scale = 1e-10 * through.max(1.0);
            let load: f64 = power.p_w[step * n..(step + 1) * n].iter().sum();
            prop_assert!((s.source_p_w[step] - load - s.losses_w[step]).abs() < scale);
            let in_branches: f64 = s.p_from_w[row.clone()].iter().chain(&s.p_to_w[row]).sum();
            prop_assert!((in_branches - s.losses_w[step]).abs() < scale, "{in_branches} {}", s.losses_w[step]);
            for (i, bus) in grid.buses.iter().enumerate().filter(|(i, _)| grid.sources.iter().all(|s| s.bus.i() != *i)) {
                let (mut p, mut q) = (power.p_w[step * n + i - 1], power.q_var[step * n + i - 1]);
                for k in 0..grid.branches() {
                    let (from, to) = grid.branch_buses(BranchIdx::new(k));
                    let at = s.branch_row(step).start + k;
                    if from.i() == i {
                        (p, q) = (p + s.p_from_w[at], q + s.q_from_var[at]);
                    }
                    if to.i() == i {
                        (p, q) = (p + s.p_to_w[at], q + s.q_to_var[at]);
                    }
                }
                prop_assert!(p.abs() < scale && q.abs() < scale, "bus {} is off by {p} W, {q} var", bus.id);
            }
        }
    }

    #[test]
    fn a_radial_grid_is_solved_alike_by_both_kernels(seeds in seeds(), load in 0.1..10.0f64, responses in any::<bool>()) {
        let (grid, power) = random_feeder(&seeds);
        let grid = if responses { with_responses(grid) } else { grid };
        let power = steps(&power, &[load, -load]);
        let options = Options { tolerance_pu: 1e-12, max_iterations: 1000 };
        let (meshed, _) = run(&network(&grid), &power, options);
        let (tree, _) = run(&radial(&grid), &power, options);
        for step in (0..2).filter(|&step| tree.status[step].converged()) {
            prop_assert!(meshed.status[step].converged(), "{:?}", meshed.status[step]);
            for bus in tree.bus_row(step) {
                prop_assert!((meshed.u_pu[bus] - tree.u_pu[bus]).abs() < 3e-12);
                prop_assert!(libm::remainder(meshed.angle_rad[bus] - tree.angle_rad[bus], std::f64::consts::TAU).abs() < 1e-11);
            }
            for k in tree.branch_row(step) {
                for (a, b) in [(&meshed.i_from_a, &tree.i_from_a), (&meshed.i_to_a, &tree.i_to_a), (&meshed.loading, &tree.loading)] {
                    prop_assert!((a[k] - b[k]).abs() < 1e-9 * b[k].max(10.0), "{} {}", a[k], b[k]);
                }
                prop_assert!((meshed.p_from_w[k] - tree.p_from_w[k]).abs() < 1e-9 * tree.p_from_w[k].abs().max(1e4));
            }
        }
    }

    #[test]
    fn a_batch_gives_the_bits_of_a_loop(seeds in seeds(), ties in ties(), second in second_source()) {
        let (grid, power) = meshed_feeder(&seeds, &ties, second);
        let network = network(&grid);
        let factors = [0.3, 1.0, -0.7, 1e5, 0.9, 0.0, 4.0, -0.1, 0.7];
        let (batch, summary) = run(&network, &steps(&power, &factors), Options::default());
        let mut parallel = Solution::default();
        let many = steps(&steps(&power, &factors), &[1.0; 60]);
        let in_parallel = solve_parallel(&network, Injections::by_step(&many.p_w, &many.q_var), Options::default(), Outputs::ALL, &mut parallel);
        prop_assert_eq!(in_parallel.iterations, 60 * summary.iterations);
        let bits = |v: &[f64]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&parallel.u_pu[59 * batch.u_pu.len()..]), bits(&batch.u_pu));
        for (step, factor) in factors.iter().enumerate() {
            let (one, _) = run(&network, &steps(&power, &[*factor]), Options::default());
            prop_assert_eq!(format!("{:?}", batch.status[step]), format!("{:?}", one.status[0]));
            prop_assert_eq!(bits(&batch.u_pu[batch.bus_row(step)]), bits(&one.u_pu));
            prop_assert_eq!(bits(&batch.angle_rad[batch.bus_row(step)]), bits(&one.angle_rad));
            prop_assert_eq!(bits(&batch.loading[batch.branch_row(step)]), bits(&one.loading));
            prop_assert_eq!(bits(&batch.p_to_w[batch.branch_row(step)]), bits(&one.p_to_w));
            prop_assert_eq!(batch.losses_w[step].to_bits(), one.losses_w[0].to_bits());
        }
    }

    /// The error stays below its bound and that below the tolerance, from light load to the neighbourhood of collapse.
    #[test]
    fn the_asked_tolerance_is_kept(seeds in seeds(), ties in ties(), second in second_source(), exponent in 4..12i32, load in 0.1..30.0f64, responses in any::<bool>()) {
        let (grid, power) = meshed_feeder(&seeds, &ties, second);
        let grid = if responses { with_responses(grid) } else { grid };
        let network = network(&grid);
        let power = steps(&power, &[load, -load, 0.5 * load]);
        let options = Options { tolerance_pu: libm::pow(10.0, f64::from(-exponent)), max_iterations: 2000 };
        let (s, _) = run(&network, &power, options);
        let (exact, _) = run(&network, &power, Options { tolerance_pu: 1e-13, ..options });
        for step in (0..3).filter(|&step| exact.status[step].converged()) {
            let Status::Converged { error_pu, .. } = s.status[step] else { panic!("{:?}", s.status[step]) };
            prop_assert!(error_pu <= options.tolerance_pu);
            for bus in s.bus_row(step) {
                let (u, turned) = (s.u_pu[bus], s.angle_rad[bus] - exact.angle_rad[bus]);
                let apart = libm::hypot(u - exact.u_pu[bus], u * libm::remainder(turned, std::f64::consts::TAU));
                // Rated voltages of the feeder are those of its windings within 6 %; the sources hold about 1 pu.
                prop_assert!(apart <= 1.1 * error_pu + 3e-13, "{apart} > {error_pu}");
            }
        }
    }

    /// Which branches the forest takes is a matter of table order; the answer is not.
    #[test]
    fn the_order_of_table_rows_does_not_matter(seeds in seeds(), ties in ties()) {
        let (grid, power) = meshed_feeder(&seeds, &ties, None);
        let (s, _) = run(&network(&grid), &power, EXACT);
        let mut turned = grid.clone();
        turned.lines.reverse();
        turned.transformers.reverse();
        let (t, _) = run(&network(&turned), &power, EXACT);
        prop_assert!(s.status[0].converged() && t.status[0].converged());
        for i in 0..grid.buses.len() {
            prop_assert!((t.u_pu[i] - s.u_pu[i]).abs() < 1e-11);
        }
        for l in 0..grid.lines.len() {
            prop_assert!((t.i_from_a[grid.lines.len() - 1 - l] - s.i_from_a[l]).abs() < 1e-6);
        }
    }
}
