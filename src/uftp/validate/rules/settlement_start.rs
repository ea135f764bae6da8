use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use std::collections::BTreeSet;

use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;

rule! {
    /// A settlement begins no later than the earliest unsettled order, and settles nothing twice.
    ///
    /// Why: earlier orders would be left behind; settled ones would be paid again.
    /// Clause: FlexSettlement: rejection reason "PeriodStart rejected"; a Period that is already settled is not settled again.
    /// Example: a settlement from 11 March on while the order of 10 March is unsettled.
    "settlement-start", "PeriodStart rejected", Content, [FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexSettlement(m) = case.message else { return Ok(()) };
    let items: BTreeSet<&str> = m.flex_order_settlements.iter().filter_map(|item| item.order_reference.as_deref()).collect();
    for order in case.view.archive.orders(case.peer()) {
        require(order.settled || order.period >= m.period_start, || Breach::detail(format!("leaves {} unsettled", order.reference)))?;
        require(!(order.settled && items.contains(order.reference)), || Breach::detail(format!("{} is settled", order.reference)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn nothing_is_left_behind_or_settled_twice() {
        let later = |m: &mut FlexSettlement| {
            m.period_start = date(2026, 3, 11);
            m.flex_order_settlements.clear();
            m.contract_settlements.clear();
        };
        assert_eq!(broken!(FlexSettlement, later), ["settlement-start"]);
        let mut scene = Scene::before(MessageType::FlexSettlement);
        let validated = scene.check(Arc::new(sample(MessageType::FlexSettlement))).unwrap();
        scene.book.accepted(validated.accept(), None);
        let mut again = sample(MessageType::FlexSettlement);
        if let Message::FlexSettlement(m) = &mut again {
            m.header.message_id = MessageId(m.header.conversation_id.0);
        }
        assert_eq!(scene.broken(again), ["settlement-start"]);
    }
}
