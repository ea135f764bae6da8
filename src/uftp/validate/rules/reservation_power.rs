use crate::uftp::message::{IspRun, Message};
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// What remains reserved has the contract's direction and is no more than the contract reserves.
    ///
    /// Why: an update can only release.
    /// Clause: FlexReservationUpdate: rejection reason "Power value rejection".
    /// Example: 6 kW where 5 kW are reserved.
    "reservation-power", "Power value rejection", Content, [FlexReservationUpdate], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexReservationUpdate(m) = case.message else { return Ok(()) };
    let Some(reservation) = case.view.registry.reservation(&m.contract_id, m.flex.period) else { return Ok(()) };
    let within =
        |remaining: i64, reserved: i64| remaining == 0 || (remaining.signum() == reserved.signum() && remaining.abs() <= reserved.abs());
    let reserved = reservation.power.values();
    let too_much = m
        .isps
        .iter()
        .filter(|isp| isp.run.numbers().any(|n| reserved.get(usize::from(n).wrapping_sub(1)).is_some_and(|r| !within(isp.power.0, r.0))));
    let isps: Vec<IspRun> = too_much.map(|isp| isp.run).collect();
    if isps.is_empty() { Ok(()) } else { Err(Breach::isps(isps)) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn updates_only_release() {
        let remaining = |watts| {
            let mut message = sample(MessageType::FlexReservationUpdate);
            if let Message::FlexReservationUpdate(m) = &mut message {
                m.isps[0].power = Watts(watts);
            }
            let mut scene = Scene::before(MessageType::FlexReservationUpdate);
            let power = IspSeries::filled(&scene.calendar.period(PERIOD), Watts(-5_000));
            scene.reservation = Some(Reservation { release_deadline: SimTime(i64::MAX), power });
            scene.broken(message)
        };
        assert_eq!(remaining(-6_000), ["reservation-power"]);
        assert_eq!(remaining(1), ["reservation-power"]);
        assert_eq!(remaining(-5_000), [""; 0]);
        assert_eq!(remaining(0), [""; 0]);
    }
}
