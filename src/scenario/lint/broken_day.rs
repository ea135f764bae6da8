//! Days that do not hold whole ISPs.

use jiff::civil::Date;

use super::{Faults, Subject, reversed_dates};
use crate::diagnostic::{Rule, Severity};
use crate::time::IspCalendar;

/// The rule.
pub const RULE: Rule = Rule {
    code: "broken-day",
    severity: Severity::Error,
    what: "A day of the run does not hold whole ISPs: the clocks change by part of an ISP, or the zone skipped the day.",
    why: "ISPs must fill the local day. A remainder could not be forecast, traded or settled.",
    example: "[time]\nzone = \"Australia/Lord_Howe\"\nfrom = \"2016-04-03\"\nuntil = \"2016-04-03\"\nisp_minutes = 60",
    mend: "[time]\nzone = \"Australia/Lord_Howe\"\nfrom = \"2016-04-03\"\nuntil = \"2016-04-03\"\nisp_minutes = 30",
};

/// Whether a day holds whole ISPs, at least one.
pub(crate) fn is_whole(calendar: &IspCalendar, date: Date) -> bool {
    holds_whole(calendar.length_of(date).0, calendar.isp_minutes())
}

fn holds_whole(length_s: i64, isp_minutes: u16) -> bool {
    length_s > 0 && length_s % (i64::from(isp_minutes) * 60) == 0
}

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let (Some(calendar), t) = (&subject.calendar, &subject.scenario.time) else { return };
    if !reversed_dates::in_order(t) {
        return;
    }
    let mut days = t.from.series(jiff::Span::new().days(1)).take_while(|date| *date <= t.until);
    let Some(date) = days.find(|date| !is_whole(calendar, *date)) else { return };
    let length_s = calendar.length_of(date).0;
    if length_s <= 0 {
        let finding = RULE.finding(format!("{} has no {date}", t.zone)).help("begin the run after it or end it before");
        faults.at("time.from", finding);
        return;
    }
    let length = format!("{} h {:02} min", length_s / 3600, length_s % 3600 / 60);
    let message = format!("{date} lasts {length} in {}, not a whole number of ISPs of {} min", t.zone, t.isp_minutes);
    let fits: Vec<String> = (1..t.isp_minutes).filter(|n| 60 % n == 0 && holds_whole(length_s, *n)).map(|n| n.to_string()).collect();
    let help = if fits.is_empty() { "leave that day out".to_owned() } else { format!("lengths that fit: {}", fits.join(", ")) };
    faults.at("time.isp_minutes", RULE.finding(message).help(help));
}
