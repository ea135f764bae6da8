use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use crate::uftp::validate::{OfferState, refers};

rule! {
    /// An order does not buy an offer that has been revoked, or is being revoked.
    ///
    /// Why: where order and revocation cross, the revocation wins. From sending the revocation until its rejection the aggregator refuses orders for the offer.
    /// Clause: rejection reason "Reference message revoked"; FlexOfferRevocation.
    /// Example: an order that was sent before the operator saw the revocation.
    "reference-revoked", "Reference message revoked", Reference, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    require(refers::offer_state(case) != Some(OfferState::Revoked), Breach::plain)
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
        }
        let validated = scene.check(Arc::new(rejection)).unwrap();
        scene.book.accepted(validated.accept(), None);
        assert_eq!(scene.broken(sample(MessageType::FlexOrder)), [""; 0]);
    }
}
