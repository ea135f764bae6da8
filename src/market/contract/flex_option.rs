//! FlexOption: reserved flexibility. The aggregator must answer a matching request with an offer of at least the obligation,
//!
//! ```text
//! O = the smaller in magnitude of reserved and near bound, same sign; else 0
//! ```
//!
//! at the agreed utilisation price, and earns a fee on what stays reserved (Shapeshifter specification,
//! "FlexReservationUpdate").

use crate::market::direction::Direction;
use crate::units::Watts;

use super::bounds::Bounds;
use super::terms::{Judgement, Payments, Regime, Terms};

/// Reserved flexibility.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlexOption {
    /// Reserved magnitude, W.
    pub power_w: f64,
}

impl Terms for FlexOption {
    fn service(&self) -> &'static str {
        "flex-option"
    }

    fn regime(&self) -> Regime {
        Regime::GridCapacityManagement
    }

    fn reserves(&self, direction: Direction) -> Watts {
        Watts::from_f64(self.power_w * direction.relief_sign())
    }

    fn obliges(&self, reserved: Watts, request: Bounds) -> Watts {
        obligation(reserved, request)
    }

    fn judgement(&self) -> Judgement {
        Judgement::Stacked
    }

    fn payments(&self) -> Payments {
        Payments::SPOT
    }
}

/// What the AGR must offer: the smaller in magnitude of reserved and requested.
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
}
