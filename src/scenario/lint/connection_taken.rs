//! Connections with two aggregators, or two tariffs.

use std::collections::BTreeMap;

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::path::join;

/// The rule.
pub const RULE: Rule = Rule {
    code: "connection-taken",
    severity: Severity::Error,
    what: "Two aggregators, or two groups under `[prices.retail]`, name the same connection, or one names it twice.",
    why: "A connection has at most one aggregator, so that its flexibility is sold once, and at most one tariff.",
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
    let mut group_of = BTreeMap::new();
    for (name, group) in subject.scenario.prices.retail() {
        for (j, id) in group.connections.iter().enumerate() {
            if let Some(other) = group_of.insert(id, name) {
                let finding = RULE.finding(format!("connection '{id}' already belongs to the group '{other}'"));
                let path = format!("{}.connections[{j}]", join("prices.retail", name));
                faults.at(&path, finding.help("a connection has at most one tariff"));
            }
        }
    }
}
