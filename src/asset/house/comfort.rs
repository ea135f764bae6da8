//! When people are at home and how warm they want it.
//!
//! A week of quarter hours says for each of them which temperatures are comfortable. The band is `−1 … +1.5 K` around the set point
//! while people are at home and awake, and reaches down to `−3 K` at night and while they are away. A device that keeps the band has
//! to begin to heat before it rises: `guard` rises ahead of `low` by a rate that heating reaches.

use std::sync::Arc;

use crate::rng::Stream;
use crate::time::{IspCalendar, SimDuration, SimTime, Steps};

/// Quarter hours in a week.
pub const WEEK: usize = 672;
const QUARTER: SimDuration = SimDuration(900);

/// Which quarter hour of the local week an instant lies in; one clock serves all houses.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    grid: Steps,
    quarter: Vec<u16>,
    /// Day of the local year, from 0.
    day: Vec<u16>,
    /// Cold water on each of those days, °C.
    cold_c: Vec<f64>,
}

impl Clock {
    /// The clock of a calendar from one instant to another; weeks begin on Monday.
    #[must_use]
    pub fn new(calendar: &IspCalendar, from: SimTime, until: SimTime) -> Clock {
        let grid = Steps::touching(from, until, QUARTER);
        let local = |k: usize| {
            let t = grid.start_of(k);
            let (date, time) = (calendar.date_of(t), calendar.local_time(t));
            let weekday = i32::from(date.weekday().to_monday_zero_offset());
            let quarter = weekday * 96 + i32::from(time.hour()) * 4 + i32::from(time.minute()) / 15;
            (quarter as u16, date.day_of_year() as u16 - 1)
        };
        let (quarter, day) = (0..grid.count).map(local).unzip();
        Clock { grid, quarter, day, cold_c: (0..366).map(cold_c).collect() }
    }

    /// The quarter hours that it knows.
    #[must_use]
    pub fn grid(&self) -> &Steps {
        &self.grid
    }

    /// Its row of an instant; before it and after it, the first and the last.
    #[must_use]
    #[inline]
    pub fn row(&self, t: SimTime) -> usize {
        if t < self.grid.start { 0 } else { self.grid.index(t).min(self.grid.count - 1) }
    }

    /// Quarter hour of the local week of a row.
    #[must_use]
    #[inline]
    pub fn quarter(&self, row: usize) -> usize {
        usize::from(self.quarter[row])
    }

    /// Temperature of cold water in a row, °C.
    #[must_use]
    #[inline]
    pub fn cold_c(&self, row: usize) -> f64 {
        self.cold_c[usize::from(self.day[row])]
    }
}

/// Cold water on a day of the year, °C: 7.5 in February, 15 in August.
fn cold_c(day: u16) -> f64 {
    11.25 - 3.75 * libm::cos(2.0 * std::f64::consts::PI * (f64::from(day) - 45.0) / 365.25)
}

/// What people want in a quarter hour.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Want {
    /// Where a thermostat without a plan heats to, °C.
    pub target_c: f64,
    /// Least comfortable temperature, °C.
    pub low_c: f64,
    /// Least temperature that a device allows, so that `low` holds later, °C.
    pub guard_c: f64,
    /// Highest comfortable temperature, °C.
    pub high_c: f64,
    /// Whether people are at home.
    pub home: bool,
}

/// A week has many quarter hours: kept short.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Short {
    target_c: f32,
    low_c: f32,
    guard_c: f32,
    high_c: f32,
    home: bool,
}

/// The habits of a household.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    /// Temperature at home and awake, °C.
    pub set_c: f64,
    /// How much lower a thermostat is set at night, K.
    pub setback_k: f64,
    /// People get up, h after midnight.
    pub up_h: f64,
    /// People go to bed, h after midnight.
    pub bed_h: f64,
    /// When they leave and come back on workdays, h after midnight; none where somebody stays at home.
    pub away_h: Option<(f64, f64)>,
    /// People.
    pub people: usize,
}

impl Habits {
    /// Habits drawn for a household.
    #[must_use]
    pub fn draw(seed: u64, id: &str) -> Habits {
        let mut first = Stream::new(seed, id, "comfort");
        let mut d = first.at(0);
        let set_c = 20.5 + d.normal();
        let (setback_k, up_h, bed_h) = (d.uniform(), 5.5 + 2.0 * d.uniform(), 22.0 + 1.5 * d.uniform());
        let (at_work, size) = (d.uniform(), d.uniform());
        let mut second = Stream::new(seed, id, "away");
        let mut d = second.at(0);
        let hours = (up_h + 1.0 + d.uniform(), 15.5 + 3.0 * d.uniform());
        // Shares of one to five people in a house: an assumption.
        let people = [0.2, 0.58, 0.77, 0.93].iter().filter(|share| size >= **share).count() + 1;
        Habits { set_c, setback_k, up_h, bed_h, away_h: (at_work < 0.5).then_some(hours), people }
    }
}

/// What a household wants through a week.
#[derive(Debug, Clone, PartialEq)]
pub struct Comfort {
    week: Arc<[Short]>,
}

/// Below the set point while at home and awake, K; above it; below it otherwise.
const BELOW_K: f64 = 1.0;
const ABOVE_K: f64 = 1.5;
const ASLEEP_K: f64 = 3.0;
/// How fast a device warms a house up ahead of the band, K a quarter hour.
const RAMP_K: f64 = 0.0625;
/// What a device keeps above the band, K: a quarter hour of on and off.
const MARGIN_K: f64 = 0.2;

impl Comfort {
    /// The week of some habits.
    #[must_use]
    pub fn new(h: &Habits) -> Comfort {
        let mut week: Vec<Want> = (0..WEEK)
            .map(|quarter| {
                let (weekday, hour) = (quarter / 96, (quarter % 96) as f64 / 4.0);
                let asleep = hour < h.up_h || hour >= h.bed_h;
                let away = weekday < 5 && h.away_h.is_some_and(|(leave, back)| hour >= leave && hour < back);
                let low_c = h.set_c - if asleep || away { ASLEEP_K } else { BELOW_K };
                let lower_k = if asleep {
                    h.setback_k
                } else if away {
                    0.5 * h.setback_k
                } else {
                    0.0
                };
                let high_c = h.set_c + ABOVE_K;
                Want { target_c: h.set_c - lower_k, low_c, guard_c: low_c + MARGIN_K, high_c, home: !away }
            })
            .collect();
        // Twice round, so that Sunday night knows of Monday morning.
        for k in (0..2 * WEEK).rev() {
            let next = week[(k + 1) % WEEK].guard_c - RAMP_K;
            let want = &mut week[k % WEEK];
            want.guard_c = want.guard_c.max(next);
        }
        let short = |w: &Want| {
            let [target_c, low_c, guard_c, high_c] = [w.target_c, w.low_c, w.guard_c, w.high_c].map(|c| c as f32);
            Short { target_c, low_c, guard_c, high_c, home: w.home }
        };
        Comfort { week: week.iter().map(short).collect() }
    }

    /// What is wanted in a quarter hour of the week.
    #[must_use]
    #[inline]
    pub fn want(&self, quarter: usize) -> Want {
        let Short { target_c, low_c, guard_c, high_c, home } = self.week[quarter];
        Want { target_c: target_c.into(), low_c: low_c.into(), guard_c: guard_c.into(), high_c: high_c.into(), home }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_is_never_below_the_band_and_never_jumps_up() {
        for id in ["a", "b", "c", "d"] {
            let comfort = Comfort::new(&Habits::draw(7, id));
            for k in 0..WEEK {
                let (now, next) = (comfort.want(k), comfort.want((k + 1) % WEEK));
                assert!(now.guard_c >= now.low_c && now.target_c >= now.low_c - 1e-5 && now.guard_c < now.high_c);
                assert!(next.guard_c - now.guard_c <= RAMP_K + 1e-5);
            }
        }
    }

    #[test]
    fn a_clock_tells_the_local_week() {
        let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let monday = calendar.at(jiff::civil::date(2016, 1, 11), jiff::civil::Time::midnight());
        let clock = Clock::new(&calendar, monday, monday + SimDuration::hours(24 * 8));
        assert_eq!(clock.quarter(clock.row(monday)), 0);
        assert_eq!(clock.quarter(clock.row(monday + SimDuration::hours(30))), 120);
        assert_eq!(clock.quarter(clock.row(monday + SimDuration::hours(24 * 7))), 0);
        assert!((clock.cold_c(clock.row(monday)) - cold_c(10)).abs() < 1e-12);
    }
}
