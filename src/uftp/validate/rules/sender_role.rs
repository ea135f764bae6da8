use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The sender's role may send this message.
    ///
    /// Why: an aggregator cannot order, an operator cannot offer.
    /// Clause: rejection reason "Invalid Sender combination"; the sender and recipient of each message definition.
    /// Example: a FlexOrder in an envelope with `SenderRole="AGR"`.
    "sender-role", "Invalid Sender combination", Sender, [All], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let message_type = case.message.message_type();
    require(message_type.sender_roles().contains(&case.sender_role), || {
        Breach::detail(format!("{} does not send {}", case.sender_role.as_str(), message_type.name()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn an_operator_does_not_offer() {
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.sender_role = Role::Dso;
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["sender-role"]);
    }
}
