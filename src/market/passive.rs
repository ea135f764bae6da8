//! Passive contribution: penalties of those who fell short are paid to those who helped without an order.
//!
//! ```text
//! fee = min(penalty price, Σ penalties / Σ helpful MWh), 0 where nobody helped
//! ```
//!
//! The sum is zero: what nobody earns stays with the operator.

/// The contribution of a day or an ISP.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// Penalties collected, €.
    pub penalties_eur: f64,
    /// Paid for a helpful MWh, €.
    pub fee_eur_per_mwh: f64,
    /// Paid to each participant, €.
    pub paid_eur: Vec<f64>,
    /// What stays with the operator, €.
    pub kept_eur: f64,
}

/// Shares the penalties on what each participant fell short of (MWh) by what each helped (MWh), neither negative.
#[must_use]
pub fn contribution(deficiency_mwh: &[f64], helpful_mwh: &[f64], penalty_eur_per_mwh: f64) -> Contribution {
    let penalties_eur = deficiency_mwh.iter().sum::<f64>() * penalty_eur_per_mwh;
    let helpful: f64 = helpful_mwh.iter().sum();
    let fee_eur_per_mwh = if helpful > 0.0 { penalty_eur_per_mwh.min(penalties_eur / helpful) } else { 0.0 };
    let paid_eur: Vec<f64> = helpful_mwh.iter().map(|mwh| mwh * fee_eur_per_mwh).collect();
    let kept_eur = penalties_eur - paid_eur.iter().sum::<f64>();
    Contribution { penalties_eur, fee_eur_per_mwh, paid_eur, kept_eur }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_is_what_there_is_and_no_more_than_the_penalty() {
        let c = contribution(&[1.0, 0.0, 3.0], &[0.0, 2.0, 6.0], 50.0);
        assert_eq!((c.penalties_eur, c.fee_eur_per_mwh, c.paid_eur, c.kept_eur), (200.0, 25.0, vec![0.0, 50.0, 150.0], 0.0));
        let c = contribution(&[4.0], &[1.0], 50.0);
        assert_eq!((c.fee_eur_per_mwh, c.kept_eur), (50.0, 150.0));
        assert_eq!(contribution(&[4.0], &[0.0], 50.0).kept_eur, 200.0);
    }
}
