//! How messages travel between participants, and what goes wrong on the way.

use crate::ids::Domain;
use crate::time::{SimDuration, SimTime};

/// How messages travel between participants.
#[derive(Debug, Clone, PartialEq)]
pub struct Wire {
    /// What a hop does with a message.
    pub transport: Transport,
    /// A message without an answer is sent again after this time, then after twice as long, and so on.
    pub retry: SimDuration,
    /// A message without an answer is given up after this time.
    pub give_up: SimDuration,
    /// Longest delay of a message in process.
    pub longest_delay: SimDuration,
    /// What goes wrong, by link; where several fit a link, the first counts.
    pub faults: Vec<Fault>,
    /// When participants neither hear nor speak.
    pub silences: Vec<Silence>,
}

impl Wire {
    /// Whether anything can go wrong; if not, every message is answered and nothing is sent twice.
    #[must_use]
    pub fn fails(&self) -> bool {
        !self.faults.is_empty() || !self.silences.is_empty()
    }

    /// Whether a participant is off the air.
    #[must_use]
    pub fn silent(&self, who: &Domain, at: SimTime) -> bool {
        self.silences.iter().any(|s| s.participant == *who && s.from <= at && at < s.until)
    }
}

/// What a hop does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Hands over the object.
    Object,
    /// Writes XML and reads it.
    Xml,
    /// Writes XML, signs and seals it, opens, verifies and reads it.
    SignedXml,
}

/// What goes wrong on a link. Probabilities are per message and attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The sender; any if not said.
    pub from: Option<Domain>,
    /// The recipient; any if not said.
    pub to: Option<Domain>,
    /// Probability that a message does not arrive.
    pub loss: f64,
    /// Probability that it arrives twice.
    pub duplication: f64,
    /// Probability that later messages overtake it: it is held back for up to `delay`, at least a second.
    pub reordering: f64,
    /// Probability that one bit of its text changes. What cannot be read or verified then is not taken in.
    pub corruption: f64,
    /// Longest extra delay.
    pub delay: SimDuration,
}

impl Fault {
    /// Whether it is on the link between two participants.
    #[must_use]
    pub fn fits(&self, from: &Domain, to: &Domain) -> bool {
        let any_or = |wanted: &Option<Domain>, d: &Domain| wanted.as_ref().is_none_or(|w| w == d);
        any_or(&self.from, from) && any_or(&self.to, to)
    }
}

/// A participant off the air.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Who.
    pub participant: Domain,
    /// From this moment.
    pub from: SimTime,
    /// Until this moment.
    pub until: SimTime,
}
