use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use jiff::civil::Date;

use crate::ids::EntityAddress;
use crate::uftp::message::{Message, MessageId};
use crate::uftp::validate::rule::require;

rule! {
    /// The D-Prognosis that serves as baseline has been exchanged, for the same congestion point and Period.
    ///
    /// Why: a deviation means nothing without what it deviates from. It need not be of the same conversation.
    /// Clause: rejection reason "Unknown D-PrognosisMessageID reference".
    /// Example: an offer that names a prognosis which the operator rejected.
    "d-prognosis-known", "Unknown D-PrognosisMessageID reference", Reference, [FlexOffer, FlexOrder, FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let known = |id: Option<MessageId>, congestion_point: &EntityAddress, period: Date| {
        let Some(id) = id else { return Ok(()) };
        let fits = match case.view.archive.exchanged(case.peer(), id) {
            Some(Message::DPrognosis(p)) => p.flex.congestion_point == *congestion_point && p.flex.period == period,
            _ => false,
        };
        require(fits, || Breach::detail(id.to_string()))
    };
    match case.message {
        Message::FlexOffer(m) => known(m.d_prognosis_message_id, &m.flex.congestion_point, m.flex.period),
        Message::FlexOrder(m) => known(m.d_prognosis_message_id, &m.flex.congestion_point, m.flex.period),
        Message::FlexSettlement(m) => {
            m.flex_order_settlements.iter().try_for_each(|item| known(item.d_prognosis_message_id, &item.congestion_point, item.period))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn unknown_prognoses_are_refused() {
        let other = Some(id(MessageType::FlexRequest));
        assert_eq!(broken!(FlexOffer, |m| m.d_prognosis_message_id = other), ["d-prognosis-known"]);
        assert_eq!(broken!(FlexOrder, |m| m.d_prognosis_message_id = other), ["d-prognosis-known"]);
        assert_eq!(broken!(FlexSettlement, |m| m.flex_order_settlements[0].d_prognosis_message_id = other), ["d-prognosis-known"]);
    }
}
