use crate::uftp::validate::Standing;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The sender is not blocked.
    ///
    /// Why: a receiver may stop dealing with a participant without forgetting it.
    /// Clause: rejection reason "Barred Sender".
    /// Example: any message of a participant that was blocked after repeated faults.
    "sender-not-barred", "Barred Sender", Sender, [All], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let standing = case.view.registry.standing(case.peer(), case.sender_role);
    require(standing != Standing::Barred, Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn blocked_senders_are_refused() {
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.standing = Standing::Barred;
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["sender-not-barred"]);
    }
}
