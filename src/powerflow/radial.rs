//! Backward/forward sweep with current summation (Shirmohammadi et al., "A compensation-based power flow method for weakly
//! meshed distribution and transmission networks", IEEE Trans. Power Systems 3(2), 1988, its radial part).
//!
//! In the frame of `network.rs`, for node `i` with consumption `s_i = p + jq`, shunt `y_i`, element `z_i` from parent `a(i)`:
//!
//! ```text
//! nodal current   j_i = conj(s_i / v_i) + y_i·v_i
//! backward        J_i = j_i + Σ_{children c} J_c                children before parents
//! forward         v_i ← v_a(i) − z_i·J_i                        parents before children; roots are fixed
//! repeat from v = 1 until  max |Δv| ≤ tolerance                 on real and imaginary part
//! ```
//!
//! Every sweep multiplies the error by about `|z|·|s|/|v|²` summed along the worst path, some per cent in a sound feeder. Where
//! the power has no operating point the drops grow past the source's voltage; a real part of `v` below a tenth tells. A last
//! backward pass after convergence gives currents that belong to the final voltages. Then, for branch `k` with share `s_k`
//! of the element and half shunt `h_k`,
//!
//! ```text
//! into the branch   at the parent  s_k·J + h_k·v_a(i)      at the child  −s_k·J + h_k·v_i
//! losses            Σ_i re(z_i)·|J_i|² + re(y_i)·|v_i|²
//! source            Σ_roots v·conj(J)
//! ```
//!
//! where `J_i` without the half shunts at the child's own end is what `z_i` carries: all of `y_i` is summed in `j_i`, so `J_i`
//! is the series current.

use super::network::{Complex, DEAD, Network, mul, square};
use super::solution::{Options, Outputs, Solution, Status, Summary};

/// A voltage whose part in phase with the source is below this fraction of it has collapsed.
const COLLAPSE: f64 = 0.1;

/// Buffers of a solver, reused from call to call and from network to network.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// Consumption per node, VA.
    s: Vec<Complex>,
    /// Voltages per node.
    v: Vec<Complex>,
    /// Currents per node: `j` before, `J` after the backward pass.
    j: Vec<Complex>,
}

/// Solves every step of `p_w`, `q_var`: `[step][injection]`, consumption positive, injections as rows of the grid's
/// connections. Results go to `solution`, whose shape is set here.
///
/// Panics if the two arrays differ in length or are not whole steps.
pub fn solve(
    network: &Network,
    p_w: &[f64],
    q_var: &[f64],
    options: Options,
    outputs: Outputs,
    workspace: &mut Workspace,
    solution: &mut Solution,
) -> Summary {
    let width = network.injections();
    assert_eq!(p_w.len(), q_var.len(), "as much reactive as active power");
    assert!(width > 0 && p_w.len().is_multiple_of(width), "whole steps of {width} injections");
    solution.reshape(p_w.len() / width, network.buses(), network.branches(), outputs);
    workspace.reshape(network.nodes());
    let mut summary = Summary::default();
    for (step, (p, q)) in p_w.chunks_exact(width).zip(q_var.chunks_exact(width)).enumerate() {
        workspace.load(network, p, q);
        let (status, mismatch_pu) = workspace.sweep(network, options);
        solution.status[step] = status;
        if let Status::Converged { iterations } = status {
            summary.converged += 1;
            summary.iterations += u64::from(iterations);
            summary.max_mismatch_pu = summary.max_mismatch_pu.max(mismatch_pu);
            workspace.currents(network);
            workspace.write(network, outputs, step, solution);
        } else {
            summary.failed += 1;
            solution.blank(step, outputs);
        }
    }
    summary
}

impl Workspace {
    fn reshape(&mut self, nodes: usize) {
        for buffer in [&mut self.s, &mut self.v, &mut self.j] {
            buffer.resize(nodes, [0.0; 2]);
        }
    }

    /// Sums injections per node and starts all voltages at the source's.
    fn load(&mut self, network: &Network, p_w: &[f64], q_var: &[f64]) {
        self.s.fill([0.0; 2]);
        for (&node, (&p, &q)) in network.injections.iter().zip(p_w.iter().zip(q_var)) {
            if node != DEAD {
                let s = &mut self.s[node as usize];
                *s = [s[0] + p, s[1] + q];
            }
        }
        self.v.fill([1.0, 0.0]);
        for i in 0..network.nodes.len() {
            self.j[i] = nodal_current(self.s[i], network.nodes[i].y, self.v[i]);
        }
    }

    /// Sweeps until the voltages rest; the currents it leaves are nodal, at the last voltages. Also gives the last change.
    fn sweep(&mut self, network: &Network, options: Options) -> (Status, f64) {
        let mut mismatch = f64::NAN;
        for iterations in 1..=options.max_iterations {
            self.backward(network);
            let (change, lowest) = self.forward(network);
            if lowest < COLLAPSE {
                return (Status::Collapsed { bus: network.bus_of_node[self.lowest()] }, change);
            }
            if change <= options.tolerance_pu {
                return (Status::Converged { iterations }, change);
            }
            mismatch = change;
        }
        (Status::IterationLimit { mismatch_pu: mismatch }, mismatch)
    }

    /// `J`: adds every node's current to its parent's.
    fn backward(&mut self, network: &Network) {
        for i in (network.roots..network.nodes.len()).rev() {
            let (parent, j) = (network.nodes[i].parent as usize, self.j[i]);
            let up = &mut self.j[parent];
            *up = [up[0] + j[0], up[1] + j[1]];
        }
    }

    /// New voltages from `J`, and nodal currents from the new voltages. Gives the largest change and the lowest real part; what
    /// is no number is lower than all.
    fn forward(&mut self, network: &Network) -> (f64, f64) {
        // Roots have no voltage to find, but bad power there must not pass either.
        let sound_roots = self.s[..network.roots].iter().flatten().all(|s| s.is_finite());
        let (mut change, mut path, mut lowest) = (0.0, 0.0, f64::INFINITY);
        for i in network.roots..network.nodes.len() {
            let node = &network.nodes[i];
            let drop = mul(node.z, self.j[i]);
            let up = self.v[node.parent as usize];
            let v = [up[0] - drop[0], up[1] - drop[1]];
            let moved = f64::max((v[0] - self.v[i][0]).abs(), (v[1] - self.v[i][1]).abs());
            path += moved;
            change = f64::max(change, moved);
            lowest = f64::min(lowest, v[0]);
            self.v[i] = v;
            self.j[i] = nodal_current(self.s[i], node.y, v);
        }
        // A maximum forgets what is no number, a sum does not.
        let sound = sound_roots && path.is_finite();
        (change, if sound { lowest } else { f64::NEG_INFINITY })
    }

    /// The node with the lowest real part of its voltage; one that is no number is lower than all.
    fn lowest(&self) -> usize {
        let key = |i: &usize| if self.v[*i][0].is_finite() { self.v[*i][0] } else { f64::NEG_INFINITY };
        (0..self.v.len()).min_by(|a, b| key(a).total_cmp(&key(b))).unwrap_or(0)
    }

    /// `J` of every node at the final voltages, roots included.
    fn currents(&mut self, network: &Network) {
        for i in 0..network.roots {
            self.j[i] = nodal_current(self.s[i], network.nodes[i].y, self.v[i]);
        }
        self.backward(network);
    }

    fn write(&self, network: &Network, outputs: Outputs, step: usize, solution: &mut Solution) {
        self.write_totals(network, step, solution);
        if outputs.voltage {
            self.write_buses(network, step, solution);
        }
        if outputs.branch {
            self.write_branches(network, step, solution);
        }
    }

    fn write_totals(&self, network: &Network, step: usize, solution: &mut Solution) {
        let mut losses = 0.0;
        for (i, node) in network.nodes.iter().enumerate() {
            losses += node.z[0] * square(self.j[i]) + node.y[0] * square(self.v[i]);
        }
        let mut source = [0.0; 2];
        for i in 0..network.roots {
            let s = power(self.v[i], self.j[i]);
            source = [source[0] + s[0], source[1] + s[1]];
        }
        solution.losses_w[step] = losses;
        (solution.source_p_w[step], solution.source_q_var[step]) = (source[0], source[1]);
    }

    fn write_buses(&self, network: &Network, step: usize, solution: &mut Solution) {
        let row = solution.bus_row(step);
        let (u_pu, angle_rad) = (&mut solution.u_pu[row.clone()], &mut solution.angle_rad[row]);
        for (bus, (u, angle)) in network.buses.iter().zip(u_pu.iter_mut().zip(angle_rad)) {
            (*u, *angle) = (0.0, 0.0);
            if bus.node != DEAD {
                let v = self.v[bus.node as usize];
                *u = square(v).sqrt() * bus.per_unit;
                *angle = wrapped(libm::atan2(v[1], v[0]) + bus.turn_rad);
            }
        }
    }

    fn write_branches(&self, network: &Network, step: usize, solution: &mut Solution) {
        let start = solution.branch_row(step).start;
        for (k, branch) in network.branches.iter().enumerate().map(|(k, b)| (start + k, b)) {
            // What no source supplies carries nothing; its node is not a row.
            let (child, parent) = match branch.node {
                DEAD => ([0.0; 2], [0.0; 2]),
                node => (self.v[node as usize], self.v[network.nodes[node as usize].parent as usize]),
            };
            let series = if branch.node == DEAD { [0.0; 2] } else { mul(branch.share, self.j[branch.node as usize]) };
            let (at_parent, at_child) = (mul(branch.half_y, parent), mul(branch.half_y, child));
            let down = (parent, [series[0] + at_parent[0], series[1] + at_parent[1]]);
            let up = (child, [at_child[0] - series[0], at_child[1] - series[1]]);
            let ((v_from, j_from), (v_to, j_to)) = if branch.forward { (down, up) } else { (up, down) };
            let (s_from, s_to) = (power(v_from, j_from), power(v_to, j_to));
            let i_from = square(j_from).sqrt() * branch.amperes.0;
            let i_to = square(j_to).sqrt() * branch.amperes.1;
            (solution.p_from_w[k], solution.q_from_var[k]) = (s_from[0], s_from[1]);
            (solution.p_to_w[k], solution.q_to_var[k]) = (s_to[0], s_to[1]);
            (solution.i_from_a[k], solution.i_to_a[k]) = (i_from, i_to);
            solution.loading[k] = f64::max(i_from / branch.rated_a.0, i_to / branch.rated_a.1);
        }
    }
}

/// `conj(s/v) + y·v`, with one division.
fn nodal_current(s: Complex, y: Complex, v: Complex) -> Complex {
    let per_v2 = 1.0 / square(v);
    let load = [(s[0] * v[0] + s[1] * v[1]) * per_v2, (s[0] * v[1] - s[1] * v[0]) * per_v2];
    let shunt = mul(y, v);
    [load[0] + shunt[0], load[1] + shunt[1]]
}

/// `v·conj(j)`.
fn power(v: Complex, j: Complex) -> Complex {
    mul(v, [j[0], -j[1]])
}

/// An angle within one and a half turns, brought into (−π, π].
fn wrapped(angle_rad: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    if angle_rad > PI {
        angle_rad - TAU
    } else if angle_rad <= -PI {
        angle_rad + TAU
    } else {
        angle_rad
    }
}
