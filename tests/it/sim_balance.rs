//! What the source delivers is what the connections draw plus what is lost, in every step and variant.
//!
//! The transformer that is monitored in these scenarios is the only way in, so the power through it is the source's. Drawn
//! power comes from elsewhere than the load flow: from the profiles, or from the Metering messages, whose whole watts are off
//! by half a watt at most.

use copperplate::ids::ConnectionIdx;
use copperplate::sim::Variant;
use copperplate::time::IspIndex;

use crate::sim_support::{Ran, by_profile, days, meters, study, summer};

/// Relative tolerance of the balance.
const BALANCE: f64 = 1e-6;

/// Without vehicles and batteries the counterfactual draws what the profiles say.
#[test]
fn the_counterfactual_balances_with_the_profiles() {
    let ran = summer();
    for (strategy, case) in ran.each() {
        let r = case.recording.of(Variant::Free);
        for step in 0..ran.study.steps {
            let net = |c: usize| {
                let (fixed, feed_in) = by_profile(&ran.study, ConnectionIdx::new(c), step);
                fixed - feed_in
            };
            let drawn: f64 = (0..ran.study.grid.connections.len()).map(net).sum();
            let source = r.through_w[0][step];
            let expected = drawn + r.losses_w[step];
            assert!(
                (source - expected).abs() <= BALANCE * source.abs().max(1.0),
                "{}, step {step}: {source} W, not {expected} W",
                strategy.name
            );
        }
    }
}

/// What happened, with orders and orange, balances with the meters of all connections.
#[test]
fn what_happened_balances_with_the_meters() {
    for name in ["quickstart.toml", "winter-evening.toml"] {
        let ran = Ran::new(study(name, 2, |s| {
            // Nobody is without an aggregator, so nobody is without a Metering message.
            let rest = 1.0 - s.aggregator.iter().map(|a| a.share).sum::<f64>();
            s.aggregator.last_mut().expect("an aggregator").share += rest;
            // Few sell, so that orange has to act.
            s.aggregator.iter_mut().for_each(|a| a.willingness = 0.2);
        }));
        let (mut curtailed, mut limited) = (0.0, 0.0);
        for (strategy, case) in ran.each() {
            let readings = meters(&ran.study, case);
            let r = case.recording.of(Variant::Actual);
            let n = ran.study.grid.connections.len();
            assert_eq!(readings.len(), n * ran.study.periods.len());
            for (day, first) in days(&ran.study) {
                for i in day.iter().map(IspIndex::offset) {
                    let drawn: i64 = (0..n).map(|c| readings[&(day.date, ConnectionIdx::new(c))][i]).sum();
                    let source = r.through_w[0][first + i];
                    let expected = drawn as f64 + r.losses_w[first + i];
                    let rounding = 0.5 * n as f64;
                    assert!(
                        (source - expected).abs() <= BALANCE * source.abs() + rounding,
                        "{}, {} ISP {}: {source} W, not {expected} W",
                        strategy.name,
                        day.date,
                        i + 1
                    );
                }
            }
            curtailed += case.totals.curtailed_by_orders_wh + case.totals.shifted_wh;
            limited += case.totals.curtailed_by_orange_wh + case.totals.limited_consumption_wh;
            assert_eq!(Variant::ALL.map(|v| case.recording.of(v).not_converged), [0; 3]);
        }
        assert!(curtailed > 0.0, "{name}: orders changed something");
        assert!(limited > 0.0, "{name}: orange changed something");
    }
}
