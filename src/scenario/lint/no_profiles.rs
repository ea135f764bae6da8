//! Feeders without profiles to follow.

use super::{Faults, Subject};
use crate::asset::AssetKind;
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "no-profiles",
    severity: Severity::Error,
    what: "The feeder lacks profiles that the scenario needs.",
    why: "Load, PV and heat pumps follow profiles of the feeder; the program makes none up.",
    example: "[feeder]\npath = \"unprofiled\"",
    mend: "[feeder]\npath = \"hamlet\"",
};

/// The feeder has none at all.
pub(super) fn report(faults: &mut Faults<'_>) {
    let finding = RULE.finding("the feeder has no profiles to simulate");
    faults.at("feeder.path", finding.help("import a feeder with profiles, such as a SimBench grid"));
}

/// Heat pumps are wanted and the feeder has none to take profiles from.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let (Some(feeder), Some(wanted)) = (subject.feeder, &subject.scenario.feeder.heat_pumps) else { return };
    let any = feeder.assets.iter().any(|a| a.kind == AssetKind::HeatPump && a.p_profile.is_some());
    if wanted.share > 0.0 && !any && feeder.profiles.steps() > 0 {
        let finding = RULE.finding("the feeder has no heat-pump profiles to follow: no asset of that kind in assets.csv has one");
        faults.at("feeder.heat_pumps", finding.help("use a feeder with heat pumps, such as a SimBench grid of scenario 1 or 2"));
    }
}
