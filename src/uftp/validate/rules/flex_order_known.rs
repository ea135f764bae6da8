use crate::uftp::message::Message;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The orders whose status a D-PrognosisResponse tells have been exchanged.
    ///
    /// Why: the aggregator learns from it which orders its prognosis contains.
    /// Clause: D-PrognosisResponse, "FlexOrderMessageID" of FlexOrderStatus.
    /// Example: a status of an order of another aggregator.
    "flex-order-known", "Unknown FlexOrderMessageID reference", Reference, [DPrognosisResponse], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::DPrognosisResponse(m) = case.message else { return Ok(()) };
    let known = |id| matches!(case.view.archive.exchanged(case.peer(), id), Some(Message::FlexOrder(_)));
    match m.flex_order_statuses.iter().find(|status| !known(status.flex_order_message_id)) {
        Some(status) => Err(Breach::detail(status.flex_order_message_id.to_string())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn unknown_orders_are_refused() {
        let other = id(MessageType::FlexOffer);
        assert_eq!(broken!(DPrognosisResponse, |m| m.flex_order_statuses[0].flex_order_message_id = other), ["flex-order-known"]);
    }
}
