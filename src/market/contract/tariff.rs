//! What activated energy costs under a contract.
//!
//! ```text
//! u = utilisation (+ day-ahead price), not below 0, not above the price cap        Price = Σ|F|·h·u
//! effective price = (availability · available h + utilisation · dispatched h) / dispatched h
//! ```
//!
//! The effective price is what tenders rank bids by.

use crate::time::SimDuration;
use crate::units::Watts;

/// Price of activated energy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tariff {
    /// Agreed price, €/MWh.
    pub utilisation_eur_per_mwh: f64,
    /// Whether the day-ahead price of the ISP is added.
    pub plus_day_ahead: bool,
    /// Ceiling of the sum, and of own prices under a bid obligation, €/MWh.
    pub price_cap_eur_per_mwh: Option<f64>,
}

impl Tariff {
    /// Price in an ISP with a day-ahead price, €/MWh.
    #[must_use]
    pub fn eur_per_mwh(&self, day_ahead_eur_per_mwh: f64) -> f64 {
        let sum = self.utilisation_eur_per_mwh + if self.plus_day_ahead { day_ahead_eur_per_mwh } else { 0.0 };
        sum.min(self.price_cap_eur_per_mwh.unwrap_or(f64::INFINITY)).max(0.0)
    }

    /// Price of flexibility per ISP, €; `day_ahead_eur_per_mwh` by array position.
    #[must_use]
    pub fn price_eur(&self, power: &[Watts], isp: SimDuration, day_ahead_eur_per_mwh: impl Fn(usize) -> f64) -> f64 {
        let of_isp = |(i, f): (usize, &Watts)| match *f {
            Watts::ZERO => 0.0,
            f => f.abs().as_f64() * self.eur_per_mwh(day_ahead_eur_per_mwh(i)),
        };
        power.iter().enumerate().map(of_isp).sum::<f64>() * isp.as_hours() / 1e6
    }
}

/// Cost of a dispatched MWh with its availability, €/MWh.
#[must_use]
pub fn effective_eur_per_mwh(availability_eur_per_mw_h: f64, available_h: f64, utilisation_eur_per_mwh: f64, dispatched_h: f64) -> f64 {
    (availability_eur_per_mw_h * available_h + utilisation_eur_per_mwh * dispatched_h) / dispatched_h
}

/// The rate behind a sum paid for power over hours: per MW and hour, or per MWh.
#[must_use]
pub fn rate(paid: f64, power_mw: f64, hours: f64) -> f64 {
    paid / (power_mw * hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_capped_and_never_negative() {
        let tariff = Tariff { utilisation_eur_per_mwh: 15.0, plus_day_ahead: true, price_cap_eur_per_mwh: Some(50.0) };
        assert_eq!([40.0, 22.0, -30.0].map(|da| tariff.eur_per_mwh(da)), [50.0, 37.0, 0.0]);
        assert_eq!(Tariff { plus_day_ahead: false, ..tariff }.eur_per_mwh(40.0), 15.0);
        let power = [Watts(300_000), Watts(-600_000)];
        let price = tariff.price_eur(&power, SimDuration::minutes(15), |i| [40.0, 22.0][i]);
        assert!((price - 9.3).abs() < 1e-9);
    }
}
