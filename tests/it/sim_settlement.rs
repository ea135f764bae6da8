//! Capacity limitation is judged on actual power against the cap; nested congestion points pay for no watt twice.

use std::collections::BTreeMap;

use copperplate::ids::{AgrIdx, ConnectionIdx, CpIdx};
use copperplate::market::contract::Contract;
use copperplate::scenario::schema::{self, Scenario};
use copperplate::scenario::study::Study;
use copperplate::sim::CaseResult;
use copperplate::uftp::message::isp::power_series;
use copperplate::uftp::message::{FlexOrder, FlexOrderSettlement, Message};
use copperplate::units::Watts;

use crate::sim_support::{Ran, by_profile, ideal, meters, study, without_orange};

fn limitations(case: &CaseResult) -> impl Iterator<Item = &FlexOrder> {
    let limitation = |o: &&FlexOrder| o.unsolicited == Some(true);
    case.messages.iter().filter_map(|m| if let Message::FlexOrder(o) = &*m.message { Some(o) } else { None }).filter(limitation)
}

/// Settled items with the domain of their aggregator.
fn items(case: &CaseResult) -> Vec<(String, &FlexOrderSettlement)> {
    case.messages
        .iter()
        .filter_map(|m| if let Message::FlexSettlement(s) = &*m.message { Some(s) } else { None })
        .flat_map(|s| s.flex_order_settlements.iter().map(|i| (s.header.recipient_domain.to_string(), i)))
        .collect()
}

fn connections(study: &Study, domain: &str, point: &copperplate::ids::EntityAddress) -> Vec<ConnectionIdx> {
    let agr = study.agrs.iter().position(|a| a.domain.as_str() == domain).map(AgrIdx::new);
    let cp = study.congestion_points.iter().find(|c| c.public.address == *point).expect("a point of the study");
    cp.public.connections.iter().filter(|c| study.agr_of[c.i()] == agr).copied().collect()
}

fn cap_w(c: &Contract) -> f64 {
    let range = c.right.terms().called_range(c.direction).expect("a limitation is called under a limitation");
    range.bound_w(c.direction).abs()
}

/// Feed-in under a cap of 60 kW: `F = max(0, −cap − B)` with the free feed-in as `B`, settled against the cap, and kept.
#[test]
fn a_cap_on_feed_in_is_kept() {
    let ran = Ran::new(without_orange(study("quickstart.toml", 3, ideal)));
    let study = &ran.study;
    let (strategy, case) = ran.case("congestion-management");
    let readings = meters(study, case);
    let items = items(case);
    let mut called = 0;
    for order in limitations(case) {
        let contract = strategy.contracts.iter().find(|c| Some(c.id.as_str()) == order.contract_id.as_deref()).expect("its contract");
        let cap = cap_w(contract);
        let own = connections(study, contract.aggregator.as_str(), &order.flex.congestion_point);
        let day = study.calendar.period(order.flex.period);
        let first = study.steps_of(&day).start;
        let power = power_series(&day, &order.isps).values().to_vec();
        let (_, item) = items.iter().find(|(_, i)| i.order_reference.as_deref() == Some(&*order.order_reference)).expect("it is settled");
        let mut mwh = 0.0;
        for (i, f) in power.iter().enumerate().filter(|(_, f)| **f != Watts::ZERO) {
            let net = |c: &ConnectionIdx| {
                let (fixed, feed_in) = by_profile(study, *c, first + i);
                fixed - feed_in
            };
            let free: f64 = own.iter().map(net).sum();
            let expected = (-cap - free).max(0.0);
            assert!((f.as_f64() - expected).abs() <= 0.5 + 1e-6, "{} ISP {}: F = {f:?}, not {expected}", day.date, i + 1);
            let metered: i64 = own.iter().map(|c| readings[&(day.date, *c)][i]).sum();
            let rounding = 0.5 * own.len() as f64;
            assert!(metered as f64 >= -cap - rounding, "{} ISP {}: {metered} W under a cap of {cap} W", day.date, i + 1);
            let row = item.isps.iter().find(|r| r.run.covers(i as u16 + 1)).expect("its ISP is settled");
            assert_eq!(row.baseline_power + row.ordered_flex_power, Watts(-cap as i64), "the target is the cap");
            assert_eq!(row.actual_power, Watts(metered));
            assert_eq!(row.delivered_flex_power.0, (metered - row.baseline_power.0).clamp(0, f.0));
            mwh += f.as_f64() * 0.25e-6;
            called += 1;
        }
        assert!((order.price.as_f64() - mwh * contract.tariff.utilisation_eur_per_mwh).abs() <= 0.5e-4 + 1e-9);
    }
    assert!(called > 20, "{called} ISPs were called");
}

/// Consumption: the mirrored arithmetic of the bill, whatever was kept.
#[test]
fn a_cap_on_consumption_is_settled_against_the_cap() {
    let ran = Ran::new(without_orange(study("winter-evening.toml", 4, |s| {
        s.contract.iter_mut().filter(|c| c.id == "evening-cap").for_each(|c| c.right = schema::Right::CapacityLimitation { cap_kw: 40.0 });
    })));
    let (strategy, case) = ran.case("congestion-management");
    let mut rows = 0;
    for (_, item) in items(case).into_iter().filter(|(_, i)| i.baseline_reference.is_some()) {
        let contract = strategy.contracts.iter().find(|c| Some(c.id.as_str()) == item.contract_id.as_deref()).expect("its contract");
        for r in &item.isps {
            assert!(r.ordered_flex_power < Watts::ZERO);
            assert_eq!(r.baseline_power + r.ordered_flex_power, Watts(cap_w(contract) as i64));
            assert_eq!(r.delivered_flex_power.0, (r.actual_power - r.baseline_power).0.clamp(r.ordered_flex_power.0, 0));
            assert_eq!(r.power_deficiency.0, (r.actual_power.0 - cap_w(contract) as i64).max(0));
            rows += 1;
        }
    }
    assert!(rows > 0, "the cap was called");
}

/// The transformer and the cable under it that serves the eastern branch, both short of capacity.
fn nested(s: &mut Scenario) {
    ideal(s);
    let line = schema::CongestionPoint {
        id: "branch".to_owned(),
        element: "line:LV1.101 Line 3".to_owned(),
        planning: 0.5,
        rating: 0.6,
        ..s.congestion_point[0].clone()
    };
    s.congestion_point.push(line);
}

/// Per aggregator and ISP: Σ delivered at all congestion points ≤ what its power really changed against no orders.
fn assert_paid_once(ran: &Ran) {
    let study = &ran.study;
    assert_eq!(study.within, [(CpIdx::new(1), CpIdx::new(0))]);
    let mut points = std::collections::BTreeSet::new();
    for name in ["grid-capacity-management", "congestion-management"] {
        let (_, case) = ran.case(name);
        let readings = meters(study, case);
        let mut paid: BTreeMap<_, (i64, usize)> = BTreeMap::new();
        for (agr, item) in items(case) {
            points.insert(item.congestion_point.clone());
            for r in &item.isps {
                let sum = paid.entry((agr.clone(), item.period, r.run.start)).or_default();
                sum.0 += r.delivered_flex_power.0;
                sum.1 += 1;
            }
        }
        for ((agr, date, isp), (delivered, orders)) in paid {
            let own = connections(study, &agr, &study.congestion_points[0].public.address);
            let i = usize::from(isp) - 1;
            let first = study.steps_of(&study.calendar.period(date)).start;
            let free: f64 = own.iter().map(|c| by_profile(study, *c, first + i)).map(|(fixed, feed_in)| fixed - feed_in).sum();
            let metered: i64 = own.iter().map(|c| readings[&(date, *c)][i]).sum();
            let change = metered as f64 - free;
            let rounding = 0.5 * (own.len() + orders + 1) as f64;
            assert!(delivered as f64 <= change + rounding, "{name}, {agr}, {date} ISP {isp}: {delivered} W paid, {change} W changed");
        }
    }
    assert_eq!(points.len(), 2, "both points traded");
}

/// As everybody delivers, and as half of the assets fail: then less came than both orders together, and it counts once.
#[test]
fn nested_points_pay_for_no_watt_twice() {
    for failing in [0.0, 0.5] {
        assert_paid_once(&Ran::new(without_orange(study("quickstart.toml", 3, |s| {
            nested(s);
            s.aggregator.iter_mut().for_each(|a| a.failure.asset_per_day = failing);
            s.contract.retain(|c| c.id == "midday-option");
        }))));
    }
}

/// A cap at the cable is in what the aggregator expects at the transformer, so its effect there is not sold again.
#[test]
fn a_cap_below_is_not_sold_above() {
    let ran = Ran::new(without_orange(study("quickstart.toml", 3, |s| {
        nested(s);
        s.contract[1].congestion_point = "branch".to_owned();
        s.contract[1].right = schema::Right::CapacityLimitation { cap_kw: 10.0 };
        s.contract[1].aggregator = "harvest.example.com".to_owned();
    })));
    assert_paid_once(&ran);
}

/// What is bought at the cable is credited at the transformer: there the operator buys only what is still lacking.
#[test]
fn what_is_bought_below_is_not_bought_again_above() {
    let alone = Ran::new(without_orange(study("quickstart.toml", 3, |s| {
        ideal(s);
        s.contract.clear();
    })));
    let both = Ran::new(without_orange(study("quickstart.toml", 3, |s| {
        nested(s);
        s.contract.clear();
    })));
    let outer = &both.study.congestion_points[0].public.address;
    // Relief ordered at a point, W summed over the ISPs in which the transformer asked for it.
    let bought = |ran: &Ran, at_outer: bool| -> i64 {
        let (_, case) = ran.case("grid-capacity-management");
        let need: BTreeMap<_, Vec<bool>> = case
            .messages
            .iter()
            .filter_map(|m| if let Message::FlexRequest(r) = &*m.message { Some(r) } else { None })
            .filter(|r| r.flex.congestion_point == *outer)
            .map(|r| {
                let mut asked = vec![false; 96];
                let feed_in = r.isps.iter().filter(|i| i.min_power > Watts::ZERO);
                feed_in.flat_map(|i| i.run.numbers()).for_each(|n| asked[usize::from(n) - 1] = true);
                (r.flex.period, asked)
            })
            .collect();
        let orders = case.messages.iter().filter_map(|m| if let Message::FlexOrder(o) = &*m.message { Some(o) } else { None });
        let there = orders.filter(|o| (o.flex.congestion_point == *outer) == at_outer);
        there
            .map(|o| {
                let power = power_series(&ran.study.calendar.period(o.flex.period), &o.isps).values().to_vec();
                let asked = need.get(&o.flex.period);
                power.iter().enumerate().filter(|(i, _)| asked.is_some_and(|a| a[*i])).map(|(_, p)| p.0.max(0)).sum::<i64>()
            })
            .sum()
    };
    let (before, below, above) = (bought(&alone, true), bought(&both, false), bought(&both, true));
    assert!(below > before / 20, "the cable buys: {below} W of {before} W");
    assert!(above <= before - below * 4 / 5, "{above} W above and {below} W below, {before} W without the cable");
}
