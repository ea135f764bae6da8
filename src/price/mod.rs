//! Day-ahead and imbalance prices of the market the feeder sits in, €/MWh, one value per physical step of the run.
//!
//! A series comes from a file or from the documented synthetic shape:
//!
//! ```text
//! day-ahead(h, d) = level · weekend(d) + shape[h] + noise(d)       hourly, h local clock hour, d local date
//! imbalance(t)    = day-ahead(t) + spread · z(t)        z standard normal per quarter of an hour, averaged over the ISP
//! ```
//!
//! `noise(d)` moves a whole day up or down, as wind does. All draws are keyed by the date or the quarter of an hour, so
//! a price does not depend on where a run begins, nor on its steps. Values of a file are averaged onto the steps or held over them.

use std::path::Path;

use crate::diagnostic::{Findings, Rule, Severity};
use crate::rng::Stream;
use crate::table::{self, Row, Sign, Table};
use crate::time::{IspCalendar, SimDuration, Steps};

/// What one draw of imbalance lasts.
const QUARTER: SimDuration = SimDuration::minutes(15);

/// Parameters of the synthetic shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Synthetic {
    /// `level`: average price, €/MWh.
    pub level_eur_per_mwh: f64,
    /// `shape`: what each local clock hour adds, €/MWh, 24 values.
    pub shape_eur_per_mwh: [f64; 24],
    /// Factor on the level at week-ends.
    pub weekend_factor: f64,
    /// Standard deviation of the day's own offset, €/MWh.
    pub daily_noise_eur_per_mwh: f64,
    /// `spread`: standard deviation of imbalance against day-ahead, €/MWh.
    pub imbalance_spread_eur_per_mwh: f64,
}

/// Prices over a run; `[i]` belongs to the `i`-th step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prices {
    /// Day-ahead price, €/MWh.
    pub day_ahead_eur_per_mwh: Vec<f64>,
    /// Single imbalance price, €/MWh: what a surplus earns and a shortage costs.
    pub imbalance_eur_per_mwh: Vec<f64>,
}

/// The synthetic prices of whole ISPs, on steps that divide them.
#[must_use]
pub fn synthetic(p: &Synthetic, calendar: &IspCalendar, seed: u64, on: &Steps) -> Prices {
    let mut day_noise = Stream::new(seed, "market", "day-ahead");
    let isps = Steps { start: on.start, step: calendar.isp(), count: ((on.end() - on.start).0 / calendar.isp().0) as usize };
    let imbalance_noise = imbalance_noise(seed, &isps);
    let mut prices = Prices::default();
    for start in (0..on.count).map(|k| on.start_of(k)) {
        let date = calendar.date_of(start);
        let weekend = matches!(date.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
        let level = p.level_eur_per_mwh * if weekend { p.weekend_factor } else { 1.0 };
        let hour = usize::from(calendar.local_time(start).hour().unsigned_abs());
        let noise = p.daily_noise_eur_per_mwh * day_noise.at(ordinal_of_day(date)).normal();
        let day_ahead = level + p.shape_eur_per_mwh[hour] + noise;
        prices.day_ahead_eur_per_mwh.push(day_ahead);
        prices.imbalance_eur_per_mwh.push(day_ahead + p.imbalance_spread_eur_per_mwh * imbalance_noise[isps.index(start)]);
    }
    prices
}

/// `z` of every ISP.
fn imbalance_noise(seed: u64, isps: &Steps) -> Vec<f64> {
    let mut draws = Stream::new(seed, "market", "imbalance");
    let quarters = Steps::touching(isps.start, isps.end(), QUARTER);
    let z: Vec<f64> = (0..quarters.count).map(|k| draws.at((quarters.start_of(k).0 / QUARTER.0).unsigned_abs()).normal()).collect();
    quarters.averaged(&z, isps)
}

/// The rule on the length of a file of prices.
pub const PRICES_TOO_SHORT: Rule = Rule {
    code: "prices-too-short",
    severity: Severity::Error,
    what: "A file of prices ends before the run does.",
    why: "Prices are not made up beyond the data; every step of the run needs its own.",
    example: "# prices.csv has 168 rows of an hour each\n[prices]\nkind = \"csv\"\npath = \"prices.csv\"\n\n[time]\nfrom = \"2016-07-22\"\nuntil = \"2016-07-31\"",
    mend: "[time]\nfrom = \"2016-07-22\"\nuntil = \"2016-07-28\"",
};

/// The rule on prices that no market has.
pub const PRICE_RANGE: Rule = Rule {
    code: "price-range",
    severity: Severity::Error,
    what: "A price is beyond 100000 €/MWh either way.",
    why: "It is a slip of units: markets stop long before, and messages carry amounts of at most 12 digits.",
    example: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n65000000,65",
    mend: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n65,65",
};

/// Highest price that is taken, and as a negative one the lowest, €/MWh.
const MOST_EUR_PER_MWH: f64 = 100_000.0;

/// Prices of steps from a CSV file with one row per `row` of time, the first where the first step begins.
///
/// # Errors
/// The file is missing, lacks a column, holds a cell that is no number, or is too short.
pub fn read_csv(path: &Path, row: SimDuration, on: &Steps) -> Result<Prices, Findings> {
    const COLUMNS: [&str; 2] = ["day_ahead_eur_per_mwh", "imbalance_eur_per_mwh"];
    let mut findings = Findings::default();
    let source = table::read_text(path)?;
    let Some(table) = Table::series(&source, &table::rules::BLANK_ROW, &mut findings) else { return Err(findings) };
    if !table.check_columns(&COLUMNS, &[], &mut findings) {
        return Err(findings);
    }
    let mut price = |row: Row<'_>, column: &str| {
        let eur_per_mwh = row.number(column, Sign::Any, &mut findings);
        if eur_per_mwh.abs() > MOST_EUR_PER_MWH {
            let finding = PRICE_RANGE.finding(format!("a price of {eur_per_mwh} €/MWh is beyond {MOST_EUR_PER_MWH} €/MWh"));
            findings.push(row.at(column, finding.help("prices are in €/MWh")));
        }
        eur_per_mwh
    };
    let rows: Vec<[f64; 2]> = table.rows().map(|row| COLUMNS.map(|column| price(row, column))).collect();
    let needed = ((on.end() - on.start).0 as usize).div_ceil(row.0 as usize);
    if rows.len() < needed {
        let message = format!("'{}' has {} rows of prices, the run needs {needed}", path.display(), rows.len());
        findings.push(PRICES_TOO_SHORT.finding(message).help("add rows, or shorten the run"));
    }
    if findings.has_errors() {
        return Err(findings);
    }
    let given = Steps { start: on.start, step: row, count: rows.len() };
    let of = |k: usize| given.averaged(&rows.iter().map(|r| r[k]).collect::<Vec<_>>(), on);
    Ok(Prices { day_ahead_eur_per_mwh: of(0), imbalance_eur_per_mwh: of(1) })
}

/// A number for a date that does not depend on the run: days since year 0.
fn ordinal_of_day(date: jiff::civil::Date) -> u64 {
    u64::from(date.year().unsigned_abs()) * 366 + u64::from(date.day_of_year().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn parameters() -> Synthetic {
        let mut shape = [0.0; 24];
        shape[18] = 40.0;
        Synthetic {
            level_eur_per_mwh: 60.0,
            shape_eur_per_mwh: shape,
            weekend_factor: 0.8,
            daily_noise_eur_per_mwh: 5.0,
            imbalance_spread_eur_per_mwh: 20.0,
        }
    }

    #[test]
    fn a_price_does_not_depend_on_where_the_run_begins() {
        let c = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let steps = |start, count| Steps { start, step: QUARTER, count };
        let monday = c.period(date(2016, 7, 25)).start;
        let sunday = c.period(date(2016, 7, 24)).start;
        let long = synthetic(&parameters(), &c, 3, &steps(sunday, 192));
        let short = synthetic(&parameters(), &c, 3, &steps(monday, 96));
        assert_eq!(long.day_ahead_eur_per_mwh[96..], short.day_ahead_eur_per_mwh[..]);
        assert_eq!(long.imbalance_eur_per_mwh[96..], short.imbalance_eur_per_mwh[..]);
        let evening = short.day_ahead_eur_per_mwh[18 * 4] - short.day_ahead_eur_per_mwh[12 * 4];
        assert!((evening - 40.0).abs() < 1e-9);
    }

    #[test]
    fn a_price_does_not_depend_on_the_length_of_steps_and_isps() {
        let on = |isp_minutes: u16, step_minutes: i64| {
            let c = IspCalendar::new("Europe/Amsterdam", isp_minutes).unwrap();
            let day = c.period(date(2016, 7, 25));
            let step = SimDuration::minutes(step_minutes);
            let steps = Steps { start: day.start, step, count: (1440 / step_minutes) as usize };
            synthetic(&parameters(), &c, 3, &steps)
        };
        let (quarters, fine, hours) = (on(15, 15), on(15, 5), on(60, 15));
        for i in 0..96 {
            assert!(fine.imbalance_eur_per_mwh[3 * i..][..3].iter().all(|p| *p == quarters.imbalance_eur_per_mwh[i]));
        }
        for hour in 0..24 {
            let mean = quarters.imbalance_eur_per_mwh[4 * hour..][..4].iter().sum::<f64>() / 4.0;
            assert!(hours.imbalance_eur_per_mwh[4 * hour..][..4].iter().all(|p| (p - mean).abs() < 1e-9));
        }
    }
}
