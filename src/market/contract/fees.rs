//! What a contract pays whether it is used or not: the fee on availability and a fixed one a year.
//!
//! ```text
//! availability = Σ_ISP P · h · fee        P of an option: what stays reserved;  of a limitation: reference − cap in its windows
//! tariff given up = contracted power · tariff · months / 12 · share
//! ```

use crate::time::SimDuration;

/// Hours of a mean year, over which a yearly fee is spread.
const HOURS_OF_YEAR: f64 = 8766.0;

/// Fees of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Fees {
    /// For a MW held available over an hour, €.
    pub availability_eur_per_mw_h: f64,
    /// Power that a limitation's availability is counted from, as magnitude, W.
    pub reference_w: f64,
    /// From operator to owner, €/a: a fee, or the tariff given up. A transfer, no cost of the system.
    pub fixed_eur_per_year: f64,
}

impl Fees {
    /// Fee for holding power (W, as magnitudes, ISP by ISP) available, €.
    #[must_use]
    pub fn availability_eur(&self, available_w: impl IntoIterator<Item = f64>, isp: SimDuration) -> f64 {
        available_w.into_iter().sum::<f64>() * isp.as_hours() / 1e6 * self.availability_eur_per_mw_h
    }

    /// Power that a limitation with this cap (W, either sign) holds available in an ISP of its windows, W.
    #[must_use]
    pub fn below_reference_w(&self, cap_w: f64) -> f64 {
        (self.reference_w - cap_w).max(0.0)
    }

    /// The fixed fee of a part of a year, €.
    #[must_use]
    pub fn fixed_eur(&self, time: SimDuration) -> f64 {
        self.fixed_eur_per_year * time.as_hours() / HOURS_OF_YEAR
    }
}

/// Tariff on contracted power that an operator gives up, €.
#[must_use]
pub fn tariff_given_up_eur(contracted_kw: f64, tariff_eur_per_kw_year: f64, months: f64, share: f64) -> f64 {
    contracted_kw * tariff_eur_per_kw_year * months / 12.0 * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limitation_is_available_below_its_reference() {
        let fees = Fees { availability_eur_per_mw_h: 8.0, reference_w: 2e6, fixed_eur_per_year: 365.25 };
        let week = vec![fees.below_reference_w(1.2e6); 5 * 16];
        assert!((fees.availability_eur(week, SimDuration::minutes(15)) - 128.0).abs() < 1e-9);
        assert_eq!(fees.below_reference_w(3e6), 0.0);
        assert_eq!(fees.below_reference_w(-1e6), 3e6);
        assert_eq!(fees.fixed_eur(SimDuration::hours(7 * 24)), 7.0);
        assert_eq!(tariff_given_up_eur(2000.0, 30.0, 6.0, 0.5), 15_000.0);
    }
}
