//! Contracts for a place that nobody monitors.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity, did_you_mean};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-congestion-point",
    severity: Severity::Error,
    what: "A contract names a congestion point that the scenario does not have.",
    why: "Congestion points are named by their 'id', not by their element.",
    example: "[[contract]]\nid = \"option\"\naggregator = \"sunny.example.com\"\ncongestion_point = \"vilage\"\ndirection = \
              \"feed-in\"\nright = { kind = \"flex-option\", power_kw = 40 }\nutilisation_eur_per_mwh = 85",
    mend: "[[contract]]\nid = \"option\"\naggregator = \"sunny.example.com\"\ncongestion_point = \"village\"\ndirection = \
           \"feed-in\"\nright = { kind = \"flex-option\", power_kw = 40 }\nutilisation_eur_per_mwh = 85",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let known: Vec<&str> = s.congestion_point.iter().map(|p| p.id.as_str()).collect();
    for (k, c) in s.contract.iter().enumerate().filter(|(_, c)| !known.contains(&c.congestion_point.as_str())) {
        let finding = RULE.finding(format!("there is no congestion point '{}'", c.congestion_point));
        let help = did_you_mean(&c.congestion_point, &known, "congestion points are");
        faults.at(&format!("contract[{k}].congestion_point"), finding.help(help));
    }
}
