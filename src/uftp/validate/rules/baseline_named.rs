use crate::uftp::message::Message;
use crate::uftp::validate::Baseline;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An offer names the baseline that the congestion point's terms ask for.
    ///
    /// Why: a deviation means nothing without what it deviates from. The prose asks for a D-PrognosisMessageID in one place only of unsolicited offers; it is asked for wherever the baseline is a D-Prognosis.
    /// Clause: FlexOffer: rejection reason "No baseline"; "D-PrognosisMessageID", "BaselineReference".
    /// Example: an offer with neither where D-Prognoses are the baseline.
    "baseline-named", "No baseline", Content, [FlexOffer], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    let named = match case.terms.map_or(Baseline::Agreed, |t| t.baseline) {
        Baseline::DPrognosis => m.d_prognosis_message_id.is_some(),
        Baseline::Reference => m.baseline_reference.is_some(),
        Baseline::Agreed => true,
    };
    require(named, Breach::plain)
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
}
