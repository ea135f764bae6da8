//! By which clock messages in hand count: zone and length of ISPs.
//!
//! Most messages say both. A revocation counts as its offer, a settlement as the orders and contracts it names, a response as what it
//! answers, if that is in hand. Nothing is assumed: where nobody says, there is no clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ids::Domain;
use crate::time::IspCalendar;
use crate::uftp::message::{FlexHeader, FlexSettlement, Message, MessageId};
use crate::uftp::validate::Settled;

/// Zone and minutes of an ISP, as messages say them.
type Said = (String, u16);

/// An order or a contract between an operator and an aggregator: who is who, whether it is a contract, its name.
type Deal = (Domain, Domain, bool, String);

/// What messages in hand say of clocks.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    messages: BTreeMap<MessageId, Arc<Message>>,
    /// `None` where two messages contradict each other.
    deals: BTreeMap<Deal, Option<Said>>,
}

impl Clocks {
    pub(super) fn new<'a>(messages: impl Iterator<Item = &'a Arc<Message>> + Clone) -> Clocks {
        let mut clocks = Clocks::default();
        let settles = messages.clone().any(|message| matches!(**message, Message::FlexSettlement(_)));
        for message in messages {
            clocks.messages.insert(message.header().message_id, Arc::clone(message));
            if !settles {
                continue;
            }
            let header = message.header();
            let parties = match &**message {
                Message::FlexOffer(_) => (&header.recipient_domain, &header.sender_domain),
                _ => (&header.sender_domain, &header.recipient_domain),
            };
            let (order, contract) = match &**message {
                Message::FlexOrder(m) => (Some(&*m.order_reference), m.contract_id.as_deref()),
                Message::FlexOffer(m) => (None, m.contract_id.as_deref()),
                Message::FlexRequest(m) => (None, m.contract_id.as_deref()),
                Message::FlexReservationUpdate(m) => (None, Some(&*m.contract_id)),
                _ => (None, None),
            };
            for (is_contract, name) in [(false, order), (true, contract)] {
                if let (Some(name), Some(flex)) = (name, message.flex()) {
                    let deal = (parties.0.clone(), parties.1.clone(), is_contract, name.to_owned());
                    let known = clocks.deals.entry(deal).or_insert_with(|| Some(said(flex)));
                    if known
                        .as_ref()
                        .is_some_and(|(zone, minutes)| (zone.as_str(), *minutes) != (flex.time_zone.as_str(), flex.isp_duration.0))
                    {
                        *known = None;
                    }
                }
            }
        }
        clocks
    }

    /// The clock of a message; `None` where nobody says it, or no such clock exists.
    pub(super) fn of(&self, message: &Message) -> Option<IspCalendar> {
        let minutes = message.isp_duration().map(|d| d.0);
        match (message, message.time_zone()) {
            // Portfolios say a zone and speak of whole days.
            (_, Some(zone)) => {
                IspCalendar::of_others(zone.as_str(), minutes.unwrap_or(15)).or_else(|_| IspCalendar::new(zone.as_str(), 15)).ok()
            }
            (Message::FlexSettlement(m), None) => self.of_settlement(m),
            (Message::FlexOfferRevocation(m), None) => {
                self.of(self.messages.get(&m.flex_offer_message_id).filter(|m| matches!(***m, Message::FlexOffer(_)))?)
            }
            // What a response answers is no response, so this ends.
            (_, None) => self.of(self.messages.get(&message.reference()?).filter(|asked| asked.response().is_none())?),
        }
    }

    /// The clock of an item of a settlement: that of its order or contract. One that names none counts as all the others.
    pub(super) fn settled(&self, settlement: &Message, what: Settled<'_>) -> Option<IspCalendar> {
        let Message::FlexSettlement(m) = settlement else { return None };
        match what {
            Settled::Order(Some(name)) => calendar(self.deal(m, false, name)?),
            // A contract of which no message tells: as the orders under it, which the settlement names.
            Settled::Contract(Some(name)) => match self.deal(m, true, name) {
                Some(said) => calendar(said),
                None => self.of_settlement(m),
            },
            Settled::Order(None) | Settled::Contract(None) => self.of_settlement(m),
        }
    }

    /// The one clock of everything that a settlement names.
    fn of_settlement(&self, m: &FlexSettlement) -> Option<IspCalendar> {
        let orders = m.flex_order_settlements.iter().filter_map(|item| item.order_reference.as_deref()).map(|name| (false, name));
        let contracts = m.contract_settlements.iter().filter_map(|item| item.contract_id.as_deref()).map(|name| (true, name));
        let mut known = orders.chain(contracts).filter_map(|(is_contract, name)| self.deal(m, is_contract, name));
        let first = known.next()?;
        known.all(|said| said == first).then(|| calendar(first)).flatten()
    }

    fn deal(&self, m: &FlexSettlement, is_contract: bool, name: &str) -> Option<&Said> {
        let (operator, aggregator) = (m.header.sender_domain.clone(), m.header.recipient_domain.clone());
        self.deals.get(&(operator, aggregator, is_contract, name.to_owned()))?.as_ref()
    }
}

fn said(flex: &FlexHeader) -> Said {
    (flex.time_zone.as_str().to_owned(), flex.isp_duration.0)
}

fn calendar((zone, minutes): &Said) -> Option<IspCalendar> {
    IspCalendar::of_others(zone, *minutes).ok()
}
