use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// What expires expires later than now.
    ///
    /// Why: nobody could act upon it. The receiver's clock decides, when the message arrives.
    /// Clause: rejection reason "ExpirationDateTime out of bounds".
    /// Example: an offer that expires at 17:00 and arrives at 17:00.
    "expiration-future", "ExpirationDateTime out of bounds", Form, [FlexRequest, FlexOffer], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let expiration = match case.message {
        Message::FlexRequest(m) => m.expiration_date_time,
        Message::FlexOffer(m) => m.expiration_date_time,
        _ => return Ok(()),
    };
    require(expiration.is_after(case.view.now), || Breach::detail("already past"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn the_past_is_refused() {
        let mut scene = Scene::before(MessageType::FlexRequest);
        let Message::FlexRequest(request) = sample(MessageType::FlexRequest) else { unreachable!() };
        scene.now = request.expiration_date_time.second;
        assert_eq!(scene.broken(request.clone().into()), ["expiration-future"]);
        scene.now = SimTime(scene.now.0 - 1);
        assert_eq!(scene.broken(request.into()), [""; 0]);
    }
}
