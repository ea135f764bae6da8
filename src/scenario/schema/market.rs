//! `[market]` and `[prices]`: the clock times of the day-ahead round, and what energy costs.

use std::collections::BTreeMap;

use jiff::civil::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::prosumers::Retail;
use crate::agent::agenda::{Round, Timetable};

/// Clock times of the day-ahead round (local, on the day before delivery unless stated otherwise) and the currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Market {
    /// ISO 4217 code of all prices; only EUR is supported.
    #[schemars(regex(pattern = r"^EUR$"))]
    pub currency: String,
    /// Aggregators and DSO query the common reference operator.
    pub query: Time,
    /// The DSO releases reservations and calls capacity limitations, before the auction.
    pub call: Time,
    /// The market publishes day-ahead prices.
    pub auction_results: Time,
    /// Aggregators send their D-Prognoses.
    pub prognosis: Time,
    /// The DSO requests flexibility.
    pub request: Time,
    /// Requests expire.
    pub request_expires: Time,
    /// The DSO selects offers and sends orders.
    pub order: Time,
    /// Day-ahead gate closure, after the updated D-Prognoses.
    pub gate: Time,
    /// Aggregators send the meter data of a day, on the next day.
    pub metering: Time,
    /// Longest delay of a message.
    #[schemars(range(min = 0, max = 600))]
    pub message_delay_s: u16,
}

impl Market {
    /// Key and clock time of each step of the round, in the order they must follow one another.
    pub(crate) fn round(&self) -> [(&'static str, Time); 8] {
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

/// Day-ahead and imbalance prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Prices {
    /// Columns of a CSV file with one row per hour or ISP from the first local midnight of the scenario on.
    Csv {
        /// The file, relative to this one: header `day_ahead_eur_per_mwh,imbalance_eur_per_mwh`.
        #[schemars(extend("format" = "file"))]
        path: String,
        /// Duration of a row in minutes.
        #[serde(default = "sixty")]
        #[schemars(range(min = 1, max = 60))]
        minutes: u16,
        /// Tariffs of groups of customers, by name.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        retail: BTreeMap<String, Retail>,
    },
    /// Day-ahead prices of the hours of measured weather; the default with `[weather]` of kind `measured`.
    Weather {
        /// Standard deviation of imbalance against day-ahead.
        #[serde(default = "imbalance_spread")]
        #[schemars(range(min = 0.0, max = 1000.0))]
        imbalance_spread_eur_per_mwh: f64,
        /// Tariffs of groups of customers, by name.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        retail: BTreeMap<String, Retail>,
    },
    /// Synthetic prices with a documented shape.
    Synthetic {
        /// Average price.
        #[serde(default = "price_level")]
        #[schemars(range(min = -100_000.0, max = 100_000.0))]
        level_eur_per_mwh: f64,
        /// Addition to the average in each local clock hour.
        #[serde(default = "price_shape")]
        #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
        shape_eur_per_mwh: [f64; 24],
        /// Factor on prices at weekends.
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
        /// Tariffs of groups of customers, by name.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        retail: BTreeMap<String, Retail>,
    },
}

impl Prices {
    /// Tariffs of groups of customers, by name.
    #[must_use]
    pub fn retail(&self) -> &BTreeMap<String, Retail> {
        match self {
            Prices::Csv { retail, .. } | Prices::Weather { retail, .. } | Prices::Synthetic { retail, .. } => retail,
        }
    }
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
            retail: BTreeMap::new(),
        }
    }
}
