//! Real sessions of vehicles from a list that has none, or holds what is no session.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::Sessions;

/// The rule.
pub const RULE: Rule = Rule {
    code: "session-list",
    severity: Severity::Error,
    what: "Sessions are of kind 'csv' and no `sessions_path` names their list; or the list has a row that is no session, or no session \
           of workdays or of weekends.",
    why: "Each day draws one of the sessions of its kind of day. A session has an arrival, a later departure within two weeks, both by \
          the local clock or with their offsets, and energy.",
    example: "[feeder.electric_vehicles]\nshare = 0.3\nsessions = \"csv\"",
    mend: "[feeder.electric_vehicles]\nshare = 0.3\nsessions = \"csv\"\nsessions_path = \"sessions-at-home.csv\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let Some(vehicles) = &subject.scenario.feeder.electric_vehicles else { return };
    if vehicles.sessions == Sessions::Csv && vehicles.sessions_path.is_none() {
        let finding = RULE.finding("sessions of kind 'csv' need a list");
        let help = "name it in sessions_path: a CSV with the columns arrival, departure and energy_kwh";
        faults.at("feeder.electric_vehicles.sessions", finding.help(help));
    }
}
