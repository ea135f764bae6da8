//! Nodes, lines, transformers, switches and the external net.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::Findings;
use crate::grid::{Bus, Grid, Line, Source, Switch, Tap, TapSide, Transformer};
use crate::ids::BusIdx;
use crate::import::rules;
use crate::table::{Known, Row, Sign, Table, read_text};

/// Reads a table of the data set, if its columns are all there.
pub(super) fn table(dir: &Path, file: &str, columns: &[&str], findings: &mut Findings) -> Option<Table> {
    let source = read_text(&dir.join(file)).map_err(|finding| findings.push(finding)).ok()?;
    Table::parse(&source, b';', &Known { required: columns, optional: &[], together: &[], open: true }, findings)
}

/// Whether a row is the grid's own: the first name in `subnet`.
pub(super) fn own(row: &Row<'_>, subnet: &str) -> bool {
    row.cell("subnet").split('_').next() == Some(subnet)
}

/// Whether a node or switch is the grid's own or joins it to the grid above: the second name in `subnet`.
fn own_or_above(row: &Row<'_>, subnet: &str) -> bool {
    row.cell("subnet").split('_').take(2).any(|name| name == subnet)
}

/// Bus of each SimBench node, auxiliary ones included.
pub(super) type Buses = BTreeMap<String, BusIdx>;

/// Fills `grid` but for its connections and says which bus stands for each node.
pub(super) fn read_grid(dir: &Path, subnet: &str, grid: &mut Grid, findings: &mut Findings) -> Buses {
    let f = findings;
    let coordinates = coordinates(dir, f);
    let columns = ["id", "type", "vmSetp", "vaSetp", "vmR", "vmMin", "vmMax", "coordID", "subnet"];
    let Some(nodes) = table(dir, "Node.csv", &columns, f) else { return Buses::new() };
    let nodes: Vec<Row<'_>> = nodes.rows().filter(|r| own_or_above(r, subnet)).collect();
    let Some(switches) = table(dir, "Switch.csv", &["id", "nodeA", "nodeB", "cond", "subnet"], f) else { return Buses::new() };
    let ids: BTreeSet<&str> = nodes.iter().map(|n| n.cell("id")).collect();
    // Switches of the grid above may hang on a node both share; those with an end elsewhere are not ours.
    let both_here = |s: &Row<'_>| ids.contains(s.cell("nodeA")) && ids.contains(s.cell("nodeB"));
    let switches: Vec<Row<'_>> = switches.rows().filter(|s| own_or_above(s, subnet) && both_here(s)).collect();
    let auxiliary: BTreeSet<&str> = nodes.iter().filter(|n| n.cell("type") == "auxiliary").map(|n| n.cell("id")).collect();
    let (stands_for, kept) = fuse(&switches, &auxiliary);
    let mut buses = Buses::new();
    for node in nodes.iter().filter(|n| !stands_for.contains_key(n.cell("id"))) {
        buses.insert(node.cell("id").to_owned(), BusIdx::new(grid.buses.len()));
        grid.buses.push(bus(*node, &coordinates, f));
    }
    for (auxiliary, node) in stands_for {
        let bus = buses[node];
        buses.insert(auxiliary.to_owned(), bus);
    }
    for row in kept {
        let closed = row.choice("cond", &[("1", true), ("0", false)], f);
        let (from, to) = (end(row, "nodeA", &buses, f), end(row, "nodeB", &buses, f));
        grid.switches.push(Switch { id: row.text("id", f), from, to, closed });
    }
    lines(dir, subnet, &buses, grid, f);
    transformers(dir, subnet, &buses, grid, f);
    sources(dir, subnet, &buses, &nodes, grid, f);
    buses
}

/// Which node each fused auxiliary node stands for, and the switches that remain: open ones and those between real nodes.
fn fuse<'a>(switches: &[Row<'a>], auxiliary: &BTreeSet<&str>) -> (BTreeMap<&'a str, &'a str>, Vec<Row<'a>>) {
    let (mut stands_for, mut kept) = (BTreeMap::new(), Vec::new());
    for &row in switches {
        let (a, b) = (row.cell("nodeA"), row.cell("nodeB"));
        let fused = match (auxiliary.contains(a), auxiliary.contains(b)) {
            (true, false) => Some((a, b)),
            (false, true) => Some((b, a)),
            _ => None,
        };
        match fused.filter(|(auxiliary, _)| row.cell("cond") == "1" && !stands_for.contains_key(auxiliary)) {
            Some((auxiliary, node)) => _ = stands_for.insert(auxiliary, node),
            None => kept.push(row),
        }
    }
    (stands_for, kept)
}

fn coordinates(dir: &Path, f: &mut Findings) -> BTreeMap<String, (f64, f64)> {
    let Some(table) = table(dir, "Coordinates.csv", &["id", "x", "y"], f) else { return BTreeMap::new() };
    table.rows().map(|r| (r.cell("id").to_owned(), (r.number("x", Sign::Any, f), r.number("y", Sign::Any, f)))).collect()
}

fn bus(row: Row<'_>, coordinates: &BTreeMap<String, (f64, f64)>, f: &mut Findings) -> Bus {
    Bus {
        id: row.text("id", f),
        u_rated_v: scaled(row.number("vmR", Sign::Positive, f), 1e3),
        u_min_pu: row.number("vmMin", Sign::Positive, f),
        u_max_pu: row.number("vmMax", Sign::Positive, f),
        position: coordinates.get(row.cell("coordID")).copied(),
    }
}

/// The bus of the node a cell names.
pub(super) fn end(row: Row<'_>, column: &str, buses: &Buses, f: &mut Findings) -> BusIdx {
    let id = row.cell(column);
    buses.get(id).copied().unwrap_or_else(|| {
        f.push(row.at(column, crate::grid::rules::UNKNOWN_BUS.finding(format!("there is no node '{id}' in this grid"))));
        BusIdx(u32::MAX)
    })
}

fn lines(dir: &Path, subnet: &str, buses: &Buses, grid: &mut Grid, f: &mut Findings) {
    let Some(types) = table(dir, "LineType.csv", &["id", "r", "x", "b", "iMax"], f) else { return };
    let Some(lines) = table(dir, "Line.csv", &["id", "nodeA", "nodeB", "type", "length", "subnet"], f) else { return };
    for row in lines.rows().filter(|r| own(r, subnet)) {
        let Some(kind) = type_of(row, &types, f) else { continue };
        let km = row.number("length", Sign::NotNegative, f);
        grid.lines.push(Line {
            id: row.text("id", f),
            from: end(row, "nodeA", buses, f),
            to: end(row, "nodeB", buses, f),
            r_ohm: scaled(kind.number("r", Sign::NotNegative, f), km),
            x_ohm: scaled(kind.number("x", Sign::Any, f), km),
            b_s: scaled(kind.number("b", Sign::Any, f), km * 1e-6),
            g_s: 0.0,
            rated_current_a: kind.number("iMax", Sign::Positive, f),
            zero_sequence: None,
        });
    }
}

fn transformers(dir: &Path, subnet: &str, buses: &Buses, grid: &mut Grid, f: &mut Findings) {
    let plate = ["id", "sR", "vmHV", "vmLV", "va0", "vmImp", "pCu", "pFe", "iNoLoad", "tapside", "dVm", "tapNeutr"];
    let Some(types) = table(dir, "TransformerType.csv", &plate, f) else { return };
    let columns = ["id", "nodeHV", "nodeLV", "type", "tappos", "autoTap", "subnet"];
    let Some(transformers) = table(dir, "Transformer.csv", &columns, f) else { return };
    for row in transformers.rows().filter(|r| own(r, subnet)) {
        let Some(kind) = type_of(row, &types, f) else { continue };
        let id = row.text("id", f);
        if row.cell("autoTap") == "1" {
            let message = format!("the automatic tap changer of transformer '{id}' is not modelled");
            f.push(rules::AUTO_TAP.finding(message).help(format!("it stays at position {}", row.cell("tappos"))));
        }
        grid.transformers.push(Transformer {
            id,
            hv: end(row, "nodeHV", buses, f),
            lv: end(row, "nodeLV", buses, f),
            rated_power_va: scaled(kind.number("sR", Sign::Positive, f), 1e6),
            u_hv_v: scaled(kind.number("vmHV", Sign::Positive, f), 1e3),
            u_lv_v: scaled(kind.number("vmLV", Sign::Positive, f), 1e3),
            uk_pu: scaled(kind.number("vmImp", Sign::NotNegative, f), 1e-2),
            pk_w: scaled(kind.number("pCu", Sign::NotNegative, f), 1e3),
            i0_pu: scaled(kind.number("iNoLoad", Sign::NotNegative, f), 1e-2),
            p0_w: scaled(kind.number("pFe", Sign::NotNegative, f), 1e3),
            shift_deg: kind.number("va0", Sign::Any, f),
            tap: Tap {
                side: kind.choice("tapside", &[("HV", TapSide::Hv), ("LV", TapSide::Lv)], f),
                position: row.integer("tappos", f) - kind.integer("tapNeutr", f),
                step_pu: scaled(kind.number("dVm", Sign::Any, f), 1e-2),
            },
            zero_sequence: None,
        });
    }
}

fn type_of<'a>(row: Row<'_>, types: &'a Table, f: &mut Findings) -> Option<Row<'a>> {
    let name = row.cell("type");
    let found = types.rows().find(|t| t.cell("id") == name);
    if found.is_none() {
        f.push(row.at("type", rules::UNKNOWN_TYPE.finding(format!("there is no type '{name}'"))));
    }
    found
}

fn sources(dir: &Path, subnet: &str, buses: &Buses, nodes: &[Row<'_>], grid: &mut Grid, f: &mut Findings) {
    let Some(table) = table(dir, "ExternalNet.csv", &["id", "node", "calc_type", "subnet"], f) else { return };
    for row in table.rows().filter(|r| own(r, subnet)) {
        let Some(node) = nodes.iter().find(|n| n.cell("id") == row.cell("node")) else {
            end(row, "node", buses, f);
            continue;
        };
        row.choice("calc_type", &[("vavm", ())], f);
        let (u_pu, angle_deg) = (node.number("vmSetp", Sign::Positive, f), node.number("vaSetp", Sign::Any, f));
        grid.sources.push(Source { bus: end(row, "node", buses, f), u_pu, angle_deg });
    }
}

/// A figure in a SimBench unit times `factor`, rounded to 12 significant digits: 0.0059 MW is 5900 W, not 5900.000000000001.
pub(super) fn scaled(value: f64, factor: f64) -> f64 {
    let product = value * factor;
    if product == 0.0 || !product.is_finite() { product } else { format!("{product:.11e}").parse().expect("a formatted number") }
}
