//! The table `[sweep]` of a scenario: which cases to run when one run is not enough.
//!
//! A case is one strategy on one set of parameters and one seed. Every set is run with every seed and every strategy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Many cases of one scenario: sets of parameters by a design, times seeds, times strategies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// How sets of parameters are chosen.
    #[serde(default)]
    pub design: Design,
    /// Sets to draw; of a Saltelli scheme, base samples.
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_000_000))]
    pub samples: Option<u32>,
    /// How many seeds, counted from the scenario's, or a list of them; the scenario's alone if left out.
    #[serde(default)]
    pub seeds: Option<Seeds>,
    /// Strategies of the scenario to run; all of them if left out.
    #[serde(default)]
    pub strategies: Vec<String>,
    /// Whether a Sobol design is laid out for sensitivity indices: blocks A, B and one A with each column of B.
    #[serde(default)]
    pub saltelli: bool,
    /// What varies.
    #[serde(default)]
    pub parameter: Vec<Parameter>,
}

/// How sets of parameters are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Design {
    /// Every combination of the values; the last parameter varies fastest.
    #[default]
    Grid,
    /// The first values of all parameters, the second values, and so on.
    List,
    /// One draw in each of `samples` equally likely slices of every parameter, in random pairings.
    LatinHypercube,
    /// Points of the Sobol sequence, scrambled by the scenario's seed.
    Sobol,
    /// Independent draws.
    MonteCarlo,
}

/// Seeds of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Seeds {
    /// So many, counted from the scenario's seed.
    Count(u32),
    /// These.
    List(Vec<u64>),
}

/// A key of the scenario that varies, with its values or its distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Dotted path into the scenario, such as `feeder.pv_scale` or `aggregator[1].margin`.
    pub key: String,
    /// Its values; drawn designs take each with the same probability.
    #[serde(default)]
    pub values: Option<Vec<Level>>,
    /// First of `steps` evenly spaced values.
    #[serde(default)]
    pub from: Option<f64>,
    /// Last of `steps` evenly spaced values.
    #[serde(default)]
    pub to: Option<f64>,
    /// How many values from `from` to `to`, both included.
    #[serde(default)]
    #[schemars(range(min = 2, max = 1_000_000))]
    pub steps: Option<u32>,
    /// Distribution it is drawn from, in designs that draw.
    #[serde(default)]
    pub distribution: Option<Distribution>,
}

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
        values: Vec<Level>,
        /// Their weights, in any unit; alike if left out.
        #[serde(default)]
        weights: Vec<f64>,
    },
}
