//! `[[aggregator]]`, `[dso]` and `[forecast]`: who takes part, on what terms, and how well they foresee.

use jiff::civil::Date;
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
    /// How it behaves; without this key it asks for its cost and the margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behaviour: Option<Behaviour>,
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

/// How an aggregator behaves. Where a strategy obliges it to offer all it has at cost, it does so without a margin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Behaviour {
    /// It asks for its cost, without the margin.
    Truthful {},
    /// It asks for its cost and the margin.
    FixedMargin {},
    /// Its margin starts at `margin`, rises after a day on which half of its offers were bought, and falls after another one.
    LearntMargin {
        /// What a day changes.
        #[serde(default = "margin_step")]
        #[schemars(range(min = 0.0, max = 1.0))]
        step: f64,
        /// Least margin.
        #[serde(default)]
        #[schemars(range(min = 0.0, max = 10.0))]
        least: f64,
        /// Highest margin.
        #[serde(default = "highest_margin")]
        #[schemars(range(min = 0.0, max = 10.0))]
        most: f64,
    },
    /// It asks for its cost, the margin, and the penalty that it expects from its own past errors.
    Prudent {},
    /// It offers only what it has with a probability of 95 %.
    Cautious {
        /// Probability that a device is there.
        #[serde(default = "availability")]
        #[schemars(range(min = 0.0, max = 1.0))]
        availability: f64,
        /// Correlation between the failures of two devices.
        #[serde(default = "correlation")]
        #[schemars(range(min = 0.0, max = 1.0))]
        correlation: f64,
    },
    /// It keeps a part of its flexibility back.
    Withholding {
        /// Share that it does not offer.
        #[serde(default = "withheld")]
        #[schemars(range(min = 0.0, max = 1.0))]
        share: f64,
    },
    /// It inflates its prognoses where it foresees congestion, and offers what is not there.
    Inflating {
        /// What it adds, as a fraction of its baseline.
        #[serde(default = "inflation")]
        #[schemars(range(min = 0.0, max = 2.0))]
        share: f64,
        /// Whether it sells the addition at the auction too, and buys it back as imbalance.
        #[serde(default)]
        programme: bool,
    },
    /// It plans into congestion that it foresees, to be paid for leaving it.
    IncDec {
        /// Payment for relief that it counts on.
        #[serde(default = "payment")]
        #[schemars(range(min = 0.0, max = 10000.0))]
        payment_eur_per_mwh: f64,
    },
}

fn margin_step() -> f64 {
    0.05
}
fn highest_margin() -> f64 {
    2.0
}
fn availability() -> f64 {
    0.85
}
fn correlation() -> f64 {
    0.05
}
fn withheld() -> f64 {
    0.5
}
fn inflation() -> f64 {
    0.2
}
fn payment() -> f64 {
    60.0
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
    /// Share of calls that users of vehicles override, by taking the vehicle back for the day. A call is an order that changes the
    /// plan of a device.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "is_zero")]
    pub vehicle_override_per_call: f64,
    /// Share of calls that people in houses with heat pumps override.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "is_zero")]
    pub heat_override_per_call: f64,
    /// Probability that the cloud of a vendor is down for an hour, with all its devices.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "is_zero")]
    pub cloud_per_hour: f64,
    /// Number of vendors; each device has one, by draw.
    #[schemars(range(min = 1, max = 1000))]
    #[serde(skip_serializing_if = "is_four")]
    pub vendors: u16,
}

fn is_zero(x: &f64) -> bool {
    *x == 0.0
}
#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_four(x: &u16) -> bool {
    *x == 4
}

impl Default for Failure {
    fn default() -> Failure {
        Failure {
            asset_per_day: 0.02,
            communication_per_hour: 0.002,
            vehicle_override_per_call: 0.0,
            heat_override_per_call: 0.0,
            cloud_per_hour: 0.0,
            vendors: 4,
        }
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
    /// Each participant learns from what it has read of its own connections: at most eight weeks, those before the run too.
    Learned {
        /// How it learns.
        #[serde(default)]
        learner: Learner,
        /// How many days back the last known day lies on the day of a forecast; 1 is yesterday.
        #[serde(default = "data_delay_days")]
        #[schemars(range(min = 1, max = 5))]
        data_delay_days: u8,
        /// Dates that are as Sundays.
        #[serde(default)]
        holidays: Vec<Date>,
    },
}

/// How a participant learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Learner {
    /// The mean of the last four days of the same kind.
    WeeklyProfile,
    /// A level and a weekly shape that follow.
    ExponentialSmoothing,
    /// Regression on the calendar and past values.
    #[default]
    Ridge,
}

fn data_delay_days() -> u8 {
    1
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
