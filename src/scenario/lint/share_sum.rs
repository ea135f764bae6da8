//! Shares that add up to more than all.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::path::join;

/// The rule.
pub const RULE: Rule = Rule {
    code: "share-sum",
    severity: Severity::Error,
    what: "Shares of the aggregators, or of the groups under `[prices.retail]`, add up to more than 1; or `refurbished` and `advanced` \
           of houses do.",
    why: "A share is a fraction of the connections that no aggregator or group lists, or of houses. The rest has none, or is as built.",
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
            break;
        }
    }
    total = 0.0;
    for (name, group) in subject.scenario.prices.retail() {
        total += group.share;
        if total > 1.0 + 1e-9 {
            let finding = RULE.finding(format!("with '{name}' the shares of the groups of customers add up to {total:.2}"));
            faults.at(&format!("{}.share", join("prices.retail", name)), finding.help("reduce the shares to a sum of at most 1"));
            break;
        }
    }
    if let Some(houses) = &subject.scenario.feeder.houses {
        let done = houses.refurbished + houses.advanced;
        if done > 1.0 + 1e-9 {
            let finding = RULE.finding(format!("{done:.2} of the houses are refurbished, as usual or to an advanced standard"));
            let key = if faults.written("feeder.houses.refurbished").is_some() { "refurbished" } else { "advanced" };
            faults.at(&format!("feeder.houses.{key}"), finding.help("reduce 'refurbished' and 'advanced' to a sum of at most 1"));
        }
    }
}
