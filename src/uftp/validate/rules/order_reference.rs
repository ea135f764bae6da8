use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An operator uses an OrderReference once.
    ///
    /// Why: settlement refers to orders by it.
    /// Clause: FlexOrder, "OrderReference".
    /// Example: a second order "ORD-1" in the same month.
    "order-reference", "Duplicate OrderReference", Content, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexOrder(m) = case.message else { return Ok(()) };
    let used = case.view.archive.orders(case.peer()).any(|order| *order.reference == *m.order_reference);
    require(!used, || Breach::detail(&*m.order_reference))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn references_are_not_used_again() {
        let mut scene = Scene::before(MessageType::FlexOrder);
        scene.direct_orders = true;
        let validated = scene.check(Arc::new(sample(MessageType::FlexOrder))).unwrap();
        scene.book.accepted(validated.accept(), None);
        let mut direct = sample(MessageType::FlexOrder);
        if let Message::FlexOrder(m) = &mut direct {
            m.header.message_id = MessageId(m.header.conversation_id.0);
            (m.unsolicited, m.flex_offer_message_id, m.option_reference) = (Some(true), None, None);
        }
        assert_eq!(scene.broken(direct), ["order-reference"]);
    }
}
