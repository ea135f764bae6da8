//! `[strategy.NAME]`: what the DSO may do about congestion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The four preset strategies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// The operator ignores the limits of the grid.
    CopperPlate,
    /// Voluntary, contracted and spot flexibility at market prices.
    GridCapacityManagement,
    /// Obligation to offer, regulated cost-based prices, capacity limitation.
    CongestionManagement,
    /// The operator replaces elements by larger ones.
    Reinforce,
}

/// A strategy: a preset with changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// The preset that it changes; required unless the strategy has the name of a preset.
    #[serde(default)]
    pub preset: Option<Preset>,
    /// Obligation to offer.
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
    /// Whether the DSO may limit devices outside the market (orange).
    #[serde(default)]
    pub orange: Option<bool>,
    /// Probability with which requests cover the error of the DSO's own learned forecast; without this key they are sized by what
    /// it expects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.5, max = 0.999))]
    pub request_quantile: Option<f64>,
    /// Check of the aggregators' prognoses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prognosis_check: Option<PrognosisCheck>,
    /// Elements that the operator replaces before the run.
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
            request_quantile: None,
            prognosis_check: None,
            replacement: Vec::new(),
        }
    }
}

/// Check of prognoses against the DSO's own forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrognosisCheck {
    /// What follows from a flagged prognosis.
    #[serde(default)]
    pub remedy: Remedy,
    /// Flagged days until an aggregator is excluded.
    #[serde(default = "three")]
    #[schemars(range(min = 1, max = 365))]
    pub flags: u32,
}

fn three() -> u32 {
    3
}

/// What follows from a flagged prognosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// It is recorded.
    #[default]
    Flag,
    /// It counts less against the DSO's own forecast.
    Discount,
    /// After some flagged days, the DSO neither believes nor asks the aggregator.
    Exclude,
}

/// Obligation to offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Obligation {
    /// Aggregators offer voluntarily, with their margin, except under contracts.
    Voluntary,
    /// Every aggregator must offer all its flexibility at cost.
    All,
}

/// A larger transformer or line that replaces an old one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// `transformer:ID` or `line:ID`.
    #[schemars(extend("refers_to" = "element"))]
    pub element: String,
    /// New rating: in kVA for a transformer, in A for a line.
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
