//! Strategies with contracts that are not there.

use super::{Faults, Subject, strategy_path};
use crate::diagnostic::{Rule, Severity, did_you_mean};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-contract",
    severity: Severity::Error,
    what: "A strategy names a contract that the scenario does not have.",
    why: "Contracts are named by their 'id'.",
    example: "[strategy.grid-capacity-management]\ncontracts = [\"midday-opton\"]",
    mend: "[strategy.grid-capacity-management]\ncontracts = [\"midday-option\"]",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let known: Vec<&str> = s.contract.iter().map(|c| c.id.as_str()).collect();
    for (name, own) in &s.strategy {
        for (j, id) in own.contracts.iter().flatten().enumerate().filter(|(_, id)| !known.contains(&id.as_str())) {
            let finding = RULE.finding(format!("there is no contract '{id}'"));
            faults.at(&strategy_path(name, &format!("contracts[{j}]")), finding.help(did_you_mean(id, &known, "contracts are")));
        }
    }
}
