//! The grid as flat arrays in one voltage frame.
//!
//! Each node `i` has a complex constant `C_i` that refers its voltage to the source of its tree, so that ideal transformers
//! vanish and every source has `v = 1`. With `u0` and `δ` magnitude and angle of the source, and power in VA as the only
//! other unit,
//!
//! ```text
//! U_i = v_i · u0 / C_i                                      line-to-line volts
//! √3·I_i = j_i · conj(C_i) / u0                             amperes; S = U·conj(√3·I) = v·conj(j)
//! C_source = e^{−jδ};   C_lv = C_hv · k,   k = (u_hv/u_lv)·e^{jθ}     lv lags hv by θ;   lines keep C
//! Z → z = Z·|C|²/u0²,   Y → y = Y·u0²/|C|²                   with C of the side whose ohms they are
//! ```
//!
//! A transformer's π element is in ohms of its lv side: `|Z| = uk·u_lv²/S`, `R = pk·u_lv²/S²`, `|Y| = i0·S/u_lv²`,
//! `G = p0/u_lv²`, `B < 0`, half of `Y` at each end (the hv half behind the ideal transformer).
//!
//! Parallel branches `k` between a node and its parent become one element `z = 1/Σ(1/z_k)`; branch `k` carries the share
//! `s_k = z/z_k` of the series current.
//!
//! Nodes are numbered level by level: a sweep then meets the children of different parents one after the other, and the
//! processor need not wait for one before it begins the next, as it must down a chain.

use std::collections::BTreeSet;

use super::response::NodeResponse;
use crate::grid::{Element, Grid, RadialOrder, Response, Source, Transformer};
use crate::ids::{BranchIdx, BusIdx};

/// Marks what no source supplies.
pub(super) const DEAD: u32 = u32::MAX;

/// A complex number as (real, imaginary).
pub(super) type Complex = [f64; 2];

pub(super) fn mul(a: Complex, b: Complex) -> Complex {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

pub(super) fn div(a: Complex, b: Complex) -> Complex {
    let m = b[0] * b[0] + b[1] * b[1];
    [(a[0] * b[0] + a[1] * b[1]) / m, (a[1] * b[0] - a[0] * b[1]) / m]
}

pub(super) fn square(a: Complex) -> f64 {
    a[0] * a[0] + a[1] * a[1]
}

pub(super) fn add(a: Complex, b: Complex) -> Complex {
    [a[0] + b[0], a[1] + b[1]]
}

pub(super) fn polar(magnitude: f64, angle_deg: f64) -> Complex {
    let (sin, cos) = libm::sincos(angle_deg.to_radians());
    [magnitude * cos, magnitude * sin]
}

/// A node: the element from its parent and its own shunt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    pub(super) parent: u32,
    /// Series impedance from the parent, 1/VA; 0 for a root.
    pub(super) z: Complex,
    /// All halves of shunts that meet here, VA.
    pub(super) y: Complex,
    /// `c` of the stopping rule, 1/VA²; 0 for a root.
    pub(super) reach: f64,
    /// `γ`: all shunts below as seen here, VA.
    pub(super) gamma: Complex,
    /// `h`: the same as seen from the parent, VA.
    pub(super) eta: Complex,
    /// `g`.
    pub(super) gain: f64,
}

/// A branch within the element of the node it feeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Branch {
    /// Node it feeds, or `DEAD`.
    pub(super) node: u32,
    /// Whether from/hv is at the parent.
    pub(super) forward: bool,
    /// Share of the element's series current.
    pub(super) share: Complex,
    /// Half of its shunt, VA.
    pub(super) half_y: Complex,
    /// One over the rated currents at from/hv and to/lv, 1/A.
    pub(super) per_rated: (f64, f64),
    /// A per unit of `|j|` at from/hv and to/lv.
    pub(super) amperes: (f64, f64),
}

impl Branch {
    /// Carries nothing.
    const UNSUPPLIED: Branch =
        Branch { node: DEAD, forward: true, share: [0.0; 2], half_y: [0.0; 2], per_rated: (0.0, 0.0), amperes: (0.0, 0.0) };
}

/// A supplied injection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Load {
    /// Row of the injection.
    pub(super) row: u32,
    pub(super) node: u32,
    /// Whether none before it, or none after it, is at its node.
    pub(super) first: bool,
    pub(super) last: bool,
}

/// A bus: where its voltage is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct BusView {
    /// Node, or `DEAD`.
    pub(super) node: u32,
    /// pu of the bus's rating per unit of `|v|`.
    pub(super) per_unit: f64,
    /// Angle to add to that of `v`, rad.
    pub(super) turn_rad: f64,
}

/// A radial grid, or the forest of a meshed one, in one frame. Injections are the rows of [`Grid::connections`]; buses and branches keep the rows of the grid.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    /// Number of roots, which are the first nodes.
    pub(super) roots: usize,
    /// Nodes, parents before children, level by level.
    pub(super) nodes: Vec<Node>,
    /// `Y` of the stopping rule.
    pub(super) shunt_gain: f64,
    /// `[node]` magnitudes of the impedances on the way to the root, added up, 1/VA.
    path: Vec<f64>,
    pub(super) branches: Vec<Branch>,
    pub(super) buses: Vec<BusView>,
    /// Number of injections, supplied or not.
    pub(super) injections: usize,
    /// Supplied injections, in table order.
    pub(super) loads: Vec<Load>,
    /// Injections whose power is not constant, in table order.
    pub(super) responses: Vec<NodeResponse>,
    /// Nodes without injection.
    pub(super) bare: Vec<u32>,
    /// A bus of each node, to name it.
    pub(super) bus_of_node: Vec<BusIdx>,
}

impl Tree {
    /// Flattens `grid` in the given `order`.
    pub(super) fn new(grid: &Grid, order: &RadialOrder) -> Tree {
        let frame = Frame::new(grid, order);
        let by_level = by_level(order);
        let mut number = vec![0; order.nodes()];
        by_level.iter().enumerate().for_each(|(i, &node)| number[node] = i as u32);
        let loads = loads(grid, order, &number);
        let mut bare: Vec<u32> = (0..order.nodes() as u32).collect();
        let loaded: BTreeSet<u32> = loads.iter().map(|load| load.node).collect();
        bare.retain(|node| !loaded.contains(node));
        let blank = |&node: &usize| Node {
            parent: number[order.parent(node)],
            z: [0.0; 2],
            y: [0.0; 2],
            reach: 0.0,
            gamma: [0.0; 2],
            eta: [0.0; 2],
            gain: 1.0,
        };
        let mut tree = Tree {
            roots: order.roots(),
            nodes: by_level.iter().map(blank).collect(),
            shunt_gain: 0.0,
            path: Vec::new(),
            branches: vec![Branch::UNSUPPLIED; grid.branches()],
            responses: Vec::new(),
            buses: buses(grid, order, &frame, &number),
            injections: grid.connections.len(),
            bare,
            loads,
            bus_of_node: by_level.iter().map(|&node| order.buses(node)[0]).collect(),
        };
        tree.responses = responses(grid, &tree.buses);
        for node in order.roots()..order.nodes() {
            tree.add_element(grid, order, &frame, &number, node);
        }
        tree.add_gains();
        tree
    }

    /// The element that feeds `node`: `z`, the shunts at both ends, and what each of its branches takes.
    fn add_element(&mut self, grid: &Grid, order: &RadialOrder, frame: &Frame, number: &[u32], node: usize) {
        let (parent, feeds) = (order.parent(node), order.feeds(node));
        let folded: Vec<(Complex, Complex)> =
            feeds.iter().map(|f| folded(grid, f.branch, frame.c[if f.forward { node } else { parent }], frame.u0[node])).collect();
        let z = match folded[..] {
            // Not through its admittance: a single branch may have no impedance.
            [(z, _)] => z,
            _ => div([1.0, 0.0], folded.iter().map(|&(z, _)| div([1.0, 0.0], z)).fold([0.0; 2], add)),
        };
        self.nodes[number[node] as usize].z = z;
        let amperes = |end: usize| square(frame.c[end]).sqrt() / (frame.u0[node] * 3f64.sqrt());
        for (feed, &(own_z, half_y)) in feeds.iter().zip(&folded) {
            let rated_a = rated_currents_a(grid, feed.branch);
            let (at_from, at_to) = if feed.forward { (parent, node) } else { (node, parent) };
            self.branches[feed.branch.i()] = Branch {
                node: number[node],
                forward: feed.forward,
                share: if feeds.len() == 1 { [1.0, 0.0] } else { div(z, own_z) },
                half_y,
                per_rated: (1.0 / rated_a.0, 1.0 / rated_a.1),
                amperes: (amperes(at_from), amperes(at_to)),
            };
            for end in [parent, node] {
                let y = &mut self.nodes[number[end] as usize].y;
                *y = add(*y, half_y);
            }
        }
    }

    /// `γ`, `h` and `g` upwards; `c` and `Y` of the stopping rule.
    fn add_gains(&mut self) {
        let n = self.nodes.len();
        for i in (0..n).rev() {
            let node = &mut self.nodes[i];
            node.gamma = add(node.gamma, [node.y[0], -node.y[1]]);
            node.gain = 1.0 / (1.0 + 2.0 * (node.z[0] * node.gamma[0] + node.z[1] * node.gamma[1]));
            node.eta = [node.gamma[0] * node.gain, node.gamma[1] * node.gain];
            if i >= self.roots {
                let (parent, eta) = (node.parent as usize, node.eta);
                self.nodes[parent].gamma = add(self.nodes[parent].gamma, eta);
            }
        }
        let mut path = vec![0.0; n];
        for i in self.roots..n {
            let node = &mut self.nodes[i];
            let above = path[node.parent as usize];
            path[i] = above + square(node.z).sqrt();
            node.reach = path[i] * path[i] - above * above;
            self.shunt_gain += node.reach * square(node.gamma);
        }
        for response in &mut self.responses {
            response.path = path[response.node as usize];
        }
        self.path = path;
    }
}

impl Tree {
    /// Magnitudes of the impedances between an injection and its source, added up, 1/VA; 0 without supply.
    pub(super) fn path_of(&self, injection: usize) -> f64 {
        self.loads.binary_search_by_key(&(injection as u32), |load| load.row).map_or(0.0, |at| self.path[self.loads[at].node as usize])
    }
}

/// Nodes of `order` by their distance from the root, in its order within a level; roots stay first.
fn by_level(order: &RadialOrder) -> Vec<usize> {
    let mut level = vec![0_u32; order.nodes()];
    for i in order.roots()..order.nodes() {
        level[i] = level[order.parent(i)] + 1;
    }
    let mut nodes: Vec<usize> = (0..order.nodes()).collect();
    nodes.sort_by_key(|&i| level[i]);
    nodes
}

/// `C` and `u0` of each node of the order.
pub(super) struct Frame {
    pub(super) c: Vec<Complex>,
    pub(super) u0: Vec<f64>,
}

impl Frame {
    pub(super) fn new(grid: &Grid, order: &RadialOrder) -> Frame {
        Frame { c: references(grid, order), u0: base_voltages(grid, order) }
    }
}

/// `C` of each node.
pub(super) fn references(grid: &Grid, order: &RadialOrder) -> Vec<Complex> {
    let mut c = vec![[0.0; 2]; order.nodes()];
    for (root, c) in c.iter_mut().enumerate().take(order.roots()) {
        *c = polar(1.0, -grid.sources[order.source(root)].angle_deg);
    }
    for i in order.roots()..order.nodes() {
        let feed = order.feeds(i)[0];
        c[i] = match grid.branch_element(feed.branch) {
            Element::Transformer(t) => {
                let k = turns(&grid.transformers[t]);
                if feed.forward { mul(c[order.parent(i)], k) } else { div(c[order.parent(i)], k) }
            }
            _ => c[order.parent(i)],
        };
    }
    c
}

/// `k`, hv over lv.
pub(super) fn turns(t: &Transformer) -> Complex {
    let (u_hv_v, u_lv_v) = t.effective_voltages_v();
    polar(u_hv_v / u_lv_v, t.shift_deg)
}

/// `u0` of each node's tree.
pub(super) fn base_voltages(grid: &Grid, order: &RadialOrder) -> Vec<f64> {
    let mut u0 = vec![0.0; order.nodes()];
    let of = |s: &Source| s.u_pu * grid.buses[s.bus.i()].u_rated_v;
    for i in 0..order.nodes() {
        u0[i] = if i < order.roots() { of(&grid.sources[order.source(i)]) } else { u0[order.parent(i)] };
    }
    u0
}

/// Series impedance and half of the shunt of a branch; `c` is that of its to/lv end.
pub(super) fn folded(grid: &Grid, branch: BranchIdx, c: Complex, u0: f64) -> (Complex, Complex) {
    let (z_ohm, y_s) = match grid.branch_element(branch) {
        Element::Transformer(t) => pi_of_transformer(&grid.transformers[t]),
        _ => {
            let line = &grid.lines[branch.i()];
            ([line.r_ohm, line.x_ohm], [line.g_s, line.b_s])
        }
    };
    let scale = square(c) / (u0 * u0);
    ([z_ohm[0] * scale, z_ohm[1] * scale], [0.5 * y_s[0] / scale, 0.5 * y_s[1] / scale])
}

/// Series impedance in Ω and shunt in S, both on the lv side.
pub(super) fn pi_of_transformer(t: &Transformer) -> (Complex, Complex) {
    let (_, u_lv_v) = t.effective_voltages_v();
    let s = t.rated_power_va;
    let base = u_lv_v * u_lv_v / s;
    let (z, r) = (t.uk_pu * base, t.pk_w / s * base);
    let (y, g) = (t.i0_pu / base, t.p0_w / s / base);
    // Rounded data sheets may put iron losses a hair above i0·S; the reactive part is then 0.
    ([r, (z * z - r * r).max(0.0).sqrt()], [g, -(y * y - g * g).max(0.0).sqrt()])
}

/// Supplied injections, in table order.
fn loads(grid: &Grid, order: &RadialOrder, number: &[u32]) -> Vec<Load> {
    let supplied = grid.connections.iter().enumerate().filter_map(|(row, x)| Some((row, number[order.node_of_bus(x.bus)?])));
    let mut loads: Vec<Load> = supplied.map(|(row, node)| Load { row: row as u32, node, first: false, last: false }).collect();
    let mut seen = vec![false; number.len()];
    for load in &mut loads {
        load.first = !std::mem::replace(&mut seen[load.node as usize], true);
    }
    for load in loads.iter_mut().rev() {
        load.last = std::mem::replace(&mut seen[load.node as usize], false);
    }
    loads
}

/// Supplied responses, in the order of their injections.
fn responses(grid: &Grid, buses: &[BusView]) -> Vec<NodeResponse> {
    let at = |response: &Response| {
        let bus = buses[grid.connections[response.connection.i()].bus.i()];
        (bus.node != DEAD).then(|| NodeResponse::new(response, bus.node, bus.per_unit))
    };
    let mut responses: Vec<NodeResponse> = grid.responses.iter().filter_map(at).collect();
    responses.sort_by_key(|response| response.row);
    responses
}

pub(super) fn rated_currents_a(grid: &Grid, branch: BranchIdx) -> (f64, f64) {
    match grid.branch_element(branch) {
        Element::Transformer(t) => grid.transformers[t].rated_currents_a(),
        _ => (grid.lines[branch.i()].rated_current_a, grid.lines[branch.i()].rated_current_a),
    }
}

fn buses(grid: &Grid, order: &RadialOrder, frame: &Frame, number: &[u32]) -> Vec<BusView> {
    let view = |bus: usize| match order.node_of_bus(BusIdx::new(bus)) {
        None => BusView { node: DEAD, per_unit: 0.0, turn_rad: 0.0 },
        Some(n) => BusView {
            node: number[n],
            per_unit: frame.u0[n] / (square(frame.c[n]).sqrt() * grid.buses[bus].u_rated_v),
            turn_rad: -libm::atan2(frame.c[n][1], frame.c[n][0]),
        },
    };
    (0..grid.buses.len()).map(view).collect()
}
