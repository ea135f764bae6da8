//! The `[feeder]` table and `[[congestion_point]]`: the physical feeder, what is laid over it, what of it is watched.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The physical feeder and the changes to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feeder {
    /// Feeder folder, relative to this file.
    #[schemars(extend("format" = "folder"))]
    pub path: String,
    /// Balanced load flow, or phase by phase. Phase by phase needs zero-sequence data and the phase of each connection in the feeder
    /// folder, and applies limits to each phase.
    #[serde(default)]
    pub phases: PhaseModel,
    /// Factor on every PV system and PV-battery plant.
    #[serde(default = "unity")]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub pv_scale: f64,
    /// Factor on every base load.
    #[serde(default = "unity")]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub load_scale: f64,
    /// Base loads as the feeder's profiles have them, or drawn for each connection.
    #[serde(default, skip_serializing_if = "BaseLoad::is_published")]
    pub base_load: BaseLoad,
    /// Factor on every rating (derating below 1).
    #[serde(default = "unity")]
    #[schemars(range(min = 0.1, max = 10.0))]
    pub rating_scale: f64,
    /// Ratings of single elements that replace those of the feeder.
    #[serde(default)]
    pub rating: Vec<Rating>,
    /// Electric vehicles at a share of the connections, instead of the feeder's fixed charging profiles.
    #[serde(default)]
    pub electric_vehicles: Option<ElectricVehicles>,
    /// Heat pumps at a share of the connections, instead of the feeder's own. They follow the feeder's heat-pump profiles.
    #[serde(default)]
    pub heat_pumps: Option<HeatPumps>,
    /// Home batteries at a share of the connections.
    #[serde(default)]
    pub batteries: Option<Batteries>,
}

/// What a load flow knows of the phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseModel {
    /// Balanced: power is spread evenly over the phases.
    #[default]
    Balanced,
    /// Each phase by itself, with the current in the neutral.
    ThreePhase,
}

/// Where base loads come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BaseLoad {
    /// The feeder's profiles, which many connections share.
    #[default]
    Published,
    /// Days of the connection's profile, of the same kind and season, shuffled, shifted and scaled by draw.
    Drawn,
}

impl BaseLoad {
    fn is_published(&self) -> bool {
        *self == BaseLoad::Published
    }
}

fn unity() -> f64 {
    1.0
}

/// The rating of one element in this scenario; its impedance stays the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// `transformer:ID` or `line:ID`.
    #[schemars(extend("refers_to" = "element"))]
    pub element: String,
    /// Rating: in kVA for a transformer, in A for a line.
    #[schemars(range(min = 0.1))]
    pub rating: f64,
}

/// Electric vehicles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ElectricVehicles {
    /// Share of connections with a vehicle.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Power of the charger.
    #[serde(default = "eleven")]
    #[schemars(range(min = 0.1, max = 350.0))]
    pub power_kw: f64,
    /// Mean arrival, hours after local midnight.
    #[serde(default = "arrival")]
    #[schemars(range(min = 12.0, max = 23.0))]
    pub arrival_h: f64,
    /// Standard deviation of arrival between vehicles.
    #[serde(default = "arrival_sigma")]
    #[schemars(range(min = 0.0, max = 6.0))]
    pub arrival_sigma_h: f64,
    /// Mean departure on the next day, hours after local midnight.
    #[serde(default = "departure")]
    #[schemars(range(min = 4.0, max = 11.0))]
    pub departure_h: f64,
    /// Median energy of a session.
    #[serde(default = "session_energy")]
    #[schemars(range(min = 0.1, max = 100.0))]
    pub energy_kwh: f64,
    /// Probability that a vehicle plugs in on a day.
    #[serde(default = "plug_in")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub plug_in: f64,
}

fn eleven() -> f64 {
    11.0
}
fn arrival() -> f64 {
    17.75
}
fn arrival_sigma() -> f64 {
    1.5
}
fn departure() -> f64 {
    7.25
}
fn session_energy() -> f64 {
    8.0
}
fn plug_in() -> f64 {
    0.8
}

/// Heat pumps that follow profiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeatPumps {
    /// Share of connections with a heat pump.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Electric power at full profile.
    #[serde(default = "heat_pump_power")]
    #[schemars(range(min = 0.1, max = 100.0))]
    pub power_kw: f64,
}

fn heat_pump_power() -> f64 {
    4.0
}

/// Home batteries, which follow the day-ahead price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batteries {
    /// Share of connections with a battery.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Charging and discharging power.
    #[serde(default = "battery_power")]
    #[schemars(range(min = 0.1, max = 100.0))]
    pub power_kw: f64,
    /// Usable capacity.
    #[serde(default = "battery_capacity")]
    #[schemars(range(min = 0.1, max = 1000.0))]
    pub capacity_kwh: f64,
}

fn battery_power() -> f64 {
    5.0
}
fn battery_capacity() -> f64 {
    10.0
}

/// A monitored element and the connections behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CongestionPoint {
    /// Short name; becomes part of the entity address.
    pub id: String,
    /// `transformer:ID` or `line:ID` of the feeder.
    #[schemars(extend("refers_to" = "element"))]
    pub element: String,
    /// Planning limit: forecast loading above which the DSO buys flexibility, as a fraction of the rating.
    #[serde(default = "unity")]
    #[schemars(range(min = 0.1, max = 3.0))]
    pub planning: f64,
    /// Loading above which overload counts, as a fraction of the rating.
    #[serde(default = "unity")]
    #[schemars(range(min = 0.1, max = 3.0))]
    pub rating: f64,
    /// Emergency limit: loading above which the DSO limits devices (orange), as a fraction of the rating.
    #[serde(default = "emergency")]
    #[schemars(range(min = 0.1, max = 5.0))]
    pub emergency: f64,
    /// Whether an offer may hold mutually exclusive options.
    #[serde(default = "yes")]
    pub mutex_offers: bool,
}

fn emergency() -> f64 {
    1.3
}
fn yes() -> bool {
    true
}
