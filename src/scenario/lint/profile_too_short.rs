//! Profiles that are not there, or do not cover the run.

use jiff::civil::Time;

use super::{Faults, Subject};

pub use crate::profile::rules::PROFILE_TOO_SHORT as RULE;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let (Some(feeder), Some(calendar)) = (subject.feeder, &subject.calendar) else { return };
    let t = &subject.scenario.time;
    if !super::reversed_dates::in_order(t) {
        return;
    }
    let Ok(after) = t.until.tomorrow() else { return };
    let (from, until) = (calendar.at(t.from, Time::midnight()), calendar.at(after, Time::midnight()));
    if feeder.profiles.steps() == 0 {
        super::no_profiles::report(faults);
    } else if let Err(finding) = feeder.profiles.covers(from, until) {
        let key = if from < feeder.profiles.start() { "time.from" } else { "time.until" };
        faults.at(key, finding);
    }
}
