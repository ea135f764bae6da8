//! Currencies that are none.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::uftp::message::Currency;

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-currency",
    severity: Severity::Error,
    what: "The currency is not a code of three capital letters.",
    why: "Messages carry the code of ISO 4217; others refuse what is none.",
    example: "[market]\ncurrency = \"Euro\"",
    mend: "[market]\ncurrency = \"EUR\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let code = &subject.scenario.market.currency;
    if Currency::new(code).is_none() {
        faults.at("market.currency", RULE.finding(format!("'{code}' is not an ISO 4217 code")).help("such as 'EUR'"));
    }
}
