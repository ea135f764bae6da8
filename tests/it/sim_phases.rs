//! Scenarios solved phase by phase, and feeders whose taps move or whose loads answer voltage.

use std::sync::Arc;

use copperplate::grid::{Mix, Places, RadialOrder, Response, TapChanger};
use copperplate::ids::ConnectionIdx;
use copperplate::kpi::{Kpis, Value, compute};
use copperplate::scenario::schema::PhaseModel;
use copperplate::scenario::study::Study;
use copperplate::sim::{CaseResult, Reference, Variant, run_case};
use copperplate::time::IspIndex;

use crate::sim_support::{Ran, days, meters, study};

/// The first strategy of a shipped scenario over two days.
fn first(
    name: &str,
    days: i64,
    edit: impl Fn(&mut copperplate::scenario::schema::Scenario),
    lay: impl Fn(&mut Study),
) -> (Study, CaseResult, Kpis) {
    let mut study = study(name, days, |s| {
        s.strategies.truncate(1);
        edit(s);
    });
    lay(&mut study);
    let (order, _) = RadialOrder::new(&study.grid, &Places::default()).unwrap();
    study.network = Arc::new(study.network_of(&study.grid, &order));
    let case = run_case(&study, &Reference::new(&study), &study.strategies[0], &|_| {});
    let kpis = compute(&study, &study.strategies[0], &case);
    (study, case, kpis)
}

fn number(kpis: &Kpis, key: &str) -> f64 {
    kpis.get(key).number().unwrap_or(f64::NAN)
}

#[test]
fn one_phase_is_fuller_than_the_mean_of_three() {
    let (study, _, by_phase) = first("unbalanced-evening.toml", 2, |_| {}, |_| {});
    let (flat, _, balanced) = first("unbalanced-evening.toml", 2, |s| s.feeder.phases = PhaseModel::Balanced, |_| {});
    assert_eq!((study.network.phases(), flat.network.phases()), (3, 1));
    let (most, mean) = (number(&by_phase, "max_loading_realised_percent"), number(&balanced, "max_loading_realised_percent"));
    assert!(most > 1.05 * mean && most < 3.0 * mean, "{most} against {mean}");
    let (p95, max) = (number(&by_phase, "unbalance_p95_percent"), number(&by_phase, "unbalance_max_percent"));
    assert!(p95 > 0.05 && p95 <= max && max < 10.0, "{p95}, {max}");
    assert!(number(&by_phase, "displacement_max_percent") > max, "the zero sequence meets more impedance than the negative in this cable");
    for key in ["unbalance_p95_percent", "unbalance_max_percent", "displacement_max_percent", "tap_operations"] {
        assert_eq!(balanced.get(key), Value::NotApplicable, "{key}");
    }
}

#[test]
fn limits_hold_for_each_phase_and_orders_keep_them() {
    let ran = Ran::new(study("unbalanced-evening.toml", 3, |_| {}));
    let (strategy, case) = ran.case("congestion-management");
    let kpis = compute(&ran.study, strategy, case);
    assert!(number(&kpis, "overload_ex_ante_h") > 0.0);
    assert!(number(&kpis, "relieved_by_orders_percent") > 80.0, "{kpis:?}");
}

#[test]
fn taps_move_in_the_world_and_narrow_the_voltage() {
    let changer = |study: &mut Study| {
        let bus = study.grid.transformers[0].lv;
        study.grid.tap_changers =
            vec![TapChanger { transformer: 0, bus, set_pu: 1.0, dead_band_pu: 0.03, delay_s: 60.0, min_position: -2, max_position: 2 }];
    };
    let (.., without) = first("quickstart.toml", 3, |_| {}, |_| {});
    let (.., with) = first("quickstart.toml", 3, |_| {}, changer);
    assert!(number(&with, "tap_operations") >= 1.0);
    assert!(number(&with, "u_max_pu") < number(&without, "u_max_pu"));
}

/// Meters see what is drawn at the voltage there is, so that the balance closes.
#[test]
fn loads_that_answer_voltage_are_metered_as_drawn() {
    let mut study = study("quickstart.toml", 1, |s| {
        // A replacement has its own network.
        s.strategies.retain(|name| name != "reinforce");
        let rest = 1.0 - s.aggregator.iter().map(|a| a.share).sum::<f64>();
        s.aggregator.last_mut().expect("an aggregator").share += rest;
    });
    let mix = Mix { impedance: 0.7, current: 0.2 };
    let n = study.grid.connections.len();
    study.grid.responses =
        (0..n).map(|c| Response { connection: ConnectionIdx::new(c), active: mix, reactive: mix, control: None }).collect();
    let (order, _) = RadialOrder::new(&study.grid, &Places::default()).unwrap();
    study.network = Arc::new(study.network_of(&study.grid, &order));
    let ran = Ran::new(study);
    for (strategy, case) in ran.each() {
        let (readings, r) = (meters(&ran.study, case), case.recording.of(Variant::Actual));
        for (day, first) in days(&ran.study) {
            for i in day.iter().map(IspIndex::offset) {
                let drawn: i64 = (0..n).map(|c| readings[&(day.date, ConnectionIdx::new(c))][i]).sum();
                let source = r.through_w[0][first + i];
                let expected = drawn as f64 + r.losses_w[first + i];
                assert!(
                    (source - expected).abs() <= 1e-6 * source.abs() + 0.5 * n as f64,
                    "{}: {source} W, not {expected} W",
                    strategy.name
                );
            }
        }
    }
}
