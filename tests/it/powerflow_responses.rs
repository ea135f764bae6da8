//! Loads that answer voltage and inverters with a characteristic. Mixes of load types are held against another solver in
//! `tests/data/powerflow/cigre_lv_zip`.

use copperplate::grid::{Control, Grid, Mix, Response};
use copperplate::ids::ConnectionIdx;
use copperplate::import::{ConnectionPower, folder_files, read_folder};
use copperplate::powerflow::{Injections, LANES, Options, Outputs, Solution, Workspace, solve};
use proptest::prelude::*;

use crate::powerflow::{network, run};
use crate::topology::{bus, connection, line, source};

const EXACT: Options = Options { tolerance_pu: 1e-13, max_iterations: 200 };

/// `n` buses in a row at 400 V, a connection at each but the first.
fn street(n: usize) -> Grid {
    Grid {
        buses: (0..n).map(|i| bus(&format!("b{i}"), 400.0)).collect(),
        lines: (1..n).map(|i| line(&format!("l{i}"), i - 1, i, 0.02, 0.01)).collect(),
        sources: vec![source(0)],
        connections: (1..n).map(|i| connection(&format!("c{i}"), i)).collect(),
        ..Grid::default()
    }
}

fn response(connection: usize, control: Option<Control>) -> Response {
    let none = Mix::default();
    Response { connection: ConnectionIdx::new(connection), active: none, reactive: none, control }
}

#[test]
fn an_inverter_takes_what_its_voltage_asks_for() {
    let mut grid = street(6);
    let plain = network(&grid);
    // Absorbs from 1.02 pu on, all of 8 kvar at 1.06; gives below 0.98.
    let curve = vec![(0.94, -8e3), (0.98, 0.0), (1.02, 0.0), (1.06, 8e3)];
    grid.responses = (0..5).map(|c| response(c, Some(Control::Voltage(curve.clone())))).collect();
    let q_of = |u: f64| if u > 1.02 { 8e3 * ((u - 1.02) / 0.04).min(1.0) } else { -8e3 * ((0.98 - u) / 0.04).clamp(0.0, 1.0) };
    for p_w in [-18e3, -9e3, 0.0, 9e3, 18e3] {
        let given = ConnectionPower { p_w: vec![p_w; 5], q_var: vec![1e3; 5] };
        let (with, _) = run(&network(&grid), &given, EXACT);
        assert!(with.status[0].converged(), "{p_w}: {:?}", with.status[0]);
        let q_var: Vec<f64> = (0..5).map(|c| 1e3 + q_of(with.u_pu[c + 1])).collect();
        assert_eq!(q_var.iter().any(|q| *q != 1e3), p_w.abs() > 10e3);
        let (without, _) = run(&plain, &ConnectionPower { q_var, ..given.clone() }, EXACT);
        for bus in 0..6 {
            assert!((with.u_pu[bus] - without.u_pu[bus]).abs() < 1e-12, "{p_w} W, bus {bus}");
        }
        let (unsupported, _) = run(&plain, &given, EXACT);
        assert!((with.u_pu[5] - 1.0).abs() <= (unsupported.u_pu[5] - 1.0).abs() + 1e-12, "the voltage is supported");
    }
}

#[test]
fn an_inverter_keeps_its_displacement_factor() {
    let mut grid = street(3);
    let plain = network(&grid);
    grid.responses = vec![response(1, Some(Control::PowerFactor { rated_w: 10e3, points: vec![(0.5, 1.0), (1.0, 0.9)] }))];
    let (with, _) = run(&network(&grid), &ConnectionPower { p_w: vec![2e3, -10e3], q_var: vec![500.0, 0.0] }, EXACT);
    let q_var = 10e3 * (1.0f64 - 0.81).sqrt() / 0.9;
    let (same, _) = run(&plain, &ConnectionPower { p_w: vec![2e3, -10e3], q_var: vec![500.0, q_var] }, EXACT);
    assert!((with.u_pu[2] - same.u_pu[2]).abs() < 1e-12 && (with.q_from_var[0] - same.q_from_var[0]).abs() < 1e-6);
    // The unresponsive neighbour and a connection that consumes keep the power they were given.
    let consuming = ConnectionPower { p_w: vec![2e3, 10e3], q_var: vec![500.0, 300.0] };
    assert_eq!(run(&network(&grid), &consuming, EXACT).0.u_pu, run(&plain, &consuming, EXACT).0.u_pu);
}

#[test]
fn a_constant_impedance_is_a_shunt() {
    let mut grid = street(4);
    let all = Mix { impedance: 1.0, current: 0.0 };
    grid.responses = vec![Response { active: all, reactive: all, ..response(2, None) }];
    let (solution, _) = run(&network(&grid), &ConnectionPower { p_w: vec![4e3, 0.0, 20e3], q_var: vec![1e3, 0.0, 6e3] }, EXACT);
    let u2 = solution.u_pu[3] * solution.u_pu[3];
    let (p, q) = (-solution.p_to_w[2], -solution.q_to_var[2]);
    assert!((p - 20e3 * u2).abs() < 1e-6 && (q - 6e3 * u2).abs() < 1e-6, "{p} {q} at {u2}");
}

#[test]
fn responses_read_back_as_written() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/powerflow/cigre_lv_zip");
    let (mut feeder, _) = read_folder(&dir).unwrap();
    feeder.grid.responses[0].control = Some(Control::Voltage(vec![(0.95, -3e3), (1.05, 3e3)]));
    feeder.grid.responses[1].control = Some(Control::PowerFactor { rated_w: 5e3, points: vec![(0.5, 1.0), (1.0, 0.95)] });
    let out = std::env::temp_dir().join(format!("copperplate-responses-{}", std::process::id()));
    std::fs::create_dir_all(&out).unwrap();
    for (name, content) in folder_files(&feeder).unwrap() {
        std::fs::write(out.join(name), content).unwrap();
    }
    let (again, _) = read_folder(&out).unwrap_or_else(|e| panic!("{e}"));
    std::fs::remove_dir_all(&out).unwrap();
    assert_eq!(again.grid.responses, feeder.grid.responses);
}

#[test]
fn faulty_responses_are_told_in_their_cells() {
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/powerflow/cigre_lv_zip");
    let out = std::env::temp_dir().join(format!("copperplate-faulty-responses-{}", std::process::id()));
    std::fs::create_dir_all(&out).unwrap();
    for file in ["nodes", "lines", "transformers", "sources", "injections"] {
        std::fs::copy(from.join(format!("{file}.csv")), out.join(format!("{file}.csv"))).unwrap();
    }
    let columns = "connection,p_impedance,p_current,q_of_u,cos_phi_of_p,rated_w\n";
    for (row, code) in [
        ("99,,,,,", "unknown-connection"),
        ("1,0.7,0.4,,,", "shares"),
        ("1,,,1.05:1 1.02:0,,", "characteristic"),
        ("1,,,1.05=1,,", "characteristic"),
        ("1,,,,0.5:1 1:1.1,5000", "characteristic"),
        ("1,,,1:0,0.5:1,5000", "characteristic"),
        ("1,,,,0.5:1 1:0.9,0", "not-positive"),
        ("1,,,,,\n1,,,,,", "duplicate-id"),
    ] {
        std::fs::write(out.join("responses.csv"), format!("{columns}{row}\n")).unwrap();
        let findings = read_folder(&out).expect_err(row);
        assert!(findings.0.iter().any(|f| f.code == code && f.location.is_some()), "{row}: {findings}");
    }
    std::fs::remove_dir_all(&out).unwrap();
}

#[test]
fn lanes_give_the_bits_of_steps() {
    let mut grid = street(5);
    grid.responses = vec![response(1, Some(Control::Voltage(vec![(0.97, -3e3), (1.03, 3e3)])))];
    let network = network(&grid);
    let width = 4;
    let value = |step: usize, c: usize| ((step * 7 + c * 13) % 23) as f64 * 900.0 - 7e3;
    // Whole groups, a part of one, and a single step beside a group.
    for steps in [16, 21, 17, 1_usize] {
        let p_w: Vec<f64> = (0..steps * width).map(|i| value(i / width, i % width)).collect();
        let groups = steps.div_ceil(LANES);
        let step_of = |i: usize| (i / (LANES * width) * LANES + i % LANES).min(steps - 1);
        let lanes: Vec<f64> = (0..groups * LANES * width).map(|i| value(step_of(i), i / LANES % width)).collect();
        let (mut a, mut b, mut workspace) = (Solution::default(), Solution::default(), Workspace::default());
        let _ = solve(&network, Injections::by_step(&p_w, &p_w), Options::default(), Outputs::ALL, &mut workspace, &mut a);
        let _ = solve(&network, Injections::by_lanes(&lanes, &lanes, steps), Options::default(), Outputs::ALL, &mut workspace, &mut b);
        assert!(a == b && a.status.iter().all(|s| s.converged()), "{steps} steps");
    }
}

proptest! {
    #[test]
    fn responses_keep_the_tolerance(
        powers in prop::collection::vec((-1.0..1.0f64, 0.0..1.0f64, 0.0..1.0f64, -1.0..1.0f64), 2..20),
        scale in 0.2..3.0f64,
        digits in 4..11i32,
    ) {
        let n = powers.len();
        let mut grid = street(n + 1);
        let steep = vec![(0.96, -3e3), (0.99, 0.0), (1.01, 0.0), (1.04, 3e3)];
        grid.responses = powers
            .iter()
            .enumerate()
            .map(|(c, &(_, impedance, current, q))| Response {
                active: Mix { impedance, current: (1.0 - impedance) * current },
                reactive: Mix { impedance: 1.0 - impedance, current: impedance * current },
                ..response(c, (q > 0.0).then(|| Control::Voltage(steep.clone())))
            })
            .collect();
        let load = 90e3 * scale / (n * n) as f64;
        let power = ConnectionPower {
            p_w: powers.iter().map(|p| p.0 * load).collect(),
            q_var: powers.iter().map(|p| p.3 * 0.4 * load).collect(),
        };
        let network = network(&grid);
        let tolerance_pu = 10f64.powi(-digits);
        let (found, summary) = run(&network, &power, Options { tolerance_pu, max_iterations: 200 });
        let (exact, reference) = run(&network, &power, EXACT);
        prop_assert_eq!(summary.converged, reference.converged);
        if summary.converged == 1 {
            prop_assert!(summary.max_error_pu <= tolerance_pu);
            for (a, b) in found.u_pu.iter().zip(&exact.u_pu) {
                prop_assert!((a - b).abs() <= tolerance_pu + 1e-13, "{} against {}", a, b);
            }
        }
    }
}
