//! Windows that begin or end within an ISP.

use jiff::civil::Time;

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "window-off-grid",
    severity: Severity::Warning,
    what: "A window of a contract begins or ends within an ISP.",
    why: "Only whole ISPs can be reserved, called and settled, so the parts at the ends do not count.",
    example: "[contract.midday-option]\nwindows = [{ from = \"10:10\", until = \"16:00\" }]",
    mend: "[contract.midday-option]\nwindows = [{ from = \"10:15\", until = \"16:00\" }]",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let isp_minutes = i32::from(subject.scenario.time.isp_minutes).max(1);
    let inside = |t: Time| t.second() != 0 || (i32::from(t.hour()) * 60 + i32::from(t.minute())) % isp_minutes != 0;
    for (k, c) in subject.scenario.contract.iter().enumerate() {
        for (j, w) in c.windows.iter().enumerate().filter(|(_, w)| inside(w.from) || inside(w.until)) {
            let window = format!("{} until {}", w.from.strftime("%H:%M"), w.until.strftime("%H:%M"));
            let finding = RULE.finding(format!("the window from {window} cuts ISPs of {isp_minutes} min, and cut ISPs do not count"));
            faults.at(&format!("contract[{k}].windows[{j}]"), finding.help("begin and end it at the boundary of an ISP"));
        }
    }
}
