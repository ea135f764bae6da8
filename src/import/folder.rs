//! Our feeder folder: `feeder.toml`, one CSV a table, and the profiles.
//!
//! | file | columns |
//! |---|---|
//! | `buses.csv` | id, u_rated_v, u_min_pu, u_max_pu, [x, y] |
//! | `lines.csv` | id, from, to, r_ohm, x_ohm, b_s, g_s, rated_current_a, [r0_ohm, x0_ohm, b0_s, g0_s] (whole line, half of the shunt at each end) |
//! | `transformers.csv` | id, hv, lv, rated_power_va, u_hv_v, u_lv_v, uk_pu, pk_w, i0_pu, p0_w, shift_deg, tap_side, tap_position, tap_step_pu, [vector_group, uk0_pu, ur0_pu] |
//! | `switches.csv` (may be absent) | id, from, to, closed |
//! | `sources.csv` | bus, u_pu, angle_deg |
//! | `connections.csv` | id, address, bus, [phases] |
//! | `responses.csv` (may be absent) | loads that answer voltage, characteristics of inverters: see `responses.rs` |
//! | `tap_changers.csv` (may be absent) | transformers whose taps move on load: see `tap_changers.rs` |
//! | `assets.csv` | id, connection, kind, p_nominal_w, q_nominal_var, [p_profile, q_profile] |
//! | `profiles.parquet` or `profiles.csv` (may be absent) | one column a profile |
//!
//! Rows refer to each other by id. Columns in brackets may be absent or their cells empty; of zero-sequence data, which the
//! unbalanced load flow needs, all or none.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::meta::{self, Meta};
use super::tables::{SIDES, TRANSFORMERS_ZERO, read_known, read_table};
use super::{Feeder, responses, rules, tap_changers};
use crate::asset::{AssetKind, AssetSpec};
use crate::diagnostic::{Findings, Location, SHOWN_OF_A_KIND, nearest, quoted_list};
use crate::grid::{
    Bus, Connection, Grid, Line, LineZeroSequence, Phases, Places, Source, Switch, Tap, Transformer, TransformerZeroSequence, VectorGroup,
    check,
};
use crate::ids::{BusIdx, ConnectionIdx, EntityAddress, ProfileIdx};
use crate::profile::{ProfileTable, read_csv, read_parquet};
use crate::table::{Known, Row, Sign, Table, read_text};

pub(super) const BUSES: [&str; 4] = ["id", "u_rated_v", "u_min_pu", "u_max_pu"];
pub(super) const LINES: [&str; 8] = ["id", "from", "to", "r_ohm", "x_ohm", "b_s", "g_s", "rated_current_a"];
pub(super) const TRANSFORMERS: [&str; 14] = [
    "id",
    "hv",
    "lv",
    "rated_power_va",
    "u_hv_v",
    "u_lv_v",
    "uk_pu",
    "pk_w",
    "i0_pu",
    "p0_w",
    "shift_deg",
    "tap_side",
    "tap_position",
    "tap_step_pu",
];
pub(super) const LINES_ZERO: [&str; 4] = ["r0_ohm", "x0_ohm", "b0_s", "g0_s"];
pub(super) const SWITCHES: [&str; 4] = ["id", "from", "to", "closed"];
pub(super) const SOURCES: [&str; 3] = ["bus", "u_pu", "angle_deg"];
pub(super) const CONNECTIONS: [&str; 3] = ["id", "address", "bus"];
pub(super) const ASSETS: [&str; 5] = ["id", "connection", "kind", "p_nominal_w", "q_nominal_var"];
pub(super) const PARQUET: &str = "profiles.parquet";
const CSV: &str = "profiles.csv";
/// As we write them, and as spreadsheets and other programs do.
const CLOSED: [(&str, bool); 8] =
    [("true", true), ("false", false), ("True", true), ("False", false), ("TRUE", true), ("FALSE", false), ("1", true), ("0", false)];
const PHASES: [(&str, Phases); 4] = [("abc", Phases::Abc), ("a", Phases::A), ("b", Phases::B), ("c", Phases::C)];

/// Reads a folder in our form.
///
/// # Errors
/// All findings, if one of them is an error; else they are warnings.
pub(super) fn read(dir: &Path) -> Result<(Feeder, Findings), Findings> {
    let mut r = Reader { dir, findings: Findings::default(), grid: Grid::default(), places: Places::default() };
    let meta = meta::read(dir, &mut r.findings);
    let buses = r.buses();
    r.branches(buses.as_ref());
    r.sources(buses.as_ref());
    let connections = r.connections(buses.as_ref());
    if connections.is_some() {
        r.grid.responses = responses::read(dir, &r.grid.connections, &mut r.findings);
    }
    tap_changers::read(dir, &mut r.grid, &mut r.findings);
    let profiles = meta.as_ref().and_then(|m| r.profiles(m));
    let assets = r.assets(connections.as_ref(), profiles.as_ref());
    let Reader { mut findings, mut grid, places, .. } = r;
    if !findings.has_errors() {
        findings.extend(check::check(&grid, &places));
    }
    let (Some(meta), Some(profiles)) = (meta, profiles) else { return Err(findings) };
    grid.name = meta.name;
    let feeder = Feeder { grid, places, assets, profiles: Arc::new(profiles), zone: meta.zone, origin: meta.origin, licence: meta.licence };
    findings.or_ok(feeder)
}

/// Row by id; the first of several, duplicates are reported elsewhere. Ids of rows of the wrong length have the placeholder. `None`
/// where a row has no id, because any name may be the one that is not there.
fn index<'a>(ids: impl Iterator<Item = &'a str>, table: &Table) -> Option<Rows> {
    let mut map = Rows::new();
    for (row, id) in ids.enumerate() {
        if id.is_empty() {
            return None;
        }
        map.entry(id.to_owned()).or_insert(BusIdx::new(row).0);
    }
    for id in table.ragged_cells("id") {
        map.entry(id.to_owned()).or_insert(u32::MAX);
    }
    Some(map)
}

/// Row by id.
type Rows = BTreeMap<String, u32>;

struct Reader<'a> {
    dir: &'a Path,
    findings: Findings,
    grid: Grid,
    places: Places,
}

impl Reader<'_> {
    /// A table whose required columns are all there.
    fn table(&mut self, file: &str, required: &[&str], optional: &[&str]) -> Option<Table> {
        read_table(self.dir, file, required, optional, &mut self.findings)
    }

    /// The buses, by id for those that refer to them; `None` when their table could not be read, so that it judges nobody.
    fn buses(&mut self) -> Option<Rows> {
        let known = Known { together: &["x", "y"], ..Known::columns(&BUSES, &[]) };
        let table = read_known(self.dir, "buses.csv", &known, &mut self.findings)?;
        if table.is_empty() {
            let finding = crate::grid::rules::UNKNOWN_BUS.finding("the feeder has no buses").at(table.source(), table.header_span());
            self.findings.push(finding.help("write one row per bus below the header"));
            return None;
        }
        let f = &mut self.findings;
        for row in table.rows() {
            let position = match (row.optional("x"), row.optional("y")) {
                (None, None) => None,
                _ => Some((row.number("x", Sign::Any, f), row.number("y", Sign::Any, f))),
            };
            self.places.buses.push(row.location());
            self.grid.buses.push(Bus {
                id: row.text("id", f),
                u_rated_v: row.number("u_rated_v", Sign::Positive, f),
                u_min_pu: row.number("u_min_pu", Sign::NotNegative, f),
                u_max_pu: row.number("u_max_pu", Sign::Positive, f),
                position,
            });
        }
        index(self.grid.buses.iter().map(|bus| bus.id.as_str()), &table)
    }

    fn branches(&mut self, buses: Option<&Rows>) {
        if let Some(table) = self.table("lines.csv", &LINES, &LINES_ZERO) {
            for row in table.rows() {
                self.places.lines.push(row.location());
                self.grid.lines.push(line(row, buses, &mut self.findings));
            }
        }
        if let Some(table) = self.table("transformers.csv", &TRANSFORMERS, &TRANSFORMERS_ZERO) {
            for row in table.rows() {
                self.places.transformers.push(row.location());
                self.grid.transformers.push(transformer(row, buses, &mut self.findings));
            }
        }
        if !self.dir.join("switches.csv").exists() {
            return;
        }
        if let Some(table) = self.table("switches.csv", &SWITCHES, &[]) {
            let f = &mut self.findings;
            for row in table.rows() {
                let (from, to) = (bus(row, "from", buses, f), bus(row, "to", buses, f));
                let closed = row.choice("closed", &CLOSED, f);
                self.places.switches.push(row.location());
                self.grid.switches.push(Switch { id: row.text("id", f), from, to, closed });
            }
        }
    }

    fn sources(&mut self, buses: Option<&Rows>) {
        let Some(table) = self.table("sources.csv", &SOURCES, &[]) else { return };
        let f = &mut self.findings;
        for row in table.rows() {
            let (u_pu, angle_deg) = (row.number("u_pu", Sign::Positive, f), row.number("angle_deg", Sign::Any, f));
            self.places.sources.push(row.location());
            self.grid.sources.push(Source { bus: bus(row, "bus", buses, f), u_pu, angle_deg });
        }
    }

    /// The connections, as [`Reader::buses`].
    fn connections(&mut self, buses: Option<&Rows>) -> Option<Rows> {
        let table = self.table("connections.csv", &CONNECTIONS, &["phases"])?;
        let f = &mut self.findings;
        for row in table.rows() {
            let phases = if row.optional("phases").is_some() { row.choice("phases", &PHASES, f) } else { Phases::Abc };
            self.places.connections.push(row.location());
            self.grid.connections.push(Connection {
                id: row.text("id", f),
                address: EntityAddress::new(row.text("address", f)),
                bus: bus(row, "bus", buses, f),
                phases,
            });
        }
        if table.is_empty() {
            let finding = rules::NO_CONNECTIONS.finding("the feeder has no connections").at(table.source(), table.header_span());
            f.push(finding.help("write one row per connection below the header"));
        }
        index(self.grid.connections.iter().map(|connection| connection.id.as_str()), &table).filter(|rows| !rows.is_empty())
    }

    /// The profiles, without columns when there is no file; `None` when they are bad.
    fn profiles(&mut self, meta: &Meta) -> Option<ProfileTable> {
        let (parquet, csv) = (self.dir.join(PARQUET), self.dir.join(CSV));
        let read = match (parquet.exists(), csv.exists()) {
            (true, true) => {
                let message = format!("'{}' holds both {PARQUET} and {CSV}", self.dir.display());
                Err(rules::TWO_PROFILES.finding(message).help("keep one of them").into())
            }
            (true, false) => read_parquet(&parquet, meta.start, meta.step).map(|profiles| (profiles, Findings::default())),
            (false, true) => read_text(&csv).map_err(Findings::from).and_then(|source| read_csv(&source, meta.start, meta.step)),
            (false, false) => Ok((ProfileTable::new(meta.start, meta.step), Findings::default())),
        };
        let (profiles, found) = read.map_or_else(|found| (None, found), |(profiles, odd)| (Some(profiles), odd));
        self.findings.extend(found);
        profiles
    }

    fn assets(&mut self, connections: Option<&Rows>, profiles: Option<&ProfileTable>) -> Vec<AssetSpec> {
        let Some(table) = self.table("assets.csv", &ASSETS, &["p_profile", "q_profile"]) else { return Vec::new() };
        let mut seen = BTreeMap::<String, Location>::new();
        let mut assets = Vec::new();
        let f = &mut self.findings;
        for row in table.rows() {
            let id = row.text("id", f);
            if seen.insert(id.clone(), row.location()).is_some() && !id.is_empty() {
                f.push(
                    row.at("id", crate::grid::rules::DUPLICATE_ID.finding(format!("asset '{id}' appears twice")).help("give each its own")),
                );
            }
            assets.push(AssetSpec {
                id,
                connection: ConnectionIdx(reference(row, "connection", "connection", "connections.csv", connections, f)),
                kind: row.choice("kind", &AssetKind::NAMES, f),
                p_nominal_w: row.number("p_nominal_w", Sign::Any, f),
                q_nominal_var: row.number("q_nominal_var", Sign::Any, f),
                p_profile: profile(row, "p_profile", profiles, f),
                q_profile: profile(row, "q_profile", profiles, f),
            });
        }
        assets
    }
}

fn line(row: Row<'_>, buses: Option<&Rows>, f: &mut Findings) -> Line {
    Line {
        id: row.text("id", f),
        from: bus(row, "from", buses, f),
        to: bus(row, "to", buses, f),
        r_ohm: row.number("r_ohm", Sign::NotNegative, f),
        x_ohm: row.number("x_ohm", Sign::Any, f),
        b_s: row.number("b_s", Sign::Any, f),
        g_s: row.number("g_s", Sign::NotNegative, f),
        rated_current_a: row.number("rated_current_a", Sign::Positive, f),
        zero_sequence: given(row, &LINES_ZERO, f).then(|| LineZeroSequence {
            r0_ohm: row.number("r0_ohm", Sign::NotNegative, f),
            x0_ohm: row.number("x0_ohm", Sign::Any, f),
            b0_s: row.number("b0_s", Sign::Any, f),
            g0_s: row.number("g0_s", Sign::NotNegative, f),
        }),
    }
}

fn transformer(row: Row<'_>, buses: Option<&Rows>, f: &mut Findings) -> Transformer {
    Transformer {
        id: row.text("id", f),
        hv: bus(row, "hv", buses, f),
        lv: bus(row, "lv", buses, f),
        rated_power_va: row.number("rated_power_va", Sign::Positive, f),
        u_hv_v: row.number("u_hv_v", Sign::Positive, f),
        u_lv_v: row.number("u_lv_v", Sign::Positive, f),
        uk_pu: row.number("uk_pu", Sign::NotNegative, f),
        pk_w: row.number("pk_w", Sign::NotNegative, f),
        i0_pu: row.number("i0_pu", Sign::NotNegative, f),
        p0_w: row.number("p0_w", Sign::NotNegative, f),
        shift_deg: row.number("shift_deg", Sign::Any, f),
        tap: Tap {
            side: row.choice("tap_side", &SIDES, f),
            position: row.integer("tap_position", f),
            step_pu: row.number("tap_step_pu", Sign::Any, f),
        },
        zero_sequence: given(row, &TRANSFORMERS_ZERO, f).then(|| TransformerZeroSequence {
            vector_group: row.choice("vector_group", &VectorGroup::NAMES, f),
            uk0_pu: row.number("uk0_pu", Sign::NotNegative, f),
            ur0_pu: row.number("ur0_pu", Sign::NotNegative, f),
        }),
    }
}

/// Whether optional `columns` that belong together are given; a part of them is a finding.
fn given(row: Row<'_>, columns: &[&str], f: &mut Findings) -> bool {
    let filled: Vec<&str> = columns.iter().copied().filter(|column| row.optional(column).is_some()).collect();
    let complete = filled.len() == columns.len();
    if !complete && !filled.is_empty() {
        let message = format!("zero-sequence data are incomplete: {} without the rest", quoted_list(&filled));
        let finding =
            crate::grid::rules::MISSING_ZERO_SEQUENCE.finding(message).help(format!("give all of {}, or none", quoted_list(columns)));
        f.push(row.at(filled[0], finding));
    }
    complete
}

fn bus(row: Row<'_>, column: &str, buses: Option<&Rows>, f: &mut Findings) -> BusIdx {
    BusIdx(reference(row, column, "bus", "buses.csv", buses, f))
}

/// Row of what a cell names; the placeholder of an unknown name is `u32::MAX`. Without `rows`, for their table could not be read,
/// no name is unknown.
fn reference(row: Row<'_>, column: &str, what: &str, file: &str, rows: Option<&Rows>, f: &mut Findings) -> u32 {
    let id = row.cell(column);
    let Some(rows) = rows else { return u32::MAX };
    rows.get(id).map_or_else(
        || {
            let rule = if what == "bus" { crate::grid::rules::UNKNOWN_BUS } else { rules::UNKNOWN_CONNECTION };
            let finding = rule.finding(format!("there is no {what} '{id}' in {file}"));
            // A guess costs a look at every name, and nobody reads thousands of them.
            let known: Vec<&str> = rows.keys().map(String::as_str).filter(|_| f.0.len() < SHOWN_OF_A_KIND).collect();
            let finding = match nearest(id, &known) {
                Some(name) => finding.help(format!("did you mean '{name}'?")),
                None => finding.help("use an id of that table"),
            };
            f.push(row.at(column, finding).of_name());
            u32::MAX
        },
        |&row| row,
    )
}

/// Column a cell names; an empty cell names none.
fn profile(row: Row<'_>, column: &str, profiles: Option<&ProfileTable>, f: &mut Findings) -> Option<ProfileIdx> {
    let (name, profiles) = (row.optional(column)?, profiles?);
    let found = profiles.find(name);
    if found.is_none() && profiles.names().is_empty() {
        // One file is missing, however many assets name its columns.
        if f.0.iter().all(|finding| finding.code != rules::UNKNOWN_PROFILE.code) {
            let finding = rules::UNKNOWN_PROFILE.finding(format!("the feeder has no profiles, and assets name some, such as '{name}'"));
            f.push(row.at(column, finding.help(format!("add {CSV} or {PARQUET} to the folder"))));
        }
    } else if found.is_none() {
        let finding = rules::UNKNOWN_PROFILE.finding(format!("there is no profile '{name}' in {CSV} or {PARQUET}"));
        f.push(row.at(column, finding.help(format!("the profiles are {}", some_of(profiles.names())))).of_name());
    }
    found
}

/// The first names of a list that may be long.
fn some_of(names: &[String]) -> String {
    let shown = names.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.is_empty() {
        "none".into()
    } else if names.len() > 8 {
        format!("{shown} and {} more", names.len() - 8)
    } else {
        shown
    }
}
