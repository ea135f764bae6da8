//! Base loads of their own, drawn from profiles that many share.
//!
//! A home keeps its shape and habits but not the days of the others: each of its days is a day of its profile of the same kind
//! (working day, Saturday, Sunday or holiday) and season (at most 45 days away in the year), shifted by its own quarter hours and
//! scaled by its own factor. What all homes of a feeder share stays: they have one factor for every hour, because a part of what
//! people do they do together, and a sum of independent homes would be foreseen better than any real street.
//!
//! ```text
//! P(t)    = s · c(t) · p(donor(day of t) + clock of t − shift)
//! s       = exp(0.35 n − 0.35²/2),   shift uniform in −4 … 4 quarter hours, both by home
//! c(hour) = max(0, 1 + 0.11 X),   X = √(1 − φ²) Σ_{j<48} φʲ n(hour − j),   φ = exp(−1/12)
//! ```
//!
//! Reactive power follows the same day. Draws are keyed by home and date, or by the hour, so other homes and a longer run change
//! nothing. Spread of size, shift and the common factor are assumptions; with them a learned forecast of 20 to 50 homes errs as much
//! as measured streets (`docs/model/forecasts.md`).

use jiff::civil::Date;

use crate::ids::ProfileIdx;
use crate::rng::Stream;
use crate::time::{IspCalendar, SimDuration, SimTime, Steps};

use super::ProfileTable;

/// Days that a donor may lie away.
const SEASON_DAYS: i64 = 45;
/// Spread of the size of homes.
const SIZE: f64 = 0.35;
/// Most quarter hours that a home is early or late.
const SHIFT: f64 = 4.0;
/// Spread of the common factor, and how far back it reaches.
const COMMON: f64 = 0.11;
const COMMON_H: f64 = 12.0;
const MEMORY_H: usize = 48;

/// A home and the profiles it is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    /// Its name, which keys its draws.
    pub id: &'a str,
    /// Profile of active power.
    pub p: ProfileIdx,
    /// Profile of reactive power.
    pub q: Option<ProfileIdx>,
}

/// A day that may stand for another.
struct Donor {
    date: Date,
    start: SimTime,
    group: usize,
}

/// Working day, Saturday, Sunday.
fn group(date: Date, holidays: &[Date]) -> usize {
    match date.weekday().to_monday_zero_offset() {
        _ if holidays.contains(&date) => 2,
        5 => 1,
        6 => 2,
        _ => 0,
    }
}

/// Days between two dates, whatever their years.
fn apart(a: Date, b: Date) -> i64 {
    let days = i64::from((a.day_of_year() - b.day_of_year()).abs());
    days.min(366 - days)
}

/// Series of a home on steps, active and reactive.
#[derive(Debug)]
pub struct Drawn {
    /// Active power, one value a step.
    pub p: Vec<f64>,
    /// Reactive power.
    pub q: Option<Vec<f64>>,
}

/// The loads of homes on the steps `onto`, which lie within whole days of the zone.
#[must_use]
pub fn drawn(source: &ProfileTable, onto: &Steps, calendar: &IspCalendar, holidays: &[Date], seed: u64, homes: &[Home<'_>]) -> Vec<Drawn> {
    let day = SimDuration::hours(24);
    let last = calendar.date_of(SimTime(source.end().0 - 1));
    let dates = std::iter::successors(Some(calendar.date_of(source.start())), |d| d.tomorrow().ok()).take_while(|d| *d <= last);
    let donor = |date: Date| {
        let start = calendar.at(date, jiff::civil::Time::midnight());
        let whole = calendar.length_of(date) == day && start >= source.start() && start + day <= source.end();
        whole.then(|| Donor { date, start, group: group(date, holidays) })
    };
    let donors: Vec<Donor> = dates.filter_map(donor).collect();
    let grid = Steps { start: onto.start, step: source.step(), count: ((onto.end() - onto.start).0 / source.step().0) as usize };
    let common = common(seed, &grid);
    let targets = days(calendar, &grid);
    let candidates: Vec<Vec<usize>> = targets.iter().map(|t| like(&donors, t.date, holidays)).collect();
    homes.iter().map(|home| one(source, onto, &grid, &targets, &donors, &candidates, &common, seed, home)).collect()
}

/// A day of the steps to fill: its date and the clock time of each step.
struct Target {
    date: Date,
    first: usize,
    clock: Vec<SimDuration>,
}

fn days(calendar: &IspCalendar, grid: &Steps) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    let mut k = 0;
    while k < grid.count {
        let date = calendar.date_of(grid.start_of(k));
        let midnight = calendar.at(date, jiff::civil::Time::midnight());
        let end = midnight + calendar.length_of(date);
        let regular = end - midnight == SimDuration::hours(24);
        let first = k;
        let mut clock = Vec::new();
        while k < grid.count && grid.start_of(k) < end {
            let t = grid.start_of(k);
            let local = || {
                let time = calendar.local_time(t);
                SimDuration(i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second()))
            };
            clock.push(if regular { t - midnight } else { local() });
            k += 1;
        }
        targets.push(Target { date, first, clock });
    }
    targets
}

/// Donors of a date: of its kind and season, else of its season, else all.
fn like(donors: &[Donor], date: Date, holidays: &[Date]) -> Vec<usize> {
    let near = |d: &Donor| apart(d.date, date) <= SEASON_DAYS;
    let kind = group(date, holidays);
    let rows = |fits: &dyn Fn(&Donor) -> bool| -> Vec<usize> { (0..donors.len()).filter(|k| fits(&donors[*k])).collect() };
    let tries: [&dyn Fn(&Donor) -> bool; 3] = [&|d| near(d) && d.group == kind, &near, &|_| true];
    tries.iter().map(|fits| rows(fits)).find(|found| !found.is_empty()).unwrap_or_default()
}

/// The factor that all homes share, step by step.
fn common(seed: u64, grid: &Steps) -> Vec<f64> {
    let phi = libm::exp(-1.0 / COMMON_H);
    let hours = Steps::touching(grid.start, grid.end(), SimDuration::hours(1));
    let first = hours.start.0 / 3600 - MEMORY_H as i64;
    let mut stream = Stream::new(seed, "homes", "common");
    let normals: Vec<f64> = (0..hours.count + MEMORY_H).map(|k| stream.at((first + k as i64).unsigned_abs()).normal()).collect();
    let weights: Vec<f64> = (0..MEMORY_H).map(|j| libm::sqrt(1.0 - phi * phi) * libm::pow(phi, j as f64)).collect();
    let of_hour = |h: usize| {
        let x: f64 = weights.iter().enumerate().map(|(j, w)| w * normals[h + MEMORY_H - j]).sum();
        (1.0 + COMMON * x).max(0.0)
    };
    let by_hour: Vec<f64> = (0..hours.count).map(of_hour).collect();
    (0..grid.count).map(|k| by_hour[hours.index(grid.start_of(k))]).collect()
}

#[allow(clippy::too_many_arguments, reason = "what all homes share is made once")]
fn one(
    source: &ProfileTable,
    onto: &Steps,
    grid: &Steps,
    targets: &[Target],
    donors: &[Donor],
    candidates: &[Vec<usize>],
    common: &[f64],
    seed: u64,
    home: &Home<'_>,
) -> Drawn {
    let mut habits = Stream::new(seed, home.id, "home");
    let mut habit = habits.at(0);
    let size = libm::exp(SIZE * habit.normal() - 0.5 * SIZE * SIZE);
    let shift = SimDuration::minutes(15 * (libm::floor(habit.uniform() * (2.0 * SHIFT + 1.0)) - SHIFT) as i64);
    let mut days = Stream::new(seed, home.id, "day");
    let columns = [Some(home.p), home.q].map(|p| p.map(|p| source.column(p)));
    let mut series = columns.map(|c| c.map(|_| vec![0.0; grid.count]));
    for (target, like) in targets.iter().zip(candidates) {
        if like.is_empty() {
            continue;
        }
        let ordinal = target.date.duration_since(Date::constant(1900, 1, 1)).as_hours().unsigned_abs() / 24;
        let donor = &donors[like[(days.at(ordinal).uniform() * like.len() as f64) as usize]];
        for (k, clock) in target.clock.iter().enumerate() {
            let t = donor.start + *clock;
            let row = source.step_at(t - shift).or_else(|| source.step_at(t)).expect("donors lie in the table");
            let step = target.first + k;
            for (out, column) in series.iter_mut().zip(&columns) {
                if let (Some(out), Some(column)) = (out, column) {
                    out[step] = size * common[step] * column[row];
                }
            }
        }
    }
    let [p, q] = series.map(|s| s.map(|s| if grid.step == onto.step { s } else { grid.averaged(&s, onto) }));
    Drawn { p: p.expect("a home has active power"), q }
}

/// How much homes peak apart: the peak of their sum as a fraction of the sum of their peaks.
#[must_use]
pub fn simultaneity(homes: &[Vec<f64>]) -> f64 {
    let peak = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
    let steps = homes.iter().map(Vec::len).min().unwrap_or(0);
    let together = peak(&mut (0..steps).map(|k| homes.iter().map(|h| h[k]).sum()));
    let apart: f64 = homes.iter().map(|h| peak(&mut h.iter().copied())).sum();
    if apart > 0.0 { together / apart } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn table(days: usize) -> (ProfileTable, IspCalendar) {
        let calendar = IspCalendar::new("Europe/Berlin", 15).expect("a calendar");
        let start = calendar.at(date(2016, 1, 1), jiff::civil::Time::midnight());
        let mut table = ProfileTable::new(start, SimDuration::minutes(15));
        // Each day holds its own number, the quarter hour as its fraction.
        let values: Vec<f64> = (0..days * 96).map(|k| (k / 96 + 1) as f64 + (k % 96) as f64 * 1e-3).collect();
        table.push("p", &values);
        (table, calendar)
    }

    fn homes(n: usize) -> Vec<String> {
        (0..n).map(|k| format!("home {k}")).collect()
    }

    #[test]
    fn a_longer_run_and_more_homes_change_nothing() {
        let (table, calendar) = table(120);
        let names = homes(3);
        let of = |names: &[String], count: usize| {
            let homes: Vec<Home<'_>> = names.iter().map(|id| Home { id, p: ProfileIdx::new(0), q: None }).collect();
            let onto = Steps { start: table.start() + SimDuration::hours(24 * 20), step: table.step(), count };
            drawn(&table, &onto, &calendar, &[], 5, &homes)
        };
        let (few, many) = (of(&names[1..2], 96), of(&names, 96 * 70));
        assert_eq!(few[0].p[..], many[1].p[..96]);
        assert!(few[0].p != many[0].p[..96], "homes have their own days");
    }

    #[test]
    fn a_day_stands_for_one_of_its_kind_and_season_at_the_same_clock() {
        let (table, calendar) = table(200);
        let names = homes(1);
        let home = Home { id: &names[0], p: ProfileIdx::new(0), q: None };
        let onto = Steps { start: table.start(), step: table.step(), count: 200 * 96 };
        let drawn = drawn(&table, &onto, &calendar, &[], 9, &[home]);
        let shared = common(9, &onto);
        // Size and shift of the home from its first noon: the fraction tells the quarter hour.
        let mut days = 0;
        let mut habits = Stream::new(9, &names[0], "home");
        let mut habit = habits.at(0);
        let size = libm::exp(SIZE * habit.normal() - 0.5 * SIZE * SIZE);
        let shift = libm::floor(habit.uniform() * 9.0) - 4.0;
        for day in 0..200 {
            let date = date(2016, 1, 1) + jiff::Span::new().days(day);
            if calendar.length_of(date) != SimDuration::hours(24) {
                continue;
            }
            let noon = calendar.at(date, jiff::civil::time(12, 0, 0, 0));
            let k = onto.index(noon);
            let value = drawn[0].p[k] / size / shared[k];
            let donor = jiff::civil::date(2016, 1, 1) + jiff::Span::new().days(libm::floor(value + 1e-6) as i64 - 1);
            assert_eq!(group(donor, &[]), group(date, &[]), "{date} {donor}");
            assert!(apart(donor, date) <= SEASON_DAYS);
            // UTC rows of the table: noon is row 44 to 48 of its UTC day, by season.
            let row = libm::round((value - libm::floor(value + 1e-6)) * 1e3);
            assert!((row + shift - 48.0).abs() <= 4.0, "{date}: {row} {shift}");
            days += 1;
        }
        assert!(days > 190);
    }
}
