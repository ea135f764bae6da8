//! Prices of the weather's hours without weather that has any.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::{Prices, Weather};

/// The rule.
pub const RULE: Rule = Rule {
    code: "no-weather-prices",
    severity: Severity::Error,
    what: "Prices are of kind 'weather', but the weather is not of kind 'measured'.",
    why: "Only folders of measured weather hold the day-ahead prices of the same hours.",
    example: "[prices]\nkind = \"weather\"",
    mend: "[prices]\nkind = \"synthetic\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    if matches!(s.prices, Prices::Weather { .. }) && !matches!(s.weather, Some(Weather::Measured { .. })) {
        let finding = RULE.finding("no measured weather brings prices with it");
        faults.at("prices.kind", finding.help("add [weather] with kind = \"measured\", or choose prices of kind 'synthetic' or 'csv'"));
    }
}
