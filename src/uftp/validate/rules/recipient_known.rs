use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The message is for this receiver.
    ///
    /// Why: an endpoint may serve several domains, and a message must not be acted upon by another than it was meant for.
    /// Clause: rejection reason "Unknown RecipientDomain".
    /// Example: `RecipientDomain="other.example.com"` at the endpoint of `dso.example.com`.
    "recipient-known", "Unknown RecipientDomain", Sender, [All], check,
}

fn check(case: &Case<'_>) -> Verdict {
    require(case.message.header().recipient_domain == *case.view.domain, Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn messages_for_others_are_refused() {
        assert_eq!(broken!(FlexOffer, |m| m.header.recipient_domain = Domain::new("other.example.com")), ["recipient-known"]);
    }
}
