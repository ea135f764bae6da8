//! Withholding: offers only a part of what it has, to leave the operator with dearer offers.

use super::conduct::Conduct;

/// How much it keeps back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Withholding {
    /// Margin, as a fraction of cost.
    pub margin: f64,
    /// Share that it does not offer.
    pub share: f64,
}

impl Conduct for Withholding {
    fn margin(&self) -> f64 {
        self.margin
    }

    fn offered_share(&self, _devices: usize) -> f64 {
        1.0 - self.share
    }
}
