//! The configuration of a participant: who it is, whom it knows, what it owns, and where its forecasts and meters are.

use std::path::{Path, PathBuf};

use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules::BAD_KEY;
use crate::diagnostic::{Finding, Findings};
use crate::ids::{Domain, Role};
use crate::scenario::schema::{self, Market};
use crate::scenario::{self, Document};
use crate::uftp::sign::PublicKey;

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
    /// Seconds of the wall clock after which an unanswered message is sent again, and a failed POST is tried again at the latest.
    #[serde(default = "retry_after")]
    #[schemars(range(min = 1, max = 3600))]
    pub retry_after_s: u32,
    /// Seconds of the wall clock after which a message is given up.
    #[serde(default = "give_up_after")]
    #[schemars(range(min = 1, max = 86400))]
    pub give_up_after_s: u32,
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
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
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
    pub penalty_eur_per_mwh: f64,
}

/// A configuration that was read, with its text for the place of files and findings.
#[derive(Debug)]
pub struct Loaded {
    /// What it says.
    pub config: Config,
    /// Its text.
    pub document: Document,
}

impl Loaded {
    /// The file or folder that the key at `path` names, relative to the configuration.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        self.document.file(path).unwrap_or_default()
    }

    /// A finding at the key `path`.
    pub(super) fn at(&self, path: &str, finding: Finding) -> Finding {
        finding.located(self.document.nearest(path))
    }

    /// Public keys of a peer.
    pub(super) fn keys(&self, domain: &Domain, role: Role) -> Vec<PublicKey> {
        let peer = self.config.peer.iter().find(|p| p.domain == domain.as_str() && p.role.role() == role);
        peer.into_iter().flat_map(|p| &p.public_keys).filter_map(|key| PublicKey::parse(key).ok()).collect()
    }
}

/// Reads a configuration.
///
/// # Errors
/// All findings at once: keys unknown, missing or out of range, files that are not there, keys that are none.
pub fn load(path: &Path) -> Result<Loaded, Findings> {
    let (config, document, warnings) = scenario::load::<Config>(path, &[])?;
    let loaded = Loaded { config, document };
    let mut findings = warnings;
    for (k, peer) in loaded.config.peer.iter().enumerate() {
        for (n, key) in peer.public_keys.iter().enumerate() {
            if let Err(e) = PublicKey::parse(key) {
                findings.push(loaded.at(&format!("peer[{k}].public_keys[{n}]"), BAD_KEY.finding(format!("no public key: {e}"))));
            }
        }
    }
    if loaded.config.time.until < loaded.config.time.from {
        let finding = scenario::lint::reversed_dates::RULE
            .finding("the last day comes before the first")
            .help("set 'until' to the last day that is traded");
        findings.push(loaded.at("time.until", finding));
    }
    findings.or_ok(loaded).map(|(loaded, _)| loaded)
}
