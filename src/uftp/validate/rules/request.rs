//! Portfolios, reservations and requests.

use crate::uftp::message::{Disposition, FlexRequestIsp, IspRun, Message};
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::rule::page;
use crate::units::Watts;

page! {
    /// A portfolio query refers to registered connections.
    ///
    /// Why: the answer would be empty.
    /// Clause: AGRPortfolioQuery, DSOPortfolioQuery: rejection reason "No connections available".
    /// Example: the query of an aggregator that represents no connection on that day.
    CONNECTIONS_AVAILABLE, connections_available
}

fn connections_available(case: &Case<'_>) -> Verdict {
    let registry = case.view.registry;
    let any = match case.message {
        Message::AgrPortfolioQuery(m) => registry.has_connections(case.peer(), None, m.period),
        Message::DsoPortfolioQuery(m) => registry.has_connections(case.peer(), Some(&m.entity_address), m.period),
        _ => true,
    };
    require(any, Breach::plain)
}

page! {
    /// A reservation is released before the contract's deadline.
    ///
    /// Why: later, the aggregator can no longer sell the released flexibility elsewhere.
    /// Clause: FlexReservationUpdate: rejection reason "Deadline expired".
    /// Example: a release at 09:00 under a contract whose deadline is 08:45.
    RELEASE_DEADLINE, release_deadline
}

fn release_deadline(case: &Case<'_>) -> Verdict {
    let Message::FlexReservationUpdate(m) = case.message else { return Ok(()) };
    let reservation = case.view.registry.reservation(&m.contract_id, m.flex.period);
    require(reservation.is_none_or(|r| case.view.now < r.release_deadline), Breach::plain)
}

page! {
    /// The remaining reservation has the direction of the contract and does not exceed its power.
    ///
    /// Why: an update can only release.
    /// Clause: FlexReservationUpdate: rejection reason "Power value rejection".
    /// Example: 6 kW where 5 kW are reserved.
    RESERVATION_POWER, reservation_power
}

fn reservation_power(case: &Case<'_>) -> Verdict {
    // ISPs of another clock are none of the reservation's.
    let (Message::FlexReservationUpdate(m), Some(_)) = (case.message, case.period) else { return Ok(()) };
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

page! {
    /// A FlexRequest has at least one ISP with Disposition Requested.
    ///
    /// Why: Available ISPs alone request no flexibility.
    /// Clause: FlexRequest: rejection reason "Lacking Requested Disposition".
    /// Example: a request whose ISPs are all Available.
    REQUESTED_ISP, requested_isp
}

fn requested_isp(case: &Case<'_>) -> Verdict {
    let Message::FlexRequest(m) = case.message else { return Ok(()) };
    require(m.isps.iter().any(|isp| isp.disposition == Disposition::Requested), Breach::plain)
}

page! {
    /// A requested ISP has a direction: MinPower ≥ 0 or MaxPower ≤ 0.
    ///
    /// Why: a range around zero needs no change of power. One bound may be zero: a direction without a minimum.
    /// Clause: FlexRequest: rejection reason "Requested Power discrepancy".
    /// Example: `Disposition="Requested" MinPower="-45000" MaxPower="5000"`.
    REQUESTED_DIRECTION, requested_direction
}

fn requested_direction(case: &Case<'_>) -> Verdict {
    let Message::FlexRequest(m) = case.message else { return Ok(()) };
    let directionless =
        |isp: &&FlexRequestIsp| isp.disposition == Disposition::Requested && isp.min_power < Watts::ZERO && isp.max_power > Watts::ZERO;
    let isps: Vec<IspRun> = m.isps.iter().filter(directionless).map(|isp| isp.run).collect();
    if isps.is_empty() { Ok(()) } else { Err(Breach::isps(isps)) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn empty_portfolios_are_refused() {
        for t in [MessageType::AgrPortfolioQuery, MessageType::DsoPortfolioQuery] {
            let mut scene = Scene::before(t);
            scene.knows_agreements = false;
            assert_eq!(scene.broken(sample(t)), ["connections-available"]);
        }
    }

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

    #[test]
    fn room_alone_is_refused() {
        assert_eq!(broken!(FlexRequest, |m| m.isps[1].disposition = Disposition::Available), ["requested-isp"]);
    }

    #[test]
    fn ranges_around_zero_are_refused() {
        assert_eq!(broken!(FlexRequest, |m| m.isps[1].max_power = Watts(5_000)), ["requested-direction"]);
        assert_eq!(broken!(FlexRequest, |m| m.isps[1].max_power = Watts(0)), [""; 0]);
        assert_eq!(broken!(FlexRequest, |m| m.isps[1].min_power = Watts(-5_000)), [""; 0]);
    }
}
