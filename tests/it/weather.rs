//! Weather: the shipped series against yields of an independent tool, and the synthetic one against the statistics it was fitted to.

use std::path::Path;

use copperplate::asset::Device;
use copperplate::asset::pv::{Plant, ReactiveByVoltage};
use copperplate::price;
use copperplate::scenario::study::Study;
use copperplate::scenario::{open, schema};
use copperplate::time::{Alignment, SimDuration, SimTime, Steps};
use copperplate::weather::synthetic::{Climate, synthetic};
use copperplate::weather::{Place, Plane, Series, Sky, Sun, Weather, clear_sky, measured, sun};

use crate::sim_support::{Ran, study};

fn shipped(name: &str) -> Series {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/weather").join(name);
    let meta = measured::read_meta(&folder).unwrap();
    assert_eq!(meta.name, name);
    let place = Place { latitude_deg: meta.latitude_deg, longitude_deg: meta.longitude_deg };
    measured::read_csv(&folder.join(measured::SERIES_FILE), place).unwrap()
}

fn steps_of(series: &Series, minutes: i64) -> Steps {
    let step = SimDuration::minutes(minutes);
    Steps { start: series.grid.start, step, count: ((series.grid.end() - series.grid.start).0 / step.0) as usize }
}

/// kWh per kW of modules on 30° south, east and west, and 10° south, inverter 0.8.
fn yields(weather: &Weather) -> [f64; 4] {
    [(30.0, 180.0), (30.0, 90.0), (30.0, 270.0), (10.0, 180.0)].map(|(tilt, azimuth)| {
        let plant = Plant::new(tilt, azimuth, 1000.0, 800.0);
        plant.feed_in_w(weather).iter().sum::<f64>() * weather.grid.step.as_hours() / 1000.0
    })
}

/// pvlib 0.16.1 on the same rows (SPA, Hay–Davies, ASHRAE, Faiman, PVWatts), labels as interval ends.
#[test]
fn shipped_weather_yields_what_pvlib_finds() {
    for (name, pvlib) in [("duesseldorf-2024", [892.3, 754.9, 726.7, 841.2]), ("aachen-2021", [981.9, 807.2, 790.0, 914.4])] {
        let series = shipped(name);
        for minutes in [5, 15, 30] {
            let run = steps_of(&series, minutes);
            let alignment = Alignment::of(&run, &series.grid).unwrap();
            let weather = Weather::new(name, &series, &alignment, &Weather::fine(&run));
            for (found, wanted) in yields(&weather).iter().zip(pvlib) {
                assert!((found / wanted - 1.0).abs() < 0.003, "{name}, {minutes} min: {found} kWh/kW, not {wanted}");
            }
        }
    }
}

/// Labels read as interval starts would move 4 % from the east to the west roof: the middle of the light says which they are.
#[test]
fn light_is_centred_on_the_meridian_passage() {
    for name in ["duesseldorf-2024", "aachen-2021"] {
        let series = shipped(name);
        let rows = (86_400 / series.grid.step.0) as usize;
        // Middle of the first and last row of each day with light, and with light from a sun well above the horizon.
        let middle_h = |lit: &dyn Fn(usize) -> bool, day: usize| {
            let mut lit = (day * rows..(day + 1) * rows).filter(|k| lit(*k));
            let first = lit.next()?;
            Some((first + lit.last()?) as f64 * series.grid.step.as_hours() / 2.0)
        };
        let sun = |k: usize| Sun::at(series.place, SimTime(series.grid.start_of(k).0 + series.grid.step.0 / 2));
        let days = series.grid.count / rows;
        let apart = |day: usize| Some(middle_h(&|k| series.ghi_w_m2[k] >= 20.0, day)? - middle_h(&|k| sun(k).up > 0.09, day)?);
        let apart_h = (0..days).filter_map(apart).sum::<f64>() / days as f64;
        assert!(apart_h.abs() < 0.06, "{name}: light is {apart_h} h off the sun");
    }
}

/// Prices and weather of one folder are of the same hours (correlations of the two published series, −0.44 and −0.34).
#[test]
fn prices_are_of_the_same_hours() {
    let series = shipped("duesseldorf-2024");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/weather/duesseldorf-2024");
    let (hours, prices) = price::read_hours(&folder.join(measured::PRICES_FILE)).unwrap();
    assert!(hours.start <= series.grid.start && hours.end() >= series.grid.end());
    let on = Steps { start: SimTime(hours.start.0 + 3600), step: hours.step, count: 8783 };
    let weather = series.on(&on);
    let prices = hours.averaged(&prices, &on);
    let of = |values: &[f64]| correlation(&values.iter().copied().zip(prices.iter().copied()).collect::<Vec<_>>());
    assert!((of(&weather.ghi_w_m2) + 0.44).abs() < 0.01, "{}", of(&weather.ghi_w_m2));
    assert!((of(&weather.wind_m_s) + 0.34).abs() < 0.01, "{}", of(&weather.wind_m_s));
}

/// The sun against NREL's algorithm in pvlib 0.16.1, without refraction: zenith, azimuth.
#[test]
fn the_sun_stands_where_nrel_puts_it() {
    let cases = [
        ("2016-03-20T12:00Z", 51.296, 6.769, 51.3449, 186.3230),
        ("2021-11-03T15:40Z", 50.775, 6.083, 87.0202, 241.2735),
        ("2024-02-11T09:17Z", 52.4, 4.9, 74.7093, 140.3508),
        ("2030-06-21T03:35Z", 55.0, 10.0, 84.8735, 55.3908),
        ("2016-09-26T17:05Z", 47.5, 8.5, 89.1455, 266.6918),
        ("2024-12-21T11:32Z", 51.296, 6.769, 74.7369, 180.1889),
        ("2045-05-14T18:20Z", 60.2, 24.9, 87.7311, 305.5662),
        ("2024-07-30T11:38Z", -33.9, 18.4, 53.3185, 346.5980),
    ];
    for (utc, latitude_deg, longitude_deg, zenith_deg, azimuth_deg) in cases {
        let at = SimTime(utc.parse::<jiff::Timestamp>().unwrap().as_second());
        let sun = Sun::at(Place { latitude_deg, longitude_deg }, at);
        assert!((sun.zenith_deg() - zenith_deg).abs() < 0.01, "{utc}: zenith {}", sun.zenith_deg());
        assert!((sun.azimuth_deg() - azimuth_deg).abs() < 0.02, "{utc}: azimuth {}", sun.azimuth_deg());
    }
}

/// Hay and Davies close to the horizon, pvlib 0.16.1.
#[test]
fn light_from_a_low_sun_is_pvlibs() {
    for (zenith, azimuth, tilt, faces, ghi_w_m2, dhi_w_m2, pvlib) in
        [(84.0, 240.0, 60.0, 250.0, 80.0, 40.0, 466.7000), (86.5, 120.0, 90.0, 120.0, 60.0, 20.0, 822.0341)]
    {
        let sun = Sun::from_angles(zenith, azimuth, 1366.1);
        let sky = Sky::measured(ghi_w_m2, dhi_w_m2, &sun);
        let found = Plane::new(tilt, faces, 0.2).hay_davies(&sun, &sky).total_w_m2;
        assert!((found - pvlib).abs() < 0.01, "{found} W/m², not {pvlib}");
    }
}

/// Monthly sums of the clear sky are those of Ineichen with Linke turbidity 3.0, pvlib 0.16.1, kWh/m² at Düsseldorf in 2024.
#[test]
fn the_clear_sky_is_ineichens() {
    let pvlib = [38.7, 68.9, 128.8, 182.4, 234.6, 246.4, 242.9, 202.8, 142.1, 89.4, 45.4, 29.7];
    let place = Place { latitude_deg: 51.296, longitude_deg: 6.769 };
    let mut sums = [0.0; 12];
    for k in 0..366 * 96 {
        let t = SimTime(NEW_YEAR.0 + 900 * k + 450);
        sums[sun::month(t)] += clear_sky::global_w_m2(&Sun::at(place, t), t) / 4000.0;
    }
    for (month, (found, wanted)) in sums.iter().zip(pvlib).enumerate() {
        assert!((found / wanted - 1.0).abs() < 0.02, "month {}: {found} kWh/m², not {wanted}", month + 1);
    }
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (a, b) = (mean(|p| p.0), mean(|p| p.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let (aa, bb) = (sum(&|p| (p.0 - a) * (p.0 - a)), sum(&|p| (p.1 - b) * (p.1 - b)));
    sum(&|p| (p.0 - a) * (p.1 - b)) / libm::sqrt(aa * bb)
}

const PLACE: Place = Place { latitude_deg: 51.0, longitude_deg: 6.4 };

/// 2024-01-01T00:00Z.
const NEW_YEAR: SimTime = SimTime(1_704_067_200);

fn drawn(seed: u64) -> Series {
    synthetic(&Climate::default(), PLACE, seed, NEW_YEAR, SimTime(NEW_YEAR.0 + 366 * 86_400))
}

/// A day of synthetic weather.
struct Day {
    season: usize,
    /// Mean temperature less that of the date, over the season's standard deviation.
    anomaly: f64,
    /// Global irradiance over that of the clear sky.
    clearness: f64,
    /// The same of every quarter with the sun 6° high, over that of the day.
    ratios: Vec<f64>,
    mean_c: f64,
    ghi_kwh_m2: f64,
}

fn day(series: &Series, d: usize) -> Day {
    let climate = Climate::default();
    let noon = series.grid.start_of(d * 96 + 48);
    let season = (sun::month(noon) + 1) % 12 / 3;
    let quarters: Vec<(f64, f64, f64)> = (d * 96..d * 96 + 96)
        .map(|i| {
            let t = SimTime(series.grid.start_of(i).0 + 450);
            let sun = Sun::at(PLACE, t);
            (series.ghi_w_m2[i], clear_sky::global_w_m2(&sun, t), sun.up)
        })
        .collect();
    let (ghi, clear) = quarters.iter().fold((0.0, 0.0), |(g, c), q| (g + q.0, c + q.1));
    let mean_c = series.air_c[d * 96..][..96].iter().sum::<f64>() / 96.0;
    let year = (sun::day_of_year(noon) - climate.warmest_day) / 365.25 * std::f64::consts::TAU;
    let clearness = ghi / clear;
    Day {
        season,
        anomaly: (mean_c - climate.mean_c - climate.season_k * libm::cos(year)) / climate.anomaly_k[season],
        clearness,
        ratios: quarters.iter().filter(|q| q.2 > 0.1).map(|q| q.0 / q.1 / clearness).collect(),
        mean_c,
        ghi_kwh_m2: ghi / 4000.0,
    }
}

/// Quantiles and correlations are those the model was fitted to (Düsseldorf 2024, Aachen 2021 and 2023), over forty drawn years.
#[test]
fn synthetic_weather_has_the_statistics_it_was_fitted_to() {
    let years: Vec<Vec<Day>> = (0..40)
        .map(|seed| {
            let series = drawn(seed);
            (0..series.grid.count / 96).map(|d| day(&series, d)).collect()
        })
        .collect();
    let all: Vec<&Day> = years.iter().flatten().collect();
    let within = |what: &str, value: f64, least: f64, most: f64| assert!(value >= least && value <= most, "{what}: {value}");
    within("mean", all.iter().map(|d| d.mean_c).sum::<f64>() / all.len() as f64, 10.9, 11.5);
    within("kWh/m² a year", all.iter().map(|d| d.ghi_kwh_m2).sum::<f64>() / 40.0, 990.0, 1145.0);
    let quantiles = [[0.17, 0.41, 1.0], [0.29, 0.59, 0.96], [0.35, 0.69, 0.96], [0.25, 0.65, 0.99]];
    let rho = [(-0.33, -0.02), (-0.14, 0.34), (0.45, 0.53), (-0.02, 0.33)];
    for season in 0..4 {
        let days: Vec<&&Day> = all.iter().filter(|d| d.season == season).collect();
        let mut k: Vec<f64> = days.iter().map(|d| d.clearness).collect();
        k.sort_by(f64::total_cmp);
        for (share, wanted) in [0.1, 0.5, 0.9].iter().zip(quantiles[season]) {
            within("quantile", k[(share * k.len() as f64) as usize], wanted - 0.03, wanted + 0.03);
        }
        let sigma = libm::sqrt(days.iter().map(|d| d.anomaly * d.anomaly).sum::<f64>() / days.len() as f64);
        within("sigma", sigma, 0.93, 1.07);
        let together: Vec<(f64, f64)> = days.iter().map(|d| (d.clearness, d.anomaly)).collect();
        within("warm when clear", correlation(&together), rho[season].0, rho[season].1);
    }
    let next = |of: &dyn Fn(&Day) -> f64| -> Vec<(f64, f64)> {
        years.iter().flat_map(|year| year.windows(2).map(|w| (of(&w[0]), of(&w[1])))).collect()
    };
    within("temperature from day to day", correlation(&next(&|d| d.anomaly)), 0.76, 0.82);
    within("clearness from day to day", correlation(&next(&|d| d.clearness)), 0.35, 0.50);
    let lag = |n: usize| -> Vec<(f64, f64)> { all.iter().flat_map(|d| d.ratios.windows(n + 1).map(|w| (w[0], w[n]))).collect() };
    within("clouds after 15 min", correlation(&lag(1)), 0.70, 0.76);
    within("clouds after 30 min", correlation(&lag(2)), 0.49, 0.57);
    for (least, most, spread) in [(0.0, 0.3, (0.52, 0.62)), (0.3, 0.6, (0.52, 0.57)), (0.6, 0.85, (0.35, 0.39)), (0.85, 2.0, (0.15, 0.20))]
    {
        let ratios: Vec<f64> =
            all.iter().filter(|d| d.clearness >= least && d.clearness < most).flat_map(|d| d.ratios.iter().copied()).collect();
        let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
        let sigma = libm::sqrt(ratios.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / ratios.len() as f64);
        within("spread", sigma, spread.0, spread.1);
    }
}

#[test]
fn synthetic_weather_is_bounded_and_does_not_depend_on_where_a_run_begins() {
    let year = drawn(7);
    for k in 0..year.grid.count {
        let sun = Sun::at(PLACE, SimTime(year.grid.start_of(k).0 + 450));
        let most = 0.85 * sun.extraterrestrial_w_m2 * sun.up.max(0.0);
        assert!(year.ghi_w_m2[k] >= 0.0 && year.ghi_w_m2[k] <= most + 1e-9);
        assert!(year.dhi_w_m2[k] >= 0.0 && year.dhi_w_m2[k] <= year.ghi_w_m2[k]);
    }
    let from = SimTime(NEW_YEAR.0 + 100 * 86_400 + 5 * 3600);
    let days = synthetic(&Climate::default(), PLACE, 7, from, SimTime(from.0 + 3 * 86_400));
    let first = year.grid.index(days.grid.start);
    for (a, b) in [(&year.air_c, &days.air_c), (&year.ghi_w_m2, &days.ghi_w_m2), (&year.dhi_w_m2, &days.dhi_w_m2)] {
        assert_eq!(a[first..][..days.grid.count], b[..]);
    }
    assert_ne!(drawn(8).air_c, year.air_c);
}

#[test]
fn a_fleet_looks_south_and_its_inverters_hold_voltage() {
    let fleet: Vec<Plant> = (0..2000).map(|k| Plant::drawn(1, &format!("pv {k}"), 10_000.0)).collect();
    let mean = |of: fn(&Plant) -> f64| fleet.iter().map(of).sum::<f64>() / fleet.len() as f64;
    assert!((mean(|p| p.azimuth_deg) - 180.0).abs() < 3.0 && (mean(|p| p.tilt_deg) - 32.0).abs() < 0.6);
    assert!((mean(|p| p.inverter_w) - 8500.0).abs() < 60.0);
    assert!(fleet.iter().all(|p| (90.0..=270.0).contains(&p.azimuth_deg) && (7000.0..=10_000.0).contains(&p.inverter_w)));

    let q = ReactiveByVoltage::vde_ar_n_4105(10_000.0);
    let at = |u: f64, p_w: f64| q.reactive_var(u, p_w, 10_000.0);
    // tan φ at power factor 0.9: 0.436 of the rating.
    assert!((at(1.10, -5000.0) - 4359.0).abs() < 1.0 && (at(0.90, -5000.0) + 4359.0).abs() < 1.0);
    assert!(at(1.0, -5000.0) == 0.0 && at(1.03, -5000.0).abs() < 1e-9 && (at(1.05, -5000.0) - 2179.4).abs() < 1.0);
    assert_eq!(at(1.10, -10_000.0), 0.0, "active power comes first");
}

/// A shipped scenario under the weather of Düsseldorf 2024 and its prices.
fn under_duesseldorf(scenario: &str, days: i64) -> Study {
    study(scenario, days, |s| {
        s.weather = Some(schema::Weather::Measured { path: "scenarios/weather/duesseldorf-2024".to_owned() });
        s.prices = schema::Prices::Weather { imbalance_spread_eur_per_mwh: 30.0, retail: Default::default() };
    })
}

/// Weather and prices of an instant of the run are those of one instant of 2024, on the same weekday.
#[test]
fn weather_and_prices_move_to_another_year_together() {
    let run = under_duesseldorf("quickstart.toml", 7);
    let series = shipped("duesseldorf-2024");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/weather/duesseldorf-2024");
    let (hours, prices) = price::read_hours(&folder.join(measured::PRICES_FILE)).unwrap();
    let weather = run.weather.as_ref().unwrap();
    assert_eq!(weather.grid, run.truth.grid());
    // From 22 July 2016, a Friday, to 19 July 2024, one too: 417 weeks.
    let shift = SimDuration(417 * 7 * 86_400);
    for k in 0..run.steps {
        let there = run.step_start(k) + shift;
        assert_eq!(run.prices.day_ahead_eur_per_mwh[k], prices[hours.index(there)]);
        let row = weather.grid.index(run.step_start(k));
        assert_eq!(weather.air_c[row], series.air_c[series.grid.index(there)]);
    }
}

/// Each PV system of the feeder follows the weather, with the yield of a roof of the region.
#[test]
fn pv_systems_of_the_feeder_follow_the_weather() {
    let year = under_duesseldorf("year.toml", 363);
    let weather = year.weather.as_ref().unwrap();
    let mut systems = 0;
    for spec in &year.devices {
        let (Device::Curtailable(pv), "pv") = (&spec.device, spec.kind) else { continue };
        let feed_in: Vec<f64> = (0..year.steps).map(|row| -pv.series.at(&year.truth, row).0 / -pv.series.p_nominal_w).collect();
        let kwh_per_kw = feed_in.iter().sum::<f64>() * year.step.as_hours();
        assert!((600.0..920.0).contains(&kwh_per_kw), "{}: {kwh_per_kw} kWh/kW", spec.id);
        assert!(feed_in.iter().zip(&weather.ghi_w_m2).all(|(p, ghi)| *p >= 0.0 && (*ghi > 0.0 || *p == 0.0)));
        systems += 1;
    }
    assert_eq!(systems, 8);
}

/// Prices of the weather's hours are the default beside measured weather, and only there.
#[test]
fn measured_weather_brings_its_prices() {
    let prices = |overrides: &[&str]| {
        let overrides: Vec<String> = overrides.iter().map(|o| (*o).to_owned()).collect();
        open(Path::new("tests/data/sim/village.toml"), &overrides).unwrap().scenario.prices
    };
    let measured = ["weather.kind=measured", "weather.path=scenarios/weather/duesseldorf-2024"];
    let with = |more: &'static str| [measured[0], measured[1], more];
    assert!(matches!(prices(&measured), schema::Prices::Weather { imbalance_spread_eur_per_mwh: 30.0, .. }));
    let spread = prices(&with("prices.imbalance_spread_eur_per_mwh=10"));
    assert!(matches!(spread, schema::Prices::Weather { imbalance_spread_eur_per_mwh: 10.0, .. }));
    assert!(matches!(prices(&with("prices.kind=synthetic")), schema::Prices::Synthetic { .. }));
    assert!(matches!(prices(&with("prices.level_eur_per_mwh=50")), schema::Prices::Synthetic { .. }));
    assert!(matches!(prices(&["weather.kind=synthetic"]), schema::Prices::Synthetic { .. }));
    assert!(matches!(prices(&[]), schema::Prices::Synthetic { .. }));
}

/// Change of the day-ahead price with irradiance, €/MWh per kW/m², and with the mean temperature of the day, €/MWh per kelvin: least squares
/// within each hour of each month, working days and week-ends apart.
fn price_by_weather(run: &Study) -> [f64; 2] {
    let weather = run.weather.as_ref().unwrap();
    let warmth: Vec<f64> = run
        .periods
        .iter()
        .flat_map(|period| {
            let rows = run.steps_of(period);
            let mean_c = rows.clone().map(|k| weather.air_c[weather.grid.index(run.step_start(k))]).sum::<f64>() / rows.len() as f64;
            rows.map(move |_| mean_c)
        })
        .collect();
    let mut groups: std::collections::BTreeMap<_, Vec<[f64; 3]>> = Default::default();
    for (k, warm_c) in warmth.into_iter().enumerate() {
        let start = run.step_start(k);
        let (date, hour) = (run.calendar.date_of(start), run.calendar.local_time(start).hour());
        let weekend = date.weekday().to_monday_zero_offset() >= 5;
        let row = [weather.ghi_w_m2[weather.grid.index(start)] / 1e3, warm_c, run.prices.day_ahead_eur_per_mwh[k]];
        groups.entry((date.month(), hour, weekend)).or_default().push(row);
    }
    let (mut gg, mut gt, mut tt, mut gp, mut tp) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for rows in groups.values() {
        let mean = |c: usize| rows.iter().map(|row| row[c]).sum::<f64>() / rows.len() as f64;
        let means = [0, 1, 2].map(mean);
        for row in rows {
            let [g, t, p] = [0, 1, 2].map(|c| row[c] - means[c]);
            (gg, gt, tt, gp, tp) = (gg + g * g, gt + g * t, tt + t * t, gp + g * p, tp + t * p);
        }
    }
    let determinant = gg * tt - gt * gt;
    [(gp * tt - tp * gt) / determinant, (tp * gg - gp * gt) / determinant]
}

/// Sun, cold and price belong together in drawn weather as in that of 2024.
#[test]
fn synthetic_prices_follow_drawn_weather_as_real_ones_did() {
    let measured = price_by_weather(&under_duesseldorf("year.toml", 363));
    let drawn = |seed: u64| {
        price_by_weather(&study("year.toml", 363, |s| {
            s.seed = seed;
            s.weather = Some(serde_json::from_str(r#"{ "kind": "synthetic" }"#).unwrap());
            s.prices = schema::Prices::default();
        }))
    };
    for seed in 1..=2 {
        let drawn = drawn(seed);
        assert!(drawn.iter().zip(measured).all(|(d, m)| (d / m - 1.0).abs() < 0.3), "{drawn:?} {measured:?}");
    }
    // Without weather, nothing moves them.
    let plain = study("quickstart.toml", 2, |_| {});
    assert!(plain.weather.is_none() && plain.prices.day_ahead_eur_per_mwh.iter().all(|p| p.is_finite()));
}

/// A sweep over seeds varies synthetic weather; two strategies of one seed share it.
#[test]
fn synthetic_weather_is_drawn_by_the_seed_of_the_run() {
    let drawn = |seed: u64| {
        study("quickstart.toml", 2, |s| {
            s.seed = seed;
            s.weather = Some(serde_json::from_str(r#"{ "kind": "synthetic" }"#).unwrap());
        })
    };
    let (one, again, other) = (drawn(1), drawn(1), drawn(2));
    let ghi = |study: &Study| study.weather.as_ref().unwrap().ghi_w_m2.clone();
    assert_eq!(ghi(&one), ghi(&again));
    assert_ne!(ghi(&one), ghi(&other));
}

/// Transformers stand in the weather: the same loading under a colder sky leaves a colder hot spot.
#[test]
fn transformers_stand_in_the_weather() {
    let ran = Ran::new(study("quickstart.toml", 2, |s| {
        s.weather = Some(serde_json::from_str(r#"{ "kind": "synthetic" }"#).unwrap());
        s.strategies = vec!["copper-plate".to_owned()];
    }));
    let hot_spot = |study: &Study| {
        let kpis = copperplate::kpi::compute(study, &study.strategies[0], &ran.cases[0]);
        kpis.get("hot_spot_max_c").number().unwrap()
    };
    let mut colder = ran.study.clone();
    let mut weather = Weather::clone(colder.weather.as_ref().unwrap());
    weather.air_c.iter_mut().for_each(|t| *t -= 10.0);
    colder.weather = Some(std::sync::Arc::new(weather));
    assert!((hot_spot(&ran.study) - hot_spot(&colder) - 10.0).abs() < 1e-9);
}
