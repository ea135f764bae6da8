//! Aggregators without customers.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "empty-portfolio",
    severity: Severity::Warning,
    what: "An aggregator has neither 'connections' nor a 'share'.",
    why: "It exchanges messages but has no flexibility to offer.",
    example: "[[aggregator]]\ndomain = \"sunny.example.com\"",
    mend: "[[aggregator]]\ndomain = \"sunny.example.com\"\nshare = 0.4",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, a) in subject.scenario.aggregator.iter().enumerate().filter(|(_, a)| a.connections.is_empty() && a.share <= 0.0) {
        let finding = RULE.finding(format!("aggregator '{}' has no connections", a.domain));
        faults.at(&format!("aggregator[{k}].domain"), finding.help("list some in 'connections', or give it a 'share' of those that no aggregator lists"));
    }
}
