//! Limits of a congestion point that do not follow one another.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "limits-order",
    severity: Severity::Error,
    what: "The limits of a congestion point are not in the order planning, rating, emergency.",
    why: "The operator plans below the rating, overload counts above it, and limitations (orange) act above the emergency limit.",
    example: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\nplanning = 1.1",
    mend: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\nplanning = 0.95",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, c) in subject.scenario.congestion_point.iter().enumerate() {
        let key = match () {
            () if c.planning > c.rating => "planning",
            () if c.rating > c.emergency => "rating",
            () => continue,
        };
        let message =
            format!("limits of '{}' are not in order: planning {}, rating {}, emergency {}", c.id, c.planning, c.rating, c.emergency);
        let finding = RULE.finding(message).help("planning must not exceed rating, and rating must not exceed emergency");
        faults.at(&format!("congestion_point[{k}].{key}"), finding);
    }
}
