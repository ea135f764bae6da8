//! Cases that belong together: of one strategy, or of one strategy and one set of parameters.

use std::collections::BTreeMap;

use crate::kpi::DEFINITIONS;
use crate::sweep::Results;

/// Cases of a strategy, by number.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Name of the strategy.
    pub strategy: String,
    /// Cases that ran to their end.
    pub cases: Vec<usize>,
    /// How many did not.
    pub failed: usize,
}

impl Group {
    fn new(strategy: &str) -> Group {
        Group { strategy: strategy.to_owned(), cases: Vec::new(), failed: 0 }
    }

    fn add(&mut self, results: &Results, case: usize) {
        if results.succeeded(case) { self.cases.push(case) } else { self.failed += 1 }
    }
}

/// All cases of each strategy, in the order of strategies.
#[must_use]
pub fn by_strategy(results: &Results) -> Vec<Group> {
    let mut groups: Vec<Group> = results.strategy_names().into_iter().map(Group::new).collect();
    for case in 0..results.cases() {
        let name = results.strategies().get(case);
        let group = groups.iter_mut().find(|g| g.strategy == name).expect("the names are those of the cases");
        group.add(results, case);
    }
    groups
}

/// Cases of each strategy and set of parameters, which differ in their seed only: sets in the order of cases, strategies within.
#[must_use]
pub fn by_set(results: &Results) -> Vec<Group> {
    let strategies = results.strategy_names();
    let mut sets: BTreeMap<(i64, &str), Vec<Group>> = BTreeMap::new();
    let mut order: Vec<(i64, &str)> = Vec::new();
    for case in 0..results.cases() {
        let key = (results.samples()[case], results.blocks().get(case));
        let groups = sets.entry(key).or_insert_with(|| {
            order.push(key);
            strategies.iter().map(|s| Group::new(s)).collect()
        });
        let k = strategies.iter().position(|s| *s == results.strategies().get(case)).expect("the names are those of the cases");
        groups[k].add(results, case);
    }
    order.into_iter().flat_map(|key| sets.remove(&key).expect("noted when made")).collect()
}

/// Whether cases differ in their seeds.
pub(super) fn many_seeds(results: &Results) -> bool {
    results.seeds().iter().any(|seed| *seed != results.seeds()[0])
}

/// Key figures that differ between cases; the others have nothing to tell.
pub(super) fn telling(results: &Results) -> Vec<&'static str> {
    let differs = |key: &str| {
        let mut values = results.kpi(key).iter().filter(|v| !v.is_nan());
        let first = values.next();
        values.any(|v| Some(v) != first)
    };
    DEFINITIONS.iter().map(|d| d.key).filter(|key| differs(key)).collect()
}
