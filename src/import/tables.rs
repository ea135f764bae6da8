//! What both forms of a feeder folder have in common: how a table is read, and columns of the same meaning.

use std::path::Path;

use super::columns::{FOLDER, NEUTRAL};
use crate::diagnostic::{Finding, Findings};
use crate::grid::TapSide;
use crate::table::{Known, Table, read_text};

/// Columns of a transformer's zero-sequence data.
pub(super) const TRANSFORMERS_ZERO: [&str; 3] = ["vector_group", "uk0_pu", "ur0_pu"];

/// The winding that carries the taps.
pub(super) const SIDES: [(&str, TapSide); 2] = [("hv", TapSide::Hv), ("lv", TapSide::Lv)];

/// A table that is missing is not meant by the name of another one.
fn without_a_table(finding: Finding) -> Finding {
    let other = |help: &String| [&FOLDER[..], &NEUTRAL].concat().iter().any(|table| help.contains(&format!("'{}'", table.file)));
    match finding.help.as_ref().filter(|help| other(help)) {
        Some(_) => finding.help("a feeder folder needs all of its tables, even one that has only a header"),
        None => finding,
    }
}

/// A table of folder `dir` whose required columns are all there.
pub(super) fn read_table(dir: &Path, file: &str, required: &[&str], optional: &[&str], findings: &mut Findings) -> Option<Table> {
    read_known(dir, file, &Known::columns(required, optional), findings)
}

/// A table of folder `dir` with the columns that are known.
pub(super) fn read_known(dir: &Path, file: &str, known: &Known<'_>, findings: &mut Findings) -> Option<Table> {
    let source = read_text(&dir.join(file)).map_err(|finding| findings.push(without_a_table(finding))).ok()?;
    Table::parse(&source, b',', known, findings)
}
