use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// What an offer or an order refers to has not expired when it arrives.
    ///
    /// Why: after its expiration nobody is bound any more. The receiver's clock decides.
    /// Clause: rejection reason "Reference message expired".
    /// Example: an order at 17:00 for an offer that expired at 17:00.
    "reference-expired", "Reference message expired", Reference, [FlexOffer, FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
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
    fn late_orders_are_refused() {
        let mut scene = Scene::before(MessageType::FlexOrder);
        scene.now = SimTime(scene.now.0 + 2 * 3600);
        assert_eq!(scene.broken(sample(MessageType::FlexOrder)), ["reference-expired"]);
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.now = SimTime(scene.now.0 + 3600);
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["reference-expired"]);
    }
}
