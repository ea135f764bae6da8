use crate::uftp::validate::refers;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The offer that is ordered or revoked has been made and not been rejected.
    ///
    /// Why: only what is on offer can be bought or taken back. An offer must have been accepted before it is revoked; so an operator finds it among those it took.
    /// Clause: rejection reason "Unknown FlexOfferMessageID reference".
    /// Example: an order for an offer that another aggregator made.
    "flex-offer-known", "Unknown FlexOfferMessageID reference", Reference, [FlexOfferRevocation, FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    match refers::offer_id(case.message) {
        Some(id) if refers::offer(case).is_none() => Err(Breach::detail(id.to_string())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn unknown_offers_are_refused_and_nothing_else_is_said() {
        let other = id(MessageType::FlexRequest);
        assert_eq!(broken!(FlexOrder, |m| m.flex_offer_message_id = Some(other)), ["flex-offer-known"]);
        assert_eq!(broken!(FlexOfferRevocation, |m| m.flex_offer_message_id = other), ["flex-offer-known"]);
    }
}
