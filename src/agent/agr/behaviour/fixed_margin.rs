//! Fixed margin: cost × (1 + margin).

use super::conduct::Conduct;

/// The margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedMargin {
    /// As a fraction of cost.
    pub margin: f64,
}

impl Conduct for FixedMargin {
    fn margin(&self) -> f64 {
        self.margin
    }
}
