//! What the source delivers is what the connections draw plus what is lost, in every step and variant.
//!
//! The transformer that is monitored in these scenarios is the only way in, so the power through it is the source's. Drawn
//! power comes from elsewhere than the load flow: from the profiles, or from the Metering messages, whose whole watts are off
//! by half a watt at most.

use std::sync::Arc;

use copperplate::agent::{Action, Dispatch, Input, Limit, Participant, Registry, Target};
use copperplate::ids::{AgrIdx, ConnectionIdx, CpIdx, Role};
use copperplate::powerflow::Solution;
use copperplate::profile::ProfileTable;
use copperplate::sim::{Observer, Reference, Variant, observe_case, observe_with};
use copperplate::time::{IspIndex, SimDuration, SimTime};

use crate::sim_support::{Ran, by_profile, days, ideal, meters, study, summer};

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

/// What a bystander is shown of each step.
#[derive(Default)]
struct Bystander {
    /// By step, without flexibility.
    free_w: Vec<Vec<f64>>,
    solved: usize,
    taken_over: usize,
}

impl Observer for Bystander {
    fn step(&mut self, variant: Variant, step: usize, p_w: &[f64], _: &[f64], answer: Option<(&Solution, usize)>) {
        if variant == Variant::Free {
            self.free_w.push(p_w.to_vec());
        }
        let Some((solution, row)) = answer else {
            assert_eq!(self.free_w[step], p_w, "{variant:?}, step {step}: the answer of other powers");
            self.taken_over += 1;
            return;
        };
        let expected = p_w.iter().sum::<f64>() + solution.losses_w[row];
        let source = solution.source_p_w[row];
        assert!((source - expected).abs() <= BALANCE * source.abs().max(1.0), "{variant:?}, step {step}: {source} W, not {expected} W");
        self.solved += 1;
    }
}

/// A bystander sees the load flow of the step it is shown, or is told that it is that without flexibility.
#[test]
fn a_bystander_sees_each_step_balance() {
    let study = study("quickstart.toml", 2, |_| {});
    let mut seen = Bystander::default();
    let reference = Reference::observed(&study, &mut seen);
    let strategy = study.strategies.iter().find(|s| s.name == "congestion-management").expect("a strategy that trades");
    let _ = observe_case(&study, &reference, strategy, &|_| {}, &mut seen);
    assert!(seen.solved > study.steps && seen.taken_over > 0, "{} solved, {} taken over", seen.solved, seen.taken_over);
}

/// Curtails everything in its first hour, on its own dispatch.
struct Curtails(AgrIdx, usize);

impl Participant for Curtails {
    fn handle(&mut self, _: SimTime, input: Input) -> Vec<Action> {
        let Input::Prices(day) = input else { return Vec::new() };
        let isps = day.period.isps();
        let floor_w = (0..isps).map(|i| if i < self.1 { 1e9 } else { f64::NEG_INFINITY }).collect();
        let targets = vec![Target { cp: CpIdx::new(0), floor_w, ceiling_w: vec![f64::INFINITY; isps] }];
        vec![Action::Dispatch(Dispatch { agr: self.0, period: day.period, position_w: vec![0.0; isps], schedules: Vec::new(), targets })]
    }
}

/// Looks away.
struct Away;

impl Observer for Away {}

/// Limits all feed-in to nothing, once.
struct Limits(bool);

impl Participant for Limits {
    fn handle(&mut self, _: SimTime, _: Input) -> Vec<Action> {
        let limit = Limit { feed_in_fraction: 0.0, ..Limit::none(CpIdx::new(0)) };
        if std::mem::replace(&mut self.0, true) { Vec::new() } else { vec![Action::Limit(limit)] }
    }
}

/// What really happens has the powers that orders had an hour before, and orders have those without flexibility: each its own load flow.
#[test]
fn a_limitation_that_draws_what_orders_drew_before_has_its_own_load_flow() {
    let mut study = study("quickstart.toml", 1, |s| {
        ideal(s);
        (s.dso.orange.controllable_share, s.dso.orange.compliance) = (1.0, 1.0);
        // Nobody is without an aggregator.
        s.aggregator.last_mut().expect("an aggregator").share = 1.0;
    });
    // The same noon in every step.
    let mut noon = ProfileTable::new(study.truth.start(), study.truth.step());
    let row = study.truth.step_at(study.start + SimDuration::hours(12)).expect("profiles cover the run");
    for name in study.truth.names() {
        let column = study.truth.column(study.truth.find(name).expect("its own column"));
        noon.push(name, &vec![column[row]; column.len()]);
    }
    study.truth = Arc::new(noon);
    let hour = 4;
    let limited = study.start + SimDuration::hours(1);
    let strategy = study.strategies.iter().find(|s| s.name == "congestion-management").expect("a strategy that trades").clone();
    // The operator is asked first when it publishes, five minutes into the eve.
    let eve = study.periods[0].date.yesterday().expect("a day before");
    study.orange.delay = limited - (study.calendar.period(eve).start + SimDuration::minutes(5));
    let reference = Reference::new(&study);
    let (dso, agrs) = (study.dso.clone(), study.agrs.clone());
    let seat = |r: &mut Registry| {
        for (k, agr) in agrs.iter().enumerate() {
            r.seat(agr.domain.clone(), Role::Agr, Box::new(Curtails(AgrIdx::new(k), hour)));
        }
        r.seat(dso.clone(), Role::Dso, Box::new(Limits(false)));
    };
    let case = observe_with(&study, &reference, &strategy, seat, &|_| {}, &mut Away);
    let losses = |v: Variant, step: usize| case.recording.of(v).losses_w[step];
    assert_ne!(losses(Variant::Orders, hour - 1), losses(Variant::Free, hour), "orders curtail");
    assert_eq!(losses(Variant::Orders, hour), losses(Variant::Free, hour), "nothing is ordered any more");
    assert_eq!(losses(Variant::Actual, hour), losses(Variant::Orders, hour - 1), "the limitation leaves as much as orders did");
}
