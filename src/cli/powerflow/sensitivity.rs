//! `powerflow --sensitivities`: what a little more power at each connection does.

use crate::cli::files;
use crate::grid::Grid;
use crate::ids::BranchIdx;
use crate::powerflow::{Sensitivities, Solution};

/// Rows of the short table.
const SHOWN: usize = 8;

/// `connection, quantity, element, per_w, per_var`, every derivative a row.
pub(super) fn csv(grid: &Grid, s: &Sensitivities) -> Vec<u8> {
    let phases = s.voltages / grid.buses.len();
    let bus = |i: usize| match phases {
        1 => grid.buses[i].id.clone(),
        _ => format!("{}.{}", grid.buses[i / phases].id, ["a", "b", "c"][i % phases]),
    };
    let rows = grid.connections.iter().enumerate().flat_map(|(c, connection)| {
        let row = |quantity: &str, element: String, per_w: f64, per_var: f64| {
            vec![connection.id.clone(), quantity.to_owned(), element, per_w.to_string(), per_var.to_string()]
        };
        let voltages = (0..s.voltages).map(|i| row("u_pu", bus(i), s.du_dp[c * s.voltages + i], s.du_dq[c * s.voltages + i]));
        let name = |k: usize| grid.branch_name(BranchIdx::new(k));
        let currents = (0..s.branches).map(|k| row("i_from_a", name(k), s.di_dp[c * s.branches + k], s.di_dq[c * s.branches + k]));
        let losses = row("losses_w", String::new(), s.dloss_dp[c], s.dloss_dq[c]);
        voltages.chain(currents).chain([losses]).collect::<Vec<_>>()
    });
    files::csv(&["connection", "quantity", "element", "per_w", "per_var"], rows)
}

/// The connections that matter most for the branch with the highest loading.
pub(super) fn table(grid: &Grid, s: &Sensitivities, at: &Solution) -> String {
    let worst = |values: &[f64]| (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b]));
    let Some(branch) = worst(&at.loading) else { return String::new() };
    let apart: Vec<f64> = at.u_pu.iter().map(|u| if *u > 0.0 { (u - 1.0).abs() } else { 0.0 }).collect();
    let Some(bus) = worst(&apart) else { return String::new() };
    let phases = s.voltages / grid.buses.len();
    let (branch_name, bus_name) = (grid.branch_name(BranchIdx::new(branch)), &grid.buses[bus / phases].id);
    let mut order: Vec<usize> = (0..grid.connections.len()).collect();
    let effect = |c: usize| s.di_dp[c * s.branches + branch];
    order.sort_by(|&a, &b| effect(b).abs().total_cmp(&effect(a).abs()));
    let width = order.iter().take(SHOWN).map(|&c| grid.connections[c].id.chars().count()).max().unwrap_or(0).max(12);
    let mut text = format!(
        "one more kW at a connection changes the current at the from/hv end of {branch_name}, the voltage of bus {bus_name}, and the losses\n"
    );
    text += &format!("  {:<width$}{:>14}{:>14}{:>14}\n", "connection", "A", "% of rated", "W");
    for &c in order.iter().take(SHOWN) {
        let (di, du) = (effect(c) * 1e3, s.du_dp[c * s.voltages + bus] * 1e5);
        text += &format!("  {:<width$}{di:>14.4}{du:>14.5}{:>14.2}\n", grid.connections[c].id, s.dloss_dp[c] * 1e3);
    }
    if order.len() > SHOWN {
        text += &format!("  and {} more; --out writes all of them\n", order.len() - SHOWN);
    }
    text
}
