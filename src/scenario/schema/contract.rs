//! `[[contract]]`: what an aggregator owes the DSO, when, and for what money.

use jiff::civil::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::market::Direction;

/// A contract between DSO and an aggregator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// `ContractID` on the wire.
    pub id: String,
    /// Domain of the aggregator.
    #[schemars(extend("refers_to" = "aggregator.domain"))]
    pub aggregator: String,
    /// Congestion point, by id.
    #[schemars(extend("refers_to" = "congestion_point.id"))]
    pub congestion_point: String,
    /// Congestion it relieves.
    pub direction: Relief,
    /// What the DSO may call for.
    pub right: Right,
    /// When it holds; empty means always.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// Availability fee per MW reserved and hour.
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
    /// Most calls in a calendar week.
    #[serde(default = "seven")]
    pub max_calls_per_week: u32,
}

fn penalty() -> f64 {
    50.0
}
fn seven() -> u32 {
    7
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
    /// Reserved flexibility that must be offered when requested.
    FlexOption {
        /// Reserved power.
        #[schemars(range(min = 0.001, max = 100000.0))]
        power_kw: f64,
    },
    /// A cap on the aggregator's net power at the congestion point, on call before the day-ahead auction.
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
    /// End, local clock; 00:00 means midnight after.
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
