use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An offer has several options only where the congestion point supports mutually exclusive ones.
    ///
    /// Why: an operator that cannot choose among options would have to reject or misread them.
    /// Clause: FlexOffer: rejection reason "No MutEx offer support"; "MutexOffersSupported" of the congestion point.
    /// Example: two options where `MutexOffersSupported="false"`.
    "mutex-supported", "No MutEx offer support", Content, [FlexOffer], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    require(m.options.len() < 2 || case.terms.is_none_or(|t| t.mutex_offers_supported), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn several_options_need_support() {
        let mut scene = Scene::before(MessageType::FlexOffer);
        let terms = scene.terms.unwrap();
        scene.terms = Some(Terms { mutex_offers_supported: false, ..terms });
        let mut offer = sample(MessageType::FlexOffer);
        assert_eq!(scene.broken(offer.clone()), ["mutex-supported"]);
        if let Message::FlexOffer(m) = &mut offer {
            m.options.truncate(1);
        }
        assert_eq!(scene.broken(offer), [""; 0]);
    }
}
