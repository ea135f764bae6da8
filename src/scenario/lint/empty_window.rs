//! Windows that hold no time.

use jiff::civil::Time;

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "empty-window",
    severity: Severity::Error,
    what: "A window of a contract ends at or before its start.",
    why: "A window lies within one day. As an end, '00:00' means the following midnight.",
    example: "[contract.midday-option]\nwindows = [{ from = \"22:00\", until = \"02:00\" }]",
    mend: "[contract.midday-option]\nwindows = [{ from = \"22:00\", until = \"00:00\" }, { from = \"00:00\", until = \"02:00\" }]",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, c) in subject.scenario.contract.iter().enumerate() {
        for (j, w) in c.windows.iter().enumerate().filter(|(_, w)| w.until != Time::midnight() && w.until <= w.from) {
            let message = format!("the window from {} until {} is empty", w.from.strftime("%H:%M"), w.until.strftime("%H:%M"));
            let finding = RULE.finding(message).help("split a window over midnight into two");
            faults.at(&format!("contract[{k}].windows[{j}]"), finding);
        }
    }
}
