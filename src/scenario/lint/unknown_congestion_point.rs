//! Contracts for a place that nobody monitors.

use super::Table;
use crate::diagnostic::{Rule, Severity, did_you_mean};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-congestion-point",
    severity: Severity::Error,
    what: "A contract names a congestion point that the scenario does not have.",
    why: "The name of a congestion point is its 'id', not its element.",
    example: "[[contract]]\nid = \"option\"\naggregator = \"sunny.example.com\"\ncongestion_point = \"vilage\"\ndirection = \
              \"feed-in\"\nright = { kind = \"flex-option\", power_kw = 40 }\nutilisation_eur_per_mwh = 85",
    mend: "[[contract]]\nid = \"option\"\naggregator = \"sunny.example.com\"\ncongestion_point = \"village\"\ndirection = \
           \"feed-in\"\nright = { kind = \"flex-option\", power_kw = 40 }\nutilisation_eur_per_mwh = 85",
};

pub(super) const TABLE: Table = Table {
    name: "congestion_point.id",
    items: |subject| Some(subject.scenario.congestion_point.iter().map(|p| p.id.as_str().into()).collect()),
    unknown: |name, known| {
        RULE.finding(format!("there is no congestion point '{name}'")).help(did_you_mean(name, known, "congestion points are"))
    },
};
