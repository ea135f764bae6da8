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
//! **Shunts** are linear in `u`, so they are eliminated once and for all: with `S_i = σ_i + γ_i·u_i`
//!
//! ```text
//! γ_i = conj(y_i) + Σ_c h_c,   h = γ·g,   g = 1/(1 + 2·re(conj(z)·γ))                                  of the grid alone
//! d_i = 2·re(conj(z_i)·σ_i) + |z_i|²·ℓ_i          σ_i = s_i + Σ_c (σ_c + z_c·ℓ_c − h_c·d_c)          upwards
//! u_i = (u_a − d_i)·g_i                                                                              downwards
//! ```
//!
//! One sweep is a map `u → F(u)`: `ℓ = |σ + γ·u|²/u` with the old `u`, `σ` and `d` upwards, then the new `u` downwards. It
//! starts from `u = 1`. Only losses depend on the old `u`.
//!
//! **Contraction.** A change `δu` moves `ℓ_j = |σ_j|²/u_j + 2·re(conj(σ_j)·γ_j) + |γ_j|²·u_j` by at most
//! `max(|σ_j|²/u_j², |γ_j|²)·|δu_j|`, where `|σ|² ≤ 5/4·|S|² + 5·|γ|²·u²`, and, with `ζ_i = Σ_{path to i} |z|`, `u` by at most
//! `2·ζ_a(j)·|z_j| + |z_j|²` times that. So `‖F(u) − F(w)‖ ≤ q·‖u − w‖` in the largest norm, with
//!
//! ```text
//! q = 2·(5/4·K/min u + 5·Y + R/√min u),   K = Σ_j ℓ_j·c_j,   Y = Σ_j |γ_j|²·c_j,   c_j = ζ_j² − ζ_a(j)²
//! R = Σ 2·ζ_j·|dΔS_j/du| of loads that answer voltage (`response.rs`)
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
//! nose of the PV curve, where the bound says `q ≥ ½`, the ratio of the last two changes takes its place; where loads answer voltage, the
//! larger of the last two ratios, ½ at least, and the bound is doubled.
//! A `u` below a hundredth, or no number, has collapsed.
//!
//! **Lanes.** Lane `l` of every array belongs to step `l` of the group. Operations are per lane and never fused, so a step has
//! the same bits in any lane, in any company, on any instruction set. A lane that has stopped keeps its `u` while its
//! neighbours go on.

#![allow(clippy::needless_range_loop, reason = "one index runs over several arrays, and iterators over lanes are not always inlined")]

use super::ends::{End, Ends};
use super::lanes::{Lanes, Mask, SMALL};
use super::solution::Options;
use super::tree::Tree;

/// A squared voltage below this fraction of the source's has collapsed.
const COLLAPSE: f64 = 0.01;

/// State of a group: a cell a node, and what it takes to answer the voltage.
#[derive(Default)]
pub(super) struct State<const W: usize> {
    pub(super) cells: Vec<Cell<W>>,
    /// `[response]` powers as given.
    pub(super) given: Vec<[Lanes<W>; 2]>,
    /// `R` of the stopping rule, VA.
    pub(super) response_gain: Lanes<W>,
}

/// State of a node.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Cell<const W: usize> {
    /// Consumption `s`; `ℓ` in `p` after [`flows`].
    pub(super) p: Lanes<W>,
    pub(super) q: Lanes<W>,
    pub(super) u: Lanes<W>,
    /// Real part of `σ` as it grows; `d` after [`backward`]; `|v|` after [`finish`]; `P` after [`flows`].
    pub(super) a: Lanes<W>,
    /// Imaginary part of `σ` as it grows; `im(z·conj(σ))` after the last [`backward`]; `θ` after [`finish`]; `Q` after [`flows`].
    pub(super) b: Lanes<W>,
}

impl<const W: usize> Cell<W> {
    pub(super) const ZERO: Cell<W> = Cell { p: Lanes::ZERO, q: Lanes::ZERO, u: Lanes::ZERO, a: Lanes::ZERO, b: Lanes::ZERO };

    /// A node with consumption `p`, `q` before the first sweep.
    #[inline(always)]
    pub(super) fn at_rest(p: Lanes<W>, q: Lanes<W>) -> Cell<W> {
        Cell { p, q, u: Lanes::ONE, a: p, b: q }
    }
}

/// Sweeps from `u = 1` until every lane has ended; `cells` are [`Cell::at_rest`]. Leaves `|v|` in `a` and `θ` in `b`, which mean
/// something in converged lanes.
#[inline(always)]
pub(super) fn solve<const W: usize>(tree: &Tree, options: Options, state: &mut State<W>) -> [End; W] {
    let mut ends = Ends::open();
    let mut lowest = Lanes::ZERO;
    for sweep in 2..=options.max_iterations {
        let seen = if sweep == 2 { look::<W, FIRST>(tree, state, &ends.moving) } else { look::<W, MIDDLE>(tree, state, &ends.moving) };
        lowest = seen.lowest;
        let (shunt_gain, response_gain, tolerance_pu) = (tree.shunt_gain, state.response_gain, options.tolerance_pu);
        if ends.judge(seen.change, |l, before| seen.judge(l, before, shunt_gain, response_gain.0[l], tolerance_pu, sweep)) {
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
    ends.of
}

/// Leaves the `u` of a grid that loses nothing, which is a number even where the load flow is none.
pub(super) fn without_losses<const W: usize>(tree: &Tree, state: &mut State<W>) {
    let _ = backward::<W, LOSSLESS>(tree, &mut state.cells);
    let _ = forward(tree, &mut state.cells, &Mask::ALL);
}

/// Which sweep it is.
const FIRST: u8 = 0;
const MIDDLE: u8 = 1;
const LAST: u8 = 2;
const LOSSLESS: u8 = 3;

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
    fn judge(&self, l: usize, before: [f64; 2], shunt_gain: f64, response_gain: f64, tolerance_pu: f64, sweeps: u32) -> End {
        let (change, lowest) = (self.change.0[l], self.lowest.0[l]);
        if !self.power.0[l].is_finite() || lowest < COLLAPSE {
            return End::Collapsed;
        }
        let gain = 2.0 * (1.25 * self.loss_gain.0[l] / lowest + 5.0 * shunt_gain + response_gain / lowest.sqrt());
        let (meant, q, safety) = if gain < 0.5 {
            (true, gain, 1.0)
        } else if response_gain == 0.0 {
            // Ratios mean nothing before there are two changes, and are none of a contraction from 1 on.
            (before[0].is_finite() && change < before[0], change / before[0], 1.0)
        } else {
            // A characteristic of straight lines may bend between two sweeps, so a small ratio is not believed.
            let ratio = f64::max(change / before[0], before[0] / before[1]).max(0.5);
            (before[1].is_finite() && ratio < 1.0, ratio, 2.0)
        };
        let error_pu = safety * q * q / (1.0 - q) * change / (2.0 * lowest);
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

/// `σ` upwards, leaving `d` of each element in `a`. Gives `K`; in the last sweep it leaves `im(z·conj(σ))` in `b` and gives the
/// largest magnitude of the sine's numerator.
#[inline(always)]
fn backward<const W: usize, const SWEEP: u8>(tree: &Tree, cells: &mut [Cell<W>]) -> Lanes<W> {
    let mut seen = Lanes::ZERO;
    for i in (tree.roots..tree.nodes.len()).rev() {
        let node = tree.nodes[i];
        let ([r, x], [gamma, delta]) = (node.z, node.gamma);
        let (above, below) = cells.split_at_mut(i);
        let (parent, cell) = (&mut above[node.parent as usize], &mut below[0]);
        let (sigma_p, sigma_q) = (cell.a, cell.b);
        // The first sweep finds u = 1.
        let (p, q) = match SWEEP {
            FIRST => (sigma_p + Lanes::all(gamma), sigma_q + Lanes::all(delta)),
            _ => (sigma_p + gamma * cell.u, sigma_q + delta * cell.u),
        };
        let power2 = p * p + q * q;
        let current2 = match SWEEP {
            FIRST => power2,
            LOSSLESS => Lanes::ZERO,
            _ => power2 / cell.u,
        };
        let half_drop = r * sigma_p + x * sigma_q;
        let drop = half_drop + half_drop + (r * r + x * x) * current2;
        cell.a = drop;
        if SWEEP == LAST {
            cell.b = x * sigma_p - r * sigma_q;
            seen = (x * p - r * q).abs().max(seen);
        } else {
            seen += node.reach * current2;
        }
        parent.a += sigma_p + r * current2 - node.eta[0] * drop;
        parent.b += sigma_q + x * current2 - node.eta[1] * drop;
    }
    seen
}

/// Adds to each begun `σ` what voltage moves.
#[inline(always)]
pub(super) fn respond<const W: usize>(tree: &Tree, state: &mut State<W>) {
    for (response, given) in tree.responses.iter().zip(&state.given) {
        let cell = &mut state.cells[response.node as usize];
        let [p, q] = response.extra(given, cell.u);
        cell.a += p;
        cell.b += q;
    }
}

/// New `u` downwards in the lanes that move, and the next `σ` begun. Gives the largest change of `u` and its lowest value.
#[inline(always)]
fn forward<const W: usize>(tree: &Tree, cells: &mut [Cell<W>], moving: &Mask<W>) -> (Lanes<W>, Lanes<W>) {
    for root in &mut cells[..tree.roots] {
        (root.a, root.b) = (root.p, root.q);
    }
    let (mut change, mut lowest) = (Lanes::ZERO, Lanes::ONE);
    for i in tree.roots..tree.nodes.len() {
        let node = tree.nodes[i];
        let above = cells[node.parent as usize].u;
        let cell = &mut cells[i];
        let u = (node.gain * (above - cell.a)).within(moving, cell.u);
        change = (u - cell.u).abs().max(change);
        lowest = u.min(lowest);
        (cell.u, cell.a, cell.b) = (u, cell.p, cell.q);
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
        let node = tree.nodes[i];
        let (above, below) = cells.split_at_mut(i);
        let (parent, cell) = (&above[node.parent as usize], &mut below[0]);
        let u = node.gain * (parent.u - cell.a);
        let v = u.sqrt();
        let sine = (cell.b + (node.z[1] * node.gamma[0] - node.z[0] * node.gamma[1]) * u) / (parent.a * v);
        let turn = if SMALL_SINES { sine.asin_small() } else { sine.asin() };
        (cell.u, cell.a, cell.b) = (u, v, parent.b - turn);
    }
}

/// Powers at the voltages of [`finish`]: leaves `S` in `a` and `b` and `ℓ` in `p`; roots hold what their source delivers.
#[inline(always)]
pub(super) fn flows<const W: usize>(tree: &Tree, state: &mut State<W>) {
    for (cell, node) in state.cells.iter_mut().zip(&tree.nodes) {
        (cell.a, cell.b) = (cell.p + node.y[0] * cell.u, cell.q - node.y[1] * cell.u);
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
