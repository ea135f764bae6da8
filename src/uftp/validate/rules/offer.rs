//! Offers against their requests.

use crate::uftp::message::{Disposition, Message, OfferOption};
use crate::uftp::validate::Baseline;
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::isp_set::IspSet;
use crate::uftp::validate::rule::page;
use crate::units::Watts;

page! {
    /// An offer names the baseline that the terms of the congestion point require.
    ///
    /// Why: a deviation has no meaning without its baseline. In one place, the specification requires a D-PrognosisMessageID for unsolicited offers only; this rule requires it for all offers whose baseline is a D-Prognosis.
    /// Clause: FlexOffer: rejection reason "No baseline"; "D-PrognosisMessageID", "BaselineReference".
    /// Example: an offer with neither where D-Prognoses are the baseline.
    BASELINE_NAMED, baseline_named
}

fn baseline_named(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    let named = match case.terms.map_or(Baseline::Agreed, |t| t.baseline) {
        Baseline::DPrognosis => m.d_prognosis_message_id.is_some(),
        Baseline::Reference => m.baseline_reference.is_some(),
        Baseline::Agreed => true,
    };
    require(named, Breach::plain)
}

page! {
    /// An offer that answers a request deviates in at least one requested ISP.
    ///
    /// Why: otherwise it gives no relief. ISPs are compared by number: an offer may split a requested block or cover part of it.
    /// Clause: FlexOffer: rejection reason "Request mismatch".
    /// Example: an offer for ISPs 20 to 23 where 68 to 71 are requested.
    REQUEST_MATCH, request_match
}

fn request_match(case: &Case<'_>) -> Verdict {
    let (Message::FlexOffer(m), Some(Message::FlexRequest(request))) = (case.message, case.referred) else { return Ok(()) };
    if !case.counts_as_referred() {
        return Ok(());
    }
    let requested = request.isps.iter().filter(|isp| isp.disposition == Disposition::Requested);
    let requested = IspSet::of(requested.map(|isp| isp.run));
    let touches = |option: &OfferOption| option.isps.iter().any(|isp| isp.power != Watts::ZERO && requested.meets(isp.run));
    require(m.options.iter().any(touches), Breach::plain)
}

page! {
    /// An offer has several options only if the congestion point supports mutually exclusive ones.
    ///
    /// Why: an operator that cannot choose among options would have to reject or misread them.
    /// Clause: FlexOffer: rejection reason "No MutEx offer support"; "MutexOffersSupported" of the congestion point.
    /// Example: two options where `MutexOffersSupported="false"`.
    MUTEX_SUPPORTED, mutex_supported
}

fn mutex_supported(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    require(m.options.len() < 2 || case.terms.is_none_or(|t| t.mutex_offers_supported), Breach::plain)
}

page! {
    /// An offer has at least one option, and its options have different references.
    ///
    /// Why: the order names the option by its reference.
    /// Clause: FlexOffer, "OptionReference" of OfferOption.
    /// Example: two options called "A".
    OPTION_REFERENCES, option_references
}

fn option_references(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    require(!m.options.is_empty(), || Breach::detail("there is no option"))?;
    // A peer decides how many there are: look at neighbours of the sorted names when they are many.
    let mut names: Vec<&str> = Vec::new();
    if m.options.len() > 1 {
        names.extend(m.options.iter().map(|option| &*option.option_reference));
        names.sort_unstable();
    }
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Breach::detail(pair[0])),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn the_agreed_baseline_is_named() {
        assert_eq!(broken!(FlexOffer, |m| m.d_prognosis_message_id = None), ["baseline-named"]);
        let mut scene = Scene::before(MessageType::FlexOffer);
        let terms = scene.terms.unwrap();
        scene.terms = Some(Terms { baseline: Baseline::Reference, ..terms });
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["baseline-named"]);
        scene.terms = Some(Terms { baseline: Baseline::Agreed, ..terms });
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), [""; 0]);
    }

    #[test]
    fn elsewhere_is_refused() {
        let only = |start, duration| {
            let mut message = sample(MessageType::FlexOffer);
            if let Message::FlexOffer(m) = &mut message {
                m.options.truncate(1);
                m.options[0].isps = vec![IspPower::new(Watts(-4_000), start, duration)];
            }
            Scene::before(MessageType::FlexOffer).broken(message)
        };
        assert_eq!(only(20, 4), ["request-match"]);
        // Part of the requested block, and more than it.
        assert_eq!(only(69, 1), [""; 0]);
        assert_eq!(only(71, 10), [""; 0]);
        assert_eq!(only(72, 10), ["request-match"]);
    }

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

    #[test]
    fn options_are_told_apart() {
        assert_eq!(broken!(FlexOffer, |m| m.options[1].option_reference = Text::from("A")), ["option-references"]);
        assert_eq!(broken!(FlexOffer, |m| m.options.clear()), ["request-match", "option-references"]);
    }
}
