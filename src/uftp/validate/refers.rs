//! What a message refers to, found in the archive; `None` where the reference is absent or unknown.

use super::OfferState;
use super::rule::Case;
use crate::uftp::message::{FlexOffer, Message, MessageId, OfferOption};

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

/// The offer that an order or a revocation names. A revocation must come from whom the offer came from.
pub(super) fn offer<'a>(case: &Case<'a>) -> Option<&'a FlexOffer> {
    match case.referred? {
        Message::FlexOffer(offer) => Some(offer),
        _ => None,
    }
}

/// What has become of that offer.
pub(super) fn offer_state(case: &Case<'_>) -> Option<OfferState> {
    offer(case).map(|offer| case.view.archive.offer_state(case.peer(), offer.header.message_id))
}

/// The option that an order buys: the one it names, or the only one.
pub(super) fn option<'a>(case: &Case<'a>) -> Option<&'a OfferOption> {
    let Message::FlexOrder(order) = case.message else { return None };
    let options = &offer(case)?.options;
    match &order.option_reference {
        Some(name) => options.iter().find(|option| option.option_reference == *name),
        None if options.len() == 1 => options.first(),
        None => None,
    }
}
