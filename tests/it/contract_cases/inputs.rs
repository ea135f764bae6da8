//! Inputs of a case by name, in the types of the market.

use copperplate::market::Direction;
use copperplate::market::contract::Bounds;
use copperplate::market::performance::Performance;
use copperplate::time::SimDuration;
use copperplate::units::Watts;
use serde_json::Value;

/// Inputs of a case.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a>(pub(super) &'a Value);

impl<'a> Inputs<'a> {
    /// Whether a key is there and not `null`.
    pub(super) fn has(self, key: &str) -> bool {
        !self.0[key].is_null()
    }

    /// A number, if the key is there.
    pub(super) fn some(self, key: &str) -> Option<f64> {
        self.has(key).then(|| self.number(key))
    }

    pub(super) fn number(self, key: &str) -> f64 {
        self.0[key].as_f64().unwrap_or_else(|| panic!("'{key}' is no number"))
    }

    /// A whole number, not negative.
    pub(super) fn count(self, key: &str) -> u64 {
        self.0[key].as_u64().unwrap_or_else(|| panic!("'{key}' is no count"))
    }

    pub(super) fn flag(self, key: &str) -> bool {
        self.0[key].as_bool().unwrap_or_else(|| panic!("'{key}' is neither true nor false"))
    }

    pub(super) fn word(self, key: &str) -> &'a str {
        self.0[key].as_str().unwrap_or_else(|| panic!("'{key}' is no text"))
    }

    pub(super) fn list(self, key: &str) -> &'a [Value] {
        self.0[key].as_array().unwrap_or_else(|| panic!("'{key}' is no list"))
    }

    pub(super) fn numbers(self, key: &str) -> Vec<f64> {
        self.list(key).iter().map(|v| v.as_f64().unwrap_or_else(|| panic!("'{key}' holds no numbers"))).collect()
    }

    pub(super) fn flags(self, key: &str) -> Vec<bool> {
        self.list(key).iter().map(|v| v.as_bool().unwrap_or_else(|| panic!("'{key}' holds no truths"))).collect()
    }

    pub(super) fn watts(self, key: &str) -> Vec<Watts> {
        self.numbers(key).into_iter().map(Watts::from_f64).collect()
    }

    /// Length of an ISP, from `isp_h`.
    pub(super) fn isp(self) -> SimDuration {
        SimDuration((self.number("isp_h") * 3600.0).round() as i64)
    }

    /// A kind of congestion.
    pub(super) fn direction(self, key: &str) -> Direction {
        serde_json::from_value(self.0[key].clone()).unwrap_or_else(|e| panic!("'{key}': {e}"))
    }

    /// Terms on delivery; what is not given is pay-for-delivered.
    pub(super) fn performance(self) -> Performance {
        let otherwise = Performance::for_delivered(0.0);
        Performance {
            penalty_eur_per_mwh: self.some("penalty_eur_per_mwh").unwrap_or(otherwise.penalty_eur_per_mwh),
            grace: self.some("grace").unwrap_or(otherwise.grace),
            slope: self.some("slope").unwrap_or(otherwise.slope),
            zero_below: self.some("zero_below").unwrap_or(otherwise.zero_below),
        }
    }
}

/// A request `[Min, Max, requested]` of an ISP, W.
pub(super) fn bounds(row: &Value) -> Bounds {
    let watts = |i: usize| Watts::from_f64(row[i].as_f64().expect("a power"));
    Bounds { min: watts(0), max: watts(1), requested: row[2].as_bool().expect("requested or not") }
}
