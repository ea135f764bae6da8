//! Truthful: what it asks for is what it costs.

use super::conduct::Conduct;

/// No parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truthful;

impl Conduct for Truthful {
    fn margin(&self) -> f64 {
        0.0
    }
}
