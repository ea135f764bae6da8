//! `[[aggregator]]`, `[dso]` and `[forecast]`: who takes part, on what terms, and how well they foresee.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An aggregator and its portfolio: named connections, or a share of those nobody has named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aggregator {
    /// Internet domain that names it on the wire.
    pub domain: String,
    /// Connections it represents, by id.
    #[serde(default)]
    #[schemars(extend("refers_to" = "connection"))]
    pub connections: Vec<String>,
    /// Share of the connections that no aggregator names, drawn by the seed.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Margin on cost where prices are free.
    #[serde(default = "margin")]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub margin: f64,
    /// Share of its flexibility whose owners agreed to voluntary activation.
    #[serde(default = "willingness")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub willingness: f64,
    /// Share of expected PV output it dares to offer.
    #[serde(default = "caution")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub caution: f64,
    /// Income a curtailed PV system loses beside the market price.
    #[serde(default = "support")]
    #[schemars(range(min = -100.0, max = 1000.0))]
    pub support_eur_per_mwh: f64,
    /// What shifting a vehicle or battery costs beside energy: inconvenience, wear.
    #[serde(default = "shifting")]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub shifting_eur_per_mwh: f64,
    /// How deliveries fail.
    #[serde(default)]
    pub failure: Failure,
}

fn margin() -> f64 {
    0.2
}
fn willingness() -> f64 {
    0.85
}
fn caution() -> f64 {
    0.95
}
fn support() -> f64 {
    40.0
}
fn shifting() -> f64 {
    25.0
}

/// How deliveries fail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Failure {
    /// Probability that one asset does not follow its orders on a day (user override, defect).
    #[schemars(range(min = 0.0, max = 1.0))]
    pub asset_per_day: f64,
    /// Probability that the whole portfolio is out of reach for an hour (shared communication loss).
    #[schemars(range(min = 0.0, max = 1.0))]
    pub communication_per_hour: f64,
}

impl Default for Failure {
    fn default() -> Failure {
        Failure { asset_per_day: 0.02, communication_per_hour: 0.002 }
    }
}

/// The system operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dso {
    /// Internet domain that names it on the wire.
    pub domain: String,
    /// Domain of the common reference operator.
    pub cro_domain: String,
    /// What the DSO may do outside the market when offers fall short.
    pub orange: Orange,
}

impl Default for Dso {
    fn default() -> Dso {
        Dso { domain: "dso.example.com".to_owned(), cro_domain: "cro.example.com".to_owned(), orange: Orange::default() }
    }
}

/// Graceful degradation outside the market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Orange {
    /// Detection and actuation delay, at least one step.
    #[schemars(range(min = 0, max = 120))]
    pub delay_minutes: u16,
    /// Share of PV, vehicles and heat pumps the DSO can reach.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub controllable_share: f64,
    /// Probability that a reached device obeys on a day.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub compliance: f64,
    /// Floor below which a consuming device is not limited (§ 14a EnWG: 4.2 kW).
    #[schemars(range(min = 0.0, max = 100.0))]
    pub device_floor_kw: f64,
    /// Compensation of limited energy.
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub compensation_eur_per_mwh: f64,
}

impl Default for Orange {
    fn default() -> Orange {
        Orange { delay_minutes: 5, controllable_share: 0.95, compliance: 0.98, device_floor_kw: 4.2, compensation_eur_per_mwh: 95.0 }
    }
}

/// How well participants foresee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Forecast {
    /// Everyone knows the truth beforehand.
    Perfect {},
    /// What was 48 h before repeats: of the last whole day known when a day is planned.
    Persistence {},
    /// Truth plus an error that grows with the horizon, is correlated in time and shares a factor.
    Synthetic {
        /// Relative standard deviation of feed-in a day ahead.
        #[serde(default = "feed_in_sigma")]
        #[schemars(range(min = 0.0, max = 2.0))]
        feed_in_sigma: f64,
        /// Relative standard deviation of load a day ahead.
        #[serde(default = "load_sigma")]
        #[schemars(range(min = 0.0, max = 2.0))]
        load_sigma: f64,
        /// Share of the variance that all participants have in common.
        #[serde(default = "shared_error")]
        #[schemars(range(min = 0.0, max = 1.0))]
        shared: f64,
        /// Correlation time of the error.
        #[serde(default = "correlation_h")]
        #[schemars(range(min = 0.0, max = 240.0))]
        correlation_h: f64,
    },
}

fn feed_in_sigma() -> f64 {
    0.12
}
fn load_sigma() -> f64 {
    0.10
}
fn shared_error() -> f64 {
    0.5
}
fn correlation_h() -> f64 {
    3.0
}

impl Default for Forecast {
    fn default() -> Forecast {
        Forecast::Synthetic {
            feed_in_sigma: feed_in_sigma(),
            load_sigma: load_sigma(),
            shared: shared_error(),
            correlation_h: correlation_h(),
        }
    }
}
