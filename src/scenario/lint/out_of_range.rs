//! Numbers beyond their limits, lists and texts of the wrong length.

use crate::diagnostic::{Finding, Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "out-of-range",
    severity: Severity::Error,
    what: "A number lies outside its limits, or a list or text has the wrong length.",
    why: "A value beyond the limits has no physical or contractual meaning. Most often its unit is not the one in the name of the key.",
    example: "[feeder]\nrating_scale = 90",
    mend: "[feeder]\nrating_scale = 0.9",
};

/// `is` says the value with its unit (`is 90 kW`, `has 3 items`), `description` what the key means.
pub(crate) fn finding(key: &str, is: &str, allowed: &str, description: Option<&str>) -> Finding {
    let help =
        description.map_or_else(|| format!("allowed is {allowed}"), |text| format!("{}: {text}", key.split('[').next().unwrap_or(key)));
    RULE.finding(format!("'{key}' {is}, allowed is {allowed}")).help(help)
}
