//! Replacements that make things worse.

use super::{Faults, Subject, strategy_path};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "smaller-replacement",
    severity: Severity::Warning,
    what: "The rating of a replacement is not above the rating of the element it replaces.",
    why: "This can be intended, but most often the unit is wrong: 'rating' is in kVA for a transformer and in A for a line.",
    example: "strategies = [\"reinforce\"]\n\n[[strategy.reinforce.replacement]]\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\n\
              rating = 0.4\ncapex_eur = 28000",
    mend: "strategies = [\"reinforce\"]\n\n[[strategy.reinforce.replacement]]\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\n\
           rating = 400\ncapex_eur = 28000",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let Some(feeder) = subject.feeder else { return };
    let (grid, overlay) = (&feeder.grid, &subject.scenario.feeder);
    for (name, own) in &subject.scenario.strategy {
        for (k, r) in own.replacement.iter().enumerate() {
            let Some(branch) = grid.branch(&r.element) else { continue };
            let (data, unit) = match branch.i().checked_sub(grid.lines.len()) {
                Some(t) => (grid.transformers[t].rated_power_va / 1e3, "kVA"),
                None => (grid.lines[branch.i()].rated_current_a, "A"),
            };
            let stated = overlay.rating.iter().rev().find(|rating| rating.element == r.element);
            let old = stated.map_or(data * overlay.rating_scale, |rating| rating.rating);
            if r.rating <= old {
                let finding = RULE.finding(format!("the replacement of '{}', {old} {unit}, has a rating of {} {unit}", r.element, r.rating));
                faults.at(&strategy_path(name, &format!("replacement[{k}].rating")), finding.help(format!("'rating' is in {unit}")));
            }
        }
    }
}
