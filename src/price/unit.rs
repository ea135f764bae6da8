//! Prices that are right in another unit only: €/kWh or ct/kWh in place of €/MWh.
//!
//! Wholesale prices in Europe are some ten to some hundred €/MWh. Their median over a year has stayed above 10 €/MWh nearly everywhere,
//! and the same price is a tenth of it in ct/kWh and a thousandth in €/kWh. Single windy days are as low as that, so a file of less
//! than a week is doubted only if its highest price is low as well.

use crate::diagnostic::{Rule, Severity};
use crate::time::SimDuration;

/// The rule.
pub const RULE: Rule = Rule {
    code: "price-unit",
    severity: Severity::Warning,
    what: "All or most prices of a file are implausibly low in €/MWh, but plausible in €/kWh or ct/kWh.",
    why: "Prices are in €/MWh. In another unit, energy would cost nearly nothing beside fees and penalties.",
    example: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n0.065,0.071",
    mend: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n65,71",
};

/// A unit: its name, one of it in €/MWh, and below which median and highest price a file is probably in it.
type Unit = (&'static str, f64, f64, f64);

const UNITS: [Unit; 2] = [("€/kWh", 1e3, 1.0, 2.0), ("ct/kWh", 10.0, 10.0, 20.0)];

const WEEK: SimDuration = SimDuration::minutes(7 * 24 * 60);

/// The unit that `prices`, one for each `row` of time, are probably in, one of it in €/MWh, and their median. Prices may be 0.
pub(super) fn meant(prices: &[f64], row: SimDuration) -> Option<(&'static str, f64, f64)> {
    let mut sizes: Vec<f64> = prices.iter().map(|price| price.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let (median, highest) = (*sizes.get(sizes.len() / 2)?, *sizes.last()?);
    let is_long = row.0 * prices.len() as i64 >= WEEK.0;
    let is_meant = |(_, _, low, high): &&Unit| median > 0.0 && median < *low && (is_long || highest < *high);
    UNITS.iter().find(is_meant).map(|(name, factor, ..)| (*name, *factor, median))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_in_another_unit_are_doubted() {
        let day: Vec<f64> = (0..24).map(|h| 40.0 + 3.0 * f64::from(h)).collect();
        let scaled = |factor: f64| day.iter().map(|p| p * factor).collect::<Vec<_>>();
        let unit = |prices: &[f64], days: usize| meant(&prices.repeat(days), SimDuration::minutes(60)).map(|(name, ..)| name);
        for days in [1, 30] {
            assert_eq!(unit(&day, days), None);
            assert_eq!(unit(&scaled(-1.0), days), None);
            assert_eq!(unit(&scaled(0.1), days), Some("ct/kWh"));
            assert_eq!(unit(&scaled(1e-3), days), Some("€/kWh"));
            assert_eq!(unit(&scaled(0.0), days), None);
        }
        // A windy day with a peak, and the same for a month.
        let windy: Vec<f64> = (0..24).map(|h| if h == 18 { 60.0 } else { 5.0 }).collect();
        assert_eq!((unit(&windy, 1), unit(&windy, 30)), (None, Some("ct/kWh")));
    }
}
