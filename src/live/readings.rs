//! The files that a participant learns from: what is new in them, and what the agent makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::series::{Layout, MOST_POWER, MOST_PRICE, Series, Values};
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
    /// `[column][connection][isp]`; of meters, the row of a connection that is not metered yet is empty.
    #[serde(serialize_with = "write_values", deserialize_with = "read_values")]
    values: Values,
}

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Reading {
    fn mark(&self) -> Mark {
        mark(self.issued, &self.values.iter().flatten().collect::<Vec<_>>())
    }
}

/// ISPs that a row says nothing of.
fn unsaid(row: &[f64]) -> usize {
    row.iter().filter(|value| value.is_nan()).count()
}

/// The files that a participant learns from, and what it has learnt already.
pub(super) struct Files {
    forecast: PathBuf,
    /// Rows of connections by address.
    pub(super) connections: BTreeMap<String, usize>,
    calendar: Arc<IspCalendar>,
    own: Own,
    /// Forecasts and prices as they were learnt last.
    learnt: BTreeMap<(Kind, Date), Mark>,
    /// Meters as they were learnt last, by row of their connection.
    metered: BTreeMap<Date, BTreeMap<usize, Mark>>,
    /// Days whose meters have been sent: what is learnt of them later is sent at once, and only once.
    sent: BTreeSet<Date>,
}

/// Tells contents apart: a file may be read while somebody writes it, and is read again when it has changed.
type Mark = [u8; 32];

fn mark(issued: SimTime, rows: &[&Vec<f64>]) -> Mark {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&issued.0.to_le_bytes());
    for value in rows.iter().flat_map(|row| row.iter()) {
        hasher.update(&value.to_bits().to_le_bytes());
    }
    hasher.finalize().into()
}

/// What a look at the files found.
#[derive(Default)]
pub(super) struct Look {
    /// What is new.
    pub(super) new: Vec<Reading>,
    /// What cannot be used yet: kind, Period, why.
    pub(super) incomplete: Vec<(Kind, Date, String)>,
    /// Files that cannot be read now.
    pub(super) unreadable: Findings,
}

impl Look {
    /// A series, or nothing and the reason.
    fn read(&mut self, series: Result<Series, Findings>) -> Series {
        series.unwrap_or_else(|findings| {
            self.unreadable.extend(findings);
            Series::default()
        })
    }
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
            Files { forecast, connections, calendar, own, learnt: BTreeMap::new(), metered: BTreeMap::new(), sent: BTreeSet::new() };
        let mut findings = Findings::default();
        for fault in [files.forecasts().err(), files.prices().err(), files.meters().err()].into_iter().flatten() {
            findings.extend(fault);
        }
        findings.or_ok(files).map(|(files, _)| files)
    }

    fn forecasts(&self) -> Result<Series, Findings> {
        let columns: &[&str] = if matches!(self.own, Own::Operator) { &["p_w", "q_var"] } else { &["load_w", "feed_in_w"] };
        Series::read(&self.forecast, &self.calendar, &Layout { issued: true, connections: &self.connections, columns, most: MOST_POWER })
    }

    fn prices(&self) -> Result<Series, Findings> {
        let Own::Aggregator { prices, .. } = &self.own else { return Ok(Series::default()) };
        let layout = Layout { issued: false, connections: &BTreeMap::new(), columns: &["eur_per_mwh"], most: MOST_PRICE };
        Series::read(prices, &self.calendar, &layout)
    }

    /// Nothing while the file is not there yet.
    fn meters(&self) -> Result<Series, Findings> {
        match &self.own {
            Own::Aggregator { meters, .. } if meters.exists() => {
                let layout = Layout { issued: false, connections: &self.connections, columns: &["p_w"], most: MOST_POWER };
                Series::read(meters, &self.calendar, &layout)
            }
            _ => Ok(Series::default()),
        }
    }

    /// Reads the files again: what is new at `now` for `periods`. What has changed is new. Prices and the meters of a connection
    /// are of use when every ISP of the day has a value; a forecast says 0 where it says nothing. Meters are read when a day is
    /// over.
    pub(super) fn look(&self, now: SimTime, periods: &[Period]) -> Look {
        let mut look = Look::default();
        let ahead = || periods.iter().filter(|p| p.end() > now);
        let over = || periods.iter().filter(|p| p.end() <= now && !self.is_done(p.date));
        if ahead().next().is_some() {
            let (forecasts, prices) = (look.read(self.forecasts()), look.read(self.prices()));
            for period in ahead() {
                self.look_for_prices(&prices, period, now, &mut look);
                if let Some((issued, values)) = forecasts.latest(period.date, now) {
                    let said = |row: &Vec<f64>| row.iter().map(|w| if w.is_nan() { 0.0 } else { *w }).collect();
                    let values: Values = values.iter().map(|column| column.iter().map(said).collect()).collect();
                    self.take_if_new(Reading { kind: Kind::Forecast, date: period.date, issued, values }, &mut look);
                }
            }
        }
        if over().next().is_some() {
            let meters = look.read(self.meters());
            over().for_each(|period| self.look_for_meters(&meters, period, &mut look));
        }
        look
    }

    fn look_for_prices(&self, prices: &Series, period: &Period, now: SimTime, look: &mut Look) {
        let Some((issued, values)) = prices.latest(period.date, now).filter(|_| period.start > now) else { return };
        match unsaid(&values[0][0]) {
            0 => self.take_if_new(Reading { kind: Kind::Prices, date: period.date, issued, values: values.clone() }, look),
            n => look.incomplete.push((Kind::Prices, period.date, format!("{n} of {} ISPs have no price", period.isps()))),
        }
    }

    fn take_if_new(&self, reading: Reading, look: &mut Look) {
        if self.learnt.get(&(reading.kind, reading.date)) != Some(&reading.mark()) {
            look.new.push(reading);
        }
    }

    /// Connections are metered one by one: one that is complete need not wait for another.
    fn look_for_meters(&self, meters: &Series, period: &Period, look: &mut Look) {
        let Some((issued, values)) = meters.latest(period.date, SimTime(i64::MAX)) else { return };
        let known = self.metered.get(&period.date);
        let mut rows = vec![Vec::new(); values[0].len()];
        for (name, c) in &self.connections {
            let row = &values[0][*c];
            match (unsaid(row), known.and_then(|known| known.get(c))) {
                (n, None) if n > 0 && n < row.len() => {
                    let why = format!("{n} of {} ISPs of '{name}' have no reading", row.len());
                    look.incomplete.push((Kind::Meters, period.date, why));
                }
                (0, None) => rows[*c].clone_from(row),
                (0, Some(before)) if !self.sent.contains(&period.date) && *before != mark(issued, &[row]) => rows[*c].clone_from(row),
                _ => {}
            }
        }
        if rows.iter().any(|row| !row.is_empty()) {
            look.new.push(Reading { kind: Kind::Meters, date: period.date, issued, values: vec![rows] });
        }
    }

    /// Whether nothing new can be learnt of a day that is over.
    fn is_done(&self, date: Date) -> bool {
        matches!(self.own, Own::Operator) || self.sent.contains(&date) && self.unmetered(date).is_empty()
    }

    /// Connections without meters of a day.
    pub(super) fn unmetered(&self, date: Date) -> Vec<&str> {
        let known = self.metered.get(&date);
        let missing = |c: &usize| known.is_none_or(|known| !known.contains_key(c));
        self.connections.iter().filter(|(_, c)| missing(c)).map(|(name, _)| name.as_str()).collect()
    }

    /// Whether something of a kind, other than meters, is known of a day.
    pub(super) fn knows(&self, kind: Kind, date: Date) -> bool {
        self.learnt.contains_key(&(kind, date))
    }

    /// The meters of a day are sent now.
    pub(super) fn sending_meters(&mut self, date: Date) {
        self.sent.insert(date);
    }

    /// Whether the meters of a day were sent before.
    pub(super) fn has_sent_meters(&self, date: Date) -> bool {
        self.sent.contains(&date)
    }

    /// Takes in what was read: what the agent is told.
    pub(super) fn learn(&mut self, reading: &Reading) -> Vec<Input> {
        let Reading { kind, date, issued, values } = reading;
        let period = self.calendar.period(*date);
        match kind {
            Kind::Prices => {
                self.learnt.insert((*kind, *date), reading.mark());
                vec![Input::Prices(Arc::new(DayPrices { period, eur_per_mwh: values[0][0].clone() }))]
            }
            Kind::Forecast => {
                self.learnt.insert((*kind, *date), reading.mark());
                vec![self.vintage(period, values)]
            }
            Kind::Meters => {
                let known = self.metered.entry(*date).or_default();
                let metered = || values[0].iter().enumerate().filter(|(_, row)| !row.is_empty());
                known.extend(metered().map(|(c, row)| (c, mark(*issued, &[row]))));
                let day = |(c, p_w): (usize, &Vec<f64>)| {
                    Input::Meter(Arc::new(MeterDay { period, connection: ConnectionIdx::new(c), p_w: p_w.clone() }))
                };
                metered().map(day).collect()
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
