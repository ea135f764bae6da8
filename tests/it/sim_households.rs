//! Key figures, totals and series behind the meters, recomputed by a bystander from single devices and steps.

use copperplate::asset::{Device, Session, State};
use copperplate::ids::ConnectionIdx;
use copperplate::kpi::{self, Kpis, Section, Value, compute};
use copperplate::scenario::study::{Strategy, Study};
use copperplate::sim::{Behind, CaseResult, DeviceStep, Observer, Reference, Variant, observe_case};

use crate::sim_support::study;

/// What a bystander saw of each device as it happened, `[device][step]`.
struct Watch {
    power_w: Vec<Vec<f64>>,
    asked_w: Vec<Vec<f64>>,
    content_wh: Vec<Vec<f64>>,
    heat_wh: Vec<Vec<f64>>,
    air_c: Vec<Vec<f64>>,
}

impl Watch {
    fn new(study: &Study) -> Watch {
        let blank = || vec![vec![f64::NAN; study.steps]; study.devices.len()];
        Watch { power_w: blank(), asked_w: blank(), content_wh: blank(), heat_wh: blank(), air_c: blank() }
    }
}

impl Observer for Watch {
    fn device(&mut self, seen: &DeviceStep) {
        if seen.variant == Variant::Actual {
            let (d, s) = (seen.device.i(), seen.step);
            self.power_w[d][s] = seen.power_w;
            self.asked_w[d][s] = seen.planned_w;
            self.content_wh[d][s] = seen.content_wh;
            self.heat_wh[d][s] = seen.heat_wh;
            self.air_c[d][s] = seen.house_c[0];
        }
    }
}

/// A cold street with a transformer that is too small, and chargers that limitations may switch off.
fn street(days: i64) -> Study {
    study("street-2035.toml", days, |s| {
        s.feeder.rating[0].rating = 200.0;
        s.aggregator.iter_mut().for_each(|a| a.willingness = 0.5);
        s.dso.orange.device_floor_kw = 0.0;
    })
}

struct Seen<'a> {
    strategy: &'a Strategy,
    case: CaseResult,
    kpis: Kpis,
    watch: Watch,
}

fn seen<'a>(study: &'a Study, name: &str) -> Seen<'a> {
    let mut watch = Watch::new(study);
    let reference = Reference::new(study);
    let strategy = study.strategies.iter().find(|s| s.name == name).expect("a strategy of the scenario");
    let case = observe_case(study, &reference, strategy, &|_| {}, &mut watch);
    let kpis = compute(study, strategy, &case);
    Seen { strategy, case, kpis, watch }
}

impl Seen<'_> {
    fn behind(&self) -> &Behind {
        self.case.behind.as_ref().expect("the street follows households")
    }

    fn number(&self, key: &str) -> f64 {
        self.kpis.get(key).number().unwrap_or_else(|| panic!("{key} has a meaning"))
    }
}

#[track_caller]
fn same(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-6 * (1.0 + a.abs()), "{a} is not {b}");
}

fn devices(study: &Study, is: fn(&Device) -> bool) -> Vec<usize> {
    (0..study.devices.len()).filter(|d| is(&study.devices[*d].device)).collect()
}

fn is_house(d: &Device) -> bool {
    matches!(d, Device::House(_))
}

fn is_vehicle(d: &Device) -> bool {
    matches!(d, Device::Vehicle(_))
}

/// Highest power of some devices together, W, and the sum of their own highest.
fn peaks(study: &Study, watch: &Watch, of: &[usize]) -> (f64, f64) {
    let together = (0..study.steps).map(|s| of.iter().map(|d| watch.power_w[*d][s]).sum()).fold(0.0, f64::max);
    let apart = of.iter().map(|d| watch.power_w[*d].iter().copied().fold(0.0, f64::max)).sum();
    (together, apart)
}

/// Kelvins below the comfort band while people are at home, times hours, of all houses.
fn cold_kh(study: &Study, watch: &Watch) -> f64 {
    let mut cold_kh = 0.0;
    for (d, spec) in study.devices.iter().enumerate() {
        let Device::House(house) = &spec.device else { continue };
        for s in 0..study.steps {
            let want = house.comfort.want(house.clock.quarter(house.clock.row(study.step_start(s))));
            if want.home {
                cold_kh += (want.low_c - watch.air_c[d][s]).max(0.0) * study.step.as_hours();
            }
        }
    }
    cold_kh
}

#[test]
fn houses_and_their_heat_pumps_are_counted() {
    let study = street(3);
    let seen = seen(&study, "grid-capacity-management");
    let houses = devices(&study, is_house);
    assert!(houses.len() > 20, "{} houses", houses.len());
    let hours = study.step.as_hours();
    let cold_kh = cold_kh(&study, &seen.watch);
    let (mut heat_wh, mut drawn_wh) = (0.0, 0.0);
    for &d in &houses {
        for s in 0..study.steps {
            heat_wh += seen.watch.heat_wh[d][s];
            drawn_wh += seen.watch.power_w[d][s] * hours;
        }
    }
    same(seen.number("comfort_deficit_kh"), cold_kh);
    same(seen.number("comfort_deficit_each_kh"), cold_kh / houses.len() as f64);
    same(seen.number("heat_pump_spf"), heat_wh / drawn_wh);
    let (together, apart) = peaks(&study, &seen.watch, &houses);
    same(seen.number("heat_pump_peak_kw_each"), together / 1e3 / houses.len() as f64);
    same(seen.number("heat_pump_simultaneity"), together / apart);
}

/// Jain's index of what falls on each of some connections: `(Σ x)² / (n Σ x²)`.
fn jain(shares: &[f64]) -> f64 {
    let sum: f64 = shares.iter().sum();
    sum * sum / (shares.len() as f64 * shares.iter().map(|x| x * x).sum::<f64>())
}

#[test]
fn what_orders_and_limitations_ask_of_each_household_is_counted() {
    let study = study("street-2035.toml", 4, |s| {
        s.feeder.rating[0].rating = 110.0;
        s.aggregator.iter_mut().for_each(|a| a.willingness = 0.5);
        s.dso.orange.device_floor_kw = 0.0;
    });
    let seen = seen(&study, "grid-capacity-management");
    let totals = |d: usize| &seen.behind().devices[d];
    let sum = |of: &dyn Fn(usize) -> f64| (0..study.devices.len()).map(of).sum::<f64>();
    let all = &seen.case.totals;
    assert!(all.shifted_wh > 0.0 && all.limited_consumption_wh > 0.0, "orders and limitations act");
    same(sum(&|d| totals(d).moved_wh), all.shifted_wh + all.curtailed_by_orders_wh);
    same(sum(&|d| totals(d).limited_wh), all.limited_consumption_wh + all.limited_discharge_wh + all.curtailed_by_orange_wh);
    let steerable = devices(&study, |d| d.flexibility() != copperplate::asset::Flexibility::None);
    let mut connections: Vec<ConnectionIdx> = steerable.iter().map(|d| study.devices[*d].connection).collect();
    connections.sort_unstable();
    connections.dedup();
    let by_connection = |of: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let behind = |c: &ConnectionIdx| steerable.iter().filter(|d| study.devices[**d].connection == *c).map(|d| of(*d)).sum();
        connections.iter().map(behind).collect()
    };
    same(seen.number("jain_moved"), jain(&by_connection(&|d| totals(d).moved_wh)));
    same(seen.number("jain_limited"), jain(&by_connection(&|d| totals(d).limited_wh)));
    let houses = devices(&study, is_house);
    same(seen.number("jain_comfort"), jain(&houses.iter().map(|d| totals(*d).cold_kh).collect::<Vec<_>>()));
    // A refusal to sell leaves a household out: the index is that of some of them at most.
    let willing = by_connection(&|d| totals(d).moved_wh).iter().filter(|wh| **wh > 0.0).count() as f64;
    assert!(seen.number("jain_moved") <= willing / connections.len() as f64 + 1e-9);
}

/// Stays that ended, and those that lacked more than 5 %: wanted energy against what flowed while the vehicle was there.
fn stays(study: &Study, watch: &Watch, d: usize) -> (f64, f64) {
    let State::Vehicle(whereabouts) = &study.devices[d].begins else { panic!("a vehicle") };
    let (mut ended, mut short) = (0.0, 0.0);
    let mut sessions = whereabouts.sessions().iter().peekable();
    let mut on: Option<(&Session, f64)> = None;
    for s in 0..study.steps {
        let (start, end) = (study.step_start(s), study.step_start(s + 1));
        while on.is_none() {
            let Some(session) = sessions.next_if(|session| session.arrival <= start) else { break };
            on = (session.departure > start).then_some((session, 0.0));
        }
        let Some((session, got_wh)) = on else { continue };
        let got_wh = got_wh + watch.power_w[d][s] * study.step.as_hours();
        on = Some((session, got_wh));
        if session.departure <= end {
            ended += 1.0;
            short += f64::from(u8::from(session.energy_wh - got_wh > 0.05 * session.energy_wh));
            on = None;
        }
    }
    (ended, short)
}

#[test]
fn stays_of_vehicles_are_counted() {
    let study = street(4);
    let seen = seen(&study, "copper-plate");
    let vehicles = devices(&study, is_vehicle);
    let all: Vec<(f64, f64)> = vehicles.iter().map(|d| stays(&study, &seen.watch, *d)).collect();
    let (ended, short) = all.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(ended > 20.0, "{ended} stays");
    same(seen.number("vehicle_sessions"), ended);
    same(seen.number("vehicle_short_percent"), 100.0 * short / ended);
    let (together, apart) = peaks(&study, &seen.watch, &vehicles);
    same(seen.number("vehicle_peak_kw_each"), together / 1e3 / vehicles.len() as f64);
    same(seen.number("vehicle_simultaneity"), together / apart);
    for (d, (ended, short)) in vehicles.iter().zip(&all) {
        let totals = &seen.behind().devices[*d];
        assert_eq!((f64::from(totals.sessions), f64::from(totals.short_sessions)), (*ended, *short), "{}", study.devices[*d].id);
    }
}

/// Where limitations switch chargers off and nobody sells, vehicles leave short and rooms get cold, and both are counted.
#[test]
fn what_limitations_take_from_people_is_counted() {
    let study = study("street-2035.toml", 4, |s| {
        s.feeder.rating[0].rating = 110.0;
        s.aggregator.iter_mut().for_each(|a| a.willingness = 0.0);
        s.dso.orange.device_floor_kw = 0.0;
    });
    let seen = seen(&study, "grid-capacity-management");
    let all = devices(&study, is_vehicle).into_iter().map(|d| stays(&study, &seen.watch, d));
    let (ended, short) = all.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(short > 3.0 && short < ended, "{short} of {ended} stays are short");
    same(seen.number("vehicle_short_percent"), 100.0 * short / ended);
    same(seen.number("vehicle_sessions"), ended);
    let unserved_wh: f64 = seen.behind().devices.iter().map(|t| t.unserved_wh).sum();
    same(seen.number("vehicle_unserved_kwh"), unserved_wh / 1e3);
    assert!(seen.number("comfort_deficit_kh") > 10.0, "houses are limited as well");
    same(seen.number("comfort_deficit_kh"), cold_kh(&study, &seen.watch));
}

#[test]
fn pv_and_batteries_behind_a_meter_are_counted() {
    let study = street(3);
    let seen = seen(&study, "congestion-management");
    let hours = study.step.as_hours();
    let with_pv: Vec<ConnectionIdx> =
        devices(&study, |d| matches!(d, Device::Curtailable(_))).iter().map(|d| study.devices[*d].connection).collect();
    let (mut generated, mut own, mut demand, mut bought) = (0.0, 0.0, 0.0, 0.0);
    for c in (0..study.grid.connections.len()).map(ConnectionIdx::new).filter(|c| with_pv.contains(c)) {
        for s in 0..study.steps {
            let (mut net, mut sun, mut used) = (0.0, 0.0, 0.0);
            for (d, spec) in study.devices.iter().enumerate().filter(|(_, spec)| spec.connection == c) {
                let p = seen.watch.power_w[d][s];
                net += p;
                match &spec.device {
                    Device::Curtailable(_) if p < 0.0 => sun -= p,
                    Device::Battery(_) => {}
                    _ if p > 0.0 => used += p,
                    _ => {}
                }
            }
            generated += sun * hours;
            own += if net < 0.0 { (sun + net).max(0.0) } else { sun } * hours;
            demand += used * hours;
            bought += if net > 0.0 { net.min(used) } else { 0.0 } * hours;
        }
    }
    assert!(generated > 1e4 && demand > 1e4);
    same(seen.number("self_consumption_percent"), 100.0 * own / generated);
    same(seen.number("self_sufficiency_percent"), 100.0 * (1.0 - bought / demand));
    let (mut moved, mut capacity) = (0.0, 0.0);
    for (d, spec) in study.devices.iter().enumerate() {
        if let Device::Battery(b) = &spec.device {
            capacity += b.store.capacity_wh;
            let before = std::iter::once(&spec.shows.content_wh).chain(&seen.watch.content_wh[d]);
            moved += before.zip(&seen.watch.content_wh[d]).map(|(a, b)| (b - a).abs()).sum::<f64>();
        }
    }
    same(seen.number("battery_cycles"), moved / (2.0 * capacity));
    assert!(seen.number("battery_cycles") > 0.1, "batteries work");
}

#[test]
fn what_comes_back_is_measured_against_no_orders() {
    let study = street(4);
    let seen = seen(&study, "grid-capacity-management");
    let r = &seen.case.recording;
    let (free, orders, asked) = (&r.of(Variant::Free).through_w[0], &r.of(Variant::Orders).through_w[0], &r.requested_w[0]);
    let window = (24.0 / study.step.as_hours()) as usize;
    let (mut shed, mut back, mut shed_w, mut back_w) = (0.0, 0.0, 0.0_f64, 0.0_f64);
    // The direction that was asked for last, and since when nothing is asked for.
    let mut last: Option<(f64, usize, f64)> = None;
    for s in 0..study.steps {
        let moved = orders[s] - free[s];
        if asked[s] == 0.0 {
            if let Some((direction, since, of_it)) = last.filter(|(_, since, of_it)| s - since <= window && *of_it > 0.0) {
                let _ = (since, of_it);
                back -= direction * moved;
                back_w = back_w.max(-direction * moved);
            }
        } else {
            let direction = asked[s].signum();
            let before = last.filter(|(d, since, _)| *d == direction && s - since == 1).map_or(0.0, |(.., of_it)| of_it);
            let of_it = (direction * moved).max(0.0);
            shed += of_it;
            shed_w = shed_w.max(of_it);
            last = Some((direction, s, before + of_it));
        }
    }
    assert!(shed > 0.0, "orders move something");
    same(seen.number("rebound_factor"), back / shed);
    same(seen.number("rebound_peak"), back_w / shed_w);
    same(seen.number("additionality"), seen.number("true_flexibility_mwh") / seen.number("delivered_mwh"));
    assert!(seen.strategy.trades);
    let activations = kpi::activations(&study, &seen.case);
    same(activations.iter().map(|a| a.shed_wh).sum::<f64>(), shed * study.step.as_hours());
    assert!(activations.windows(2).all(|w| w[0].steps[2] <= w[1].steps[0]), "windows do not overlap");
}

#[test]
fn the_household_shown_is_what_its_devices_did() {
    let study = street(2);
    let seen = seen(&study, "grid-capacity-management");
    let household = seen.behind().household.as_ref().expect("the street has households");
    assert!(household.devices.len() > 3);
    for series in &household.devices {
        let d = series.device.i();
        assert_eq!(study.devices[d].connection, household.connection);
        for s in 0..study.steps {
            assert_eq!(series.power_w[s].to_bits(), (seen.watch.power_w[d][s] as f32).to_bits());
            let asked = seen.watch.asked_w[d][s];
            assert!(if asked.is_finite() { series.asked_w[s] == asked as f32 } else { series.asked_w[s].is_nan() });
            let charge = series.charge[s];
            assert!(charge.is_nan() || (-1e-6..=1.0 + 1e-6).contains(&charge), "{charge}");
            if is_house(&study.devices[d].device) {
                assert_eq!(series.house_c[0][s].to_bits(), (seen.watch.air_c[d][s] as f32).to_bits());
            }
        }
    }
}

/// Without orders and limitations a device can do no more than its data sheet says, and shares are shares.
#[test]
fn figures_stay_within_what_is_possible() {
    let study = street(2);
    for strategy in &study.strategies {
        let seen = seen(&study, &strategy.name);
        for key in ["self_consumption_percent", "self_sufficiency_percent", "pv_curtailed_percent", "vehicle_short_percent"] {
            assert!(seen.kpis.get(key).number().is_none_or(|x| (0.0..=100.0).contains(&x)), "{key} in {}", strategy.name);
        }
        for key in ["heat_pump_simultaneity", "vehicle_simultaneity"] {
            assert!((0.0..=1.0 + 1e-9).contains(&seen.number(key)), "{key} in {}", strategy.name);
        }
        let potential = &seen.behind().potential;
        for kind in [is_vehicle as fn(&Device) -> bool, is_house].into_iter().enumerate() {
            let rated_w: f64 = devices(&study, kind.1).iter().map(|d| study.devices[*d].device.rated_w().0).sum();
            assert!(potential.kinds[kind.0].iter().all(|(give, take)| *give >= 0.0 && *take >= 0.0 && give + take <= rated_w + 1e-6));
        }
        if !strategy.trades {
            assert_eq!(seen.kpis.get("rebound_factor"), Value::NotApplicable);
        }
    }
}

#[test]
fn figures_behind_the_meter_are_listed_where_households_are_followed() {
    let is_listed = |kpis: &Kpis| kpi::listed([kpis]).any(|d| d.section == Section::BehindTheMeter);
    let plain = study("quickstart.toml", 1, |_| {});
    assert!(!plain.follows_households());
    let without = seen(&plain, "congestion-management");
    assert!(without.case.behind.is_none() && !is_listed(&without.kpis));
    assert_eq!(without.kpis.get("rebound_factor"), Value::NotApplicable);
    let street = street(1);
    assert!(street.follows_households() && is_listed(&seen(&street, "copper-plate").kpis));
}
