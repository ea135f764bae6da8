//! Key figures of a case: one table of definitions, one computation, read by tables, charts and reports.
//!
//! Congestion figures are there for each congestion point and as totals over the points. Money is read from the ledger and
//! never computed again here.

mod compute;
mod congestion;
mod definition;
mod flexibility;
mod households;
mod rebound;

use std::collections::BTreeMap;

pub use compute::compute;
pub(crate) use congestion::rated_va;
pub use definition::{BY_POINT, DEFINITIONS, Definition, Section, definition};
pub use rebound::{Activation, activations};

use crate::ids::CpIdx;

/// A key figure's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A number in the definition's unit.
    Number(f64),
    /// The scenario states no value for it, so nothing that needs it is shown either.
    NotPriced,
    /// Has no meaning in this case.
    NotApplicable,
}

impl Value {
    /// The number, if there is one.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        match self {
            // Zero has no sign.
            Value::Number(x) => Some(x + 0.0),
            Value::NotPriced | Value::NotApplicable => None,
        }
    }

    /// A quotient that has no meaning when its divisor is (almost) nothing.
    fn ratio(numerator: f64, denominator: f64) -> Value {
        if denominator.abs() > 1e-9 { Value::Number(numerator / denominator) } else { Value::NotApplicable }
    }
}

/// Key figures of one case by key of [`DEFINITIONS`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kpis {
    figures: BTreeMap<&'static str, Value>,
    points: BTreeMap<(CpIdx, &'static str), Value>,
}

impl Kpis {
    fn set(&mut self, key: &'static str, value: Value) {
        assert!(DEFINITIONS.iter().any(|d| d.key == key), "key figure '{key}' has a definition");
        self.figures.insert(key, value);
    }

    fn number(&mut self, key: &'static str, value: f64) {
        self.set(key, Value::Number(value));
    }

    fn set_at(&mut self, cp: CpIdx, key: &'static str, value: Value) {
        assert!(BY_POINT.contains(&key), "key figure '{key}' is one of a congestion point");
        self.points.insert((cp, key), value);
    }

    /// Where a step has no load-flow solution, overload, voltages, losses and what is made of them are not known: a figure over the
    /// other steps would look like one of the whole.
    fn forget_what_rests_on_load_flows(&mut self) {
        let rests = |d: &&Definition| {
            let on_losses = matches!(
                d.key,
                "paid_losses_eur"
                    | "paid_total_eur"
                    | "paid_per_avoided_mwh"
                    | "cost_losses_eur"
                    | "cost_ageing_eur"
                    | "cost_total_eur"
                    | "rebound_factor"
                    | "rebound_peak"
                    | "additionality"
            );
            (matches!(d.section, Section::Congestion | Section::Voltage | Section::Assets) && d.key != "not_converged_steps") || on_losses
        };
        DEFINITIONS.iter().filter(rests).for_each(|d| self.set(d.key, Value::NotApplicable));
        self.points.values_mut().for_each(|value| *value = Value::NotApplicable);
    }

    /// The value of a key. Panics for a key without a definition.
    #[must_use]
    pub fn get(&self, key: &str) -> Value {
        *self.figures.get(key).unwrap_or_else(|| panic!("key figure '{key}' was computed"))
    }

    /// The value of a key of [`BY_POINT`] at one congestion point. Panics for any other key.
    #[must_use]
    pub fn at(&self, cp: CpIdx, key: &'static str) -> Value {
        *self.points.get(&(cp, key)).unwrap_or_else(|| panic!("key figure '{key}' was computed at a congestion point"))
    }
}

/// The definitions of the figures that results list, in the order of tables: all, but those behind the meter only where one of them
/// has a meaning in a case.
pub fn listed<'a>(cases: impl IntoIterator<Item = &'a Kpis>) -> impl Iterator<Item = &'static Definition> {
    let is_behind = |d: &Definition| d.section == Section::BehindTheMeter;
    let told = |k: &Kpis| DEFINITIONS.iter().any(|d| is_behind(d) && k.get(d.key).number().is_some());
    let behind = cases.into_iter().any(told);
    DEFINITIONS.iter().filter(move |d| behind || !is_behind(d))
}

/// The smallest of ascending values that at least `percent` of them do not exceed.
fn percentile<T: Copy>(sorted: &[T], percent: usize) -> Option<T> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::percentile;

    /// Of 1 to 40, five in a hundred are two: 39 and 40 exceed the 95th percentile, and 95 % of three values are all of them.
    #[test]
    fn a_percentile_is_exceeded_by_the_rest() {
        let values: Vec<u32> = (1..=40).collect();
        assert_eq!([50, 95, 99, 100].map(|p| percentile(&values, p)), [Some(20), Some(38), Some(40), Some(40)]);
        assert_eq!(percentile(&[1.0, 2.0, 9.0], 95), Some(9.0));
        assert_eq!(percentile::<f32>(&[], 95), None);
    }
}
