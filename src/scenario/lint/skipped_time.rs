//! Local times that the clocks jump over, and moments beyond the calendar.

use super::{Faults, Subject, out_of_range, reversed_dates};
use crate::time::written::NoInstant;

use crate::import::rules::skipped_time;
pub use crate::import::rules::SKIPPED_TIME as RULE;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let Some(calendar) = &subject.calendar else { return };
    for (k, q) in subject.scenario.wire.silence.iter().enumerate() {
        for (key, moment) in [("from", q.from), ("until", q.until)] {
            let finding = match calendar.instant(&moment) {
                Ok(_) => continue,
                Err(NoInstant::Skipped { later }) => skipped_time(&moment, calendar.zone_name(), later),
                Err(NoInstant::Year) => out_of_range::finding(key, &format!("is {moment}"), &reversed_dates::years(), None),
            };
            faults.at(&format!("wire.silence[{k}].{key}"), finding);
        }
    }
}
