//! The sweeps over one group of steps, three phases at a time, side by side in lanes.
//!
//! In the frame of `network.rs` the load flow of a tree is, with `s` what each point (a phase of a node) draws and `y` the shunt
//! of a node,
//!
//! ```text
//! j_point = conj(s/v)                                       what each point draws
//! j_n = Σ j_point + y·v_n + Σ_{children c} M_cᵀ·j_c         upwards
//! v_n = M_n·v_parent − z_n·j_n                              downwards
//! ```
//!
//! One sweep is a map `u → F(u)` of the voltages at the points: nothing else depends on voltage. It starts from the voltages at
//! rest. Powers instead of currents, which the balanced sweep keeps, would couple the phases through their angles.
//!
//! **Contraction.** A change `δu` moves `j_l` by at most `|s_l|/(|u_l|·|w_l|)·|δu_l|`, that of a shunt by `|y|` times it. With
//! `W_n` the sum of these factors below `n` per phase, the change of `v_n` on phase `f` is at most
//!
//! ```text
//! q_n = |M|·q_parent + |z|·W_n        entries' magnitudes,  W at a transformer's parent: |M|ᵀ·W
//! ```
//!
//! times the largest `|δu|`. Taken once with `|u| = 1`, the largest entry `q₁` gives the factor of every sweep,
//! `q = q₁ / min|u|² + q_y`, where `q_y` belongs to the shunts and to the grid alone. A power that answers voltage (`response.rs`)
//! moves by at most `g·|δu|`; its factor is `|s| + 3/2·g` at rest, which covers that `|s|` moves, too, up to `|u|² = 2`.
//!
//! **Stopping.** After sweep `k` with largest change `Δ` of a point the fixed point is within `q/(1−q)·Δ` of `u_k`, and every
//! voltage of the next sweep within `q` times that of the solution (Banach):
//!
//! ```text
//! |v − v*| ≤ q²/(1−q)·Δ ≤ tolerance
//! ```
//!
//! ends the sweeps; one more gives the voltages reported. Near the nose of the PV curve, where the bound says `q ≥ ½`, the larger
//! of the last two observed ratios of changes takes its place. A point below a tenth, or one that is no number, has collapsed.
//!
//! **Lanes.** As in the balanced sweep: operations are per lane and never fused. A lane that has stopped keeps the voltages of
//! its points, so every further sweep gives it the same bits.

#![allow(clippy::needless_range_loop, reason = "one index runs over several arrays, and iterators over lanes are not always inlined")]

use super::super::ends::{End, Ends};
use super::super::lanes::{Lanes, Mask};
use super::super::phasor::{Phasor, minus, plus, square, times, zero};
use super::super::solution::Options;
use super::super::tree::DEAD;
use super::network::{Node, Point, ThreePhase};
use super::sequence::{Coupled, Turn};

/// A squared voltage below this fraction of the source's has collapsed.
const COLLAPSE: f64 = 0.01;

/// State of a node.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Cell<const W: usize> {
    pub(super) v: [Phasor<W>; 3],
    /// Current of its element; that of the source at a root.
    pub(super) j: [Phasor<W>; 3],
}

/// State of a point.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Drawn<const W: usize> {
    pub(super) s: Phasor<W>,
    /// `u`, from which the next sweep begins.
    pub(super) u: Phasor<W>,
}

/// State of a group of steps.
#[derive(Debug, Clone, Default)]
pub(super) struct State<const W: usize> {
    pub(super) cells: Vec<Cell<W>>,
    pub(super) points: Vec<Drawn<W>>,
    /// If any injection answers voltage: what each point draws beside, and the power of each such injection as given.
    pub(super) constant: Vec<Phasor<W>>,
    pub(super) given: Vec<Phasor<W>>,
}

#[inline(always)]
pub(super) fn sum<const W: usize>(a: &[Phasor<W>; 3]) -> Phasor<W> {
    plus(plus(a[0], a[1]), a[2])
}

/// `X·a`.
#[inline(always)]
pub(super) fn coupled<const W: usize>(x: Coupled, a: &[Phasor<W>; 3]) -> [Phasor<W>; 3] {
    let common = times(x.mutual, sum(a));
    [plus(times(x.own, a[0]), common), plus(times(x.own, a[1]), common), plus(times(x.own, a[2]), common)]
}

/// `M·a`, or with the turn transposed `Mᵀ·a`.
#[inline(always)]
pub(super) fn turned<const W: usize>(m: Turn, a: &[Phasor<W>; 3]) -> [Phasor<W>; 3] {
    let mut v = [zero(); 3];
    for f in 0..3 {
        let (x, y, z) = (a[f], a[(f + 1) % 3], a[(f + 2) % 3]);
        v[f] = [m[0] * x[0] + m[2] * y[0] + m[1] * z[0], m[0] * x[1] + m[2] * y[1] + m[1] * z[1]];
    }
    v
}

/// Sweeps from rest until every lane has ended; the powers of the points are set. Leaves voltages and currents that belong
/// together in the cells; they mean something in converged lanes.
#[inline(always)]
pub(super) fn solve<const W: usize>(network: &ThreePhase, options: Options, state: &mut State<W>) -> [End; W] {
    at_rest(network, state);
    respond(network, state);
    let gain = load_gain(network, state);
    hold(network, state);
    let mut ends = Ends::open();
    for sweep in 2..=options.max_iterations {
        once(network, state);
        let seen = look(network, state, &ends.moving, gain);
        if ends.judge(seen.change, |l, before| seen.judge(l, before, network.shunt_gain, options.tolerance_pu, sweep)) {
            break;
        }
    }
    once(network, state);
    ends.of
}

/// One sweep.
#[inline(always)]
fn once<const W: usize>(network: &ThreePhase, state: &mut State<W>) {
    respond(network, state);
    draw(network, state);
    backward(network, &mut state.cells);
    forward(network, &mut state.cells);
}

/// Currents at the final voltages, so that powers balance at every bus to rounding.
#[inline(always)]
pub(super) fn flows<const W: usize>(network: &ThreePhase, state: &mut State<W>) {
    for (point, drawn) in network.points.iter().zip(&mut state.points) {
        drawn.u = state.cells[point.node as usize].v[point.phase as usize];
    }
    respond(network, state);
    draw(network, state);
    backward(network, &mut state.cells);
}

/// Leaves the voltages one sweep from rest, which are numbers even where the load flow has none.
pub(super) fn first_sweep<const W: usize>(network: &ThreePhase, state: &mut State<W>) {
    at_rest(network, state);
    hold(network, state);
    once(network, state);
}

/// Voltages of the points if nothing flows.
#[inline(always)]
fn at_rest<const W: usize>(network: &ThreePhase, state: &mut State<W>) {
    for (point, drawn) in network.points.iter().zip(&mut state.points) {
        let [re, im] = network.nodes[point.node as usize].at_rest[point.phase as usize];
        drawn.u = [Lanes::all(re), Lanes::all(im)];
    }
}

/// Voltages of the sources.
#[inline(always)]
fn hold<const W: usize>(network: &ThreePhase, state: &mut State<W>) {
    for (node, cell) in network.nodes[..network.roots].iter().zip(&mut state.cells) {
        for f in 0..3 {
            let [re, im] = node.at_rest[f];
            cell.v[f] = [Lanes::all(re), Lanes::all(im)];
        }
    }
}

/// What the injections that answer voltage make of the powers of their points.
#[inline(always)]
fn respond<const W: usize>(network: &ThreePhase, state: &mut State<W>) {
    for (point, constant) in state.points.iter_mut().zip(&state.constant) {
        point.s = *constant;
    }
    for (answer, given) in network.answers.iter().zip(&state.given) {
        for &point in &answer.points {
            let point = &mut state.points[point as usize];
            let extra = answer.response.extra(given, square(point.u));
            for part in 0..2 {
                point.s[part] += answer.factor * (given[part] + extra[part]);
            }
        }
    }
}

/// Currents of the points at their `u`, and of each shunt.
#[inline(always)]
fn draw<const W: usize>(network: &ThreePhase, state: &mut State<W>) {
    for load in &network.loads {
        let mut j = [zero(); 3];
        for f in 0..3 {
            if load.points[f] != DEAD {
                let Drawn { s: [p, q], u: [re, im] } = state.points[load.points[f] as usize];
                let per = 1.0 / (re * re + im * im);
                j[f] = [(p * re + q * im) * per, (p * im - q * re) * per];
            }
        }
        if load.shunt {
            let [a, b, c] = load.points;
            let u = [state.points[a as usize].u, state.points[b as usize].u, state.points[c as usize].u];
            let shunt = coupled(load.y, &u);
            j = [plus(j[0], shunt[0]), plus(j[1], shunt[1]), plus(j[2], shunt[2])];
        }
        state.cells[load.node as usize].j = j;
    }
}

/// Currents upwards.
#[inline(always)]
fn backward<const W: usize>(network: &ThreePhase, cells: &mut [Cell<W>]) {
    for i in (0..network.nodes.len()).rev() {
        let node = &network.nodes[i];
        let mut j = if node.drawn { cells[i].j } else { [zero(); 3] };
        for c in node.children.0 as usize..node.children.1 as usize {
            let child = &network.nodes[c];
            let arrives = if child.turned { turned(super::sequence::transposed(child.turn), &cells[c].j) } else { cells[c].j };
            for f in 0..3 {
                j[f] = plus(j[f], arrives[f]);
            }
        }
        cells[i].j = j;
    }
}

/// Voltages downwards.
#[inline(always)]
fn forward<const W: usize>(network: &ThreePhase, cells: &mut [Cell<W>]) {
    for i in network.roots..network.nodes.len() {
        let node = &network.nodes[i];
        let above = cells[node.parent as usize].v;
        let drop = coupled(node.z, &cells[i].j);
        let above = if node.turned { turned(node.turn, &above) } else { above };
        for f in 0..3 {
            cells[i].v[f] = minus(above[f], drop[f]);
        }
    }
}

/// What a sweep has seen.
struct Seen<const W: usize> {
    /// `q₁ / min|u|²` with the lowest before or after the sweep.
    load_gain: Lanes<W>,
    /// Current of all sources together, no number if anything below is: by the sums it reaches the root.
    current: Lanes<W>,
    /// Squares of the largest change of a point, and of the lowest voltage of one.
    change: Lanes<W>,
    lowest: Lanes<W>,
}

/// Moves the points of the lanes that move to the voltages of the sweep.
#[inline(always)]
fn look<const W: usize>(network: &ThreePhase, state: &mut State<W>, moving: &Mask<W>, gain: Lanes<W>) -> Seen<W> {
    let (mut change, mut lowest, mut before) = (Lanes::ZERO, Lanes::ONE, Lanes::ONE);
    for (point, drawn) in network.points.iter().zip(&mut state.points) {
        let v = state.cells[point.node as usize].v[point.phase as usize];
        change = square(minus(v, drawn.u)).max(change);
        before = square(drawn.u).min(before);
        lowest = square(v).min(lowest);
        drawn.u = [v[0].within(moving, drawn.u[0]), v[1].within(moving, drawn.u[1])];
    }
    let mut current = Lanes::ZERO;
    for root in &state.cells[..network.roots] {
        let [re, im] = sum(&root.j);
        current += re + im;
    }
    Seen { load_gain: gain / lowest.min(before), current, change: change.sqrt(), lowest }
}

impl<const W: usize> Seen<W> {
    fn judge(&self, l: usize, before: [f64; 2], shunt_gain: f64, tolerance_pu: f64, sweeps: u32) -> End {
        let change = self.change.0[l];
        if !self.current.0[l].is_finite() || self.lowest.0[l] < COLLAPSE {
            return End::Collapsed;
        }
        let gain = self.load_gain.0[l] + shunt_gain;
        // A characteristic of straight lines may bend between two sweeps, so a small ratio is not believed.
        let observed = f64::max(change / before[0], before[0] / before[1]).max(0.5);
        let (q, safety) = if gain < 0.5 { (gain, 1.0) } else { (observed, 2.0) };
        let error_pu = safety * q * q / (1.0 - q) * change;
        // Two ratios need three changes, and mean nothing of a contraction from 1 on.
        let meant = gain < 0.5 || (before[1].is_finite() && q < 1.0);
        if meant && error_pu <= tolerance_pu { End::Converged { sweeps, error_pu } } else { End::Moving { change_pu: change } }
    }
}

/// `q₁` of what the points draw.
#[inline(always)]
fn load_gain<const W: usize>(network: &ThreePhase, state: &mut State<W>) -> Lanes<W> {
    for cell in &mut state.cells {
        cell.j = [zero(); 3];
    }
    for (point, drawn) in network.points.iter().zip(&state.points) {
        state.cells[point.node as usize].j[point.phase as usize][0] = square(drawn.s).sqrt();
    }
    for (answer, given) in network.answers.iter().zip(&state.given) {
        for &point in &answer.points {
            let Point { node, phase } = network.points[point as usize];
            state.cells[node as usize].j[phase as usize][0] += 1.5 * answer.factor * answer.response.steepness(given);
        }
    }
    gain(network, &mut state.cells)
}

/// `q_y`: the same with the shunts.
pub(super) fn shunt_gain(network: &ThreePhase) -> f64 {
    let mut cells = vec![Cell::<1> { v: [zero(); 3], j: [zero(); 3] }; network.nodes.len()];
    for load in &network.loads {
        let [own, other] = load.y.magnitudes();
        cells[load.node as usize].j = [[Lanes([own + 2.0 * other]), Lanes::ZERO]; 3];
    }
    gain(network, &mut cells).0[0]
}

/// Largest `q_n`; the real parts of `j` begin as the factors of each node itself. Leaves `W` there and `q_n` in those of `v`.
#[inline(always)]
fn gain<const W: usize>(network: &ThreePhase, cells: &mut [Cell<W>]) -> Lanes<W> {
    for i in (network.roots..network.nodes.len()).rev() {
        let node = &network.nodes[i];
        let below = magnitudes(node, true, reals(&cells[i].j));
        let parent = &mut cells[node.parent as usize].j;
        for f in 0..3 {
            parent[f][0] += below[f];
        }
    }
    for root in &mut cells[..network.roots] {
        root.v = [zero(); 3];
    }
    let mut largest = Lanes::ZERO;
    for i in network.roots..network.nodes.len() {
        let node = &network.nodes[i];
        let above = magnitudes(node, false, reals(&cells[node.parent as usize].v));
        let [own, other] = node.reach;
        let below = reals(&cells[i].j);
        let common = other * (below[0] + below[1] + below[2]);
        for f in 0..3 {
            let q = above[f] + (own - other) * below[f] + common;
            cells[i].v[f][0] = q;
            largest = q.max(largest);
        }
    }
    largest
}

#[inline(always)]
fn reals<const W: usize>(a: &[Phasor<W>; 3]) -> [Lanes<W>; 3] {
    [a[0][0], a[1][0], a[2][0]]
}

/// `|M|·a` of a node's element, or `|M|ᵀ·a`.
#[inline(always)]
fn magnitudes<const W: usize>(node: &Node, transposed: bool, a: [Lanes<W>; 3]) -> [Lanes<W>; 3] {
    if !node.turned {
        return a;
    }
    let [c0, c1, c2] = node.turn;
    let (c0, c1, c2) = if transposed { (c0.abs(), c2.abs(), c1.abs()) } else { (c0.abs(), c1.abs(), c2.abs()) };
    let mut b = [Lanes::ZERO; 3];
    for f in 0..3 {
        b[f] = c0 * a[f] + c2 * a[(f + 1) % 3] + c1 * a[(f + 2) % 3];
    }
    b
}
