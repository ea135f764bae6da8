use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The request that an offer answers has been sent to its sender.
    ///
    /// Why: the offer promises to serve what was asked.
    /// Clause: rejection reason "Unknown FlexRequestMessageID reference".
    /// Example: an offer for a request of another operator.
    "flex-request-known", "Unknown FlexRequestMessageID reference", Reference, [FlexOffer], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    let Some(id) = m.flex_request_message_id else { return Ok(()) };
    require(matches!(case.view.archive.exchanged(case.peer(), id), Some(Message::FlexRequest(_))), || Breach::detail(id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn unknown_requests_are_refused() {
        assert_eq!(broken!(FlexOffer, |m| m.flex_request_message_id = Some(id(MessageType::Metering))), ["flex-request-known"]);
        assert_eq!(broken!(FlexOffer, |m| m.flex_request_message_id = Some(id(MessageType::DPrognosis))), ["flex-request-known"]);
    }
}
