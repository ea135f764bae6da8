//! `[[aggregator]]`, `[dso]` and `[forecast]`: who takes part, on what terms, and how well they foresee.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An aggregator and its portfolio: listed connections, or a share of those that no aggregator lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aggregator {
    /// Internet domain, its name in messages.
    #[schemars(regex(pattern = r"^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$"))]
    pub domain: String,
    /// Connections it represents, by id.
    #[serde(default)]
    #[schemars(extend("refers_to" = "connection"))]
    pub connections: Vec<String>,
    /// Share of the connections that no aggregator lists, drawn at random.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Margin on cost in voluntary trade.
    #[serde(default = "margin")]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub margin: f64,
    /// Share of its flexible devices whose owners agree to voluntary activation.
    #[serde(default = "willingness")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub willingness: f64,
    /// Share of expected PV output that it offers.
    #[serde(default = "caution")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub caution: f64,
    /// Income that a curtailed PV system loses in addition to the market price.
    #[serde(default = "support")]
    #[schemars(range(min = -100.0, max = 1000.0))]
    pub support_eur_per_mwh: f64,
    /// Cost of shifting a vehicle or battery in addition to energy: inconvenience, wear.
    #[serde(default = "shifting")]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub shifting_eur_per_mwh: f64,
    /// Failures of delivery.
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

/// Failures of delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Failure {
    /// Probability that one device does not follow its orders on a day (user override, defect).
    #[schemars(range(min = 0.0, max = 1.0))]
    pub asset_per_day: f64,
    /// Probability that the aggregator cannot reach its portfolio for an hour (communication loss).
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
    /// Internet domain, its name in messages.
    #[schemars(regex(pattern = r"^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$"))]
    pub domain: String,
    /// Domain of the common reference operator.
    #[schemars(regex(pattern = r"^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$"))]
    pub cro_domain: String,
    /// Limitations outside the market, which the DSO uses if offers fall short.
    pub orange: Orange,
}

impl Default for Dso {
    fn default() -> Dso {
        Dso { domain: "dso.example.com".to_owned(), cro_domain: "cro.example.com".to_owned(), orange: Orange::default() }
    }
}

/// Limitations outside the market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Orange {
    /// Detection and actuation delay, at least one step.
    #[schemars(range(min = 0, max = 120))]
    pub delay_minutes: u16,
    /// Share of PV systems, PV-battery plants, vehicles and heat pumps that the DSO can reach.
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

/// Forecasts of the participants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Forecast {
    /// Forecasts are the true values.
    Perfect {},
    /// Forecasts are the values of 48 h before, the last whole day known at the time of planning.
    Persistence {},
    /// Forecasts are the true values with an error that grows with the horizon, is correlated in time and partly shared by all
    /// participants.
    Synthetic {
        /// Relative standard deviation of feed-in a day ahead.
        #[serde(default = "feed_in_sigma")]
        #[schemars(range(min = 0.0, max = 2.0))]
        feed_in_sigma: f64,
        /// Relative standard deviation of load a day ahead.
        #[serde(default = "load_sigma")]
        #[schemars(range(min = 0.0, max = 2.0))]
        load_sigma: f64,
        /// Share of the error's variance that all participants have in common.
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
