//! Strategies with contracts that are not there.

use super::Table;
use crate::diagnostic::{Rule, Severity, did_you_mean};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-contract",
    severity: Severity::Error,
    what: "A strategy names a contract that the scenario does not have.",
    why: "The name of a contract is its 'id'.",
    example: "[strategy.grid-capacity-management]\ncontracts = [\"midday-opton\"]",
    mend: "[strategy.grid-capacity-management]\ncontracts = [\"midday-option\"]",
};

pub(super) const TABLE: Table = Table {
    name: "contract.id",
    items: |subject| Some(subject.scenario.contract.iter().map(|c| c.id.as_str().into()).collect()),
    unknown: |name, known| RULE.finding(format!("there is no contract '{name}'")).help(did_you_mean(name, known, "contracts are")),
};
