//! `[strategy.NAME]`: what the DSO may do about congestion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The four preset strategies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// The grid is assumed limitless; nothing acts.
    CopperPlate,
    /// Voluntary, contracted and spot flexibility at market prices.
    GridCapacityManagement,
    /// Obligation to offer, regulated cost-based prices, capacity limitation.
    CongestionManagement,
    /// A named element is replaced.
    Reinforce,
}

/// A strategy: a preset and what differs from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// The preset it starts from; needed unless the strategy has a preset's name.
    #[serde(default)]
    pub preset: Option<Preset>,
    /// Who must offer what they have.
    #[serde(default)]
    pub obligation: Option<Obligation>,
    /// Highest price the DSO pays per effective MWh.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100000.0))]
    pub price_ceiling_eur_per_mwh: Option<f64>,
    /// Penalty on power deficiency of spot orders.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub penalty_eur_per_mwh: Option<f64>,
    /// Contracts in force, by id.
    #[serde(default)]
    #[schemars(extend("refers_to" = "contract.id"))]
    pub contracts: Option<Vec<String>>,
    /// Whether orange may act.
    #[serde(default)]
    pub orange: Option<bool>,
    /// Elements replaced at the start.
    #[serde(default)]
    pub replacement: Vec<Replacement>,
}

impl Strategy {
    /// One that leaves everything to the preset of its name.
    pub(in crate::scenario) fn of_preset() -> Strategy {
        Strategy {
            preset: None,
            obligation: None,
            price_ceiling_eur_per_mwh: None,
            penalty_eur_per_mwh: None,
            contracts: None,
            orange: None,
            replacement: Vec::new(),
        }
    }
}

/// Who must offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Obligation {
    /// Nobody beyond contracts; aggregators add their margin.
    Voluntary,
    /// Every aggregator, all its flexibility, at cost.
    All,
}

/// A transformer or line replaced by a larger one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// `transformer:ID` or `line:ID`.
    #[schemars(extend("refers_to" = "element"))]
    pub element: String,
    /// New rating: kVA of a transformer, A of a line.
    #[schemars(range(min = 0.1))]
    pub rating: f64,
    /// Load losses of a new transformer at rated current.
    #[serde(default)]
    pub load_losses_w: Option<f64>,
    /// No-load losses of a new transformer.
    #[serde(default)]
    pub no_load_losses_w: Option<f64>,
    /// Short-circuit voltage of a new transformer, per cent.
    #[serde(default)]
    pub short_circuit_percent: Option<f64>,
    /// Investment.
    #[schemars(range(min = 0.0))]
    pub capex_eur: f64,
    /// Economic life, years.
    #[serde(default = "forty")]
    #[schemars(range(min = 1.0, max = 100.0))]
    pub life_years: f64,
    /// Discount rate per year.
    #[serde(default = "discount")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub discount_rate: f64,
}

fn forty() -> f64 {
    40.0
}
fn discount() -> f64 {
    0.05
}
