//! What only weather moves, without weather.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "needs-weather",
    severity: Severity::Error,
    what: "There is `[feeder.houses]` or `[feeder.pv]`, but no `[weather]`.",
    why: "Houses lose heat to the air, and drawn PV systems have no profile: both follow the weather alone.",
    example: "[feeder.pv]\nshare = 0.3",
    mend: "[feeder.pv]\nshare = 0.3\n\n[weather]\nkind = \"synthetic\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let tables = [("houses", s.feeder.houses.is_some()), ("pv", s.feeder.pv.is_some())];
    for (table, _) in tables.iter().filter(|(_, there)| *there && s.weather.is_none()) {
        let finding = RULE.finding(format!("[feeder.{table}] needs weather, and there is none"));
        faults.at(&format!("feeder.{table}"), finding.help("add [weather], for example with kind = \"synthetic\""));
    }
}
