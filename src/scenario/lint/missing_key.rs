//! Keys a table needs and does not have.

use crate::diagnostic::{Finding, Rule, Severity};
use crate::scenario::lint::wrong_type::shown;

/// The rule.
pub const RULE: Rule = Rule {
    code: "missing-key",
    severity: Severity::Error,
    what: "A table lacks a key that has no default.",
    why: "A default would be a hidden assumption about the study, so the scenario must state the value.",
    example: "[[congestion_point]]\nid = \"village\"",
    mend: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"",
};

/// `table` is the path of the table, empty at the top; `entry` an example of the whole entry.
pub(crate) fn finding(table: &str, key: &str, entry: &str, description: Option<&str>) -> Finding {
    let message = if table.is_empty() { format!("missing key '{key}'") } else { format!("missing key '{key}' in '{table}'") };
    let meaning = description.map_or_else(String::new, |text| format!(": {text}"));
    let finding = RULE.finding(message).help(format!("add {}{meaning}", shown(entry)));
    // Keys of the top must stand above the first table.
    if table.is_empty() { finding.label("the top of the file") } else { finding }
}

/// Nothing is there at all: `names` are the keys that must be.
pub(crate) fn nothing(names: &[&str]) -> Finding {
    let help = format!("it needs {}; 'copperplate init DIR' writes one to start from", crate::diagnostic::quoted_list(names));
    RULE.finding("this file has no key").help(help)
}
