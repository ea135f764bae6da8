//! What the operator is handed as its forecast.

use std::collections::BTreeMap;
use std::sync::Arc;

use copperplate::agent::{DsoVintage, Input};
use copperplate::ids::{ConnectionIdx, Domain};
use copperplate::scenario::schema::{Forecast, Learner};
use copperplate::scenario::study::Study;
use copperplate::sim::{DeviceStep, Observer, Reference, Variant, observe_case};
use copperplate::time::SimTime;
use jiff::civil::Date;

use crate::sim_support::{by_profile, study};

/// The last forecast of each day.
#[derive(Default)]
struct Told(BTreeMap<Date, Arc<DsoVintage>>);

impl Observer for Told {
    fn told(&mut self, _now: SimTime, _who: &Domain, input: &Input) {
        if let Input::Area(vintage) = input {
            self.0.insert(vintage.period.date, Arc::clone(vintage));
        }
    }
}

/// Persistence is what was two days before, to the step: the last whole day that is known when a day is planned.
#[test]
fn a_persistent_forecast_is_what_was_two_days_before() {
    let study = study("quickstart.toml", 4, |s| s.forecast = Forecast::Persistence {});
    let mut told = Told::default();
    let _ = observe_case(&study, &Reference::new(&study), &study.strategies[0], &|_| {}, &mut told);
    let two_days = 2 * 96;
    for (date, vintage) in told.0.iter().skip(2) {
        let first = study.steps_of(&study.calendar.period(*date)).start;
        for c in (0..study.grid.connections.len()).map(ConnectionIdx::new) {
            for i in 0..96 {
                let (fixed_w, feed_in_w) = by_profile(&study, c, first + i - two_days);
                let told_w = vintage.p_w.at(c, i);
                assert!((told_w - (fixed_w - feed_in_w)).abs() < 1e-6, "{date}, ISP {}: {told_w} W", i + 1);
            }
        }
    }
    assert_eq!(told.0.len(), 4);
}

/// Each forecast that the operator is handed, with its time.
#[derive(Default)]
struct Each(Vec<(SimTime, Arc<DsoVintage>)>);

impl Observer for Each {
    fn told(&mut self, now: SimTime, _who: &Domain, input: &Input) {
        if let Input::Area(vintage) = input {
            self.0.push((now, Arc::clone(vintage)));
        }
    }
}

/// Scores by horizon, reckoned from the forecasts as they were handed over and from what the devices then did.
#[test]
fn scores_are_of_the_forecasts_handed_over_by_their_age() {
    let study = study("quickstart.toml", 4, |s| {
        s.forecast = Forecast::Learned { learner: Learner::WeeklyProfile, data_delay_days: 1, holidays: vec![] }
    });
    let mut told = Each::default();
    let reference = Reference::new(&study);
    let _ = observe_case(&study, &reference, &study.strategies[0], &|_| {}, &mut told);
    // Errors and magnitudes of truth, W, by quantity and class of horizons.
    let mut found: BTreeMap<(&str, i64), Vec<(f64, f64)>> = BTreeMap::new();
    for (now, vintage) in &told.0 {
        let first = study.steps_of(&vintage.period).start;
        for (i, isp) in vintage.period.iter().enumerate() {
            let class = (vintage.period.isp_start(isp) - *now).0 / 3600 / 12 * 12;
            let (mut load, mut load_w, mut sun, mut sun_w) = (0.0, 0.0, 0.0, 0.0);
            for c in (0..study.grid.connections.len()).map(ConnectionIdx::new) {
                let (fixed_w, feed_in_w) = by_profile(&study, c, first + i);
                load += vintage.p_w.at(c, i) + vintage.feed_in_w.at(c, i);
                sun -= vintage.feed_in_w.at(c, i);
                (load_w, sun_w) = (load_w + fixed_w, sun_w - feed_in_w);
            }
            found.entry(("load", class)).or_default().push((load - load_w, load_w));
            found.entry(("feed-in", class)).or_default().push((sun - sun_w, sun_w));
        }
    }
    let scores = &reference.forecasts.as_ref().expect("learned forecasts are scored").scores;
    let operators: Vec<_> = scores.iter().filter(|s| s.participant == study.dso).collect();
    assert_eq!(operators.len(), found.len(), "every class is scored");
    assert!(found.len() >= 6);
    for ((quantity, class), errors) in found {
        let score = operators.iter().find(|s| s.quantity == quantity && s.horizon_h == (class, class + 12)).expect("a row of the class");
        let n = errors.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| errors.iter().map(of).sum::<f64>() / n;
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6 * (1.0 + b.abs()), "{quantity} {class} h: {a} is not {b}");
        assert_eq!(score.isps, errors.len());
        near(score.mae_w, mean(|e| e.0.abs()));
        near(score.rmse_w, mean(|e| e.0 * e.0).sqrt());
        near(score.bias_w, mean(|e| e.0));
        near(score.nmae, mean(|e| e.0.abs()) / mean(|e| e.1.abs()));
    }
}

/// Power of each connection without flexibility, `[connection][step]`, W.
struct Without<'a> {
    study: &'a Study,
    power_w: Vec<Vec<f64>>,
}

impl Observer for Without<'_> {
    fn device(&mut self, seen: &DeviceStep) {
        if seen.variant == Variant::Free {
            let c = self.study.devices[seen.device.i()].connection;
            self.power_w[c.i()][seen.step] += seen.power_w;
        }
    }
}

/// A perfect forecast of the operator is what happens without orders: of vehicles, too, which come when they do and take what they take.
#[test]
fn a_perfect_forecast_is_what_happens_without_orders() {
    let study = study("street-2035.toml", 3, |s| s.forecast = Forecast::Perfect {});
    let blank = vec![vec![0.0; study.steps]; study.grid.connections.len()];
    let mut without = Without { study: &study, power_w: blank };
    let reference = Reference::observed(&study, &mut without);
    let mut told = Told::default();
    let _ = observe_case(&study, &reference, &study.strategies[0], &|_| {}, &mut told);
    assert!(study.devices.iter().any(|d| d.kind == "vehicle"));
    for (date, vintage) in &told.0 {
        let first = study.steps_of(&study.calendar.period(*date)).start;
        for c in (0..study.grid.connections.len()).map(ConnectionIdx::new) {
            for i in 0..96 {
                let (told_w, real_w) = (vintage.p_w.at(c, i), without.power_w[c.i()][first + i]);
                assert!((told_w - real_w).abs() < 0.1 + 1e-5 * real_w.abs(), "{date}, ISP {}: {told_w} W and {real_w} W", i + 1);
            }
        }
    }
}
