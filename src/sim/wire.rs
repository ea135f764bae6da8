//! The wire: messages travel as shared objects and take a seeded time.

use std::sync::Arc;

use crate::ids::Domain;
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};
use crate::uftp::message::Message;

/// A message as the log keeps it.
#[derive(Debug, Clone)]
pub struct LoggedMessage {
    /// Sent.
    pub sent: SimTime,
    /// Arrived.
    pub arrived: SimTime,
    /// The object itself.
    pub message: Arc<Message>,
}

/// Delays and the log of a case.
#[derive(Debug)]
pub(super) struct Wire {
    delays: Vec<(Domain, Stream, u64)>,
    longest_s: u64,
    pub(super) log: Vec<LoggedMessage>,
}

impl Wire {
    pub(super) fn new(seed: u64, senders: impl Iterator<Item = Domain>, longest_s: u16) -> Wire {
        let delays = senders.map(|d| (d.clone(), Stream::new(seed, d.as_str(), "message-delay"), 0)).collect();
        Wire { delays, longest_s: u64::from(longest_s), log: Vec::new() }
    }

    /// Takes a message at `now` and says when it arrives.
    pub(super) fn carry(&mut self, now: SimTime, message: &Arc<Message>) -> SimTime {
        let sender = &message.header().sender_domain;
        let link = self.delays.iter_mut().find(|(d, ..)| d == sender).expect("senders are participants of the case");
        let delay = link.1.at(link.2).bits() % (self.longest_s + 1);
        link.2 += 1;
        let arrived = now + SimDuration::seconds(delay as i64);
        self.log.push(LoggedMessage { sent: now, arrived, message: Arc::clone(message) });
        arrived
    }
}
