//! What is paid for what was delivered.
//!
//! ```text
//! d = Σ|D| / Σ|f| over the requested ISPs of an order, 1 where nothing was ordered
//! paid share p(d) = 0 where d < zero_below, else clamp(1 − slope · max(0, 1 − grace − d), 0, 1)
//! Penalty = Price · (1 − p(d)) + penalty · ΣQ·h
//! ```
//!
//! Without grace and cut-off and with slope 1 this is pay-for-delivered. Amounts here are not rounded: that happens once, where they
//! become an entry of the ledger or an attribute of a message.

/// The terms of an order or contract on delivery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Performance {
    /// Price of power deficiency, beside the deduction, €/MWh.
    pub penalty_eur_per_mwh: f64,
    /// Share of the order that may be missing without a deduction.
    pub grace: f64,
    /// Deduction per missing share beyond the grace, both as fractions.
    pub slope: f64,
    /// Delivered share below which nothing is paid.
    pub zero_below: f64,
}

/// What an order came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delivery {
    /// Delivered share d of the requested flexibility.
    pub share: f64,
    /// Deficiency ΣQ·h, MWh, not negative.
    pub deficiency_mwh: f64,
}

impl Performance {
    /// Pay-for-delivered with a penalty on deficiency.
    #[must_use]
    pub fn for_delivered(penalty_eur_per_mwh: f64) -> Performance {
        Performance { penalty_eur_per_mwh, grace: 0.0, slope: 1.0, zero_below: 0.0 }
    }

    /// The share of the price that is paid, 0 to 1, for a delivered share.
    #[must_use]
    pub fn paid_share(&self, delivered_share: f64) -> f64 {
        if delivered_share < self.zero_below {
            return 0.0;
        }
        (1.0 - self.slope * (1.0 - self.grace - delivered_share).max(0.0)).clamp(0.0, 1.0)
    }

    /// Deduction and penalty together, €.
    #[must_use]
    pub fn penalty_eur(&self, price_eur: f64, delivery: Delivery) -> f64 {
        price_eur * (1.0 - self.paid_share(delivery.share)) + self.penalty_eur_per_mwh * delivery.deficiency_mwh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scale of Flexible Power, 2018: 5 % of grace, 3 % of payment per 1 %, nothing below 63 %.
    #[test]
    fn a_scale_with_grace_slope_and_cut_off() {
        let scale = Performance { penalty_eur_per_mwh: 0.0, grace: 0.05, slope: 3.0, zero_below: 0.63 };
        for (d, paid) in [(1.2, 1.0), (0.96, 1.0), (0.94, 0.97), (0.9, 0.85), (0.63, 0.04), (0.62, 0.0)] {
            assert!((scale.paid_share(d) - paid).abs() < 1e-12, "{d}");
        }
        let short = Delivery { share: 0.9, deficiency_mwh: 0.1 };
        assert!((Performance { penalty_eur_per_mwh: 50.0, ..scale }.penalty_eur(10.0, short) - 6.5).abs() < 1e-12);
    }
}
