//! Congestion points where nobody can sell anything.

use std::collections::BTreeSet;

use super::empty_portfolio::draws_nobody;
use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::Aggregator;
use crate::scenario::strategies::trades;

/// The rule.
pub const RULE: Rule = Rule {
    code: "no-aggregator",
    severity: Severity::Warning,
    what: "A strategy trades at a congestion point, but no connection behind it has an aggregator.",
    why: "No aggregator can answer the operator's requests there, so only limitations outside the market relieve the congestion point.",
    example: "[[congestion_point]]\nid = \"village\"\nelement = \"line:LV1.101 Line 2\"\n\n[[aggregator]]\ndomain = \"sunny.example.com\"\nconnections = [\"LV1.101 Load 8\"]\n",
    mend: "[[congestion_point]]\nid = \"village\"\nelement = \"line:LV1.101 Line 2\"\n\n[[aggregator]]\ndomain = \"sunny.example.com\"\nshare = 0.5\n",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let Some(name) = s.strategies.iter().find(|name| trades(s, name)) else { return };
    if s.aggregator.is_empty() {
        let finding = RULE.finding(format!("strategy '{name}' trades, but the scenario has no aggregator"));
        faults.at("strategies", finding.help("add an [[aggregator]] with 'connections' or a 'share' of them"));
        return;
    }
    let Some(feeder) = subject.feeder else { return };
    let there: BTreeSet<&str> = feeder.grid.connections.iter().map(|c| c.id.as_str()).collect();
    let told = |a: &Aggregator| match a.connections.is_empty() {
        true => a.share <= 0.0 || draws_nobody(subject, a),
        false => !a.connections.iter().all(|id| there.contains(id.as_str())),
    };
    // Portfolios that are empty, or name what is not there, have findings of their own.
    if s.aggregator.iter().any(told) {
        return;
    }
    let Some(holders) = &subject.holders else { return };
    for (k, (point, behind)) in s.congestion_point.iter().zip(&subject.behind).enumerate() {
        // A point behind which nobody is at all has been told.
        let Some(behind) = behind.as_ref().filter(|behind| !behind.is_empty()) else { continue };
        if !behind.iter().any(|c| holders[c.i()].is_some()) {
            let message = format!("no aggregator has a connection behind congestion point '{}', where strategy '{name}' trades", point.id);
            let help = format!("add some of the {} connections behind '{}' to an aggregator, or give one a 'share'", behind.len(), point.element);
            faults.at(&format!("congestion_point[{k}].id"), RULE.finding(message).help(help));
        }
    }
}
