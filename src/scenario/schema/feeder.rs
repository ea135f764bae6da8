//! The `[feeder]` table and `[[congestion_point]]`: the physical feeder, what is laid over it, what of it is watched.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::prosumers::{Generator, Houses, Process, Pv};

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
    /// Houses with heat pumps at a share of the connections, instead of the feeder's own heat pumps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub houses: Option<Houses>,
    /// PV systems at a share of the connections, beside the feeder's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pv: Option<Pv>,
    /// Processes that can hold consumption back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub process: Vec<Process>,
    /// Controllable generators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub generator: Vec<Generator>,
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
    /// How sessions are drawn; the keys above from `arrival_h` on say it for habits, those below for measured ones and listed ones.
    #[serde(default, skip_serializing_if = "Sessions::is_habit")]
    pub sessions: Sessions,
    /// List of real sessions, relative to this file: columns `arrival`, `departure` and `energy_kwh`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "file"))]
    pub sessions_path: Option<String>,
    /// Sessions a week of a vehicle, drawn as measured.
    #[serde(default = "three", skip_serializing_if = "is_three")]
    #[schemars(range(min = 0.0, max = 7.0))]
    pub sessions_per_week: f64,
    /// Battery of a vehicle, drawn as measured.
    #[serde(default = "pack", skip_serializing_if = "is_pack")]
    #[schemars(range(min = 10.0, max = 200.0))]
    pub battery_kwh: f64,
    /// Whether the charger has three phases, for vehicles drawn as measured: those of one phase get a phase by draw.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub three_phase: bool,
    /// Whether vehicles drawn as measured feed back where it pays, down to half full.
    #[serde(default, skip_serializing_if = "is_no")]
    pub feeds_back: bool,
    /// Who decides when to charge.
    #[serde(default, skip_serializing_if = "Charging::is_price")]
    pub charging: Charging,
}

/// How sessions of vehicles are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sessions {
    /// An evening and a night around the habit of each driver; any power up to the charger's.
    #[default]
    Habit,
    /// As measured at home: published quantiles, batteries that take less when nearly full, 6 A at least.
    Measured,
    /// From a list of real sessions: each day draws one that began on such a day, for vehicles as under `measured`.
    Csv,
}

impl Sessions {
    /// Its name in scenarios.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Sessions::Habit => "habit",
            Sessions::Measured => "measured",
            Sessions::Csv => "csv",
        }
    }

    fn is_habit(&self) -> bool {
        *self == Sessions::Habit
    }
}

/// Who decides when a vehicle charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Charging {
    /// The price.
    #[default]
    Price,
    /// Nobody: it charges from arrival on. An aggregator steers it for orders only.
    OnArrival,
}

impl Charging {
    fn is_price(&self) -> bool {
        *self == Charging::Price
    }
}

fn three() -> f64 {
    3.0
}
fn is_three(x: &f64) -> bool {
    *x == three()
}
fn pack() -> f64 {
    60.0
}
fn is_pack(x: &f64) -> bool {
    *x == pack()
}
#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_yes(x: &bool) -> bool {
    *x
}
#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_no(x: &bool) -> bool {
    !*x
}
fn is_zero(x: &f64) -> bool {
    *x == 0.0
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

/// Home batteries.
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
    /// What they are for.
    #[serde(default, skip_serializing_if = "BatteryControl::is_price")]
    pub control: BatteryControl,
    /// Wear per MWh that leaves the store; 22 to 74 by the price of the battery.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub wear_eur_per_mwh: f64,
    /// What their electronics draw always.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0.0, max = 200.0))]
    pub standby_w: f64,
}

impl Batteries {
    /// Batteries that follow the price.
    #[must_use]
    pub fn new(share: f64, power_kw: f64, capacity_kwh: f64) -> Batteries {
        Batteries { share, power_kw, capacity_kwh, control: BatteryControl::Price, wear_eur_per_mwh: 0.0, standby_w: 0.0 }
    }
}

/// What a home battery is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BatteryControl {
    /// It buys low and sells high, as if it had a meter of its own.
    #[default]
    Price,
    /// It charges what the house has too much and covers what it lacks. An aggregator steers it for orders only.
    SelfConsumption,
    /// It buys low and sells high behind the meter, at the prices of its household.
    Both,
}

impl BatteryControl {
    fn is_price(&self) -> bool {
        *self == BatteryControl::Price
    }
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
