//! Settlements against what was ordered.

use std::collections::BTreeSet;

use crate::uftp::message::Message;
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::rule::page;

page! {
    /// A settlement contains every order of its window.
    ///
    /// Why: a missing order would never be paid.
    /// Clause: FlexSettlement: rejection reason "Missing Settlement Items".
    /// Example: March is settled without the order of 10 March.
    SETTLEMENT_ITEMS, settlement_items
}

fn settlement_items(case: &Case<'_>) -> Verdict {
    let Message::FlexSettlement(m) = case.message else { return Ok(()) };
    let items: BTreeSet<&str> = m.flex_order_settlements.iter().filter_map(|item| item.order_reference.as_deref()).collect();
    let window = m.period_start..=m.period_end;
    let mut orders = case.view.archive.orders(case.peer());
    match orders.find(|order| !order.settled && window.contains(&order.period) && !items.contains(order.reference)) {
        Some(order) => Err(Breach::detail(order.reference)),
        None => Ok(()),
    }
}

page! {
    /// A settlement begins no later than the earliest unsettled order, and settles nothing twice.
    ///
    /// Why: otherwise earlier orders would stay unpaid, or settled ones would be paid again.
    /// Clause: FlexSettlement: rejection reason "PeriodStart rejected"; a Period that is already settled is not settled again.
    /// Example: a settlement from 11 March on while the order of 10 March is unsettled.
    SETTLEMENT_START, settlement_start
}

fn settlement_start(case: &Case<'_>) -> Verdict {
    let Message::FlexSettlement(m) = case.message else { return Ok(()) };
    let items: BTreeSet<&str> = m.flex_order_settlements.iter().filter_map(|item| item.order_reference.as_deref()).collect();
    for order in case.view.archive.orders(case.peer()) {
        require(order.settled || order.period >= m.period_start, || Breach::detail(format!("leaves {} unsettled", order.reference)))?;
        require(!(order.settled && items.contains(order.reference)), || Breach::detail(format!("{} is settled", order.reference)))?;
    }
    Ok(())
}

page! {
    /// A settlement ends no earlier than it begins, and its last day is over.
    ///
    /// Why: flexibility can be settled only after delivery.
    /// Clause: FlexSettlement: rejection reason "PeriodEnd rejected".
    /// Example: the settlement of March, sent on 31 March.
    SETTLEMENT_END, settlement_end
}

fn settlement_end(case: &Case<'_>) -> Verdict {
    let Message::FlexSettlement(m) = case.message else { return Ok(()) };
    require(m.period_end >= m.period_start, || Breach::detail("before PeriodStart"))?;
    let over = case.view.calendar.period(m.period_end).end() <= case.view.now;
    require(over, || Breach::detail(format!("{} is not over", m.period_end)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn every_order_is_settled() {
        assert_eq!(broken!(FlexSettlement, |m| m.flex_order_settlements.clear()), ["settlement-items"]);
    }

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

    #[test]
    fn the_window_is_over() {
        assert_eq!(broken!(FlexSettlement, |m| m.period_end = date(2026, 4, 2)), ["settlement-end"]);
        assert_eq!(broken!(FlexSettlement, |m| m.period_end = date(2026, 4, 1)), [""; 0]);
        assert_eq!(broken!(FlexSettlement, |m| m.period_end = date(2026, 2, 1)), ["settlement-window", "settlement-end"]);
    }
}
