//! Sensitivities against another solver's Jacobian and a closed form.

use copperplate::grid::Grid;
use copperplate::import::{ConnectionPower, read_folder};
use copperplate::powerflow::{Options, Status, Workspace, sensitivities};

use crate::powerflow::{network, run};
use crate::topology::{bus, connection, line, source};

#[derive(serde::Deserialize)]
struct Reference {
    connections: Vec<usize>,
    du_dp: Vec<Vec<f64>>,
    du_dq: Vec<Vec<f64>>,
}

#[test]
fn voltages_move_as_the_jacobian_of_another_solver_says() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/powerflow/cigre_lv");
    let reference: Reference = serde_json::from_str(&std::fs::read_to_string(dir.join("sensitivity.json")).unwrap()).unwrap();
    let (feeder, _) = read_folder(&dir).unwrap();
    let power = feeder.nominal_power();
    let ours = sensitivities(&network(&feeder.grid), &power.p_w, &power.q_var, &mut Workspace::default()).unwrap();
    let largest = reference.du_dp.iter().flatten().fold(0.0, |most: f64, x| most.max(x.abs()));
    for (k, &c) in reference.connections.iter().enumerate() {
        for (bus, (p, q)) in reference.du_dp[k].iter().zip(&reference.du_dq[k]).enumerate() {
            let at = c * ours.voltages + bus;
            assert!((ours.du_dp[at] - p).abs() < 1e-7 * largest, "dU{bus}/dP{c}: {} against {p}", ours.du_dp[at]);
            assert!((ours.du_dq[at] - q).abs() < 1e-7 * largest, "dU{bus}/dQ{c}: {} against {q}", ours.du_dq[at]);
        }
    }
}

/// A source of 1 pu, one line, one load. With `w = u²`, `a = (rp + xq)/U²`, `b = (xp − rq)/U²`: `w = ½ − a + √(¼ − a − b²)`.
#[test]
fn currents_and_losses_move_as_in_the_closed_form() {
    let grid = Grid {
        buses: vec![bus("a", 400.0), bus("b", 400.0)],
        lines: vec![line("l", 0, 1, 0.2, 0.1)],
        sources: vec![source(0)],
        connections: vec![connection("c", 1)],
        ..Grid::default()
    };
    let (p, q, r, x, base): (f64, f64, f64, f64, f64) = (40e3, 8e3, 0.2, 0.1, 400.0 * 400.0);
    let (a, b) = ((r * p + x * q) / base, (x * p - r * q) / base);
    let root = (0.25 - a - b * b).sqrt();
    let w: f64 = 0.5 - a + root;
    let ours = sensitivities(&network(&grid), &[p], &[q], &mut Workspace::default()).unwrap();
    for (da, db, ds, du, di, dloss) in [
        (r / base, x / base, 2.0 * p, ours.du_dp[1], ours.di_dp[0], ours.dloss_dp[0]),
        (x / base, -r / base, 2.0 * q, ours.du_dq[1], ours.di_dq[0], ours.dloss_dq[0]),
    ] {
        let dw = -da - (da + 2.0 * b * db) / (2.0 * root);
        let s2 = p * p + q * q;
        let i2 = s2 / (3.0 * base * w);
        let di2 = ds / (3.0 * base * w) - i2 * dw / w;
        let close =
            |what: &str, ours: f64, exact: f64| assert!((ours - exact).abs() < 1e-7 * exact.abs(), "{what}: {ours} against {exact}");
        close("voltage", du, dw / (2.0 * w.sqrt()));
        close("current", di, di2 / (2.0 * i2.sqrt()));
        close("losses", dloss, 3.0 * r * di2);
    }
}

#[test]
fn a_point_without_solution_has_none() {
    let grid = Grid {
        buses: vec![bus("a", 400.0), bus("b", 400.0)],
        lines: vec![line("l", 0, 1, 0.2, 0.1)],
        sources: vec![source(0)],
        connections: vec![connection("c", 1)],
        ..Grid::default()
    };
    let network = network(&grid);
    let (found, _) = run(&network, &ConnectionPower { p_w: vec![1e6], q_var: vec![0.0] }, Options::default());
    assert!(matches!(found.status[0], Status::Collapsed { .. }));
    assert!(matches!(sensitivities(&network, &[1e6], &[0.0], &mut Workspace::default()), Err(Status::Collapsed { .. })));
}
