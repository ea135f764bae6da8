//! The sweeps over one group of steps, side by side in lanes.
//!
//! On a tree the load flow needs no complex voltages. With `u_i = |v_i|²`, `S_i = P + jQ` the power that arrives at node `i`
//! through its element `z_i = r + jx` from parent `a`, and `ℓ_i = |S_i|²/u_i` the square of its current, the equations are
//! exactly (Baran and Wu, "Optimal capacitor placement on radial distribution systems", IEEE Trans. Power Delivery 4(1), 1989)
//!
//! ```text
//! S_i = s_i + conj(y_i)·u_i + Σ_{children c} T_c            T_i = S_i + z_i·ℓ_i        power that leaves the parent
//! u_i = u_a − 2·re(conj(z_i)·S_i) − |z_i|²·ℓ_i = u_a − re(conj(z_i)·(S_i + T_i))
//! θ_i = θ_a − δ_i,   sin δ_i = im(z_i·conj(S_i)) / (|v_a|·|v_i|) = (x·P − r·Q) / (|v_a|·|v_i|)
//! ```
//!
//! One sweep is a map `u → F(u)`: `S`, `ℓ` and the drops upwards with the old `u`, then the new `u` downwards. It starts from
//! `u = 1`.
//!
//! **Contraction.** Constant power does not depend on `u`; only losses and shunts do. A change `δu` moves `ℓ_j` by
//! `−ℓ_j·δu_j/u_j` and, with `ζ_i = Σ_{path to i} |z|`, therefore `u` by at most `Σ_j ℓ_j·(2·ζ_a(j)·|z_j| + |z_j|²)·|δu_j|/u_j`
//! plus the shunts' part. So `‖F(u) − F(w)‖ ≤ q·‖u − w‖` in the largest norm, with
//!
//! ```text
//! q = 2·(K/min u + Y + R/√min u),   K = Σ_j ℓ_j·c_j,   c_j = ζ_j² − ζ_a(j)²
//! Y = max_i Σ_{k on path to i} 2·|z_k|·Σ_{j below k} |y_j|,   R = Σ 2·ζ_j·|dΔS_j/du| of loads that answer voltage (`response.rs`)
//! ```
//!
//! The factor 2 in front covers that `ℓ` moves with `S`, too, which is of the next order. `q` is about the square of the
//! voltage drop: some thousandths in a loaded feeder, where current summation has some hundredths.
//!
//! **Stopping.** After sweep `k` with change `Δ = ‖u_k − u_{k−1}‖` the fixed point is within `q/(1−q)·Δ` of `u_k`, and within
//! `q` times that of `F(u_k)`, which is what we report. In terms of the complex voltage
//!
//! ```text
//! |v − v*| ≤ q²/(1−q)·Δ / (2·min u) ≤ tolerance
//! ```
//!
//! ends the sweeps; one more, [`finish`], gives magnitudes and angles, and [`flows`] powers at these very voltages. Near the
//! nose of the PV curve, where the bound says `q ≥ ½`, the observed ratio of the last two changes takes its place.
//! A `u` below a hundredth, or no number, has collapsed.
//!
//! **Lanes.** Lane `l` of every array belongs to step `l` of the group. Operations are per lane and never fused, so a step has
//! the same bits in any lane, in any company, on any instruction set. A lane that has stopped keeps its `u` while its
//! neighbours go on.

#![allow(clippy::needless_range_loop, reason = "one index runs over several arrays, and iterators over lanes are not always inlined")]

use super::lanes::{Lanes, Mask, SMALL};
use super::radial::State;
use super::solution::Options;
use super::tree::{Node, Tree};

/// A squared voltage below this fraction of the source's has collapsed.
const COLLAPSE: f64 = 0.01;

/// State of a node.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Cell<const W: usize> {
    /// Consumption `s`; `ℓ` in `p` after [`flows`].
    pub(super) p: Lanes<W>,
    pub(super) q: Lanes<W>,
    pub(super) u: Lanes<W>,
    /// Real part of `S` as it grows; the drop of `u` after [`backward`]; `|v|` after [`finish`]; `P` after [`flows`].
    pub(super) a: Lanes<W>,
    /// Imaginary part of `S` as it grows; `|v_a|·|v|·sin δ` after the last [`backward`]; `θ` after [`finish`]; `Q` after [`flows`].
    pub(super) b: Lanes<W>,
}

impl<const W: usize> Cell<W> {
    pub(super) const ZERO: Cell<W> = Cell { p: Lanes::ZERO, q: Lanes::ZERO, u: Lanes::ZERO, a: Lanes::ZERO, b: Lanes::ZERO };

    /// A node with consumption `p`, `q` before the first sweep.
    #[inline(always)]
    pub(super) fn at_rest(p: Lanes<W>, q: Lanes<W>, node: &Node) -> Cell<W> {
        let mut cell = Cell { p, q, u: Lanes::ONE, ..Cell::ZERO };
        cell.inject(node);
        cell
    }

    /// Begins `S` with the node's own load and shunt.
    #[inline(always)]
    fn inject(&mut self, node: &Node) {
        (self.a, self.b) = (self.p + node.y[0] * self.u, self.q - node.y[1] * self.u);
    }
}

/// How a lane ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End {
    /// Sweeps, the last one included, and the bound of the voltage error, pu.
    Converged {
        sweeps: u32,
        error_pu: f64,
    },
    /// Still moving, by this much voltage, pu.
    Moving {
        change_pu: f64,
    },
    Collapsed,
}

/// Sweeps from `u = 1` until every lane has ended; `cells` are [`Cell::at_rest`]. Leaves `|v|` in `a` and `θ` in `b`, which mean
/// something in converged lanes.
#[inline(always)]
pub(super) fn solve<const W: usize>(tree: &Tree, options: Options, state: &mut State<W>) -> [End; W] {
    let mut ends = [End::Moving { change_pu: f64::NAN }; W];
    let mut moving = Mask::ALL;
    let (mut before, mut lowest) = (Lanes::all(f64::INFINITY), Lanes::ZERO);
    for sweep in 2..=options.max_iterations {
        let seen = if sweep == 2 { look::<W, FIRST>(tree, state, &moving) } else { look::<W, MIDDLE>(tree, state, &moving) };
        for (l, end) in ends.iter_mut().enumerate() {
            if moving.has(l) {
                *end = seen.judge(l, before.0[l], tree.shunt_gain, state.response_gain.0[l], options.tolerance_pu, sweep);
                if !matches!(end, End::Moving { .. }) {
                    moving.clear(l);
                }
            }
        }
        (before, lowest) = (seen.change, seen.lowest);
        if moving == Mask::NONE {
            break;
        }
    }
    let cells = &mut state.cells[..];
    let product = backward::<W, LAST>(tree, cells);
    let small = (0..W).all(|l| product.0[l] <= 0.8 * SMALL * lowest.0[l]);
    if small {
        finish::<W, true>(tree, cells)
    } else {
        finish::<W, false>(tree, cells)
    }
    ends
}

/// Leaves the `u` of a grid that loses nothing, which is a number even where the load flow is none.
pub(super) fn without_losses<const W: usize>(tree: &Tree, state: &mut State<W>) {
    for cell in &mut state.cells[tree.roots..] {
        // The current of a finite power at this voltage is 0.
        cell.u = Lanes::all(f64::INFINITY);
    }
    let _ = backward::<W, MIDDLE>(tree, &mut state.cells);
    let _ = forward(tree, &mut state.cells, &Mask::ALL);
}

/// Which sweep it is.
const FIRST: u8 = 0;
const MIDDLE: u8 = 1;
const LAST: u8 = 2;

/// What a sweep has seen.
struct Seen<const W: usize> {
    /// `K`.
    loss_gain: Lanes<W>,
    /// Power of all trees together, no number if anything below is: by the sums it reaches the root.
    power: Lanes<W>,
    /// Largest change of `u`, and its lowest value.
    change: Lanes<W>,
    lowest: Lanes<W>,
}

impl<const W: usize> Seen<W> {
    fn judge(&self, l: usize, before: f64, shunt_gain: f64, response_gain: f64, tolerance_pu: f64, sweeps: u32) -> End {
        let (change, lowest) = (self.change.0[l], self.lowest.0[l]);
        if !self.power.0[l].is_finite() || lowest < COLLAPSE {
            return End::Collapsed;
        }
        let gain = 2.0 * (self.loss_gain.0[l] / lowest + shunt_gain + response_gain / lowest.sqrt());
        let q = if gain < 0.5 { gain } else { change / before };
        let error_pu = q * q / (1.0 - q) * change / (2.0 * lowest);
        // The ratio means nothing before there are two changes, and is none of a contraction from 1 on.
        let meant = gain < 0.5 || (before.is_finite() && q < 1.0);
        if meant && error_pu <= tolerance_pu { End::Converged { sweeps, error_pu } } else { End::Moving { change_pu: 0.5 * change } }
    }
}

/// One sweep in the lanes that move.
#[inline(always)]
fn look<const W: usize, const SWEEP: u8>(tree: &Tree, state: &mut State<W>, moving: &Mask<W>) -> Seen<W> {
    let cells = &mut state.cells[..];
    let loss_gain = backward::<W, SWEEP>(tree, cells);
    let power = cells[..tree.roots].iter().fold(Lanes::ZERO, |sum, root| sum + root.a + root.b);
    let (change, lowest) = forward(tree, cells, moving);
    respond(tree, state);
    Seen { loss_gain, power, change, lowest }
}

/// `S` upwards, leaving the drop of `u` over each element in `a`. Gives `K`; in the last sweep it leaves the sine's numerator in
/// `b` and gives its largest magnitude.
#[inline(always)]
fn backward<const W: usize, const SWEEP: u8>(tree: &Tree, cells: &mut [Cell<W>]) -> Lanes<W> {
    let mut seen = Lanes::ZERO;
    for i in (tree.roots..tree.nodes.len()).rev() {
        let node = tree.nodes[i];
        let [r, x] = node.z;
        let (above, below) = cells.split_at_mut(i);
        let (parent, cell) = (&mut above[node.parent as usize], &mut below[0]);
        let (p, q) = (cell.a, cell.b);
        let power2 = p * p + q * q;
        // The first sweep finds u = 1.
        let current2 = if SWEEP == FIRST { power2 } else { power2 / cell.u };
        let (sent_p, sent_q) = (p + r * current2, q + x * current2);
        let half_drop = r * p + x * q;
        cell.a = half_drop + half_drop + (r * r + x * x) * current2;
        if SWEEP == LAST {
            cell.b = x * p - r * q;
            seen = cell.b.abs().max(seen);
        } else {
            seen += node.reach * current2;
        }
        parent.a += sent_p;
        parent.b += sent_q;
    }
    seen
}

/// Adds to each begun `S` what voltage moves.
#[inline(always)]
pub(super) fn respond<const W: usize>(tree: &Tree, state: &mut State<W>) {
    for (response, given) in tree.responses.iter().zip(&state.given) {
        let cell = &mut state.cells[response.node as usize];
        let [p, q] = response.extra(given, cell.u);
        cell.a += p;
        cell.b += q;
    }
}

/// New `u` downwards in the lanes that move, and the next `S` begun. Gives the largest change of `u` and its lowest value.
#[inline(always)]
fn forward<const W: usize>(tree: &Tree, cells: &mut [Cell<W>], moving: &Mask<W>) -> (Lanes<W>, Lanes<W>) {
    for i in 0..tree.roots {
        cells[i].inject(&tree.nodes[i]);
    }
    let (mut change, mut lowest) = (Lanes::ZERO, Lanes::ONE);
    for i in tree.roots..tree.nodes.len() {
        let node = tree.nodes[i];
        let above = cells[node.parent as usize].u;
        let cell = &mut cells[i];
        let u = (above - cell.a).within(moving, cell.u);
        change = (u - cell.u).abs().max(change);
        lowest = u.min(lowest);
        cell.u = u;
        cell.inject(&node);
    }
    (change, lowest)
}

/// Last sweep downwards: `u`, `|v|` and `θ`; whether all sines are small is known beforehand, which spares asking.
#[inline(always)]
fn finish<const W: usize, const SMALL_SINES: bool>(tree: &Tree, cells: &mut [Cell<W>]) {
    for cell in &mut cells[..tree.roots] {
        (cell.a, cell.b) = (Lanes::ONE, Lanes::ZERO);
    }
    for i in tree.roots..tree.nodes.len() {
        let (above, below) = cells.split_at_mut(i);
        let (parent, cell) = (&above[tree.nodes[i].parent as usize], &mut below[0]);
        let u = parent.u - cell.a;
        let v = u.sqrt();
        let sine = cell.b / (parent.a * v);
        let turn = if SMALL_SINES { sine.asin_small() } else { sine.asin() };
        (cell.u, cell.a, cell.b) = (u, v, parent.b - turn);
    }
}

/// Powers at the voltages of [`finish`]: leaves `S` in `a` and `b` and `ℓ` in `p`; roots hold what their source delivers.
#[inline(always)]
pub(super) fn flows<const W: usize>(tree: &Tree, state: &mut State<W>) {
    for (cell, node) in state.cells.iter_mut().zip(&tree.nodes) {
        cell.inject(node);
    }
    respond(tree, state);
    let cells = &mut state.cells[..];
    for i in (tree.roots..tree.nodes.len()).rev() {
        let node = tree.nodes[i];
        let [r, x] = node.z;
        let (above, below) = cells.split_at_mut(i);
        let (parent, cell) = (&mut above[node.parent as usize], &mut below[0]);
        let (p, q) = (cell.a, cell.b);
        let current2 = (p * p + q * q) / cell.u;
        cell.p = current2;
        parent.a += p + r * current2;
        parent.b += q + x * current2;
    }
}
