use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use std::collections::BTreeSet;

use crate::uftp::message::Message;

rule! {
    /// A settlement contains every order of its window.
    ///
    /// Why: what is left out would never be paid.
    /// Clause: FlexSettlement: rejection reason "Missing Settlement Items".
    /// Example: March is settled without the order of 10 March.
    "settlement-items", "Missing Settlement Items", Content, [FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexSettlement(m) = case.message else { return Ok(()) };
    let items: BTreeSet<&str> = m.flex_order_settlements.iter().filter_map(|item| item.order_reference.as_deref()).collect();
    let window = m.period_start..=m.period_end;
    let mut orders = case.view.archive.orders(case.peer());
    match orders.find(|order| !order.settled && window.contains(&order.period) && !items.contains(order.reference)) {
        Some(order) => Err(Breach::detail(order.reference)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn every_order_is_settled() {
        assert_eq!(broken!(FlexSettlement, |m| m.flex_order_settlements.clear()), ["settlement-items"]);
    }
}
