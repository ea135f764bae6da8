//! Terms that have no effect: of a contract its right does not use, of a strategy that does not trade.

use super::{Faults, Subject, strategy_path};
use crate::diagnostic::{Rule, Severity};
use crate::market::contract::{Called, Right};
use crate::scenario::schema::{Contract, Forecast, Preset};
use crate::scenario::strategies::{called, preset_of, right};

/// The rule.
pub const RULE: Rule = Rule {
    code: "idle-term",
    severity: Severity::Error,
    what: "A term has no effect: a contract has an availability fee but keeps nothing available, limits on calls but is not \
           called, or a price that its right does not use; or a strategy that does not trade has contracts, a price ceiling, a penalty, an obligation, a quantile of requests or a check of \
           prognoses; or there is a quantile of requests and forecasts are not learned.",
    why: "A reader would expect the term to change the results.",
    example: "[contract.midday-option]\nlimits = { calls_per_week = 2 }",
    mend: "[contract.midday-option]\navailability_eur_per_mw_h = 6",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, c) in subject.scenario.contract.iter().enumerate() {
        let terms = right(&c.right);
        for (key, why, help) in idle(c) {
            let message = format!("'{key}' of contract '{}' has no effect: a {} {why}", c.id, terms.terms().service());
            faults.at(&format!("contract[{k}].{key}"), RULE.finding(message).help(help));
        }
    }
    let learned = matches!(subject.scenario.forecast, Forecast::Learned { .. });
    for (name, _) in subject.scenario.strategy.iter().filter(|(_, own)| own.request_quantile.is_some() && !learned) {
        let message = format!("'request_quantile' of strategy '{name}' has no effect: only learned forecasts know their past errors");
        faults.at(&strategy_path(name, "request_quantile"), RULE.finding(message).help("set forecast.kind = \"learned\", or leave it out"));
    }
    let trades = |name: &str| !matches!(preset_of(subject.scenario, name), Some(Preset::CopperPlate | Preset::Reinforce));
    for (name, own) in subject.scenario.strategy.iter().filter(|(name, _)| !trades(name)) {
        let stated = [
            ("contracts", own.contracts.as_ref().is_some_and(|c| !c.is_empty())),
            ("price_ceiling_eur_per_mwh", own.price_ceiling_eur_per_mwh.is_some()),
            ("penalty_eur_per_mwh", own.penalty_eur_per_mwh.is_some()),
            ("obligation", own.obligation.is_some()),
            ("request_quantile", own.request_quantile.is_some()),
            ("prognosis_check", own.prognosis_check.is_some()),
        ];
        for (key, _) in stated.iter().filter(|(_, stated)| *stated) {
            let finding = RULE.finding(format!("'{key}' of strategy '{name}' has no effect: it does not trade"));
            let help = "leave it out, or start from 'grid-capacity-management' or 'congestion-management'";
            faults.at(&strategy_path(name, key), finding.help(help));
        }
    }
}

/// Terms of a contract that its right does not use: key, why, and what to do.
fn idle(c: &Contract) -> Vec<(&'static str, &'static str, &'static str)> {
    const LEAVE: &str = "leave it out";
    const REQUESTED: &str = "is offered when requested, not called";
    let mut found = Vec::new();
    let mut when = |idle: bool, key, why, help| {
        if idle {
            found.push((key, why, help));
        }
    };
    let (fee, limits) = (c.availability_eur_per_mw_h != 0.0, !c.limits.is_none());
    match right(&c.right) {
        Right::FlexOption(_) | Right::BidObligation(_) => {
            when(c.called.is_some(), "called", REQUESTED, LEAVE);
            when(limits, "limits", REQUESTED, LEAVE);
            when(c.reference_kw.is_some(), "reference_kw", "has no reference", LEAVE);
        }
        Right::CapacityLimitation(_) => {
            when(limits && called(c) == Called::Always, "limits", "that always holds is not called", "leave it out, or set called = \"day-ahead\"");
            when(fee && c.reference_kw.is_none(), "availability_eur_per_mw_h", "without 'reference_kw' keeps nothing available", "set reference_kw to the contracted power, or leave it out");
            when(!fee && c.reference_kw.is_some(), "reference_kw", "without an availability fee needs no reference", LEAVE);
        }
    }
    match right(&c.right) {
        Right::BidObligation(_) => {
            when(fee, "availability_eur_per_mw_h", "reserves nothing", LEAVE);
            when(c.utilisation_eur_per_mwh != 0.0, "utilisation_eur_per_mwh", "is offered at prices of the aggregator's own", "set price_cap_eur_per_mwh instead");
        }
        Right::FlexOption(_) | Right::CapacityLimitation(_) => {
            when(c.price_cap_eur_per_mwh.is_some(), "price_cap_eur_per_mwh", "has an agreed price", LEAVE);
        }
    }
    found
}
