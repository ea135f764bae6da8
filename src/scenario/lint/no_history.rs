//! Learned forecasts without anything to learn from.

use jiff::ToSpan;
use jiff::civil::Time;

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::Forecast;

/// The rule.
pub const RULE: Rule = Rule {
    code: "no-history",
    severity: Severity::Error,
    what: "Forecasts are learned, and the profiles hold no whole day that is known when the first day is planned.",
    why: "A learner knows nothing but what was read, and the days before the run come from the profiles before it.",
    example: "[time]\nfrom = \"2016-01-02\"\nuntil = \"2016-01-03\"\n\n[forecast]\nkind = \"learned\"",
    mend: "[time]\nfrom = \"2016-01-25\"\nuntil = \"2016-01-26\"\n\n[forecast]\nkind = \"learned\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let (Some(feeder), Some(calendar)) = (subject.feeder, &subject.calendar) else { return };
    let Forecast::Learned { data_delay_days, .. } = subject.scenario.forecast else { return };
    let from = subject.scenario.time.from;
    let Ok(needed) = from.checked_sub((i64::from(data_delay_days) + 1).days()) else { return };
    let profiles = &feeder.profiles;
    if profiles.steps() > 0 && calendar.at(from, Time::midnight()) >= profiles.start() && calendar.at(needed, Time::midnight()) < profiles.start() {
        let message = format!("learned forecasts have nothing to learn from on {from}: they need profiles from {needed} on");
        let help = "begin the run later; eight weeks after the profiles begin, a learner has all it can use";
        faults.at("time.from", RULE.finding(message).help(help));
    }
}
