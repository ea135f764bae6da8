//! From tables to a spanning forest and *links*, for grids with closed loops or several sources in an island.
//!
//! ```text
//! roots    every source is the root of a tree
//! trees    breadth first from all roots at once: a node belongs to the source it reaches over the fewest branches,
//!          so that loops are short
//! links    supplied branches in no tree: each closes a loop, or joins the trees of two sources
//! ```
//!
//! Parallel branches of one turns ratio stay together, in a tree or as one link; with another ratio, or with a tap changer that may
//! give them one, they are a link of their own, and so is a branch whose ends closed switches fuse. A loop needs an impedance somewhere, or its current would be
//! undetermined; a way without impedance from source to source is such a loop.

use std::collections::{BTreeMap, VecDeque};

use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::unionfind::UnionFind;

use super::topology::{Edge, Fused, edges, no_impedance, order, other, unsupplied_islands};
use super::{Element, Grid, Places, RadialOrder, rules};
use crate::diagnostic::{Finding, Findings};
use crate::ids::BranchIdx;

/// Most links that are solved. Each takes a share in every other one's current, so the work grows with their square: 64 links
/// weigh as much as some thousand nodes.
pub const MAX_LINKS: usize = 64;

/// Branches side by side that close a loop: one, or several of one turns ratio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The branches, in table order; never empty. The first one's from/hv end is the link's.
    pub branches: Vec<BranchIdx>,
}

/// The supplied nodes of a grid, meshed or not: a forest with a source at each root, and the links beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanningOrder {
    tree: RadialOrder,
    links: Vec<Link>,
}

impl SpanningOrder {
    /// Orders `grid`, whose tables have passed [`super::check::check`]; `places` lets findings point into files.
    ///
    /// # Errors
    /// All findings, if one of them is `no-source`, `loop-without-impedance` or `too-many-loops`; else they are warnings
    /// (`dead-part`).
    pub fn new(grid: &Grid, places: &Places) -> Result<(SpanningOrder, Findings), Findings> {
        let fused = Fused::new(grid);
        let edges = edges(grid, &fused, true);
        let mut findings = Findings::default();
        loops_without_impedance(grid, places, &fused, &edges, &mut findings);
        unsupplied_islands(grid, places, &fused, &edges, &mut findings);
        if findings.has_errors() {
            return Err(findings);
        }
        let (tree, links) = span(grid, &fused, edges);
        if links.len() > MAX_LINKS {
            let first = links[MAX_LINKS].branches[0];
            let message = format!("the grid has {} loops, the solver takes at most {MAX_LINKS}", links.len());
            let finding = rules::TOO_MANY_LOOPS.finding(message).help("open switches, or remove branches along loops");
            findings.push(Finding { location: places.of(grid.branch_element(first)).cloned(), ..finding });
            return Err(findings);
        }
        Ok((SpanningOrder { tree: order(grid, &fused, &tree), links }, findings))
    }

    /// The forest, in which a source that shares its island with others has a tree of its own.
    #[must_use]
    pub fn tree(&self) -> &RadialOrder {
        &self.tree
    }

    /// What closes the loops; none if the grid is radial.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }
}

/// Reports branches without impedance that close a loop among themselves, and sources they join.
fn loops_without_impedance(grid: &Grid, places: &Places, fused: &Fused, edges: &[Edge], findings: &mut Findings) {
    let mut joined = UnionFind::<usize>::new(grid.buses.len());
    for edge in edges.iter().filter(|edge| no_impedance(grid, edge.branches[0])) {
        let branch = edge.branches[0];
        if !joined.union(edge.ends.0, edge.ends.1) {
            let message = format!("'{}' closes a loop without impedance, whose current is undetermined", grid.branch_name(branch));
            let finding = rules::LOOP_WITHOUT_IMPEDANCE.finding(message).help("give one of its branches an impedance, or remove it");
            findings.push(Finding { location: places.of(grid.branch_element(branch)).cloned(), ..finding });
        }
    }
    let mut source_at = BTreeMap::<usize, usize>::new();
    for (row, source) in grid.sources.iter().enumerate() {
        if let Some(first) = source_at.insert(joined.find(fused.of(source.bus)), row) {
            let bus = |s: usize| &grid.buses[grid.sources[s].bus.i()].id;
            let message = format!("there is no impedance between the sources at buses '{}' and '{}'", bus(first), bus(row));
            let finding = rules::LOOP_WITHOUT_IMPEDANCE.finding(message).help("keep one source, or add the impedance between them");
            findings.push(Finding { location: places.of(Element::Source(row)).cloned(), ..finding });
        }
    }
}

/// Parts `edges` into those of the trees and, if they are supplied, links; both keep their order.
fn span(grid: &Grid, fused: &Fused, edges: Vec<Edge>) -> (Vec<Edge>, Vec<Link>) {
    let mut graph = UnGraph::<(), usize>::with_capacity(grid.buses.len(), edges.len());
    for _ in &grid.buses {
        graph.add_node(());
    }
    for (i, edge) in edges.iter().enumerate() {
        graph.add_edge(NodeIndex::new(edge.ends.0), NodeIndex::new(edge.ends.1), i);
    }
    let mut reached = vec![false; grid.buses.len()];
    let mut in_tree = vec![false; edges.len()];
    let mut front: VecDeque<NodeIndex> = grid.sources.iter().map(|s| NodeIndex::new(fused.of(s.bus))).collect();
    front.iter().for_each(|root| reached[root.index()] = true);
    while let Some(at) = front.pop_front() {
        for edge in graph.edges(at) {
            let beyond = other(&edge, at);
            if !std::mem::replace(&mut reached[beyond], true) {
                in_tree[*edge.weight()] = true;
                front.push_back(NodeIndex::new(beyond));
            }
        }
    }
    let (mut tree, mut links) = (Vec::new(), Vec::new());
    for (edge, in_tree) in edges.into_iter().zip(in_tree) {
        if in_tree {
            tree.push(edge);
        } else if reached[edge.ends.0] {
            links.push(Link { branches: edge.branches });
        }
    }
    (tree, links)
}
