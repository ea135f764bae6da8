//! Measured weather: a folder with `weather.toml` and `weather.csv`, or a CSV file alone.
//!
//! ```text
//! weather.toml   name, latitude_deg, longitude_deg, origin, licence
//! weather.csv    interval_end,air_c,ghi_w_m2 and, where they were measured, wind_m_s, dhi_w_m2
//! ```
//!
//! `interval_end` is the instant at which the interval of a row ends, as weather services stamp their values (`2024-01-01T00:15Z`); the
//! first two rows say how long an interval is. Without diffuse irradiance it follows from global irradiance ([`Sky::erbs`]), without
//! wind it is [`USUAL_WIND_M_S`]. A pyranometer's small negative values at night count as 0.

use std::path::Path;

use serde::Deserialize;

use super::diffuse::Sky;
use super::rules;
use super::series::{Series, middle};
use super::sun::{Place, Sun};
use crate::diagnostic::{Finding, Findings};
use crate::table::{self, Known, Row, Sign, Table};
use crate::time::{SimDuration, SimTime, Steps, YEARS};

/// Name of the file that says where weather was measured.
pub const META_FILE: &str = "weather.toml";

/// Name of the file of weather in a folder.
pub const SERIES_FILE: &str = "weather.csv";

/// Name of the file of prices of the same hours in a folder.
pub const PRICES_FILE: &str = "prices.csv";

/// Wind speed where none was measured, m/s: about the mean of the shipped series.
pub const USUAL_WIND_M_S: f64 = 4.2;

/// What `weather.toml` says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// Short name.
    pub name: String,
    /// North positive.
    pub latitude_deg: f64,
    /// East positive.
    pub longitude_deg: f64,
    /// Who measured it.
    pub origin: String,
    /// Under what terms.
    pub licence: String,
}

/// Reads `weather.toml` of a folder.
///
/// # Errors
/// The file is missing, or a key is.
pub fn read_meta(folder: &Path) -> Result<Meta, Finding> {
    let source = table::read_text(&folder.join(META_FILE))?;
    let meta: Meta = toml::from_str(&source.text).map_err(|error| {
        let finding = rules::WEATHER_TOML.finding(error.message().to_owned()).at(&source, error.span().unwrap_or(0..0));
        finding.help("the keys are name, latitude_deg, longitude_deg, origin and licence")
    })?;
    if meta.latitude_deg.abs() > 90.0 || meta.longitude_deg.abs() > 180.0 {
        let message = format!("{} °N, {} °E is no place", meta.latitude_deg, meta.longitude_deg);
        let help = "latitudes lie within −90 to 90, longitudes within −180 to 180";
        return Err(rules::WEATHER_TOML.finding(message).at(&source, 0..0).help(help));
    }
    Ok(meta)
}

const INTERVAL_END: &str = "interval_end";
const AIR: &str = "air_c";
const GHI: &str = "ghi_w_m2";
const WIND: &str = "wind_m_s";
const DHI: &str = "dhi_w_m2";

/// Reads the file of weather at `path`, measured at `place`.
///
/// # Errors
/// The file is missing, lacks a column, has a gap, or holds a cell that no weather has.
pub fn read_csv(path: &Path, place: Place) -> Result<Series, Findings> {
    let mut findings = Findings::default();
    let source = table::read_text(path)?;
    let known = Known::columns(&[INTERVAL_END, AIR, GHI], &[WIND, DHI]);
    let table = Table::series(&source, &known, &table::rules::BLANK_ROW, &mut findings);
    let Some(table) = table.filter(|_| !findings.has_errors()) else { return Err(findings.gathered()) };
    let Some(grid) = steps(&table, &mut findings) else { return Err(findings) };
    let mut column = |name: &str, unit: &str, least: f64, most: f64| -> Vec<f64> {
        let cell = |row: Row<'_>| {
            let value = row.number(name, Sign::Any, &mut findings);
            if value < least || value > most {
                let finding = rules::WEATHER_RANGE.finding(format!("'{name}' is {value} {unit}"));
                findings.push(row.at(name, finding.help(format!("values from {least} {unit} to {most} {unit} are read"))));
            }
            value
        };
        table.rows().map(cell).collect()
    };
    let air_c = column(AIR, "°C", -60.0, 60.0);
    let light = |values: Vec<f64>| values.into_iter().map(|g| g.max(0.0)).collect::<Vec<f64>>();
    let ghi_w_m2 = light(column(GHI, "W/m²", -20.0, 1600.0));
    let wind_m_s = match table.column(WIND) {
        Some(_) => column(WIND, "m/s", 0.0, 80.0),
        None => vec![USUAL_WIND_M_S; grid.count],
    };
    let dhi_w_m2 = match table.column(DHI) {
        Some(_) => light(column(DHI, "W/m²", -20.0, 1600.0)),
        None => (0..grid.count).map(|k| Sky::erbs(ghi_w_m2[k], &Sun::at(place, middle(&grid, k))).dhi_w_m2).collect(),
    };
    if findings.has_errors() {
        return Err(findings);
    }
    Ok(Series { grid, place, air_c, wind_m_s, ghi_w_m2, dhi_w_m2 })
}

/// The steps of the rows. Only the first break is told.
fn steps(table: &Table, findings: &mut Findings) -> Option<Steps> {
    let mut ends = table.rows().map(|row| (row, row.cell(INTERVAL_END)));
    let short = |findings: &mut Findings, message: String| {
        findings.push(rules::WEATHER_STEP.finding(message).at(table.source(), table.header_span()).help("write rows of 1 to 60 minutes"));
        None
    };
    let not_an_instant = |(row, text): (Row<'_>, &str)| {
        let finding = rules::WEATHER_TIME.finding(format!("'{text}' is not an instant"));
        row.at(INTERVAL_END, finding.help("write it like 2024-01-01T00:15Z"))
    };
    let mut next = |findings: &mut Findings| match ends.next() {
        None => None,
        Some((row, text)) => match instant(text) {
            Some(t) => Some((row, t)),
            None => {
                findings.push(not_an_instant((row, text)));
                None
            }
        },
    };
    let (Some((_, first)), Some((_, second))) = (next(findings), next(findings)) else {
        return if findings.has_errors() { None } else { short(findings, format!("'{}' has fewer than two rows", table.source().name)) };
    };
    let step = second - first;
    if !(60..=3600).contains(&step.0) {
        return short(findings, format!("the first rows are {} s apart", step.0));
    }
    let mut due = second;
    while let Some((row, at)) = next(findings) {
        due += step;
        if at != due {
            let finding = rules::WEATHER_TIME.finding(format!("'{}' is not {} s after the previous row", row.cell(INTERVAL_END), step.0));
            let due = jiff::Timestamp::from_second(due.0).map_or_else(|_| "no instant there is".to_owned(), |due| due.to_string());
            findings.push(row.at(INTERVAL_END, finding.help(format!("expected {due}; the program fills no gaps"))));
            return None;
        }
    }
    if findings.has_errors() {
        return None;
    }
    Some(Steps { start: SimTime(first.0 - step.0), step: SimDuration(step.0), count: table.len() })
}

/// An instant with its offset, of a year that the calendar holds.
fn instant(text: &str) -> Option<SimTime> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    let year = jiff::tz::Offset::UTC.to_datetime(instant).year();
    (instant.subsec_nanosecond() == 0 && YEARS.contains(&year)).then_some(SimTime(instant.as_second()))
}
