//! What a run leaves owed, and what limitations took for good, recomputed by a bystander from single devices.

use std::collections::BTreeMap;
use std::sync::Arc;

use copperplate::agent::Action;
use copperplate::asset::{Device, Session, State};
use copperplate::ids::{AssetIdx, Domain};
use copperplate::kpi::{Kpis, Value, compute};
use copperplate::scenario::schema::{Batteries, Scenario};
use copperplate::scenario::study::{Strategy, Study};
use copperplate::sim::{CaseResult, DeviceStep, Observer, Reference, Variant, observe_case};
use copperplate::time::SimTime;
use jiff::civil::Date;

use crate::sim_support::study;

/// Energy in every device after the last step of each variant, Wh, and what heat pumps drew less than their profiles say, Wh.
struct Watch<'a> {
    study: &'a Study,
    last_wh: Vec<[f64; 3]>,
    heat_wh: f64,
}

impl<'a> Watch<'a> {
    fn new(study: &'a Study) -> Watch<'a> {
        Watch { study, last_wh: vec![[f64::NAN; 3]; study.devices.len()], heat_wh: 0.0 }
    }

    /// Energy vehicles want, and batteries have gained, in a variant, Wh.
    fn ends(&self, v: Variant) -> (f64, f64) {
        let (mut owed, mut gained) = (0.0, 0.0);
        for (spec, last) in self.study.devices.iter().zip(&self.last_wh) {
            match &spec.device {
                Device::Vehicle(_) => owed += last[v as usize],
                Device::Battery(b) => gained += last[v as usize] - b.store.capacity_wh / 2.0,
                _ => {}
            }
        }
        (owed, gained)
    }
}

impl Observer for Watch<'_> {
    fn device(&mut self, seen: &DeviceStep) {
        let d = seen.device.i();
        if seen.step + 1 == self.study.steps {
            self.last_wh[d][seen.variant as usize] = seen.content_wh;
        }
        let spec = &self.study.devices[d];
        if let (Device::Fixed(fixed), "heat-pump", Variant::Actual) = (&spec.device, spec.kind, seen.variant) {
            let row = self.study.truth.step_at(self.study.step_start(seen.step)).expect("profiles cover the run");
            let wish_w = fixed.series.at(&self.study.truth, row).0;
            self.heat_wh += (wish_w - seen.power_w) * self.study.step.as_hours();
        }
    }
}

/// The strategy that has most to do, and what a bystander saw of it.
fn watched(study: &Study) -> (&Strategy, CaseResult, Kpis, Watch<'_>) {
    let mut watch = Watch::new(study);
    let reference = Reference::observed(study, &mut watch);
    let strategy = study.strategies.iter().find(|s| s.name == "grid-capacity-management").expect("the scenario trades");
    let case = observe_case(study, &reference, strategy, &|_| {}, &mut watch);
    let kpis = compute(study, strategy, &case);
    (strategy, case, kpis, watch)
}

/// Few sell on cold evenings, so that the operator has to limit; some have batteries.
fn scarce(days: i64, edit: impl FnOnce(&mut Scenario)) -> Study {
    study("winter-evening.toml", days, |s| {
        s.aggregator.iter_mut().for_each(|a| a.willingness = 0.1);
        s.feeder.batteries = Some(Batteries::new(0.4, 5.0, 10.0));
        edit(s);
    })
}

fn number(kpis: &Kpis, key: &str) -> f64 {
    kpis.get(key).number().unwrap_or(f64::NAN)
}

#[track_caller]
fn same(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-6 * (1.0 + a.abs()), "{a} is not {b}");
}

#[test]
fn what_is_owed_when_a_run_ends_is_told_and_priced() {
    let study = scarce(2, |_| {});
    let (_, case, kpis, watch) = watched(&study);
    for v in Variant::ALL {
        let (owed, gained) = watch.ends(v);
        same(case.totals.owed_wh[v as usize], owed);
        same(case.totals.stored_change_wh[v as usize], gained);
    }
    let (owed, gained) = watch.ends(Variant::Actual);
    assert!(owed > 1e3 && gained.abs() > 1e3, "{owed} Wh owed, {gained} Wh gained");
    same(number(&kpis, "owed_vehicle_kwh"), owed / 1e3);
    same(number(&kpis, "stored_change_kwh"), gained / 1e3);
    let prices = &study.prices.day_ahead_eur_per_mwh;
    let mean = prices.iter().sum::<f64>() / prices.len() as f64;
    same(number(&kpis, "cost_owed_eur"), (owed - gained) / 1e6 * mean);
}

/// A run that ends in the middle of the night's charging counts the same energy as one that does not: bought or owed.
#[test]
fn what_a_strategy_puts_off_stays_on_its_account() {
    let study = scarce(2, |s| s.feeder.batteries = None);
    let (_, case, ..) = watched(&study);
    let t = &case.totals;
    let [free, actual] = [Variant::Free, Variant::Actual].map(|v| v as usize);
    // What vehicles drew less than in the reference is what they left without or still want more.
    let missing = |v: usize| t.unserved_wh[v] + t.owed_wh[v];
    assert!(missing(actual) > missing(free), "limits and orders put charging off: {} and {} Wh", missing(actual), missing(free));
}

#[test]
fn heat_held_back_has_a_price_of_its_own() {
    // Heat pumps of 4 kW stay below the floor of 4.2 kW that a limitation leaves by default.
    let study = scarce(4, |s| s.dso.orange.device_floor_kw = 1.0);
    let (_, case, kpis, watch) = watched(&study);
    assert!(watch.heat_wh > 1e3, "heat pumps were limited by {} Wh", watch.heat_wh);
    same(case.totals.heat_held_back_wh, watch.heat_wh);
    assert!(case.totals.heat_held_back_wh < case.totals.limited_consumption_wh, "vehicles were limited, too");
    same(number(&kpis, "cost_heat_held_back_eur"), 600.0 * watch.heat_wh / 1e6);

    let mut unpriced = study.clone();
    unpriced.values.heat_unserved_eur_per_mwh = None;
    let (_, _, kpis, _) = watched(&unpriced);
    assert_eq!(kpis.get("cost_heat_held_back_eur"), Value::NotPriced);
    assert_eq!(kpis.get("cost_total_eur"), Value::NotPriced);
}

/// What vehicles were last dispatched, and where they fed back without that.
struct Asked<'a> {
    study: &'a Study,
    dispatched: BTreeMap<(Date, AssetIdx), Arc<[f64]>>,
    fed_wh: f64,
    unasked_wh: f64,
}

impl Observer for Asked<'_> {
    fn wanted(&mut self, _now: SimTime, _who: &Domain, action: &Action) {
        if let Action::Dispatch(d) = action {
            self.dispatched.extend(d.schedules.iter().map(|(device, plan)| ((d.period.date, *device), Arc::clone(plan))));
        }
    }

    fn device(&mut self, seen: &DeviceStep) {
        let is_vehicle = matches!(self.study.devices[seen.device.i()].device, Device::Vehicle(_));
        if !is_vehicle || seen.variant != Variant::Actual || seen.power_w > -1.0 {
            return;
        }
        let start = self.study.step_start(seen.step);
        let period = self.study.calendar.period(self.study.calendar.date_of(start));
        // Others follow their households' plans.
        let Some(plan) = self.dispatched.get(&(period.date, seen.device)) else { return };
        let asked_w = plan[period.isp_at(start).expect("an ISP").offset()];
        let wh = -seen.power_w * self.study.step.as_hours();
        self.fed_wh += wh;
        self.unasked_wh += if asked_w < 0.0 { 0.0 } else { wh };
    }
}

/// A portfolio that has to keep a target under limitations lets vehicles stop, and feed back only where their plans say so.
#[test]
fn vehicles_feed_back_only_as_planned() {
    let study = study("winter-evening.toml", 4, |s| {
        let cars = "share = 1.0\npower_kw = 11.0\nsessions = \"measured\"\nfeeds_back = true";
        s.feeder.electric_vehicles = Some(toml::from_str(cars).expect("cars"));
        s.feeder.rating_scale = 0.5;
        s.aggregator.iter_mut().for_each(|a| (a.failure.asset_per_day, a.failure.communication_per_hour) = (0.0, 0.0));
    });
    let strategy = study.strategies.iter().find(|s| s.name == "grid-capacity-management").expect("the scenario trades");
    let mut asked = Asked { study: &study, dispatched: BTreeMap::new(), fed_wh: 0.0, unasked_wh: 0.0 };
    let _ = observe_case(&study, &Reference::new(&study), strategy, &|_| {}, &mut asked);
    assert!(asked.unasked_wh < 1.0, "{} Wh of {} are fed back unasked", asked.unasked_wh, asked.fed_wh);
}

/// Kelvins below the band times hours of houses, `[variant]`.
#[derive(Default)]
struct Cold([f64; 3]);

impl Observer for Cold {
    fn device(&mut self, seen: &DeviceStep) {
        self.0[seen.variant as usize] += seen.cold_kh;
    }
}

/// Houses make up for heat, so that what limitations take from them is comfort: half a euro for each kelvin and hour.
#[test]
fn comfort_lost_to_limitations_has_its_price() {
    let study = study("winter-evening.toml", 2, |s| {
        s.weather = Some(toml::from_str("kind = \"synthetic\"\nmean_c = 2.0").expect("weather"));
        s.feeder.heat_pumps = None;
        s.feeder.houses = Some(toml::from_str("share = 0.6").expect("houses"));
        s.feeder.rating_scale = 0.4;
        s.dso.orange.device_floor_kw = 1.0;
    });
    let mut cold = Cold::default();
    let reference = Reference::new(&study);
    let strategy = study.strategies.iter().find(|s| s.trades && s.orange).expect("a strategy that trades and limits");
    let case = observe_case(&study, &reference, strategy, &|_| {}, &mut cold);
    let kpis = compute(&study, strategy, &case);
    let [orders, actual] = [Variant::Orders, Variant::Actual].map(|v| cold.0[v as usize]);
    assert!(actual > orders + 5.0, "limitations cost comfort: {orders} and {actual} K·h");
    same(number(&kpis, "cost_heat_held_back_eur"), 0.5 * (actual - orders));
}

/// What vehicles wanted when they arrived is what they drew, what they left without and what they still want: in every variant.
#[test]
fn what_vehicles_want_is_drawn_left_or_owed() {
    let study = scarce(3, |s| {
        s.feeder.batteries = None;
        (s.dso.orange.device_floor_kw, s.dso.orange.controllable_share, s.dso.orange.compliance) = (0.0, 1.0, 1.0);
        s.feeder.rating.iter_mut().for_each(|r| r.rating *= 0.3);
        s.feeder.electric_vehicles.as_mut().expect("the scenario has cars").energy_kwh = 40.0;
    });
    let mut drawn = Drawn { study: &study, wh: [0.0; 3] };
    let reference = Reference::observed(&study, &mut drawn);
    let strategy = study.strategies.iter().find(|s| s.name == "grid-capacity-management").expect("the scenario trades");
    let case = observe_case(&study, &reference, strategy, &|_| {}, &mut drawn);
    let sessions = study.devices.iter().filter_map(|d| if let State::Vehicle(v) = &d.begins { Some(v.sessions()) } else { None });
    let last = study.step_start(study.steps - 1);
    // A session is there from the first step that begins in it.
    let arrives = |s: &&Session| s.arrival <= last && s.departure.0 > (s.arrival.0 + study.step.0 - 1) / study.step.0 * study.step.0;
    let wanted_wh: f64 = sessions.flat_map(|s| s.iter()).filter(arrives).map(|s| s.energy_wh).sum();
    for v in Variant::ALL.map(|v| v as usize) {
        same(drawn.wh[v] + case.totals.unserved_wh[v] + case.totals.owed_wh[v], wanted_wh);
    }
    let left = case.totals.unserved_wh[Variant::Actual as usize];
    assert!(left > 10e3, "limitations leave vehicles without: {left} Wh");
}

/// Energy that vehicles drew, by variant, Wh.
struct Drawn<'a> {
    study: &'a Study,
    wh: [f64; 3],
}

impl Observer for Drawn<'_> {
    fn device(&mut self, seen: &DeviceStep) {
        if let Device::Vehicle(_) = self.study.devices[seen.device.i()].device {
            self.wh[seen.variant as usize] += seen.power_w * self.study.step.as_hours();
        }
    }
}
