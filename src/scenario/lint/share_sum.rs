//! Shares of connections that add up to more than all.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "share-sum",
    severity: Severity::Error,
    what: "Shares of the aggregators add up to more than 1.",
    why: "A share is a fraction of the connections that no aggregator lists. The rest has no aggregator.",
    example: "[[aggregator]]\ndomain = \"sunny.example.com\"\nshare = 0.6\n\n[[aggregator]]\ndomain = \"roofs.example.com\"\nshare = 0.5",
    mend: "[[aggregator]]\ndomain = \"sunny.example.com\"\nshare = 0.6\n\n[[aggregator]]\ndomain = \"roofs.example.com\"\nshare = 0.4",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let mut total = 0.0;
    for (k, a) in subject.scenario.aggregator.iter().enumerate() {
        total += a.share;
        // Sums of decimal shares such as 0.1 are off in the last bits.
        if total > 1.0 + 1e-9 {
            let finding = RULE.finding(format!("with '{}' the shares of the aggregators add up to {total:.2}", a.domain));
            faults.at(&format!("aggregator[{k}].share"), finding.help("reduce the shares to a sum of at most 1"));
            return;
        }
    }
}
