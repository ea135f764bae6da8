//! `[[contract]]`: what an aggregator owes the DSO, when, and for what money.

use jiff::civil::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::market::Direction;

/// A contract between DSO and an aggregator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Name of the contract, which messages carry as `ContractID`.
    pub id: String,
    /// Domain of the aggregator.
    #[schemars(extend("refers_to" = "aggregator.domain"))]
    pub aggregator: String,
    /// Congestion point, by id.
    #[schemars(extend("refers_to" = "congestion_point.id"))]
    pub congestion_point: String,
    /// Type of congestion that it relieves.
    pub direction: Relief,
    /// Right that the contract gives the DSO.
    pub right: Right,
    /// Times at which the contract is in force; empty means always.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// Availability fee per reserved MW and hour, for a FlexOption.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub availability_eur_per_mw_h: f64,
    /// Price of activated energy.
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub utilisation_eur_per_mwh: f64,
    /// Penalty on power deficiency.
    #[serde(default = "penalty")]
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub penalty_eur_per_mwh: f64,
    /// Highest number of calls in a calendar week, for a capacity limitation.
    #[serde(default = "no_call_limit")]
    pub max_calls_per_week: u32,
}

fn penalty() -> f64 {
    50.0
}
/// Calls a week that are no limit: one a day.
pub const NO_CALL_LIMIT: u32 = 7;

fn no_call_limit() -> u32 {
    NO_CALL_LIMIT
}

/// Which congestion a contract relieves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relief {
    /// Too much consumption.
    Consumption,
    /// Too much feed-in.
    FeedIn,
}

impl From<Relief> for Direction {
    fn from(r: Relief) -> Direction {
        match r {
            Relief::Consumption => Direction::Consumption,
            Relief::FeedIn => Direction::FeedIn,
        }
    }
}

/// What a contract gives the DSO.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Right {
    /// Flexibility that the aggregator reserves and must offer on request.
    FlexOption {
        /// Reserved power.
        #[schemars(range(min = 0.001, max = 100000.0))]
        power_kw: f64,
    },
    /// A cap on the aggregator's net power at the congestion point, which the DSO calls before the day-ahead auction.
    CapacityLimitation {
        /// The cap.
        #[schemars(range(min = 0.0, max = 100000.0))]
        cap_kw: f64,
    },
}

/// Days and clock times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Weekdays; empty means every day.
    #[serde(default)]
    pub days: Vec<Day>,
    /// Start, local clock.
    pub from: Time,
    /// End, local clock; 00:00 means the following midnight.
    pub until: Time,
}

/// Days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}
