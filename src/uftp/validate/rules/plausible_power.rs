use crate::uftp::message::{IspPower, Message};
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// Powers are such as can occur on the congestion point.
    ///
    /// Why: a unit mistaken by a thousand would otherwise be acted upon.
    /// Clause: D-Prognosis, FlexOffer: rejection reason "Power value rejection".
    /// Example: 5000000 W on a feeder of 400 kVA.
    "plausible-power", "Power value rejection", Content, [DPrognosis, FlexOffer], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Some(limit) = case.terms.and_then(|t| t.plausible_power) else { return Ok(()) };
    let beyond = |isps: &[IspPower]| isps.iter().filter(|isp| isp.power.abs() > limit).map(|isp| isp.run).collect::<Vec<_>>();
    let isps = match case.message {
        Message::DPrognosis(m) => beyond(&m.isps),
        Message::FlexOffer(m) => m.options.iter().flat_map(|option| beyond(&option.isps)).collect(),
        _ => return Ok(()),
    };
    if isps.is_empty() { Ok(()) } else { Err(Breach::isps(isps)) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn too_much_is_refused() {
        for (t, limit, expected) in [(MessageType::DPrognosis, 25_000, 24_999), (MessageType::FlexOffer, 5_000, 4_999)] {
            let mut scene = Scene::before(t);
            let terms = scene.terms.unwrap();
            scene.terms = Some(Terms { plausible_power: Some(Watts(limit)), ..terms });
            assert_eq!(scene.broken(sample(t)), [""; 0]);
            scene.terms = Some(Terms { plausible_power: Some(Watts(expected)), ..terms });
            assert_eq!(scene.broken(sample(t)), ["plausible-power"]);
        }
    }
}
