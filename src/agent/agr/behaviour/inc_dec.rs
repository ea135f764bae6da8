//! Increase–decrease: plans into congestion that it foresees, because it counts on being paid for leaving it (Hirth and Schlecht's
//! example of two zones, brought to a feeder).
//!
//! In foreseen ISPs it plans at the day-ahead price less what it expects for relief of consumption, plus it for relief of feed-in; its
//! offers there ask for at least that payment. Its prognosis is what it plans: nothing in it is false.

use super::conduct::Conduct;

/// What it counts on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IncDec {
    /// Margin, as a fraction of cost.
    pub margin: f64,
    /// Payment for relief, €/MWh.
    pub payment_eur_per_mwh: f64,
}

impl Conduct for IncDec {
    fn margin(&self) -> f64 {
        self.margin
    }

    fn expected_payment_eur_per_mwh(&self) -> f64 {
        self.payment_eur_per_mwh
    }
}
