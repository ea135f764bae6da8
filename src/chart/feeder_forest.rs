//! A feeder as buses and edges, and the forest that spans it.

use crate::grid::Grid;

/// A conducting element between two buses, for the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) buses: (usize, usize),
    pub(crate) transformer: bool,
}

/// Lines, transformers and closed switches, in this order.
pub(crate) fn edges(grid: &Grid) -> Vec<Edge> {
    let edge = |a: usize, b: usize, transformer| Edge { buses: (a, b), transformer };
    let lines = grid.lines.iter().map(|l| edge(l.from.i(), l.to.i(), false));
    let transformers = grid.transformers.iter().map(|t| edge(t.hv.i(), t.lv.i(), true));
    let switches = grid.switches.iter().filter(|s| s.closed).map(|s| edge(s.from.i(), s.to.i(), false));
    lines.chain(transformers).chain(switches).collect()
}

/// A bus in the spanning forest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// Children with the columns to them.
    pub(crate) children: Vec<(usize, usize)>,
    pub(super) column: usize,
    /// Relative to the parent while placing, then absolute.
    pub(super) row: f64,
    /// Lowest and highest row by column, relative to this node, itself first.
    pub(super) outline: Vec<(f64, f64)>,
}

/// The spanning forest.
pub(crate) struct Forest {
    pub(crate) all: Vec<Node>,
    pub(crate) roots: Vec<usize>,
    /// Parents before children.
    pub(crate) order: Vec<usize>,
}

/// Columns that a transformer takes: its symbol needs the room.
pub(crate) const TRANSFORMER_HOPS: usize = 2;

/// A breadth-first spanning forest from the `sources` (then from any bus not reached).
pub(crate) fn forest(buses: usize, edges: &[Edge], sources: &[usize]) -> Forest {
    let mut near: Vec<Vec<(usize, usize)>> = vec![Vec::new(); buses];
    for e in edges {
        let hops = if e.transformer { TRANSFORMER_HOPS } else { 1 };
        near[e.buses.0].push((e.buses.1, hops));
        near[e.buses.1].push((e.buses.0, hops));
    }
    let mut forest = Forest { all: vec![Node::default(); buses], roots: Vec::new(), order: Vec::new() };
    let mut seen = vec![false; buses];
    for root in sources.iter().copied().chain(0..buses) {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        forest.roots.push(root);
        let mut head = forest.order.len();
        forest.order.push(root);
        while let Some(&i) = forest.order.get(head) {
            head += 1;
            for &(j, hops) in &near[i] {
                if !std::mem::replace(&mut seen[j], true) {
                    forest.all[i].children.push((j, hops));
                    forest.order.push(j);
                }
            }
        }
    }
    forest
}
