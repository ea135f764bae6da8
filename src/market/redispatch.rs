//! Redispatch: energy moved by orders is replaced elsewhere, by whoever is responsible for it.
//!
//! ```text
//! feed-in congestion: bought back inside, sold outside          spread = outside − inside
//! consumption congestion: sold inside, bought outside           spread = inside − outside         operator pays spread · energy
//! value of moved energy = Σ −f·h·price                          of the position that is left over (f < 0) or missing (f > 0)
//! lost work W = Σ max(0, A − B)·h                               of curtailed feed-in, which is negative
//! ```
//!
//! A spread may be negative: then the operator gains. Where the operator closes the balancing group, the seller keeps its income of the
//! market, and its owner is owed the support that was lost.

use crate::time::SimDuration;
use crate::units::Watts;

use super::direction::Direction;

/// What the operator pays for a MWh moved out of the congested area, €/MWh.
#[must_use]
pub fn spread_eur_per_mwh(congestion: Direction, inside_eur_per_mwh: f64, outside_eur_per_mwh: f64) -> f64 {
    match congestion {
        Direction::FeedIn => outside_eur_per_mwh - inside_eur_per_mwh,
        Direction::Consumption => inside_eur_per_mwh - outside_eur_per_mwh,
    }
}

/// Value of the energy that orders move, for whoever sells what is left over and buys what is missing, €; prices by ISP.
#[must_use]
pub fn value_of_moved_energy_eur(power: &[Watts], price_eur_per_mwh: &[f64], isp: SimDuration) -> f64 {
    power.iter().zip(price_eur_per_mwh).map(|(f, price)| -f.as_f64() * price).sum::<f64>() * isp.as_hours() / 1e6
}

/// Feed-in that was curtailed below what was expected in an ISP, MWh, not negative.
#[must_use]
pub fn lost_work_mwh(expected: Watts, actual: Watts, isp: SimDuration) -> f64 {
    (actual - expected).0.max(0) as f64 * isp.as_hours() / 1e6
}

/// What the owner of curtailed feed-in is owed, €: the support, less the cost it saved. An owner whose aggregator also carries the
/// imbalance is owed the market's value besides.
#[must_use]
pub fn compensation_eur(
    lost_work_mwh: f64,
    support_eur_per_mwh: f64,
    saved_eur_per_mwh: f64,
    market_value_eur_per_mwh: Option<f64>,
) -> f64 {
    lost_work_mwh * (market_value_eur_per_mwh.unwrap_or(0.0) + support_eur_per_mwh - saved_eur_per_mwh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_pays_the_spread() {
        assert_eq!(spread_eur_per_mwh(Direction::FeedIn, 10.0, 90.0), 80.0);
        assert_eq!(spread_eur_per_mwh(Direction::Consumption, 140.0, 60.0), 80.0);
        assert_eq!(spread_eur_per_mwh(Direction::Consumption, 40.0, 60.0), -20.0);
    }

    #[test]
    fn less_consumption_leaves_energy_to_sell() {
        let power = [Watts(-20_000), Watts(-20_000), Watts(15_000)];
        let value = value_of_moved_energy_eur(&power, &[180.0, 220.0, 60.0], SimDuration::minutes(15));
        assert!((value - 1.775).abs() < 1e-12);
    }

    #[test]
    fn curtailed_feed_in_is_owed_its_support() {
        let quarter = SimDuration::minutes(15);
        assert_eq!(lost_work_mwh(Watts(-4_000_000), Watts(-2_000_000), quarter), 0.5);
        assert_eq!(lost_work_mwh(Watts(-4_000_000), Watts(-5_000_000), quarter), 0.0);
        assert_eq!(compensation_eur(1.25, 40.0, 0.0, None), 50.0);
        assert_eq!(compensation_eur(1.0, 40.0, 5.0, Some(80.0)), 115.0);
    }
}
