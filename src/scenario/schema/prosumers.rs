//! `[feeder.houses]`, `[feeder.pv]`, `[[feeder.process]]`, `[[feeder.generator]]`: who has what behind the meter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Houses with heat pumps and hot-water tanks at a share of the connections, instead of the feeder's own heat pumps. They need
/// `[weather]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Houses {
    /// Share of connections with such a house. Seats are fixed by the seed: a larger share keeps those of a smaller one.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Types of building, each as likely as the others; their names stand in docs/model/house.md.
    #[serde(default = "types")]
    #[schemars(length(min = 1))]
    pub types: Vec<BuildingType>,
    /// Share refurbished as usual.
    #[serde(default = "usual")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub refurbished: f64,
    /// Share refurbished to an advanced standard, with floor heating; the rest is as built.
    #[serde(default = "advanced")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub advanced: f64,
    /// Who decides when to heat.
    #[serde(default)]
    pub control: HeatControl,
}

/// A type of building by country, kind and first year of construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum BuildingType {
    #[serde(rename = "de-detached-1958")]
    DeDetached1958,
    #[serde(rename = "de-detached-1969")]
    DeDetached1969,
    #[serde(rename = "de-detached-1979")]
    DeDetached1979,
    #[serde(rename = "de-detached-1995")]
    DeDetached1995,
    #[serde(rename = "de-detached-2002")]
    DeDetached2002,
    #[serde(rename = "de-detached-2016")]
    DeDetached2016,
    #[serde(rename = "de-terraced-1979")]
    DeTerraced1979,
    #[serde(rename = "de-flats-1969")]
    DeFlats1969,
    #[serde(rename = "nl-terraced-1965")]
    NlTerraced1965,
    #[serde(rename = "nl-terraced-1975")]
    NlTerraced1975,
    #[serde(rename = "nl-terraced-2006")]
    NlTerraced2006,
    #[serde(rename = "nl-detached-1992")]
    NlDetached1992,
}

impl BuildingType {
    /// Row among the types of [`crate::asset::house::typology::TYPES`].
    #[must_use]
    pub fn row(self) -> usize {
        self as usize
    }
}

fn types() -> Vec<BuildingType> {
    use BuildingType::{DeDetached1958, DeDetached1969, DeDetached1979, DeDetached1995, DeTerraced1979};
    vec![DeDetached1958, DeDetached1969, DeDetached1979, DeDetached1995, DeTerraced1979]
}
fn usual() -> f64 {
    0.6
}
fn advanced() -> f64 {
    0.2
}

/// Who decides when a house heats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeatControl {
    /// Thermostats: when it gets cold. An aggregator steers it for orders only.
    #[default]
    Thermostat,
    /// The price: where it is cheapest within the comfort band.
    Price,
}

/// PV systems at a share of the connections with a base load, beside the feeder's own. They need `[weather]`; orientation is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pv {
    /// Share of connections with a system.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Peak power of the modules.
    #[serde(default = "modules")]
    #[schemars(range(min = 0.1, max = 1000.0))]
    pub modules_kw: f64,
    /// Whether their inverters answer voltage with reactive power, Q(U); see docs/model/pv.md.
    #[serde(default)]
    pub reactive_by_voltage: bool,
}

fn modules() -> f64 {
    8.0
}

/// A process that can hold a share of its constant consumption back for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// Id of its connection.
    #[schemars(extend("refers_to" = "connection"))]
    pub connection: String,
    /// Consumption.
    #[schemars(range(min = 0.1, max = 100_000.0))]
    pub power_kw: f64,
    /// Share of it that can be held back.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Longest time at a stretch.
    #[schemars(range(min = 1, max = 1440))]
    pub longest_minutes: u16,
    /// Time after that in which it cannot hold back.
    #[serde(default)]
    #[schemars(range(min = 0, max = 10_080))]
    pub recovery_minutes: u16,
    /// Whether it makes up for what it held back.
    #[serde(default = "yes")]
    pub makes_up: bool,
    /// Cost of holding back.
    #[serde(default = "lost")]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub lost_eur_per_mwh: f64,
}

fn yes() -> bool {
    true
}
fn lost() -> f64 {
    50.0
}

/// A generator that its owner runs where the price exceeds its fuel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Generator {
    /// Id of its connection.
    #[schemars(extend("refers_to" = "connection"))]
    pub connection: String,
    /// Largest feed-in.
    #[schemars(range(min = 0.1, max = 100_000.0))]
    pub power_kw: f64,
    /// Least feed-in when it runs.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub least_kw: f64,
    /// Fuel and upkeep.
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub fuel_eur_per_mwh: f64,
}

/// What a group of customers pays for energy and is paid for what it feeds in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retail {
    /// Share of the connections without a group that belong to this one, by draw; connections named by a group come first.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Connections of the group by id.
    #[serde(default)]
    #[schemars(extend("refers_to" = "connection"))]
    pub connections: Vec<String>,
    /// Fixed price of energy; the day-ahead price where it is left out.
    #[serde(default)]
    #[schemars(range(min = -1000.0, max = 10_000.0))]
    pub energy_eur_per_mwh: Option<f64>,
    /// The supplier's own addition.
    #[serde(default)]
    #[schemars(range(min = -1000.0, max = 10_000.0))]
    pub supplier_eur_per_mwh: f64,
    /// Network charge.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub network_eur_per_mwh: f64,
    /// Taxes and levies.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub tax_eur_per_mwh: f64,
    /// Fixed price of what is fed in; the day-ahead price where it is left out.
    #[serde(default)]
    #[schemars(range(min = -1000.0, max = 10_000.0))]
    pub feed_in_eur_per_mwh: Option<f64>,
}
