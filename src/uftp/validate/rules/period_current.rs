use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The Period of a trade is not over.
    ///
    /// Why: what is past can be neither forecast nor changed.
    /// Clause: rejection reason "Period out of bounds" (in the past).
    /// Example: a FlexRequest for yesterday.
    "period-current", "Period out of bounds", Form, [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    match case.period {
        Some(period) if period.end() <= case.view.now => Err(Breach::detail(format!("{period} is over"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn yesterday_is_refused() {
        let mut scene = Scene::before(MessageType::DPrognosis);
        scene.now = scene.calendar.period(PERIOD).end();
        assert_eq!(scene.broken(sample(MessageType::DPrognosis)), ["period-current"]);
        scene.now = SimTime(scene.now.0 - 1);
        assert_eq!(scene.broken(sample(MessageType::DPrognosis)), [""; 0]);
    }
}
