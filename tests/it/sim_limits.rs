//! Limitations act from when they reach their devices until the next one does, whatever day that is.

use copperplate::agent::{Action, Limit};
use copperplate::ids::Domain;
use copperplate::scenario::schema::Prices;
use copperplate::sim::{Observer, Reference, Regime, observe_case};
use copperplate::time::SimTime;

use crate::sim_support::study;

/// Limitations as the operator sent them.
#[derive(Default)]
struct Sent(Vec<(SimTime, Limit)>);

impl Observer for Sent {
    fn wanted(&mut self, now: SimTime, _who: &Domain, action: &Action) {
        if let Action::Limit(limit) = action {
            self.0.push((now, limit.clone()));
        }
    }
}

/// Around midnight a limitation is in force while the next one is on its way.
#[test]
fn a_limitation_acts_until_the_next_one_reaches_the_devices() {
    let study = study("winter-evening.toml", 3, |s| {
        s.dso.orange.delay_minutes = 60;
        s.aggregator.iter_mut().for_each(|a| a.willingness = 0.0);
        // Cheapest around midnight: cars charge across it.
        if let Prices::Synthetic { shape_eur_per_mwh, .. } = &mut s.prices {
            *shape_eur_per_mwh = std::array::from_fn(|hour| if [23, 0].contains(&hour) { -60.0 } else { 0.0 });
        }
        s.feeder.electric_vehicles.as_mut().expect("the scenario has cars").energy_kwh = 30.0;
        s.strategies.retain(|name| name == "grid-capacity-management");
    });
    let delay = study.orange.delay;
    let mut sent = Sent::default();
    let strategy = &study.strategies[0];
    let case = observe_case(&study, &Reference::new(&study), strategy, &|_| {}, &mut sent);
    let mut over_midnight = 0;
    for (k, cp) in study.congestion_points.iter().enumerate() {
        let own: Vec<&(SimTime, Limit)> = sent.0.iter().filter(|(_, l)| l.cp == cp.public.cp).collect();
        for step in 0..study.steps {
            let t = study.step_start(step);
            let in_force = own.iter().rev().find(|(at, _)| *at + delay <= t).is_some_and(|(_, l)| l.acts());
            assert_eq!(case.recording.regime[k][step] == Regime::Orange, in_force, "{} at {t:?}", cp.id);
            let midnight = study.periods.iter().any(|p| p.end() == t);
            over_midnight += usize::from(midnight && in_force && own.iter().any(|(at, _)| *at < t && *at + delay > t));
        }
    }
    assert!(over_midnight > 0, "the case is there");
}
