//! `[[contract]]`: what an aggregator owes the DSO, when, and for what money.

use jiff::civil::{Date, Time};
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
    /// How the DSO uses a capacity limitation; on call, the day before, if it is not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<Called>,
    /// Times at which the contract is in force; empty means always.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// Availability fee per MW and hour: on what an option keeps reserved, or on what a limitation keeps free below `reference_kw`.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub availability_eur_per_mw_h: f64,
    /// Contracted power, from which the availability of a capacity limitation is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 100000.0))]
    pub reference_kw: Option<f64>,
    /// Price of activated energy; under a bid obligation prices are the aggregator's own.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub utilisation_eur_per_mwh: f64,
    /// Highest price of energy that the aggregator may ask under a bid obligation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub price_cap_eur_per_mwh: Option<f64>,
    /// What the DSO pays a year in any case, or the tariff that it gives up; booked pro rata, a transfer and no system cost.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0.0, max = 100000000.0))]
    pub fixed_eur_per_year: f64,
    /// Limits on calls of a capacity limitation; a missing limit is none.
    #[serde(default, skip_serializing_if = "Limits::is_none")]
    pub limits: Limits,
    /// What is paid for what was delivered.
    #[serde(default)]
    pub performance: Performance,
}

fn is_zero(x: &f64) -> bool {
    *x == 0.0
}

/// How the DSO uses a capacity limitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Called {
    /// On call, the day before, where the forecast breaks the limit.
    DayAhead,
    /// In all windows of the contract, without a call for each.
    Always,
}

/// How often and how long the DSO may call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Highest number of calls on a day; a call is an unbroken run of ISPs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_per_day: Option<u32>,
    /// Highest number of calls from Monday to Sunday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_per_week: Option<u32>,
    /// Most hours of calls in a calendar year.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 8784.0))]
    pub hours_per_year: Option<f64>,
    /// Hours of these that were called before the first day, in its year.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0.0, max = 8784.0))]
    pub hours_used: f64,
    /// Shortest call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_minutes: Option<u32>,
    /// Longest call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_minutes: Option<u32>,
    /// Least time between the end of a call and the start of the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_minutes: Option<u32>,
}

impl Limits {
    /// Whether nothing is limited.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Limits::default()
    }
}

/// What is paid for what was delivered: all of it within `grace`, then `slope` per missing share, nothing below `zero_below`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Performance {
    /// Penalty on power deficiency, beside the deduction.
    #[schemars(range(min = 0.0, max = 10000.0))]
    pub penalty_eur_per_mwh: f64,
    /// Share of an order that may be missing without a deduction.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub grace: f64,
    /// Share of the price deducted per missing share beyond the grace.
    #[serde(skip_serializing_if = "is_one")]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub slope: f64,
    /// Delivered share below which nothing is paid.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub zero_below: f64,
    /// Number of breaches that suspend the contract from the following day; none do if it is not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub suspend_after_breaches: Option<u32>,
}

impl Default for Performance {
    fn default() -> Performance {
        Performance { penalty_eur_per_mwh: 50.0, grace: 0.0, slope: 1.0, zero_below: 0.0, suspend_after_breaches: None }
    }
}

fn is_one(x: &f64) -> bool {
    *x == 1.0
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
    /// A cap on the aggregator's net power at the congestion point.
    CapacityLimitation {
        /// The cap; below zero power has to flow the other way.
        #[schemars(range(min = -100000.0, max = 100000.0))]
        cap_kw: f64,
    },
    /// Offers that the aggregator must make on request, at prices of its own.
    BidObligation {
        /// Least power of an offer.
        #[schemars(range(min = 0.001, max = 100000.0))]
        power_kw: f64,
    },
}

/// Days and clock times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Weekdays; empty means every day.
    #[serde(default)]
    pub days: Vec<Day>,
    /// First and last day of the year, as `MM-DD`; over New Year where the first is the later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<[DayOfYear; 2]>,
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

/// A day of every year, as `MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct DayOfYear {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

impl TryFrom<String> for DayOfYear {
    type Error = String;

    fn try_from(text: String) -> Result<DayOfYear, String> {
        let refused = || format!("'{text}' is no day of the year: write MM-DD, as in \"11-01\"");
        let two_digits = |part: &str| if part.len() == 2 { part.parse::<i8>().ok() } else { None };
        let (month, day) = text.split_once('-').ok_or_else(refused)?;
        let (month, day) = two_digits(month).zip(two_digits(day)).ok_or_else(refused)?;
        // 29 February is a day of some years.
        const LEAP_YEAR: i16 = 2000;
        Date::new(LEAP_YEAR, month, day).map(|_| DayOfYear { month, day }).map_err(|_| refused())
    }
}

impl From<DayOfYear> for String {
    fn from(d: DayOfYear) -> String {
        format!("{:02}-{:02}", d.month, d.day)
    }
}
