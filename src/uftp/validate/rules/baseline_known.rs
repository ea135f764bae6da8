use crate::uftp::message::{Message, Text};
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A baseline named by reference is one that sender and receiver agreed on.
    ///
    /// Why: a deviation means nothing without what it deviates from.
    /// Clause: attribute "BaselineReference".
    /// Example: `BaselineReference="profile-9"` where nobody agreed on such a profile. An empty one counts as none.
    "baseline-known", "Unknown BaselineReference reference", Reference, [FlexOffer, FlexOrder, FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let known = |reference: &Option<Text>| match reference {
        Some(name) => require(case.view.registry.knows_baseline(name, case.peer()), || Breach::detail(&**name)),
        None => Ok(()),
    };
    match case.message {
        Message::FlexOffer(m) => known(&m.baseline_reference),
        Message::FlexOrder(m) => known(&m.baseline_reference),
        Message::FlexSettlement(m) => m.flex_order_settlements.iter().try_for_each(|item| known(&item.baseline_reference)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn unknown_baselines_are_refused() {
        let mut offer = sample(MessageType::FlexOffer);
        if let Message::FlexOffer(m) = &mut offer {
            (m.contract_id, m.baseline_reference) = (None, Some(Text::from("profile-9")));
        }
        let mut scene = Scene::before(MessageType::FlexOffer);
        assert_eq!(scene.broken(offer.clone()), [""; 0]);
        scene.knows_agreements = false;
        assert_eq!(scene.broken(offer), ["baseline-known"]);
    }
}
