//! The neutral CSV form: a solver-ready grid with one constant power a node injection and no time.
//!
//! | file | columns |
//! |---|---|
//! | `nodes.csv` | id, name, u_rated_v |
//! | `lines.csv` | id, name, from, to, r_ohm, x_ohm, b_s, g_s, i_n_a |
//! | `transformers.csv` | id, name, hv, lv, sn_va, u_hv_v, u_lv_v, uk_pu, pk_w, i0_pu, p0_w, shift_deg (tap already in u_hv_v) |
//! | `sources.csv` | node, u_pu, angle_deg |
//! | `injections.csv` | id, name, node, kind (`load`, `gen` or `storage`), p_w, q_var (consumption positive) |
//! | `responses.csv` (may be absent) | loads that answer voltage, characteristics of inverters: see `responses.rs` |
//! | `tap_changers.csv` (may be absent) | transformers whose taps move on load: see `tap_changers.rs` |
//!
//! Ids are kept, names only help people. Every injection becomes a connection with one asset behind it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{Feeder, responses, rules, tap_changers};
use crate::asset::{AssetKind, AssetSpec};
use crate::diagnostic::Findings;
use crate::grid::{Bus, Connection, Grid, Line, Phases, Places, Source, Tap, Transformer, check};
use crate::ids::{BusIdx, ConnectionIdx, EntityAddress};
use crate::profile::ProfileTable;
use crate::table::{Row, Sign, Table, read_text};
use crate::time::{SimDuration, SimTime};

/// The file that tells this form.
pub(super) const NODES: &str = "nodes.csv";
const KINDS: [(&str, AssetKind); 3] = [("load", AssetKind::Load), ("gen", AssetKind::Plant), ("storage", AssetKind::Plant)];
/// EN 50160's band; the form has none of its own.
const BAND_PU: (f64, f64) = (0.9, 1.1);

/// Reads a folder in the neutral form.
///
/// # Errors
/// All findings, if one of them is an error; else they are warnings.
pub(super) fn read(dir: &Path) -> Result<(Feeder, Findings), Findings> {
    let mut findings = Findings::default();
    if dir.join("injections_3ph.csv").exists() {
        let message = format!("'{}' has loads per phase, but only balanced grids are solved", dir.display());
        return Err(rules::THREE_PHASE.finding(message).into());
    }
    let mut grid = Grid { name: dir.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()), ..Grid::default() };
    let mut places = Places::default();
    let f = &mut findings;
    each(dir, NODES, &["id", "u_rated_v"], f, |row, f| {
        let (id, u_rated_v) = (row.text("id", f), row.number("u_rated_v", Sign::Positive, f));
        places.buses.push(row.location());
        grid.buses.push(Bus { id, u_rated_v, u_min_pu: BAND_PU.0, u_max_pu: BAND_PU.1, position: None });
    });
    let nodes: BTreeMap<String, usize> = grid.buses.iter().enumerate().map(|(i, b)| (b.id.clone(), i)).collect();
    each(dir, "lines.csv", &["id", "from", "to", "r_ohm", "x_ohm", "b_s", "g_s", "i_n_a"], f, |row, f| {
        places.lines.push(row.location());
        grid.lines.push(line(row, &nodes, f));
    });
    let columns = ["id", "hv", "lv", "sn_va", "u_hv_v", "u_lv_v", "uk_pu", "pk_w", "i0_pu", "p0_w", "shift_deg"];
    each(dir, "transformers.csv", &columns, f, |row, f| {
        places.transformers.push(row.location());
        grid.transformers.push(transformer(row, &nodes, f));
    });
    each(dir, "sources.csv", &["node", "u_pu", "angle_deg"], f, |row, f| {
        let (u_pu, angle_deg) = (row.number("u_pu", Sign::Positive, f), row.number("angle_deg", Sign::Any, f));
        places.sources.push(row.location());
        grid.sources.push(Source { bus: node(row, "node", &nodes, f), u_pu, angle_deg });
    });
    let mut assets = Vec::new();
    each(dir, "injections.csv", &["id", "node", "kind", "p_w", "q_var"], f, |row, f| {
        let asset = asset(row, grid.connections.len(), f);
        places.connections.push(row.location());
        grid.connections.push(Connection {
            id: asset.id.clone(),
            address: EntityAddress::new(format!("ean.{:018}", grid.connections.len())),
            bus: node(row, "node", &nodes, f),
            phases: Phases::Abc,
        });
        assets.push(asset);
    });
    grid.responses = responses::read(dir, &grid.connections, f);
    tap_changers::read(dir, &mut grid, f);
    if assets.is_empty() {
        findings.push(rules::NO_CONNECTIONS.finding(format!("'{}' has no injections", dir.display())));
    }
    if !findings.has_errors() {
        findings.extend(check::check(&grid, &places));
    }
    let profiles = Arc::new(ProfileTable::new(SimTime(0), SimDuration::minutes(15)));
    let (zone, unknown) = ("UTC".to_owned(), String::new());
    findings.or_ok(Feeder { grid, places, assets, profiles, zone, origin: unknown.clone(), licence: unknown })
}

/// Reads each row of a table whose columns are all there; the form's `name` is not looked at.
fn each(dir: &Path, file: &str, required: &[&str], findings: &mut Findings, mut row: impl FnMut(Row<'_>, &mut Findings)) {
    let source = match read_text(&dir.join(file)) {
        Ok(source) => source,
        Err(finding) => return findings.push(finding),
    };
    let Some(table) = Table::parse(&source, b',', findings) else { return };
    if table.check_columns(required, &["name"], findings) {
        table.rows().for_each(|r| row(r, findings));
    }
}

fn line(row: Row<'_>, nodes: &BTreeMap<String, usize>, f: &mut Findings) -> Line {
    Line {
        id: row.text("id", f),
        from: node(row, "from", nodes, f),
        to: node(row, "to", nodes, f),
        r_ohm: row.number("r_ohm", Sign::NotNegative, f),
        x_ohm: row.number("x_ohm", Sign::Any, f),
        b_s: row.number("b_s", Sign::Any, f),
        g_s: row.number("g_s", Sign::NotNegative, f),
        rated_current_a: row.number("i_n_a", Sign::Positive, f),
    }
}

fn transformer(row: Row<'_>, nodes: &BTreeMap<String, usize>, f: &mut Findings) -> Transformer {
    Transformer {
        id: row.text("id", f),
        hv: node(row, "hv", nodes, f),
        lv: node(row, "lv", nodes, f),
        rated_power_va: row.number("sn_va", Sign::Positive, f),
        u_hv_v: row.number("u_hv_v", Sign::Positive, f),
        u_lv_v: row.number("u_lv_v", Sign::Positive, f),
        uk_pu: row.number("uk_pu", Sign::NotNegative, f),
        pk_w: row.number("pk_w", Sign::NotNegative, f),
        i0_pu: row.number("i0_pu", Sign::NotNegative, f),
        p0_w: row.number("p0_w", Sign::NotNegative, f),
        shift_deg: row.number("shift_deg", Sign::Any, f),
        tap: Tap::default(),
    }
}

fn asset(row: Row<'_>, connection: usize, f: &mut Findings) -> AssetSpec {
    AssetSpec {
        id: row.text("id", f),
        connection: ConnectionIdx::new(connection),
        kind: row.choice("kind", &KINDS, f),
        p_nominal_w: row.number("p_w", Sign::Any, f),
        q_nominal_var: row.number("q_var", Sign::Any, f),
        p_profile: None,
        q_profile: None,
    }
}

/// The row of the node a cell names; the placeholder of an unknown one is the last index there is.
fn node(row: Row<'_>, column: &str, nodes: &BTreeMap<String, usize>, f: &mut Findings) -> BusIdx {
    let id = row.cell(column);
    nodes.get(id).map_or_else(
        || {
            let finding = crate::grid::rules::UNKNOWN_BUS.finding(format!("there is no node '{id}'"));
            f.push(row.at(column, finding.help(format!("the ids are in {NODES}"))));
            BusIdx(u32::MAX)
        },
        |&i| BusIdx::new(i),
    )
}
