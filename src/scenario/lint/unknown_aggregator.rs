//! Contracts with nobody.

use super::Table;
use crate::diagnostic::{Rule, Severity, did_you_mean};
use crate::uftp::syntax::is_domain;

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-aggregator",
    severity: Severity::Error,
    what: "A contract names an aggregator that the scenario does not have.",
    why: "The name of an aggregator is its domain.",
    example: "[[contract]]\nid = \"option\"\naggregator = \"suny.example.com\"\ncongestion_point = \"village\"\ndirection = \
              \"feed-in\"\nright = { kind = \"flex-option\", power_kw = 40 }\nutilisation_eur_per_mwh = 85",
    mend: "[[contract]]\nid = \"option\"\naggregator = \"sunny.example.com\"\ncongestion_point = \"village\"\ndirection = \
           \"feed-in\"\nright = { kind = \"flex-option\", power_kw = 40 }\nutilisation_eur_per_mwh = 85",
};

pub(super) const TABLE: Table = Table {
    name: "aggregator.domain",
    items: |subject| {
        let domains = || subject.scenario.aggregator.iter().map(|a| a.domain.as_str());
        // A domain at fault may be meant for the one that is not there.
        domains().all(is_domain).then(|| domains().map(Into::into).collect())
    },
    unknown: |name, known| RULE.finding(format!("there is no aggregator '{name}'")).help(did_you_mean(name, known, "aggregators are")),
};
