use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The message's sender is the envelope's.
    ///
    /// Why: the signature vouches for the envelope's sender only.
    /// Clause: rejection reason "Mismatch SenderDomain"; common attribute "SenderDomain".
    /// Example: an envelope of `agr.example.com` around `SenderDomain="other.example.com"`.
    "envelope-sender", "Mismatch SenderDomain", Sender, [All], check,
}

fn check(case: &Case<'_>) -> Verdict {
    require(case.envelope_domain == case.peer(), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn another_sender_inside_is_refused() {
        let scene = Scene::before(MessageType::FlexOffer);
        let received = Received::new(Arc::new(sample(MessageType::FlexOffer)), Domain::new("other.example.com"), scene.sender_role);
        let refused = received.check(&scene.view()).unwrap_err();
        assert_eq!(refused.reason(), "Mismatch SenderDomain");
    }
}
