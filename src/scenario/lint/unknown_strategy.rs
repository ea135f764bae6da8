//! Strategies that are neither presets nor defined.

use super::{Faults, Subject, Table, strategy_path};
use crate::diagnostic::{Rule, Severity, did_you_mean};
use crate::scenario::strategies::{PRESETS, preset_of};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-strategy",
    severity: Severity::Error,
    what: "A strategy is neither a preset nor defined in the scenario, or its definition names no preset.",
    why: "A strategy is a preset with changes. A strategy with its own name must state its 'preset'.",
    example: "strategies = [\"copper-plat\"]",
    mend: "strategies = [\"copper-plate\"]",
};

pub(super) const TABLE: Table = Table {
    name: "strategy",
    items: |subject| {
        let presets = PRESETS.map(|(name, _)| name);
        let own = subject.scenario.strategy.keys().map(String::as_str).filter(|own| !presets.contains(own));
        Some(presets.into_iter().chain(own).map(Into::into).collect())
    },
    unknown: |name, known| {
        RULE.finding(format!("'{name}' is neither a preset nor defined")).help(did_you_mean(name, known, "strategies are"))
    },
};

/// Every definition names a preset.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    for name in s.strategy.keys().filter(|name| preset_of(s, name).is_none()) {
        let presets = PRESETS.map(|(name, _)| name);
        let help = match crate::diagnostic::nearest(name, &presets) {
            Some(preset) => format!("did you mean '{preset}'? a strategy of your own needs 'preset'"),
            None => "add preset = \"congestion-management\" or another preset".to_owned(),
        };
        faults.at(&strategy_path(name, ""), RULE.finding(format!("strategy '{name}' names no preset")).help(help));
    }
}
