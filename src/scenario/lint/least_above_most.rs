//! Generators that cannot run.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "least-above-most",
    severity: Severity::Error,
    what: "The least feed-in of a generator exceeds its largest.",
    why: "It could never run.",
    example: "[[feeder.generator]]\nconnection = \"LV1.101 Load 8\"\npower_kw = 50\nleast_kw = 60\nfuel_eur_per_mwh = 90",
    mend: "[[feeder.generator]]\nconnection = \"LV1.101 Load 8\"\npower_kw = 50\nleast_kw = 20\nfuel_eur_per_mwh = 90",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, g) in subject.scenario.feeder.generator.iter().enumerate().filter(|(_, g)| g.least_kw > g.power_kw) {
        let message = format!("generator {} feeds in {} kW at least, but {} kW at most", k + 1, g.least_kw, g.power_kw);
        faults.at(&format!("feeder.generator[{k}].least_kw"), RULE.finding(message).help("least_kw must not exceed power_kw"));
    }
}
