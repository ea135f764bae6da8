//! Key figures of a case: one table of definitions, one computation, read by tables, charts and reports.
//!
//! Congestion figures speak of the congestion point with the most overload without flexibility. Money is read from the
//! ledger and never computed again here.

mod compute;
mod definition;

use std::collections::BTreeMap;

pub use compute::compute;
pub use definition::{DEFINITIONS, Definition, Section};

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
            Value::Number(x) => Some(x),
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
pub struct Kpis(BTreeMap<&'static str, Value>);

impl Kpis {
    fn set(&mut self, key: &'static str, value: Value) {
        assert!(DEFINITIONS.iter().any(|d| d.key == key), "key figure '{key}' has a definition");
        self.0.insert(key, value);
    }

    fn number(&mut self, key: &'static str, value: f64) {
        self.set(key, Value::Number(value));
    }

    /// The value of a key. Panics for a key without a definition.
    #[must_use]
    pub fn get(&self, key: &str) -> Value {
        *self.0.get(key).unwrap_or_else(|| panic!("key figure '{key}' was computed"))
    }
}
