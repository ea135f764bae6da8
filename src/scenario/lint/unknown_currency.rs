//! Currencies other than the one that every price is in.

use super::{Faults, Subject};
use crate::diagnostic::{Finding, Rule, Severity};
use crate::uftp::message::Currency;

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-currency",
    severity: Severity::Error,
    what: "The currency is not EUR.",
    why: "Keys, columns and key figures are in euro (`_eur_per_mwh`, `amount_eur`, €).",
    example: "[market]\ncurrency = \"USD\"",
    mend: "[market]\ncurrency = \"EUR\"",
};

/// The currency called `code`.
///
/// # Errors
/// The finding, without its place, where it is not the euro.
pub fn currency(code: &str) -> Result<Currency, Finding> {
    let euro = Currency::EUR;
    if code == euro.as_str() {
        return Ok(euro);
    }
    let finding = RULE.finding(format!("prices cannot be in '{code}'"));
    Err(finding.help("convert prices to euro, the unit of their keys (_eur_per_mwh), and leave 'currency' out or write \"EUR\""))
}

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    if let Err(finding) = currency(&subject.scenario.market.currency) {
        faults.at("market.currency", finding);
    }
}
