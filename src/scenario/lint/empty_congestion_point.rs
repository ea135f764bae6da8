//! Congestion points that concern nobody.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "empty-congestion-point",
    severity: Severity::Error,
    what: "No connection lies behind the element of a congestion point.",
    why: "No connection could change the loading of the element.",
    example: "[feeder]\npath = \"stub\"\n\n[[congestion_point]]\nid = \"village\"\nelement = \"line:to-nobody\"",
    mend: "[feeder]\npath = \"stub\"\n\n[[congestion_point]]\nid = \"village\"\nelement = \"transformer:village\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, point) in subject.scenario.congestion_point.iter().enumerate() {
        if subject.behind[k].as_ref().is_some_and(Vec::is_empty) {
            let finding = RULE.finding(format!("no connection lies behind '{}'", point.element));
            faults.at(&format!("congestion_point[{k}].element"), finding.help("choose an element that supplies connections"));
        }
    }
}
