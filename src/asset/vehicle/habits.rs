//! Synthetic sessions of an evening and a night.
//!
//! Each vehicle has a habit, drawn once, and each evening announces a session; what really happens deviates from it:
//!
//! ```text
//! arrival   ~ N(17:45, 1.5 h) habit,  ± N(0, 0.5 h) on the day       departure ~ N(07:15, 0.75 h) habit, ± N(0, 0.25 h)
//! energy    ~ lognormal, median 8 kWh, σ 0.5 per day, at most what the stay and the charger allow
//! plugged in with probability 0.8 on a day
//! announced = habit and the day's energy;  true = announced plus the day's deviations, energy ±10 %
//! ```
//!
//! The shape follows home-charging statistics (evening arrival, 7–10 kWh a session); the numbers are assumptions that a
//! scenario may change. Draws are keyed by vehicle and local date.

use jiff::civil::{Date, Time};

use crate::rng::Stream;
use crate::time::{IspCalendar, SimDuration};

use super::super::session::Session;

/// Distribution of sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct Habits {
    /// Mean arrival, hours after midnight.
    pub arrival_h: f64,
    /// Standard deviation of arrival between vehicles, h.
    pub arrival_sigma_h: f64,
    /// Mean departure on the next day, hours after midnight.
    pub departure_h: f64,
    /// Median energy of a session, Wh.
    pub energy_wh: f64,
    /// Probability of plugging in on a day.
    pub plug_in: f64,
}

impl Default for Habits {
    fn default() -> Habits {
        Habits { arrival_h: 17.75, arrival_sigma_h: 1.5, departure_h: 7.25, energy_wh: 8000.0, plug_in: 0.8 }
    }
}

/// A vehicle's session of one evening, as announced and as it happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evening {
    /// What the driver tells the aggregator the day before.
    pub announced: Session,
    /// What happens.
    pub real: Session,
}

/// The sessions of vehicle `id` with a charger of `max_power_w` that begin on `dates`, in order.
#[must_use]
pub fn sessions(h: &Habits, seed: u64, id: &str, max_power_w: f64, calendar: &IspCalendar, dates: &[Date]) -> Vec<Evening> {
    let mut habit = Stream::new(seed, id, "ev-habit");
    let mut habit = habit.at(0);
    let usual_arrival_h = h.arrival_h + h.arrival_sigma_h * habit.normal();
    let usual_departure_h = h.departure_h + 0.75 * habit.normal();
    let mut daily = Stream::new(seed, id, "ev-session");
    let evening = |date: &Date| {
        let mut d = daily.at(u64::from(date.year().unsigned_abs()) * 366 + u64::from(date.day_of_year().unsigned_abs()));
        let plugged = d.uniform() < h.plug_in;
        let energy_wh = h.energy_wh * libm::exp(0.5 * d.normal());
        let (late_h, early_h) = (0.5 * d.normal(), 0.25 * d.normal());
        let appetite = (1.0 + 0.1 * (2.0 * d.uniform() - 1.0)).max(0.0);
        let next = date.tomorrow().expect("calendar year below 9999");
        let session = |arrival_h: f64, departure_h: f64, wh: f64| {
            let arrival = calendar.at(*date, Time::midnight()) + hours(arrival_h.clamp(12.0, 23.5));
            let departure = calendar.at(next, Time::midnight()) + hours(departure_h.clamp(4.0, 11.5));
            let room_wh = max_power_w * (departure - arrival).as_hours();
            Session { arrival, departure, energy_wh: wh.min(0.95 * room_wh) }
        };
        plugged.then(|| Evening {
            announced: session(usual_arrival_h, usual_departure_h, energy_wh),
            real: session(usual_arrival_h + late_h, usual_departure_h + early_h, energy_wh * appetite),
        })
    };
    dates.iter().filter_map(evening).collect()
}

fn hours(h: f64) -> SimDuration {
    SimDuration::seconds((h * 3600.0).round_ties_even() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn sessions_belong_to_their_date_not_to_the_run() {
        let c = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let h = Habits::default();
        let all: Vec<_> = (1..=28).map(|d| date(2016, 1, d)).collect();
        let long = sessions(&h, 9, "ev-1", 11_000.0, &c, &all);
        let short = sessions(&h, 9, "ev-1", 11_000.0, &c, &all[10..]);
        assert_eq!(long[long.len() - short.len()..], short[..]);
        assert!(long.len() > 15 && long.len() < 28, "plugged in on most days: {}", long.len());
        for e in &long {
            assert!(e.real.departure > e.real.arrival && e.real.energy_wh > 0.0);
        }
    }
}
