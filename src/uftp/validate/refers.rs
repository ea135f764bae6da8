//! What a message refers to, found in the archive; `None` where the reference is absent or unknown.

use crate::uftp::message::{Message, MessageId};

/// The request of an offer, the offer of an order or a revocation, the query of a portfolio response.
pub(super) fn to<'a>(message: &Message, find: impl Fn(MessageId) -> Option<&'a Message>) -> Option<&'a Message> {
    match message {
        Message::FlexOffer(m) => find(m.flex_request_message_id?).filter(|r| matches!(r, Message::FlexRequest(_))),
        Message::FlexOrder(_) | Message::FlexOfferRevocation(_) => find(offer_id(message)?).filter(|r| matches!(r, Message::FlexOffer(_))),
        Message::AgrPortfolioQueryResponse(m) => find(m.response.reference),
        Message::DsoPortfolioQueryResponse(m) => find(m.response.reference),
        _ => None,
    }
}

/// The identifier of the offer that an order or a revocation names.
pub(super) fn offer_id(message: &Message) -> Option<MessageId> {
    match message {
        Message::FlexOrder(m) => m.flex_offer_message_id,
        Message::FlexOfferRevocation(m) => Some(m.flex_offer_message_id),
        _ => None,
    }
}
