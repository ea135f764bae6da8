//! What the operator is handed as its forecast.

use std::collections::BTreeMap;
use std::sync::Arc;

use copperplate::agent::{DsoVintage, Input};
use copperplate::ids::{ConnectionIdx, Domain};
use copperplate::scenario::schema::Forecast;
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
