//! Names that are not among the ones to choose from.

use crate::diagnostic::{Finding, Rule, Severity, did_you_mean};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-value",
    severity: Severity::Error,
    what: "A key holds none of the names that it allows.",
    why: "The name selects a model, and a wrong name has no default.",
    example: "[forecast]\nkind = \"sythetic\"",
    mend: "[forecast]\nkind = \"synthetic\"",
};

/// `known` are the names to choose from.
pub(crate) fn finding(key: &str, value: &str, known: &[&str]) -> Finding {
    RULE.finding(format!("unknown value '{value}' for '{key}'")).help(did_you_mean(value, known, "choose from"))
}
