//! Day-ahead and imbalance prices of the market the feeder sits in, €/MWh, one value per physical step of the run.
//!
//! A series comes from a file or from the documented synthetic shape:
//!
//! ```text
//! day-ahead(h, d) = level · weekend(d) + shape[h] + noise(d)       hourly, h local clock hour, d local date
//! imbalance(t)    = day-ahead(t) + spread · z(t)        z standard normal per quarter of an hour, averaged over the ISP
//! ```
//!
//! Beside drawn weather, day-ahead prices are lower in a sunny hour and on a warm day, by what `of_weather` says of the deviation from the
//! usual weather of the season.
//!
//! `noise(d)` moves a whole day up or down, as wind does. All draws are keyed by the date or the quarter of an hour, so
//! a price does not depend on where a run begins, nor on its steps. Values of a file are averaged onto the steps or held over them.

mod retail;
mod unit;

use std::path::Path;

use crate::diagnostic::{Finding, Findings, Rule, Severity, meant};
use crate::rng::Stream;
use crate::table::{self, Known, Row, Sign, Table};
use crate::time::{IspCalendar, SimDuration, SimTime, Steps, YEARS};

pub use retail::Retail;
pub use unit::RULE as PRICE_UNIT;

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
    let isps = isps_of(calendar, on);
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

/// What weather adds to synthetic prices, €/MWh, when irradiance is `sun_w_m2` and the mean of the day `warmth_k` above what is usual.
///
/// Least squares over the hours of 2024, Dutch day-ahead prices on the weather of Düsseldorf, with effects of each hour of each month and of
/// week-ends: −51 €/MWh per kW/m² and −1.5 €/MWh per kelvin.
#[must_use]
pub fn of_weather(sun_w_m2: f64, warmth_k: f64) -> f64 {
    -0.051 * sun_w_m2 - 1.5 * warmth_k
}

/// Day-ahead prices as given, and imbalance prices around them with `spread` as in the synthetic shape.
#[must_use]
pub fn around(day_ahead_eur_per_mwh: Vec<f64>, spread_eur_per_mwh: f64, calendar: &IspCalendar, seed: u64, on: &Steps) -> Prices {
    let isps = isps_of(calendar, on);
    let noise = imbalance_noise(seed, &isps);
    let imbalance = |(k, price): (usize, &f64)| price + spread_eur_per_mwh * noise[isps.index(on.start_of(k))];
    let imbalance_eur_per_mwh = day_ahead_eur_per_mwh.iter().enumerate().map(imbalance).collect();
    Prices { day_ahead_eur_per_mwh, imbalance_eur_per_mwh }
}

/// The ISPs of steps that divide them.
fn isps_of(calendar: &IspCalendar, on: &Steps) -> Steps {
    Steps { start: on.start, step: calendar.isp(), count: ((on.end() - on.start).0 / calendar.isp().0) as usize }
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
    why: "Every step of the run needs a price, and the program does not extrapolate prices.",
    example: "# prices.csv has 168 rows of an hour each\n[prices]\nkind = \"csv\"\npath = \"prices.csv\"\n\n[time]\nfrom = \"2016-07-22\"\nuntil = \"2016-07-31\"",
    mend: "[time]\nfrom = \"2016-07-22\"\nuntil = \"2016-07-28\"",
};

/// The rule on prices that no market has.
pub const PRICE_RANGE: Rule = Rule {
    code: "price-range",
    severity: Severity::Error,
    what: "A price is above 100000 €/MWh or below −100000 €/MWh.",
    why: "The unit is probably wrong: price limits of markets are far lower, and messages carry amounts of at most 12 digits.",
    example: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n65000000,65",
    mend: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n65,65",
};

/// Highest price that is taken, and as a negative one the lowest, €/MWh.
const MOST_EUR_PER_MWH: f64 = 100_000.0;

/// The rule on a file of prices that says no times and has more rows than the run takes.
pub const PRICES_UNDATED: Rule = Rule {
    code: "prices-undated",
    severity: Severity::Warning,
    what: "A file of prices has more rows than the run needs, and no column 'time'.",
    why: "Without times, the first row is the price at the first local midnight of the run. If the file begins on another day, all prices \
          are for wrong days.",
    example: "# prices.csv has 8784 rows, from 1 January on\n[prices]\nkind = \"csv\"\npath = \"prices.csv\"",
    mend: "time,day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n2016-07-22T00:00:00+02:00,31.2,35.0",
};

/// The rule on the column 'time' of a file of prices.
pub const PRICES_TIME: Rule = Rule {
    code: "prices-time",
    severity: Severity::Error,
    what: "A cell of the column 'time' of a file of prices is not an instant, or does not follow the previous row.",
    why: "A missing or repeated row would shift every later price in time.",
    example: "time,day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n2016-07-22T00:00:00+02:00,31.2,35.0\n2016-07-22T02:00:00+02:00,29.8,33.1",
    mend: "time,day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n2016-07-22T00:00:00+02:00,31.2,35.0\n2016-07-22T01:00:00+02:00,29.8,33.1",
};

/// Prices of steps from a CSV file with one row per `row` of elapsed time. Where a column `time` says when each row begins, rows
/// before and after the run are passed over; without it the first row belongs where the first step begins. With it come warnings.
///
/// # Errors
/// The file is missing, lacks a column, holds a cell that is no number, has a gap in `time`, or does not cover the run.
pub fn read_csv(path: &Path, row: SimDuration, calendar: &IspCalendar, on: &Steps) -> Result<(Prices, Findings), Findings> {
    const COLUMNS: [&str; 2] = [DAY_AHEAD, "imbalance_eur_per_mwh"];
    let mut findings = Findings::default();
    let source = table::read_text(path)?;
    let known = Known::columns(&COLUMNS, &[TIME]);
    let table = Table::series(&source, &known, &table::rules::BLANK_ROW, &mut findings);
    // The names stand side by side, so a file with only one of them is a file of day-ahead prices.
    let alone = |f: &&mut Finding| {
        f.code == table::rules::MISSING_COLUMN.code && f.message.contains(COLUMNS[1]) && !f.message.contains("stands there")
    };
    for f in findings.0.iter_mut().filter(alone) {
        f.help = Some("without imbalance prices repeat the day-ahead prices there: deviations then cost nothing more".to_owned());
    }
    // A row that is left out moves every later one, so nothing more is said of a file with one.
    let Some(table) = table.filter(|_| !findings.has_errors()) else { return Err(findings.gathered()) };
    let rows: Vec<[f64; 2]> = table.rows().map(|row| COLUMNS.map(|column| price(row, column, &mut findings))).collect();
    let dated = table.column(TIME).is_some();
    let Some(start) = (if dated { first_instant(&table, row, &mut findings) } else { Some(on.start) }) else { return Err(findings) };
    let given = Steps { start, step: row, count: rows.len() };
    let needed = ((on.end() - on.start).0 as usize).div_ceil(row.0 as usize);
    let (file, minutes) = (path.display(), row.0 / 60);
    if given.start > on.start || given.end() < on.end() {
        let message = match dated {
            true => format!("'{file}' has prices from {} to {}", calendar.rfc3339(given.start), calendar.rfc3339(given.end())),
            false => format!("'{file}' has {} rows of prices, the run needs {needed} of {minutes} minutes", rows.len()),
        };
        let help = match dated {
            true => format!("the run lasts from {} to {}", calendar.rfc3339(on.start), calendar.rfc3339(on.end())),
            false => "add rows, or shorten the run; 'minutes' says what a row stands for".to_owned(),
        };
        findings.push(PRICES_TOO_SHORT.finding(message).help(help));
    } else if !dated && rows.len() > needed {
        let message = format!("'{file}' has {} rows of {minutes} minutes, the run takes the first {needed}", rows.len());
        let first = calendar.rfc3339(on.start);
        let help = format!(
            "the first row is taken for {first}; a column 'time' with such texts says when each row begins, 'minutes' how long it lasts"
        );
        findings.push(PRICES_UNDATED.finding(message).help(help));
    }
    if findings.has_errors() {
        return Err(findings.gathered());
    }
    let day_ahead: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    if let Some((name, factor, median)) = unit::meant(&day_ahead, row) {
        let finding = PRICE_UNIT.finding(format!("half of the day-ahead prices are below {median} €/MWh: are they in {name}?"));
        let at = table.column(COLUMNS[0]).map_or(0..0, |column| table.header_cell(column));
        findings
            .push(finding.at(&source, at).help(format!("write them in €/MWh: {median} {name} is {} €/MWh", meant::plain(median * factor))));
    }
    let of = |k: usize| given.averaged(&rows.iter().map(|r| r[k]).collect::<Vec<_>>(), on);
    Ok((Prices { day_ahead_eur_per_mwh: of(0), imbalance_eur_per_mwh: of(1) }, findings))
}

/// Day-ahead prices of a file with one row an hour, and the hours: columns `time`, when each begins, and `day_ahead_eur_per_mwh`.
///
/// # Errors
/// The file is missing, lacks a column, holds a cell that is no price, or has a gap in `time`.
pub fn read_hours(path: &Path) -> Result<(Steps, Vec<f64>), Findings> {
    let mut findings = Findings::default();
    let source = table::read_text(path)?;
    let known = Known::columns(&[TIME, DAY_AHEAD], &[]);
    let table = Table::series(&source, &known, &table::rules::BLANK_ROW, &mut findings);
    let Some(table) = table.filter(|_| !findings.has_errors()) else { return Err(findings.gathered()) };
    let start = first_instant(&table, SimDuration::hours(1), &mut findings);
    let values: Vec<f64> = table.rows().map(|row| price(row, DAY_AHEAD, &mut findings)).collect();
    match start {
        Some(start) if !findings.has_errors() => Ok((Steps { start, step: SimDuration::hours(1), count: values.len() }, values)),
        _ => Err(findings),
    }
}

/// A cell that is a price, €/MWh.
fn price(row: Row<'_>, column: &str, findings: &mut Findings) -> f64 {
    let eur_per_mwh = row.number(column, Sign::Any, findings);
    if eur_per_mwh.abs() > MOST_EUR_PER_MWH {
        let finding = PRICE_RANGE.finding(format!("a price of {eur_per_mwh} €/MWh exceeds {MOST_EUR_PER_MWH} €/MWh"));
        findings.push(row.at(column, finding.help("prices are in €/MWh")));
    }
    eur_per_mwh
}

/// Name of the column of day-ahead prices.
const DAY_AHEAD: &str = "day_ahead_eur_per_mwh";

/// Name of the optional column that says when rows begin.
const TIME: &str = "time";

/// When the first row begins; every other must begin `row` after the one before. Only the first break is told.
fn first_instant(table: &Table, row: SimDuration, findings: &mut Findings) -> Option<SimTime> {
    let mut start = None;
    for (k, cells) in table.rows().enumerate() {
        let text = cells.cell(TIME);
        let Some(at) = whole_second(text) else {
            let finding = PRICES_TIME.finding(format!("'{text}' is not an instant"));
            findings.push(cells.at(TIME, finding.help("write it like 2016-01-01T00:00:00+01:00")));
            return None;
        };
        let first = *start.get_or_insert(SimTime(at.as_second()));
        let due = first + SimDuration(row.0 * k as i64);
        if at.as_second() != due.0 {
            let finding = PRICES_TIME.finding(format!("'{text}' is not {} minutes after the previous row", row.0 / 60));
            let due = jiff::Timestamp::from_second(due.0).map_or_else(|_| "no instant there is".to_owned(), |due| due.to_string());
            findings.push(cells.at(TIME, finding.help(format!("expected {due}; 'minutes' is the duration of a row"))));
            return None;
        }
    }
    start.or_else(|| {
        findings.push(PRICES_TOO_SHORT.finding("the file of prices has no rows").help("write one row per 'minutes' below the header"));
        None
    })
}

/// An instant with its offset, of a year that the calendar holds.
fn whole_second(text: &str) -> Option<jiff::Timestamp> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    let year = instant.to_zoned(jiff::tz::TimeZone::UTC).year();
    (instant.subsec_nanosecond() == 0 && YEARS.contains(&year)).then_some(instant)
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

    /// Prices of the day 2016-07-23 from a file: the text after the header, and what was said.
    fn of_file(header: &str, rows: impl Iterator<Item = String>) -> Result<(Prices, Vec<&'static str>), Vec<&'static str>> {
        let path = std::env::temp_dir().join(format!("copperplate-prices-{}-{:?}.csv", std::process::id(), std::thread::current().id()));
        std::fs::write(&path, format!("{header}\n{}\n", rows.collect::<Vec<_>>().join("\n"))).unwrap();
        let c = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let on = Steps { start: c.period(date(2016, 7, 23)).start, step: QUARTER, count: 96 };
        let read = read_csv(&path, SimDuration::minutes(60), &c, &on);
        std::fs::remove_file(&path).unwrap();
        let codes = |findings: Findings| findings.0.iter().map(|f| f.code).collect::<Vec<_>>();
        read.map(|(prices, odd)| (prices, codes(odd))).map_err(codes)
    }

    const PLAIN: &str = "day_ahead_eur_per_mwh,imbalance_eur_per_mwh";
    const TIMED: &str = "time,day_ahead_eur_per_mwh,imbalance_eur_per_mwh";

    /// Row `k` of a file that begins `before` hours before the day, at offset zero.
    fn timed(before: i64, k: i64) -> String {
        let midnight = "2016-07-22T22:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
        let at = jiff::Timestamp::from_second(midnight + 3600 * (k - before)).unwrap();
        format!("{at},{},{}", k - before, 100 + k - before)
    }

    #[test]
    fn rows_with_times_are_put_where_they_belong() {
        let (plain, told) = of_file(PLAIN, (0..24).map(|k| format!("{k},{}", 100 + k))).unwrap();
        assert!(told.is_empty() && plain.day_ahead_eur_per_mwh[95] == 23.0);
        for before in [0, 1, 30] {
            let (prices, told) = of_file(TIMED, (0..before + 40).map(|k| timed(before, k))).unwrap();
            assert_eq!((&prices, told), (&plain, vec![]), "{before} hours before");
        }
    }

    #[test]
    fn rows_that_do_not_fit_the_run_are_told() {
        let plain = |n: i64| of_file(PLAIN, (0..n).map(|k| format!("{k},{k}")));
        assert_eq!(plain(23).unwrap_err(), ["prices-too-short"]);
        assert_eq!(plain(25).unwrap().1, ["prices-undated"]);
        assert_eq!(plain(0).unwrap_err(), ["prices-too-short"]);
        assert_eq!(of_file(TIMED, (0..24).map(|k| timed(1, k))).unwrap_err(), ["prices-too-short"], "an hour short at the end");
        assert_eq!(of_file(TIMED, (0..48).map(|k| timed(-1, k))).unwrap_err(), ["prices-too-short"], "an hour late");
        assert_eq!(of_file(TIMED, (0..48).filter(|k| *k != 20).map(|k| timed(0, k))).unwrap_err(), ["prices-time"]);
        assert_eq!(of_file(TIMED, (0..24).map(|k| format!("2016-07-23 {k}:00,1,1"))).unwrap_err(), ["prices-time"]);
        assert_eq!(of_file(TIMED, (0..0).map(|k| timed(0, k))).unwrap_err(), ["prices-too-short"]);
    }
}
