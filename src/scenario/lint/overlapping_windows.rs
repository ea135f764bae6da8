//! Hours that are under contract twice.

use jiff::civil::Time;

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::{Contract, Window};
use crate::scenario::strategies::{in_force, right};

/// The rule.
pub const RULE: Rule = Rule {
    code: "overlapping-windows",
    severity: Severity::Error,
    what: "Windows of one contract overlap, or a strategy holds two capacity limitations on the same connections at the same time.",
    why: "It is unclear which cap holds and which contract is paid.",
    example: "[contract.midday-option]\nwindows = [{ from = \"10:00\", until = \"14:00\" }, { from = \"13:00\", until = \"16:00\" }]",
    mend: "[contract.midday-option]\nwindows = [{ from = \"10:00\", until = \"13:00\" }, { from = \"13:00\", until = \"16:00\" }]",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let contracts = &subject.scenario.contract;
    for (k, c) in contracts.iter().enumerate() {
        for (j, w) in c.windows.iter().enumerate() {
            if let Some(i) = c.windows[..j].iter().position(|o| overlap(o, w)) {
                let message = format!("window {} of contract '{}' overlaps window {}", j + 1, c.id, i + 1);
                let finding = RULE.finding(message).help("begin each where the previous one ends");
                faults.at(&format!("contract[{k}].windows[{j}]"), finding);
            }
        }
        let rival = (0..k).find(|&i| caps_meet(subject, i, k)).map(|i| &contracts[i]);
        if let Some(rival) = rival {
            let message = format!("'{}' caps the same connections at the same time as '{}'", c.id, rival.id);
            let help = "part their windows, or name one of them in 'contracts' of each strategy";
            faults.at(&format!("contract[{k}].id"), RULE.finding(message).help(help));
        }
    }
}

/// Whether two capacity limitations cap common connections of one aggregator in one direction, in one strategy, at one time.
fn caps_meet(subject: &Subject<'_>, i: usize, k: usize) -> bool {
    let s = subject.scenario;
    let (a, b) = (&s.contract[i], &s.contract[k]);
    let cap = |c: &Contract| right(&c.right).terms().called_range(c.direction.into()).is_some();
    let together = || s.strategies.iter().any(|name| in_force(s, name).contains(&i) && in_force(s, name).contains(&k));
    cap(a) && cap(b) && a.aggregator == b.aggregator && a.direction == b.direction && common(subject, a, b) && at_once(a, b) && together()
}

/// Whether the congestion points of two contracts share connections; without a feeder, whether they are one point.
fn common(subject: &Subject<'_>, a: &Contract, b: &Contract) -> bool {
    let row = |c: &Contract| subject.scenario.congestion_point.iter().position(|p| p.id == c.congestion_point);
    let behind = |c: &Contract| row(c).and_then(|k| subject.behind[k].as_ref());
    match (behind(a), behind(b)) {
        (Some(x), Some(y)) => x.iter().any(|c| y.contains(c)),
        _ => a.congestion_point == b.congestion_point,
    }
}

/// No windows means always.
fn at_once(a: &Contract, b: &Contract) -> bool {
    a.windows.is_empty() || b.windows.is_empty() || a.windows.iter().any(|x| b.windows.iter().any(|y| overlap(x, y)))
}

fn overlap(a: &Window, b: &Window) -> bool {
    let days = a.days.is_empty() || b.days.is_empty() || a.days.iter().any(|d| b.days.contains(d));
    let before = |end: Time, start: Time| end != Time::midnight() && end <= start;
    days && !before(a.until, b.from) && !before(b.until, a.from)
}
