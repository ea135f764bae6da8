//! A scenario that extends itself.

use crate::diagnostic::{Finding, Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "extends-cycle",
    severity: Severity::Error,
    what: "A scenario extends itself, directly or through others.",
    why: "The program reads layers from the base upwards, and a circle has no base.",
    example: "# scenario.toml\nextends = \"scenario.toml\"",
    mend: "# scenario.toml\nextends = \"village.toml\"",
};

/// `base` is the path as written in the file that closes the circle.
pub(crate) fn finding(base: &str) -> Finding {
    RULE.finding(format!("'{base}' extends itself through this file")).help("remove 'extends' from one of the files in the circle")
}
