//! The rules applied to messages in hand, without the participants they were sent to.
//!
//! The messages are taken in the order of their time stamps. Each is checked as its recipient would have checked it: with the
//! time stamp as the recipient's clock, the message's own zone, ISP length and currency as the market's, and the messages before
//! it as what has been exchanged. Participants, contracts, baselines and congestion points count as known. What a message
//! refers to may lie elsewhere: a reference that none of the messages in hand answers is no fault. A message that says no zone or
//! length counts as what it is about, see [`Clocks`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::clocks::Clocks;
use crate::ids::{Domain, EntityAddress, Role};
use crate::time::IspCalendar;
use crate::uftp::message::{Currency, Message, MessageId};
use crate::uftp::participant::{Book, Seen};
use crate::uftp::sign::SignedMessage;
use crate::uftp::validate::{Baseline, Fault, Received, Registry, Settled, SettledClock, Standing, Terms, View};

/// Rules that ask for a message that may simply not be in hand.
const ELSEWHERE: [&str; 6] =
    ["answered-known", "flex-request-known", "flex-offer-known", "d-prognosis-known", "flex-order-known", "settled-order-known"];

/// What every participant has exchanged so far.
pub(super) struct Dossier {
    books: BTreeMap<Domain, Book>,
    /// Messages that their recipients reject for reasons of their own, by a response in hand.
    rejected: BTreeSet<MessageId>,
    clocks: Clocks,
}

impl Dossier {
    /// A dossier in which nothing has been exchanged; `messages` are all that will come.
    pub(super) fn new<'a>(messages: impl Iterator<Item = &'a Arc<Message>> + Clone) -> Dossier {
        let rejecting = messages.clone().filter_map(|m| m.response()).filter(|r| !r.is_accepted());
        Dossier { books: BTreeMap::new(), rejected: rejecting.map(|r| r.reference).collect(), clocks: Clocks::new(messages) }
    }

    /// Checks the next message and enters it on both sides.
    pub(super) fn check(&mut self, message: &Arc<Message>, envelope: Option<&SignedMessage>) -> Vec<Fault> {
        let header = message.header();
        let roles = (message.message_type().sender_roles(), message.message_type().recipient_roles());
        let sender_role = envelope.map_or(roles.0[0], |e| e.sender_role);
        let book = self.books.entry(header.recipient_domain.clone()).or_default();
        if matches!(book.seen(message), Seen::Again { .. }) {
            return Vec::new();
        }
        let calendar = self.clocks.of(message).unwrap_or_else(unsaid);
        let view = View {
            now: header.time_stamp.second,
            calendar: &calendar,
            currency: currency(message),
            domain: &header.recipient_domain,
            role: roles.1.iter().copied().find(|r| *r != sender_role).unwrap_or(roles.1[0]),
            registry: &Anyone { clocks: &self.clocks, message },
            archive: &*book,
        };
        let envelope_domain = envelope.map_or(&header.sender_domain, |e| &e.sender_domain).clone();
        let outcome = Received::new(Arc::clone(message), envelope_domain, sender_role).check(&view);
        let faults = match outcome {
            Ok(validated) if self.rejected.contains(&header.message_id) => {
                let own = Fault { rule: "own-reason", text: String::new(), isps: Vec::new() };
                book.refused(&validated.refuse(own), None);
                Vec::new()
            }
            Ok(validated) => {
                book.accepted(validated.accept(), None);
                Vec::new()
            }
            Err(refused) => {
                let faults: Vec<Fault> = refused.faults().iter().filter(|f| !ELSEWHERE.contains(&f.rule)).cloned().collect();
                // Faultless but for what lies elsewhere: later messages may refer to it.
                if faults.is_empty() {
                    book.sent(message)
                } else {
                    book.refused(&refused, None)
                }
                faults
            }
        };
        self.books.entry(header.sender_domain.clone()).or_default().sent(message);
        faults
    }
}

/// Stands for a clock that nobody said. No rule on ISPs uses it; whether a day is over is asked where it ends first.
fn unsaid() -> IspCalendar {
    IspCalendar::new("Pacific/Kiritimati", 15).expect("a zone of the database")
}

fn currency(message: &Message) -> Currency {
    match message {
        Message::FlexOffer(m) => m.currency,
        Message::FlexOrder(m) => m.currency,
        Message::FlexSettlement(m) => m.currency,
        Message::Metering(m) => m.currency.unwrap_or(Currency::EUR),
        _ => Currency::EUR,
    }
}

/// A receiver that knows everybody and has agreed to everything; its clock is that of the messages in hand.
struct Anyone<'a> {
    clocks: &'a Clocks,
    message: &'a Message,
}

impl Registry for Anyone<'_> {
    fn standing(&self, _domain: &Domain, _role: Role) -> Standing {
        Standing::Known
    }

    fn congestion_point(&self, _address: &EntityAddress, _period: Date, _peer: &Domain) -> Option<Terms> {
        Some(Terms { mutex_offers_supported: true, baseline: Baseline::Agreed, plausible_power: None })
    }

    fn settled_clock(&self, what: Settled<'_>, _peer: &Domain) -> SettledClock {
        self.clocks.settled(self.message, what).map_or(SettledClock::Unsaid, SettledClock::Of)
    }

    fn allows_direct_orders(&self, _contract_id: Option<&str>, _peer: &Domain) -> bool {
        true
    }
}
