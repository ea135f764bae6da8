//! Strategies that are neither presets nor defined.

use super::{Faults, Subject, strategy_path};
use crate::diagnostic::{Rule, Severity, did_you_mean};
use crate::scenario::strategies::{PRESETS, preset_of};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-strategy",
    severity: Severity::Error,
    what: "A strategy is neither a preset nor defined in the scenario, or its definition names no preset.",
    why: "A strategy is a preset and what differs from it; under a name of your own the preset must be said.",
    example: "strategies = [\"copper-plat\"]",
    mend: "strategies = [\"copper-plate\"]",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let known: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).chain(s.strategy.keys().map(String::as_str)).collect();
    for (k, name) in s.strategies.iter().enumerate().filter(|(_, name)| !known.contains(&name.as_str())) {
        let finding = RULE.finding(format!("'{name}' is neither a preset nor defined"));
        faults.at(&format!("strategies[{k}]"), finding.help(did_you_mean(name, &known, "strategies are")));
    }
    for name in s.strategy.keys().filter(|name| preset_of(s, name).is_none()) {
        let presets = PRESETS.map(|(name, _)| name);
        let help = match crate::diagnostic::nearest(name, &presets) {
            Some(preset) => format!("did you mean '{preset}'? A strategy of your own needs 'preset'"),
            None => "add preset = \"congestion-management\" or another preset".to_owned(),
        };
        faults.at(&strategy_path(name, ""), RULE.finding(format!("strategy '{name}' names no preset")).help(help));
    }
}
