//! Cautious: offers a low quantile of what it expects to have.
//!
//! `N` devices are there with probability `a` each, and failures have the pairwise correlation `ρ`. Their number has the mean `N a` and
//!
//! ```text
//! var = a (1 − a) (N + N (N − 1) ρ)         offered share = (N a − 1.645 √var) / (N a),   at least 0
//! ```
//!
//! so that it is kept with 95 %. With many devices what fails together sets the haircut, not their number.

use super::conduct::Conduct;

/// Normal quantile of 95 %.
const Z: f64 = 1.645;

/// What it believes of its devices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cautious {
    /// Margin, as a fraction of cost.
    pub margin: f64,
    /// `a`.
    pub availability: f64,
    /// `ρ`.
    pub correlation: f64,
}

impl Conduct for Cautious {
    fn margin(&self) -> f64 {
        self.margin
    }

    fn offered_share(&self, devices: usize) -> f64 {
        let (n, a) = (devices as f64, self.availability);
        let mean = n * a;
        let var = a * (1.0 - a) * (n + n * (n - 1.0) * self.correlation);
        if mean > 0.0 { ((mean - Z * libm::sqrt(var)) / mean).max(0.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 50 devices of availability 0.85: 90 % of the mean if they fail apart, 82 % at a correlation of 0.05; 95 and 84 % of 200.
    #[test]
    fn common_failure_sets_the_haircut() {
        let share = |devices, correlation| Cautious { margin: 0.0, availability: 0.85, correlation }.offered_share(devices);
        for (devices, correlation, expected) in [(50, 0.0, 0.90), (50, 0.05, 0.82), (200, 0.0, 0.95), (200, 0.05, 0.84)] {
            assert!((share(devices, correlation) - expected).abs() < 0.006, "{devices} {correlation}: {}", share(devices, correlation));
        }
        assert_eq!(share(0, 0.0), 0.0);
    }
}
