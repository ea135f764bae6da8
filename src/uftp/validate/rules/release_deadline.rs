use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A reservation is released before the contract's deadline.
    ///
    /// Why: later the aggregator can no longer sell elsewhere what is released.
    /// Clause: FlexReservationUpdate: rejection reason "Deadline expired".
    /// Example: a release at 09:00 under a contract whose deadline is 08:45.
    "release-deadline", "Deadline expired", Content, [FlexReservationUpdate], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexReservationUpdate(m) = case.message else { return Ok(()) };
    let reservation = case.view.registry.reservation(&m.contract_id, m.flex.period);
    require(reservation.is_none_or(|r| case.view.now < r.release_deadline), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn late_releases_are_refused() {
        let mut scene = Scene::before(MessageType::FlexReservationUpdate);
        let power = IspSeries::filled(&scene.calendar.period(PERIOD), Watts(-5_000));
        let until = |s| Some(Reservation { release_deadline: SimTime(scene.now.0 + s), power: power.clone() });
        let (now, later) = (until(0), until(1));
        scene.reservation = now;
        assert_eq!(scene.broken(sample(MessageType::FlexReservationUpdate)), ["release-deadline"]);
        scene.reservation = later;
        assert_eq!(scene.broken(sample(MessageType::FlexReservationUpdate)), [""; 0]);
    }
}
