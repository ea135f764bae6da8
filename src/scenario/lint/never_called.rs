//! Limits that no call can keep.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "never-called",
    severity: Severity::Error,
    what: "No call can keep the limits of a contract: the shortest one is longer than the longest, the longest is shorter than an ISP, or \
           the hours of the year are used up before the first day.",
    why: "The DSO would never call, and the contract would have no effect.",
    example: "strategies = [\"copper-plate\", \"congestion-management\"]\n\n[[contract]]\nid = \"cap\"\naggregator = \"sunny.example.com\"\ncongestion_point = \"village\"\ndirection = \"feed-in\"\nright = { kind = \"capacity-limitation\", cap_kw = 40 }\nutilisation_eur_per_mwh = 85\nlimits = { min_minutes = 120, max_minutes = 60 }",
    mend: "strategies = [\"copper-plate\", \"congestion-management\"]\n\n[[contract]]\nid = \"cap\"\naggregator = \"sunny.example.com\"\ncongestion_point = \"village\"\ndirection = \"feed-in\"\nright = { kind = \"capacity-limitation\", cap_kw = 40 }\nutilisation_eur_per_mwh = 85\nlimits = { min_minutes = 60, max_minutes = 120 }",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let isp_minutes = u32::from(subject.scenario.time.isp_minutes);
    for (k, c) in subject.scenario.contract.iter().enumerate() {
        let l = &c.limits;
        let mut fault = |key: &str, message: String, help: &str| {
            faults.at(&format!("contract[{k}].limits.{key}"), RULE.finding(message).help(help));
        };
        if let (Some(min), Some(max)) = (l.min_minutes, l.max_minutes)
            && min > max
        {
            let message = format!("calls of '{}' last {min} min at least, but {max} min at most", c.id);
            fault("min_minutes", message, "min_minutes must not exceed max_minutes");
        }
        if let Some(max) = l.max_minutes.filter(|max| *max < isp_minutes) {
            let message = format!("calls of '{}' last {max} min at most, but an ISP has {isp_minutes} min", c.id);
            fault("max_minutes", message, "write at least the length of an ISP");
        }
        if let Some(hours) = l.hours_per_year.filter(|hours| (hours - l.hours_used) * 60.0 < f64::from(isp_minutes)) {
            let message = format!("of the {hours} h a year of '{}', {} h are used before the first day", c.id, l.hours_used);
            fault("hours_per_year", message, "leave at least the length of an ISP");
        }
    }
}
