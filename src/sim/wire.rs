//! The wire: messages travel as shared objects and take a seeded time; those of one sender arrive in the order they were sent.

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

/// One sender's way out.
#[derive(Debug)]
struct Outlet {
    sender: Domain,
    delays: Stream,
    sent: u64,
    last_arrival: SimTime,
}

/// Delays and the log of a case.
#[derive(Debug)]
pub(super) struct Wire {
    outlets: Vec<Outlet>,
    longest_s: u64,
    pub(super) log: Vec<LoggedMessage>,
}

impl Wire {
    pub(super) fn new(seed: u64, senders: impl Iterator<Item = Domain>, longest_s: u16) -> Wire {
        let outlet = |sender: Domain| Outlet {
            delays: Stream::new(seed, sender.as_str(), "message-delay"),
            sender,
            sent: 0,
            last_arrival: SimTime(i64::MIN),
        };
        Wire { outlets: senders.map(outlet).collect(), longest_s: u64::from(longest_s), log: Vec::new() }
    }

    /// Takes a message at `now` and says when it arrives.
    pub(super) fn carry(&mut self, now: SimTime, message: &Arc<Message>) -> SimTime {
        let sender = &message.header().sender_domain;
        let outlet = self.outlets.iter_mut().find(|o| o.sender == *sender).expect("senders are participants of the case");
        let delay = outlet.delays.at(outlet.sent).bits() % (self.longest_s + 1);
        outlet.sent += 1;
        let arrived = (now + SimDuration::seconds(delay as i64)).max(outlet.last_arrival);
        outlet.last_arrival = arrived;
        self.log.push(LoggedMessage { sent: now, arrived, message: Arc::clone(message) });
        arrived
    }
}
