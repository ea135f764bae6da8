use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The receiver's role takes this message.
    ///
    /// Why: an aggregator has no use for an offer.
    /// Clause: rejection reason "Invalid Message" (unacceptable type); the sender and recipient of each message definition.
    /// Example: a FlexOffer to an aggregator.
    "recipient-role", "Invalid Message", Sender, [All], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let message_type = case.message.message_type();
    require(message_type.recipient_roles().contains(&case.view.role), || {
        Breach::detail(format!("{} does not take {}", case.view.role.as_str(), message_type.name()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn an_aggregator_takes_no_offers() {
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.role = Role::Agr;
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["recipient-role"]);
    }
}
