//! Strategies that have the name of one preset and are another.

use super::{Faults, Subject, strategy_path};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::strategies::PRESETS;

/// The rule.
pub const RULE: Rule = Rule {
    code: "preset-name",
    severity: Severity::Error,
    what: "A strategy has the name of a preset but starts from another preset.",
    why: "Tables and charts name results by strategy, so readers would take one preset for the other.",
    example: "[strategy.copper-plate]\npreset = \"congestion-management\"",
    mend: "strategies = [\"copper-plate\", \"managed\", \"grid-capacity-management\"]\n\n[strategy.managed]\npreset = \"congestion-management\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (name, own) in &subject.scenario.strategy {
        let called = PRESETS.iter().find(|(preset, _)| preset == name).map(|(_, preset)| *preset);
        if let (Some(called), Some(preset)) = (called, own.preset)
            && called != preset
        {
            let from = PRESETS.iter().find(|(_, other)| *other == preset).map_or("another", |(name, _)| *name);
            let finding = RULE.finding(format!("strategy '{name}' has the name of a preset but starts from '{from}'"));
            let help = format!("leave 'preset' out, or give the strategy a name of its own, such as [strategy.my-{from}]");
            faults.at(&strategy_path(name, "preset"), finding.help(help));
        }
    }
}
