//! From tables to a radial order: what is fused, what is refused, what lies below a branch.

use copperplate::diagnostic::Findings;
use copperplate::grid::{
    Bus, Connection, Grid, Line, Phases, Places, RadialOrder, Source, SpanningOrder, Switch, Tap, TapChanger, Transformer, check,
};
use copperplate::ids::{BranchIdx, BusIdx, EntityAddress};
use proptest::prelude::*;

pub(crate) fn bus(id: &str, u_rated_v: f64) -> Bus {
    Bus { id: id.into(), u_rated_v, u_min_pu: 0.9, u_max_pu: 1.1, position: None }
}

pub(crate) fn line(id: &str, from: usize, to: usize, r_ohm: f64, x_ohm: f64) -> Line {
    Line {
        id: id.into(),
        from: BusIdx::new(from),
        to: BusIdx::new(to),
        r_ohm,
        x_ohm,
        b_s: 0.0,
        g_s: 0.0,
        rated_current_a: 200.0,
        zero_sequence: None,
    }
}

pub(crate) fn transformer(id: &str, hv: usize, lv: usize) -> Transformer {
    Transformer {
        id: id.into(),
        hv: BusIdx::new(hv),
        lv: BusIdx::new(lv),
        rated_power_va: 400e3,
        u_hv_v: 10.2e3,
        u_lv_v: 400.0,
        uk_pu: 0.04,
        pk_w: 4600.0,
        i0_pu: 0.003,
        p0_w: 800.0,
        shift_deg: 150.0,
        tap: Tap::default(),
        zero_sequence: None,
    }
}

pub(crate) fn source(bus: usize) -> Source {
    Source { bus: BusIdx::new(bus), u_pu: 1.0, angle_deg: 0.0 }
}

pub(crate) fn connection(id: &str, bus: usize) -> Connection {
    Connection { id: id.into(), address: EntityAddress::new(format!("ean.{id}")), bus: BusIdx::new(bus), phases: Phases::Abc }
}

fn switch(id: &str, from: usize, to: usize, closed: bool) -> Switch {
    Switch { id: id.into(), from: BusIdx::new(from), to: BusIdx::new(to), closed }
}

/// ```text
/// b0 ─l0─ b1 ─l1─ b2 ─l2─ b3
///          └─l3─ b4 ~s0~ b5 ─l4─ b6      s0 closed
/// ```
fn tree() -> Grid {
    let ends = [(0, 1), (1, 2), (2, 3), (4, 1), (5, 6)];
    Grid {
        buses: (0..7).map(|i| bus(&format!("b{i}"), 400.0)).collect(),
        lines: ends.iter().enumerate().map(|(i, &(a, b))| line(&format!("l{i}"), a, b, 0.1, 0.05)).collect(),
        switches: vec![switch("s0", 4, 5, true)],
        sources: vec![source(0)],
        connections: [3, 6, 5, 1].iter().map(|&b| connection(&format!("c{b}"), b)).collect(),
        ..Grid::default()
    }
}

fn order(grid: &Grid) -> RadialOrder {
    RadialOrder::new(grid, &Places::default()).unwrap_or_else(|e| panic!("{e}")).0
}

fn refused(grid: &Grid) -> Findings {
    RadialOrder::new(grid, &Places::default()).expect_err("refused")
}

fn only(findings: &Findings) -> (&'static str, &str) {
    let [finding] = &findings.0[..] else { panic!("one finding, not {findings}") };
    (finding.code, &finding.message)
}

#[test]
fn closed_switches_fuse_and_parents_come_first() {
    let grid = tree();
    let order = order(&grid);
    assert_eq!((order.nodes(), order.roots()), (6, 1));
    assert_eq!(order.node_of_bus(BusIdx(4)), order.node_of_bus(BusIdx(5)));
    assert_eq!(order.buses(order.node_of_bus(BusIdx(5)).unwrap()), [BusIdx(4), BusIdx(5)]);
    let l3 = order.feeds(order.node_of_branch(BranchIdx(3)).unwrap());
    assert_eq!((l3.len(), l3[0].branch, l3[0].forward), (1, BranchIdx(3), false));
}

#[test]
fn downstream_is_what_a_branch_feeds() {
    let grid = tree();
    let order = order(&grid);
    let ids = |l: u32| -> Vec<String> {
        order.downstream_connections(&grid, BranchIdx(l)).iter().map(|c| grid.connections[c.i()].id.clone()).collect()
    };
    assert_eq!(ids(0), ["c3", "c6", "c5", "c1"]);
    assert_eq!(ids(1), ["c3"]);
    assert_eq!(ids(3), ["c6", "c5"]);
    assert_eq!(order.downstream_buses(BranchIdx(3)), [BusIdx(4), BusIdx(5), BusIdx(6)]);
    assert_eq!(order.downstream_buses(BranchIdx(2)), [BusIdx(3)]);
}

#[test]
fn a_loop_names_the_branch_that_closes_it() {
    let mut grid = tree();
    grid.lines.push(line("tie", 3, 6, 0.1, 0.1));
    let findings = refused(&grid);
    assert_eq!(only(&findings), ("loop", "'line:tie' closes a loop, but a congestion point needs a radial feeder"));
    grid.lines.pop();
    grid.switches.push(switch("s1", 3, 6, true));
    // The tie is a closed switch: the line that finds its ends joined is named, here the last of the loop.
    assert_eq!(only(&refused(&grid)).0, "loop");
    grid.switches[1].closed = false;
    assert_eq!(order(&grid).nodes(), 6);
}

#[test]
fn a_branch_bridged_by_a_switch_is_a_loop() {
    let mut grid = tree();
    grid.switches.push(switch("bypass", 1, 2, true));
    let findings = refused(&grid);
    assert!(only(&findings).1.starts_with("'line:l1' is bridged by closed switches"), "{findings}");
}

#[test]
fn parallel_branches_share_an_edge_if_their_ratio_is_one() {
    let mut grid = tree();
    grid.lines.push(line("twin", 2, 1, 0.3, 0.1));
    let merged = order(&grid);
    assert_eq!(merged.feeds(merged.node_of_branch(BranchIdx(1)).unwrap()).len(), 2);
    grid.lines[5].r_ohm = 0.0;
    grid.lines[5].x_ohm = 0.0;
    assert!(only(&refused(&grid)).1.contains("has no impedance"));
    let mut station = Grid {
        buses: vec![bus("hv", 10e3), bus("lv", 400.0)],
        transformers: vec![transformer("t0", 0, 1), transformer("t1", 0, 1)],
        sources: vec![source(0)],
        ..Grid::default()
    };
    assert_eq!(order(&station).feeds(1).len(), 2);
    station.transformers[1].tap = Tap { position: 1, step_pu: 0.025, ..Tap::default() };
    assert!(only(&refused(&station)).1.contains("another turns ratio"));
}

#[test]
fn islands_need_exactly_one_source() {
    let mut grid = tree();
    grid.sources.push(source(6));
    assert_eq!(only(&refused(&grid)), ("several-sources", "the sources at buses 'b0' and 'b6' supply one island"));
    grid.switches[0].closed = false;
    let two = order(&grid);
    assert_eq!((two.nodes(), two.roots(), two.source(1)), (7, 2, 1));
    grid.sources.clear();
    let findings = refused(&grid);
    assert!(findings.0.iter().any(|f| f.code == "no-source"), "{findings}");
    let mut cut = tree();
    cut.lines.remove(0);
    assert_eq!(only(&refused(&cut)), ("no-source", "no source supplies bus 'b1', 'b2', 'b3' and 3 more"));
}

#[test]
fn an_open_switch_may_leave_a_dead_part() {
    let mut grid = tree();
    grid.switches[0].closed = false;
    let (order, warnings) = RadialOrder::new(&grid, &Places::default()).unwrap();
    assert_eq!(only(&warnings), ("dead-part", "open switch 's0' leaves 2 connections without supply, at bus 'b5', 'b6'"));
    assert_eq!((order.nodes(), order.node_of_bus(BusIdx(6)), order.node_of_branch(BranchIdx(4))), (5, None, None));
    assert!(order.downstream_connections(&grid, BranchIdx(4)).is_empty());
}

#[test]
fn the_tables_rules_are_all_reported_at_once() {
    let mut grid = tree();
    grid.buses[1].id = "b0".into();
    grid.buses[2].u_rated_v = -400.0;
    grid.buses[3].u_min_pu = 1.2;
    grid.lines[0].rated_current_a = 0.0;
    grid.lines[3].r_ohm = f64::NAN;
    grid.lines[4].to = BusIdx(99);
    grid.switches.push(switch("s1", 6, 6, true));
    grid.transformers.push(Transformer { pk_w: 20e3, ..transformer("t", 0, 3) });
    grid.connections[1].address = grid.connections[0].address.clone();
    let mut codes: Vec<&str> = check::check(&grid, &Places::default()).0.iter().map(|f| f.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let expected = [
        "bad-value",
        "duplicate-id",
        "not-positive",
        "self-loop",
        "transformer-impedance",
        "unknown-bus",
        "voltage-band",
        "voltage-levels",
        "winding-voltage",
    ];
    assert_eq!(codes, expected);
    assert_eq!(check::check(&tree(), &Places::default()), Findings::default());
}

/// Sources at b0 and b3; the shortest ways go from both, so `l1` in the middle is the link, and the tie closes a loop in b0's tree.
#[test]
fn a_spanning_order_parts_trees_from_links() {
    let mut grid = tree();
    grid.sources.push(source(3));
    grid.lines.push(line("tie", 1, 6, 0.1, 0.1));
    grid.lines.push(line("twin of the tie", 6, 1, 0.3, 0.1));
    let (order, warnings) = SpanningOrder::new(&grid, &Places::default()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(warnings, Findings::default());
    let links: Vec<&[BranchIdx]> = order.links().iter().map(|link| &link.branches[..]).collect();
    assert_eq!(links, [&[BranchIdx(1)][..], &[BranchIdx(4)]], "the middle between the sources, and the far side of the ring");
    let tree = order.tree();
    assert_eq!((tree.roots(), tree.nodes(), tree.node_of_branch(BranchIdx(4))), (2, 6, None));
    let twins = tree.feeds(tree.node_of_bus(BusIdx(6)).unwrap());
    assert_eq!(twins.iter().map(|feed| (feed.branch, feed.forward)).collect::<Vec<_>>(), [(BranchIdx(5), true), (BranchIdx(6), false)]);
}

/// Twins share a branch unless a tap changer may part their ratios.
#[test]
fn a_transformer_with_a_tap_changer_stays_apart() {
    let mut station = Grid {
        buses: vec![bus("hv", 10e3), bus("lv", 400.0)],
        transformers: vec![transformer("t0", 0, 1), transformer("t1", 0, 1)],
        sources: vec![source(0)],
        ..Grid::default()
    };
    let links = |grid: &Grid| SpanningOrder::new(grid, &Places::default()).unwrap().0.links().len();
    assert_eq!(links(&station), 0);
    let changer =
        TapChanger { transformer: 1, bus: BusIdx(1), set_pu: 1.0, dead_band_pu: 0.02, delay_s: 60.0, min_position: -2, max_position: 2 };
    station.tap_changers.push(changer);
    assert_eq!(links(&station), 1);
}

#[test]
fn a_spanning_order_needs_impedance_in_every_loop_and_few_loops() {
    let refused = |grid: &Grid| SpanningOrder::new(grid, &Places::default()).expect_err("refused");
    let mut grid = tree();
    grid.lines.extend([line("a", 3, 6, 0.0, 0.0), line("b", 6, 3, 0.0, 0.0)]);
    let message = "'line:b' closes a loop without impedance, whose current is undetermined";
    assert_eq!(only(&refused(&grid)), ("loop-without-impedance", message));
    grid.lines.pop();
    assert_eq!(SpanningOrder::new(&grid, &Places::default()).unwrap().0.links().len(), 1);
    grid.sources.extend([source(3), source(6)]);
    let message = "there is no impedance between the sources at buses 'b3' and 'b6'";
    assert_eq!(only(&refused(&grid)), ("loop-without-impedance", message));
    grid.sources.clear();
    assert_eq!(only(&refused(&grid)).0, "no-source");
    let n = 66;
    let mut ring = Grid {
        buses: (0..=n).map(|i| bus(&i.to_string(), 400.0)).collect(),
        lines: (1..=n).flat_map(|i| [(0, i), (i, i % n + 1)]).enumerate().map(|(k, (a, b))| line(&k.to_string(), a, b, 0.1, 0.1)).collect(),
        sources: vec![source(0)],
        ..Grid::default()
    };
    assert_eq!(only(&refused(&ring)), ("too-many-loops", "the grid has 66 loops, the solver takes at most 64"));
    ring.lines.truncate(2 * 64);
    ring.buses.truncate(66);
    assert_eq!(SpanningOrder::new(&ring, &Places::default()).unwrap().0.links().len(), 63);
}

#[test]
fn a_long_chain_is_ordered_without_deep_recursion() {
    let n = 100_000;
    let grid = Grid {
        buses: (0..n).map(|i| bus(&i.to_string(), 400.0)).collect(),
        lines: (1..n).map(|i| line(&i.to_string(), i, i - 1, 0.1, 0.1)).collect(),
        sources: vec![source(n - 1)],
        ..Grid::default()
    };
    assert_eq!(order(&grid).downstream(BranchIdx(0)).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// In any tree, parents come first, and what lies below a branch is what a walk up to the root says.
    #[test]
    fn subtrees_are_runs_of_nodes(parents in prop::collection::vec(0.0..1.0f64, 1..60)) {
        let parent: Vec<usize> = parents.iter().enumerate().map(|(k, f)| (f * (k + 1) as f64) as usize).collect();
        let grid = Grid {
            buses: (0..=parent.len()).map(|i| bus(&i.to_string(), 400.0)).collect(),
            lines: parent.iter().enumerate().map(|(k, &p)| line(&k.to_string(), k + 1, p, 0.1, 0.1)).collect(),
            sources: vec![source(0)],
            ..Grid::default()
        };
        let order = order(&grid);
        for node in 1..order.nodes() {
            prop_assert!(order.parent(node) < node);
        }
        for branch in 0..parent.len() {
            let below = |mut b: usize| loop {
                if b == branch + 1 { return true; }
                if b == 0 { return false; }
                b = parent[b - 1];
            };
            let expected: Vec<BusIdx> = (0..=parent.len()).filter(|&b| below(b)).map(BusIdx::new).collect();
            prop_assert_eq!(order.downstream_buses(BranchIdx::new(branch)), expected);
        }
    }
}
