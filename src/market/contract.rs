//! Contracts between DSO and AGR: what is owed on which ISPs, and the arithmetic of reservations.
//!
//! A **FlexOption** reserves flexibility: the AGR must answer a matching request with an offer of at least the obligation at
//! the agreed utilisation price. A **capacity limitation** caps the AGR's net power at the congestion point when called.

use jiff::civil::{Date, Time, Weekday};

use crate::time::{IspCalendar, IspIndex, Period};
use crate::units::Watts;

use super::Direction;

/// What kind of right the DSO bought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Right {
    /// Reserved flexibility.
    FlexOption {
        /// Reserved magnitude.
        power_w: f64,
    },
    /// Absolute cap on the AGR's net power at the congestion point, in the contract's direction.
    CapacityLimitation {
        /// Magnitude of the cap.
        cap_w: f64,
    },
}

/// A contract in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// `ContractID` on the wire.
    pub id: String,
    /// Domain of the AGR.
    pub aggregator: crate::ids::Domain,
    /// Congestion point it is for.
    pub congestion_point: crate::ids::EntityAddress,
    /// Congestion it relieves.
    pub direction: Direction,
    /// The right.
    pub right: Right,
    /// When it holds.
    pub windows: Vec<Window>,
    /// Availability fee, € per MW reserved and hour.
    pub availability_eur_per_mw_h: f64,
    /// Price of activated energy, €/MWh.
    pub utilisation_eur_per_mwh: f64,
    /// Price of power deficiency, €/MWh.
    pub penalty_eur_per_mwh: f64,
    /// Most calls in one calendar week (Monday to Sunday).
    pub max_calls_per_week: u32,
}

/// Days and local clock times.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Weekdays; empty means every day.
    pub days: Vec<Weekday>,
    /// First clock time that belongs to it.
    pub from: Time,
    /// First clock time that does not; midnight means the end of the day.
    pub until: Time,
}

impl Window {
    fn holds(&self, date: Date, time: Time) -> bool {
        let day = self.days.is_empty() || self.days.contains(&date.weekday());
        day && time >= self.from && (time < self.until || self.until == Time::midnight())
    }
}

impl Contract {
    /// Whether the contract holds in an ISP, by the local clock at its start.
    #[must_use]
    pub fn holds(&self, calendar: &IspCalendar, period: &Period, isp: IspIndex) -> bool {
        let time = calendar.local_time(period.isp_start(isp));
        self.windows.iter().any(|w| w.holds(period.date, time))
    }

    /// Flexibility reserved in an ISP with its sign, before any update; zero outside the windows and for other rights.
    #[must_use]
    pub fn reserved_at(&self, calendar: &IspCalendar, period: &Period, isp: IspIndex) -> Watts {
        match self.right {
            Right::FlexOption { power_w } if self.holds(calendar, period, isp) => Watts::from_f64(power_w * self.direction.relief_sign()),
            _ => Watts::ZERO,
        }
    }
}

/// A request's bounds on one ISP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// `MinPower`.
    pub min: Watts,
    /// `MaxPower`.
    pub max: Watts,
    /// Disposition `Requested`, else `Available`.
    pub requested: bool,
}

impl Bounds {
    /// The same room where nothing is asked for: zero lies in it.
    #[must_use]
    pub fn unasked(self) -> Bounds {
        Bounds { min: self.min.min(Watts::ZERO), max: self.max.max(Watts::ZERO), requested: false }
    }

    /// The bound nearer zero of a requested ISP, with sign: the shortage to be solved; zero elsewhere.
    #[must_use]
    pub fn near(&self) -> Watts {
        match (self.requested, self.min.0 > 0, self.max.0 < 0) {
            (true, true, _) => self.min,
            (true, _, true) => self.max,
            _ => Watts::ZERO,
        }
    }
}

/// What the AGR must offer: the smaller in magnitude of reserved and requested (Shapeshifter specification,
/// "FlexReservationUpdate").
#[must_use]
pub fn obligation(reserved: Watts, request: Bounds) -> Watts {
    let near = request.near();
    if reserved.0.signum() != near.0.signum() {
        return Watts::ZERO;
    }
    if reserved.abs() < near.abs() { reserved } else { near }
}

/// The range an offer under the contract may lie in: the request's bounds, and at least the obligation.
#[must_use]
pub fn allowed_offer(reserved: Watts, request: Bounds) -> (Watts, Watts) {
    match obligation(reserved, request).0 {
        o if o < 0 => (request.min, Watts(o)),
        o if o > 0 => (Watts(o), request.max),
        _ => (request.min, request.max),
    }
}

/// Flexibility that a cap asks for against a baseline: `F = min(0, cap − B)` for consumption, mirrored for feed-in.
#[must_use]
pub fn cap_flexibility(direction: Direction, cap_w: f64, baseline_w: f64) -> f64 {
    match direction {
        Direction::Consumption => (cap_w - baseline_w).min(0.0),
        Direction::FeedIn => (-cap_w - baseline_w).max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reservation figures of the specification: ISPs 11–16, values after the update.
    #[test]
    fn the_reservation_example_of_the_specification() {
        let rows = [
            // isp, reserved, min, max, requested, obliged, allowed
            (11, 0, -6, 0, true, 0, (-6, 0)),
            (12, -2, -6, -4, true, -2, (-6, -2)),
            (13, -4, -6, -4, true, -4, (-6, -4)),
            (14, -2, -6, 0, true, 0, (-6, 0)),
            (15, 0, -6, 2, false, 0, (-6, 2)),
            (16, 0, -6, 2, false, 0, (-6, 2)),
        ];
        for (isp, reserved, min, max, requested, obliged, allowed) in rows {
            let bounds = Bounds { min: Watts(min), max: Watts(max), requested };
            assert_eq!(obligation(Watts(reserved), bounds), Watts(obliged), "ISP {isp}");
            assert_eq!(allowed_offer(Watts(reserved), bounds), (Watts(allowed.0), Watts(allowed.1)), "ISP {isp}");
        }
    }

    #[test]
    fn a_cap_asks_only_for_what_exceeds_it() {
        assert_eq!(cap_flexibility(Direction::Consumption, 50.0, 80.0), -30.0);
        assert_eq!(cap_flexibility(Direction::Consumption, 50.0, 20.0), 0.0);
        assert_eq!(cap_flexibility(Direction::FeedIn, 50.0, -80.0), 30.0);
        assert_eq!(cap_flexibility(Direction::FeedIn, 50.0, -20.0), 0.0);
    }
}
