//! Limitations act from when they reach their devices until the next one does, whatever day that is.

use copperplate::agent::{Action, Limit};
use copperplate::ids::Domain;
use copperplate::scenario::schema::{Preset, Prices, Scenario};
use copperplate::sim::{Observer, Reference, Regime, Variant, observe_case};
use copperplate::time::SimTime;

use crate::sim_support::{ideal, study};

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

/// Limitations as the operator of a strategy without trade sends them; it acts above the emergency limit alone.
fn compelled(days: i64, edit: impl FnOnce(&mut Scenario)) -> Vec<(SimTime, Limit)> {
    let study = study("quickstart.toml", days, |s| {
        let mut limits = s.strategy["reinforce"].clone();
        (limits.preset, limits.orange, limits.replacement) = (Some(Preset::CopperPlate), Some(true), Vec::new());
        s.strategy.insert("limits".to_owned(), limits);
        s.strategies = vec!["limits".to_owned()];
        edit(s);
    });
    let mut sent = Sent::default();
    let _ = observe_case(&study, &Reference::new(&study), &study.strategies[0], &|_| {}, &mut sent);
    sent.0
}

/// Where the market has bought all that was foreseen, overload by whom does not deliver is not limited below the emergency limit.
#[test]
fn nothing_is_limited_below_the_emergency_limit() {
    let at = |emergency: f64| {
        let study = study("quickstart.toml", 2, |s| {
            ideal(s);
            s.strategies.retain(|name| name == "grid-capacity-management");
            let count = s.aggregator.len() as f64;
            s.aggregator.iter_mut().for_each(|a| (a.share, a.failure.asset_per_day) = (1.0 / count, 0.3));
            for point in &mut s.congestion_point {
                (point.planning, point.rating, point.emergency) = (0.55, 0.6, emergency);
            }
        });
        let mut sent = Sent::default();
        let case = observe_case(&study, &Reference::new(&study), &study.strategies[0], &|_| {}, &mut sent);
        let branch = study.congestion_points[0].branch.i();
        let highest = case.recording.of(Variant::Orders).loading.of(branch).fold(0.0, f32::max);
        (sent.0.iter().any(|(_, limit)| limit.acts()), f64::from(highest))
    };
    let (acts, highest) = at(3.0);
    assert!(!acts && highest > 0.75, "orders leave a loading of {highest}, far below the emergency limit");
    assert!(at(0.65).0, "an emergency limit below that is one");
}

/// The bills of a month are written while the operator watches the first day of the next.
#[test]
fn the_operator_goes_on_watching_over_a_months_end() {
    let mut first_of_august = None;
    let sent = compelled(4, |s| {
        (s.time.from, s.time.until) = (jiff::civil::date(2016, 7, 30), jiff::civil::date(2016, 8, 2));
        s.feeder.pv_scale *= 2.0;
        let calendar = copperplate::time::IspCalendar::new(&s.time.zone, s.time.isp_minutes).expect("a zone of the world");
        first_of_august = Some(calendar.period(jiff::civil::date(2016, 8, 1)));
    });
    let day = first_of_august.expect("the calendar has it");
    assert!(sent.iter().any(|(at, limit)| limit.acts() && (day.start..day.end()).contains(at)));
}
