use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use crate::uftp::validate::{OfferState, refers};

rule! {
    /// A revoked offer has not been ordered.
    ///
    /// Why: an order binds once it is accepted. An order that still waits for its answer does not count: where it crosses the revocation, the revocation wins.
    /// Clause: FlexOfferRevocation: rejection reason "Flexibility procured".
    /// Example: a revocation after the FlexOrderResponse.
    "not-procured", "Flexibility procured", Content, [FlexOfferRevocation], check,
}

fn check(case: &Case<'_>) -> Verdict {
    require(refers::offer_state(case) != Some(OfferState::Ordered), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn ordered_offers_stay_ordered() {
        let mut scene = Scene::before(MessageType::FlexOfferRevocation);
        scene.book.sent(&Arc::new(sample(MessageType::FlexOrder)));
        assert_eq!(scene.broken(sample(MessageType::FlexOfferRevocation)), [""; 0], "an unanswered order does not count");
        let validated = scene.check(Arc::new(sample(MessageType::FlexOrderResponse))).unwrap();
        scene.book.accepted(validated.accept(), None);
        assert_eq!(scene.broken(sample(MessageType::FlexOfferRevocation)), ["not-procured"]);
    }
}
