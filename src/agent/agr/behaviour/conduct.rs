//! What there is to decide.

/// What a behaviour decides. What it leaves out is decided honestly.
pub(in crate::agent::agr) trait Conduct {
    /// Margin on cost before anything was sold.
    fn margin(&self) -> f64;

    /// The margin of the next day, after a day on which `sold` of `offered` offers were bought.
    fn next_margin(&self, margin: f64, _offered: usize, _sold: usize) -> f64 {
        margin
    }

    /// Share that it offers of what `devices` willing devices have.
    fn offered_share(&self, _devices: usize) -> f64 {
        1.0
    }

    /// What it adds to the magnitude of its prognosis where it foresees congestion, as a fraction.
    fn inflation(&self) -> f64 {
        0.0
    }

    /// Whether what it adds is sold at the auction too.
    fn sells_inflation(&self) -> bool {
        false
    }

    /// Whether its price contains the penalty that it expects from what it missed before.
    fn prices_misses(&self) -> bool {
        false
    }

    /// What it counts on being paid for relief where it foresees congestion, €/MWh; its plans run into that congestion to be paid
    /// for leaving it, and its offers ask for no less.
    fn expected_payment_eur_per_mwh(&self) -> f64 {
        0.0
    }
}
