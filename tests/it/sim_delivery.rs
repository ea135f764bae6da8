//! Nobody delivers more than there is, and without errors and failures what was ordered is what comes.
//!
//! The runs here go without orange, so that meters show what orders made of the day.

use copperplate::asset::{Device, State};
use copperplate::ids::{AgrIdx, ConnectionIdx};
use copperplate::market::ledger::{Kind, Party};
use copperplate::rng::Stream;
use copperplate::scenario::study::Study;
use copperplate::sim::{CaseResult, Variant};
use copperplate::time::{IspIndex, SimDuration};
use copperplate::uftp::message::{FlexOrderSettlement, Message};
use copperplate::units::Money;

use crate::sim_support::{Ran, by_profile, days, ideal, meters, study, without_orange};

const TRADING: [&str; 2] = ["grid-capacity-management", "congestion-management"];

fn settlements(case: &CaseResult) -> impl Iterator<Item = &FlexOrderSettlement> {
    case.messages
        .iter()
        .filter_map(|m| if let Message::FlexSettlement(s) = &*m.message { Some(s) } else { None })
        .flat_map(|s| &s.flex_order_settlements)
}

fn connections(study: &Study, agr: AgrIdx) -> Vec<ConnectionIdx> {
    (0..study.agr_of.len()).filter(|c| study.agr_of[*c] == Some(agr)).map(ConnectionIdx::new).collect()
}

/// Whether the owner of an asset agreed, by the draw that decides it.
fn willing(study: &Study, agr: AgrIdx, id: &str) -> bool {
    Stream::new(study.seed, id, "willing").at(0).uniform() < study.agrs[agr.i()].terms.willingness
}

/// Voluntary trade: what a portfolio curtails in an ISP is at most what its willing assets would have fed in, and nothing
/// behind a meter without one.
#[test]
fn feed_in_is_curtailed_only_where_it_is_willing() {
    let ran = Ran::new(without_orange(study("quickstart.toml", 3, |s| {
        s.aggregator.iter_mut().for_each(|a| a.willingness = 0.5);
    })));
    let study = &ran.study;
    let readings = meters(study, ran.case("grid-capacity-management").1);
    let (mut curtailed, mut unwilling) = (0.0, 0.0);
    for ((date, c), watts) in &readings {
        let agr = study.agr_of[c.i()].expect("metered connections are represented");
        let first = study.steps_of(&study.calendar.period(*date)).start;
        for (i, metered) in watts.iter().enumerate() {
            let (fixed, feed_in) = by_profile(study, *c, first + i);
            let row = study.truth.step_at(study.step_start(first + i)).unwrap();
            let own = study.devices.iter().filter(|d| d.connection == *c && willing(study, agr, &d.id));
            let available: f64 =
                own.map(|d| if let Device::Curtailable(f) = &d.device { -f.series.at(&study.truth, row).0 } else { 0.0 }).sum();
            let change = *metered as f64 - (fixed - feed_in);
            assert!(change >= -0.5, "{date} ISP {}: more feed-in than the sun gave", i + 1);
            assert!(change <= available + 0.5, "{date} ISP {}: {change} W curtailed of {available} W", i + 1);
            curtailed += change;
            unwilling += feed_in - available;
        }
    }
    assert!(curtailed > 1e5 && unwilling > 1e5, "there was something to curtail and something to leave alone");
}

/// A charger draws between nothing and its power, and a session never takes more than its driver wants.
#[test]
fn vehicles_take_what_they_want_at_most() {
    let ran = Ran::new(without_orange(study("winter-evening.toml", 3, |_| {})));
    let study = &ran.study;
    for name in ["copper-plate", TRADING[0], TRADING[1]] {
        let readings = meters(study, ran.case(name).1);
        let mut sessions = 0;
        for v in &study.devices {
            let (Device::Vehicle(vehicle), State::Vehicle(really)) = (&v.device, &v.begins) else { continue };
            if study.agr_of[v.connection.i()].is_none() {
                continue;
            }
            // Feed-in at these meters is small and nobody curtails it in winter.
            let charge = |step: usize| {
                let t = study.step_start(step);
                let period = study.calendar.period(study.calendar.date_of(t));
                let i = period.isp_at(t).unwrap().offset();
                let (fixed, feed_in) = by_profile(study, v.connection, step);
                readings[&(period.date, v.connection)][i] as f64 - (fixed - feed_in)
            };
            for step in 0..study.steps {
                let p = charge(step);
                assert!((-0.5..=vehicle.max_power_w + 0.5).contains(&p), "{name}, {}: {p} W", v.id);
            }
            for real in really.sessions().iter().filter(|s| s.arrival >= study.start) {
                let inside = |step: &usize| {
                    let t = study.step_start(*step);
                    t > real.arrival - SimDuration(study.step.0) && t < real.departure
                };
                let steps: Vec<usize> = (0..study.steps).filter(inside).collect();
                let wh: f64 = steps.iter().map(|s| charge(*s)).sum::<f64>() * study.step.as_hours();
                let rounding = 0.5 * steps.len() as f64 * study.step.as_hours();
                assert!(wh <= real.energy_wh + rounding, "{name}, {}: {wh} Wh of {} Wh", v.id, real.energy_wh);
                sessions += 1;
            }
        }
        assert!(sessions > 20);
    }
}

/// Perfect foresight, all willing, nothing fails: every order is delivered to the resolution of the meters, nobody pays a
/// penalty worth the name, and where offers were enough the limit holds.
#[test]
fn without_errors_what_was_ordered_comes() {
    let ran = Ran::new(without_orange(study("quickstart.toml", 3, ideal)));
    let study = &ran.study;
    for name in TRADING {
        let (strategy, case) = ran.case(name);
        let mut isps = 0;
        for item in settlements(case) {
            for isp in &item.isps {
                // Half a watt per meter of the portfolio, and as much again in the prognosis.
                let off = (isp.baseline_power + isp.ordered_flex_power - isp.actual_power).0;
                assert!(isp.power_deficiency.0 <= 4, "{name}, {} ISP {}: {off} W short", item.period, isp.run.start);
                isps += 1;
            }
            assert!(item.penalty <= Money(10), "{name}: penalty {}", item.penalty);
        }
        assert!(isps > 50, "{name}: {isps} ISPs were ordered");
        let r = &case.recording;
        let branch = study.congestion_points[0].branch.i();
        let mut relieved = 0;
        for step in 0..study.steps {
            let loading = |v: Variant| f64::from(r.of(v).loading.at(step, branch));
            if r.requested_w[0][step] != 0.0 && r.unserved_w[0][step] == 0.0 {
                let limit = study.congestion_points[0].limits;
                assert!(loading(Variant::Free) > limit.planning - 1e-6);
                assert!(loading(Variant::Orders) <= limit.rating, "{name}, step {step}: {}", loading(Variant::Orders));
                relieved += 1;
            }
        }
        assert!(relieved > 20, "{name}: {relieved} steps had offers enough (penalty {})", strategy.penalty_eur_per_mwh);
    }
}

/// When every asset fails every day nothing changes in the feeder, nothing counts as delivered, and the sellers pay.
#[test]
fn whoever_never_delivers_pays() {
    let ran = Ran::new(without_orange(study("quickstart.toml", 2, |s| {
        ideal(s);
        s.aggregator.iter_mut().for_each(|a| a.failure.asset_per_day = 1.0);
        // Capped feed-in is judged on actual power, so a cap that is kept by chance would count.
        s.contract.retain(|c| c.id == "midday-option");
    })));
    for name in TRADING {
        let (_, case) = ran.case(name);
        let [free, orders, _] = Variant::ALL.map(|v| &case.recording.of(v).loading);
        assert!((0..ran.study.steps).all(|s| free.step(s) == orders.step(s)), "{name}: nothing changed");
        assert_eq!(case.totals.curtailed_by_orders_wh, 0.0);
        let mut orders = 0;
        for item in settlements(case) {
            let delivered: i64 = item.isps.iter().map(|i| i.delivered_flex_power.0).sum();
            let ordered: i64 = item.isps.iter().map(|i| i.ordered_flex_power.0).sum();
            // A few watts of rounding between prognosis and meters may look like delivery.
            assert!(delivered <= 4 * item.isps.len() as i64 && ordered > 0, "{name}: {delivered} of {ordered}");
            orders += 1;
        }
        assert!(orders > 0, "{name}");
        let dso = Party::from(&ran.study.dso);
        let net = case.ledger.paid(&dso, Kind::Flexibility) + case.ledger.paid(&dso, Kind::Penalty);
        assert!(net < Money::ZERO, "{name}: the DSO receives {}", -net);
    }
}

/// A plant that holds a battery may be curtailed, never charged: no meter of this feeder draws more than its consumers do.
#[test]
fn curtailed_plants_do_not_consume() {
    let ran = Ran::new(without_orange(study("quickstart.toml", 2, |_| {})));
    let study = &ran.study;
    assert!(study.devices.iter().any(|d| d.kind == "plant"));
    for name in TRADING {
        let readings = meters(study, ran.case(name).1);
        for (day, first) in days(study) {
            for c in (0..study.agrs.len()).flat_map(|a| connections(study, AgrIdx::new(a))) {
                for i in day.iter().map(IspIndex::offset) {
                    let (fixed, _) = by_profile(study, c, first + i);
                    let metered = readings[&(day.date, c)][i] as f64;
                    assert!(metered <= fixed + 0.5, "{name}: {metered} W, consumers {fixed} W");
                }
            }
        }
    }
}
