use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use crate::uftp::validate::{OfferState, refers};

rule! {
    /// An offer is ordered once.
    ///
    /// Why: its power and its options are sold as one.
    /// Clause: FlexOrder: an order may be rejected because the offer was ordered before.
    /// Example: option A is ordered after option B.
    "offer-ordered-once", "FlexOffer already ordered", Reference, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    require(refers::offer_state(case) != Some(OfferState::Ordered), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

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
}
