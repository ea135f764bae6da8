//! Profiles as CSV: a header of names, one row a step, fractions of nominal power as numbers.
//!
//! A column `time` is optional. It holds RFC 3339 instants (`2016-01-01T00:00:00+01:00`), is checked for gaps and then
//! forgotten; without it the rows count on from the start.

use std::sync::Arc;

use jiff::Timestamp;

use super::{ProfileTable, rules};
use crate::diagnostic::{Findings, Source};
use crate::table::{Known, Row, Sign, Table};
use crate::time::{SimDuration, SimTime};

/// Name of the optional column of instants.
const TIME: &str = "time";

/// Reads profiles from CSV text; `start` and `step` are what the feeder says. With them come warnings.
///
/// # Errors
/// All bad cells, gaps in `time` and an empty table, each with its place.
pub fn read_csv(source: &Arc<Source>, start: SimTime, step: SimDuration) -> Result<(ProfileTable, Findings), Findings> {
    let mut findings = Findings::default();
    let known = Known { required: &[], optional: &[TIME], together: &[], open: true };
    let Some(table) = Table::series(source, &known, &rules::PROFILE_GAP, &mut findings) else { return Err(findings) };
    // A blank row moves every later one, so nothing more is said of a file with one.
    if findings.0.iter().any(|f| f.code == rules::PROFILE_GAP.code) {
        return Err(findings);
    }
    let names: Vec<&str> = table.columns().filter(|n| *n != TIME).collect();
    if table.is_empty() {
        findings
            .push(rules::PROFILE_EMPTY.finding(format!("'{}' has no rows", source.name)).help("write one row per step below the header"));
    }
    // Without a row of the wrong length the next one is late.
    if table.column(TIME).is_some() && findings.is_empty() {
        check_time(&table, start, step, &mut findings);
    }
    let mut profiles = ProfileTable::new(start, step);
    for name in names {
        let values: Vec<f64> = table.rows().map(|row| value(row, name, &mut findings)).collect();
        if profiles.find(name).is_none() {
            profiles.push(name, &values);
        }
    }
    findings.or_ok(profiles)
}

fn value(row: Row<'_>, name: &str, findings: &mut Findings) -> f64 {
    if row.cell(name).is_empty() {
        findings.push(
            row.at(name, rules::PROFILE_GAP.finding(format!("profile '{name}' has a gap here")).help("write a value for every step")),
        );
        return f64::NAN;
    }
    row.number(name, Sign::Any, findings)
}

/// Every instant is one step after the one before, the first is `start`. Only the first break is reported.
fn check_time(table: &Table, start: SimTime, step: SimDuration, findings: &mut Findings) {
    let mut expected = start;
    for row in table.rows() {
        let text = row.cell(TIME);
        let Ok(at) = text.parse::<Timestamp>() else {
            let finding = rules::NOT_A_TIME.finding(format!("'{text}' is not an instant"));
            findings.push(row.at(TIME, finding.help("write it like 2016-01-01T00:00:00+01:00")));
            return;
        };
        if at.as_second() != expected.0 {
            let due = Timestamp::from_second(expected.0).expect("a step after a valid instant");
            let finding = rules::PROFILE_GAP.finding(format!("'{text}' is not one step of {} s after the previous row", step.0));
            findings.push(row.at(TIME, finding.help(format!("expected {due}"))));
            return;
        }
        expected += step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ProfileTable, Findings> {
        let source = Arc::new(Source::new("profiles.csv", text));
        read_csv(&source, SimTime(1_451_602_800), SimDuration::minutes(15)).map(|(profiles, _)| profiles)
    }

    fn codes(text: &str) -> Vec<&'static str> {
        read(text).unwrap_err().0.iter().map(|f| f.code).collect()
    }

    #[test]
    fn columns_keep_their_names_and_steps() {
        let table = read("time,a,b\n2016-01-01T00:00:00+01:00,1,0.5\n2016-01-01T00:15:00+01:00,2,0.25\n").unwrap();
        assert_eq!(table.names(), ["a", "b"]);
        assert_eq!(table.column(table.find("b").unwrap()), [0.5, 0.25]);
        assert_eq!(table.step_at(SimTime(1_451_602_800 + 1799)), Some(1));
        assert_eq!(table.step_at(table.end()), None);
        assert!(table.covers(table.start(), table.end()).is_ok());
        assert_eq!(table.covers(table.start(), table.end() + SimDuration(1)).unwrap_err().code, "profile-too-short");
    }

    #[test]
    fn gaps_and_bad_cells_are_findings() {
        assert_eq!(codes("a,b\n1,\nNaN,x\n"), ["not-a-number", "profile-gap", "not-a-number"]);
        assert_eq!(codes("time,a\n2016-01-01T00:00:00+01:00,1\n2016-01-01T00:30:00+01:00,1\n"), ["profile-gap"]);
        assert_eq!(codes("time,a\nyesterday,1\n"), ["not-a-time"]);
        assert_eq!(codes("a,a\n1,1\n"), ["duplicate-column"]);
        assert_eq!(codes("a\n"), ["profile-empty"]);
    }
}
