//! What is paid by the year, pro rata over the run: annuities of replacements, fixed fees of contracts.

use crate::market::ledger::{Entry, Kind, Ledger, Party};
use crate::scenario::study::{Strategy, Study};
use crate::time::SimDuration;
use crate::units::Money;

/// Books both at the end of the run.
pub(super) fn book(study: &Study, strategy: &Strategy, ledger: &mut Ledger) {
    let years = study.step.as_hours() * study.steps as f64 / 8766.0;
    let run = SimDuration::seconds(study.step.0 * study.steps as i64);
    let (time, payer) = (study.step_start(study.steps), Party::from(&study.dso));
    for c in &strategy.contracts {
        let (payer, payee, amount) = (payer.clone(), Party::from(&c.aggregator), Money::of_decimals(c.fees.fixed_eur(run)));
        ledger.book(Entry { time, payer, payee, kind: Kind::FixedFee, amount, reference: c.id.clone() });
    }
    for r in strategy.reinforcement.iter().flat_map(|r| &r.investments) {
        let amount = Money::from_f64(annuity(r.capex_eur, r.discount_rate, r.life_years) * years);
        let (payer, payee) = (payer.clone(), Party::Contractor);
        ledger.book(Entry { time, payer, payee, kind: Kind::Capex, amount, reference: r.element.clone() });
    }
}

/// Constant yearly payment that repays `capex` with interest over its life.
fn annuity(capex: f64, rate: f64, years: f64) -> f64 {
    if rate == 0.0 { capex / years } else { capex * rate / (1.0 - libm::pow(1.0 + rate, -years)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annuity_repays_the_investment() {
        let a = annuity(1000.0, 0.05, 40.0);
        let worth: f64 = (1..=40).map(|y| a / libm::pow(1.05, f64::from(y))).sum();
        assert!((worth - 1000.0).abs() < 1e-9);
        assert_eq!(annuity(1000.0, 0.0, 40.0), 25.0);
    }
}
