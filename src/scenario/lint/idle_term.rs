//! Terms of a contract that its right does not use.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::NO_CALL_LIMIT;
use crate::scenario::strategies::right;
use crate::units::Watts;

/// The rule.
pub const RULE: Rule = Rule {
    code: "idle-term",
    severity: Severity::Error,
    what: "A contract states a term that has no effect for its right: an availability fee where nothing is reserved, a limit on calls \
           where nothing is called.",
    why: "The terms would look agreed and change nothing: no fee is paid, no call is withheld.",
    example: "[contract.midday-option]\nmax_calls_per_week = 2",
    mend: "[contract.midday-option]\navailability_eur_per_mw_h = 6",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, c) in subject.scenario.contract.iter().enumerate() {
        let terms = right(&c.right);
        let (terms, direction) = (terms.terms(), c.direction.into());
        let mut idle = |key: &str, why: &str| {
            let message = format!("'{key}' of contract '{}' has no effect: a {} {why}", c.id, terms.service());
            faults.at(&format!("contract[{k}].{key}"), RULE.finding(message).help("leave it out"));
        };
        if c.availability_eur_per_mw_h != 0.0 && terms.reserves(direction) == Watts::ZERO {
            idle("availability_eur_per_mw_h", "reserves nothing");
        }
        if c.max_calls_per_week != NO_CALL_LIMIT && terms.called_range(direction).is_none() {
            idle("max_calls_per_week", "is offered when requested, not called");
        }
    }
}
