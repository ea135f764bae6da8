//! The same results whatever the number of threads, and over every transport when nothing is corrupted.

use copperplate::sim::{ByElement, CaseResult, Flows, Reference, Variant, run_case};
use rayon::prelude::*;

use crate::case::Again;
use crate::finding::Found;
use crate::trial::{Trial, open_with};

const NAME: &str = "bytes";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    if trial.case.again.contains(&Again::Threads) {
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a small pool");
            let study = trial.study;
            let results: Vec<CaseResult> = pool.install(|| {
                let reference = Reference::new(study);
                study.strategies.par_iter().map(|s| run_case(study, &reference, s, &|_| {})).collect()
            });
            compare(trial, &results, "threads", found);
        }
    }
    if trial.case.again.contains(&Again::Transports) {
        for transport in ["object", "xml", "signed-xml"].into_iter().filter(|t| *t != trial.case.wire.transport) {
            let opened = open_with(trial.folder, &[format!("wire.transport={transport}")]).expect("a sound scenario");
            let (study, _) = opened.study(None).expect("a sound scenario");
            let reference = Reference::new(&study);
            let results: Vec<CaseResult> = study.strategies.iter().map(|s| run_case(&study, &reference, s, &|_| {})).collect();
            compare(trial, &results, "transports", found);
        }
    }
}

fn compare(trial: &Trial<'_>, results: &[CaseResult], kind: &str, found: &mut Found) {
    for (run, other) in trial.runs.iter().zip(results) {
        if let Some(what) = difference(&run.result, other) {
            found.say(NAME, kind, &run.strategy.name, || format!("{what} differs"));
        }
    }
}

/// What differs between two results, bit by bit.
fn difference(a: &CaseResult, b: &CaseResult) -> Option<&'static str> {
    let (r, s) = (&a.recording, &b.recording);
    let all = |same: &dyn Fn(&Flows, &Flows) -> bool| Variant::ALL.into_iter().all(|v| same(r.of(v), s.of(v)));
    let messages = a.messages.len() == b.messages.len()
        && a.messages.iter().zip(&b.messages).all(|(x, y)| x.sent == y.sent && x.arrived == y.arrived && x.message == y.message);
    let phases = match (&r.phases, &s.phases) {
        (Some(x), Some(y)) => elements(&x.unbalance, &y.unbalance, r.steps) && narrow(&x.displacement_pu, &y.displacement_pu),
        (None, None) => true,
        _ => false,
    };
    let columns = [
        ("messages", messages),
        ("ledger", a.ledger == b.ledger),
        ("unbooked", a.unbooked == b.unbooked),
        ("totals", a.totals == b.totals),
        ("peaks", wide(&a.peak_w, &b.peak_w)),
        ("loading", all(&|x, y| elements(&x.loading, &y.loading, r.steps))),
        ("voltage", all(&|x, y| elements(&x.u_pu, &y.u_pu, r.steps))),
        ("losses", all(&|x, y| wide(&x.losses_w, &y.losses_w))),
        ("power", all(&|x, y| x.through_w.iter().zip(&y.through_w).all(|(x, y)| wide(x, y)))),
        ("forecast", elements(&r.forecast.loading, &s.forecast.loading, r.steps)),
        ("plan", elements(&r.planned.loading, &s.planned.loading, r.steps)),
        ("regime", r.regime == s.regime),
        ("request", r.requested_w.iter().zip(&s.requested_w).all(|(x, y)| wide(x, y))),
        ("phases", phases),
    ];
    columns.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
}

fn wide(x: &[f64], y: &[f64]) -> bool {
    x.len() == y.len() && x.iter().zip(y).all(|(x, y)| x.to_bits() == y.to_bits())
}

fn narrow(x: &[f32], y: &[f32]) -> bool {
    x.len() == y.len() && x.iter().zip(y).all(|(x, y)| x.to_bits() == y.to_bits())
}

fn elements(x: &ByElement, y: &ByElement, steps: usize) -> bool {
    (0..steps).all(|step| narrow(x.step(step), y.step(step)))
}
