//! Participants know only what reached them: with forecasts fixed, another truth from noon of the second day on changes no
//! message sent before that noon.

use std::sync::Arc;

use copperplate::profile::ProfileTable;
use copperplate::scenario::study::{Strategy, Study};
use copperplate::sim::{CaseResult, Reference, run_case};
use copperplate::time::SimTime;

use crate::sim_support::{bytes, study};

/// The table with every value from `t` on replaced.
fn changed_from(table: &ProfileTable, t: SimTime, change: impl Fn(f64) -> f64) -> ProfileTable {
    let from = table.step_at(t).expect("within the table");
    let mut out = ProfileTable::new(table.start(), table.step());
    for name in table.names() {
        let mut column = table.column(table.find(name).expect("its own column")).to_vec();
        column[from..].iter_mut().for_each(|x| *x = change(*x));
        out.push(name, &column);
    }
    out
}

fn ran(study: &Study, strategy: &Strategy) -> CaseResult {
    run_case(study, &Reference::new(study), strategy, &|_| {})
}

fn sent(case: &CaseResult, before: impl Fn(SimTime) -> bool) -> Vec<(SimTime, Vec<u8>)> {
    case.messages.iter().filter(|m| before(m.sent)).map(|m| (m.sent, bytes(m))).collect()
}

#[test]
fn the_future_does_not_leak() {
    for name in ["quickstart.toml", "winter-evening.toml"] {
        let study = study(name, 3, |_| {});
        let noon = study.calendar.at(study.periods[1].date, jiff::civil::time(12, 0, 0, 0));
        let mut other = study.clone();
        other.truth = Arc::new(changed_from(&study.truth, noon, |x| 0.4 * x + 0.02));
        assert!(Arc::ptr_eq(&study.foreseen, &other.foreseen));
        for strategy in &study.strategies {
            let (a, b) = (ran(&study, strategy), ran(&other, strategy));
            let (early, late) = (|t: SimTime| t < noon, |t: SimTime| t >= noon);
            assert!(!sent(&a, early).is_empty());
            assert!(sent(&a, early) == sent(&b, early), "{name}, {}: something was known before it happened", strategy.name);
            assert!(sent(&a, late) != sent(&b, late), "{name}, {}: the change shows in the meters", strategy.name);
            let paid = |case: &CaseResult| case.ledger.entries().iter().filter(|e| e.time < noon).cloned().collect::<Vec<_>>();
            assert_eq!(paid(&a), paid(&b));
        }
    }
}
