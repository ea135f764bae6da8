//! Cap on controllable devices in low voltage (Germany, § 14a EnWG; BNetzA BK6-22-300 annex 1 and BK8-22/010-A).
//!
//! Devices above 4.2 kW count, strictly: chargers and stores one by one, heat pumps of a connection as one, cooling as one. The
//! operator may hold down what they draw together from the grid, but not below the floor `P`, with `n` devices after grouping:
//!
//! ```text
//! heat pumps or cooling together above 11 kW    P = max(0.4·ΣHP, 0.4·Σcooling) + (n − 1)·g·4.2 kW
//! otherwise                                     P = 4.2 kW + (n − 1)·g·4.2 kW
//! g = 0.80 0.75 0.70 0.65 0.60 0.55 0.50 for n = 2 … 8, 0.45 from 9
//! module 1 = 80 €/(1 + VAT) + 3750 kWh · 0.2 · energy price          module 2 = 0.4 · energy price
//! ```

/// Power that a device keeps in any case, and must exceed to count, kW.
const LEAST_KW: f64 = 4.2;
/// Power above which heat pumps and cooling keep a share of it instead, kW.
const LARGE_KW: f64 = 11.0;
/// That share.
const LARGE_SHARE: f64 = 0.4;
/// Share of [`LEAST_KW`] for each further device, for two devices to eight.
const FURTHER: [f64; 7] = [0.80, 0.75, 0.70, 0.65, 0.60, 0.55, 0.50];
/// The same for more devices.
const FURTHER_OF_MANY: f64 = 0.45;

/// Rated power of the devices behind one connection, kW.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Devices {
    /// Charging points.
    pub chargers_kw: Vec<f64>,
    /// Heat pumps, with their heating rods.
    pub heat_pumps_kw: Vec<f64>,
    /// Room cooling.
    pub cooling_kw: Vec<f64>,
    /// Stores, as they charge.
    pub stores_kw: Vec<f64>,
}

impl Devices {
    /// Power that an energy manager may keep drawing from the grid for all of them, kW; `None` where no device counts.
    #[must_use]
    pub fn floor_kw(&self) -> Option<f64> {
        let (heat_pumps_kw, cooling_kw) = (sum(&self.heat_pumps_kw), sum(&self.cooling_kw));
        let each = self.chargers_kw.iter().chain(&self.stores_kw).copied();
        let n = each.chain([heat_pumps_kw, cooling_kw]).filter(|kw| *kw > LEAST_KW).count();
        let further = match n {
            0 => return None,
            1 => 0.0,
            n => FURTHER.get(n - 2).copied().unwrap_or(FURTHER_OF_MANY),
        };
        let largest_kw = heat_pumps_kw.max(cooling_kw);
        let first_kw = if largest_kw > LARGE_KW { LARGE_SHARE * largest_kw } else { LEAST_KW };
        Some(first_kw + (n - 1) as f64 * further * LEAST_KW)
    }
}

fn sum(kw: &[f64]) -> f64 {
    kw.iter().sum()
}

/// Power that devices may draw from the grid, kW: what they want, held down to what is announced, but not below the floor.
#[must_use]
pub fn allowed_kw(wanted_kw: f64, floor_kw: f64, announced_kw: f64) -> f64 {
    wanted_kw.min(floor_kw.max(announced_kw))
}

/// Yearly reduction of the network charge as a lump sum (module 1), € net of VAT, from the energy price net of VAT.
#[must_use]
pub fn module_1_eur_per_year(energy_price_eur_per_kwh: f64, vat: f64) -> f64 {
    const LUMP_GROSS_EUR: f64 = 80.0;
    const ENERGY_KWH: f64 = 3750.0;
    const STABILITY: f64 = 0.2;
    LUMP_GROSS_EUR / (1.0 + vat) + ENERGY_KWH * STABILITY * energy_price_eur_per_kwh
}

/// Energy price of a device with its own meter (module 2), in the unit of the price.
#[must_use]
pub fn module_2_energy_price(energy_price: f64) -> f64 {
    const SHARE: f64 = 0.4;
    energy_price * SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_counts_devices_after_grouping() {
        let floor = |chargers: &[f64], heat_pumps: &[f64], stores: &[f64]| {
            let of = <[f64]>::to_vec;
            Devices { chargers_kw: of(chargers), heat_pumps_kw: of(heat_pumps), stores_kw: of(stores), ..Devices::default() }.floor_kw()
        };
        let near = |floor: Option<f64>, kw: f64| assert!((floor.unwrap() - kw).abs() < 1e-9, "{floor:?} for {kw}");
        near(floor(&[11.0], &[15.0], &[5.0]), 12.3);
        near(floor(&[11.0; 12], &[], &[]), 24.99);
        near(floor(&[], &[3.0, 3.0], &[]), 4.2);
        near(floor(&[11.0; 8], &[], &[]), 4.2 + 7.0 * 0.5 * 4.2);
        assert_eq!(floor(&[4.2], &[2.0, 2.0], &[]), None);
        assert_eq!(allowed_kw(14.0, 9.36, 0.0), 9.36);
        assert_eq!((allowed_kw(14.0, 9.36, 12.0), allowed_kw(9.0, 9.36, 0.0)), (12.0, 9.0));
    }

    /// The price sheet of a network operator for 2025: 9.36 ct/kWh, 137.43 €/a, 3.74 ct/kWh.
    #[test]
    fn the_fees_of_a_price_sheet() {
        assert!((module_1_eur_per_year(0.0936, 0.19) - 137.43).abs() < 0.005);
        assert!((module_2_energy_price(9.36) - 3.74).abs() < 0.005);
    }
}
