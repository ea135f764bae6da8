//! From received to accepted: what a receiver checks, and in what order.
//!
//! ```text
//!  Received ──check──► Validated ──accept──► Accepted ──► handlers, Book
//!      │                   │
//!      └────► Refused ◄────┘ refuse (the receiver's own reasons)
//! ```
//! Handlers and [`Book`](super::participant::Book) take [`Accepted`] only, which nothing but this path makes.
//!
//! The ladder: rules of the rung [`Rung::Sender`] stand first, and if one of them fails nothing else is looked at. All others
//! are then applied, in the order form, references, content; every one that fails is reported, and a rule whose premise is
//! missing (an order of an unknown offer has no price to compare) is silent. The reasons go into one `RejectionReason`, joined
//! with `; `. Nothing here or elsewhere depends on the words of a peer.
//!
//! [`catalogue`] lists the rules; `docs/protocol/rules.md` is made from it.

mod case;
mod clock;
mod isp_set;
mod ladder;
mod lists;
mod lookup;
mod refers;
mod rule;
mod rules;

use std::sync::Arc;

pub use lookup::{Archive, Baseline, OfferState, OrderRecord, Registry, Reservation, Settled, SettledClock, Standing, Terms, View};
pub use rule::{Fault, Rule, Rung};

use super::message::{DateTime, Message, MessageId, Text};
use crate::ids::{Domain, Role};
use case::Case;

/// All rules, in the order of the ladder.
#[must_use]
pub fn catalogue() -> &'static [Rule] {
    ladder::LADDER
}

/// A message as it came: its syntax is right, nothing else is known.
#[derive(Debug, Clone)]
pub struct Received {
    message: Arc<Message>,
    envelope_domain: Domain,
    role: Role,
}

impl Received {
    /// A message out of an envelope sent by `envelope_domain` in `role`.
    #[must_use]
    pub fn new(message: Arc<Message>, envelope_domain: Domain, role: Role) -> Received {
        Received { message, envelope_domain, role }
    }

    /// A message that travelled in process from a sender in `role`, without an envelope that could name another sender.
    #[must_use]
    pub fn in_process(message: Arc<Message>, role: Role) -> Received {
        let envelope_domain = message.header().sender_domain.clone();
        Received { message, envelope_domain, role }
    }

    /// The message, still unchecked.
    #[must_use]
    pub fn message(&self) -> &Arc<Message> {
        &self.message
    }

    /// Applies all rules.
    ///
    /// # Errors
    /// Every rule that fails.
    pub fn check(self, view: &View<'_>) -> Result<Validated, Refused> {
        let faults = ladder::faults(&Case::new(&self.message, &self.envelope_domain, self.role, view));
        if faults.is_empty() { Ok(Validated { message: self.message }) } else { Err(Refused { message: self.message, faults }) }
    }
}

/// A message that breaks no rule. The receiver may still have reasons of its own to refuse it.
#[derive(Debug, Clone)]
pub struct Validated {
    message: Arc<Message>,
}

impl Validated {
    /// The message.
    #[must_use]
    pub fn message(&self) -> &Arc<Message> {
        &self.message
    }

    /// The receiver takes it.
    #[must_use]
    pub fn accept(self) -> Accepted {
        Accepted { message: self.message }
    }

    /// The receiver does not take it, for a reason of its own.
    #[must_use]
    pub fn refuse(self, fault: Fault) -> Refused {
        Refused { message: self.message, faults: vec![fault] }
    }
}

/// A message that the receiver has taken.
#[derive(Debug, Clone)]
pub struct Accepted {
    message: Arc<Message>,
}

impl Accepted {
    /// The message.
    #[must_use]
    pub fn message(&self) -> &Arc<Message> {
        &self.message
    }

    /// The message, for keeping.
    #[must_use]
    pub fn into_message(self) -> Arc<Message> {
        self.message
    }

    /// The accepting response; `None` if the message is itself a response.
    #[must_use]
    pub fn reply(&self, message_id: MessageId, time_stamp: DateTime) -> Option<Message> {
        self.message.reply(message_id, time_stamp, None)
    }
}

/// A message that the receiver does not take, and why.
#[derive(Debug, Clone)]
pub struct Refused {
    message: Arc<Message>,
    faults: Vec<Fault>,
}

impl Refused {
    /// The message.
    #[must_use]
    pub fn message(&self) -> &Arc<Message> {
        &self.message
    }

    /// What is wrong with it; at least one fault.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// All reasons in one text, as `RejectionReason` carries them.
    #[must_use]
    pub fn reason(&self) -> String {
        self.faults.iter().map(|f| f.text.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// The rejecting response; `None` if the message is itself a response, which nothing answers.
    #[must_use]
    pub fn reply(&self, message_id: MessageId, time_stamp: DateTime) -> Option<Message> {
        self.message.reply(message_id, time_stamp, Some(Text::from(self.reason())))
    }
}
