//! Sessions at home as measured: published quantiles, or a list of real sessions.
//!
//! | | 5 % | 10 % | 25 % | 50 % | 75 % | 90 % | 95 % |
//! |---|---|---|---|---|---|---|---|
//! | arrival on workdays, h | 11.2 | 13.6 | 17.1 | 18.8 | 21.2 | 22.8 | 23.5 |
//! | arrival at weekends, h | 10.5 | 11.7 | 14.1 | 17.3 | 20.6 | 23.2 | 24.4 |
//! | energy, kWh | 1.8 | 3.3 | 8.2 | 19.4 | 35.8 | 51.4 | 59.6 |
//! | stay, h | 1.0 | 1.5 | 4.2 | 11.0 | 14.6 | 20.3 | 29.3 |
//!
//! Source: charging statistics of ElaadNL for private chargers up to 2020; the ends of the distributions are assumptions that
//! make the means those published: 23.9 kWh and 11.8 h.
//! A vehicle plugs in on each day with the same probability; three times a week, as drivers of the trial Electric Nation.
//!
//! Arrival, energy and stay depend on each other. Energy is scaled by the mean energy of sessions that arrive at that hour. The stay
//! is scaled likewise, and drawn given that it suffices: energy `E ≤ η P · stay`, and, for a battery that takes less when it
//! is nearly full, at least the time that it takes. A session that begins before the one before has ended is postponed to half an hour
//! after it, so no energy is lost. Draws are keyed by vehicle and local date.

use std::sync::Arc;

use jiff::civil::{Date, Time};

use crate::rng::Stream;
use crate::time::{IspCalendar, SimDuration, SimTime};

use super::super::session::Session;
use super::charging::Pack;

/// Probabilities of the quantiles.
const LEVELS: [f64; 9] = [0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0];
const WORKDAY_H: [f64; 9] = [7.0, 11.2, 13.6, 17.1, 18.8, 21.2, 22.8, 23.5, 26.0];
const WEEKEND_H: [f64; 9] = [7.0, 10.5, 11.7, 14.1, 17.3, 20.6, 23.2, 24.4, 27.0];
const ENERGY_KWH: [f64; 9] = [0.5, 1.8, 3.3, 8.2, 19.4, 35.8, 51.4, 59.6, 68.0];
const STAY_H: [f64; 9] = [0.3, 1.0, 1.5, 4.2, 11.0, 14.6, 20.3, 29.3, 64.0];
/// Mean energy and stay of sessions by hour of arrival.
const BY_ARRIVAL: [(f64, f64, f64); 7] = [
    (8.0, 14.6, 3.6),
    (12.0, 15.5, 4.1),
    (15.0, 19.1, 14.3),
    (17.0, 22.2, 14.9),
    (18.0, 24.4, 13.9),
    (20.0, 28.7, 12.3),
    (22.0, 29.9, 10.4),
];
/// Means of that table over all arrivals.
const MEAN_KWH: f64 = 24.52;
const MEAN_H: f64 = 11.48;

/// A session by the clock, for draws from a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Whether it began on Saturday or Sunday.
    pub weekend: bool,
    /// Arrival, hours after local midnight.
    pub arrival_h: f64,
    /// Stay, h.
    pub stay_h: f64,
    /// Energy at the grid side, Wh.
    pub energy_wh: f64,
}

/// Where sessions come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// The published quantiles.
    Published,
    /// Real sessions; each day draws one of its kind of day.
    Real(Arc<[Sample]>),
}

/// The habit of a vehicle whose sessions are drawn as measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Sessions a week.
    pub per_week: f64,
    /// Where they come from.
    pub source: Source,
}

impl Default for Measured {
    fn default() -> Measured {
        Measured { per_week: 3.0, source: Source::Published }
    }
}

/// Days before the first one from which on postponed sessions are followed.
const RUN_UP: i64 = 14;
/// State of charge with which a vehicle arrives at least.
const EMPTY: f64 = 0.05;
/// Between two sessions at least.
const GAP: SimDuration = SimDuration(1800);

/// A linear interpolation between points with rising abscissae; beyond them the ends hold.
fn interpolated(points: impl Iterator<Item = (f64, f64)>, x: f64) -> f64 {
    let mut before: Option<(f64, f64)> = None;
    for (at, value) in points {
        if x <= at {
            return before.map_or(value, |(x0, y0)| if at > x0 { y0 + (value - y0) * (x - x0) / (at - x0) } else { value });
        }
        before = Some((at, value));
    }
    before.map_or(0.0, |(_, value)| value)
}

fn quantile(values: &[f64; 9], level: f64) -> f64 {
    interpolated(LEVELS.into_iter().zip(*values), level)
}

/// Probability of at most `value`.
fn level(values: &[f64; 9], value: f64) -> f64 {
    interpolated(values.iter().copied().zip(LEVELS), value)
}

impl Measured {
    /// The sessions of vehicle `id` with a charger of `most_w` that begin on `dates`, which follow on each other, or are postponed
    /// to them, by arrival.
    #[must_use]
    pub fn sessions(&self, seed: u64, id: &str, most_w: f64, pack: &Pack, calendar: &IspCalendar, dates: &[Date]) -> Vec<Session> {
        let Some(&first) = dates.first() else { return Vec::new() };
        let mut stream = Stream::new(seed, id, "ev-measured");
        let days = (-RUN_UP..0).filter_map(|d| first.checked_add(jiff::Span::new().days(d)).ok()).chain(dates.iter().copied());
        let mut found: Vec<Session> = Vec::new();
        for date in days {
            let mut d = stream.at(u64::from(date.year().unsigned_abs()) * 366 + u64::from(date.day_of_year().unsigned_abs()));
            let draws: [f64; 5] = std::array::from_fn(|_| d.uniform());
            if draws[0] >= self.per_week / 7.0 {
                continue;
            }
            let weekend = date.weekday().to_monday_zero_offset() >= 5;
            let Some((arrival_h, energy_wh, stay_h)) = self.draw(weekend, [draws[1], draws[2], draws[3]], most_w, pack) else { continue };
            let mut arrival = calendar.at(date, Time::midnight()) + hours(arrival_h);
            if let Some(last) = found.last() {
                arrival = arrival.max(last.departure + GAP);
            }
            found.push(Session { arrival, departure: arrival + hours(stay_h), energy_wh });
        }
        let begin = calendar.at(first, Time::midnight());
        found.retain(|s| s.arrival >= begin);
        found
    }

    /// Arrival, h, energy, Wh, and stay, h, of a session.
    fn draw(&self, weekend: bool, draws: [f64; 3], most_w: f64, pack: &Pack) -> Option<(f64, f64, f64)> {
        let limit_wh = pack.left_wh(EMPTY);
        // A little longer than it takes, so that a plan has whole ISPs for it.
        let enough_h = |wh: f64| (pack.time_h(most_w, pack.soc(wh))).max(wh / (pack.efficiency * most_w)) + 0.5;
        match &self.source {
            Source::Published => {
                let arrival_h = quantile(if weekend { &WEEKEND_H } else { &WORKDAY_H }, draws[0]);
                let mean = |which: fn(&(f64, f64, f64)) -> f64| interpolated(BY_ARRIVAL.iter().map(|row| (row.0, which(row))), arrival_h);
                let energy_wh = (1e3 * quantile(&ENERGY_KWH, draws[1]) * mean(|row| row.1) / MEAN_KWH).min(limit_wh);
                let scale = mean(|row| row.2) / MEAN_H;
                let need_h = enough_h(energy_wh);
                let least = level(&STAY_H, need_h / scale);
                let stay_h = scale * quantile(&STAY_H, least + (1.0 - least) * draws[2]);
                Some((arrival_h, energy_wh, stay_h.max(need_h)))
            }
            Source::Real(samples) => {
                let fits = |s: &&Sample| s.weekend == weekend;
                let count = samples.iter().filter(fits).count();
                let drawn = samples.iter().filter(fits).nth(((count as f64) * draws[0]) as usize)?;
                let energy_wh = drawn.energy_wh.min(limit_wh);
                Some((drawn.arrival_h, energy_wh, drawn.stay_h.max(enough_h(energy_wh))))
            }
        }
    }
}

fn hours(h: f64) -> SimDuration {
    SimDuration::seconds((h * 3600.0).round_ties_even() as i64)
}

/// A session as it happens, drawn around the announced one: arrival ± 0.5 h, departure ± 0.25 h (standard deviations), energy ± 10 %,
/// as far as the stay gives it and no other session is touched.
#[must_use]
pub fn as_it_happens(announced: &[Session], seed: u64, id: &str, most_w: f64, pack: &Pack) -> Vec<Session> {
    let mut stream = Stream::new(seed, id, "ev-deviation");
    let mut free_from = SimTime(i64::MIN);
    let each = announced.iter().enumerate().map(|(k, s)| {
        let mut d = stream.at((s.arrival.0 / 60).unsigned_abs());
        let (late_h, early_h) = (0.5 * d.normal(), 0.25 * d.normal());
        let appetite = 0.9 + 0.2 * d.uniform();
        let until = announced.get(k + 1).map_or(SimTime(i64::MAX), |next| next.arrival);
        let arrival = (s.arrival + hours(late_h)).max(free_from).min(s.departure);
        let departure = (s.departure + hours(early_h)).min(until).max(arrival);
        free_from = departure;
        // Charging begins and ends with a step: up to a quarter of an hour at each end is lost.
        let room_wh = pack.fits_wh(most_w, ((departure - arrival).as_hours() - 0.5).max(0.0));
        Session { arrival, departure, energy_wh: (s.energy_wh * appetite).min(room_wh) }
    });
    each.filter(|s| s.departure > s.arrival).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    fn year() -> Vec<Date> {
        (0..364).map(|d| date(2016, 1, 4) + d.days()).collect()
    }

    fn calendar() -> IspCalendar {
        IspCalendar::new("Europe/Amsterdam", 15).unwrap()
    }

    #[test]
    fn means_are_the_published_ones() {
        let mean = |values: &[f64; 9]| (0..10_000).map(|k| quantile(values, (f64::from(k) + 0.5) / 1e4)).sum::<f64>() / 1e4;
        assert!((mean(&ENERGY_KWH) - 23.9).abs() < 0.1, "{}", mean(&ENERGY_KWH));
        assert!((mean(&STAY_H) - 11.8).abs() < 0.1, "{}", mean(&STAY_H));
    }

    #[test]
    fn sessions_have_time_enough_and_do_not_overlap() {
        let pack = Pack::of(80_000.0);
        for id in ["a", "b", "c", "d", "e"] {
            let sessions = Measured::default().sessions(5, id, 11_000.0, &pack, &calendar(), &year());
            let real = as_it_happens(&sessions, 5, id, 11_000.0, &pack);
            for list in [&sessions, &real] {
                assert!(list.windows(2).all(|w| w[0].departure <= w[1].arrival));
                for s in list {
                    let stay_h = (s.departure - s.arrival).as_hours();
                    assert!(s.energy_wh <= 0.9 * 11_000.0 * stay_h + 1e-6 && pack.fits_wh(11_000.0, stay_h) >= s.energy_wh - 1e-6, "{s:?}");
                }
            }
        }
    }

    #[test]
    fn a_later_start_draws_the_same_sessions() {
        let (pack, dates) = (Pack::of(80_000.0), year());
        let all = Measured::default().sessions(5, "a", 11_000.0, &pack, &calendar(), &dates);
        let late = Measured::default().sessions(5, "a", 11_000.0, &pack, &calendar(), &dates[100..]);
        assert_eq!(all[all.len() - late.len()..], late[..]);
    }

    #[test]
    fn real_sessions_are_drawn_by_kind_of_day() {
        let sample = |weekend, arrival_h| Sample { weekend, arrival_h, stay_h: 10.0, energy_wh: 5000.0 };
        let source = Source::Real(Arc::from([sample(false, 18.0), sample(true, 11.0)]));
        let pack = Pack::of(60_000.0);
        let sessions = Measured { per_week: 7.0, source }.sessions(1, "a", 11_000.0, &pack, &calendar(), &year()[..60]);
        let c = calendar();
        assert!(sessions.iter().all(|s| {
            let weekend = c.date_of(s.arrival).weekday().to_monday_zero_offset() >= 5;
            c.local_time(s.arrival).hour() == if weekend { 11 } else { 18 }
        }));
    }
}
