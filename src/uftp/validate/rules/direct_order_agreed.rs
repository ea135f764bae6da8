use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An order without an offer rests on an agreement that allows it.
    ///
    /// Why: otherwise an aggregator would be bound to what it never offered.
    /// Clause: FlexOrder, "Unsolicited": direct orders under an existing agreement (3.1.0).
    /// Example: a direct order to an aggregator that has no capacity contract.
    "direct-order-agreed", "No agreement for orders without an offer", Reference, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    match case.message {
        Message::FlexOrder(m) if m.unsolicited == Some(true) => {
            require(case.view.registry.allows_direct_orders(m.contract_id.as_deref(), case.peer()), Breach::plain)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

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
}
