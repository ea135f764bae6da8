//! `[values]`: what has no market price.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Values for things without a market price. A missing value is "not priced", and system cost then has no total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Values {
    /// Cost to society of a curtailed MWh of PV in addition to the market price (emissions elsewhere).
    pub pv_lost_eur_per_mwh: Option<f64>,
    /// Value of energy that a vehicle lacks at its departure.
    pub vehicle_unserved_eur_per_mwh: Option<f64>,
    /// Value of heat-pump energy that a limitation holds back (assumption: as for a vehicle).
    pub heat_unserved_eur_per_mwh: Option<f64>,
    /// Price of a new transformer, installed; loss of life costs its share of this price.
    #[schemars(range(min = 0.0))]
    pub transformer_eur: Option<f64>,
    /// Mean ambient temperature of the year around transformers.
    pub ambient_mean_c: f64,
    /// Half the difference between the warmest and the coldest season.
    pub ambient_season_k: f64,
    /// Half the difference between afternoon and early morning.
    pub ambient_day_k: f64,
    /// Running cost of one order: scheduling, communication.
    #[schemars(range(min = 0.0))]
    pub transaction_eur: Option<f64>,
}

impl Default for Values {
    fn default() -> Values {
        Values {
            pv_lost_eur_per_mwh: Some(25.0),
            vehicle_unserved_eur_per_mwh: Some(600.0),
            heat_unserved_eur_per_mwh: Some(600.0),
            transformer_eur: Some(12_000.0),
            ambient_mean_c: 10.5,
            ambient_season_k: 8.0,
            ambient_day_k: 4.0,
            transaction_eur: Some(0.02),
        }
    }
}
