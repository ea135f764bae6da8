//! Prudent: what it asks for contains the penalty that it expects from errors of its own prognoses, as far as it has seen them.

use super::conduct::Conduct;

/// Its margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prudent {
    /// Margin, as a fraction of cost.
    pub margin: f64,
}

impl Conduct for Prudent {
    fn margin(&self) -> f64 {
        self.margin
    }

    fn prices_misses(&self) -> bool {
        true
    }
}
