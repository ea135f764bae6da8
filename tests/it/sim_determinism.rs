//! Same scenario, seed and version: the same case to the bit, whatever the number of threads; and strategies of one seed
//! share their draws.

use copperplate::scenario::study::Study;
use copperplate::sim::{ByElement, CaseResult, Reference, Variant, run_case};
use rayon::prelude::*;

use crate::sim_support::{Ran, bytes, meters, study, summer, winter};

/// Everything a case left, as text that tells any two numbers apart.
fn everything(case: &CaseResult) -> String {
    format!("{case:?}")
}

/// What was sent, as it would have gone over the wire.
fn letters(case: &CaseResult) -> Vec<Vec<u8>> {
    case.messages.iter().map(bytes).collect()
}

fn on_threads(study: &Study, threads: usize) -> Vec<CaseResult> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let reference = Reference::new(study);
    pool.install(|| study.strategies.par_iter().map(|s| run_case(study, &reference, s, &|_| {})).collect())
}

#[track_caller]
fn assert_same(a: &[CaseResult], b: &[CaseResult]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!(letters(a) == letters(b), "{}: messages differ", a.strategy);
        assert!(a.ledger == b.ledger, "{}: ledgers differ", a.strategy);
        assert!(everything(a) == everything(b), "{}: something else differs", a.strategy);
    }
}

#[test]
fn a_case_repeats_itself() {
    for (name, ran) in [("quickstart.toml", summer()), ("winter-evening.toml", winter())] {
        // Read and built again, so that nothing hangs on what the first run left in memory.
        assert_same(&ran.cases, &Ran::new(study(name, 2, |_| {})).cases);
    }
}

#[test]
fn threads_change_nothing() {
    let ran = winter();
    for threads in [1, 2] {
        assert_same(&ran.cases, &on_threads(&ran.study, threads));
    }
}

#[test]
fn another_seed_is_another_case() {
    let other = Ran::new(study("quickstart.toml", 2, |s| s.seed = 2));
    for (a, b) in summer().cases.iter().zip(&other.cases) {
        assert!(letters(a) != letters(b), "{}: message ids are drawn", a.strategy);
        assert!(a.ledger != b.ledger, "{}: prices are drawn", a.strategy);
    }
    let (a, b) = (summer().case("grid-capacity-management").1, other.case("grid-capacity-management").1);
    assert!(format!("{:?}", a.recording) != format!("{:?}", b.recording), "forecasts and failures are drawn");
}

/// On one grid the counterfactual of every strategy is what copper plate really does, bit for bit.
#[test]
fn strategies_of_a_seed_share_their_draws() {
    for ran in [summer(), winter()] {
        let actual = ran.case("copper-plate").1.recording.of(Variant::Actual);
        for (strategy, case) in ran.each().filter(|(s, _)| s.reinforcement.is_none()) {
            let free = case.recording.of(Variant::Free);
            let f32s = |v: &ByElement| -> Vec<u32> { (0..ran.study.steps).flat_map(|s| v.step(s)).map(|x| x.to_bits()).collect() };
            let f64s = |v: &[f64]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert!(f32s(&free.loading) == f32s(&actual.loading), "{}: loading", strategy.name);
            assert!(f32s(&free.u_pu) == f32s(&actual.u_pu), "{}: voltage", strategy.name);
            assert!(f64s(&free.losses_w) == f64s(&actual.losses_w), "{}: losses", strategy.name);
            assert!(f64s(&free.through_w.concat()) == f64s(&actual.through_w.concat()), "{}: power", strategy.name);
            let unserved = |case: &CaseResult, v: Variant| case.totals.unserved_wh[v as usize];
            assert_eq!(unserved(case, Variant::Free), unserved(ran.case("copper-plate").1, Variant::Actual));
        }
        // Another transformer changes losses and voltage, and what customers do not at all.
        let (plate, new) = (ran.case("copper-plate").1, ran.case("reinforce").1);
        assert!(meters(&ran.study, plate) == meters(&ran.study, new));
    }
}
