//! The scenario file as Rust types. One source for parsing, checking, the JSON Schema and the documentation.
//!
//! Units are part of key names. Dates and clock times are quoted strings. What a key means is its doc comment.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::wire::{Fault, Silence, Transport, Wire};
use crate::agent::agenda::{Round, Timetable};
use crate::market::Direction;
use crate::scenario::sweep_table::Sweep;

/// A question about a congested feeder: the feeder, who trades, under which rules, and the strategies to compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Scenario {
    /// Short name; results go to `outputs/<name>/`.
    pub name: String,
    /// The question in a sentence, printed above results.
    #[serde(default)]
    pub description: String,
    /// Seed of every random draw; strategies of one seed share their draws.
    #[serde(default = "one")]
    pub seed: u64,
    /// Strategies to compare: presets, or names defined under `[strategy.NAME]`.
    pub strategies: Vec<String>,
    /// Period and time grid.
    pub time: TimeGrid,
    /// The physical feeder and what is laid over it.
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
    /// How messages travel, and what goes wrong on the way.
    #[serde(default)]
    pub wire: Wire,
    /// How well participants foresee.
    #[serde(default)]
    pub forecast: Forecast,
    /// Day-ahead and imbalance prices.
    #[serde(default)]
    pub prices: Prices,
    /// Stated values of what has no market price, for system cost.
    #[serde(default)]
    pub values: Values,
    /// Contracts, referred to by strategies.
    #[serde(default)]
    pub contract: Vec<Contract>,
    /// Own strategies and changes to presets, by name.
    #[serde(default)]
    pub strategy: BTreeMap<String, Strategy>,
    /// Many cases of this scenario, for `copperplate sweep`; `run` passes it over.
    #[serde(default)]
    pub sweep: Option<Sweep>,
}

fn one() -> u64 {
    1
}

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
    #[schemars(range(min = 1, max = 60))]
    pub isp_minutes: u16,
    /// Physical step; divides the ISP.
    #[serde(default = "fifteen")]
    #[schemars(range(min = 1, max = 60))]
    pub step_minutes: u16,
}

pub(crate) fn amsterdam() -> String {
    "Europe/Amsterdam".to_owned()
}

pub(crate) fn fifteen() -> u16 {
    15
}

/// The physical feeder and what is laid over it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feeder {
    /// Feeder folder, relative to this file.
    #[schemars(extend("format" = "folder"))]
    pub path: String,
    /// How its load flow is solved: balanced, or phase by phase, which needs zero-sequence data and the phase of each connection in
    /// the feeder folder. Limits then hold for each phase.
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
    /// Factor on every rating (derating below 1).
    #[serde(default = "unity")]
    #[schemars(range(min = 0.1, max = 10.0))]
    pub rating_scale: f64,
    /// Ratings of single elements that differ from the feeder's.
    #[serde(default)]
    pub rating: Vec<Rating>,
    /// Electric vehicles at a share of the connections; they replace the feeder's fixed charging profiles.
    #[serde(default)]
    pub electric_vehicles: Option<ElectricVehicles>,
    /// Heat pumps, following the feeder's heat-pump profiles, at a share of the connections; they replace the feeder's own.
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
    /// One phase stands for all: power is spread evenly.
    #[default]
    Balanced,
    /// Each phase by itself, with the currents in the neutral.
    ThreePhase,
}

fn unity() -> f64 {
    1.0
}

/// The rating of one element as it is here; its impedance stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// `transformer:ID` or `line:ID`.
    pub element: String,
    /// Its rating: kVA of a transformer, A of a line.
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
    /// Probability of plugging in on a day.
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

/// Heat pumps by profile.
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

/// Home batteries, planned after the day-ahead price.
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

/// A monitored element and the connections below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CongestionPoint {
    /// Short name; becomes part of the entity address.
    pub id: String,
    /// `transformer:ID` or `line:ID` of the feeder.
    pub element: String,
    /// Loading above which the DSO acts on forecasts, as a fraction of the rating.
    #[serde(default = "unity")]
    #[schemars(range(min = 0.1, max = 3.0))]
    pub planning: f64,
    /// Loading above which overload counts.
    #[serde(default = "unity")]
    #[schemars(range(min = 0.1, max = 3.0))]
    pub rating: f64,
    /// Loading above which orange must act.
    #[serde(default = "emergency")]
    #[schemars(range(min = 0.1, max = 5.0))]
    pub emergency: f64,
    /// Whether offers may hold mutually exclusive options.
    #[serde(default = "yes")]
    pub mutex_offers: bool,
}

fn emergency() -> f64 {
    1.3
}
fn yes() -> bool {
    true
}

/// An aggregator and its portfolio: named connections, or a share of those nobody has named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aggregator {
    /// Internet domain that names it on the wire.
    pub domain: String,
    /// Connections it represents, by id.
    #[serde(default)]
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

/// Clock times of the day-ahead round (local, the day before delivery unless said otherwise) and the currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Market {
    /// ISO 4217 code of every price.
    pub currency: String,
    /// AGR and DSO query the common reference.
    pub query: Time,
    /// Release of reservations and calls on capacity contracts, before the auction.
    pub call: Time,
    /// Day-ahead prices are published.
    pub auction_results: Time,
    /// D-Prognoses are due.
    pub prognosis: Time,
    /// The DSO requests flexibility.
    pub request: Time,
    /// Requests expire.
    pub request_expires: Time,
    /// The DSO selects and orders.
    pub order: Time,
    /// Day-ahead gate closure; updated D-Prognoses are in.
    pub gate: Time,
    /// Metering of a day is sent on the next day.
    pub metering: Time,
    /// Longest delay of a message in process.
    #[schemars(range(min = 0, max = 600))]
    pub message_delay_s: u16,
}

impl Market {
    /// Key and clock time of each step of the round, in the order they must follow one another.
    pub(super) fn round(&self) -> [(&'static str, Time); 8] {
        let m = self;
        [
            ("query", m.query),
            ("call", m.call),
            ("auction_results", m.auction_results),
            ("prognosis", m.prognosis),
            ("request", m.request),
            ("request_expires", m.request_expires),
            ("order", m.order),
            ("gate", m.gate),
        ]
    }
}

impl Market {
    /// The clock times that participants and whoever drives them go by.
    #[must_use]
    pub fn timetable(&self) -> Timetable {
        let round = Round {
            prognosis: Some(self.prognosis),
            request: self.request,
            request_expires: self.request_expires,
            order: self.order,
            close: self.gate,
        };
        Timetable { query: self.query, call: self.call, results: self.auction_results, rounds: vec![round], metering: self.metering }
    }
}

impl Default for Market {
    fn default() -> Market {
        let at = |h: i8, m: i8| Time::constant(h, m, 0, 0);
        Market {
            currency: "EUR".to_owned(),
            query: at(7, 0),
            call: at(8, 30),
            auction_results: at(13, 0),
            prognosis: at(13, 30),
            request: at(14, 0),
            request_expires: at(15, 0),
            order: at(15, 30),
            gate: at(16, 0),
            metering: at(6, 0),
            message_delay_s: 3,
        }
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

/// Day-ahead and imbalance prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Prices {
    /// Columns of a CSV file with one row per hour or ISP from the first local midnight of the scenario on.
    Csv {
        /// The file, relative to this one: header `day_ahead_eur_per_mwh,imbalance_eur_per_mwh`.
        #[schemars(extend("format" = "file"))]
        path: String,
        /// Minutes one row stands for.
        #[serde(default = "sixty")]
        #[schemars(range(min = 1, max = 60))]
        minutes: u16,
    },
    /// The documented synthetic shape.
    Synthetic {
        /// Average price.
        #[serde(default = "price_level")]
        level_eur_per_mwh: f64,
        /// What each local clock hour adds.
        #[serde(default = "price_shape")]
        shape_eur_per_mwh: [f64; 24],
        /// Factor on the level at week-ends.
        #[serde(default = "weekend")]
        #[schemars(range(min = -2.0, max = 2.0))]
        weekend_factor: f64,
        /// Standard deviation of each day's offset.
        #[serde(default = "daily_noise")]
        #[schemars(range(min = 0.0, max = 500.0))]
        daily_noise_eur_per_mwh: f64,
        /// Standard deviation of imbalance against day-ahead.
        #[serde(default = "imbalance_spread")]
        #[schemars(range(min = 0.0, max = 1000.0))]
        imbalance_spread_eur_per_mwh: f64,
    },
}

fn sixty() -> u16 {
    60
}
fn price_level() -> f64 {
    65.0
}
/// Night valley, morning ramp, solar dip, evening peak.
fn price_shape() -> [f64; 24] {
    [
        -12.0, -15.0, -18.0, -18.0, -16.0, -8.0, 8.0, 22.0, 20.0, 6.0, -8.0, -18.0, -24.0, -26.0, -22.0, -12.0, 2.0, 20.0, 38.0, 42.0,
        30.0, 16.0, 4.0, -6.0,
    ]
}
fn weekend() -> f64 {
    0.8
}
fn daily_noise() -> f64 {
    8.0
}
fn imbalance_spread() -> f64 {
    30.0
}

impl Default for Prices {
    fn default() -> Prices {
        Prices::Synthetic {
            level_eur_per_mwh: price_level(),
            shape_eur_per_mwh: price_shape(),
            weekend_factor: weekend(),
            daily_noise_eur_per_mwh: daily_noise(),
            imbalance_spread_eur_per_mwh: imbalance_spread(),
        }
    }
}

/// Stated values of what has no market price. A value left out is "not priced", and then no total is printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Values {
    /// What a curtailed MWh of PV loses society beside the market price (emissions elsewhere).
    pub pv_lost_eur_per_mwh: Option<f64>,
    /// Value of energy a vehicle did not get by its departure.
    pub vehicle_unserved_eur_per_mwh: Option<f64>,
    /// New transformer installed; loss of life is charged as its share of normal life.
    pub transformer_eur: Option<f64>,
    /// Mean ambient temperature of the year around transformers.
    pub ambient_mean_c: f64,
    /// Half the difference between the warmest and the coldest season.
    pub ambient_season_k: f64,
    /// Half the difference between afternoon and early morning.
    pub ambient_day_k: f64,
    /// Running cost of one order: scheduling, communication.
    pub transaction_eur: Option<f64>,
}

impl Default for Values {
    fn default() -> Values {
        Values {
            pv_lost_eur_per_mwh: Some(25.0),
            vehicle_unserved_eur_per_mwh: Some(600.0),
            transformer_eur: Some(12_000.0),
            ambient_mean_c: 10.5,
            ambient_season_k: 8.0,
            ambient_day_k: 4.0,
            transaction_eur: Some(0.02),
        }
    }
}

/// A contract between DSO and an aggregator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// `ContractID` on the wire.
    pub id: String,
    /// Domain of the aggregator.
    pub aggregator: String,
    /// Congestion point, by id.
    pub congestion_point: String,
    /// Congestion it relieves.
    pub direction: Relief,
    /// What the DSO may call for.
    pub right: Right,
    /// When it holds; empty means always.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// Availability fee per MW reserved and hour, of a right that reserves.
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
    /// Most calls in a calendar week, of a right that is called.
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

/// The four preset strategies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// The grid is assumed limitless; nothing acts.
    CopperPlate,
    /// Voluntary, contracted and spot flexibility at market prices.
    GridCapacityManagement,
    /// Obligation to offer, regulated cost-based prices, capacity limitation.
    CongestionManagement,
    /// A named element is replaced.
    Reinforce,
}

/// A strategy: a preset and what differs from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// The preset it starts from; needed unless the strategy has a preset's name.
    #[serde(default)]
    pub preset: Option<Preset>,
    /// Who must offer what they have.
    #[serde(default)]
    pub obligation: Option<Obligation>,
    /// Highest price the DSO pays per effective MWh.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100000.0))]
    pub price_ceiling_eur_per_mwh: Option<f64>,
    /// Penalty on power deficiency of spot orders.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub penalty_eur_per_mwh: Option<f64>,
    /// Contracts in force, by id.
    #[serde(default)]
    pub contracts: Option<Vec<String>>,
    /// Whether orange may act.
    #[serde(default)]
    pub orange: Option<bool>,
    /// Elements replaced at the start.
    #[serde(default)]
    pub replacement: Vec<Replacement>,
}

/// Who must offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Obligation {
    /// Nobody beyond contracts; aggregators add their margin.
    Voluntary,
    /// Every aggregator, all its flexibility, at cost.
    All,
}

/// A transformer or line replaced by a larger one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// `transformer:ID` or `line:ID`.
    pub element: String,
    /// New rating: kVA of a transformer, A of a line.
    #[schemars(range(min = 0.1))]
    pub rating: f64,
    /// Load losses of a new transformer at rated current.
    #[serde(default)]
    pub load_losses_w: Option<f64>,
    /// No-load losses of a new transformer.
    #[serde(default)]
    pub no_load_losses_w: Option<f64>,
    /// Short-circuit voltage of a new transformer, per cent.
    #[serde(default)]
    pub short_circuit_percent: Option<f64>,
    /// Investment.
    #[schemars(range(min = 0.0))]
    pub capex_eur: f64,
    /// Economic life, years.
    #[serde(default = "forty")]
    #[schemars(range(min = 1.0, max = 100.0))]
    pub life_years: f64,
    /// Discount rate per year.
    #[serde(default = "discount")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub discount_rate: f64,
}

fn forty() -> f64 {
    40.0
}
fn discount() -> f64 {
    0.05
}
