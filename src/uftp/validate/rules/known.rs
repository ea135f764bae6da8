//! What a message names must be known.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::ids::EntityAddress;
use crate::uftp::message::{Message, MessageId, Text};
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::refers;
use crate::uftp::validate::rule::page;

page! {
    /// A response answers a message that this receiver sent to its sender, of the type it answers, in the same conversation.
    ///
    /// Why: other responses have no meaning. The receiver logs a response that breaks a rule, and does not answer it.
    /// Clause: the reference attribute of each response; "responses copy ConversationID".
    /// Example: a FlexOrderResponse whose FlexOrderMessageID is that of an offer.
    ANSWERED_KNOWN, answered_known
}

fn answered_known(case: &Case<'_>) -> Verdict {
    let Some(reference) = case.message.reference() else { return Ok(()) };
    let fits = case.view.archive.exchanged(case.peer(), reference).is_some_and(|asked| {
        asked.header().sender_domain == *case.view.domain
            && asked.header().conversation_id == case.message.header().conversation_id
            && asked.message_type().expected_response() == Some(case.message.message_type())
    });
    require(fits, || Breach::detail(reference.to_string()))
}

page! {
    /// The request that an offer answers has been sent to its sender.
    ///
    /// Why: the offer promises to serve the request.
    /// Clause: rejection reason "Unknown FlexRequestMessageID reference".
    /// Example: an offer for a request of another operator.
    FLEX_REQUEST_KNOWN, flex_request_known
}

fn flex_request_known(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    let Some(id) = m.flex_request_message_id else { return Ok(()) };
    require(matches!(case.view.archive.exchanged(case.peer(), id), Some(Message::FlexRequest(_))), || Breach::detail(id.to_string()))
}

page! {
    /// The offer that is ordered or revoked has been made and not been rejected.
    ///
    /// Why: only an open offer can be bought or revoked. An offer must be accepted before it can be revoked, so the operator knows it.
    /// Clause: rejection reason "Unknown FlexOfferMessageID reference".
    /// Example: an order for an offer that another aggregator made.
    FLEX_OFFER_KNOWN, flex_offer_known
}

fn flex_offer_known(case: &Case<'_>) -> Verdict {
    match refers::offer_id(case.message) {
        Some(id) if case.offer().is_none() => Err(Breach::detail(id.to_string())),
        _ => Ok(()),
    }
}

page! {
    /// The D-Prognosis that serves as baseline has been exchanged, for the same congestion point and Period.
    ///
    /// Why: a deviation has no meaning without its baseline. The D-Prognosis may belong to another conversation.
    /// Clause: rejection reason "Unknown D-PrognosisMessageID reference".
    /// Example: an offer that names a prognosis which the operator rejected.
    D_PROGNOSIS_KNOWN, d_prognosis_known
}

fn d_prognosis_known(case: &Case<'_>) -> Verdict {
    let known = |id: Option<MessageId>, congestion_point: &EntityAddress, period: Date| {
        let Some(id) = id else { return Ok(()) };
        let fits = match case.view.archive.exchanged(case.peer(), id) {
            Some(Message::DPrognosis(p)) => p.flex.congestion_point == *congestion_point && p.flex.period == period,
            _ => false,
        };
        require(fits, || Breach::detail(id.to_string()))
    };
    match case.message {
        Message::FlexOffer(m) => known(m.d_prognosis_message_id, &m.flex.congestion_point, m.flex.period),
        Message::FlexOrder(m) => known(m.d_prognosis_message_id, &m.flex.congestion_point, m.flex.period),
        Message::FlexSettlement(m) => {
            m.flex_order_settlements.iter().try_for_each(|item| known(item.d_prognosis_message_id, &item.congestion_point, item.period))
        }
        _ => Ok(()),
    }
}

page! {
    /// The orders whose status a D-PrognosisResponse states have been exchanged.
    ///
    /// Why: the aggregator learns from it which orders its prognosis contains.
    /// Clause: D-PrognosisResponse, "FlexOrderMessageID" of FlexOrderStatus.
    /// Example: a status of an order of another aggregator.
    FLEX_ORDER_KNOWN, flex_order_known
}

fn flex_order_known(case: &Case<'_>) -> Verdict {
    let Message::DPrognosisResponse(m) = case.message else { return Ok(()) };
    let known = |id| matches!(case.view.archive.exchanged(case.peer(), id), Some(Message::FlexOrder(_)));
    match m.flex_order_statuses.iter().find(|status| !known(status.flex_order_message_id)) {
        Some(status) => Err(Breach::detail(status.flex_order_message_id.to_string())),
        None => Ok(()),
    }
}

page! {
    /// A settlement and its response refer to orders that were placed.
    ///
    /// Why: a payment for an unknown order cannot be checked.
    /// Clause: FlexOrderSettlement, FlexOrderSettlementStatus: "OrderReference".
    /// Example: a settlement of "ORD-9", which the aggregator never accepted.
    SETTLED_ORDER_KNOWN, settled_order_known
}

fn settled_order_known(case: &Case<'_>) -> Verdict {
    let known: BTreeSet<&str> = case.view.archive.orders(case.peer()).map(|order| order.reference).collect();
    let check = |reference: Option<&str>| match reference {
        Some(name) if !known.contains(name) => Err(Breach::detail(name)),
        _ => Ok(()),
    };
    match case.message {
        Message::FlexSettlement(m) => m.flex_order_settlements.iter().try_for_each(|item| check(item.order_reference.as_deref())),
        Message::FlexSettlementResponse(m) => m.statuses.iter().try_for_each(|status| check(status.order_reference.as_deref())),
        _ => Ok(()),
    }
}

page! {
    /// The contract is one between sender and receiver.
    ///
    /// Why: the contract states reservations, obligations and payments.
    /// Clause: attribute "ContractID".
    /// Example: a reservation update under a contract that has ended.
    CONTRACT_KNOWN, contract_known
}

fn contract_known(case: &Case<'_>) -> Verdict {
    let known = |contract: &Option<Text>| match contract {
        Some(id) => require(case.view.registry.knows_contract(id, case.peer()), || Breach::detail(&**id)),
        None => Ok(()),
    };
    match case.message {
        Message::FlexReservationUpdate(m) => {
            require(case.view.registry.knows_contract(&m.contract_id, case.peer()), || Breach::detail(&*m.contract_id))
        }
        Message::FlexRequest(m) => known(&m.contract_id),
        Message::FlexOffer(m) => known(&m.contract_id),
        Message::FlexOrder(m) => known(&m.contract_id),
        Message::FlexSettlement(m) => {
            m.flex_order_settlements.iter().try_for_each(|item| known(&item.contract_id))?;
            m.contract_settlements.iter().try_for_each(|item| known(&item.contract_id))
        }
        _ => Ok(()),
    }
}

page! {
    /// A baseline named by reference is one that sender and receiver agreed on.
    ///
    /// Why: a deviation has no meaning without its baseline.
    /// Clause: attribute "BaselineReference".
    /// Example: `BaselineReference="profile-9"` without an agreement on such a profile. An empty reference counts as none.
    BASELINE_KNOWN, baseline_known
}

fn baseline_known(case: &Case<'_>) -> Verdict {
    let known = |reference: &Option<Text>| match reference {
        Some(name) => require(case.view.registry.knows_baseline(name, case.peer()), || Breach::detail(&**name)),
        None => Ok(()),
    };
    match case.message {
        Message::FlexOffer(m) => known(&m.baseline_reference),
        Message::FlexOrder(m) => known(&m.baseline_reference),
        Message::FlexSettlement(m) => m.flex_order_settlements.iter().try_for_each(|item| known(&item.baseline_reference)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn answers_to_nothing_are_refused() {
        assert_eq!(broken!(FlexOrderResponse as PlainResponse, |m| m.response.reference = id(MessageType::FlexOffer)), ["answered-known"]);
        let other = ConversationId(id(MessageType::FlexOffer).0);
        assert_eq!(broken!(FlexOfferResponse as PlainResponse, |m| m.header.conversation_id = other), ["answered-known"]);
    }

    #[test]
    fn unknown_requests_are_refused() {
        assert_eq!(broken!(FlexOffer, |m| m.flex_request_message_id = Some(id(MessageType::Metering))), ["flex-request-known"]);
        assert_eq!(broken!(FlexOffer, |m| m.flex_request_message_id = Some(id(MessageType::DPrognosis))), ["flex-request-known"]);
    }

    #[test]
    fn unknown_offers_are_refused_and_nothing_else_is_said() {
        let other = id(MessageType::FlexRequest);
        assert_eq!(broken!(FlexOrder, |m| m.flex_offer_message_id = Some(other)), ["flex-offer-known"]);
        assert_eq!(broken!(FlexOfferRevocation, |m| m.flex_offer_message_id = other), ["flex-offer-known"]);
    }

    #[test]
    fn unknown_prognoses_are_refused() {
        let other = Some(id(MessageType::FlexRequest));
        assert_eq!(broken!(FlexOffer, |m| m.d_prognosis_message_id = other), ["d-prognosis-known"]);
        assert_eq!(broken!(FlexOrder, |m| m.d_prognosis_message_id = other), ["d-prognosis-known"]);
        assert_eq!(broken!(FlexSettlement, |m| m.flex_order_settlements[0].d_prognosis_message_id = other), ["d-prognosis-known"]);
    }

    #[test]
    fn unknown_orders_are_refused() {
        let other = id(MessageType::FlexOffer);
        assert_eq!(broken!(DPrognosisResponse, |m| m.flex_order_statuses[0].flex_order_message_id = other), ["flex-order-known"]);
    }

    #[test]
    fn unknown_orders_are_not_settled() {
        let other = || Some(Text::from("ORD-9"));
        let broken = broken!(FlexSettlement, |m| m.flex_order_settlements[0].order_reference = other());
        assert_eq!(broken, ["settled-order-known", "settlement-items"]);
        assert_eq!(broken!(FlexSettlementResponse, |m| m.statuses[0].order_reference = other()), ["settled-order-known"]);
    }

    #[test]
    fn unknown_contracts_are_refused() {
        for t in [
            MessageType::FlexReservationUpdate,
            MessageType::FlexRequest,
            MessageType::FlexOffer,
            MessageType::FlexOrder,
            MessageType::FlexSettlement,
        ] {
            let mut scene = Scene::before(t);
            scene.knows_agreements = false;
            assert_eq!(scene.broken(sample(t)), ["contract-known"], "{}", t.name());
        }
    }

    #[test]
    fn unknown_baselines_are_refused() {
        let mut offer = sample(MessageType::FlexOffer);
        if let Message::FlexOffer(m) = &mut offer {
            (m.contract_id, m.baseline_reference) = (None, Some(Text::from("profile-9")));
        }
        let mut scene = Scene::before(MessageType::FlexOffer);
        assert_eq!(scene.broken(offer.clone()), [""; 0]);
        scene.knows_agreements = false;
        assert_eq!(scene.broken(offer), ["baseline-known"]);
    }
}
