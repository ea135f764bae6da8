//! Devices one by one and in fleets: energy closes, comfort and departures hold, plans are good, fleets are diverse as published.

mod gaps;
mod house;
mod others;
mod vehicle;

use std::sync::Arc;

use copperplate::asset::house::comfort::Clock;
use copperplate::asset::{Moment, Task, WeatherOutlook};
use copperplate::profile::ProfileTable;
use copperplate::time::{IspCalendar, Period, SimDuration, SimTime, Steps};
use copperplate::weather::{Place, Sun, Weather};
use jiff::civil::{Date, Time, date};

pub(crate) const STEP: SimDuration = SimDuration(900);

pub(crate) fn calendar() -> IspCalendar {
    IspCalendar::new("Europe/Berlin", 15).unwrap()
}

pub(crate) fn midnight(date: Date) -> SimTime {
    calendar().at(date, Time::midnight())
}

pub(crate) fn clock(from: SimTime, days: i64) -> Arc<Clock> {
    Arc::new(Clock::new(&calendar(), from, from + SimDuration::hours(24 * days)))
}

const PLACE: Place = Place { latitude_deg: 51.3, longitude_deg: 6.8 };

/// Weather for tests: `mean_c(day)` with a daily swing of ±3 K, warmest at 14 h UTC, and sun on the facades in proportion to `sun(day)`.
pub(crate) fn weather(from: SimTime, days: usize, mean_c: impl Fn(usize) -> f64, sun: impl Fn(usize) -> f64) -> Weather {
    let grid = Steps { start: from, step: STEP, count: 96 * days };
    let mut weather = Weather {
        name: "a test".to_owned(),
        grid,
        sun: (0..grid.count).map(|k| Sun::at(PLACE, grid.start_of(k))).collect(),
        place: PLACE,
        air_c: Vec::new(),
        wind_m_s: vec![3.0; grid.count],
        ghi_w_m2: Vec::new(),
        dhi_w_m2: Vec::new(),
        facade_w_m2: Default::default(),
    };
    for k in 0..grid.count {
        let (day, hour) = (k / 96, grid.start_of(k).0.rem_euclid(86_400) as f64 / 3600.0);
        let angle = 2.0 * std::f64::consts::PI * (hour - 14.0) / 24.0;
        weather.air_c.push(mean_c(day) + 3.0 * libm::cos(angle));
        let high = sun(day) * libm::cos(2.0 * std::f64::consts::PI * (hour - 11.5) / 24.0).max(0.0);
        weather.ghi_w_m2.push(high);
        weather.dhi_w_m2.push(0.5 * high);
        let morning = if hour < 11.5 { 0.9 } else { 0.3 };
        for (facade, share) in weather.facade_w_m2.iter_mut().zip([0.3, morning, 1.0, 1.2 - morning]) {
            facade.push(share * high);
        }
    }
    weather
}

/// A perfect forecast of some weather.
pub(crate) fn foreseen(weather: &Weather) -> WeatherOutlook {
    WeatherOutlook { grid: weather.grid, air_c: weather.air_c.clone(), facade_w_m2: weather.facade_w_m2.clone() }
}

pub(crate) fn profiles(from: SimTime) -> ProfileTable {
    ProfileTable::new(from, STEP)
}

/// The step that begins at `start`.
pub(crate) fn moment<'a>(start: SimTime, profiles: &'a ProfileTable, weather: Option<&'a Weather>) -> Moment<'a> {
    Moment { start, step: STEP, profiles, row: 0, weather, others_w: f64::NAN }
}

/// A task without caps at one price for both directions.
pub(crate) fn free<'a>(period: &'a Period, price: &'a [f64], bounds: &'a [Vec<f64>; 2], before_w: &'a dyn Fn(SimTime) -> f64) -> Task<'a> {
    let [least_w, most_w] = bounds;
    Task { period, price, feed_in_price: &[], others_w: &[], least_w, most_w, before_w }
}

/// Bounds that bind nothing.
pub(crate) fn unbound(isps: usize) -> [Vec<f64>; 2] {
    [vec![f64::NEG_INFINITY; isps], vec![f64::INFINITY; isps]]
}

/// A winter's Monday.
pub(crate) const MONDAY: Date = date(2016, 1, 11);

/// Prices of a day with a cheap night, a dear morning and a dear evening, €/MWh.
pub(crate) fn day_price(isps: usize) -> Vec<f64> {
    let hour = |i: usize| i as f64 * 24.0 / isps as f64;
    let bump = |h: f64, at: f64, width: f64| libm::exp(-((h - at) / width) * ((h - at) / width));
    (0..isps).map(|i| 60.0 + 60.0 * bump(hour(i), 8.0, 2.0) + 90.0 * bump(hour(i), 19.0, 2.5) - 30.0 * bump(hour(i), 3.0, 3.0)).collect()
}
