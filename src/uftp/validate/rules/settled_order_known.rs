use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use std::collections::BTreeSet;

use crate::uftp::message::Message;

rule! {
    /// A settlement and its response speak of orders that were placed.
    ///
    /// Why: money for an order that does not exist cannot be checked.
    /// Clause: FlexOrderSettlement, FlexOrderSettlementStatus: "OrderReference".
    /// Example: a settlement of "ORD-9", which the aggregator never accepted.
    "settled-order-known", "Unknown OrderReference reference", Reference, [FlexSettlement, FlexSettlementResponse], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let known: BTreeSet<&str> = case.view.archive.orders(case.peer()).map(|order| order.reference).collect();
    let check = |reference: Option<&str>| match reference {
        Some(name) if !known.contains(name) => Err(Breach::detail(name)),
        _ => Ok(()),
    };
    match case.message {
        Message::FlexSettlement(m) => m.flex_order_settlements.iter().try_for_each(|item| check(item.order_reference.as_deref())),
        Message::FlexSettlementResponse(m) => m.statuses.iter().try_for_each(|status| check(status.order_reference.as_deref())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn unknown_orders_are_refused() {
        let other = || Some(Text::from("ORD-9"));
        let broken = broken!(FlexSettlement, |m| m.flex_order_settlements[0].order_reference = other());
        assert_eq!(broken, ["settled-order-known", "settlement-items"]);
        assert_eq!(broken!(FlexSettlementResponse, |m| m.statuses[0].order_reference = other()), ["settled-order-known"]);
    }
}
