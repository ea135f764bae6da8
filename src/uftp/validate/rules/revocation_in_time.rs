use crate::time::IspIndex;
use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An offer is revoked before its first ISP begins.
    ///
    /// Why: in the operate phase an offer is revoked only if none of its ISPs is in or past it.
    /// Clause: FlexOfferRevocation, phases in which it may be sent.
    /// Example: a revocation at 16:50 of an offer whose first ISP began at 16:45.
    "revocation-in-time", "ISPs of the FlexOffer in operation", Content, [FlexOfferRevocation], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Some(Message::FlexOffer(offer)) = case.referred else { return Ok(()) };
    let period = case.view.calendar.period(offer.flex.period);
    let starts = offer.options.iter().flat_map(|option| option.isps.iter().map(|isp| isp.run.start));
    let Some(first) = starts.min().and_then(IspIndex::new) else { return Ok(()) };
    require(case.view.now < period.isp_start(first), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn late_revocations_are_refused() {
        let mut scene = Scene::before(MessageType::FlexOfferRevocation);
        let begin = scene.calendar.period(PERIOD).isp_start(IspIndex::new(68).unwrap());
        scene.now = SimTime(begin.0 - 1);
        assert_eq!(scene.broken(sample(MessageType::FlexOfferRevocation)), [""; 0]);
        scene.now = begin;
        assert_eq!(scene.broken(sample(MessageType::FlexOfferRevocation)), ["revocation-in-time"]);
    }
}
