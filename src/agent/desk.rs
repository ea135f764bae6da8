//! Identifiers, headers and answers of one participant.

use std::sync::Arc;

use crate::ids::{Domain, EntityAddress};
use crate::rng::Stream;
use crate::time::{IspCalendar, Period, SimTime};
use crate::uftp::message::{ConversationId, Currency, DateTime, FlexHeader, Header, IspMinutes, Message, MessageId, Version, ZoneName};

use super::input::Action;

/// A source of identifiers and headers for one participant: keyed draws instead of a clock.
#[derive(Debug, Clone)]
pub struct Desk {
    pub(super) domain: Domain,
    pub(super) calendar: Arc<IspCalendar>,
    pub(super) currency: Currency,
    ids: Stream,
    next: u64,
}

impl Desk {
    /// The desk of `domain` for a case with this seed.
    #[must_use]
    pub fn new(domain: Domain, calendar: Arc<IspCalendar>, currency: Currency, seed: u64) -> Desk {
        let ids = Stream::new(seed, domain.as_str(), "message-id");
        Desk { domain, calendar, currency, ids, next: 0 }
    }

    /// A fresh UUID, version 4 in form.
    pub(super) fn uuid(&mut self) -> uuid::Uuid {
        let mut draw = self.ids.at(self.next);
        self.next += 1;
        uuid::Builder::from_random_bytes((u128::from(draw.bits()) << 64 | u128::from(draw.bits())).to_be_bytes()).into_uuid()
    }

    /// A header that opens a conversation, or continues `conversation`.
    pub(super) fn header(&mut self, now: SimTime, to: &Domain, conversation: Option<ConversationId>) -> Header {
        let message_id = MessageId(self.uuid());
        Header {
            version: Version::V3_1_0,
            sender_domain: self.domain.clone(),
            recipient_domain: to.clone(),
            time_stamp: self.date_time(now),
            message_id,
            conversation_id: conversation.unwrap_or(ConversationId(message_id.0)),
        }
    }

    pub(super) fn flex(&self, period: &Period, congestion_point: &EntityAddress) -> FlexHeader {
        FlexHeader {
            isp_duration: IspMinutes(self.calendar.isp_minutes()),
            time_zone: self.zone(),
            period: period.date,
            congestion_point: congestion_point.clone(),
        }
    }

    pub(super) fn zone(&self) -> ZoneName {
        ZoneName::new(self.calendar.zone_name())
    }

    pub(super) fn date_time(&self, t: SimTime) -> DateTime {
        DateTime::new(&self.calendar, t)
    }

    /// The response to `message`, accepting it or saying why not.
    pub(super) fn reply(&mut self, now: SimTime, message: &Message, rejection: Option<String>) -> Option<Action> {
        let id = MessageId(self.uuid());
        let reply = message.reply(id, self.date_time(now), rejection.map(Into::into))?;
        Some(send(reply))
    }

    /// The response that refuses `message`; nothing answers a response.
    pub(super) fn refusal(&mut self, now: SimTime, message: &Message, reason: String) -> Option<Arc<Message>> {
        let id = MessageId(self.uuid());
        message.reply(id, self.date_time(now), Some(reason.into())).map(Arc::new)
    }
}

pub(super) fn send(message: impl Into<Message>) -> Action {
    Action::Send(Arc::new(message.into()))
}
