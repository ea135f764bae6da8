//! What a parameter of a sweep is drawn from: distributions by their quantiles.
//!
//! A design gives a point `u` of the unit interval for each parameter; the value is `F⁻¹(u)`, the quantile of its distribution:
//!
//! | kind | `F⁻¹(u)` |
//! |---|---|
//! | uniform | `low + u (high − low)` |
//! | normal | `μ + σ Φ⁻¹(u)` |
//! | log-normal | `median · exp(σ Φ⁻¹(u))` |
//! | triangular | `low + √(u (high − low)(mode − low))` up to `u = (mode − low)/(high − low)`, mirrored above |
//! | choice | the first value whose cumulated weight exceeds `u` of their sum |
//!
//! `Φ⁻¹` by Newton's method on `ln Φ(x) = ln p`, for `p ≤ ½` (the rest by symmetry): `ln Φ` is concave and rising, so the iteration
//! climbs to the root from any start below it, and `−√(−2 ln p)` lies below it, since `Φ(x) ≤ exp(−x²/2)` for `x ≤ 0`.

use std::f64::consts::{FRAC_1_SQRT_2, PI};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::node::Value;

/// A value a parameter can take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Level {
    /// Yes or no.
    Switch(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// The distribution of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Distribution {
    /// Every value between two limits alike.
    Uniform {
        /// Least value.
        low: f64,
        /// Greatest value.
        high: f64,
    },
    /// Gaussian.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sigma: f64,
    },
    /// The logarithm is Gaussian.
    LogNormal {
        /// Median.
        median: f64,
        /// Standard deviation of the natural logarithm.
        sigma: f64,
    },
    /// Rising from the least value to the likeliest, then falling to the greatest.
    Triangular {
        /// Least value.
        low: f64,
        /// Likeliest value.
        mode: f64,
        /// Greatest value.
        high: f64,
    },
    /// One of several values.
    Choice {
        /// The values.
        #[schemars(length(min = 1))]
        values: Vec<Level>,
        /// Their weights, in any unit; alike if left out.
        #[serde(default)]
        #[schemars(inner(range(min = 0.0)))]
        weights: Vec<f64>,
    },
}

impl Level {
    /// The number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Level::Number(x) => Some(*x),
            Level::Switch(_) | Level::Text(_) => None,
        }
    }

    /// As TOML would hold it. A whole number becomes an integer, which keys for any number take too.
    pub(crate) fn toml(&self) -> Value {
        match self {
            Level::Switch(yes) => Value::Boolean(*yes),
            Level::Number(x) if x.trunc() == *x && x.abs() < 9e15 => Value::Integer(*x as i64),
            Level::Number(x) => Value::Float(*x),
            Level::Text(text) => Value::Text(text.clone()),
        }
    }
}

impl fmt::Display for Level {
    /// As a table of text shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Level::Switch(yes) => yes.fmt(f),
            Level::Number(x) => x.fmt(f),
            Level::Text(text) => text.fmt(f),
        }
    }
}

impl Distribution {
    /// The value below which the share `u` of all values lies, `0 < u < 1`.
    #[must_use]
    pub fn quantile(&self, u: f64) -> Level {
        let value = match self {
            Distribution::Uniform { low, high } => low + u * (high - low),
            Distribution::Normal { mean, sigma } => mean + sigma * normal_quantile(u),
            Distribution::LogNormal { median, sigma } => median * libm::exp(sigma * normal_quantile(u)),
            Distribution::Triangular { low, mode, high } if u * (high - low) < mode - low => {
                low + libm::sqrt(u * (high - low) * (mode - low))
            }
            Distribution::Triangular { low, mode, high } => high - libm::sqrt((1.0 - u) * (high - low) * (high - mode)),
            Distribution::Choice { values, weights } => return chosen(values, weights, u).clone(),
        };
        Level::Number(value)
    }
}

/// The value at `u` of the summed weights. Panics without values.
fn chosen<'v>(values: &'v [Level], weights: &[f64], u: f64) -> &'v Level {
    let weight = |k: usize| weights.get(k).copied().unwrap_or(1.0);
    let mut rest = u * (0..values.len()).map(weight).sum::<f64>();
    for (k, value) in values.iter().enumerate() {
        if rest < weight(k) {
            return value;
        }
        rest -= weight(k);
    }
    // Rounding may leave a crumb beyond the last weight that counts.
    values.iter().enumerate().rev().find(|(k, _)| weight(*k) > 0.0).map_or(&values[0], |(_, value)| value)
}

/// `Φ⁻¹(p)`, `0 < p < 1`, to a few units in the last place.
fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    let mut x = -libm::sqrt(-2.0 * libm::log(p));
    // Quadratic in the end, a factor of two a step at worst before; a hundred steps are beyond any need.
    for _ in 0..100 {
        let below = 0.5 * libm::erfc(-x * FRAC_1_SQRT_2);
        let density = libm::exp(-0.5 * x * x) / libm::sqrt(2.0 * PI);
        let step = libm::log(p / below) * below / density;
        x += step;
        if step.abs() <= 1e-15 * x.abs() {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(d: &Distribution, u: f64) -> f64 {
        d.quantile(u).number().expect("a number")
    }

    #[test]
    fn normal_quantiles_are_those_of_tables() {
        // Quantiles of the standard normal distribution to 16 digits, Wolfram-style tables; 1e-10 from AS 241, section 4.
        let known = [
            (0.5, 0.0),
            (0.75, 0.674_489_750_196_081_7),
            (0.9, 1.281_551_565_544_600_4),
            (0.975, 1.959_963_984_540_054),
            (0.995, 2.575_829_303_548_900_4),
            (0.001, -3.090_232_306_167_813_5),
            (1e-10, -6.361_340_902_404_056),
        ];
        for (p, x) in known {
            assert!((normal_quantile(p) - x).abs() <= 4e-15 * x.abs().max(1.0), "{p}: {} for {x}", normal_quantile(p));
        }
    }

    #[test]
    fn quantiles_invert_the_distribution() {
        for k in 1..1000 {
            let u = f64::from(k) / 1000.0;
            let x = value(&Distribution::Triangular { low: 1.0, mode: 2.0, high: 5.0 }, u);
            let below = if x < 2.0 { (x - 1.0) * (x - 1.0) / 4.0 } else { 1.0 - (5.0 - x) * (5.0 - x) / 12.0 };
            assert!((below - u).abs() < 1e-12, "{u}");
            let z = value(&Distribution::Normal { mean: 0.0, sigma: 1.0 }, u);
            assert!((0.5 * libm::erfc(-z * FRAC_1_SQRT_2) - u).abs() < 1e-15, "{u}");
            let log = libm::log(value(&Distribution::LogNormal { median: 3.0, sigma: 0.5 }, u) / 3.0);
            assert!((log - 0.5 * z).abs() < 1e-12, "{u}");
            assert!((value(&Distribution::Uniform { low: -1.0, high: 3.0 }, u) - (4.0 * u - 1.0)).abs() < 1e-12);
        }
    }

    #[test]
    fn choices_follow_their_weights() {
        let level = |text: &str| Level::Text(text.to_owned());
        let choice = |weights: &[f64], u| chosen(&[level("a"), level("b"), level("c")], weights, u).to_string();
        assert_eq!([0.0, 0.33, 0.34, 0.66, 0.67, 0.999].map(|u| choice(&[], u)), ["a", "a", "b", "b", "c", "c"]);
        assert_eq!([0.1, 0.24, 0.26, 0.9].map(|u| choice(&[1.0, 0.0, 3.0], u)), ["a", "a", "c", "c"]);
        assert_eq!(choice(&[1.0, 3.0, 0.0], 1.0), "b");
    }
}
