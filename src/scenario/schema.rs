//! The scenario file as Rust types. One source for parsing, checking, the JSON Schema and the documentation.
//!
//! Units are part of key names. Dates and clock times are quoted strings. What a key means is its doc comment.

mod contract;
mod feeder;
mod market;
mod participants;
mod prosumers;
mod strategy;
mod values;
mod weather;
mod wire;

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use contract::{Called, Contract, Day, DayOfYear, Limits, Performance, Relief, Right, Window};
pub use feeder::{
    BaseLoad, Batteries, BatteryControl, Charging, CongestionPoint, ElectricVehicles, Feeder, HeatPumps, PhaseModel, Rating, Sessions,
};
pub use market::{Market, Prices};
pub use participants::{Aggregator, Behaviour, Dso, Failure, Forecast, Learner, Orange};
pub use prosumers::{BuildingType, Generator, HeatControl, Houses, Process, Pv, Retail};
pub use strategy::{Obligation, Preset, PrognosisCheck, Remedy, Replacement, Strategy};
pub use values::Values;
pub use weather::Weather;
pub use wire::{Fault, Silence, Transport, Wire};

use super::sweep_table::Sweep;

/// A study of a congested feeder: the feeder, the participants, the rules of trade, and the strategies to compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Scenario {
    /// Short name; results go to `outputs/<name>/`.
    #[schemars(regex(pattern = r"^[^/\\]+$"))]
    pub name: String,
    /// The question in one sentence, printed above results.
    #[serde(default)]
    pub description: String,
    /// Seed of all random draws; strategies with the same seed use the same draws.
    #[serde(default = "one")]
    pub seed: u64,
    /// Strategies to compare: presets, or names defined under `[strategy.NAME]`.
    #[schemars(length(min = 1), extend("refers_to" = "strategy"))]
    pub strategies: Vec<String>,
    /// Period and time grid.
    pub time: TimeGrid,
    /// The physical feeder and the changes to it.
    pub feeder: Feeder,
    /// Monitored elements and their limits.
    #[schemars(length(min = 1))]
    pub congestion_point: Vec<CongestionPoint>,
    /// Aggregators and their portfolios.
    #[serde(default)]
    pub aggregator: Vec<Aggregator>,
    /// The system operator.
    #[serde(default)]
    pub dso: Dso,
    /// Clock times of the day-ahead round, currency.
    #[serde(default)]
    pub market: Market,
    /// How messages travel, and their faults.
    #[serde(default)]
    pub wire: Wire,
    /// Forecasts of the participants.
    #[serde(default)]
    pub forecast: Forecast,
    /// Weather; without it PV systems follow the feeder's profiles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weather: Option<Weather>,
    /// Day-ahead and imbalance prices.
    #[serde(default)]
    pub prices: Prices,
    /// Values for things without a market price, for system cost.
    #[serde(default)]
    pub values: Values,
    /// Contracts, which strategies name.
    #[serde(default)]
    pub contract: Vec<Contract>,
    /// Own strategies and changes to presets, by name.
    #[serde(default)]
    pub strategy: BTreeMap<String, Strategy>,
    /// Many cases of this scenario, for `copperplate sweep`; `run` ignores it.
    #[serde(default)]
    pub sweep: Option<Sweep>,
}

fn one() -> u64 {
    1
}

/// What editors offer for the length of an ISP or a step, and refuse all else.
const DIVISORS_OF_AN_HOUR: [u16; 12] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];

/// Period and time grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeGrid {
    /// IANA zone of the market; Periods are its calendar days.
    #[serde(default = "amsterdam")]
    pub zone: String,
    /// First local day.
    pub from: Date,
    /// Last local day, inclusive.
    pub until: Date,
    /// Length of an ISP.
    #[serde(default = "fifteen")]
    #[schemars(range(min = 1, max = 60), extend("enum" = DIVISORS_OF_AN_HOUR))]
    pub isp_minutes: u16,
    /// Physical step; divides the ISP.
    #[serde(default = "fifteen")]
    #[schemars(range(min = 1, max = 60), extend("enum" = DIVISORS_OF_AN_HOUR))]
    pub step_minutes: u16,
}

pub(crate) fn amsterdam() -> String {
    "Europe/Amsterdam".to_owned()
}

pub(crate) fn fifteen() -> u16 {
    15
}
