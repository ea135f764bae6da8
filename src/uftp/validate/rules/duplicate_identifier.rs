use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A MessageID is used for one message only.
    ///
    /// Why: references would become ambiguous. The same message once more is no fault: "Already Submitted" is answered by the response it got the first time, which the participant's book keeps.
    /// Clause: rejection reasons "Duplicate Identifier", "Already Submitted"; idempotency by (SenderDomain, RecipientDomain, MessageID).
    /// Example: an offer with another price under the MessageID of an earlier one.
    "duplicate-identifier", "Duplicate Identifier", Sender, [All], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let before = case.view.archive.received_before(case.message.header());
    require(before.is_none_or(|earlier| earlier == case.message), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn another_message_under_the_same_identifier_is_refused() {
        let first = Arc::new(sample(MessageType::FlexRequest));
        let mut scene = Scene::before(MessageType::FlexRequest);
        let validated = scene.check(Arc::clone(&first)).unwrap();
        scene.book.accepted(validated.accept(), None);
        assert_eq!(scene.book.seen(&first), Seen::Again { response: None });
        let mut other = (*first).clone();
        if let Message::FlexRequest(m) = &mut other {
            m.revision = 2;
        }
        assert_eq!(scene.book.seen(&other), Seen::Conflict);
        assert_eq!(scene.broken(other), ["duplicate-identifier"]);
    }
}
