//! What a request asks for on one ISP.

use crate::market::direction::Direction;
use crate::units::Watts;

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

/// The congestion that an order of a request mostly relieves, and the ISPs whose need (W, signed) it relieves; the others are rebound.
/// A day may ask for both directions: each ISP then counts by its own. Both sides reckon it from the request and the order, so that
/// they settle alike.
#[must_use]
pub fn asked(request: &[Bounds], need: &[Watts], power: &[Watts]) -> (Direction, Vec<bool>) {
    let watts = |direction| -> i64 {
        let relieving = |(b, p): &(&Bounds, &Watts)| {
            Direction::relieved_by(b.near()) == Some(direction) && Direction::relieved_by(**p) == Some(direction)
        };
        request.iter().zip(power).filter(relieving).map(|(_, p)| p.0.abs()).sum()
    };
    let relieves = if watts(Direction::FeedIn) > watts(Direction::Consumption) { Direction::FeedIn } else { Direction::Consumption };
    (relieves, need.iter().zip(power).map(|(need, power)| need.0.signum() * power.0.signum() > 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store that is offered for feed-in and moves more where consumption is short relieves consumption mostly; each ISP counts by its
    /// own need.
    #[test]
    fn an_order_is_for_what_it_mostly_relieves() {
        let bounds = |min, max| Bounds { min: Watts(min), max: Watts(max), requested: true };
        let request = [bounds(50, 90), bounds(-90, -50), bounds(-90, -50)];
        let need: Vec<Watts> = request.iter().map(Bounds::near).collect();
        let power = [Watts(40), Watts(-30), Watts(-20)];
        assert_eq!(asked(&request, &need, &power), (Direction::Consumption, vec![true, true, true]));
        assert_eq!(asked(&request, &need, &[Watts(40), Watts::ZERO, Watts::ZERO]), (Direction::FeedIn, vec![true, false, false]));
    }
}
