//! Forecasts, prices and meter readings as CSV: a row per ISP, rows in any order. What no row says is NaN here; whoever reads a
//! series decides whether that is 0 or missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use super::rules::{BAD_ADDRESS, BAD_CELL};
use crate::diagnostic::{Finding, Findings};
use crate::ids::EntityAddress;
use crate::scenario::lint::unmetered_connection;
use crate::table::{Known, Sign, Table, read_text};
use crate::time::written::{self, Moment};
use crate::time::{IspCalendar, SimTime, YEARS};
use crate::uftp::message::Ean;
use crate::uftp::syntax::is_entity_address;

/// Values of one vintage of one Period: `[column][connection][isp]`.
pub(super) type Values = Vec<Vec<Vec<f64>>>;

/// A file of series: by Period, then by the time it became known (`SimTime(i64::MIN)` where the file does not say).
#[derive(Debug, Clone, Default)]
pub(super) struct Series(pub(super) BTreeMap<(Date, SimTime), Values>);

/// What a file of series holds.
pub(super) struct Layout<'a> {
    /// Whether rows say when they became known.
    pub(super) issued: bool,
    /// Connections by address; empty for a series without connections.
    pub(super) connections: &'a BTreeMap<String, usize>,
    /// Columns of numbers.
    pub(super) columns: &'a [&'a str],
    /// The largest number that can be meant, and what it is called.
    pub(super) most: (f64, &'a str),
}

/// No connection carries more, and the sum of many still fits a message.
pub(super) const MOST_POWER: (f64, &str) = (1e10, "a power of at most 10 GW");

/// Far beyond any market's limits; money of any power at it can be counted.
pub(super) const MOST_PRICE: (f64, &str) = (1e6, "a price of at most 1000000 €/MWh");

impl Series {
    /// Reads a file.
    ///
    /// # Errors
    /// All findings at once, at their cells: columns missing, no date, an ISP that the day does not have, an unknown connection.
    pub(super) fn read(path: &Path, calendar: &IspCalendar, layout: &Layout<'_>) -> Result<Series, Findings> {
        let source = read_text(path)?;
        let mut findings = Findings::default();
        let mut series = Series::default();
        let mut required = vec!["period", "isp"];
        required.extend(layout.issued.then_some("issued"));
        required.extend((!layout.connections.is_empty()).then_some("connection"));
        required.extend(layout.columns);
        if let Some(table) = Table::parse(&source, b',', &Known::columns(&required, &[]), &mut findings) {
            series.fill(&table, calendar, layout, &mut findings);
        }
        findings.gathered().or_ok(series).map(|(series, _)| series)
    }

    fn fill(&mut self, table: &Table, calendar: &IspCalendar, layout: &Layout<'_>, findings: &mut Findings) {
        for row in table.rows() {
            let mut refuse = |column: &str, expected: &str| {
                let said = format!("'{}' is not {expected}", row.cell(column));
                findings.push(row.at(column, BAD_CELL.finding(said)));
            };
            let Some(date) = written::date(row.cell("period")).filter(|date| YEARS.contains(&date.year())) else {
                refuse("period", "a date such as 2026-03-10");
                continue;
            };
            let issued = match layout.issued.then(|| row.cell("issued").parse().map(|moment: Moment| calendar.instant(&moment))) {
                Some(Ok(Ok(t))) => t,
                Some(_) => {
                    refuse("issued", "a time such as 2026-03-09T13:00, local or with its offset, that the clocks show");
                    continue;
                }
                None => SimTime(i64::MIN),
            };
            let isps = calendar.period(date).isps();
            let Some(isp) = row.cell("isp").parse::<usize>().ok().filter(|n| (1..=isps).contains(n)) else {
                refuse("isp", &format!("an ISP of the day, 1 to {isps}"));
                continue;
            };
            let connection = match layout.connections.is_empty() {
                true => Some(0),
                false => layout.connections.get(row.cell("connection")).copied(),
            };
            let Some(connection) = connection else {
                refuse("connection", "a connection that is known here");
                continue;
            };
            let rows = layout.connections.len().max(1);
            let values = self.0.entry((date, issued)).or_insert_with(|| vec![vec![vec![f64::NAN; isps]; rows]; layout.columns.len()]);
            for (k, column) in layout.columns.iter().enumerate() {
                let (said, number) = (&mut values[k][connection][isp - 1], row.number(column, Sign::Any, findings));
                let why = match () {
                    () if number.is_nan() => continue,
                    () if number.abs() > layout.most.0 => format!("'{}' is not {}", row.cell(column), layout.most.1),
                    () if !said.is_nan() && *said != number => format!("ISP {isp} of {date} has {said} in a row above, and {number} here"),
                    () => {
                        *said = number;
                        continue;
                    }
                };
                findings.push(row.at(column, BAD_CELL.finding(why)));
            }
        }
    }

    /// Connections that a file speaks of, in the order of their addresses. Each has a meter that messages can name.
    ///
    /// # Errors
    /// As [`Series::read`].
    pub(super) fn connections(path: &Path) -> Result<BTreeMap<String, usize>, Findings> {
        let source = read_text(path)?;
        let mut findings = Findings::default();
        let mut names = BTreeSet::new();
        let known = Known::columns(&["connection"], &["issued", "period", "isp", "load_w", "feed_in_w"]);
        if let Some(table) = Table::parse(&source, b',', &known, &mut findings) {
            for row in table.rows() {
                let name = row.cell("connection");
                if !names.insert(name.to_owned()) {
                    continue;
                }
                if !is_entity_address(name) {
                    findings.push(row.at("connection", BAD_ADDRESS.finding(format!("'{name}' is no entity address"))));
                } else if !is_metered(name) {
                    findings.push(row.at("connection", unmetered(name)));
                }
            }
        }
        findings.gathered().or_ok(()).map(|_| names.into_iter().enumerate().map(|(k, name)| (name, k)).collect())
    }

    /// The newest vintage of a Period at `now`, with the time it became known.
    pub(super) fn latest(&self, date: Date, now: SimTime) -> Option<(SimTime, &Values)> {
        self.0.range((date, SimTime(i64::MIN))..=(date, now)).next_back().map(|((_, issued), values)| (*issued, values))
    }
}

/// Whether a Metering message can name the meter of a connection.
pub(super) fn is_metered(address: &str) -> bool {
    Ean::of_connection(&EntityAddress::new(address)).is_some()
}

/// The finding on a connection whose meter no message can name: what it delivers would never be paid.
pub(super) fn unmetered(address: &str) -> Finding {
    unmetered_connection::RULE
        .finding(format!("no Metering message can name the meter of '{address}'"))
        .help("write 'ean.' and the 18 digits of its meter")
}
