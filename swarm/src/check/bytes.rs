//! The same results whatever the number of threads, and over every transport when nothing is corrupted.

use copperplate::sim::{CaseResult, run_case};
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
            let results: Vec<CaseResult> = pool.install(|| study.strategies.par_iter().map(|s| run_case(study, s, &|_| {})).collect());
            compare(trial, &results, "threads", found);
        }
    }
    if trial.case.again.contains(&Again::Transports) {
        for transport in ["object", "xml", "signed-xml"].into_iter().filter(|t| *t != trial.case.wire.transport) {
            let opened = open_with(trial.folder, &[format!("wire.transport={transport}")]).expect("a sound scenario");
            let (study, _) = opened.study(None).expect("a sound scenario");
            let results: Vec<CaseResult> = study.strategies.iter().map(|s| run_case(&study, s, &|_| {})).collect();
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
    let narrow = |x: &[f32], y: &[f32]| x.len() == y.len() && x.iter().zip(y).all(|(x, y)| x.to_bits() == y.to_bits());
    let wide = |x: &[f64], y: &[f64]| x.len() == y.len() && x.iter().zip(y).all(|(x, y)| x.to_bits() == y.to_bits());
    let (r, s) = (&a.recording, &b.recording);
    let all = |same: &dyn Fn(usize) -> bool| (0..3).all(same);
    let messages = a.messages.len() == b.messages.len()
        && a.messages.iter().zip(&b.messages).all(|(x, y)| x.sent == y.sent && x.arrived == y.arrived && x.message == y.message);
    let columns = [
        ("messages", messages),
        ("ledger", a.ledger == b.ledger),
        ("totals", a.totals == b.totals),
        ("peaks", wide(&a.peak_w, &b.peak_w)),
        ("loading", all(&|v| narrow(&r.loading[v], &s.loading[v]))),
        ("voltage", all(&|v| narrow(&r.u_pu[v], &s.u_pu[v]))),
        ("losses", all(&|v| wide(&r.losses_w[v], &s.losses_w[v]))),
        ("power", all(&|v| r.through_w[v].iter().zip(&s.through_w[v]).all(|(x, y)| wide(x, y)))),
        ("forecast", narrow(&r.forecast_loading, &s.forecast_loading) && narrow(&r.planned_loading, &s.planned_loading)),
        ("regime", r.regime == s.regime),
        ("request", r.requested_w.iter().zip(&s.requested_w).all(|(x, y)| wide(x, y))),
        ("unbalance", narrow(&r.unbalance, &s.unbalance)),
    ];
    columns.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
}
