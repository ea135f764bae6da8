//! Time zones that the IANA database does not have.

use super::{Faults, Subject};
use crate::import::rules::unknown_zone;
use crate::time::{CalendarError, IspCalendar};

pub use crate::import::rules::UNKNOWN_ZONE as RULE;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let zone = &subject.scenario.time.zone;
    if matches!(IspCalendar::new(zone, 15), Err(CalendarError::UnknownZone(_))) {
        faults.at("time.zone", unknown_zone(zone));
    }
}
