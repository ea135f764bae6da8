//! Who does not follow, and why: clouds of vendors, users who override, and what is missed by cause.

use copperplate::asset::Availability;
use copperplate::scenario::schema::Scenario;
use copperplate::scenario::study::Study;
use copperplate::sim::{CaseResult, Cause, DeviceStep, Observer, Reference, Variant, observe_case};
use jiff::ToSpan;
use jiff::civil::date;

use crate::sim_support::{ideal, study, without_orange};

/// Power of every device in every step of what really happens, W.
#[derive(Default)]
struct Powers(Vec<f64>);

impl Observer for Powers {
    fn device(&mut self, seen: &DeviceStep) {
        if seen.variant == Variant::Actual {
            self.0.push(seen.power_w);
        }
    }
}

/// Power of every device in every step without flexibility, W.
#[derive(Default)]
struct Free(Vec<f64>);

impl Observer for Free {
    fn device(&mut self, seen: &DeviceStep) {
        if seen.variant == Variant::Free {
            self.0.push(seen.power_w);
        }
    }
}

/// Two winter days on which everything but what `edit` says obeys.
fn winter(edit: impl FnOnce(&mut Scenario)) -> Study {
    without_orange(study("winter-evening.toml", 2, |s| {
        ideal(s);
        edit(s);
    }))
}

fn run(study: &Study) -> (CaseResult, Vec<f64>, Vec<f64>) {
    let strategy = study.strategies.iter().find(|s| s.name == "congestion-management").expect("a strategy that trades");
    let (mut free, mut powers) = (Free::default(), Powers::default());
    let reference = Reference::observed(study, &mut free);
    let case = observe_case(study, &reference, strategy, &|_| {}, &mut powers);
    (case, free.0, powers.0)
}

fn missed_kwh(case: &CaseResult, cause: Cause) -> f64 {
    case.totals.missed_wh[cause as usize] * 1e-3
}

#[test]
fn without_a_cloud_everybody_does_as_planned_at_home() {
    let study = winter(|s| s.aggregator.iter_mut().for_each(|a| a.failure.cloud_per_hour = 1.0));
    let (case, free, powers) = run(&study);
    assert!(free.len() > 1000 && free == powers, "what happens is what happens without flexibility");
    assert!(missed_kwh(&case, Cause::Cloud) > 10.0, "what was ordered is missed: {:?}", case.totals.missed_wh);
    for cause in [Cause::Asset, Cause::Override, Cause::Communication, Cause::Physics] {
        assert_eq!(missed_kwh(&case, cause), 0.0, "{}", cause.name());
    }
}

#[test]
fn users_override_calls_and_nothing_else() {
    let (all, _, followed) = run(&winter(|_| {}));
    assert_eq!(missed_kwh(&all, Cause::Override), 0.0);
    let with = |share: f64| run(&winter(|s| s.aggregator.iter_mut().for_each(|a| a.failure.vehicle_override_per_call = share)));
    let (some, _, _) = with(0.3);
    let (none, _, overridden) = with(1.0);
    let missed = [&all, &some, &none].map(|case| missed_kwh(case, Cause::Override));
    assert!(missed[0] < missed[1] && missed[1] < missed[2] && missed[2] > 10.0, "{missed:?}");
    assert!(followed != overridden);
    // What is missing is settled.
    let penalties = [&all, &none].map(|case| {
        let dso = copperplate::market::ledger::Party::from(&winter(|_| {}).dso);
        -case.ledger.paid(&dso, copperplate::market::ledger::Kind::Penalty).as_f64()
    });
    assert!(penalties[1] > penalties[0] + 1.0, "{penalties:?}");
    // Heat is not a vehicle's.
    let (heat, _, as_followed) = run(&winter(|s| s.aggregator.iter_mut().for_each(|a| a.failure.heat_override_per_call = 1.0)));
    assert!(heat.totals == all.totals && as_followed == followed, "there are no houses here");
}

#[test]
fn vendors_are_as_likely_as_each_other_and_fail_as_often_as_said() {
    let draws = Availability::new(7);
    let mut count = [0; 4];
    (0..4000).for_each(|d| count[draws.vendor(&format!("ev:{d}"), 4)] += 1);
    assert!(count.iter().all(|n| (850..1150).contains(n)), "{count:?}");
    assert_eq!(draws.vendor("ev:1", 1), 0);
    let days: Vec<_> = (0..365).map(|d| date(2016, 1, 1) + d.days()).collect();
    let down = |vendor| days.iter().flat_map(|d| draws.cloud_up(vendor, *d, 0.02)[..24].to_vec()).filter(|up| !up).count();
    let hours = [down(0), down(1)];
    assert!(hours.iter().all(|h| (130..220).contains(h)), "{hours:?} of 8760");
    let both = days.iter().flat_map(|d| draws.cloud_up(0, *d, 0.02).into_iter().zip(draws.cloud_up(1, *d, 0.02))).filter(|(a, b)| !a && !b);
    assert!(both.count() < 15, "vendors fail apart");
    let overridden = (0..4000).filter(|d| draws.overrides(&format!("ev:{d}"), days[0], 0, 0.05)).count();
    assert!((150..250).contains(&overridden), "{overridden} of 4000");
}
