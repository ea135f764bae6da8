use crate::time::SimTime;
use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// What expires expires no later than the end of its last ISP.
    ///
    /// Why: flexibility cannot be bought after its time. The specification does not say whether the end or the start counts; the end is taken, and issuing no later than the start of the first requested ISP is good manners.
    /// Clause: rejection reason "ExpirationDateTime out of bounds".
    /// Example: an offer for ISPs up to 18:00 that expires at 19:00 of the same day.
    "expiration-before-end", "ExpirationDateTime out of bounds", Form, [FlexRequest, FlexOffer], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let expiration = match case.message {
        Message::FlexRequest(m) => m.expiration_date_time,
        Message::FlexOffer(m) => m.expiration_date_time,
        _ => return Ok(()),
    };
    let Some(period) = case.period else { return Ok(()) };
    let last = case.extent.end;
    let end = SimTime(period.start.0 + period.isp().0 * i64::from(last.saturating_sub(1)));
    require(last == 0 || !expiration.is_after(end), || Breach::detail("after the last ISP"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn it_may_last_until_the_last_isp_ends() {
        let until = |hour: i64| {
            let mut message = sample(MessageType::FlexOffer);
            if let Message::FlexOffer(m) = &mut message {
                // The last ISP offered is 83, which ends at 20:45.
                m.expiration_date_time =
                    DateTime::utc(SimTime(Scene::before(MessageType::FlexOffer).calendar.period(PERIOD).start.0 + hour * 900));
            }
            Scene::before(MessageType::FlexOffer).broken(message)
        };
        assert_eq!(until(83), [""; 0]);
        assert_eq!(until(84), ["expiration-before-end"]);
    }
}
