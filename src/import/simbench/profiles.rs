//! The columns of the profile files that the elements use.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::date;

use super::assets::{Element, Series, columns};
use super::tables::table;
use crate::diagnostic::Findings;
use crate::import::rules;
use crate::profile::ProfileTable;
use crate::table::Sign;
use crate::time::IspCalendar;

/// Whose local days the profiles follow.
pub(super) const ZONE: &str = "Europe/Berlin";
const STEP_MINUTES: u16 = 15;
const FIRST: &str = "01.01.2016 00:00";

/// Reads what `elements` name, in order of first use.
pub(super) fn read(dir: &Path, elements: &[Element], f: &mut Findings) -> ProfileTable {
    let calendar = IspCalendar::new(ZONE, STEP_MINUTES).expect("a zone of the bundled database");
    let start = calendar.period(date(2016, 1, 1)).start;
    let mut profiles = ProfileTable::new(start, calendar.isp());
    for (file, series) in
        [("LoadProfile.csv", Series::Load), ("RESProfile.csv", Series::Renewable), ("StorageProfile.csv", Series::Storage)]
    {
        let mut seen = BTreeSet::new();
        let used: Vec<(String, String)> =
            elements.iter().filter(|e| e.series == series && seen.insert(&e.profile)).flat_map(|e| columns(series, &e.profile)).collect();
        append(dir, file, &used, &mut profiles, f);
    }
    profiles
}

fn append(dir: &Path, file: &str, used: &[(String, String)], profiles: &mut ProfileTable, f: &mut Findings) {
    let required: Vec<&str> = std::iter::once("time").chain(used.iter().map(|(column, _)| column.as_str())).collect();
    if used.is_empty() {
        return;
    }
    let Some(table) = table(dir, file, &required, f) else { return };
    let wrong = |what: String| rules::SIMBENCH_PROFILES.finding(format!("'{file}' {what}"));
    match table.rows().next().map(|r| r.cell("time").to_owned()) {
        Some(first) if first == FIRST => {}
        first => f.push(wrong(format!("begins at '{}', not at '{FIRST}'", first.unwrap_or_default()))),
    }
    if profiles.steps() != 0 && table.len() != profiles.steps() {
        return f.push(wrong(format!("has {} rows, the other profiles have {}", table.len(), profiles.steps())));
    }
    for (column, name) in used {
        let values: Vec<f64> = table.rows().map(|row| row.number(column, Sign::Any, f)).collect();
        profiles.push(name, &values);
    }
}
