//! Units in the names of keys: `power_kw` is in kW.
//!
//! `x` of a unit is `x · scale` of the base unit of its dimension, so a figure in one unit is `x · from/to` in another.

/// A unit as the end of a key says it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unit {
    /// End of the key.
    pub(crate) ending: &'static str,
    /// As people write it.
    pub(crate) symbol: &'static str,
    dimension: Dimension,
    scale: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Dimension {
    EnergyPrice,
    PowerPrice,
    Money,
    Energy,
    Reactive,
    Apparent,
    Power,
    Voltage,
    Current,
    Length,
    Time,
    Share,
    Temperature,
    Difference,
}

use Dimension::{
    Apparent, Current, Difference, Energy, EnergyPrice, Length, Money, Power, PowerPrice, Reactive, Share, Temperature, Time, Voltage,
};

/// An earlier ending wins: `_eur_per_mwh` is not in MWh.
const UNITS: [Unit; 38] = [
    unit("_eur_per_mwh", "€/MWh", EnergyPrice, 1.0),
    unit("_eur_per_kwh", "€/kWh", EnergyPrice, 1e3),
    unit("_ct_per_kwh", "ct/kWh", EnergyPrice, 10.0),
    unit("_eur_per_mw_h", "€/MW/h", PowerPrice, 1.0),
    unit("_eur_per_kw_h", "€/kW/h", PowerPrice, 1e3),
    unit("_eur_per_kw", "€/kW", PowerPrice, 1e3),
    unit("_keur", "k€", Money, 1e3),
    unit("_eur", "€", Money, 1.0),
    unit("_kwh", "kWh", Energy, 1e3),
    unit("_mwh", "MWh", Energy, 1e6),
    unit("_wh", "Wh", Energy, 1.0),
    unit("_kvar", "kvar", Reactive, 1e3),
    unit("_kva", "kVA", Apparent, 1e3),
    unit("_mva", "MVA", Apparent, 1e6),
    unit("_va", "VA", Apparent, 1.0),
    unit("_kw", "kW", Power, 1e3),
    unit("_mw", "MW", Power, 1e6),
    unit("_w", "W", Power, 1.0),
    unit("_kv", "kV", Voltage, 1e3),
    unit("_v", "V", Voltage, 1.0),
    unit("_ka", "kA", Current, 1e3),
    unit("_a", "A", Current, 1.0),
    unit("_pu", "pu", Share, 1.0),
    unit("_km", "km", Length, 1e3),
    unit("_m", "m", Length, 1.0),
    unit("_s", "s", Time, 1.0),
    unit("_seconds", "s", Time, 1.0),
    unit("_min", "min", Time, 60.0),
    unit("_minutes", "min", Time, 60.0),
    unit("_h", "h", Time, 3600.0),
    unit("_hours", "h", Time, 3600.0),
    unit("_days", "days", Time, 86_400.0),
    unit("_years", "years", Time, 31_557_600.0),
    unit("_percent", "%", Share, 0.01),
    unit("_pct", "%", Share, 0.01),
    unit("_celsius", "°C", Temperature, 1.0),
    unit("_c", "°C", Temperature, 1.0),
    unit("_k", "K", Difference, 1.0),
];

const fn unit(ending: &'static str, symbol: &'static str, dimension: Dimension, scale: f64) -> Unit {
    Unit { ending, symbol, dimension, scale }
}

/// A key without a unit holds a fraction, if it is a quantity at all.
const FRACTION: Unit = unit("", "a fraction", Share, 1.0);

/// The unit that `key` names.
pub(crate) fn of(key: &str) -> Option<Unit> {
    UNITS.into_iter().find(|unit| key.ends_with(unit.ending))
}

/// What `key` is called without its unit.
fn stem(key: &str) -> &str {
    of(key).map_or(key, |unit| &key[..key.len() - unit.ending.len()])
}

/// The one of `known` that is `written` but for the unit, with both units.
pub(crate) fn other_unit<'k>(written: &str, known: &[&'k str]) -> Option<(&'k str, Unit, Unit)> {
    let unit = |key: &str| of(key).unwrap_or(FRACTION);
    let name = known.iter().copied().find(|name| *name != written && stem(name) == stem(written))?;
    (unit(written) != unit(name)).then(|| (name, unit(written), unit(name)))
}

/// `x` of `from` in `to`, if both measure the same.
pub(crate) fn convert(x: f64, from: Unit, to: Unit) -> Option<f64> {
    // A product of decimal factors is off in its last bits; twelve digits are more than anyone writes.
    let tidy = |y: f64| format!("{y:.11e}").parse().unwrap_or(y);
    (from.dimension == to.dimension).then(|| tidy(x * from.scale / to.scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_quantity_in_another_unit() {
        let known = ["planning", "power_kw", "delay_minutes", "pv_lost_eur_per_mwh", "share"];
        let case = |written: &str, x| other_unit(written, &known).map(|(name, from, to)| (name, convert(x, from, to)));
        assert_eq!(case("planning_percent", 95.0), Some(("planning", Some(0.95))));
        assert_eq!(case("power_w", 4100.0), Some(("power_kw", Some(4.1))));
        assert_eq!(case("delay_h", 0.25), Some(("delay_minutes", Some(15.0))));
        assert_eq!(case("pv_lost_eur_per_kwh", 0.085), Some(("pv_lost_eur_per_mwh", Some(85.0))));
        assert_eq!(case("power", 4.0), Some(("power_kw", None)));
        assert_eq!(case("power_kwh", 4.0), Some(("power_kw", None)));
        assert_eq!(case("power_kw", 4.0), None);
        assert_eq!(case("planing", 4.0), None);
    }
}
