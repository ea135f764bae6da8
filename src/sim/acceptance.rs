//! Which orders bind: those that their aggregators accepted, whether or not the operator came to know.

use std::collections::BTreeSet;

use crate::market::ledger::{NO_ANSWER, Unbooked};
use crate::uftp::message::{Message, MessageId};

use super::wire::LoggedMessage;

/// MessageIDs of the orders that an acceptance was sent for.
pub(super) fn accepted_orders(messages: &[LoggedMessage]) -> BTreeSet<MessageId> {
    let answers = messages.iter().filter_map(|m| if let Message::FlexOrderResponse(m) = &*m.message { Some(&m.response) } else { None });
    answers.filter(|answer| answer.is_accepted()).map(|answer| answer.reference).collect()
}

/// Drops what was shown as open and binds nobody: orders that never reached, or were refused by, those they were for.
pub(super) fn keep_binding(unbooked: &mut Vec<Unbooked>, messages: &[LoggedMessage]) {
    let accepted = accepted_orders(messages);
    let orders = messages.iter().filter_map(|m| if let Message::FlexOrder(m) = &*m.message { Some(m) } else { None });
    let bound: BTreeSet<&str> = orders.filter(|o| accepted.contains(&o.header.message_id)).map(|o| &*o.order_reference).collect();
    unbooked.retain(|u| u.reason != NO_ANSWER || bound.contains(u.reference.as_str()));
}
