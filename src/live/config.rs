//! The configuration of a participant: who it is, whom it knows, what it owns, and where its forecasts and meters are.

use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::Role;
use crate::scenario::schema::{self, Market};

/// A participant.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Own domain.
    pub domain: String,
    /// Address and port to listen on; TLS is left to a proxy in front.
    pub listen: String,
    /// File with the private key, as `copperplate message keygen` writes it.
    #[schemars(extend("format" = "file"))]
    pub private_key: String,
    /// Folder that every message sent and received is kept in, byte for byte; nothing is kept without it.
    #[serde(default)]
    pub messages: Option<String>,
    /// File that everything learnt is written to before it is acted on; beside the configuration, with the extension `journal`, if left out.
    #[serde(default)]
    pub journal: Option<String>,
    /// Seconds of the wall clock after which an unanswered message is sent again, and a failed POST is tried again at the latest.
    #[serde(default = "retry_after")]
    #[schemars(range(min = 1, max = 3600))]
    pub retry_after_s: u32,
    /// Seconds of the wall clock after which a message is given up.
    #[serde(default = "give_up_after")]
    #[schemars(range(min = 1, max = 86400))]
    pub give_up_after_s: u32,
    /// Hours of the participant's clock that it waits for settlements after its last appointment, while orders are unsettled.
    #[serde(default = "settlement_wait")]
    #[schemars(range(min = 0, max = 8784))]
    pub settlement_wait_h: u32,
    /// Days that are traded.
    pub time: Days,
    /// Clock times of the day-ahead round, currency.
    #[serde(default)]
    pub market: Market,
    /// A clock other than the wall's.
    #[serde(default)]
    pub clock: Option<FastClock>,
    /// Address book: everyone who is known.
    #[schemars(length(min = 1))]
    pub peer: Vec<Peer>,
    /// Congestion points that are traded on.
    #[schemars(length(min = 1))]
    pub congestion_point: Vec<CongestionPoint>,
    /// Business of an aggregator, with `--role agr`.
    #[serde(default)]
    pub aggregator: Option<Aggregator>,
    /// Business of a system operator, with `--role dso`.
    #[serde(default)]
    pub operator: Option<Operator>,
}

fn retry_after() -> u32 {
    60
}

fn settlement_wait() -> u32 {
    24
}

fn give_up_after() -> u32 {
    3600
}

/// Days that are traded.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// IANA zone of the market; Periods are its calendar days.
    #[serde(default = "schema::amsterdam")]
    pub zone: String,
    /// First local day.
    pub from: Date,
    /// Last local day, inclusive.
    pub until: Date,
    /// Length of an ISP.
    #[serde(default = "schema::fifteen")]
    #[schemars(range(min = 1, max = 60))]
    pub isp_minutes: u16,
}

/// A clock that begins at a time of one's choice, for rehearsals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FastClock {
    /// Local time that it shows when the participant starts.
    pub start: DateTime,
    /// Seconds that pass on it in a second.
    #[schemars(range(min = 1, max = 86400))]
    pub speed: u32,
}

/// Someone else.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its domain.
    pub domain: String,
    /// Its role.
    pub role: PeerRole,
    /// Where it takes messages, such as `https://dso.example.com/shapeshifter/api/v3/message`.
    pub url: String,
    /// Its public keys, `cs1.…`; several while one replaces the other.
    #[schemars(length(min = 1))]
    pub public_keys: Vec<String>,
    /// Of an aggregator: addresses of the connections it represents, where no common reference operator says so.
    #[serde(default)]
    pub connections: Vec<String>,
}

/// Role of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum PeerRole {
    /// Aggregator.
    Agr,
    /// Common reference operator.
    Cro,
    /// System operator.
    Dso,
}

impl PeerRole {
    /// The role.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            PeerRole::Agr => Role::Agr,
            PeerRole::Cro => Role::Cro,
            PeerRole::Dso => Role::Dso,
        }
    }
}

/// A congestion point.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CongestionPoint {
    /// Entity address, such as `ea1.2024-01.com.example.dso:feeder-7`.
    pub address: String,
    /// Whether an offer may hold options that exclude each other.
    #[serde(default)]
    pub mutex_offers: bool,
    /// Addresses of its connections; an operator may leave them out, its grid says them.
    #[serde(default)]
    pub connections: Vec<String>,
    /// Of an operator: the element that is monitored, `transformer:ID` or `line:ID`.
    #[serde(default)]
    pub element: Option<String>,
    /// Of an operator: loading above which it buys, fraction of the rating.
    #[serde(default = "one")]
    #[schemars(range(min = 0.01, max = 10.0))]
    pub planning: f64,
}

fn one() -> f64 {
    1.0
}

/// The business of an aggregator whose customers' feed-in may be curtailed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aggregator {
    /// CSV: `issued,period,isp,connection,load_w,feed_in_w`; connections and forecasts in vintages.
    #[schemars(extend("format" = "file"))]
    pub forecast: String,
    /// CSV: `period,isp,eur_per_mwh`; day-ahead prices.
    #[schemars(extend("format" = "file"))]
    pub prices: String,
    /// CSV: `period,isp,connection,p_w`; meter readings, read when a day is over.
    pub meters: String,
    /// Margin on cost.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub margin: f64,
    /// Share of expected feed-in that it dares to offer.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub caution: f64,
    /// Income lost per curtailed MWh beside the market price.
    #[serde(default)]
    pub support_eur_per_mwh: f64,
    /// Penalty on deficiency that was agreed with the operator.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub penalty_eur_per_mwh: f64,
}

/// The business of a system operator.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Feeder folder.
    #[schemars(extend("format" = "folder"))]
    pub feeder: String,
    /// CSV: `issued,period,isp,connection,p_w,q_var`; forecasts in vintages.
    #[schemars(extend("format" = "file"))]
    pub forecast: String,
    /// Highest price per effective MWh.
    #[schemars(range(min = 0.0))]
    pub price_ceiling_eur_per_mwh: f64,
    /// Penalty on deficiency that was agreed with aggregators.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub penalty_eur_per_mwh: f64,
}
