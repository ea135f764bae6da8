//! What a little more power at each connection does: to voltages, currents and losses.
//!
//! A central difference over steps of one batch,
//!
//! ```text
//! dy/dP_c ≈ (y(P_c + h) − y(P_c − h)) / 2h,     h = 1e-5 · short-circuit power at c
//! ```
//!
//! so that voltages move by about 1e-5 pu. The error of the solutions, 1e-13 pu, leaves 1e-8 of the derivative, and what the
//! difference leaves out, `y'''·h²/6`, less, but for the magnitude of a current: that has no derivative where it vanishes, and what
//! is given near there is the mean of both sides. The method holds for every kernel, for loads and inverters that answer
//! voltage as for those that do not, and the perturbed cases fill the lanes.

use super::batch::{Workspace, solve};
use super::injections::Injections;
use super::network::Network;
use super::solution::{Options, Outputs, Solution, Status};

/// Perturbation over short-circuit power.
const STEP: f64 = 1e-5;

/// Connections perturbed in one batch.
const TOGETHER: usize = 16;

/// Derivatives at an operating point with respect to the active and reactive power of each connection, consumption positive.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sensitivities {
    /// Width of voltage derivatives.
    pub voltages: usize,
    /// Width of current derivatives.
    pub branches: usize,
    /// `[connection][voltage]` of every voltage in [`Solution::u_pu`], pu/W.
    pub du_dp: Vec<f64>,
    /// `[connection][voltage]` pu/var.
    pub du_dq: Vec<f64>,
    /// `[connection][branch]` of the current at the from/hv end, A/W.
    pub di_dp: Vec<f64>,
    /// `[connection][branch]` A/var.
    pub di_dq: Vec<f64>,
    /// `[connection]` of the losses, W/W.
    pub dloss_dp: Vec<f64>,
    /// `[connection]` W/var.
    pub dloss_dq: Vec<f64>,
}

/// Sensitivities at the operating point of one step, `p_w` and `q_var` `[connection]`.
///
/// # Errors
/// The status of a step that did not converge: the point itself has no solution, or none a little beyond it.
///
/// Panics unless the powers are one step of the network's width.
pub fn sensitivities(network: &Network, p_w: &[f64], q_var: &[f64], workspace: &mut Workspace) -> Result<Sensitivities, Status> {
    assert_eq!(p_w.len(), network.injections(), "one step");
    let mut all = Sensitivities::default();
    let mut solution = Solution::default();
    let options = Options { tolerance_pu: 1e-13, ..Options::default() };
    let connections: Vec<usize> = (0..p_w.len()).collect();
    for some in connections.chunks(TOGETHER) {
        let (p, q) = perturbed(network, p_w, q_var, some);
        let _ = solve(network, Injections::by_step(&p, &q), options, Outputs::ALL, workspace, &mut solution);
        if let Some(status) = solution.status.iter().find(|status| !status.converged()) {
            return Err(*status);
        }
        for (k, &c) in some.iter().enumerate() {
            all.add(&solution, 4 * k, STEP * network.short_circuit_va(c));
        }
    }
    Ok(all)
}

/// Four steps a connection: more and less active, more and less reactive power.
fn perturbed(network: &Network, p_w: &[f64], q_var: &[f64], some: &[usize]) -> (Vec<f64>, Vec<f64>) {
    let (mut p, mut q) = (p_w.repeat(4 * some.len()), q_var.repeat(4 * some.len()));
    for (k, &c) in some.iter().enumerate() {
        let h = STEP * network.short_circuit_va(c);
        let at = |case: usize| (4 * k + case) * p_w.len() + c;
        p[at(0)] += h;
        p[at(1)] -= h;
        q[at(2)] += h;
        q[at(3)] -= h;
    }
    (p, q)
}

impl Sensitivities {
    /// Appends the differences between steps `first` and the next, and between the two after them.
    fn add(&mut self, s: &Solution, first: usize, h: f64) {
        (self.voltages, self.branches) = (s.u_pu.len() / s.steps, s.branches);
        let slope =
            |values: &[f64], width: usize, step: usize, i: usize| (values[step * width + i] - values[(step + 1) * width + i]) / (2.0 * h);
        for (step, du, di, dloss) in [
            (first, &mut self.du_dp, &mut self.di_dp, &mut self.dloss_dp),
            (first + 2, &mut self.du_dq, &mut self.di_dq, &mut self.dloss_dq),
        ] {
            du.extend((0..self.voltages).map(|i| slope(&s.u_pu, self.voltages, step, i)));
            di.extend((0..self.branches).map(|i| slope(&s.i_from_a, self.branches, step, i)));
            dloss.push(slope(&s.losses_w, 1, step, 0));
        }
    }
}
