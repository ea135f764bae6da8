use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An offer names the request it answers if and only if it is not unsolicited. Without the flag, as in 3.0.0, either is right.
    ///
    /// Why: the two attributes would contradict each other.
    /// Clause: FlexOffer, "Unsolicited" (3.1.0).
    /// Example: `Unsolicited="true"` with a FlexRequestMessageID.
    "solicited-offer", "FlexRequestMessageID must (only) be present if not unsolicited", Reference, [FlexOffer], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    require(m.unsolicited.is_none_or(|unsolicited| unsolicited == m.flex_request_message_id.is_none()), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn flag_and_reference_agree() {
        assert_eq!(broken!(FlexOffer, |m| m.unsolicited = Some(true)), ["solicited-offer"]);
        assert_eq!(broken!(FlexOffer, |m| m.flex_request_message_id = None), ["solicited-offer"]);
        assert_eq!(broken!(FlexOffer, |m| (m.unsolicited, m.flex_request_message_id) = (None, None)), [""; 0]);
    }
}
