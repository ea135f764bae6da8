//! A series of one year on the steps of a run in another: by elapsed time, moved by whole weeks.
//!
//! - A run that lies within the series takes it as it is.
//! - Otherwise it moves into the year of the series (that of its middle) by `n = round(365.2425 · years / 7)` weeks, so a Monday stays a
//!   Monday and a date moves by about three days at most; between Fridays 2016-01-01 and 2021-01-01 it does not move at all.
//! - A step that then falls outside the series moves by further 52 weeks, back or on. There is a seam where that begins.
//!
//! Time of day is UTC throughout: where two years change their clocks a few days apart, local clocks of these days differ by an hour.
//! Public holidays do not move along.

use jiff::tz::Offset;

use super::{SimDuration, SimTime, Steps};

const WEEK_S: i64 = 7 * 86_400;

/// Fifty-two weeks, s.
const ROUND_S: i64 = 52 * WEEK_S;

/// Where each part of a run lies in a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment(Vec<Piece>);

/// A part of a run, and how far on the series has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// First instant.
    pub from: SimTime,
    /// The instant after the last.
    pub until: SimTime,
    /// From an instant of the run to its instant in the series.
    pub shift: SimDuration,
}

impl Alignment {
    /// Puts each step of `run` into `series`; `None` where the series is too short for one of them.
    #[must_use]
    pub fn of(run: &Steps, series: &Steps) -> Option<Alignment> {
        Alignment::over(run, run, series)
    }

    /// Puts each step of `on`, a run with the time before it that somebody looks back to, into `series`: the run as it would be alone.
    #[must_use]
    pub fn over(on: &Steps, run: &Steps, series: &Steps) -> Option<Alignment> {
        let within = run.start >= series.start && run.end() <= series.end();
        let middle = SimTime(series.start.0 + (series.end().0 - series.start.0) / 2);
        let years = if within { 0.0 } else { f64::from(year(middle) - year(run.start)) };
        let weeks = (years * 365.2425 / 7.0).round() as i64 * WEEK_S;
        let mut pieces: Vec<Piece> = Vec::new();
        for (from, until) in (0..on.count).map(|k| (on.start_of(k), on.start_of(k + 1))) {
            let early = (series.start.0 - (from.0 + weeks)).max(0) as u64;
            let late = (until.0 + weeks - series.end().0).max(0) as u64;
            let rounds = early.div_ceil(ROUND_S as u64) as i64 - late.div_ceil(ROUND_S as u64) as i64;
            let shift = SimDuration(weeks + rounds * ROUND_S);
            if from + shift < series.start || until + shift > series.end() {
                return None;
            }
            match pieces.last_mut() {
                Some(last) if last.shift == shift => last.until = until,
                _ => pieces.push(Piece { from, until, shift }),
            }
        }
        Some(Alignment(pieces))
    }

    /// The parts, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The steps of `on` as they lie in the series, part by part; the parts begin and end with steps of `on`.
    pub fn sources<'a>(&'a self, on: &'a Steps) -> impl Iterator<Item = Steps> + 'a {
        self.0.iter().filter_map(move |piece| {
            let (from, until) = (piece.from.max(on.start), piece.until.min(on.end()));
            (from < until).then(|| Steps { start: from + piece.shift, step: on.step, count: ((until - from).0 / on.step.0) as usize })
        })
    }
}

fn year(t: SimTime) -> i16 {
    let instant = jiff::Timestamp::from_second(t.0).expect("simulated time lies in the years of the calendar");
    Offset::UTC.to_datetime(instant).year()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;

    fn days(from: &str, days: usize) -> Steps {
        let start = from.parse::<jiff::Timestamp>().unwrap().as_second();
        Steps { start: SimTime(start), step: SimDuration::hours(1), count: 24 * days }
    }

    fn date(t: SimTime) -> Date {
        Offset::UTC.to_datetime(jiff::Timestamp::from_second(t.0).unwrap()).date()
    }

    #[test]
    fn weekdays_stay_and_dates_hardly_move() {
        for (year, series) in [(2016, "2024"), (2016, "2021"), (2019, "2024"), (2030, "2021"), (2050, "2024")] {
            let series = days(&format!("{series}-01-01T00:00Z"), if series == "2024" { 366 } else { 365 });
            let run = days(&format!("{year}-01-01T00:00Z"), if year == 2016 { 366 } else { 365 });
            let alignment = Alignment::of(&run, &series).unwrap();
            let covered: i64 = alignment.pieces().iter().map(|p| (p.until - p.from).0).sum();
            assert_eq!(covered, (run.end() - run.start).0);
            assert!(alignment.pieces().len() <= 2);
            for piece in alignment.pieces() {
                assert_eq!(piece.shift.0 % WEEK_S, 0);
                assert!(piece.from + piece.shift >= series.start && piece.until + piece.shift <= series.end());
                let (here, there) = (date(piece.from), date(piece.from + piece.shift));
                assert_eq!(here.weekday(), there.weekday());
                let moved = (i32::from(here.day_of_year()) - i32::from(there.day_of_year())).abs();
                assert!(moved <= 5 || moved >= 360, "{here} {there}");
            }
        }
    }

    #[test]
    fn a_run_within_the_series_is_not_moved() {
        let series = days("2015-01-01T00:00Z", 3650);
        let alignment = Alignment::of(&days("2016-07-22T00:00Z", 7), &series).unwrap();
        assert_eq!(alignment.pieces().iter().map(|p| p.shift.0).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn a_week_serves_the_same_week_of_another_year_and_no_other() {
        let week = days("2021-02-08T00:00Z", 7);
        let there = Alignment::of(&days("2016-02-08T00:00Z", 7), &week).unwrap();
        assert_eq!(there.pieces()[0].shift.0, (week.start - days("2016-02-08T00:00Z", 7).start).0);
        assert!(Alignment::of(&days("2016-02-09T00:00Z", 7), &week).is_none());
        assert!(Alignment::of(&days("2016-07-11T00:00Z", 7), &week).is_none());
    }

    #[test]
    fn pieces_hold_for_other_steps() {
        let series = days("2024-01-01T00:00Z", 366);
        let run = days("2016-01-01T00:00Z", 10);
        let alignment = Alignment::of(&run, &series).unwrap();
        let fine = Steps { step: SimDuration::minutes(5), count: run.count * 12, ..run };
        let coarse: Vec<Steps> = alignment.sources(&run).collect();
        let parts: Vec<Steps> = alignment.sources(&fine).collect();
        assert_eq!(coarse.len(), 2, "the first days of January come from the end of the series");
        for (a, b) in coarse.iter().zip(&parts) {
            assert!(a.start == b.start && a.end() == b.end());
        }
    }
}
