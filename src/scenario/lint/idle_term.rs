//! Terms that have no effect: of a contract its right does not use, of a strategy that does not trade.

use super::{Faults, Subject, strategy_path};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::schema::{Forecast, NO_CALL_LIMIT, Preset};
use crate::scenario::strategies::{preset_of, right};
use crate::units::Watts;

/// The rule.
pub const RULE: Rule = Rule {
    code: "idle-term",
    severity: Severity::Error,
    what: "A term has no effect: a contract has an availability fee but reserves nothing, or a limit on calls but cannot be called; or a \
           strategy that does not trade has contracts, a price ceiling, a penalty, an obligation, a quantile of requests or a check of \
           prognoses; or there is a quantile of requests and forecasts are not learned.",
    why: "A reader would expect the term to change the results.",
    example: "[contract.midday-option]\nmax_calls_per_week = 2",
    mend: "[contract.midday-option]\navailability_eur_per_mw_h = 6",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, c) in subject.scenario.contract.iter().enumerate() {
        let terms = right(&c.right);
        let (terms, direction) = (terms.terms(), c.direction.into());
        let mut idle = |key: &str, why: &str| {
            let message = format!("'{key}' of contract '{}' has no effect: a {} {why}", c.id, terms.service());
            faults.at(&format!("contract[{k}].{key}"), RULE.finding(message).help("leave it out"));
        };
        if c.availability_eur_per_mw_h != 0.0 && terms.reserves(direction) == Watts::ZERO {
            idle("availability_eur_per_mw_h", "reserves nothing");
        }
        if c.max_calls_per_week != NO_CALL_LIMIT && terms.called_range(direction).is_none() {
            idle("max_calls_per_week", "is offered when requested, not called");
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
