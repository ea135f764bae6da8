//! The files that a participant learns from: what is new in them, and what the agent makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::series::{Layout, Series, Values};
use crate::agent::{Area, DayPrices, DsoVintage, Input, MeterDay, PortfolioVintage};
use crate::asset::Outlook;
use crate::diagnostic::Findings;
use crate::ids::ConnectionIdx;
use crate::time::{IspCalendar, Period, SimTime};

/// Something new in a file, about one Period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Reading {
    pub(super) kind: Kind,
    pub(super) date: Date,
    /// Since when it holds.
    issued: SimTime,
    #[serde(serialize_with = "write_values", deserialize_with = "read_values")]
    values: Values,
}

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// A vintage of the forecast.
    Forecast,
    /// Day-ahead prices.
    Prices,
    /// Meter readings of a day that is over.
    Meters,
}

impl Kind {
    /// As the log writes it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Kind::Forecast => "forecast",
            Kind::Prices => "prices",
            Kind::Meters => "meters",
        }
    }
}

/// The files that a participant learns from, and what it has learnt already.
pub(super) struct Files {
    forecast: PathBuf,
    /// Rows of connections by address.
    pub(super) connections: BTreeMap<String, usize>,
    calendar: Arc<IspCalendar>,
    own: Own,
    told: BTreeMap<Date, SimTime>,
    priced: BTreeSet<Date>,
    metered: BTreeSet<Date>,
}

/// Files that one role has and the other has not.
pub(super) enum Own {
    Aggregator { prices: PathBuf, meters: PathBuf },
    Operator,
}

impl Files {
    /// The files, read once to see that they can be.
    ///
    /// # Errors
    /// The findings of all of them.
    pub(super) fn new(
        forecast: PathBuf,
        connections: BTreeMap<String, usize>,
        calendar: &Arc<IspCalendar>,
        own: Own,
    ) -> Result<Files, Findings> {
        let calendar = Arc::clone(calendar);
        let files =
            Files { forecast, connections, calendar, own, told: BTreeMap::new(), priced: BTreeSet::new(), metered: BTreeSet::new() };
        let mut findings = Findings::default();
        for fault in [files.forecasts().err(), files.prices().err(), files.meters().err()].into_iter().flatten() {
            findings.extend(fault);
        }
        findings.or_ok(files).map(|(files, _)| files)
    }

    fn forecasts(&self) -> Result<Series, Findings> {
        let columns: &[&str] = if matches!(self.own, Own::Operator) { &["p_w", "q_var"] } else { &["load_w", "feed_in_w"] };
        Series::read(&self.forecast, &self.calendar, &Layout { issued: true, connections: &self.connections, columns })
    }

    fn prices(&self) -> Result<Series, Findings> {
        let Own::Aggregator { prices, .. } = &self.own else { return Ok(Series::default()) };
        Series::read(prices, &self.calendar, &Layout { issued: false, connections: &BTreeMap::new(), columns: &["eur_per_mwh"] })
    }

    /// Nothing while the file is not there yet.
    fn meters(&self) -> Result<Series, Findings> {
        match &self.own {
            Own::Aggregator { meters, .. } if meters.exists() => {
                Series::read(meters, &self.calendar, &Layout { issued: false, connections: &self.connections, columns: &["p_w"] })
            }
            _ => Ok(Series::default()),
        }
    }

    /// Reads the files again: what is new at `now` for `periods`. Meters are read when a day is over.
    ///
    /// # Errors
    /// The findings of a file that cannot be read now.
    pub(super) fn look(&self, now: SimTime, periods: &[Period]) -> Result<Vec<Reading>, Findings> {
        let (forecasts, prices) = (self.forecasts()?, self.prices()?);
        let over = |p: &&Period| p.end() <= now && !self.metered.contains(&p.date);
        let meters = if periods.iter().any(|p| over(&p)) { self.meters()? } else { Series::default() };
        let reading = |kind, date, (issued, values): (SimTime, &Values)| Reading { kind, date, issued, values: values.clone() };
        let mut readings = Vec::new();
        for period in periods {
            let date = period.date;
            if !self.priced.contains(&date) {
                readings.extend(prices.latest(date, now).map(|new| reading(Kind::Prices, date, new)));
            }
            let vintage = forecasts.latest(date, now).filter(|(issued, _)| self.told.get(&date) != Some(issued));
            readings.extend(vintage.map(|new| reading(Kind::Forecast, date, new)));
            if over(&period) {
                readings.extend(meters.latest(date, SimTime(i64::MAX)).map(|new| reading(Kind::Meters, date, new)));
            }
        }
        Ok(readings)
    }

    /// Takes in what was read: what the agent is told.
    pub(super) fn learn(&mut self, reading: &Reading) -> Vec<Input> {
        let Reading { kind, date, issued, values } = reading;
        let period = self.calendar.period(*date);
        match kind {
            Kind::Prices => {
                self.priced.insert(*date);
                vec![Input::Prices(Arc::new(DayPrices { period, eur_per_mwh: values[0][0].clone() }))]
            }
            Kind::Forecast => {
                self.told.insert(*date, *issued);
                vec![self.vintage(period, values)]
            }
            Kind::Meters => {
                self.metered.insert(*date);
                let day = |(c, p_w): (usize, &Vec<f64>)| {
                    Input::Meter(Arc::new(MeterDay { period, connection: ConnectionIdx::new(c), p_w: p_w.clone() }))
                };
                values[0].iter().enumerate().map(day).collect()
            }
        }
    }

    fn vintage(&self, period: Period, values: &Values) -> Input {
        let zeros = || Area::zero(self.connections.len(), period.isps());
        match self.own {
            Own::Aggregator { .. } => Input::Portfolio(Arc::new(PortfolioVintage {
                period,
                inflexible_w: values[0].clone(),
                outlook: values[1].iter().map(|fed| Outlook::Power(fed.iter().map(|w| -w).collect())).collect(),
            })),
            Own::Operator => Input::Area(Arc::new(DsoVintage {
                period,
                p_w: Area::of(&values[0], period.isps()),
                q_var: Area::of(&values[1], period.isps()),
                feed_in_w: zeros(),
                device_w: zeros(),
                range_w: None,
            })),
        }
    }
}

/// A row a text: JSON's own numbers do not promise to come back bit by bit.
fn write_values<S: Serializer>(values: &Values, serializer: S) -> Result<S::Ok, S::Error> {
    let row = |row: &Vec<f64>| row.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    values.iter().map(|column| column.iter().map(row).collect::<Vec<_>>()).collect::<Vec<_>>().serialize(serializer)
}

fn read_values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Values, D::Error> {
    let number = |text: &str| text.parse::<f64>().map_err(serde::de::Error::custom);
    let row = |text: &String| text.split_whitespace().map(number).collect::<Result<Vec<f64>, _>>();
    let columns = Vec::<Vec<String>>::deserialize(deserializer)?;
    columns.iter().map(|column| column.iter().map(row).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_reading_comes_back_bit_by_bit(values in prop::collection::vec(any::<f64>().prop_filter("a number", |x| x.is_finite()), 0..50)) {
            let date = jiff::civil::date(2026, 3, 10);
            let reading = Reading { kind: Kind::Forecast, date, issued: SimTime(7), values: vec![vec![values]] };
            let text = serde_json::to_string(&reading).unwrap();
            let back: Reading = serde_json::from_str(&text).unwrap();
            let bits = |r: &Reading| r.values[0][0].iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&back), bits(&reading));
        }
    }
}
