//! What came before: revisions, revocations, orders.

use crate::time::IspIndex;
use crate::uftp::message::Message;
use crate::uftp::validate::OfferState;
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::clock::is_market;
use crate::uftp::validate::rule::page;

page! {
    /// An order does not buy an offer that has been revoked, or is being revoked.
    ///
    /// Why: if order and revocation cross, the revocation wins. From sending the revocation until its rejection the aggregator refuses orders for the offer.
    /// Clause: rejection reason "Reference message revoked"; FlexOfferRevocation.
    /// Example: an order that was sent before the operator saw the revocation.
    REFERENCE_REVOKED, reference_revoked
}

fn reference_revoked(case: &Case<'_>) -> Verdict {
    require(case.offer_state() != Some(OfferState::Revoked), Breach::plain)
}

page! {
    /// An offer is ordered once.
    ///
    /// Why: its power and its options are sold as one.
    /// Clause: FlexOrder: an order may be rejected because the offer was ordered before.
    /// Example: option A is ordered after option B.
    OFFER_ORDERED_ONCE, offer_ordered_once
}

fn offer_ordered_once(case: &Case<'_>) -> Verdict {
    require(case.offer_state() != Some(OfferState::Ordered), Breach::plain)
}

page! {
    /// A new version has a higher revision than any accepted one.
    ///
    /// Why: messages may overtake each other, and an older version must not replace a newer one. Revisions count per sender, congestion point (or meter) and Period; those of a FlexRequest also per ContractID and ServiceType. The specification leaves the scope open.
    /// Clause: rejection reason "Subordinate sequence number"; attribute "Revision" of D-Prognosis, FlexRequest and Metering.
    /// Example: revision 1 after revision 2.
    REVISION, revision
}

fn revision(case: &Case<'_>) -> Verdict {
    let revision = match case.message {
        Message::DPrognosis(m) => m.revision,
        Message::FlexRequest(m) => m.revision,
        Message::Metering(m) => m.revision,
        _ => return Ok(()),
    };
    match case.view.archive.latest_revision(case.message) {
        Some(latest) if latest >= revision => Err(Breach::detail(format!("revision {revision} after {latest}"))),
        _ => Ok(()),
    }
}

page! {
    /// A portfolio update was made later than the last accepted one of its sender.
    ///
    /// Why: messages may overtake each other. The text requires a sequence number that the schema does not have; the rule uses the time stamp.
    /// Clause: AGRPortfolioUpdate, DSOPortfolioUpdate: rejection reason "Subordinate sequence number".
    /// Example: an update of 08:00 that arrives after the one of 09:00.
    PORTFOLIO_ORDER, portfolio_order
}

fn portfolio_order(case: &Case<'_>) -> Verdict {
    let latest = case.view.archive.latest_portfolio(case.peer(), case.message.message_type());
    let stamp = case.message.header().time_stamp;
    require(latest.is_none_or(|latest| latest.instant() < stamp.instant()), || Breach::detail("a later one has been accepted"))
}

page! {
    /// A revoked offer has not been ordered.
    ///
    /// Why: an order binds once it is accepted. An order without an answer does not count: if it crosses the revocation, the revocation wins.
    /// Clause: FlexOfferRevocation: rejection reason "Flexibility procured".
    /// Example: a revocation after the FlexOrderResponse.
    NOT_PROCURED, not_procured
}

fn not_procured(case: &Case<'_>) -> Verdict {
    require(case.offer_state() != Some(OfferState::Ordered), Breach::plain)
}

page! {
    /// An offer is revoked before its first ISP begins.
    ///
    /// Why: in the operate phase, an offer can be revoked only if none of its ISPs has begun.
    /// Clause: FlexOfferRevocation, phases in which it may be sent.
    /// Example: a revocation at 16:50 of an offer whose first ISP began at 16:45.
    REVOCATION_IN_TIME, revocation_in_time
}

fn revocation_in_time(case: &Case<'_>) -> Verdict {
    let Some(referred @ Message::FlexOffer(offer)) = case.referred else { return Ok(()) };
    if !is_market(referred, case.view.calendar) {
        return Ok(());
    }
    let period = case.view.calendar.period(offer.flex.period);
    let starts = offer.options.iter().flat_map(|option| option.isps.iter().map(|isp| isp.run.start));
    let Some(first) = starts.min().and_then(IspIndex::new) else { return Ok(()) };
    require(case.view.now < period.isp_start(first), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn a_revocation_wins_against_a_crossing_order() {
        let mut scene = Scene::before(MessageType::FlexOrder);
        scene.book.sent(&Arc::new(sample(MessageType::FlexOfferRevocation)));
        assert_eq!(scene.broken(sample(MessageType::FlexOrder)), ["reference-revoked"]);
        // The operator had the order accepted before: it rejects the revocation, and the offer is back.
        let mut rejection = sample(MessageType::FlexOfferRevocationResponse);
        if let Message::FlexOfferRevocationResponse(m) = &mut rejection {
            m.response.result = Outcome::Rejected;
            m.response.rejection_reason = Some(Text::from("Flexibility procured"));
        }
        let validated = scene.check(Arc::new(rejection)).unwrap();
        scene.book.accepted(validated.accept(), None);
        assert_eq!(scene.broken(sample(MessageType::FlexOrder)), [""; 0]);
    }

    #[test]
    fn a_second_order_is_refused() {
        let mut scene = Scene::before(MessageType::FlexOrder);
        let validated = scene.check(Arc::new(sample(MessageType::FlexOrder))).unwrap();
        scene.book.accepted(validated.accept(), None);
        let mut second = sample(MessageType::FlexOrder);
        if let Message::FlexOrder(m) = &mut second {
            m.header.message_id = MessageId(m.header.conversation_id.0);
            m.order_reference = Text::from("ORD-2");
        }
        assert_eq!(scene.broken(second), ["offer-ordered-once"]);
    }

    #[test]
    fn revisions_grow_within_their_scope() {
        let mut scene = Scene::before(MessageType::DPrognosis);
        let validated = scene.check(Arc::new(sample(MessageType::DPrognosis))).unwrap();
        scene.book.accepted(validated.accept(), None);
        let next = |revision, period| {
            let mut message = sample(MessageType::DPrognosis);
            if let Message::DPrognosis(m) = &mut message {
                (m.header.message_id, m.revision, m.flex.period) = (MessageId(m.header.conversation_id.0), revision, period);
            }
            scene.broken(message)
        };
        assert_eq!(next(1, PERIOD), ["revision"]);
        assert_eq!(next(2, PERIOD), [""; 0]);
        assert_eq!(next(1, PERIOD.tomorrow().unwrap()), [""; 0]);
    }

    #[test]
    fn what_is_overtaken_is_refused() {
        let mut scene = Scene::before(MessageType::AgrPortfolioUpdate);
        let validated = scene.check(Arc::new(sample(MessageType::AgrPortfolioUpdate))).unwrap();
        scene.book.accepted(validated.accept(), None);
        let mut older = sample(MessageType::AgrPortfolioUpdate);
        if let Message::AgrPortfolioUpdate(m) = &mut older {
            m.header.message_id = MessageId(m.header.conversation_id.0);
            m.header.time_stamp.second = SimTime(m.header.time_stamp.second.0 - 1);
        }
        assert_eq!(scene.broken(older), ["portfolio-order"]);
    }

    #[test]
    fn ordered_offers_stay_ordered() {
        let mut scene = Scene::before(MessageType::FlexOfferRevocation);
        scene.book.sent(&Arc::new(sample(MessageType::FlexOrder)));
        assert_eq!(scene.broken(sample(MessageType::FlexOfferRevocation)), [""; 0], "an unanswered order does not count");
        let validated = scene.check(Arc::new(sample(MessageType::FlexOrderResponse))).unwrap();
        scene.book.accepted(validated.accept(), None);
        assert_eq!(scene.broken(sample(MessageType::FlexOfferRevocation)), ["not-procured"]);
    }

    #[test]
    fn late_revocations_are_refused() {
        let mut scene = Scene::before(MessageType::FlexOfferRevocation);
        let begin = scene.calendar.period(PERIOD).isp_start(IspIndex::new(68).unwrap());
        scene.now = SimTime(begin.0 - 1);
        assert_eq!(scene.broken(sample(MessageType::FlexOfferRevocation)), [""; 0]);
        scene.now = begin;
        assert_eq!(scene.broken(sample(MessageType::FlexOfferRevocation)), ["revocation-in-time"]);
    }
}
