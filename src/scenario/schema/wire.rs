//! The `[wire]` table: how messages travel, and what goes wrong on the way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::written::Moment;

/// How messages travel between participants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Wire {
    /// Form in which messages travel. Without corruption, results do not depend on it.
    pub transport: Transport,
    /// The sender repeats an unanswered message after this many seconds, then after twice as many, and so on.
    #[schemars(range(min = 1, max = 3600))]
    pub retry_s: u16,
    /// The sender gives up an unanswered message after this many minutes.
    #[schemars(range(min = 1, max = 1440))]
    pub give_up_minutes: u16,
    /// Faults of links; if several match a link, the first applies.
    pub fault: Vec<Fault>,
    /// Times at which participants neither send nor receive.
    pub silence: Vec<Silence>,
}

impl Default for Wire {
    fn default() -> Wire {
        Wire { transport: Transport::Object, retry_s: 60, give_up_minutes: 60, fault: Vec::new(), silence: Vec::new() }
    }
}

impl Wire {
    /// Whether anything can go wrong; if not, every message is answered and nothing is sent twice.
    #[must_use]
    pub fn fails(&self) -> bool {
        !self.fault.is_empty() || !self.silence.is_empty()
    }
}

/// Form in which a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// The message object itself.
    #[default]
    Object,
    /// XML text, written and read.
    Xml,
    /// Signed XML, written, signed, verified and read.
    SignedXml,
}

/// Faults of a link. Probabilities are per message and attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Domain of the sender; any sender if missing.
    #[serde(default)]
    #[schemars(extend("refers_to" = "participant"))]
    pub from: Option<String>,
    /// Domain of the recipient; any recipient if missing.
    #[serde(default)]
    #[schemars(extend("refers_to" = "participant"))]
    pub to: Option<String>,
    /// Probability that a message does not arrive.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub loss: f64,
    /// Probability that it arrives twice.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub duplication: f64,
    /// Probability that a message is delayed by up to `delay_s`, at least one second, so that later ones can overtake it.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub reordering: f64,
    /// Probability that one bit of its text changes. The receiver drops a message that it cannot read or verify.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub corruption: f64,
    /// Longest extra delay.
    #[serde(default)]
    #[schemars(range(min = 0, max = 86400))]
    pub delay_s: u32,
}

/// A participant that cannot communicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// Its domain.
    #[schemars(extend("refers_to" = "participant"))]
    pub participant: String,
    /// From this local moment, or instant with an offset.
    #[schemars(with = "String", extend("format" = "moment"))]
    pub from: Moment,
    /// Until this local moment, or instant with an offset.
    #[schemars(with = "String", extend("format" = "moment"))]
    pub until: Moment,
}
