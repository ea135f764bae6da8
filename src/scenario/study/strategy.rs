//! What the DSO may do about congestion: a strategy with every switch set.

use std::sync::Arc;

use crate::agent::PrognosisCheck;
use crate::grid::Grid;
use crate::market::contract::Contract;
use crate::powerflow::Network;

/// A strategy with every switch set.
#[derive(Debug, Clone)]
pub struct Strategy {
    /// Name in results.
    pub name: String,
    /// Whether the DSO buys flexibility.
    pub trades: bool,
    /// Whether every aggregator must offer all it has, at cost.
    pub obligation: bool,
    /// Highest price per effective MWh.
    pub price_ceiling_eur_per_mwh: f64,
    /// Penalty on deficiency of spot orders.
    pub penalty_eur_per_mwh: f64,
    /// Contracts in force.
    pub contracts: Vec<Contract>,
    /// Whether orange may act.
    pub orange: bool,
    /// Probability with which requests cover the forecast error; `None`: requests are sized by what is expected.
    pub request_quantile: Option<f64>,
    /// Whether and how the DSO checks prognoses.
    pub prognosis_check: Option<PrognosisCheck>,
    /// What is replaced at the start.
    pub reinforcement: Option<Reinforcement>,
}

/// Elements replaced at the start, and the feeder after it.
#[derive(Debug, Clone)]
pub struct Reinforcement {
    /// What was invested.
    pub investments: Vec<Investment>,
    /// The feeder with the new elements.
    pub grid: Grid,
    /// Its load-flow model.
    pub network: Arc<Network>,
}

/// An element bought, and paid for over its life.
#[derive(Debug, Clone, PartialEq)]
pub struct Investment {
    /// `transformer:ID` or `line:ID`.
    pub element: String,
    /// Investment.
    pub capex_eur: f64,
    /// Economic life, years.
    pub life_years: f64,
    /// Discount rate per year.
    pub discount_rate: f64,
}

/// Stated values of what has no market price; a value that is `None` is not priced.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// What a curtailed MWh of PV loses society beside the market price (emissions elsewhere).
    pub pv_lost_eur_per_mwh: Option<f64>,
    /// Value of energy a vehicle did not get by its departure.
    pub vehicle_unserved_eur_per_mwh: Option<f64>,
    /// Value of heat that a limitation held back from heat pumps.
    pub heat_unserved_eur_per_mwh: Option<f64>,
    /// New transformer installed; loss of life is charged as its share of normal life.
    pub transformer_eur: Option<f64>,
    /// Mean ambient temperature of the year around transformers, °C.
    pub ambient_mean_c: f64,
    /// Half the difference between the warmest and the coldest season, K.
    pub ambient_season_k: f64,
    /// Half the difference between afternoon and early morning, K.
    pub ambient_day_k: f64,
    /// Running cost of one order: scheduling, communication.
    pub transaction_eur: Option<f64>,
}
