//! Messages of one trade hang together.

use crate::uftp::message::Message;
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::clock;
use crate::uftp::validate::rule::page;

page! {
    /// An offer names the request it answers if and only if it is not unsolicited. Without the flag, as in 3.0.0, either is right.
    ///
    /// Why: the two attributes would contradict each other.
    /// Clause: FlexOffer, "Unsolicited" (3.1.0).
    /// Example: `Unsolicited="true"` with a FlexRequestMessageID.
    SOLICITED_OFFER, solicited_offer
}

fn solicited_offer(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    require(m.unsolicited.is_none_or(|unsolicited| unsolicited == m.flex_request_message_id.is_none()), Breach::plain)
}

page! {
    /// An order names the offer it buys, unless it says that it is unsolicited; then it names none.
    ///
    /// Why: without either, it is unclear what was bought.
    /// Clause: FlexOrder, "Unsolicited" and "FlexOfferMessageID" (3.1.0).
    /// Example: an order with neither attribute.
    SOLICITED_ORDER, solicited_order
}

fn solicited_order(case: &Case<'_>) -> Verdict {
    let Message::FlexOrder(m) = case.message else { return Ok(()) };
    require((m.unsolicited == Some(true)) == m.flex_offer_message_id.is_none(), Breach::plain)
}

page! {
    /// An order without an offer needs an agreement that allows it.
    ///
    /// Why: otherwise an aggregator would be bound to something that it never offered.
    /// Clause: FlexOrder, "Unsolicited": direct orders under an existing agreement (3.1.0).
    /// Example: a direct order to an aggregator that has no capacity contract.
    DIRECT_ORDER_AGREED, direct_order_agreed
}

fn direct_order_agreed(case: &Case<'_>) -> Verdict {
    match case.message {
        Message::FlexOrder(m) if m.unsolicited == Some(true) => {
            require(case.view.registry.allows_direct_orders(m.contract_id.as_deref(), case.peer()), Breach::plain)
        }
        _ => Ok(()),
    }
}

page! {
    /// An offer continues the conversation of its request, an order and a revocation that of their offer.
    ///
    /// Why: a trade is one conversation, which identifies all its messages. The specification only states that replies copy the ConversationID; the public Java library requires this rule as well. A D-Prognosis may belong to another conversation.
    /// Clause: common attribute "ConversationID".
    /// Example: an order with a new ConversationID.
    CONVERSATION, conversation
}

fn conversation(case: &Case<'_>) -> Verdict {
    match case.referred {
        Some(referred) => require(referred.header().conversation_id == case.message.header().conversation_id, Breach::plain),
        None => Ok(()),
    }
}

page! {
    /// The Period is that of the message referred to.
    ///
    /// Why: the ISP numbers would refer to another day.
    /// Clause: rejection reason "Reference Period mismatch".
    /// Example: an offer for 2026-03-11 that answers a request for 2026-03-10.
    REFERENCE_PERIOD, reference_period
}

fn reference_period(case: &Case<'_>) -> Verdict {
    let Some(theirs) = case.referred.and_then(Message::period) else { return Ok(()) };
    let ours = case.message.period();
    require(ours.is_none_or(|ours| ours == theirs), || Breach::detail(format!("{theirs} there")))
}

page! {
    /// The length of ISPs and the local day are those of the message referred to.
    ///
    /// Why: the same ISP numbers would refer to other times. A participant of the market finds this fault by `isp-duration` and `time-zone`; a reader of other parties' messages needs this rule.
    /// Clause: "Offers and orders repeat the Period of what they reference"; attributes "ISP-Duration" and "TimeZone".
    /// Example: an order in ISPs of 30 minutes for an offer in quarters of an hour.
    REFERENCE_CLOCK, reference_clock
}

fn reference_clock(case: &Case<'_>) -> Verdict {
    // A message that does not count by the market's clock is refused for that.
    let (Some(_), Some(referred)) = (case.period, case.referred) else { return Ok(()) };
    clock::other_than(case.message, referred).map_or(Ok(()), |theirs| Err(Breach::detail(format!("{theirs} there"))))
}

page! {
    /// The congestion point is that of the message referred to.
    ///
    /// Why: an offer elsewhere does not answer the request, and an order elsewhere does not buy the offer. The specification states that the Period is repeated, and implies the same for the congestion point.
    /// Clause: "Offers and orders repeat the Period of what they reference".
    /// Example: an order for feeder 8 that names an offer for feeder 7.
    REFERENCE_CONGESTION_POINT, reference_congestion_point
}

fn reference_congestion_point(case: &Case<'_>) -> Verdict {
    let referred = case.referred;
    let pair = match (case.message, referred) {
        (Message::DsoPortfolioQueryResponse(m), Some(Message::DsoPortfolioQuery(query))) => {
            m.congestion_point.as_ref().map(|point| (&point.entity_address, &query.entity_address))
        }
        (message, referred) => {
            message.flex().zip(referred.and_then(Message::flex)).map(|(ours, theirs)| (&ours.congestion_point, &theirs.congestion_point))
        }
    };
    match pair {
        Some((ours, theirs)) => require(ours == theirs, || Breach::detail(format!("{theirs} there"))),
        None => Ok(()),
    }
}

page! {
    /// The message that an offer or an order refers to has not expired at arrival.
    ///
    /// Why: an expired message binds nobody. The receiver's clock decides.
    /// Clause: rejection reason "Reference message expired".
    /// Example: an order at 17:00 for an offer that expired at 17:00.
    REFERENCE_EXPIRED, reference_expired
}

fn reference_expired(case: &Case<'_>) -> Verdict {
    let expiration = match case.referred {
        Some(Message::FlexRequest(m)) => m.expiration_date_time,
        Some(Message::FlexOffer(m)) => m.expiration_date_time,
        _ => return Ok(()),
    };
    require(expiration.is_after(case.view.now), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn flag_and_request_agree() {
        assert_eq!(broken!(FlexOffer, |m| m.unsolicited = Some(true)), ["solicited-offer"]);
        assert_eq!(broken!(FlexOffer, |m| m.flex_request_message_id = None), ["solicited-offer"]);
        assert_eq!(broken!(FlexOffer, |m| (m.unsolicited, m.flex_request_message_id) = (None, None)), [""; 0]);
    }

    #[test]
    fn flag_and_offer_agree() {
        assert_eq!(broken!(FlexOrder, |m| m.unsolicited = Some(true)), ["solicited-order", "direct-order-agreed"]);
        assert_eq!(broken!(FlexOrder, |m| (m.unsolicited, m.flex_offer_message_id) = (None, None)), ["solicited-order"]);
        assert_eq!(broken!(FlexOrder, |m| m.unsolicited = None), [""; 0]);
    }

    #[test]
    fn direct_orders_need_an_agreement() {
        let mut direct = sample(MessageType::FlexOrder);
        if let Message::FlexOrder(m) = &mut direct {
            (m.unsolicited, m.flex_offer_message_id, m.option_reference) = (Some(true), None, None);
            m.activation_factor = ActivationFactor::FULL;
        }
        let mut scene = Scene::before(MessageType::FlexOrder);
        assert_eq!(scene.broken(direct.clone()), ["direct-order-agreed"]);
        scene.direct_orders = true;
        assert_eq!(scene.broken(direct), [""; 0]);
    }

    #[test]
    fn a_trade_is_one_conversation() {
        let other = ConversationId(id(MessageType::FlexOffer).0);
        assert_eq!(broken!(FlexOffer, |m| m.header.conversation_id = other), ["conversation"]);
        assert_eq!(broken!(FlexOfferRevocation, |m| m.header.conversation_id = other), ["conversation"]);
        assert_eq!(broken!(FlexOrder, |m| m.header.conversation_id = other), ["conversation"]);
    }

    #[test]
    fn another_day_is_refused() {
        // The prognosis it names is of another day too.
        assert_eq!(broken!(FlexOffer, |m| m.flex.period = date(2026, 3, 11)), ["d-prognosis-known", "reference-period"]);
        assert_eq!(broken!(AgrPortfolioQueryResponse, |m| m.period = date(2026, 3, 11)), ["reference-period"]);
        assert_eq!(broken!(DsoPortfolioQueryResponse, |m| m.period = date(2026, 3, 11)), ["reference-period"]);
    }

    /// The market counts in quarters of an hour, but the offer did not; its ISPs are not compared then.
    #[test]
    fn another_clock_is_refused() {
        let order_of = |change: &dyn Fn(&mut FlexHeader)| {
            let mut scene = Scene::before(MessageType::FlexOrder);
            let (Message::FlexOffer(mut offer), Message::FlexOrder(mut order)) =
                (sample(MessageType::FlexOffer), sample(MessageType::FlexOrder))
            else {
                unreachable!()
            };
            offer.header.message_id = MessageId(offer.header.conversation_id.0);
            change(&mut offer.flex);
            order.flex_offer_message_id = Some(offer.header.message_id);
            order.isps.truncate(1);
            scene.book.sent(&Arc::new(offer.into()));
            scene.broken(order.into())
        };
        assert_eq!(order_of(&|_| {}), ["isp-match"]);
        assert_eq!(order_of(&|flex| flex.isp_duration = IspMinutes(30)), ["reference-clock"]);
        assert_eq!(order_of(&|flex| flex.time_zone = ZoneName::new("Europe/London")), ["reference-clock"]);
        assert_eq!(order_of(&|flex| flex.time_zone = ZoneName::new("Europe/Brussels")), ["isp-match"]);
    }

    #[test]
    fn another_place_is_refused() {
        let other = || EntityAddress::new("ea1.2024-01.com.example.dso:feeder-8");
        let broken = broken!(FlexOffer, |m| m.flex.congestion_point = other());
        assert_eq!(broken, ["congestion-point", "d-prognosis-known", "reference-congestion-point"]);
        assert_eq!(
            broken!(DsoPortfolioQueryResponse, |m| m.congestion_point.as_mut().unwrap().entity_address = other()),
            ["reference-congestion-point"]
        );
    }

    #[test]
    fn late_orders_are_refused() {
        let mut scene = Scene::before(MessageType::FlexOrder);
        scene.now = SimTime(scene.now.0 + 2 * 3600);
        assert_eq!(scene.broken(sample(MessageType::FlexOrder)), ["reference-expired"]);
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.now = SimTime(scene.now.0 + 3600);
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["reference-expired"]);
    }
}
