//! Capacity limitation: a cap on the aggregator's net power at the congestion point where the operator calls it.
//!
//! ```text
//! F = min(0, cap − B̂) for consumption,   F = max(0, −cap − B̂) for feed-in,   B̂ the power expected at the call
//! ```
//!
//! The cap itself is the target, so actual power is judged against it in every called ISP. A cap below zero steers: under a cap on
//! consumption power then has to be fed in, under one on feed-in it has to be consumed.

use crate::market::direction::Direction;
use crate::market::ledger::Kind;

use super::terms::{Judgement, Payments, PowerRange, Regime, Terms};

/// Cap on the aggregator's net power at the congestion point, in the contract's direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapacityLimitation {
    /// The cap in the contract's direction, W; below zero power has to flow the other way.
    pub cap_w: f64,
}

impl Terms for CapacityLimitation {
    fn service(&self) -> &'static str {
        "capacity-limitation"
    }

    fn regime(&self) -> Regime {
        Regime::CongestionManagement
    }

    fn cap_w(&self) -> Option<f64> {
        Some(self.cap_w)
    }

    fn called_range(&self, direction: Direction) -> Option<PowerRange> {
        Some(match direction {
            Direction::Consumption => PowerRange { floor_w: f64::NEG_INFINITY, ceiling_w: self.cap_w },
            Direction::FeedIn => PowerRange { floor_w: -self.cap_w, ceiling_w: f64::INFINITY },
        })
    }

    fn judgement(&self) -> Judgement {
        Judgement::OwnBound
    }

    fn payments(&self) -> Payments {
        Payments { price: Kind::Limitation, penalty: Kind::LimitationPenalty }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_asks_only_for_what_exceeds_it() {
        let under = |cap_w, direction, power_w| CapacityLimitation { cap_w }.called_range(direction).unwrap().missing_w(power_w);
        let flexibility = |direction, power_w| under(50.0, direction, power_w);
        assert_eq!(flexibility(Direction::Consumption, 80.0), -30.0);
        assert_eq!(flexibility(Direction::Consumption, 20.0), 0.0);
        assert_eq!(flexibility(Direction::FeedIn, -80.0), 30.0);
        assert_eq!(flexibility(Direction::FeedIn, -20.0), 0.0);
        assert_eq!(under(-300.0, Direction::Consumption, 100.0), -400.0);
        assert_eq!(under(-300.0, Direction::Consumption, -380.0), 0.0);
        assert_eq!(under(-300.0, Direction::FeedIn, 100.0), 200.0);
    }
}
