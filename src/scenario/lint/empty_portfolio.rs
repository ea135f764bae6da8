//! Aggregators without customers.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::Aggregator;

/// The rule.
pub const RULE: Rule = Rule {
    code: "empty-portfolio",
    severity: Severity::Warning,
    what: "An aggregator has neither 'connections' nor a 'share', or its share draws no connection.",
    why: "It exchanges messages but has no flexibility to offer.",
    example: "[[aggregator]]\ndomain = \"sunny.example.com\"",
    mend: "[[aggregator]]\ndomain = \"sunny.example.com\"\nshare = 0.4",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, a) in subject.scenario.aggregator.iter().enumerate().filter(|(_, a)| a.connections.is_empty() && a.share <= 0.0) {
        let finding = RULE.finding(format!("aggregator '{}' has no connections", a.domain));
        faults.at(&format!("aggregator[{k}].domain"), finding.help("list some in 'connections', or give it a 'share' of those that no aggregator lists"));
    }
    for (k, a) in subject.scenario.aggregator.iter().enumerate().filter(|(_, a)| draws_nobody(subject, a)) {
        let all = subject.holders.as_ref().map_or(0, Vec::len);
        let finding = RULE.finding(format!("the share {} of aggregator '{}' draws none of the {all} connections", a.share, a.domain));
        faults.at(&format!("aggregator[{k}].share"), finding.help("raise the share, or list its 'connections'; the seed decides the draw"));
    }
}

/// Whether an aggregator has a share only, and that share draws no connection.
pub(super) fn draws_nobody(subject: &Subject<'_>, a: &Aggregator) -> bool {
    let holds = |holders: &Vec<Option<&str>>| holders.contains(&Some(a.domain.as_str()));
    a.share > 0.0 && a.connections.is_empty() && subject.holders.as_ref().is_some_and(|holders| !holders.is_empty() && !holds(holders))
}
