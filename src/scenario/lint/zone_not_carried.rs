//! Time zones that no message can carry.

use jiff::civil::Date;

use super::{Faults, Subject, reversed_dates};
use crate::diagnostic::{Rule, Severity};
use crate::time::IspCalendar;
use crate::uftp::syntax::is_zone_name;

/// The rule.
pub const RULE: Rule = Rule {
    code: "zone-not-carried",
    severity: Severity::Error,
    what: "A UFTP message cannot carry the time zone of the market: it allows zones of Africa, America, Australia, Europe and the Pacific.",
    why: "Nearly every message states the zone of its days and ISPs, and receivers refuse a zone that the schema does not allow.",
    example: "[time]\nzone = \"UTC\"\nfrom = \"2016-07-22\"\nuntil = \"2016-07-23\"",
    mend: "[time]\nzone = \"Africa/Abidjan\"\nfrom = \"2016-07-22\"\nuntil = \"2016-07-23\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    // A zone that does not exist is unknown, and nothing else.
    let Some(calendar) = &subject.calendar else { return };
    let zone = calendar.zone_name();
    if is_zone_name(zone) {
        return;
    }
    let t = &subject.scenario.time;
    let help = match reversed_dates::in_order(t).then(|| equal_zone(calendar, t.from, t.until)).flatten() {
        Some(name) => format!("write '{name}', which has the same local time"),
        None => "write the zone of the market's days, such as 'Europe/Amsterdam'".to_owned(),
    };
    let message = format!("a UFTP message cannot carry '{zone}': it allows zones of Africa, America, Australia, Europe and Pacific only");
    faults.at("time.zone", RULE.finding(message).help(help));
}

/// A zone that messages can carry: the one that differs in capital letters only, else one whose days are the same in the year around
/// the run.
fn equal_zone(ours: &IspCalendar, from: Date, until: Date) -> Option<String> {
    let half_a_year = jiff::Span::new().days(183);
    let (from, until) = (from.saturating_sub(half_a_year), until.saturating_add(half_a_year));
    let days = || from.series(jiff::Span::new().days(1)).take_while(|date| *date <= until);
    let mut carried: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).filter(|name| is_zone_name(name)).collect();
    if let Some(name) = carried.iter().find(|name| name.eq_ignore_ascii_case(ours.zone_name())) {
        return Some(name.clone());
    }
    // Of several with the same clocks the European one is most likely meant.
    carried.sort_by_key(|name| !name.starts_with("Europe/"));
    let mut calendars = carried.into_iter().filter_map(|name| IspCalendar::new(&name, ours.isp_minutes()).ok());
    let same = |theirs: &IspCalendar| days().all(|date| ours.period(date) == theirs.period(date));
    calendars.find(same).map(|calendar| calendar.zone_name().to_owned())
}
