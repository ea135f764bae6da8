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
    what: "Steps of the run straddle values of the profiles or of the file of prices.",
    why: "A step averages what lasts within it, so energy is kept; but with parts of two values in a step, peaks come out lower than either step length shows.",
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
        let message = format!("steps of {} min straddle profile values of {} min", t.step_minutes, profiles.step.0 as f64 / 60.0);
        faults.at("time.step_minutes", RULE.finding(message).help("one should divide the other; energy is kept, peaks are flattened"));
    }
    if let Prices::Csv { minutes, .. } = &subject.scenario.prices
        && *minutes > 0
        && !steps(*minutes).nests(&run)
    {
        let message = format!("steps of {} min straddle prices of {minutes} min", t.step_minutes);
        faults.at("prices.minutes", RULE.finding(message).help("one should divide the other; a step pays the mean of what it touches"));
    }
}
