use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An order names the offer it buys, unless it says that it is unsolicited; then it names none.
    ///
    /// Why: without either nobody can tell what was bought.
    /// Clause: FlexOrder, "Unsolicited" and "FlexOfferMessageID" (3.1.0).
    /// Example: an order with neither attribute.
    "solicited-order", "FlexOfferMessageID must (only) be present if not unsolicited", Reference, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexOrder(m) = case.message else { return Ok(()) };
    require((m.unsolicited == Some(true)) == m.flex_offer_message_id.is_none(), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn flag_and_reference_agree() {
        assert_eq!(broken!(FlexOrder, |m| m.unsolicited = Some(true)), ["solicited-order", "direct-order-agreed"]);
        assert_eq!(broken!(FlexOrder, |m| (m.unsolicited, m.flex_offer_message_id) = (None, None)), ["solicited-order"]);
        assert_eq!(broken!(FlexOrder, |m| m.unsolicited = None), [""; 0]);
    }
}
