//! The feeder of a case: load flows of its variants, with taps that move and loads that answer voltage.

use std::sync::Arc;

use crate::grid::{Grid, Phases, Places, RadialOrder, Response};
use crate::powerflow::{Injections, Network, Options, Outputs, Solution, Tapped, Workspace, solve};
use crate::scenario::study::Study;

use super::power::Power;
use super::recorder::Variant;

pub(super) struct Physics<'a> {
    study: &'a Study,
    pub(super) network: Arc<Network>,
    /// A set of tap changers a variant, whose positions may part; none when the feeder has none.
    tapped: Vec<Tapped<'a>>,
    workspace: Workspace,
    pub(super) solution: Solution,
    /// Moves of all tap changers in what really happens, or would without flexibility.
    pub(super) tap_operations: usize,
}

impl<'a> Physics<'a> {
    pub(super) fn new(study: &'a Study, grid: &Grid, network: Arc<Network>) -> Physics<'a> {
        let tapped = || {
            let (order, _) = RadialOrder::new(grid, &Places::default()).expect("as radial as when it was read");
            Tapped::new(grid, study.step.0 as f64, move |grid| study.network_of(grid, &order))
        };
        let variants = if grid.tap_changers.is_empty() { 0 } else { 3 };
        let tapped = (0..variants).map(|_| tapped()).collect();
        Physics { study, network, tapped, workspace: Workspace::default(), solution: Solution::default(), tap_operations: 0 }
    }

    /// Whether a step depends on its power alone.
    pub(super) fn memoryless(&self) -> bool {
        self.tapped.is_empty()
    }

    /// Solves a step; powers become what is drawn at the voltages found. A step that does not converge is NaN in every result and
    /// counted by the recorder.
    pub(super) fn solve(&mut self, variant: Variant, power: &mut Power) {
        let injections = Injections::by_step(&power.p_w, &power.q_var);
        let (options, outputs) = (Options::default(), Outputs::ALL);
        match self.tapped.get_mut(variant as usize) {
            None => {
                let _ = solve(&self.network, injections, options, outputs, &mut self.workspace, &mut self.solution);
            }
            Some(tapped) => {
                let before: Vec<i32> = tapped.positions().collect();
                let (_, after) = tapped.solve(injections, options, outputs, &mut self.workspace, &mut self.solution);
                if variant != Variant::Orders {
                    self.tap_operations += before.iter().zip(&after).map(|(a, b)| a.abs_diff(*b) as usize).sum::<usize>();
                }
            }
        }
        self.respond(&self.solution, 0, power);
    }

    /// Solves steps that leave nothing behind for the next, side by side; the solution has a row each. Powers are left as they are.
    pub(super) fn solve_apart(&mut self, p_w: &[f64], q_var: &[f64]) {
        let injections = Injections::by_step(p_w, q_var);
        let _ = solve(&self.network, injections, Options::default(), Outputs::ALL, &mut self.workspace, &mut self.solution);
    }

    /// Powers become what is drawn at the voltages of a row of a solution; nothing changes where there is none.
    pub(super) fn respond(&self, solution: &Solution, row: usize, power: &mut Power) {
        if solution.status[row].converged() {
            for response in &self.study.grid.responses {
                power.p_w[response.connection.i()] *= self.drawn(solution, row, response);
            }
        }
    }

    /// Active power drawn over that at rated voltage: the mean over the phases of the connection.
    fn drawn(&self, solution: &Solution, row: usize, response: &Response) -> f64 {
        let connection = &self.study.grid.connections[response.connection.i()];
        let phases = solution.phases;
        let u_pu = &solution.u_pu[solution.phase_row(row)][connection.bus.i() * phases..][..phases];
        let used = match connection.phases {
            _ if phases == 1 => u_pu,
            Phases::Abc => u_pu,
            Phases::A => &u_pu[..1],
            Phases::B => &u_pu[1..2],
            Phases::C => &u_pu[2..],
        };
        used.iter().map(|u| response.active.at(*u)).sum::<f64>() / used.len() as f64
    }
}
