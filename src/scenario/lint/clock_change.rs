//! Clock times that a day of the run skips or has twice.

use jiff::civil::Time;

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::time::Clock;

/// The rule.
pub const RULE: Rule = Rule {
    code: "clock-change",
    severity: Severity::Warning,
    what: "A clock time does not exist, or occurs twice, on a day of the run on which the clocks change.",
    why: "The program moves a skipped time forward by as much as the clocks change, and uses the first occurrence of a doubled time. A \
          window that begins or ends there is shorter or longer than on other days.",
    example: "[time]\nfrom = \"2016-03-27\"\nuntil = \"2016-03-27\"\n\n[market]\nquery = \"02:30\"",
    mend: "[time]\nfrom = \"2016-03-27\"\nuntil = \"2016-03-27\"\n\n[market]\nquery = \"07:00\"",
};

/// Times of the market are held against the eves too; each time is told for the first day it fails on.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let (Some(calendar), s) = (&subject.calendar, subject.scenario) else { return };
    if !super::reversed_dates::in_order(&s.time) {
        return;
    }
    let Ok(eve) = s.time.from.yesterday() else { return };
    let days = eve.series(jiff::Span::new().days(1)).take_while(|date| *date <= s.time.until);
    // A day that the zone left out has no clock; `broken-day` tells of it.
    let changes: Vec<_> = days.filter(|date| !matches!(calendar.length_of(*date).0, 0 | 86_400)).collect();
    for (path, time) in clocks(subject) {
        let first = changes.iter().map(|date| (date, calendar.clock(*date, time))).find(|(_, clock)| *clock != Clock::Once);
        let Some((date, clock)) = first else { continue };
        let (what, help) = match clock {
            Clock::Skipped => ("does not exist", "the program moves it forward by as much as the clocks change; choose another time"),
            _ => ("occurs twice", "the program uses the first occurrence; choose another time"),
        };
        faults.at(&path, RULE.finding(format!("{} {what} on {date} in {}", time.strftime("%H:%M"), s.time.zone)).help(help));
    }
}

fn clocks(subject: &Subject<'_>) -> Vec<(String, Time)> {
    let m = &subject.scenario.market;
    let times = m.round().into_iter().chain([("metering", m.metering)]);
    let mut clocks: Vec<(String, Time)> = times.map(|(key, time)| (format!("market.{key}"), time)).collect();
    for (k, contract) in subject.scenario.contract.iter().enumerate() {
        for (j, window) in contract.windows.iter().enumerate() {
            clocks.push((format!("contract[{k}].windows[{j}].from"), window.from));
            clocks.push((format!("contract[{k}].windows[{j}].until"), window.until));
        }
    }
    clocks
}
