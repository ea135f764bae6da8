//! What a response says for itself.

use crate::uftp::message::{Message, SettlementDisposition, Text};
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::rule::page;

page! {
    /// A rejection of a message, or a dispute of an item of a settlement, states a reason.
    ///
    /// Why: the sender needs the reason to correct the fault. The receiver refuses a rejection without a reason, so the message stays unanswered, as after a lost response.
    /// Clause: "RejectionReason" of every response, "DisputeReason" of FlexOrderSettlementStatus: readable, and there when it is rejected or disputed.
    /// Example: `Result="Rejected"` without a RejectionReason, or with a blank one.
    REASON_GIVEN, reason_given
}

fn reason_given(case: &Case<'_>) -> Verdict {
    let blank = |reason: &Option<Text>| reason.as_deref().is_none_or(|text| text.trim().is_empty());
    let Some(response) = case.message.response() else { return Ok(()) };
    require(response.is_accepted() || !blank(&response.rejection_reason), || Breach::detail("Rejected"))?;
    let Message::FlexSettlementResponse(m) = case.message else { return Ok(()) };
    match m.statuses.iter().find(|s| s.disposition == SettlementDisposition::Disputed && blank(&s.dispute_reason)) {
        Some(status) => Err(Breach::detail(format!("{} is disputed", status.order_reference.as_deref().unwrap_or("an order")))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn rejections_say_why() {
        let reject = |reason: Option<&str>| {
            broken!(FlexOrderResponse as PlainResponse, |m| {
                m.response.result = Outcome::Rejected;
                m.response.rejection_reason = reason.map(Text::from);
            })
        };
        assert_eq!(reject(None), ["reason-given"]);
        assert_eq!(reject(Some(" \t")), ["reason-given"]);
        assert_eq!(reject(Some("Power mismatch")), [""; 0]);
        let accepted = broken!(FlexOrderResponse as PlainResponse, |m| m.response.rejection_reason = None);
        assert_eq!(accepted, [""; 0]);
    }

    #[test]
    fn disputes_say_why() {
        let dispute = |reason: Option<&str>| {
            broken!(FlexSettlementResponse, |m| {
                m.statuses[0].disposition = SettlementDisposition::Disputed;
                m.statuses[0].dispute_reason = reason.map(Text::from);
            })
        };
        assert_eq!(dispute(None), ["reason-given"]);
        assert_eq!(dispute(Some("own calculation comes to 7.4000")), [""; 0]);
    }
}
