//! A run that ends before it begins.

use super::{Faults, Subject, out_of_range};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::{Silence, TimeGrid};
use crate::time::YEARS;

/// The rule.
pub const RULE: Rule = Rule {
    code: "reversed-dates",
    severity: Severity::Error,
    what: "The last day of the run is before the first, or a silence of the wire ends before it begins.",
    why: "The run includes the days 'from' and 'until'.",
    example: "[time]\nfrom = \"2016-07-23\"\nuntil = \"2016-07-22\"",
    mend: "[time]\nfrom = \"2016-07-22\"\nuntil = \"2016-07-23\"",
};

/// Whether the days can be made into Periods.
pub(crate) fn in_order(t: &TimeGrid) -> bool {
    t.from <= t.until && [t.from, t.until].iter().all(|date| YEARS.contains(&date.year()))
}

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let t = &subject.scenario.time;
    for (key, date) in [("from", t.from), ("until", t.until)] {
        if !YEARS.contains(&date.year()) {
            faults.at(&format!("time.{key}"), out_of_range::finding(key, &format!("is {date}"), &years(), None));
        }
    }
    let known = |date: jiff::civil::Date| YEARS.contains(&date.year());
    if t.until < t.from && known(t.from) && known(t.until) {
        let message = format!("the last day {} is before the first, {}", t.until, t.from);
        faults.at("time.until", RULE.finding(message).help("'until' is the last day of the run, inclusive"));
    }
    let reversed = |q: &Silence| match subject.calendar.as_ref().map(|c| (c.instant(&q.from), c.instant(&q.until))) {
        Some((Ok(from), Ok(until))) => until <= from,
        // What is no instant is told by itself.
        _ => false,
    };
    for (k, q) in subject.scenario.wire.silence.iter().enumerate().filter(|(_, q)| reversed(q)) {
        let message = format!("the silence of '{}' ends before it begins", q.participant);
        faults.at(&format!("wire.silence[{k}].until"), RULE.finding(message).help("'until' must be later than 'from'"));
    }
}

/// The years that dates may have, in words.
pub(super) fn years() -> String {
    format!("the years {} to {}", YEARS.start(), YEARS.end())
}
