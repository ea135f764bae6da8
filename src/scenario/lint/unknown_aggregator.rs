//! Contracts with nobody.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity, did_you_mean};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-aggregator",
    severity: Severity::Error,
    what: "A contract names an aggregator that the scenario does not have.",
    why: "Aggregators are named by their domains.",
    example: "[[contract]]\nid = \"option\"\naggregator = \"suny.example.com\"\ncongestion_point = \"village\"\ndirection = \
              \"feed-in\"\nright = { kind = \"flex-option\", power_kw = 40 }\nutilisation_eur_per_mwh = 85",
    mend: "[[contract]]\nid = \"option\"\naggregator = \"sunny.example.com\"\ncongestion_point = \"village\"\ndirection = \
           \"feed-in\"\nright = { kind = \"flex-option\", power_kw = 40 }\nutilisation_eur_per_mwh = 85",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let known: Vec<&str> = s.aggregator.iter().map(|a| a.domain.as_str()).collect();
    for (k, c) in s.contract.iter().enumerate().filter(|(_, c)| !known.contains(&c.aggregator.as_str())) {
        let finding = RULE.finding(format!("there is no aggregator '{}'", c.aggregator));
        faults.at(&format!("contract[{k}].aggregator"), finding.help(did_you_mean(&c.aggregator, &known, "aggregators are")));
    }
}
