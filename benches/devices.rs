//! Devices behind the meter: a year of steps, and the plan of a day.

use std::hint::black_box;
use std::sync::Arc;

use copperplate::asset::house::House;
use copperplate::asset::house::comfort::Clock;
use copperplate::asset::house::typology::{Refurbishment, TYPES};
use copperplate::asset::{Cap, Model, Moment, Outlook, Task, WeatherOutlook};
use copperplate::profile::ProfileTable;
use copperplate::rng::Stream;
use copperplate::time::{IspCalendar, SimDuration, Steps};
use copperplate::weather::{Place, Sun, Weather};
use criterion::Criterion;
use jiff::civil::{Time, date};

const HOUSES: usize = 20;
const DAYS: usize = 7;
const STEP: SimDuration = SimDuration(900);

/// The benchmarks of devices.
pub(crate) fn bench(c: &mut Criterion) {
    let calendar = IspCalendar::new("Europe/Berlin", 15).expect("a zone");
    let day = date(2016, 1, 11);
    let start = calendar.at(day, Time::midnight());
    let grid = Steps { start, step: STEP, count: 96 * DAYS };
    let mut draws = Stream::new(1, "weather", "bench");
    let air_c: Vec<f64> = (0..grid.count as u64).map(|k| 6.0 * draws.at(k).uniform() - 3.0).collect();
    let sun: Vec<f64> = (0..grid.count).map(|k| if (36..60).contains(&(k % 96)) { 200.0 } else { 0.0 }).collect();
    let place = Place { latitude_deg: 51.3, longitude_deg: 6.8 };
    let weather = Weather {
        name: "a bench".to_owned(),
        grid,
        sun: (0..grid.count).map(|k| Sun::at(place, grid.start_of(k))).collect(),
        place,
        air_c,
        wind_m_s: vec![3.0; grid.count],
        ghi_w_m2: sun.clone(),
        dhi_w_m2: sun.clone(),
        facade_w_m2: [sun.clone(), sun.clone(), sun.clone(), sun],
    };
    let clock = Arc::new(Clock::new(&calendar, start, grid.end()));
    let house = |k: usize| House::of(&TYPES[k % TYPES.len()], Refurbishment::Usual, 1, &format!("house-{k}"), Arc::clone(&clock), STEP);
    let houses: Vec<House> = (0..HOUSES).map(house).collect();
    let begun: Vec<_> = houses.iter().enumerate().map(|(k, h)| h.begins(1, &format!("house-{k}"), start)).collect();
    let profiles = ProfileTable::new(start, STEP);
    let mut group = c.benchmark_group("devices");
    group.bench_function("20 houses, a week of steps", |b| {
        b.iter(|| {
            let mut states = begun.clone();
            for k in 0..grid.count {
                let moment = Moment {
                    start: grid.start_of(k),
                    step: STEP,
                    profiles: &profiles,
                    row: 0,
                    weather: Some(&weather),
                    others_w: f64::NAN,
                };
                for (house, state) in houses.iter().zip(&mut states) {
                    black_box(house.step(state, &moment, 1500.0, Cap::NONE));
                }
            }
        });
    });
    let period = calendar.period(day);
    let price: Vec<f64> = (0..96).map(|i| 60.0 + 40.0 * draws.at(10_000 + i).uniform()).collect();
    let (least_w, most_w) = (vec![f64::NEG_INFINITY; 96], vec![f64::INFINITY; 96]);
    let before_w = |_| 0.0;
    let task =
        Task { period: &period, price: &price, feed_in_price: &[], others_w: &[], least_w: &least_w, most_w: &most_w, before_w: &before_w };
    let outlook =
        Outlook::Weather(Arc::new(WeatherOutlook { grid, air_c: weather.air_c.clone(), facade_w_m2: weather.facade_w_m2.clone() }));
    let seen: Vec<_> = houses.iter().zip(&begun).map(|(house, state)| Some(house.shows(state, start))).collect();
    group.bench_function("20 houses, the plan of a day", |b| {
        b.iter(|| {
            for (house, seen) in houses.iter().zip(&seen) {
                black_box(house.plan(seen, &outlook, &task));
            }
        });
    });
    group.finish();
}
