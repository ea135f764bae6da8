//! The messages a participant has exchanged, and what follows from them for later ones.
//!
//! | event | consequence |
//! |---|---|
//! | message sent | in force, unless its response rejects it |
//! | message accepted | in force; its revision, portfolio time stamp or order number is remembered |
//! | message refused | only its identifier and the response are remembered |
//! | FlexOrder accepted, FlexOrderResponse accepting | the offer is ordered |
//! | an order without an answer that a settlement is rejected for | it was accepted |
//! | FlexOfferRevocation sent or accepted | the offer is revoked; a rejecting response brings it back |
//! | FlexSettlementResponse sent or received | the orders of the settlement are settled |
//!
//! On the side of the operator an order that waits for its answer does not make the offer "ordered": a revocation that crosses
//! it wins (Shapeshifter specification 3.1.0, FlexOfferRevocation).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::ids::{Domain, EntityAddress};
use crate::uftp::message::{DateTime, Header, Message, MessageId, MessageType, Text};
use crate::uftp::validate::{Accepted, Archive, OfferState, OrderRecord, Refused};

/// What a participant remembers of its messages. It implements [`Archive`], which the rules look things up in.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// By identifier; only by mischief are there several, of different senders.
    entries: BTreeMap<MessageId, Vec<Entry>>,
    revisions: BTreeMap<Scope, i64>,
    portfolios: BTreeMap<(Domain, MessageType), DateTime>,
    /// Accepted orders by counterparty and the operator's number.
    orders: BTreeMap<(Domain, Text), Order>,
}

#[derive(Debug, Clone)]
struct Entry {
    message: Arc<Message>,
    in_force: bool,
    /// The response sent to it.
    response: Option<Arc<Message>>,
    offer: OfferState,
}

#[derive(Debug, Clone)]
struct Order {
    period: Date,
    settled: bool,
}

/// What revisions count within. The specification does not say; a prognosis has one sequence per congestion point and Period,
/// a request also per contract and service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Scope(MessageType, Domain, EntityAddress, Date, Option<Text>, Option<Text>);

impl Scope {
    fn of(message: &Message) -> Option<(Scope, i64)> {
        let sender = message.header().sender_domain.clone();
        let scope =
            |place: EntityAddress, period, contract, service| Scope(message.message_type(), sender, place, period, contract, service);
        Some(match message {
            Message::DPrognosis(m) => (scope(m.flex.congestion_point.clone(), m.flex.period, None, None), m.revision),
            Message::FlexRequest(m) => {
                let (contract, service) = (m.contract_id.clone(), m.service_type.clone());
                (scope(m.flex.congestion_point.clone(), m.flex.period, contract, service), m.revision)
            }
            Message::Metering(m) => (scope(m.ean.connection(), m.period, None, None), m.revision),
            _ => return None,
        })
    }
}

/// What the book knows of a message that has just come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Nothing under this identifier.
    New,
    /// The same message came before; the response it got is to be sent again, unchanged, and nothing else is to be done.
    Again {
        /// Absent while the first is not answered yet.
        response: Option<Arc<Message>>,
    },
    /// Another message came under this identifier: the rule `duplicate-identifier` refuses it.
    Conflict,
}

impl Book {
    /// Whether `message` has come before. Same content means equal values, however they were written.
    #[must_use]
    pub fn seen(&self, message: &Message) -> Seen {
        match self.by_sender(message.header().message_id, &message.header().sender_domain) {
            None => Seen::New,
            Some(entry) if *entry.message == *message => Seen::Again { response: entry.response.clone() },
            Some(_) => Seen::Conflict,
        }
    }

    /// Remembers a message of one's own, when it is sent first. Responses are kept with what they answer, not here.
    pub fn sent(&mut self, message: &Arc<Message>) {
        if message.message_type().is_response() {
            return;
        }
        self.insert(message, true, None);
        if let Message::FlexOfferRevocation(m) = &**message {
            let peer = message.header().recipient_domain.clone();
            self.set_offer(&peer, m.flex_offer_message_id, OfferState::Revoked);
        }
    }

    /// Remembers a message accepted, with the response sent to it; `None` for a message that is itself a response.
    pub fn accepted(&mut self, accepted: Accepted, response: Option<Arc<Message>>) -> Arc<Message> {
        let message = accepted.into_message();
        let peer = message.header().sender_domain.clone();
        if let Some((scope, revision)) = Scope::of(&message) {
            self.revisions.insert(scope, revision);
        }
        match &*message {
            Message::AgrPortfolioUpdate(_) | Message::DsoPortfolioUpdate(_) => {
                self.portfolios.insert((peer.clone(), message.message_type()), message.header().time_stamp);
            }
            Message::FlexOfferRevocation(m) => self.set_offer(&peer, m.flex_offer_message_id, OfferState::Revoked),
            Message::FlexOrder(_) => self.order_binds(&peer, &message),
            Message::FlexSettlement(_) => self.settled(&peer, &message),
            _ => {}
        }
        if message.message_type().is_response() {
            self.answered(&peer, &message);
        } else {
            self.insert(&message, true, response);
        }
        message
    }

    /// Remembers a message refused, with the response sent to it. Refused responses leave no trace.
    pub fn refused(&mut self, refused: &Refused, response: Option<Arc<Message>>) {
        let message = refused.message();
        // A second message under a known identifier must not displace the first.
        let header = message.header();
        let known = self.by_sender(header.message_id, &header.sender_domain).is_some();
        if !known && !message.message_type().is_response() {
            self.insert(message, false, response);
        }
    }

    /// Remembers an order as accepted whose answer never came, because `peer` asks that it be settled.
    pub fn order_accepted(&mut self, peer: &Domain, reference: Text, period: Date) {
        self.orders.insert((peer.clone(), reference), Order { period, settled: false });
    }

    /// Forgets everything about Periods, and messages without one sent, before `date`. Settled orders go too.
    pub fn forget_before(&mut self, date: Date) {
        let day = |m: &Message| m.period().unwrap_or_else(|| local_date(m.header().time_stamp));
        self.entries.retain(|_, same_id| {
            same_id.retain(|e| day(&e.message) >= date);
            !same_id.is_empty()
        });
        self.revisions.retain(|scope, _| scope.3 >= date);
        self.orders.retain(|_, order| !order.settled || order.period >= date);
    }

    fn insert(&mut self, message: &Arc<Message>, in_force: bool, response: Option<Arc<Message>>) {
        let entry = Entry { message: Arc::clone(message), in_force, response, offer: OfferState::Open };
        let same_id = self.entries.entry(message.header().message_id).or_default();
        same_id.retain(|e| e.message.header().sender_domain != message.header().sender_domain);
        same_id.push(entry);
    }

    /// A response has come to a message of one's own.
    fn answered(&mut self, peer: &Domain, message: &Message) {
        let Some(response) = message.response() else { return };
        let own = &message.header().recipient_domain;
        let same_id = self.entries.get_mut(&response.reference);
        let Some(entry) = same_id.into_iter().flatten().find(|e| e.message.header().sender_domain == *own) else { return };
        entry.in_force = response.is_accepted();
        let asked = Arc::clone(&entry.message);
        match &*asked {
            Message::FlexOrder(_) if response.is_accepted() => self.order_binds(peer, &asked),
            Message::FlexOfferRevocation(m) if !response.is_accepted() => {
                self.set_offer(peer, m.flex_offer_message_id, OfferState::Open);
            }
            Message::FlexSettlement(_) if response.is_accepted() => self.settled(peer, &asked),
            _ => {}
        }
    }

    fn order_binds(&mut self, peer: &Domain, message: &Message) {
        let Message::FlexOrder(order) = message else { return };
        if let Some(offer) = order.flex_offer_message_id {
            self.set_offer(peer, offer, OfferState::Ordered);
        }
        self.orders.insert((peer.clone(), order.order_reference.clone()), Order { period: order.flex.period, settled: false });
    }

    fn settled(&mut self, peer: &Domain, message: &Message) {
        let Message::FlexSettlement(settlement) = message else { return };
        for reference in settlement.flex_order_settlements.iter().filter_map(|item| item.order_reference.clone()) {
            if let Some(order) = self.orders.get_mut(&(peer.clone(), reference)) {
                order.settled = true;
            }
        }
    }

    fn set_offer(&mut self, peer: &Domain, offer: MessageId, state: OfferState) {
        if let Some(entry) = self.entries.get_mut(&offer).into_iter().flatten().find(|e| e.is_with(peer)) {
            entry.offer = state;
        }
    }

    fn by_sender(&self, id: MessageId, sender: &Domain) -> Option<&Entry> {
        self.entries.get(&id)?.iter().find(|e| e.message.header().sender_domain == *sender)
    }

    /// A message exchanged with `peer`, whoever of the two sent it.
    fn with_peer(&self, id: MessageId, peer: &Domain) -> Option<&Entry> {
        self.entries.get(&id)?.iter().find(|e| e.is_with(peer))
    }
}

impl Entry {
    fn is_with(&self, peer: &Domain) -> bool {
        let header = self.message.header();
        header.sender_domain == *peer || header.recipient_domain == *peer
    }
}

/// The calendar day where the message was written.
fn local_date(t: DateTime) -> Date {
    let local = t.second.0 + i64::from(t.offset_min) * 60;
    let stamp = jiff::Timestamp::from_second(local).expect("time stamps lie within years 1..9999");
    jiff::tz::Offset::UTC.to_datetime(stamp).date()
}

impl Archive for Book {
    fn exchanged(&self, peer: &Domain, id: MessageId) -> Option<&Message> {
        let entry = self.with_peer(id, peer)?;
        entry.in_force.then_some(&*entry.message)
    }

    fn received_before(&self, header: &Header) -> Option<&Message> {
        self.by_sender(header.message_id, &header.sender_domain).map(|entry| &*entry.message)
    }

    fn offer_state(&self, peer: &Domain, offer: MessageId) -> OfferState {
        self.with_peer(offer, peer).map_or(OfferState::Open, |entry| entry.offer)
    }

    fn latest_revision(&self, message: &Message) -> Option<i64> {
        self.revisions.get(&Scope::of(message)?.0).copied()
    }

    fn latest_portfolio(&self, sender: &Domain, message_type: MessageType) -> Option<DateTime> {
        self.portfolios.get(&(sender.clone(), message_type)).copied()
    }

    fn orders<'a>(&'a self, peer: &'a Domain) -> Box<dyn Iterator<Item = OrderRecord<'a>> + 'a> {
        let all = self.orders.range((peer.clone(), Text::from(""))..).take_while(move |((p, _), _)| p == peer);
        Box::new(all.map(|((_, reference), order)| OrderRecord { reference, period: order.period, settled: order.settled }))
    }
}
