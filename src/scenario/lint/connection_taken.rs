//! Connections with two aggregators.

use std::collections::BTreeMap;

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "connection-taken",
    severity: Severity::Error,
    what: "Two aggregators name the same connection, or one names it twice.",
    why: "A connection has at most one aggregator, so that its flexibility is sold once.",
    example: "[[aggregator]]\ndomain = \"sunny.example.com\"\nconnections = [\"LV1.101 Load 8\"]\n\n[[aggregator]]\ndomain = \
              \"roofs.example.com\"\nconnections = [\"LV1.101 Load 8\"]",
    mend: "[[aggregator]]\ndomain = \"sunny.example.com\"\nconnections = [\"LV1.101 Load 8\"]\n\n[[aggregator]]\ndomain = \
           \"roofs.example.com\"\nconnections = [\"LV1.101 Load 9\"]",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let mut holder = BTreeMap::new();
    for (k, a) in subject.scenario.aggregator.iter().enumerate() {
        for (j, id) in a.connections.iter().enumerate() {
            if let Some(other) = holder.insert(id, &a.domain) {
                let finding = RULE.finding(format!("connection '{id}' already belongs to '{other}'"));
                faults.at(&format!("aggregator[{k}].connections[{j}]"), finding.help("a connection has at most one aggregator"));
            }
        }
    }
}
