//! Reinforcement of nothing.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::Preset;
use crate::scenario::strategies::preset_of;

/// The rule.
pub const RULE: Rule = Rule {
    code: "no-replacement",
    severity: Severity::Error,
    what: "A strategy with the preset 'reinforce' names no element to replace.",
    why: "The strategy consists of an element, its new rating and the cost of replacing it.",
    example: "strategies = [\"copper-plate\", \"reinforce\"]",
    mend: "strategies = [\"copper-plate\", \"reinforce\"]\n\n[[strategy.reinforce.replacement]]\nelement = \
           \"transformer:MV1.101-LV1.101-Trafo 1\"\nrating = 400\ncapex_eur = 28000",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    for (k, name) in s.strategies.iter().enumerate() {
        let replaces = s.strategy.get(name).is_some_and(|own| !own.replacement.is_empty());
        if preset_of(s, name) == Some(Preset::Reinforce) && !replaces {
            let finding = RULE.finding(format!("'{name}' names no element to replace"));
            let help = format!("add [[strategy.{name}.replacement]] with element, rating and capex_eur");
            faults.at(&format!("strategies[{k}]"), finding.help(help));
        }
    }
}
