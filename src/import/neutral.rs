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
//! A folder with `injections_3ph.csv` in place of `injections.csv` is unbalanced and has zero-sequence data:
//!
//! | file | columns |
//! |---|---|
//! | `lines.csv` | id, name, from, to, r1_ohm, x1_ohm, c1_f, r0_ohm, x0_ohm, c0_f, i_n_a (capacitances in F, at 50 Hz) |
//! | `transformers.csv` | as above, vector_group, uk0_pu, ur0_pu |
//! | `sources.csv` | as above; sk_va, rx and z01_ratio are not read: the source is ideal |
//! | `injections_3ph.csv` | id, name, node, p_a_w, q_a_var, p_b_w, q_b_var, p_c_w, q_c_var (consumption positive) |
//!
//! Ids are kept, names only help people. Every injection becomes a connection with one asset behind it, one with different
//! power on its phases a connection a phase that has any, `ID.a`, `ID.b`, `ID.c` if there are several.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::tables::{TRANSFORMERS_ZERO, read_table};
use super::{Feeder, responses, rules, tap_changers};
use crate::asset::{AssetKind, AssetSpec};
use crate::diagnostic::Findings;
use crate::grid::{
    Bus, Connection, Grid, Line, LineZeroSequence, Phases, Places, Source, Tap, Transformer, TransformerZeroSequence, VectorGroup, check,
};
use crate::ids::{BusIdx, ConnectionIdx, EntityAddress};
use crate::profile::ProfileTable;
use crate::table::{Row, Sign, Table};
use crate::time::{SimDuration, SimTime};

/// The file that tells this form.
pub(super) const NODES: &str = "nodes.csv";
const INJECTIONS_3PH: &str = "injections_3ph.csv";
pub(super) const LINES: [&str; 8] = ["id", "from", "to", "r_ohm", "x_ohm", "b_s", "g_s", "i_n_a"];
pub(super) const LINES_3PH: [&str; 10] = ["id", "from", "to", "r1_ohm", "x1_ohm", "c1_f", "r0_ohm", "x0_ohm", "c0_f", "i_n_a"];
pub(super) const TRANSFORMERS: [&str; 11] = ["id", "hv", "lv", "sn_va", "u_hv_v", "u_lv_v", "uk_pu", "pk_w", "i0_pu", "p0_w", "shift_deg"];
pub(super) const PHASE_COLUMNS: [&str; 8] = ["id", "node", "p_a_w", "q_a_var", "p_b_w", "q_b_var", "p_c_w", "q_c_var"];
const FREQUENCY_HZ: f64 = 50.0;
const KINDS: [(&str, AssetKind); 3] = [("load", AssetKind::Load), ("gen", AssetKind::Plant), ("storage", AssetKind::Plant)];
/// EN 50160's band; the form has none of its own.
const BAND_PU: (f64, f64) = (0.9, 1.1);

/// Reads a folder in the neutral form.
///
/// # Errors
/// All findings, if one of them is an error; else they are warnings.
pub(super) fn read(dir: &Path) -> Result<(Feeder, Findings), Findings> {
    let mut findings = Findings::default();
    let unbalanced = dir.join(INJECTIONS_3PH).exists();
    let mut grid = Grid { name: dir.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()), ..Grid::default() };
    let mut places = Places::default();
    let f = &mut findings;
    let table = each(dir, NODES, &["id", "u_rated_v"], f, |row, f| {
        let (id, u_rated_v) = (row.text("id", f), row.number("u_rated_v", Sign::Positive, f));
        places.buses.push(row.location());
        grid.buses.push(Bus { id, u_rated_v, u_min_pu: BAND_PU.0, u_max_pu: BAND_PU.1, position: None });
    });
    // Where a row has no id, any name may be the one that is not there.
    let table = table.filter(|_| grid.buses.iter().all(|bus| !bus.id.is_empty()));
    let nodes: Option<Nodes> = table.map(|table| {
        let told = table.ragged_cells("id").map(|id| (id.to_owned(), u32::MAX));
        told.chain(grid.buses.iter().enumerate().map(|(i, bus)| (bus.id.clone(), BusIdx::new(i).0))).collect()
    });
    let nodes = nodes.as_ref();
    each(dir, "lines.csv", if unbalanced { &LINES_3PH } else { &LINES }, f, |row, f| {
        places.lines.push(row.location());
        grid.lines.push(line(row, unbalanced, nodes, f));
    });
    let columns = [&TRANSFORMERS[..], if unbalanced { &TRANSFORMERS_ZERO } else { &[] }].concat();
    each(dir, "transformers.csv", &columns, f, |row, f| {
        places.transformers.push(row.location());
        grid.transformers.push(transformer(row, unbalanced, nodes, f));
    });
    each(dir, "sources.csv", &["node", "u_pu", "angle_deg"], f, |row, f| {
        let (u_pu, angle_deg) = (row.number("u_pu", Sign::Positive, f), row.number("angle_deg", Sign::Any, f));
        places.sources.push(row.location());
        grid.sources.push(Source { bus: node(row, "node", nodes, f), u_pu, angle_deg });
    });
    let mut assets = Vec::new();
    let mut connect = |row: Row<'_>, f: &mut Findings, phases: Phases, asset: AssetSpec| {
        places.connections.push(row.location());
        grid.connections.push(Connection {
            id: asset.id.clone(),
            address: EntityAddress::new(format!("ean.{:018}", assets.len())),
            bus: node(row, "node", nodes, f),
            phases,
        });
        assets.push(AssetSpec { connection: ConnectionIdx::new(assets.len()), ..asset });
    };
    let injections = if unbalanced {
        each(dir, INJECTIONS_3PH, &PHASE_COLUMNS, f, |row, f| {
            by_phase(row, f).into_iter().for_each(|(phases, asset)| connect(row, f, phases, asset));
        })
    } else {
        each(dir, "injections.csv", &["id", "node", "kind", "p_w", "q_var"], f, |row, f| {
            let (id, kind) = (row.text("id", f), row.choice("kind", &KINDS, f));
            let asset = constant(id, kind, row.number("p_w", Sign::Any, f), row.number("q_var", Sign::Any, f));
            connect(row, f, Phases::Abc, asset);
        })
    };
    if injections.is_some() {
        grid.responses = responses::read(dir, &grid.connections, f);
    }
    tap_changers::read(dir, &mut grid, f);
    if injections.is_some_and(|table| table.is_empty()) {
        findings.push(rules::NO_CONNECTIONS.finding(format!("'{}' has no injections", dir.display())));
    }
    if !findings.has_errors() {
        findings.extend(check::check(&grid, &places));
    }
    let profiles = Arc::new(ProfileTable::new(SimTime(0), SimDuration::minutes(15)));
    let (zone, unknown) = ("UTC".to_owned(), String::new());
    findings.or_ok(Feeder { grid, places, assets, profiles, zone, origin: unknown.clone(), licence: unknown })
}

/// The assets of a row with power per phase: one if all phases have the same, else one a phase that has any.
fn by_phase(row: Row<'_>, f: &mut Findings) -> Vec<(Phases, AssetSpec)> {
    let id = row.text("id", f);
    let [_, _, columns @ ..] = PHASE_COLUMNS;
    let [p_a, q_a, p_b, q_b, p_c, q_c] = columns.map(|column| row.number(column, Sign::Any, f));
    let kind = |p_w: f64| if p_w < 0.0 { AssetKind::Plant } else { AssetKind::Load };
    if (p_a, q_a) == (p_b, q_b) && (p_a, q_a) == (p_c, q_c) {
        return vec![(Phases::Abc, constant(id, kind(p_a), 3.0 * p_a, 3.0 * q_a))];
    }
    let phases = [("a", Phases::A, p_a, q_a), ("b", Phases::B, p_b, q_b), ("c", Phases::C, p_c, q_c)];
    let used: Vec<_> = phases.into_iter().filter(|&(_, _, p_w, q_var)| (p_w, q_var) != (0.0, 0.0)).collect();
    let name = |phase: &str| if used.len() == 1 { id.clone() } else { format!("{id}.{phase}") };
    used.iter().map(|&(phase, phases, p_w, q_var)| (phases, constant(name(phase), kind(p_w), p_w, q_var))).collect()
}

/// An asset of constant power; its connection is found where it is connected.
fn constant(id: String, kind: AssetKind, p_nominal_w: f64, q_nominal_var: f64) -> AssetSpec {
    AssetSpec { id, connection: ConnectionIdx(0), kind, p_nominal_w, q_nominal_var, p_profile: None, q_profile: None }
}

/// Reads each row of a table whose columns are all there; what the form has beside is not looked at.
fn each(dir: &Path, file: &str, required: &[&str], findings: &mut Findings, mut row: impl FnMut(Row<'_>, &mut Findings)) -> Option<Table> {
    let table = read_table(dir, file, required, &["name", "sk_va", "rx", "z01_ratio"], findings)?;
    table.rows().for_each(|r| row(r, findings));
    Some(table)
}

fn line(row: Row<'_>, unbalanced: bool, nodes: Option<&Nodes>, f: &mut Findings) -> Line {
    let mut siemens = |column| std::f64::consts::TAU * FREQUENCY_HZ * row.number(column, Sign::Any, f);
    let (b_s, b0_s) = if unbalanced { (siemens("c1_f"), siemens("c0_f")) } else { (row.number("b_s", Sign::Any, f), 0.0) };
    let (r, x) = if unbalanced { ("r1_ohm", "x1_ohm") } else { ("r_ohm", "x_ohm") };
    Line {
        id: row.text("id", f),
        from: node(row, "from", nodes, f),
        to: node(row, "to", nodes, f),
        r_ohm: row.number(r, Sign::NotNegative, f),
        x_ohm: row.number(x, Sign::Any, f),
        b_s,
        g_s: if unbalanced { 0.0 } else { row.number("g_s", Sign::NotNegative, f) },
        rated_current_a: row.number("i_n_a", Sign::Positive, f),
        zero_sequence: unbalanced.then(|| LineZeroSequence {
            r0_ohm: row.number("r0_ohm", Sign::NotNegative, f),
            x0_ohm: row.number("x0_ohm", Sign::Any, f),
            b0_s,
            g0_s: 0.0,
        }),
    }
}

fn transformer(row: Row<'_>, unbalanced: bool, nodes: Option<&Nodes>, f: &mut Findings) -> Transformer {
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
        zero_sequence: unbalanced.then(|| TransformerZeroSequence {
            vector_group: row.choice("vector_group", &VectorGroup::NAMES, f),
            uk0_pu: row.number("uk0_pu", Sign::NotNegative, f),
            ur0_pu: row.number("ur0_pu", Sign::NotNegative, f),
        }),
    }
}

/// Row by id of the nodes; `None` where their table could not be read, so that it judges nobody.
type Nodes = BTreeMap<String, u32>;

/// The row of the node a cell names; the placeholder of an unknown one is the last index there is.
fn node(row: Row<'_>, column: &str, nodes: Option<&Nodes>, f: &mut Findings) -> BusIdx {
    let id = row.cell(column);
    let known = nodes.map_or(Some(u32::MAX), |nodes| nodes.get(id).copied());
    BusIdx(known.unwrap_or_else(|| {
        let finding = crate::grid::rules::UNKNOWN_BUS.finding(format!("there is no node '{id}' in {NODES}"));
        f.push(row.at(column, finding.help("use an id of that table")).of_name());
        u32::MAX
    }))
}
