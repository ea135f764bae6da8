//! Chargers of one phase whose phase the load flow does not see.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::grid::Phases;
use crate::scenario::schema::{PhaseModel, Sessions};

/// The rule.
pub const RULE: Rule = Rule {
    code: "spread-phase",
    severity: Severity::Warning,
    what: "Vehicles charge on one phase, and their connections have three, in a load flow phase by phase.",
    why: "What stands behind a meter is spread evenly over the phases of its connection, so the load flow shows less unbalance than these \
          vehicles cause.",
    example: "[feeder]\nphases = \"three-phase\"\n\n[feeder.electric_vehicles]\nshare = 0.3\nsessions = \"measured\"\nthree_phase = false",
    mend: "[feeder.electric_vehicles]\nshare = 0.3\nsessions = \"measured\"\nthree_phase = false",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let feeder = &subject.scenario.feeder;
    let (Some(vehicles), Some(files)) = (&feeder.electric_vehicles, subject.feeder) else { return };
    let on_one = vehicles.sessions != Sessions::Habit && !vehicles.three_phase;
    if feeder.phases == PhaseModel::ThreePhase && on_one && files.grid.connections.iter().any(|c| c.phases == Phases::Abc) {
        let finding = RULE.finding("the load flow spreads chargers of one phase over the three phases of their connections");
        let help = "give the connections one phase each in the feeder's files, or read the unbalance as a lower bound";
        faults.at("feeder.electric_vehicles.three_phase", finding.help(help));
    }
}
