//! Lists of real charging sessions.
//!
//! ```text
//! arrival,departure,energy_kwh      2024-03-01T18:05,2024-03-02T07:20,14.2
//! ```
//!
//! Instants are local clock times, or carry their offset and are turned into local ones. What counts of a session is its hour of arrival,
//! whether that was on a weekend, its stay and its energy at the grid side.

use std::path::Path;
use std::sync::Arc;

use jiff::Unit;
use jiff::civil::{DateTime, Time};

use crate::asset::vehicle::sessions::{Sample, Source};
use crate::diagnostic::Findings;
use crate::table::{self, Known, Row, Sign, Table};
use crate::time::{IspCalendar, SimTime};

use super::lint::{Faults, session_list::RULE};
use super::schema::{Scenario, Sessions};
use super::weather;

const ARRIVAL: &str = "arrival";
const DEPARTURE: &str = "departure";
const ENERGY: &str = "energy_kwh";
/// Longest stay that is read, h.
const LONGEST_H: f64 = 14.0 * 24.0;

/// Where sessions of vehicles that are drawn come from; the published quantiles where no list is named or it has faults.
pub(super) fn source(s: &Scenario, calendar: &IspCalendar, beside: &Path, faults: &mut Faults<'_>) -> Source {
    let listed = s.feeder.electric_vehicles.as_ref().filter(|e| e.sessions == Sessions::Csv).and_then(|e| e.sessions_path.as_ref());
    let Some(path) = listed else { return Source::Published };
    let at = "feeder.electric_vehicles.sessions_path";
    match read(&faults.file(at, beside, path), calendar) {
        Ok((samples, odd)) => {
            weather::placed(odd, at, faults);
            Source::Real(samples)
        }
        Err(findings) => {
            weather::placed(findings, at, faults);
            Source::Published
        }
    }
}

/// Reads a list, with what is merely odd about it.
fn read(path: &Path, calendar: &IspCalendar) -> Result<(Arc<[Sample]>, Findings), Findings> {
    let mut findings = Findings::default();
    let source = table::read_text(path)?;
    let known = Known::columns(&[ARRIVAL, DEPARTURE, ENERGY], &[]);
    let table = Table::parse(&source, b',', &known, &mut findings);
    let Some(table) = table.filter(|_| !findings.has_errors()) else { return Err(findings.gathered()) };
    let samples: Vec<Sample> = table.rows().filter_map(|row| sample(row, calendar, &mut findings)).collect();
    for (weekend, name) in [(false, "workdays"), (true, "weekends")] {
        if !findings.has_errors() && !samples.iter().any(|s| s.weekend == weekend) {
            let finding = RULE.finding(format!("'{}' has no session that began on {name}", source.name));
            let help = "vehicles would never charge on such days; list sessions of both";
            findings.push(finding.at(&source, table.header_span()).help(help));
        }
    }
    if findings.has_errors() { Err(findings.gathered()) } else { Ok((samples.into(), findings)) }
}

fn sample(row: Row<'_>, calendar: &IspCalendar, findings: &mut Findings) -> Option<Sample> {
    let mut clock = |column: &str| {
        let text = row.cell(column);
        let found = local(text, calendar);
        if found.is_none() {
            let finding = RULE.finding(format!("'{text}' is no time"));
            findings.push(row.at(column, finding.help("write it like 2024-03-01T18:05, or with an offset like 2024-03-01T17:05Z")));
        }
        found
    };
    let (arrival, departure) = (clock(ARRIVAL), clock(DEPARTURE));
    let energy_kwh = row.number(ENERGY, Sign::Positive, findings);
    if energy_kwh > 200.0 {
        let finding = RULE.finding(format!("a session of {energy_kwh} kWh"));
        findings.push(row.at(ENERGY, finding.help("sessions of at most 200 kWh are read; is it in Wh?")));
    }
    let (arrival, departure) = (arrival?, departure?);
    let stay_h = arrival.until((Unit::Second, departure)).ok()?.get_seconds() as f64 / 3600.0;
    if !(stay_h > 0.0 && stay_h <= LONGEST_H) {
        let finding = RULE.finding(format!("a stay of {stay_h} h"));
        findings.push(row.at(DEPARTURE, finding.help("the departure comes after the arrival, at most two weeks")));
        return None;
    }
    let since_midnight = arrival.time().duration_since(Time::midnight());
    Some(Sample {
        weekend: arrival.date().weekday().to_monday_zero_offset() >= 5,
        arrival_h: since_midnight.as_secs_f64() / 3600.0,
        stay_h,
        energy_wh: energy_kwh * 1e3,
    })
}

/// A time of the local clock.
fn local(text: &str, calendar: &IspCalendar) -> Option<DateTime> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        let t = SimTime(instant.as_second());
        return Some(DateTime::from_parts(calendar.date_of(t), calendar.local_time(t)));
    }
    text.parse::<DateTime>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> IspCalendar {
        IspCalendar::new("Europe/Amsterdam", 15).expect("a zone")
    }

    fn read_text(name: &str, text: &str) -> Result<Arc<[Sample]>, Vec<String>> {
        let path = std::env::temp_dir().join(format!("copperplate-sessions-{}-{name}.csv", std::process::id()));
        std::fs::write(&path, text).expect("a file of its own");
        let found = read(&path, &calendar());
        std::fs::remove_file(&path).expect("it is there");
        found.map(|(samples, _)| samples).map_err(|f| f.0.iter().map(|f| f.code.to_owned()).collect())
    }

    /// A Friday by the clock, and a Saturday in winter whose instants are given in UTC.
    #[test]
    fn sessions_are_read_by_the_local_clock() {
        let text = "arrival,departure,energy_kwh\n2024-03-01T18:30,2024-03-02T07:00,14.2\n2024-01-06T23:15:00Z,2024-01-07T07:15:00Z,5\n";
        let samples = read_text("good", text).expect("two sessions");
        assert_eq!(samples[0], Sample { weekend: false, arrival_h: 18.5, stay_h: 12.5, energy_wh: 14_200.0 });
        assert_eq!(samples[1], Sample { weekend: true, arrival_h: 0.25, stay_h: 8.0, energy_wh: 5000.0 });
    }

    #[test]
    fn rows_that_are_no_sessions_are_told() {
        let told = |name, rows: &str| read_text(name, &format!("arrival,departure,energy_kwh\n{rows}")).expect_err("no sessions");
        let sound = "2024-03-01T18:30,2024-03-02T07:00,14.2\n2024-03-02T18:30,2024-03-03T07:00,14.2\n";
        for (name, row, code) in [
            ("backwards", "2024-03-02T18:30,2024-03-02T07:00,5", "session-list"),
            ("endless", "2024-03-02T18:30,2024-03-22T07:00,5", "session-list"),
            ("timeless", "Friday evening,2024-03-22T07:00,5", "session-list"),
            ("watts", "2024-03-02T18:30,2024-03-03T07:00,14200", "session-list"),
            ("negative", "2024-03-02T18:30,2024-03-03T07:00,-1", "not-positive"),
        ] {
            assert_eq!(told(name, &format!("{sound}{row}\n")), [code], "{name}");
        }
        assert_eq!(told("no-weekend", "2024-03-01T18:30,2024-03-02T07:00,14.2\n"), ["session-list"]);
    }
}
