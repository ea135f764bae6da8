//! Key figures recomputed from what a case recorded: one row is one element and one reference, in every column.

use std::collections::BTreeMap;

use copperplate::agent::agenda::Round;
use copperplate::ids::CpIdx;
use copperplate::kpi::{BY_POINT, Kpis, Value, compute};
use copperplate::scenario::schema::{Preset, Scenario};
use copperplate::scenario::study::{CongestionPoint, Strategy, Study};
use copperplate::sim::{CaseResult, Regime, Variant};
use copperplate::uftp::message::{Disposition, Message};
use jiff::civil::time;

use crate::sim_support::{Ran, study, winter};

/// Apparent power of a point's element at its rated current and voltage, VA, on the grid of a strategy or on today's.
fn rated_va(study: &Study, strategy: Option<&Strategy>, cp: &CongestionPoint) -> f64 {
    let grid = strategy.map_or_else(|| study.grid.clone(), |s| study.grid(s).0);
    let b = cp.branch.i();
    if b >= grid.lines.len() {
        return grid.transformers[b - grid.lines.len()].rated_power_va;
    }
    3.0_f64.sqrt() * grid.lines[b].rated_current_a * grid.buses[grid.lines[b].from.i()].u_rated_v
}

/// Overload of a point in a variant, h and MWh.
fn overload(study: &Study, case: &CaseResult, cp: &CongestionPoint, variant: Variant, rated_va: f64) -> (f64, f64) {
    let (mut h, mut mwh) = (0.0, 0.0);
    for step in 0..study.steps {
        let loading = f64::from(case.recording.of(variant).loading.at(step, cp.branch.i()));
        if loading > cp.limits.rating {
            h += study.step.as_hours();
            mwh += (loading - cp.limits.rating) * rated_va * study.step.as_hours() / 1e6;
        }
    }
    (h, mwh)
}

fn at(kpis: &Kpis, cp: usize, key: &'static str) -> f64 {
    kpis.at(CpIdx::new(cp), key).number().unwrap_or(f64::NAN)
}

fn number(kpis: &Kpis, key: &str) -> f64 {
    kpis.get(key).number().unwrap_or(f64::NAN)
}

#[track_caller]
fn same(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * (1.0 + a.abs()), "{a} is not {b}");
}

/// Holds every congestion figure of every strategy against the recorded loadings.
fn assert_recomputed(ran: &Ran) -> Vec<Kpis> {
    let study = &ran.study;
    let all: Vec<Kpis> = ran.each().map(|(strategy, case)| compute(study, strategy, case)).collect();
    for ((strategy, case), kpis) in ran.each().zip(&all) {
        let mut totals = [0.0; 6];
        let mut highest = [0.0_f64; 2];
        for (k, cp) in study.congestion_points.iter().enumerate() {
            let own = rated_va(study, Some(strategy), cp);
            let without = overload(study, case, cp, Variant::Free, rated_va(study, None, cp));
            let orders = overload(study, case, cp, Variant::Orders, own);
            let realised = overload(study, case, cp, Variant::Actual, own);
            let keys = [
                ("overload_ex_ante_h", without.0),
                ("overload_after_orders_h", orders.0),
                ("overload_realised_h", realised.0),
                ("overload_ex_ante_mwh", without.1),
                ("overload_after_orders_mwh", orders.1),
                ("overload_realised_mwh", realised.1),
            ];
            for ((key, expected), total) in keys.into_iter().zip(&mut totals) {
                same(at(kpis, k, key), expected);
                *total += expected;
            }
            same(at(kpis, k, "overload_avoided_mwh"), without.1 - realised.1);
            for (i, (key, v)) in
                [("max_loading_ex_ante_percent", Variant::Free), ("max_loading_realised_percent", Variant::Actual)].into_iter().enumerate()
            {
                let loadings = case.recording.of(v).loading.of(cp.branch.i());
                let most = 100.0 * f64::from(loadings.fold(0.0, f32::max));
                same(at(kpis, k, key), most);
                highest[i] = highest[i].max(most);
            }
            let relieved: f64 = ["relieved_by_replacement_percent", "relieved_by_orders_percent", "relieved_by_orange_percent"]
                .into_iter()
                .filter_map(|key| kpis.at(CpIdx::new(k), key).number())
                .sum();
            if without.1 > 0.0 {
                same(relieved, 100.0 * (without.1 - realised.1) / without.1);
            }
        }
        let keys = ["overload_ex_ante_h", "overload_after_orders_h", "overload_realised_h"];
        let keys = keys.into_iter().chain(["overload_ex_ante_mwh", "overload_after_orders_mwh", "overload_realised_mwh"]);
        keys.zip(totals).for_each(|(key, total)| same(number(kpis, key), total));
        same(number(kpis, "max_loading_ex_ante_percent"), highest[0]);
        same(number(kpis, "max_loading_realised_percent"), highest[1]);
        for key in ["overload_ex_ante_h", "overload_ex_ante_mwh", "max_loading_ex_ante_percent"] {
            assert_eq!(kpis.get(key), all[0].get(key), "{key} of {} has another reference", strategy.name);
            for cp in (0..study.congestion_points.len()).map(CpIdx::new) {
                assert_eq!(kpis.at(cp, key), all[0].at(cp, key), "{key} of {} at a point", strategy.name);
            }
        }
        assert!(BY_POINT.iter().all(|key| matches!(kpis.get(key), Value::Number(_) | Value::NotApplicable)));
    }
    all
}

/// The week in which the cable stays the worst element although the transformer is replaced.
#[test]
fn a_row_means_the_same_element_in_every_column() {
    let ran = Ran::new(study("winter-evening.toml", 7, |s| {
        let own = s.strategy.get_mut("reinforce").expect("the scenario replaces elements");
        own.replacement.retain(|r| r.element.starts_with("transformer"));
    }));
    let all = assert_recomputed(&ran);
    let row = |name: &str| ran.study.strategies.iter().position(|s| s.name == name).expect("a strategy of the scenario");
    let (street, cable, kpis) = (0, 1, &all[row("reinforce")]);
    // The transformer is relieved by its replacement alone; the cable carries what it carried.
    assert!(at(kpis, street, "overload_avoided_mwh") > 0.0);
    assert!(at(kpis, street, "relieved_by_replacement_percent") > 95.0);
    for key in ["relieved_by_orders_percent", "relieved_by_orange_percent"] {
        assert_eq!(at(kpis, street, key), 0.0, "{key}");
    }
    assert!((at(kpis, street, "overload_ex_ante_mwh") - 0.449).abs() < 0.0005, "as it was told before reinforcement");
    assert!(at(kpis, cable, "overload_ex_ante_mwh") > 0.1);
    assert!(at(kpis, cable, "relieved_by_replacement_percent").abs() < 3.0, "{}", at(kpis, cable, "relieved_by_replacement_percent"));
    let per_mwh = number(kpis, "paid_capex_eur") / number(kpis, "overload_avoided_mwh");
    same(number(kpis, "paid_per_avoided_mwh"), per_mwh);
    assert!(per_mwh > 0.0 && number(&all[row("copper-plate")], "paid_per_avoided_mwh").is_nan());
}

/// Orange without a market, and a market on a replaced element: what relieved is told apart.
#[test]
fn relief_is_told_apart() {
    let edit = |s: &mut Scenario| {
        let smaller = s.strategy["reinforce"].replacement.clone();
        let mut limits = s.strategy["reinforce"].clone();
        (limits.preset, limits.orange, limits.replacement) = (Some(Preset::CopperPlate), Some(true), Vec::new());
        let mut both = s.strategy["reinforce"].clone();
        (both.preset, both.replacement) = (Some(Preset::GridCapacityManagement), smaller);
        both.replacement[0].rating = 200.0;
        s.strategy.insert("limits".to_owned(), limits);
        s.strategy.insert("both".to_owned(), both);
        s.strategies = vec!["copper-plate".to_owned(), "limits".to_owned(), "both".to_owned()];
    };
    let ran = Ran::new(study("quickstart.toml", 2, edit));
    let all = assert_recomputed(&ran);
    let [limits, both] = [&all[1], &all[2]];
    assert_eq!(number(limits, "relieved_by_orders_percent"), 0.0, "nobody ordered anything");
    assert!(number(limits, "relieved_by_orange_percent") > 10.0);
    assert!(number(both, "relieved_by_replacement_percent") > 10.0 && number(both, "relieved_by_orders_percent") > 10.0);
}

/// Energy that the FlexRequests in the log ask for at each point, MWh: of a day's requests the largest in each ISP.
fn asked_mwh(study: &Study, case: &CaseResult) -> Vec<f64> {
    let mut most: BTreeMap<_, i64> = BTreeMap::new();
    for m in &case.messages {
        let Message::FlexRequest(r) = &*m.message else { continue };
        for isp in r.isps.iter().filter(|i| i.disposition == Disposition::Requested) {
            // MinPower above zero asks for more consumption, MaxPower below zero for less.
            let watts = if isp.min_power.0 > 0 { isp.min_power.0 } else { (-isp.max_power.0).max(0) };
            for number in isp.run.numbers() {
                let kept = most.entry((r.flex.congestion_point.clone(), r.flex.period, number)).or_default();
                *kept = (*kept).max(watts);
            }
        }
    }
    let here = |cp: &CongestionPoint| most.iter().filter(|((at, ..), _)| *at == cp.public.address).map(|(_, w)| *w as f64).sum::<f64>();
    study.congestion_points.iter().map(|cp| here(cp) * study.calendar.isp().as_hours() / 1e6).collect()
}

/// Two rounds, each of which goes to several aggregators: what is asked twice is one shortage, what is asked first is not forgotten.
#[test]
fn requested_is_what_requests_asked_for() {
    let mut study = study("winter-evening.toml", 3, |s| s.aggregator.iter_mut().for_each(|a| a.willingness = 0.5));
    study.timetable.rounds.push(Round {
        prognosis: None,
        request: time(16, 30, 0, 0),
        request_expires: time(16, 45, 0, 0),
        order: time(17, 0, 0, 0),
        close: time(17, 30, 0, 0),
    });
    let ran = Ran::new(study);
    for (strategy, case) in ran.each() {
        let (kpis, asked) = (compute(&ran.study, strategy, case), asked_mwh(&ran.study, case));
        assert_eq!(asked.iter().sum::<f64>() > 0.0, strategy.trades, "{}", strategy.name);
        same(number(&kpis, "requested_mwh"), asked.iter().sum());
        asked.iter().enumerate().for_each(|(cp, mwh)| same(at(&kpis, cp, "requested_mwh"), *mwh));
    }
}

/// With nobody to ask the operator sees a shortage and asks for nothing.
#[test]
fn nothing_is_requested_of_nobody() {
    let ran = Ran::new(study("quickstart.toml", 2, |s| {
        s.aggregator.clear();
        s.contract.clear();
        s.strategies = vec!["grid-capacity-management".to_owned()];
        s.strategy.clear();
    }));
    let (strategy, case) = ran.case("grid-capacity-management");
    let kpis = compute(&ran.study, strategy, case);
    assert!(number(&kpis, "unserved_mwh") > 0.1);
    assert_eq!(number(&kpis, "requested_mwh"), 0.0);
    assert!(case.recording.regime.iter().flatten().all(|r| *r != Regime::Yellow), "the market was not asked");
}

/// Street and cable ask for the same evening: what moves through both is one power, and counts where the wider one asked.
#[test]
fn flexibility_through_nested_points_counts_once() {
    let ran = winter();
    let (street, cable) = (0, 1);
    let points = &ran.study.congestion_points;
    let behind = |cp: usize| &points[cp].public.connections;
    assert!(behind(cable).iter().all(|c| behind(street).contains(c)) && behind(cable).len() < behind(street).len());
    let mut twice_w = 0.0_f64;
    for (strategy, case) in ran.each().filter(|(s, _)| s.trades) {
        let r = &case.recording;
        let moved_w = |cp: usize, step: usize| {
            let asked = r.requested_w[cp][step];
            let change = r.of(Variant::Orders).through_w[cp][step] - r.of(Variant::Free).through_w[cp][step];
            if asked > 0.0 { change } else { -change }
        };
        let mut sum_w = 0.0;
        for step in 0..r.steps {
            let asked = [street, cable].map(|cp| r.requested_w[cp][step]);
            let together = asked[0] * asked[1] > 0.0;
            if asked[0] != 0.0 {
                sum_w += moved_w(street, step);
            }
            if asked[1] != 0.0 && !together {
                sum_w += moved_w(cable, step);
            }
            if together {
                twice_w += moved_w(cable, step);
            }
        }
        let kpis = compute(&ran.study, strategy, case);
        same(number(&kpis, "true_flexibility_mwh"), sum_w * ran.study.step.as_hours() / 1e6);
    }
    assert!(twice_w * ran.study.step.as_hours() > 10e3, "some 10 kWh would have counted twice: {twice_w} W");
}
