//! Clock times of the day-ahead round that do not follow one another.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::Market;

/// The rule.
pub const RULE: Rule = Rule {
    code: "market-order",
    severity: Severity::Error,
    what: "The clock times of the day-ahead round are not in the order of its steps.",
    why: "Each step needs the result of the previous one: query, call, auction_results, prognosis, request, request_expires, order, gate.",
    example: "[market]\nrequest = \"16:30\"",
    mend: "[market]\nrequest = \"13:45\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    follow(&subject.scenario.market, faults);
}

/// Every time is at or after the one before it, in a market of this or another document. A late time is told once, not again for
/// all it overtakes.
pub(crate) fn follow(market: &Market, faults: &mut Faults<'_>) {
    let round = market.round();
    for pair in round.windows(2) {
        let [(earlier, first), (later, second)] = [pair[0], pair[1]];
        if second < first {
            // The one that somebody wrote is the culprit, if the other is a default.
            let written = |key: &str| faults.written(&format!("market.{key}")).is_some();
            let culprit = if written(later) || !written(earlier) { later } else { earlier };
            let (first, second) = (first.strftime("%H:%M"), second.strftime("%H:%M"));
            let message = format!("'{later}' at {second} comes before '{earlier}' at {first}");
            let order: Vec<&str> = round.iter().map(|(key, _)| *key).collect();
            faults.at(&format!("market.{culprit}"), RULE.finding(message).help(format!("the order is {}", order.join(" → "))));
        }
    }
}
