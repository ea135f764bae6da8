//! Messages sent and not yet answered: when to send them again, when to give up.
//!
//! Transport only says that a message was taken in; its answer comes later as a message of its own, possibly before the
//! sending call returns. So a message is entered here before it is sent. It is repeated, unchanged and with the same
//! MessageID, after 1, 3, 7, … times the first interval (exponential back-off) until its deadline.
//!
//! Origin: Shapeshifter specification 3.1.0, transport, "Message delivery": retries with exponential back-off for at least one hour.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::time::{SimDuration, SimTime};
use crate::uftp::message::{Message, MessageId};

/// The answers a participant waits for.
#[derive(Debug, Clone, Default)]
pub struct Outstanding(BTreeMap<MessageId, Waiting>);

#[derive(Debug, Clone)]
struct Waiting {
    message: Arc<Message>,
    deadline: SimTime,
    next: SimTime,
    interval: SimDuration,
}

/// What is to be done now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// To be sent again.
    pub again: Vec<Arc<Message>>,
    /// Given up: the deadline has passed without an answer.
    pub expired: Vec<Arc<Message>>,
}

impl Outstanding {
    /// Enters a message about to be sent at `now`, to be repeated first after `interval` and given up at `deadline`.
    /// Responses and TestMessages, whose answers name nothing, are not waited for.
    pub fn insert(&mut self, message: Arc<Message>, now: SimTime, interval: SimDuration, deadline: SimTime) {
        let answerable = message.message_type().expected_response().is_some_and(|r| r.reference_attribute().is_some());
        if answerable {
            let waiting = Waiting { deadline, next: now + interval, interval, message: Arc::clone(&message) };
            self.0.insert(message.header().message_id, waiting);
        }
    }

    /// Takes out the message that `response` answers, if it is waited for and in the same conversation.
    pub fn answered(&mut self, response: &Message) -> Option<Arc<Message>> {
        let id = response.reference()?;
        let asked = &self.0.get(&id)?.message;
        let fits = asked.message_type().expected_response() == Some(response.message_type())
            && asked.header().conversation_id == response.header().conversation_id
            && asked.header().recipient_domain == response.header().sender_domain;
        if fits { self.0.remove(&id).map(|w| w.message) } else { None }
    }

    /// Takes out a message that will never be answered, because its recipient does not even take it in.
    pub fn give_up(&mut self, id: MessageId) -> Option<Arc<Message>> {
        self.0.remove(&id).map(|w| w.message)
    }

    /// Begins all waits again at `now`: whoever waits was away, and nothing was repeated meanwhile.
    pub fn begin_again(&mut self, now: SimTime, interval: SimDuration, deadline: SimTime) {
        for waiting in self.0.values_mut() {
            *waiting = Waiting { deadline, next: now + interval, interval, message: Arc::clone(&waiting.message) };
        }
    }

    /// What is to be done at `now`, in the order of MessageIDs. What has expired is no longer waited for.
    pub fn due(&mut self, now: SimTime) -> Due {
        let mut due = Due::default();
        self.0.retain(|_, w| {
            if w.deadline <= now {
                due.expired.push(Arc::clone(&w.message));
                return false;
            }
            if w.next <= now {
                due.again.push(Arc::clone(&w.message));
                w.interval = SimDuration(w.interval.0 * 2);
                w.next = now + w.interval;
            }
            true
        });
        due
    }

    /// When [`due`](Outstanding::due) has next something to say.
    #[must_use]
    pub fn next_due(&self) -> Option<SimTime> {
        self.0.values().map(|w| w.next.min(w.deadline)).min()
    }

    /// How many answers are waited for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uftp::message::MessageType;
    use crate::uftp::sample::sample;

    #[test]
    fn repeats_with_growing_intervals_until_the_deadline() {
        let mut table = Outstanding::default();
        let request = Arc::new(sample(MessageType::FlexRequest));
        table.insert(Arc::clone(&request), SimTime(0), SimDuration(60), SimTime(1000));
        let mut sent = Vec::new();
        let mut expired_at = None;
        while let Some(t) = table.next_due() {
            let due = table.due(t);
            sent.extend(due.again.iter().map(|_| t.0));
            if !due.expired.is_empty() {
                expired_at = Some(t.0);
            }
        }
        assert_eq!(sent, [60, 180, 420, 900]);
        assert_eq!(expired_at, Some(1000));
    }

    #[test]
    fn waits_begin_again() {
        let mut table = Outstanding::default();
        table.insert(Arc::new(sample(MessageType::FlexRequest)), SimTime(0), SimDuration(60), SimTime(1000));
        table.begin_again(SimTime(5000), SimDuration(60), SimTime(6000));
        assert_eq!(table.next_due(), Some(SimTime(5060)));
        assert_eq!(table.due(SimTime(5060)).again.len(), 1);
        assert_eq!(table.next_due(), Some(SimTime(5180)));
    }

    #[test]
    fn only_the_right_answer_ends_the_wait() {
        let mut table = Outstanding::default();
        table.insert(Arc::new(sample(MessageType::FlexRequest)), SimTime(0), SimDuration(60), SimTime(1000));
        assert_eq!(table.answered(&sample(MessageType::FlexOfferResponse)), None);
        let mut stranger = sample(MessageType::FlexRequestResponse);
        if let Message::FlexRequestResponse(m) = &mut stranger {
            m.header.sender_domain = crate::ids::Domain::new("other.example.com");
        }
        assert_eq!(table.answered(&stranger), None);
        assert!(table.answered(&sample(MessageType::FlexRequestResponse)).is_some());
        assert!(table.is_empty());
    }
}
