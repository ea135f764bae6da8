//! How a grid becomes flat arrays for three phases; the frame is that of `network.rs`.

use super::super::response::NodeResponse;
use super::super::tree::{self, Complex, DEAD, add, mul, polar, square};
use super::chains::{self, View, Whole};
use super::network::{Answer, Branch, BusView, Draw, Load, Node, Point, ThreePhase};
use super::sequence::{Coupled, Turn, transposed, turn};
use crate::grid::{Element, Grid, Phases, RadialOrder, ZeroSequence};
use crate::ids::{BranchIdx, BusIdx};

impl ThreePhase {
    /// Flattens `grid` in the given `order`, which must be its own, as must be `zero`.
    pub(in crate::powerflow) fn new(grid: &Grid, order: &RadialOrder, zero: &ZeroSequence) -> ThreePhase {
        ThreePhase::with_chains(grid, order, zero, true)
    }

    /// Without `merge`, every supplied node is kept.
    pub(super) fn with_chains(grid: &Grid, order: &RadialOrder, zero: &ZeroSequence, merge: bool) -> ThreePhase {
        let build = Build::new(grid, order, zero);
        let views = chains::views(&build.tree, order.roots(), merge);
        let kept = by_level(&build.tree, &views, order.roots());
        let mut number = vec![DEAD; order.nodes()];
        kept.iter().enumerate().for_each(|(i, &n)| number[n] = i as u32);
        let mut flat = ThreePhase {
            roots: order.roots(),
            nodes: build.nodes(&views, &kept, &number),
            loads: Vec::new(),
            points: Vec::new(),
            draws: Vec::new(),
            answers: Vec::new(),
            shunt_gain: 0.0,
            branches: build.branches(&views, &number),
            buses: build.buses(&views, &number),
            injections: grid.connections.len(),
            paths: vec![0.0; grid.connections.len()],
            supplied: order.nodes(),
            bus_of_node: kept.iter().map(|&n| order.buses(n)[0]).collect(),
        };
        flat.add_loads(&build, &kept, &number);
        flat.shunt_gain = super::sweep::shunt_gain(&flat);
        flat
    }

    /// Points and loads in the order of nodes, and what the injections add to them.
    fn add_loads(&mut self, build: &Build<'_>, kept: &[usize], number: &[u32]) {
        let mut at = vec![[false; 3]; kept.len()];
        let supplied: Vec<(usize, u32, &[usize], f64)> = (build.grid.connections.iter().enumerate())
            .filter_map(|(row, connection)| {
                let node = number[build.order.node_of_bus(connection.bus)?];
                let (phases, factor) = phases(connection.phases);
                Some((row, node, phases, factor))
            })
            .collect();
        for &(_, node, phases, _) in &supplied {
            phases.iter().for_each(|&f| at[node as usize][f] = true);
        }
        for (i, &n) in kept.iter().enumerate() {
            let shunt = build.y[n] != Coupled::ZERO;
            let wanted = if shunt { [true; 3] } else { at[i] };
            self.nodes[i].drawn = wanted != [false; 3];
            if self.nodes[i].drawn {
                let mut points = [DEAD; 3];
                for f in (0..3).filter(|&f| wanted[f]) {
                    points[f] = self.points.len() as u32;
                    self.points.push(Point { node: i as u32, phase: f as u8 });
                }
                self.loads.push(Load { node: i as u32, points, y: build.y[n], shunt });
            }
        }
        let load_of: std::collections::BTreeMap<u32, usize> = self.loads.iter().enumerate().map(|(k, load)| (load.node, k)).collect();
        let mut path = vec![0.0; self.nodes.len()];
        for i in self.roots..self.nodes.len() {
            path[i] = path[self.nodes[i].parent as usize] + self.nodes[i].reach[0];
        }
        for (row, node, phases, factor) in supplied {
            self.paths[row] = factor * path[node as usize];
            let points = self.loads[load_of[&node]].points;
            let points = phases.iter().map(|&f| points[f]);
            match build.grid.responses.iter().find(|response| response.connection.i() == row) {
                None => self.draws.extend(points.map(|point| Draw { row: row as u32, point, factor })),
                Some(response) => {
                    let response = NodeResponse::new(response, node, self.buses[build.grid.connections[row].bus.i()].per_unit);
                    self.answers.push(Answer { response, points: points.collect(), factor });
                }
            }
        }
    }
}

/// Phases a connection is on, and the factor of its power on each.
fn phases(phases: Phases) -> (&'static [usize], f64) {
    match phases {
        Phases::Abc => (&[0, 1, 2], 1.0),
        Phases::A => (&[0], 3.0),
        Phases::B => (&[1], 3.0),
        Phases::C => (&[2], 3.0),
    }
}

/// Kept nodes by their distance from the root, in the order of the tree within a level; so children of a node are side by side.
fn by_level(tree: &[Whole], views: &[View], roots: usize) -> Vec<usize> {
    let mut level = vec![0_u32; tree.len()];
    let mut kept: Vec<usize> = (0..tree.len()).filter(|&n| views[n].kept == n).collect();
    for &n in kept.iter().filter(|&&n| n >= roots) {
        level[n] = level[chains::merged(tree, views, n).0] + 1;
    }
    kept.sort_by_key(|&n| level[n]);
    kept
}

/// The whole tree in the frame.
struct Build<'a> {
    grid: &'a Grid,
    order: &'a RadialOrder,
    tree: Vec<Whole>,
    /// Shunts that meet at each node.
    y: Vec<Coupled>,
    /// `c` and `u0` of each node.
    c: Vec<f64>,
    u0: Vec<f64>,
    /// Series impedance and half of the shunt of each branch of each node's element.
    folded: Vec<Vec<(Coupled, Coupled)>>,
}

impl Build<'_> {
    fn new<'a>(grid: &'a Grid, order: &'a RadialOrder, zero: &ZeroSequence) -> Build<'a> {
        let c: Vec<f64> = tree::references(grid, order).into_iter().map(|c| square(c).sqrt()).collect();
        let u0 = tree::base_voltages(grid, order);
        let blank = Whole { parent: 0, turn: None, z: Coupled::ZERO, drawn: false };
        let mut build =
            Build { grid, order, tree: vec![blank; order.nodes()], y: vec![Coupled::ZERO; order.nodes()], folded: Vec::new(), c, u0 };
        for n in 0..order.nodes() {
            let (parent, feeds) = (order.parent(n), order.feeds(n));
            let below = |forward| if forward { n } else { parent };
            let folded: Vec<_> =
                feeds.iter().map(|feed| folded(grid, zero, feed.branch, build.c[below(feed.forward)] / build.u0[n])).collect();
            for &(_, half_y) in &folded {
                build.y[n] = build.y[n].plus(half_y);
                build.y[parent] = build.y[parent].plus(half_y);
            }
            let turn = feeds.first().and_then(|feed| turn_of(grid, zero, feed.branch, feed.forward));
            build.tree[n] = Whole { parent, turn, z: together(&folded), drawn: false };
            build.folded.push(folded);
        }
        let connections = grid.connections.iter().filter_map(|connection| order.node_of_bus(connection.bus));
        connections.for_each(|n| build.tree[n].drawn = true);
        (0..order.nodes()).for_each(|n| build.tree[n].drawn |= build.y[n] != Coupled::ZERO);
        build
    }

    fn nodes(&self, views: &[View], kept: &[usize], number: &[u32]) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::with_capacity(kept.len());
        for (i, &n) in kept.iter().enumerate() {
            let root = i < self.order.roots();
            let (top, turn, z) = if root { (n, None, Coupled::ZERO) } else { chains::merged(&self.tree, views, n) };
            let at_rest = match (root, turn) {
                (true, _) => {
                    let angle_deg = self.grid.sources[self.order.source(i)].angle_deg;
                    [0.0, -120.0, 120.0].map(|phase| polar(1.0, angle_deg + phase))
                }
                (false, None) => nodes[number[top] as usize].at_rest,
                (false, Some(turn)) => turned(turn, nodes[number[top] as usize].at_rest),
            };
            let parent = number[top];
            if !root {
                let children = &mut nodes[parent as usize].children;
                *children = if children.1 == 0 { (i as u32, i as u32 + 1) } else { (children.0, i as u32 + 1) };
            }
            let turned = turn.is_some();
            let turn = turn.unwrap_or([1.0, 0.0, 0.0]);
            nodes.push(Node {
                parent,
                turned,
                drawn: false,
                children: (0, 0),
                z,
                reach: z.magnitudes(),
                turn,
                at_rest,
                angle_at_rest: at_rest.map(|[re, im]| libm::atan2(im, re)),
            });
        }
        nodes
    }

    fn buses(&self, views: &[View], number: &[u32]) -> Vec<BusView> {
        let view = |bus: usize| match self.order.node_of_bus(BusIdx::new(bus)) {
            None => BusView { node: DEAD, rest: Coupled::ZERO, per_unit: 0.0 },
            Some(n) => {
                let per_unit = self.u0[n] / (self.c[n] * self.grid.buses[bus].u_rated_v);
                BusView { node: number[views[n].kept], rest: views[n].rest, per_unit }
            }
        };
        (0..self.grid.buses.len()).map(view).collect()
    }

    fn branches(&self, views: &[View], number: &[u32]) -> Vec<Branch> {
        let mut branches = vec![Branch::UNSUPPLIED; self.grid.branches()];
        let view = |n: usize| (number[views[n].kept], views[n].rest);
        let amperes = |n: usize| self.c[n] / (self.u0[n] * 3f64.sqrt());
        for n in self.order.roots()..self.order.nodes() {
            let (parent, feeds) = (self.tree[n].parent, self.order.feeds(n));
            for (feed, &(z, half_y)) in feeds.iter().zip(&self.folded[n]) {
                let rated_a = tree::rated_currents_a(self.grid, feed.branch);
                let (at_from, at_to) = if feed.forward { (parent, n) } else { (n, parent) };
                let alone = Coupled { own: [1.0, 0.0], mutual: [0.0; 2] };
                branches[feed.branch.i()] = Branch {
                    node: number[views[n].kept],
                    carries: views[n].carrying,
                    forward: feed.forward,
                    turned: self.tree[n].turn.is_some(),
                    above: view(parent),
                    below: view(n),
                    share: if feeds.len() == 1 { alone } else { self.tree[n].z.over(z) },
                    half_y,
                    per_rated: (1.0 / rated_a.0, 1.0 / rated_a.1),
                    amperes: (amperes(at_from), amperes(at_to)),
                };
            }
        }
        branches
    }
}

/// What the element of a branch does to voltages on the way from parent to child; nothing if it is a line.
fn turn_of(grid: &Grid, zero: &ZeroSequence, branch: BranchIdx, forward: bool) -> Option<Turn> {
    let Element::Transformer(t) = grid.branch_element(branch) else { return None };
    let clock = grid.transformers[t].clock().expect("a vector group goes with its clock number");
    let m0 = match (zero.transformer(t).vector_group.passes_zero_sequence(), clock) {
        (false, _) => 0.0,
        (true, 2 | 6 | 10) => -1.0,
        (true, _) => 1.0,
    };
    Some(if forward { turn(clock, m0) } else { transposed(turn(clock, m0)) })
}

/// Series impedance and half of the shunt of a branch; `scale` is `c/u0` of its to/lv end.
fn folded(grid: &Grid, zero: &ZeroSequence, branch: BranchIdx, scale: f64) -> (Coupled, Coupled) {
    let (z_ohm, y_s) = match grid.branch_element(branch) {
        Element::Transformer(t) => {
            let (transformer, zero) = (&grid.transformers[t], zero.transformer(t));
            let (z, y) = tree::pi_of_transformer(transformer);
            let (_, u_lv_v) = transformer.effective_voltages_v();
            let base = u_lv_v * u_lv_v / transformer.rated_power_va;
            let (uk0, ur0) = (zero.uk0_pu, zero.ur0_pu);
            let z0 = [ur0 * base, (uk0 * uk0 - ur0 * ur0).max(0.0).sqrt() * base];
            let y0 = if zero.vector_group.passes_zero_sequence() { y } else { [0.0; 2] };
            (Coupled::of(z, z0), Coupled::of(y, y0))
        }
        _ => {
            let (line, zero) = (&grid.lines[branch.i()], zero.line(branch.i()));
            let z = Coupled::of([line.r_ohm, line.x_ohm], [zero.r0_ohm, zero.x0_ohm]);
            (z, Coupled::of([line.g_s, line.b_s], [zero.g0_s, zero.b0_s]))
        }
    };
    (z_ohm.times(scale * scale), y_s.times(0.5 / (scale * scale)))
}

/// Impedance of branches side by side.
fn together(folded: &[(Coupled, Coupled)]) -> Coupled {
    let one = Coupled { own: [1.0, 0.0], mutual: [0.0; 2] };
    match folded {
        [] => Coupled::ZERO,
        // Not through its admittance: a single branch may have no impedance.
        [(z, _)] => *z,
        _ => one.over(folded.iter().map(|&(z, _)| one.over(z)).fold(Coupled::ZERO, Coupled::plus)),
    }
}

/// `M·v`.
fn turned(turn: Turn, v: [Complex; 3]) -> [Complex; 3] {
    [0, 1, 2].map(|f| (0..3).fold([0.0; 2], |sum, g| add(sum, mul([turn[(f + 3 - g) % 3], 0.0], v[g]))))
}
