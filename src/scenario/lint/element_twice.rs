//! Congestion points on one element.

use std::collections::BTreeMap;

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "element-twice",
    severity: Severity::Error,
    what: "Two congestion points monitor the same element.",
    why: "Every figure would count its overload twice, and the operator would request the same relief twice.",
    example: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\n\n[[congestion_point]]\n\
              id = \"again\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"",
    mend: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\n\n[[congestion_point]]\n\
           id = \"branch\"\nelement = \"line:LV1.101 Line 3\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (k, cp) in subject.scenario.congestion_point.iter().enumerate() {
        match seen.get(cp.element.as_str()) {
            Some(first) => {
                let finding = RULE.finding(format!("'{}' monitors the element that '{first}' monitors already", cp.id));
                faults.at(&format!("congestion_point[{k}].element"), finding.help("keep one of the two, or name another element"));
            }
            None => {
                seen.insert(&cp.element, &cp.id);
            }
        }
    }
}
