//! Steps that do not divide the ISP, ISPs that do not divide the hour.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "step-length",
    severity: Severity::Error,
    what: "The physical step does not divide the ISP, or the ISP does not divide the hour.",
    why: "An ISP must consist of whole steps, and an hour of whole ISPs.",
    example: "[time]\nfrom = \"2016-07-22\"\nuntil = \"2016-07-23\"\nisp_minutes = 15\nstep_minutes = 10",
    mend: "[time]\nfrom = \"2016-07-22\"\nuntil = \"2016-07-23\"\nisp_minutes = 15\nstep_minutes = 5",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let t = &subject.scenario.time;
    if t.isp_minutes == 0 || 60 % t.isp_minutes != 0 {
        let message = format!("an ISP of {} min does not divide an hour", t.isp_minutes);
        faults.at("time.isp_minutes", RULE.finding(message).help("15 is usual; 5, 30 and 60 occur"));
    } else if t.step_minutes == 0 || !t.isp_minutes.is_multiple_of(t.step_minutes) {
        let message = format!("a step of {} min does not divide an ISP of {} min", t.step_minutes, t.isp_minutes);
        let list = |fits: &dyn Fn(u16) -> bool| (1..=60).filter(|n| fits(*n)).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
        let steps = list(&|n| t.isp_minutes.is_multiple_of(n));
        let written = |key: &str| faults.written(key).is_some();
        // The one that somebody wrote is the culprit, if the other is a default.
        if written("time.isp_minutes") && !written("time.step_minutes") {
            let help = format!("add 'step_minutes' with a length that fits: {steps}; the default is {}", t.step_minutes);
            faults.at("time.isp_minutes", RULE.finding(message).help(help));
        } else if written("time.step_minutes") && !written("time.isp_minutes") {
            faults.at("time.step_minutes", RULE.finding(message).help(format!("lengths that fit: {steps}; 'isp_minutes' is by default {}", t.isp_minutes)));
        } else {
            faults.at("time.step_minutes", RULE.finding(message).help(format!("lengths that fit: {steps}")));
        }
    }
}
