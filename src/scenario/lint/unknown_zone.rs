//! Time zones that the IANA database does not have.

use super::{Faults, Subject};
use crate::diagnostic::nearest;
use crate::time::{CalendarError, IspCalendar};

pub use crate::import::rules::UNKNOWN_ZONE as RULE;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let zone = &subject.scenario.time.zone;
    if matches!(IspCalendar::new(zone, 15), Err(CalendarError::UnknownZone(_))) {
        let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        // 'Amsterdam' alone is what people write.
        let city = names.iter().copied().find(|name| name.rsplit('/').next() == Some(zone));
        let help = match city.or_else(|| nearest(zone, &names)) {
            Some(name) => format!("did you mean '{name}'?"),
            None => "write it like 'Europe/Amsterdam'".to_owned(),
        };
        faults.at("time.zone", RULE.finding(format!("'{zone}' is not an IANA time zone")).help(help));
    }
}
