//! Baseline inflation: its prognosis is larger than what it plans wherever it foresees congestion. The operator asks for the part that
//! is not there too, and it delivers that part by doing nothing.
//!
//! With the truthful baseline `B` and the inflated one `B + δ`, an order `F` is judged against `B + δ + F`: the first `δ` of it cost
//! nothing. Where the prognosis has to match what is sold at the auction, `δ` is bought back as imbalance.

use super::conduct::Conduct;

/// How much it adds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inflating {
    /// Margin, as a fraction of cost.
    pub margin: f64,
    /// `δ` as a fraction of the baseline's magnitude.
    pub share: f64,
    /// Whether it sells `δ` at the auction too.
    pub programme: bool,
}

impl Conduct for Inflating {
    fn margin(&self) -> f64 {
        self.margin
    }

    fn inflation(&self) -> f64 {
        self.share
    }

    fn sells_inflation(&self) -> bool {
        self.programme
    }
}
