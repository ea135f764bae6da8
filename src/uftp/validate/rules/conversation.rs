use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An offer continues the conversation of its request, an order and a revocation that of their offer.
    ///
    /// Why: a trade is one conversation, and with it everything about it can be found. The specification only says that replies copy it; the public Java library insists, and so does this one. A D-Prognosis may be of another conversation.
    /// Clause: common attribute "ConversationID".
    /// Example: an order with a new ConversationID.
    "conversation", "Reference ConversationID mismatch", Reference, [FlexOffer, FlexOfferRevocation, FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    match case.referred {
        Some(referred) => require(referred.header().conversation_id == case.message.header().conversation_id, Breach::plain),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn a_trade_is_one_conversation() {
        let other = ConversationId(id(MessageType::FlexOffer).0);
        assert_eq!(broken!(FlexOffer, |m| m.header.conversation_id = other), ["conversation"]);
        assert_eq!(broken!(FlexOfferRevocation, |m| m.header.conversation_id = other), ["conversation"]);
        assert_eq!(broken!(FlexOrder, |m| m.header.conversation_id = other), ["conversation"]);
    }
}
