//! How often and how long a contract lets the operator call, and what has been used of that.
//!
//! A *call* is one run of consecutive ISPs that are ordered under the contract in one Period. A call that would pass a limit is
//! refused as a whole, with the first term it breaks: [`Term`] lists them in order. Counts move when a call is accepted, not when it
//! is sent. Times are elapsed times, so a day on which the clock changes needs no rule of its own.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Weekday};

use crate::time::{IspIndex, Period, SimDuration, SimTime};

/// What a call can break, in the order in which it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// The contract is suspended.
    Suspended,
    /// An ISP lies in no window of it.
    Window,
    /// The call comes later than the market's times allow.
    Notice,
    /// The call is shorter than the least length.
    TooShort,
    /// The call is longer than the greatest length.
    TooLong,
    /// The last accepted call ended too short a time before.
    Recovery,
    /// The day has had its calls.
    CallsPerDay,
    /// The week, Monday to Sunday, has had its calls.
    CallsPerWeek,
    /// The calendar year has fewer hours left.
    HoursPerYear,
}

impl Term {
    /// Its name in refusals.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Term::Suspended => "suspended",
            Term::Window => "window",
            Term::Notice => "notice",
            Term::TooShort => "too short",
            Term::TooLong => "too long",
            Term::Recovery => "recovery",
            Term::CallsPerDay => "calls per day",
            Term::CallsPerWeek => "calls per week",
            Term::HoursPerYear => "hours per year",
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Limits on calls; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Least length of a call.
    pub shortest: Option<SimDuration>,
    /// Greatest length of a call.
    pub longest: Option<SimDuration>,
    /// Least time between the end of a call and the start of the next.
    pub recovery: Option<SimDuration>,
    /// Most calls of a Period.
    pub calls_per_day: Option<u32>,
    /// Most calls from Monday to Sunday.
    pub calls_per_week: Option<u32>,
    /// Longest time called in a calendar year.
    pub per_year: Option<SimDuration>,
}

/// One call: consecutive ISPs of a Period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The Period's day.
    pub day: Date,
    /// Start of its first ISP.
    pub from: SimTime,
    /// End of its last ISP.
    pub until: SimTime,
}

impl Run {
    /// The calls of a Period whose called ISPs are given by array position, in order.
    #[must_use]
    pub fn all(period: &Period, called: &[bool]) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for isp in period.iter().filter(|isp| called[isp.offset()]) {
            let from = period.isp_start(isp);
            let until = from + period.isp();
            match runs.last_mut() {
                Some(run) if run.until == from => run.until = until,
                _ => runs.push(Run { day: period.date, from, until }),
            }
        }
        runs
    }

    /// The ISPs of its Period in it.
    pub fn isps(self, period: &Period) -> impl Iterator<Item = IspIndex> + use<> {
        let period = *period;
        period.iter().filter(move |isp| (self.from..self.until).contains(&period.isp_start(*isp)))
    }

    /// How long it lasts.
    #[must_use]
    pub fn length(self) -> SimDuration {
        self.until - self.from
    }
}

/// What accepted calls have used of a contract's limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counters {
    /// End of the last call.
    last_end: Option<SimTime>,
    /// Calls by day.
    days: BTreeMap<Date, u32>,
    /// Calls by the Monday of the week.
    weeks: BTreeMap<Date, u32>,
    /// Time by calendar year.
    years: BTreeMap<i16, SimDuration>,
}

impl Counters {
    /// A contract of whose `year` some time was called before, and whose last call ended at `last_end`.
    #[must_use]
    pub fn resumed(year: i16, used: SimDuration, last_end: Option<SimTime>) -> Counters {
        Counters { last_end, years: BTreeMap::from([(year, used)]), ..Counters::default() }
    }

    /// The first limit that a call would pass.
    #[must_use]
    pub fn broken(&self, limits: &Limits, run: Run) -> Option<Term> {
        let recovered = |pause| self.last_end.is_none_or(|end| run.from - end >= pause);
        let used_up = |most: Option<u32>, calls: Option<&u32>| most.is_some_and(|most| calls.copied().unwrap_or(0) >= most);
        if limits.shortest.is_some_and(|shortest| run.length() < shortest) {
            Some(Term::TooShort)
        } else if limits.longest.is_some_and(|longest| run.length() > longest) {
            Some(Term::TooLong)
        } else if limits.recovery.is_some_and(|pause| !recovered(pause)) {
            Some(Term::Recovery)
        } else if used_up(limits.calls_per_day, self.days.get(&run.day)) {
            Some(Term::CallsPerDay)
        } else if used_up(limits.calls_per_week, self.weeks.get(&monday(run.day))) {
            Some(Term::CallsPerWeek)
        } else if self.left_of_year(limits, run.day).is_some_and(|left| run.length() > left) {
            Some(Term::HoursPerYear)
        } else {
            None
        }
    }

    /// Time that may still be called in the calendar year of a day; `None` where there is no limit.
    #[must_use]
    pub fn left_of_year(&self, limits: &Limits, day: Date) -> Option<SimDuration> {
        let used = self.years.get(&day.year()).copied().unwrap_or_default();
        limits.per_year.map(|most| SimDuration((most.0 - used.0).max(0)))
    }

    /// Counts an accepted call.
    pub fn accept(&mut self, run: Run) {
        self.last_end = self.last_end.max(Some(run.until));
        *self.days.entry(run.day).or_default() += 1;
        *self.weeks.entry(monday(run.day)).or_default() += 1;
        self.years.entry(run.day.year()).or_default().0 += run.length().0;
    }
}

/// The Monday of a day's week.
fn monday(day: Date) -> Date {
    if day.weekday() == Weekday::Monday { day } else { day.nth_weekday(-1, Weekday::Monday).unwrap_or(day) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::IspCalendar;
    use jiff::civil::date;

    fn run(day: Date, first: usize, isps: usize) -> Run {
        let period = IspCalendar::new("Europe/Amsterdam", 15).unwrap().period(day);
        let mut called = vec![false; period.isps()];
        called[first - 1..][..isps].fill(true);
        Run::all(&period, &called)[0]
    }

    #[test]
    fn weeks_begin_on_monday_and_years_with_january() {
        let limits = Limits { calls_per_week: Some(1), per_year: Some(SimDuration::hours(3)), ..Limits::default() };
        let mut used = Counters::default();
        used.accept(run(date(2026, 12, 27), 1, 4));
        assert_eq!(used.broken(&limits, run(date(2026, 12, 21), 9, 4)), Some(Term::CallsPerWeek));
        assert_eq!(used.broken(&limits, run(date(2026, 12, 28), 9, 8)), None);
        assert_eq!(used.broken(&limits, run(date(2026, 12, 28), 9, 9)), Some(Term::HoursPerYear));
        used.accept(run(date(2026, 12, 28), 9, 8));
        let limits = Limits { calls_per_week: None, ..limits };
        assert_eq!(used.broken(&limits, run(date(2026, 12, 31), 9, 1)), Some(Term::HoursPerYear));
        assert_eq!(used.broken(&limits, run(date(2027, 1, 1), 9, 12)), None);
    }

    /// In the night the clock is put forward, 23:00 to 03:00 lasts three hours.
    #[test]
    fn recovery_is_elapsed_time_across_midnight_and_a_clock_change() {
        let limits = |hours| Limits { recovery: Some(SimDuration::hours(hours)), ..Limits::default() };
        let mut used = Counters::default();
        used.accept(run(date(2026, 3, 28), 85, 8));
        let next = run(date(2026, 3, 29), 9, 4);
        assert_eq!((used.broken(&limits(3), next), used.broken(&limits(4), next)), (None, Some(Term::Recovery)));
    }

    #[test]
    fn what_was_used_before_a_run_counts() {
        let used = Counters::resumed(2026, SimDuration::hours(2), None);
        let limits = Limits { per_year: Some(SimDuration::hours(3)), ..Limits::default() };
        assert_eq!(used.broken(&limits, run(date(2026, 3, 1), 1, 5)), Some(Term::HoursPerYear));
        assert_eq!(used.broken(&limits, run(date(2027, 3, 1), 1, 5)), None);
    }
}
