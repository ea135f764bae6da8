use crate::uftp::message::{Disposition, Message, OfferOption};
use crate::uftp::validate::isp_set::IspSet;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use crate::units::Watts;

rule! {
    /// An offer that answers a request deviates in at least one requested ISP.
    ///
    /// Why: otherwise it relieves nothing. ISPs are compared by number: an offer may split a requested block or cover part of it.
    /// Clause: FlexOffer: rejection reason "Request mismatch".
    /// Example: an offer for ISPs 20 to 23 where 68 to 71 are requested.
    "request-match", "Request mismatch", Content, [FlexOffer], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let (Message::FlexOffer(m), Some(Message::FlexRequest(request))) = (case.message, case.referred) else { return Ok(()) };
    let requested = request.isps.iter().filter(|isp| isp.disposition == Disposition::Requested);
    let requested = IspSet::of(requested.map(|isp| isp.run));
    let touches = |option: &OfferOption| option.isps.iter().any(|isp| isp.power != Watts::ZERO && requested.meets(isp.run));
    require(m.options.iter().any(touches), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

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
}
