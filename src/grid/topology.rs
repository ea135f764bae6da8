//! From tables to a forest: closed switches fuse buses into *nodes*, branches join nodes, every island has one source at its
//! root, and nodes are numbered so that parents come before children.
//!
//! ```text
//! closed switches            union–find over buses                      → nodes
//! branches between one pair  a group: one edge of the graph             → edges
//! edge joins joined nodes    it closes a loop                           → `loop`
//! islands                    0 sources: `no-source` / `dead-part`, 2: `several-sources`
//! order                      roots first, then depth-first from each root: the nodes below any edge are one run of numbers
//! ```
//!
//! This order is what scenarios take: a congestion point needs a side that lies below it. Meshed grids are ordered by
//! [`super::spanning`].
//!
//! **Parallel branches** of one turns ratio are one edge and share its current in proportion to their admittances (two
//! cables side by side, two equal transformers); that needs an impedance in each. With different ratios a current
//! circulates, so they count as a loop. **Zero-length lines** stay branches: the sweep copies the voltage across them and
//! their current is known, so nothing needs fusing. **Open switches** may leave parts without supply; that is a warning, and the
//! load flow gives such buses no voltage and their connections no power.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::unionfind::UnionFind;
use petgraph::visit::Dfs;

use super::{Element, Grid, Places, rules};
use crate::diagnostic::{Finding, Findings};
use crate::ids::{BranchIdx, BusIdx, ConnectionIdx};

/// Marks what no source supplies.
const DEAD: u32 = u32::MAX;

/// A branch that feeds a node from its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// The branch.
    pub branch: BranchIdx,
    /// Whether its from/hv end is at the parent.
    pub forward: bool,
}

/// The supplied nodes of a radial grid, parents before children, or the forest of a [`super::SpanningOrder`]. Only these two make
/// one, so whoever holds one has a forest with one source a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct RadialOrder {
    /// Node of each bus, or `DEAD`.
    node_of_bus: Vec<u32>,
    /// Node each branch feeds, or `DEAD`.
    node_of_branch: Vec<u32>,
    /// Row of the source of each root; roots are nodes `0..sources.len()`.
    sources: Vec<usize>,
    /// Parent of each node; a root is its own.
    parent: Vec<u32>,
    /// One past the last node below each node that is not a root.
    end: Vec<u32>,
    /// Buses of node `i`: `buses[bus_start[i]..bus_start[i + 1]]`.
    buses: Vec<BusIdx>,
    bus_start: Vec<u32>,
    /// Branches that feed node `i`: `feeds[feed_start[i]..feed_start[i + 1]]`.
    feeds: Vec<Feed>,
    feed_start: Vec<u32>,
}

impl RadialOrder {
    /// Orders `grid`, whose tables have passed [`super::check::check`]; `places` lets findings point into files.
    ///
    /// # Errors
    /// All findings, if one of them is `no-source`, `several-sources` or `loop`; else they are warnings (`dead-part`).
    pub fn new(grid: &Grid, places: &Places) -> Result<(RadialOrder, Findings), Findings> {
        let fused = Fused::new(grid);
        let edges = edges(grid, &fused, false);
        let mut findings = Findings::default();
        no_loops(grid, places, &edges, &mut findings);
        one_source_an_island(grid, places, &fused, &edges, &mut findings);
        unsupplied_islands(grid, places, &fused, &edges, &mut findings);
        if findings.has_errors() {
            return Err(findings);
        }
        Ok((order(grid, &fused, &edges), findings))
    }

    /// Number of supplied nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.parent.len()
    }

    /// Number of roots; they are nodes `0..roots()`.
    #[must_use]
    pub fn roots(&self) -> usize {
        self.sources.len()
    }

    /// Row of the source that holds root `root`.
    #[must_use]
    pub fn source(&self, root: usize) -> usize {
        self.sources[root]
    }

    /// Parent of `node`; a root is its own.
    #[must_use]
    pub fn parent(&self, node: usize) -> usize {
        self.parent[node] as usize
    }

    /// Branches from the parent to `node`: one, or several in parallel; none for a root.
    #[must_use]
    pub fn feeds(&self, node: usize) -> &[Feed] {
        &self.feeds[self.feed_start[node] as usize..self.feed_start[node + 1] as usize]
    }

    /// Buses fused into `node`, in table order.
    #[must_use]
    pub fn buses(&self, node: usize) -> &[BusIdx] {
        &self.buses[self.bus_start[node] as usize..self.bus_start[node + 1] as usize]
    }

    /// The node of a bus; `None` without supply.
    #[must_use]
    pub fn node_of_bus(&self, bus: BusIdx) -> Option<usize> {
        live(self.node_of_bus[bus.i()])
    }

    /// The node a branch feeds; `None` without supply.
    #[must_use]
    pub fn node_of_branch(&self, branch: BranchIdx) -> Option<usize> {
        live(self.node_of_branch[branch.i()])
    }

    /// Nodes fed through `branch`, a run of numbers; empty without supply. A branch with parallels feeds what they feed.
    #[must_use]
    pub fn downstream(&self, branch: BranchIdx) -> Range<usize> {
        self.node_of_branch(branch).map_or(0..0, |n| n..self.end[n] as usize)
    }

    /// Buses fed through `branch`, in table order.
    #[must_use]
    pub fn downstream_buses(&self, branch: BranchIdx) -> Vec<BusIdx> {
        let nodes = self.downstream(branch);
        (0..self.node_of_bus.len()).filter(|&b| nodes.contains(&(self.node_of_bus[b] as usize))).map(BusIdx::new).collect()
    }

    /// Connections fed through `branch`, in table order: those a congestion point on it concerns.
    #[must_use]
    pub fn downstream_connections(&self, grid: &Grid, branch: BranchIdx) -> Vec<ConnectionIdx> {
        let nodes = self.downstream(branch);
        let below = |c: &usize| nodes.contains(&(self.node_of_bus[grid.connections[*c].bus.i()] as usize));
        (0..grid.connections.len()).filter(below).map(ConnectionIdx::new).collect()
    }
}

fn live(node: u32) -> Option<usize> {
    (node != DEAD).then_some(node as usize)
}

/// Buses joined by closed switches; the representative bus stands for its node until nodes are numbered.
pub(super) struct Fused(Vec<usize>);

impl Fused {
    pub(super) fn new(grid: &Grid) -> Fused {
        let mut sets = UnionFind::<usize>::new(grid.buses.len());
        for s in grid.switches.iter().filter(|s| s.closed) {
            sets.union(s.from.i(), s.to.i());
        }
        Fused(sets.into_labeling())
    }

    pub(super) fn of(&self, bus: BusIdx) -> usize {
        self.0[bus.i()]
    }
}

/// Branches between one pair of fused buses that share their current by their admittances; `ends` are those of the first
/// branch, from/hv first.
pub(super) struct Edge {
    pub(super) ends: (usize, usize),
    pub(super) branches: Vec<BranchIdx>,
}

/// Groups branches into edges, in the order of the tables. With `taps_move` transformers with a tap changer stay apart, because
/// their ratios may part.
pub(super) fn edges(grid: &Grid, fused: &Fused, taps_move: bool) -> Vec<Edge> {
    let moves = |branch| match grid.branch_element(branch) {
        Element::Transformer(t) => taps_move && grid.tap_changers.iter().any(|changer| changer.transformer == t),
        _ => false,
    };
    let mut of_pair = BTreeMap::<(usize, usize), Vec<usize>>::new();
    let mut edges = Vec::<Edge>::new();
    for branch in (0..grid.branches()).map(BranchIdx::new) {
        let (from, to) = grid.branch_buses(branch);
        let ends = (fused.of(from), fused.of(to));
        let beside = of_pair.entry((ends.0.min(ends.1), ends.0.max(ends.1))).or_default();
        let joins = |&&edge: &&usize| {
            let first = edges[edge].branches[0];
            !moves(first) && !moves(branch) && parallel(grid, first, branch, edges[edge].ends == ends).is_ok()
        };
        match beside.iter().find(joins) {
            Some(&edge) => edges[edge].branches.push(branch),
            None => {
                beside.push(edges.len());
                edges.push(Edge { ends, branches: vec![branch] });
            }
        }
    }
    edges
}

/// Reports edges that close a loop.
fn no_loops(grid: &Grid, places: &Places, edges: &[Edge], findings: &mut Findings) {
    let mut joined = UnionFind::<usize>::new(grid.buses.len());
    let mut first_of_pair = BTreeMap::<(usize, usize), &Edge>::new();
    for edge in edges {
        let pair = (edge.ends.0.min(edge.ends.1), edge.ends.0.max(edge.ends.1));
        if joined.union(pair.0, pair.1) {
            first_of_pair.insert(pair, edge);
            continue;
        }
        for &branch in &edge.branches {
            let name = grid.branch_name(branch);
            let (message, help) = if pair.0 == pair.1 {
                (format!("'{name}' is bridged by closed switches"), "open one of these switches, or remove the branch")
            } else if let Some(first) = first_of_pair.get(&pair) {
                let beside = first.branches[0];
                let why = parallel(grid, beside, branch, first.ends == edge.ends).err().unwrap_or_default();
                (format!("'{name}' is parallel to '{}' {why}", grid.branch_name(beside)), "merge them into one branch")
            } else {
                (format!("'{name}' closes a loop"), "open a switch or remove a branch along the loop")
            };
            let finding = rules::LOOP.finding(message + ", but a congestion point needs a radial feeder").help(help);
            findings.push(Finding { location: places.of(grid.branch_element(branch)).cloned(), ..finding });
        }
    }
}

/// Whether a branch joins its ends outright.
pub(super) fn no_impedance(grid: &Grid, branch: BranchIdx) -> bool {
    match grid.branch_element(branch) {
        Element::Line(l) => grid.lines[l].r_ohm == 0.0 && grid.lines[l].x_ohm == 0.0,
        Element::Transformer(t) => grid.transformers[t].uk_pu == 0.0,
        _ => false,
    }
}

/// Whether two branches between the same nodes can share one edge: same turns ratio, an impedance in each.
fn parallel(grid: &Grid, first: BranchIdx, second: BranchIdx, same_direction: bool) -> Result<(), &'static str> {
    if no_impedance(grid, first) || no_impedance(grid, second) {
        return Err("and one of them has no impedance");
    }
    let turns = |b| match grid.branch_element(b) {
        Element::Transformer(t) => Some((grid.transformers[t].effective_voltages_v(), grid.transformers[t].shift_deg)),
        _ => None,
    };
    match (turns(first), turns(second)) {
        (None, None) => Ok(()),
        (Some(((hv_a, lv_a), shift_a)), Some(((hv_b, lv_b), shift_b))) => {
            let same_ratio = (hv_a * lv_b - hv_b * lv_a).abs() <= 1e-12 * hv_a * lv_b;
            if same_direction && same_ratio && shift_a == shift_b { Ok(()) } else { Err("with another turns ratio") }
        }
        _ => Err("with another turns ratio"),
    }
}

/// Which island each bus is in, as a label.
fn islands(grid: &Grid, fused: &Fused, edges: &[Edge]) -> Vec<usize> {
    let mut sets = UnionFind::<usize>::new(grid.buses.len());
    for (bus, &node) in fused.0.iter().enumerate() {
        sets.union(bus, node);
    }
    for edge in edges {
        sets.union(edge.ends.0, edge.ends.1);
    }
    sets.into_labeling()
}

/// Reports islands with several sources.
fn one_source_an_island(grid: &Grid, places: &Places, fused: &Fused, edges: &[Edge], findings: &mut Findings) {
    let island = islands(grid, fused, edges);
    let mut source_of = BTreeMap::<usize, usize>::new();
    for (row, source) in grid.sources.iter().enumerate() {
        if let Some(&first) = source_of.get(&island[source.bus.i()]) {
            let bus = |s: usize| &grid.buses[grid.sources[s].bus.i()].id;
            let message = format!("the sources at buses '{}' and '{}' supply one island", bus(first), bus(row));
            let finding = rules::SEVERAL_SOURCES.finding(message).help("keep one, or open a switch between them");
            findings.push(Finding { location: places.of(Element::Source(row)).cloned(), ..finding });
        } else {
            source_of.insert(island[source.bus.i()], row);
        }
    }
}

/// Reports islands without a source.
pub(super) fn unsupplied_islands(grid: &Grid, places: &Places, fused: &Fused, edges: &[Edge], findings: &mut Findings) {
    let island = islands(grid, fused, edges);
    let supplied: BTreeSet<usize> = grid.sources.iter().map(|source| island[source.bus.i()]).collect();
    let mut dead = BTreeMap::<usize, Vec<usize>>::new();
    for (bus, island) in island.iter().enumerate().filter(|(_, island)| !supplied.contains(island)) {
        dead.entry(*island).or_default().push(bus);
    }
    // A branch that is missing may leave many parts behind.
    findings.extend(Findings(dead.values().map(|buses| unsupplied(grid, places, buses).of_row()).collect()).gathered());
}

/// The finding for an island without a source: an error, unless an open switch explains it.
fn unsupplied(grid: &Grid, places: &Places, buses: &[usize]) -> Finding {
    let named: Vec<String> = buses.iter().take(3).map(|&b| format!("'{}'", grid.buses[b].id)).collect();
    let more = if buses.len() > 3 { format!(" and {} more", buses.len() - 3) } else { String::new() };
    let list = format!("{}{more}", named.join(", "));
    let within = |bus: BusIdx| buses.binary_search(&bus.i()).is_ok();
    let connections = grid.connections.iter().filter(|c| within(c.bus)).count();
    let opened = grid.switches.iter().position(|s| !s.closed && !grid.sources.is_empty() && within(s.from) != within(s.to));
    let (finding, element) = match opened {
        Some(switch) => {
            let id = &grid.switches[switch].id;
            let message = format!("open switch '{id}' leaves {connections} connections without supply, at bus {list}");
            (rules::DEAD_PART.finding(message).help("the load flow leaves their power out"), Element::Switch(switch))
        }
        None => {
            let message = format!("no source supplies bus {list}");
            (
                rules::NO_SOURCE.finding(message).help(
                    "add the missing branch (lines.csv, transformers.csv, switches.csv) or a source (sources.csv), or remove the buses",
                ),
                Element::Bus(buses[0]),
            )
        }
    };
    Finding { location: places.of(element).cloned(), ..finding }
}

/// Numbers the supplied nodes. The supplied part of the graph is a forest by now, so the parent of a node is its only neighbour with a number.
pub(super) fn order(grid: &Grid, fused: &Fused, edges: &[Edge]) -> RadialOrder {
    let mut graph = UnGraph::<(), usize>::with_capacity(grid.buses.len(), edges.len());
    for _ in &grid.buses {
        graph.add_node(());
    }
    for (i, edge) in edges.iter().enumerate() {
        graph.add_edge(NodeIndex::new(edge.ends.0), NodeIndex::new(edge.ends.1), i);
    }
    let mut number = vec![DEAD; grid.buses.len()];
    let mut nodes: Vec<usize> = grid.sources.iter().map(|s| fused.of(s.bus)).collect();
    for (i, &root) in nodes.iter().enumerate() {
        number[root] = i as u32;
    }
    let roots = nodes.len();
    let mut feeding = vec![usize::MAX; roots];
    let mut parent: Vec<u32> = (0..roots as u32).collect();
    let mut dfs = Dfs::empty(&graph);
    for root in 0..roots {
        dfs.move_to(NodeIndex::new(nodes[root]));
        while let Some(at) = dfs.next(&graph) {
            if number[at.index()] != DEAD {
                continue;
            }
            let up = graph.edges(at).find(|e| number[other(e, at)] != DEAD).expect("a tree below its root");
            parent.push(number[other(&up, at)]);
            feeding.push(*up.weight());
            number[at.index()] = nodes.len() as u32;
            nodes.push(at.index());
        }
    }
    assemble(grid, fused, edges, &number, &feeding, parent)
}

pub(super) fn other(edge: &petgraph::graph::EdgeReference<'_, usize>, at: NodeIndex) -> usize {
    use petgraph::visit::EdgeRef;
    if edge.source() == at { edge.target().index() } else { edge.source().index() }
}

/// Fills the tables of [`RadialOrder`] from the numbers of the fused buses and the edge that feeds each node.
fn assemble(grid: &Grid, fused: &Fused, edges: &[Edge], number: &[u32], feeding: &[usize], parent: Vec<u32>) -> RadialOrder {
    let nodes = parent.len();
    let node_of_bus: Vec<u32> = fused.0.iter().map(|&f| number[f]).collect();
    let mut buses: Vec<BusIdx> = (0..grid.buses.len()).map(BusIdx::new).filter(|b| node_of_bus[b.i()] != DEAD).collect();
    buses.sort_by_key(|b| (node_of_bus[b.i()], *b));
    let bus_start = (0..=nodes).map(|n| buses.partition_point(|b| (node_of_bus[b.i()] as usize) < n) as u32).collect();
    let mut node_of_branch = vec![DEAD; grid.branches()];
    let (mut feeds, mut feed_start) = (Vec::with_capacity(grid.branches()), vec![0]);
    for node in 0..nodes {
        for &branch in edges.get(feeding[node]).map_or(&[][..], |e| &e.branches) {
            node_of_branch[branch.i()] = node as u32;
            let from = grid.branch_buses(branch).0;
            feeds.push(Feed { branch, forward: node_of_bus[from.i()] == parent[node] });
        }
        feed_start.push(feeds.len() as u32);
    }
    let mut end: Vec<u32> = (1..=nodes as u32).collect();
    for node in (0..nodes).rev() {
        let up = parent[node] as usize;
        end[up] = end[up].max(end[node]);
    }
    RadialOrder {
        node_of_bus,
        node_of_branch,
        sources: (0..grid.sources.len()).collect(),
        parent,
        end,
        buses,
        bus_start,
        feeds,
        feed_start,
    }
}
