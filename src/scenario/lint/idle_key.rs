//! Keys of vehicles that their kind of sessions does not read.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::Sessions;

/// The rule.
pub const RULE: Rule = Rule {
    code: "idle-key",
    severity: Severity::Warning,
    what: "A key of `[feeder.electric_vehicles]` has no effect: it belongs to another kind of `sessions`.",
    why: "Habits have hours, an energy and a probability; measured and listed sessions have a number a week, a battery and phases.",
    example: "[feeder.electric_vehicles]\nshare = 0.5\nbattery_kwh = 80",
    mend: "[feeder.electric_vehicles]\nshare = 0.5\nsessions = \"measured\"\nbattery_kwh = 80",
};

const OF_HABITS: [&str; 5] = ["arrival_h", "arrival_sigma_h", "departure_h", "energy_kwh", "plug_in"];
const OF_SESSIONS: [&str; 4] = ["sessions_per_week", "battery_kwh", "three_phase", "feeds_back"];

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let Some(vehicles) = &subject.scenario.feeder.electric_vehicles else { return };
    let (idle, help): (&[&str], _) = match vehicles.sessions {
        Sessions::Habit => (&OF_SESSIONS, "leave it out, or set sessions = \"measured\""),
        Sessions::Measured | Sessions::Csv => (&OF_HABITS, "leave it out, or set sessions = \"habit\""),
    };
    let list = if vehicles.sessions == Sessions::Csv { &[][..] } else { &["sessions_path"][..] };
    for key in idle.iter().chain(list) {
        let path = format!("feeder.electric_vehicles.{key}");
        if faults.written(&path).is_some() {
            let message = format!("'{key}' has no effect where sessions are of kind '{}'", vehicles.sessions.name());
            let help = if *key == "sessions_path" { "leave it out, or set sessions = \"csv\"" } else { help };
            faults.at(&path, RULE.finding(message).help(help));
        }
    }
}
