//! Grids with closed loops or several sources in an island: current summation on a forest, and its links solved exactly.
//!
//! Every source is the root of a tree; the branches beside the trees are *links* (`grid/spanning.rs`). In the frame of
//! `network.rs`, with `v` the voltage of a node, `J_i` the series current of the element `z_i` that feeds node `i`, and `j_k` that
//! of link `k` from `a` to `b`, one sweep is
//!
//! ```text
//! i_i = conj(s_i/v_i) + y_i·v_i                            current of load and shunt at the present voltage
//! J_i = i_i + Σ_{children} J_c                             upwards, as if the links were open
//! v⁰_i = v⁰_parent − z_i·J_i,   v⁰_root = 1                downwards, as if they were
//! e_k = v⁰_a − m_k·v⁰_b                                    what drives link k
//! j = B·e,   B = M⁻¹                                       all links' currents at once
//! J_i += j_k for each link whose a is below i,  J_i −= conj(m_k)·j_k for each whose b is
//! v_i = v_parent − z_i·J_i
//! ```
//!
//! `m` is what the ideal transformers round the loop leave over: 1, unless parallel transformers have different ratios or two
//! sources different voltages; then a current circulates even at no load. The link takes `v_a·conj(j)` at `a` and gives
//! `m·v_b·conj(j) = v_b·conj(conj(m)·j)` at `b`, hence the current there. `M_kl` is the voltage a current of 1 in link `l` takes away from
//! link `k`, its own impedance included: a small matrix of the grid alone, inverted once, which makes `v` the exact solution of the
//! whole meshed grid for the currents `i`. (Loops found by compensation: Shirmohammadi, Hong, Semlyen and Luo, "A compensation-based
//! power flow method for weakly meshed distribution and transmission networks", IEEE Trans. Power Systems 3(2), 1988; there the
//! links' currents are approached along with the loads', here they are never behind.) Between two *joints* — ends of links,
//! forks of the ways to them, roots — all nodes carry the same currents of links; so a sweep over the few joints finds `v⁰` where it is
//! needed, and what `j` adds to `J` on each stretch.
//!
//! The sweeps are a map `v → G(v)` that starts from the voltages at no load.
//!
//! **Contraction.** With `Z` the impedance matrix of the meshed grid and `|conj(s/v) − conj(s/w)| = |s|·|v − w|/(|v|·|w|)`,
//!
//! ```text
//! ‖G(v) − G(w)‖ ≤ q·‖v − w‖,   q = max_i Σ_j |Z_ij|·|s_j| / min|v|² + Y,   Y = max_i Σ_j |Z_ij|·|y_j|
//! ```
//!
//! The sum is bounded by one pass over the tree: `κ_i`, the drop to node `i` if all `|s|` and all `|z|` were in phase and the links
//! open, bounds `v⁰`. A link adds at node `i` its share of `e_k`, for which only the drops after the fork of the two paths count:
//!
//! ```text
//! Σ_j |Z_ij|·|s_j| ≤ max κ + ρ·max_k ((κ_a − κ_fork) + |m|·(κ_b − κ_fork) + |1 − m|·κ_fork)
//! ρ = max_i Σ_k |∂v_i/∂e_k|                                             of the grid alone
//! ```
//!
//! Loads that answer voltage (`response.rs`) count with their size and twice their slope `|dΔS/du|`.
//!
//! **Stopping.** After a sweep with change `Δ = max |v_k − v_{k−1}|` the solution is within `q/(1−q)·Δ` of `v_k` (Banach); the sweeps end
//! when that is at most the tolerance. Where the bound is no help (`q ≥ 0.9`) the larger of the last two ratios of changes, at least
//! ½, takes its place as `r`, doubled: `2r/(1−r)·Δ`. A `|v|` below a tenth, or no number, has collapsed.
//!
//! **Powers** are taken at the voltages that are reported, with the currents these imply, so every node balances to rounding.

mod build;
mod mesh;
mod sweep;
mod write;

use std::ops::Range;

use super::ends::settle;
use super::injections::Group;
use super::kernel::{Kernel, Task};
use super::lanes::Lanes;
use super::phasor::{plus, square};
use super::solution::Rows;
use crate::ids::BusIdx;
pub(super) use mesh::Mesh;
use sweep::State;

impl Kernel for Mesh {
    type State<const W: usize> = State<W>;

    fn prepare<const W: usize>(&self, state: &mut State<W>) {
        state.fit(self);
    }

    #[inline(always)]
    fn group<const W: usize>(&self, task: &Task<'_>, steps: Range<usize>, state: &mut State<W>, row: usize, rows: &mut Rows<'_>) {
        let powers = task.injections.group(steps.clone(), self.tree.injections);
        self.load(&powers, state);
        let ends = sweep::solve(self, task.options, state);
        let width = steps.len();
        if task.outputs.voltage || task.outputs.angle {
            write::voltages(self, &state.cells, row, width, rows);
        }
        if task.outputs.totals || task.outputs.branch {
            sweep::flows(self, state);
        }
        if task.outputs.totals {
            write::totals(self, state, row, width, rows);
        }
        if task.outputs.branch {
            write::branches(self, state, row, width, rows);
        }
        settle(ends, width, row, rows, |l| self.lowest(&powers, l, state));
    }
}

impl Mesh {
    /// The bus with the lowest voltage in lane `l` after one sweep; one that is no number is lower than all.
    #[cold]
    fn lowest<const W: usize>(&self, powers: &Group<'_, W>, l: usize, state: &mut State<W>) -> BusIdx {
        self.load(powers, state);
        sweep::first(self, state);
        let key = |node: &usize| {
            let u = square(state.cells[*node].v).0[l];
            if u.is_finite() { u } else { f64::NEG_INFINITY }
        };
        let node = (0..state.cells.len()).min_by(|a, b| key(a).total_cmp(&key(b))).expect("a network has nodes");
        self.tree.bus_of_node[node]
    }

    /// Gives each node the sum of its injections.
    #[inline(always)]
    fn load<const W: usize>(&self, powers: &Group<'_, W>, state: &mut State<W>) {
        match powers {
            // Named apart so that each loop is compiled for itself.
            Group::Rows(..) => self.load_from(powers, state),
            Group::Lanes { .. } => self.load_from(powers, state),
        }
        for (response, given) in self.tree.responses.iter().zip(&mut state.given) {
            let asked = powers.power(response.row as usize);
            *given = response.given(asked);
            // The rest of the node's power has been summed from what was asked.
            state.cells[response.node as usize].s[1] += given[1] - asked.1;
        }
    }

    #[inline(always)]
    fn load_from<const W: usize>(&self, powers: &Group<'_, W>, state: &mut State<W>) {
        for &node in &self.tree.bare {
            state.cells[node as usize].s = [Lanes::ZERO; 2];
        }
        for load in &self.tree.loads {
            let cell = &mut state.cells[load.node as usize];
            let (p, q) = powers.power(load.row as usize);
            cell.s = if load.first { [p, q] } else { plus(cell.s, [p, q]) };
        }
    }
}
