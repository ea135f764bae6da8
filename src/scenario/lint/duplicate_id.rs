//! Two things of one name.

use std::collections::BTreeMap;

use super::{Faults, Subject};

pub use crate::grid::rules::DUPLICATE_ID as RULE;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    unique("congestion point", s.congestion_point.iter().map(|p| p.id.as_str()), |k| format!("congestion_point[{k}].id"), faults);
    unique("aggregator", s.aggregator.iter().map(|a| a.domain.as_str()), |k| format!("aggregator[{k}].domain"), faults);
    unique("contract", s.contract.iter().map(|c| c.id.as_str()), |k| format!("contract[{k}].id"), faults);
    unique("strategy", s.strategies.iter().map(String::as_str), |k| format!("strategies[{k}]"), faults);
    let operators = [("dso.domain", &s.dso.domain, "operator"), ("dso.cro_domain", &s.dso.cro_domain, "common reference operator")];
    for (k, a) in s.aggregator.iter().enumerate() {
        for (_, _, role) in operators.iter().filter(|(_, domain, _)| **domain == a.domain) {
            let finding = RULE.finding(format!("'{}' is also the domain of the {role}", a.domain));
            faults.at(&format!("aggregator[{k}].domain"), finding.help("give each participant its own domain"));
        }
    }
    if s.dso.domain == s.dso.cro_domain {
        let finding = RULE.finding(format!("'{}' is also the domain of the operator", s.dso.cro_domain));
        faults.at("dso.cro_domain", finding.help("give each participant its own domain"));
    }
}

fn unique<'s>(what: &str, ids: impl Iterator<Item = &'s str>, path: impl Fn(usize) -> String, faults: &mut Faults<'_>) {
    let mut seen = BTreeMap::new();
    for (k, id) in ids.enumerate() {
        if let Some(first) = seen.get(id) {
            let place = faults.written(&path(*first)).map_or_else(String::new, |place| format!(", first in line {}", place.line_column().0));
            let finding = RULE.finding(format!("{what} '{id}' appears twice{place}"));
            faults.at(&path(k), finding.help("give each its own name, or merge the two"));
        } else {
            seen.insert(id, k);
        }
    }
}
