//! Heat pumps by profile and houses with heat pumps at once.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "heat-twice",
    severity: Severity::Error,
    what: "There is `[feeder.heat_pumps]` beside `[feeder.houses]`.",
    why: "Houses have heat pumps already, at seats of the same draw; a second one at the same connections would heat them twice.",
    example: "[feeder.houses]\nshare = 0.3\n\n[feeder.heat_pumps]\nshare = 0\n\n[weather]\nkind = \"synthetic\"",
    mend: "[feeder.houses]\nshare = 0.3\n\n[weather]\nkind = \"synthetic\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let feeder = &subject.scenario.feeder;
    if feeder.houses.is_some() && feeder.heat_pumps.is_some() {
        let finding = RULE.finding("[feeder.houses] brings heat pumps with it");
        faults.at("feeder.heat_pumps", finding.help("leave out [feeder.heat_pumps] or [feeder.houses]"));
    }
}
