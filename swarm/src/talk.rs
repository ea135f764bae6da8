//! The messages of a run, by identifier and with their answers.

use std::collections::BTreeMap;

use copperplate::ids::Domain;
use copperplate::sim::{Fate, LoggedMessage};
use copperplate::time::{Period, SimTime};
use copperplate::uftp::message::{DPrognosis, FlexOrder, FlexRequest, IspPower, Message, MessageId};
use jiff::civil::Date;

/// What was said, once each.
pub(crate) struct Talk<'a> {
    /// In the order of sending.
    pub(crate) sent: Vec<&'a LoggedMessage>,
    by_id: BTreeMap<MessageId, &'a Message>,
    answers: BTreeMap<MessageId, &'a LoggedMessage>,
}

/// An order with the request behind its offer.
#[derive(Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) message: &'a FlexOrder,
    pub(crate) request: Option<&'a FlexRequest>,
}

impl<'a> Talk<'a> {
    pub(crate) fn new(log: &'a [LoggedMessage]) -> Talk<'a> {
        let sent: Vec<&LoggedMessage> = log.iter().filter(|m| m.attempt == 0 && m.fate != Fate::Repeated).collect();
        let by_id = sent.iter().map(|m| (m.message.header().message_id, &*m.message)).collect();
        let answers = sent.iter().filter_map(|m| Some((m.message.reference()?, *m))).collect();
        Talk { sent, by_id, answers }
    }

    /// The message of an identifier.
    pub(crate) fn get(&self, id: MessageId) -> Option<&'a Message> {
        self.by_id.get(&id).copied()
    }

    /// The answer to a message, with what became of it.
    pub(crate) fn answer(&self, id: MessageId) -> Option<&'a LoggedMessage> {
        self.answers.get(&id).copied()
    }

    /// Whether a message was answered with acceptance.
    pub(crate) fn accepted(&self, id: MessageId) -> bool {
        self.answer(id).and_then(|a| a.message.response()).is_some_and(|r| r.is_accepted())
    }

    /// All messages with their time of sending.
    pub(crate) fn messages(&self) -> impl Iterator<Item = (SimTime, &'a Message)> {
        self.sent.iter().map(|m| (m.sent, &*m.message))
    }

    /// Accepted orders, by time and number.
    pub(crate) fn orders(&self) -> Vec<Order<'a>> {
        let mut orders: Vec<Order<'a>> = self
            .messages()
            .filter_map(|(_, m)| match m {
                Message::FlexOrder(message) if self.accepted(message.header.message_id) => Some(self.order(message)),
                _ => None,
            })
            .collect();
        orders.sort_by(|a, b| a.key().cmp(&b.key()));
        orders
    }

    fn order(&self, message: &'a FlexOrder) -> Order<'a> {
        let offer = message.flex_offer_message_id.and_then(|id| self.get(id));
        let answered = if let Some(Message::FlexOffer(offer)) = offer { offer.flex_request_message_id } else { None };
        let request = match answered.and_then(|id| self.get(id)) {
            Some(Message::FlexRequest(request)) => Some(request),
            _ => None,
        };
        Order { message, request }
    }

    /// The prognosis of an identifier.
    pub(crate) fn prognosis(&self, id: MessageId) -> Option<&'a DPrognosis> {
        match self.get(id) {
            Some(Message::DPrognosis(p)) => Some(p),
            _ => None,
        }
    }
}

impl Order<'_> {
    fn key(&self) -> (SimTime, &str) {
        (self.message.header.time_stamp.second, &self.message.order_reference)
    }

    /// The aggregator.
    pub(crate) fn agr(&self) -> &Domain {
        &self.message.header.recipient_domain
    }

    /// The day.
    pub(crate) fn date(&self) -> Date {
        self.message.flex.period
    }
}

/// Power per ISP of a Period, W; zero where nothing is said.
pub(crate) fn spread(period: &Period, isps: &[IspPower]) -> Vec<i64> {
    let mut power = vec![0; period.isps()];
    for isp in isps {
        for number in isp.run.start..isp.run.start + isp.run.duration {
            if let Some(p) = power.get_mut(usize::from(number) - 1) {
                *p = isp.power.0;
            }
        }
    }
    power
}
