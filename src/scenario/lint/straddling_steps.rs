//! Steps that straddle the values of a profile or of a file of prices.

use jiff::civil::Time;

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::Prices;
use crate::time::{SimDuration, Steps};

/// The rule.
pub const RULE: Rule = Rule {
    code: "straddling-steps",
    severity: Severity::Warning,
    what: "The step of the run and the step of the profiles or prices do not divide each other.",
    why: "A step that overlaps two values takes their average. Energy is preserved, but peaks are lower than in the data.",
    example: "[time]\nfrom = \"2016-01-01\"\nuntil = \"2016-01-01\"\nisp_minutes = 20\nstep_minutes = 20",
    mend: "[time]\nfrom = \"2016-01-01\"\nuntil = \"2016-01-01\"\nisp_minutes = 15\nstep_minutes = 15",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let Some(calendar) = &subject.calendar else { return };
    let t = &subject.scenario.time;
    // A step that does not divide the ISP, and a year beyond the calendar, are other rules' business.
    if t.step_minutes == 0 || !crate::time::YEARS.contains(&t.from.year()) || !t.isp_minutes.is_multiple_of(t.step_minutes) {
        return;
    }
    let steps = |minutes: u16| Steps {
        start: calendar.at(t.from, Time::midnight()),
        step: SimDuration::minutes(i64::from(minutes)),
        count: 0,
    };
    let run = steps(t.step_minutes);
    if let Some(profiles) = subject.feeder.map(|f| f.profiles.grid())
        && profiles.count > 0
        && !profiles.nests(&run)
    {
        let message = format!("steps of {} min do not fit profile values of {} min", t.step_minutes, profiles.step.0 as f64 / 60.0);
        faults.at("time.step_minutes", RULE.finding(message).help("choose lengths of which one divides the other; otherwise peaks are flattened"));
    }
    if let Prices::Csv { minutes, .. } = &subject.scenario.prices
        && *minutes > 0
        && !steps(*minutes).nests(&run)
    {
        let message = format!("steps of {} min do not fit prices of {minutes} min", t.step_minutes);
        faults.at("prices.minutes", RULE.finding(message).help("choose lengths of which one divides the other; otherwise a step takes the mean of the prices it overlaps"));
    }
}
