use crate::uftp::validate::Standing;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The receiver knows a participant of the sender's domain and role.
    ///
    /// Why: there is nobody to answer and no agreement to act under.
    /// Clause: rejection reason "Unknown SenderDomain (message)".
    /// Example: an offer of an aggregator that the operator never heard of.
    "sender-known", "Unknown SenderDomain (message)", Sender, [All], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let standing = case.view.registry.standing(case.peer(), case.sender_role);
    require(standing != Standing::Unknown, Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn strangers_are_refused() {
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.standing = Standing::Unknown;
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["sender-known"]);
    }
}
