//! Numbers beyond their limits, lists and texts of the wrong length.

use crate::diagnostic::{Finding, Rule, Severity};
use crate::scenario::lint::wrong_type::shown;

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

/// As [`finding`], of a fraction or a factor that reads like per cent: `entry` is what it would be.
pub(crate) fn per_cent(key: &str, is: &str, allowed: &str, description: Option<&str>, entry: &str) -> Finding {
    let finding = finding(key, is, allowed, description);
    let help = finding.help.clone().unwrap_or_default();
    finding.help(format!("{help}; if it is per cent, write {}", shown(entry)))
}
