//! The sweeps of `meshed.rs` over one group of steps, side by side in lanes.

#![allow(clippy::needless_range_loop, reason = "one index runs over several arrays, and iterators over lanes are not always inlined")]

use super::mesh::Mesh;
use crate::powerflow::ends::{End, Ends};
use crate::powerflow::lanes::{Lanes, Mask};
use crate::powerflow::phasor::{Phasor, minus, plus, square, times};
use crate::powerflow::solution::Options;
use crate::powerflow::tree::{Complex, Node};

/// A squared voltage below this fraction of the source's has collapsed.
const COLLAPSE: f64 = 0.01;

/// A bound of the contraction factor below this ends sweeps; observed ratios do otherwise.
const BOUND_HELPS: f64 = 0.9;

const ZERO: [f64; 2] = [0.0; 2];

#[inline(always)]
pub(super) fn all<const W: usize>([re, im]: Complex) -> Phasor<W> {
    [Lanes::all(re), Lanes::all(im)]
}

/// State of a node.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Cell<const W: usize> {
    /// Consumption `s`.
    pub(super) s: Phasor<W>,
    pub(super) v: Phasor<W>,
    /// `J` as it grows. A root's is the current of its source.
    pub(super) j: Phasor<W>,
}

impl<const W: usize> Cell<W> {
    pub(super) const ZERO: Cell<W> = Cell { s: [Lanes::ZERO; 2], v: [Lanes::ZERO; 2], j: [Lanes::ZERO; 2] };

    /// A node with a weight for [`gain`].
    #[inline(always)]
    pub(super) fn weighing(weight: Lanes<W>) -> Cell<W> {
        Cell { v: [weight, Lanes::ZERO], ..Cell::ZERO }
    }

    /// Begins `J` with the node's own load and shunt.
    #[inline(always)]
    fn inject(&mut self, node: &Node) {
        self.j = plus(current(self.s, self.v, square(self.v)), times(node.y, self.v));
    }
}

/// `conj(s/v) = conj(s)·v/u`, `u = |v|²`.
#[inline(always)]
fn current<const W: usize>([p, q]: Phasor<W>, [re, im]: Phasor<W>, u: Lanes<W>) -> Phasor<W> {
    let per_u = 1.0 / u;
    [(p * re + q * im) * per_u, (p * im - q * re) * per_u]
}

/// State of a group.
#[derive(Default)]
pub(in crate::powerflow) struct State<const W: usize> {
    pub(super) cells: Vec<Cell<W>>,
    /// `v⁰` of the joints, which begins as the drop over their stretch.
    joints: Vec<Phasor<W>>,
    /// What the links add to `J` on each joint's stretch.
    added: Vec<Phasor<W>>,
    /// `e` of the links.
    driving: Vec<Phasor<W>>,
    /// `j` of the links.
    pub(super) links: Vec<Phasor<W>>,
    /// `[response]` powers as given.
    pub(super) given: Vec<Phasor<W>>,
}

impl<const W: usize> State<W> {
    /// Gives them the lengths `network` needs, allocating only when they never were that long.
    pub(super) fn fit(&mut self, mesh: &Mesh) {
        self.cells.resize(mesh.tree.nodes.len(), Cell::ZERO);
        self.joints.resize(mesh.joints.len(), all(ZERO));
        self.added.resize(mesh.joints.len(), all(ZERO));
        self.driving.resize(mesh.links.len(), all(ZERO));
        self.links.resize(mesh.links.len(), all(ZERO));
        self.given.resize(mesh.tree.responses.len(), all(ZERO));
    }
}

/// Sweeps from the voltages at no load until every lane has ended; the cells hold `s`. Leaves `v`, which means something in
/// converged lanes.
#[inline(always)]
pub(super) fn solve<const W: usize>(mesh: &Mesh, options: Options, b: &mut State<W>) -> [End; W] {
    for i in 0..b.cells.len() {
        b.cells[i].v[0] = square(b.cells[i].s).sqrt();
    }
    weigh_responses(mesh, b);
    let gain = gain(mesh, &mut b.cells);
    begin(mesh, b);
    let mut ends = Ends::open();
    for sweep in 1..=options.max_iterations {
        currents(mesh, b);
        let seen = voltages(mesh, b, &ends.moving);
        if ends.judge(seen.change, |l, before| seen.judge(l, before, gain.0[l], mesh.shunt_gain, options.tolerance_pu, sweep)) {
            break;
        }
    }
    ends.of
}

/// One sweep from the start, whose voltages tell where a step without operating point breaks down.
pub(super) fn first<const W: usize>(mesh: &Mesh, b: &mut State<W>) {
    begin(mesh, b);
    currents(mesh, b);
    let _ = voltages(mesh, b, &Mask::ALL);
}

/// The currents that the voltages imply: `J` of every element and `j` of every link.
#[inline(always)]
pub(super) fn flows<const W: usize>(mesh: &Mesh, b: &mut State<W>) {
    for i in 0..mesh.tree.nodes.len() {
        b.cells[i].inject(&mesh.tree.nodes[i]);
    }
    respond(mesh, b);
    currents(mesh, b);
    for i in mesh.tree.roots..mesh.tree.nodes.len() {
        let stretch = mesh.stretch[i] as usize;
        if stretch < b.added.len() {
            b.cells[i].j = plus(b.cells[i].j, b.added[stretch]);
        }
    }
    for i in 0..mesh.joint_roots {
        let root = &mut b.cells[mesh.joints[i].node as usize];
        root.j = plus(root.j, b.added[i]);
    }
}

/// Sets `v` to that at no load and begins `J`.
#[inline(always)]
fn begin<const W: usize>(mesh: &Mesh, b: &mut State<W>) {
    for i in 0..mesh.tree.nodes.len() {
        b.cells[i].v = all(mesh.start[i]);
        b.cells[i].inject(&mesh.tree.nodes[i]);
    }
    respond(mesh, b);
}

/// Adds to each begun `J` what voltage moves.
#[inline(always)]
fn respond<const W: usize>(mesh: &Mesh, b: &mut State<W>) {
    for k in 0..mesh.tree.responses.len() {
        let response = &mesh.tree.responses[k];
        let cell = &mut b.cells[response.node as usize];
        let u = square(cell.v);
        cell.j = plus(cell.j, current(response.extra(&b.given[k], u), cell.v, u));
    }
}

/// Adds to the weights of loads those of what voltage moves: its size at `v = 1`, what that grows by on the way to another voltage,
/// and how fast.
#[inline(always)]
fn weigh_responses<const W: usize>(mesh: &Mesh, b: &mut State<W>) {
    for k in 0..mesh.tree.responses.len() {
        let response = &mesh.tree.responses[k];
        let extra = square(response.extra(&b.given[k], Lanes::ONE)).sqrt();
        b.cells[response.node as usize].v[0] += extra + 1.5 * response.steepness(&b.given[k]);
    }
}

/// Bounds `max_i Σ_j |Z_ij|·|w_j|`, with the weights `|w|` in the real part of `v`, which becomes `κ`.
#[inline(always)]
pub(super) fn gain<const W: usize>(mesh: &Mesh, cells: &mut [Cell<W>]) -> Lanes<W> {
    let (nodes, roots) = (&mesh.tree.nodes, mesh.tree.roots);
    for i in (roots..nodes.len()).rev() {
        let below = cells[i].v[0];
        cells[nodes[i].parent as usize].v[0] += below;
    }
    let mut largest = Lanes::ZERO;
    for i in 0..roots {
        cells[i].v[0] = Lanes::ZERO;
    }
    for i in roots..nodes.len() {
        let drop = cells[nodes[i].parent as usize].v[0] + mesh.lengths[i] * cells[i].v[0];
        cells[i].v[0] = drop;
        largest = drop.max(largest);
    }
    let mut round = Lanes::ZERO;
    for k in 0..mesh.links.len() {
        let (link, [m, off]) = (&mesh.links[k], mesh.magnitudes[k]);
        let a = cells[mesh.joints[link.a as usize].node as usize].v[0];
        let b = cells[mesh.joints[link.b as usize].node as usize].v[0];
        let fork = cells[mesh.joints[link.fork as usize].node as usize].v[0];
        round = ((a - fork) + m * (b - fork) + off * fork).max(round);
    }
    largest + mesh.spread * round
}

/// `J` with the links open, from its beginnings, and what the links add on each stretch.
#[inline(always)]
fn currents<const W: usize>(mesh: &Mesh, b: &mut State<W>) {
    let (nodes, roots) = (&mesh.tree.nodes, mesh.tree.roots);
    for i in 0..b.joints.len() {
        (b.joints[i], b.added[i]) = (all(ZERO), all(ZERO));
    }
    for i in (roots..nodes.len()).rev() {
        let (above, below) = b.cells.split_at_mut(i);
        let (parent, j) = (&mut above[nodes[i].parent as usize], below[0].j);
        let stretch = mesh.stretch[i] as usize;
        if stretch < b.joints.len() {
            b.joints[stretch] = plus(b.joints[stretch], times(nodes[i].z, j));
        }
        parent.j = plus(parent.j, j);
    }
    for i in 0..mesh.joints.len() {
        let above = if i < mesh.joint_roots { all([1.0, 0.0]) } else { b.joints[mesh.joints[i].parent as usize] };
        b.joints[i] = minus(above, b.joints[i]);
    }
    let links = mesh.links.len();
    for k in 0..links {
        let link = &mesh.links[k];
        b.driving[k] = minus(b.joints[link.a as usize], times(link.m, b.joints[link.b as usize]));
    }
    for k in 0..links {
        let (link, row) = (&mesh.links[k], &mesh.inverse[k * links..][..links]);
        let mut j = all(ZERO);
        for l in 0..links {
            j = plus(j, times(row[l], b.driving[l]));
        }
        b.links[k] = j;
        let (at_a, at_b) = (link.a as usize, link.b as usize);
        b.added[at_a] = plus(b.added[at_a], j);
        b.added[at_b] = minus(b.added[at_b], times([link.m[0], -link.m[1]], j));
    }
    for i in (mesh.joint_roots..mesh.joints.len()).rev() {
        let parent = mesh.joints[i].parent as usize;
        b.added[parent] = plus(b.added[parent], b.added[i]);
    }
}

/// What a sweep has seen.
struct Seen<const W: usize> {
    /// Currents of all trees and links together, no number if anything is: by the sums it reaches the roots.
    current: Lanes<W>,
    /// Largest `|v_k − v_{k−1}|`, and the lowest `|v|²`.
    change: Lanes<W>,
    lowest: Lanes<W>,
}

impl<const W: usize> Seen<W> {
    /// Ends lane `l`, or not; `before` are the last two changes.
    fn judge(&self, l: usize, before: [f64; 2], load_gain: f64, shunt_gain: f64, tolerance_pu: f64, sweeps: u32) -> End {
        let (change, lowest) = (self.change.0[l], self.lowest.0[l]);
        if !self.current.0[l].is_finite() || lowest < COLLAPSE {
            return End::Collapsed;
        }
        let q = load_gain / lowest + shunt_gain;
        let (meant, error_pu) = if q < BOUND_HELPS {
            (true, q / (1.0 - q) * change)
        } else {
            // Ratios mean nothing before there are three changes, and are none of a contraction from 1 on.
            // A characteristic of straight lines may bend between two sweeps, so a small one is not believed.
            let ratio = f64::max(change / before[0], before[0] / before[1]).max(0.5);
            (before[1].is_finite() && ratio < 1.0, 2.0 * ratio / (1.0 - ratio) * change)
        };
        if meant && error_pu <= tolerance_pu { End::Converged { sweeps, error_pu } } else { End::Moving { change_pu: change } }
    }
}

/// New `v` downwards in the lanes that move, and the next `J` begun.
#[inline(always)]
fn voltages<const W: usize>(mesh: &Mesh, b: &mut State<W>, moving: &Mask<W>) -> Seen<W> {
    let (nodes, roots) = (&mesh.tree.nodes, mesh.tree.roots);
    let mut current = Lanes::ZERO;
    for k in 0..b.links.len() {
        current += b.links[k][0] + b.links[k][1];
    }
    for i in 0..roots {
        current += b.cells[i].j[0] + b.cells[i].j[1];
        b.cells[i].inject(&nodes[i]);
    }
    let (mut change2, mut lowest) = (Lanes::ZERO, Lanes::ONE);
    for i in roots..nodes.len() {
        let node = &nodes[i];
        let above = b.cells[node.parent as usize].v;
        let cell = &mut b.cells[i];
        let (mut j, stretch) = (cell.j, mesh.stretch[i] as usize);
        if stretch < b.added.len() {
            j = plus(j, b.added[stretch]);
        }
        let [re, im] = minus(above, times(node.z, j));
        let v = [re.within(moving, cell.v[0]), im.within(moving, cell.v[1])];
        change2 = square(minus(v, cell.v)).max(change2);
        lowest = square(v).min(lowest);
        cell.v = v;
        cell.inject(node);
    }
    respond(mesh, b);
    Seen { current, change: change2.sqrt(), lowest }
}
