//! What a scenario defines and no strategy uses.

use super::{Faults, Subject, strategy_path};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::strategies::in_force;

/// The rule.
pub const RULE: Rule = Rule {
    code: "unused",
    severity: Severity::Warning,
    what: "No compared strategy uses a contract, or a strategy is defined but not compared.",
    why: "It does not affect the results. Often a name is missing from a list.",
    example: "strategies = [\"copper-plate\"]\n\n[strategy.cheap]\npreset = \"congestion-management\"",
    mend: "strategies = [\"copper-plate\", \"cheap\", \"grid-capacity-management\"]\n\n[strategy.cheap]\npreset = \"congestion-management\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    // With a wrong name somewhere, what it meant looks unused.
    if faults.findings.has_errors() {
        return;
    }
    let s = subject.scenario;
    for name in s.strategy.keys().filter(|name| !s.strategies.contains(name)) {
        let finding = RULE.finding(format!("strategy '{name}' is not compared"));
        faults.at(&strategy_path(name, ""), finding.help("add it to 'strategies' at the top"));
    }
    let used: Vec<usize> = s.strategies.iter().flat_map(|name| in_force(s, name)).collect();
    for (k, c) in s.contract.iter().enumerate().filter(|(k, _)| !used.contains(k)) {
        let finding = RULE.finding(format!("no strategy uses contract '{}'", c.id));
        faults.at(&format!("contract[{k}].id"), finding.help("name it in 'contracts' of a strategy"));
    }
}
