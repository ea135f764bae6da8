//! The table `[sweep]` of a scenario: which cases to run when one run is not enough.
//!
//! A case is one strategy on one set of parameters and one seed. Every set is run with every seed and every strategy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::distribution::{Distribution, Level};

/// Many cases of one scenario: sets of parameters by a design, times seeds, times strategies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// Design: how the sweep chooses sets of parameters.
    #[serde(default)]
    pub design: Design,
    /// Number of sets to draw, in drawn designs; in a Saltelli scheme, the number of base samples.
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_000_000))]
    pub samples: Option<u32>,
    /// Number of seeds, counted from the scenario's seed, or a list of seeds. If missing, only the scenario's seed.
    #[serde(default)]
    pub seeds: Option<Seeds>,
    /// Strategies to run: presets, or names defined under `[strategy.NAME]`. If missing, those of the scenario.
    #[serde(default)]
    #[schemars(extend("refers_to" = "strategy"))]
    pub strategies: Vec<String>,
    /// Whether a Sobol design is arranged for sensitivity indices: blocks A, B, and for each parameter A with that column of B.
    #[serde(default)]
    pub saltelli: bool,
    /// Parameters that vary.
    #[serde(default)]
    pub parameter: Vec<Parameter>,
}

/// Design: how the sweep chooses sets of parameters.
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
    /// A number of seeds, counted from the scenario's seed.
    Count(#[schemars(range(min = 1))] u32),
    /// A list of seeds.
    List(#[schemars(length(min = 1))] Vec<u64>),
}

/// A key of the scenario that varies, with its values or its distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Dotted path into the scenario, such as `feeder.pv_scale` or `aggregator[1].margin`.
    pub key: String,
    /// Values; drawn designs take each with the same probability.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub values: Option<Vec<Level>>,
    /// First of `steps` evenly spaced values.
    #[serde(default)]
    pub from: Option<f64>,
    /// Last of `steps` evenly spaced values.
    #[serde(default)]
    pub to: Option<f64>,
    /// Number of values from `from` to `to`, both included.
    #[serde(default)]
    #[schemars(range(min = 2, max = 1_000_000))]
    pub steps: Option<u32>,
    /// Distribution of the values, in drawn designs.
    #[serde(default)]
    pub distribution: Option<Distribution>,
}

impl Design {
    /// Whether sets are drawn, so that their number must be said.
    #[must_use]
    pub fn draws(self) -> bool {
        matches!(self, Design::LatinHypercube | Design::Sobol | Design::MonteCarlo)
    }
}

impl Sweep {
    /// The seeds, of a scenario whose own seed is `seed`.
    #[must_use]
    pub fn seeds(&self, seed: u64) -> Vec<u64> {
        match &self.seeds {
            None => vec![seed],
            Some(Seeds::Count(n)) => (0..u64::from(*n)).map(|k| seed.saturating_add(k)).collect(),
            Some(Seeds::List(seeds)) => seeds.clone(),
        }
    }

    /// How many [`Sweep::seeds`] there are.
    #[must_use]
    pub fn seed_count(&self) -> u64 {
        match &self.seeds {
            None => 1,
            Some(Seeds::Count(n)) => u64::from(*n),
            Some(Seeds::List(seeds)) => seeds.len() as u64,
        }
    }

    /// Number of sets of parameters; `u64::MAX` beyond it.
    #[must_use]
    pub fn sets(&self) -> u64 {
        let lengths = self.parameter.iter().map(|p| p.level_count());
        match self.design {
            Design::Grid => lengths.fold(1, u64::saturating_mul),
            Design::List => lengths.min().unwrap_or(1),
            _ => u64::from(self.samples.unwrap_or(0)) * if self.saltelli { self.parameter.len() as u64 + 2 } else { 1 },
        }
    }

    /// Dimensions of the points that sets are made of.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.parameter.len() * if self.saltelli { 2 } else { 1 }
    }
}

impl Parameter {
    /// Values it takes in a grid or list, in their order; none of a distribution.
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        (0..self.level_count()).filter_map(|k| self.level(k)).collect()
    }

    /// The value called `k` of [`Parameter::levels`].
    fn level(&self, k: u64) -> Option<Level> {
        match (&self.values, self.from, self.to) {
            (Some(values), ..) => values.get(k as usize).cloned(),
            (None, Some(from), Some(to)) => {
                let last = (self.level_count().max(2) - 1) as f64;
                // Weighted ends, so that both are exact.
                Some(Level::Number((from * (last - k as f64) + to * k as f64) / last))
            }
            _ => None,
        }
    }

    /// How many [`Parameter::levels`] there are.
    #[must_use]
    pub fn level_count(&self) -> u64 {
        self.values.as_ref().map_or(u64::from(self.steps.unwrap_or(0)), |values| values.len() as u64)
    }

    /// The values that are named one by one, not those of a range or a continuum.
    #[must_use]
    pub fn named_values(&self) -> &[Level] {
        match &self.distribution {
            Some(Distribution::Choice { values, .. }) => values,
            _ => self.values.as_deref().unwrap_or_default(),
        }
    }

    /// Whether every value it can take is a number.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        self.named_values().iter().all(|v| v.number().is_some())
    }

    /// The values that bound what it can take, each with the path of what was written for it: listed texts and switches, the least
    /// and the greatest number, and the first that is not whole. Of a distribution without ends there are none.
    #[must_use]
    pub fn extremes(&self) -> Vec<(String, Level)> {
        let listed = |list: &str, values: &[Level]| -> Vec<(String, Level)> {
            let all = || values.iter().enumerate().map(|(k, value)| (format!("{list}[{k}]"), value));
            let number = |value: &Level| value.number().filter(|x| x.is_finite());
            let numbers = || all().filter_map(|(path, value)| Some((path, number(value)?)));
            let least = numbers().min_by(|a, b| a.1.total_cmp(&b.1));
            let greatest = numbers().max_by(|a, b| a.1.total_cmp(&b.1));
            let broken = numbers().find(|(_, x)| x.trunc() != *x);
            let mut bounds: Vec<(String, f64)> = [least, greatest, broken].into_iter().flatten().collect();
            bounds.sort_by(|a, b| a.0.cmp(&b.0));
            bounds.dedup();
            let others = all().filter(|(_, value)| value.number().is_none()).map(|(path, value)| (path, value.clone()));
            others.chain(bounds.into_iter().map(|(path, x)| (path, Level::Number(x)))).collect()
        };
        match (&self.distribution, &self.values) {
            (Some(Distribution::Choice { values, .. }), _) => listed("distribution.values", values),
            (Some(Distribution::Uniform { low, high } | Distribution::Triangular { low, high, .. }), _) => {
                vec![("distribution.low".to_owned(), Level::Number(*low)), ("distribution.high".to_owned(), Level::Number(*high))]
            }
            (Some(_), _) => Vec::new(),
            (None, Some(values)) => listed("values", values),
            (None, None) => {
                let broken = || (0..self.level_count()).filter_map(|k| self.level(k)).find(|v| v.number().is_some_and(|x| x.trunc() != x));
                let ends = [("from", self.level(0)), ("to", self.level(self.level_count().saturating_sub(1))), ("steps", broken())];
                ends.into_iter().filter_map(|(path, value)| Some((path.to_owned(), value?))).collect()
            }
        }
    }

    /// A value it may well take: the first, or one off the middle of its distribution. None where there is nothing to take.
    #[must_use]
    pub fn some_value(&self) -> Option<Level> {
        match &self.distribution {
            None => self.level(0).filter(|_| self.level_count() > 0),
            Some(Distribution::Choice { .. }) => self.named_values().first().cloned(),
            Some(continuous) => Some(continuous.quantile(0.3)).filter(|v| v.number().is_some_and(f64::is_finite)),
        }
    }
}
