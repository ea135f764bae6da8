use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A response answers a message that this receiver sent to its sender, of the type it answers, in the same conversation.
    ///
    /// Why: an answer to nothing means nothing. A response that breaks a rule is logged and not answered.
    /// Clause: the reference attribute of each response; "responses copy ConversationID".
    /// Example: a FlexOrderResponse whose FlexOrderMessageID is that of an offer.
    "answered-known", "Unknown reference", Reference,
    [
        AgrPortfolioUpdateResponse, AgrPortfolioQueryResponse, DsoPortfolioUpdateResponse, DsoPortfolioQueryResponse,
        FlexReservationUpdateResponse, DPrognosisResponse, FlexRequestResponse, FlexOfferResponse, FlexOfferRevocationResponse,
        FlexOrderResponse, FlexSettlementResponse, MeteringResponse,
    ], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Some(reference) = case.message.reference() else { return Ok(()) };
    let fits = case.view.archive.exchanged(case.peer(), reference).is_some_and(|asked| {
        asked.header().sender_domain == *case.view.domain
            && asked.header().conversation_id == case.message.header().conversation_id
            && asked.message_type().expected_response() == Some(case.message.message_type())
    });
    require(fits, || Breach::detail(reference.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn answers_to_nothing_are_refused() {
        assert_eq!(broken!(FlexOrderResponse as PlainResponse, |m| m.response.reference = id(MessageType::FlexOffer)), ["answered-known"]);
        let other = ConversationId(id(MessageType::FlexOffer).0);
        assert_eq!(broken!(FlexOfferResponse as PlainResponse, |m| m.header.conversation_id = other), ["answered-known"]);
    }
}
