//! What the operator is handed as its forecast.

use std::collections::BTreeMap;
use std::sync::Arc;

use copperplate::agent::{DsoVintage, Input};
use copperplate::ids::{ConnectionIdx, Domain};
use copperplate::scenario::schema::Forecast;
use copperplate::sim::{Observer, Reference, observe_case};
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
