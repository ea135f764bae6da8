//! What every kind of right answers for itself: reserve, call, oblige, judge, pay. A new kind is a file that implements
//! [`Terms`] and a line in the list of kinds ([`Right`](super::Right)); operator and aggregator are generic over it.
//!
//! What an answer does not concern keeps its default: such a right reserves nothing, obliges to nothing, calls nothing.

use crate::market::direction::Direction;
use crate::market::ledger::Kind;
use crate::units::Watts;

use super::bounds::Bounds;

/// The behaviour of one kind of right.
pub trait Terms {
    /// `ServiceType` of orders under it.
    fn service(&self) -> &'static str;

    /// The regime whose preset holds contracts of this kind.
    fn regime(&self) -> Regime;

    /// Power that is reserved in each ISP of its windows, signed by what relieves, before any update.
    fn reserves(&self, _direction: Direction) -> Watts {
        Watts::ZERO
    }

    /// Least power an offer must have on an ISP, signed, from what is still reserved and what is requested.
    fn obliges(&self, _reserved: Watts, _request: Bounds) -> Watts {
        Watts::ZERO
    }

    /// The cap that it puts on net power in the contract's direction, W, of either sign; `None` where it is none.
    fn cap_w(&self) -> Option<f64> {
        None
    }

    /// The range of net power a call leaves the aggregator; `None` where the operator cannot call.
    fn called_range(&self, _direction: Direction) -> Option<PowerRange> {
        None
    }

    /// How delivery under it is judged.
    fn judgement(&self) -> Judgement;

    /// What its payments are booked as.
    fn payments(&self) -> Payments;
}

/// The two regimes of buying; on the wire they are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// Voluntary: the aggregator sold the right.
    GridCapacityManagement,
    /// Regulated: the right limits the use of a connection.
    CongestionManagement,
}

/// How the metered power of an order is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// Deviation from the baseline that the first order on an ISP froze; later orders and those at nested points stack on it.
    Stacked,
    /// Actual power against the bound the right names, whatever else is ordered.
    OwnBound,
}

impl Judgement {
    /// `BaselineReference` of orders, where the baseline is no D-Prognosis.
    #[must_use]
    pub fn baseline_reference(self) -> Option<&'static str> {
        match self {
            Judgement::Stacked => None,
            Judgement::OwnBound => Some("cap"),
        }
    }
}

/// Kinds of ledger entries of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payments {
    /// Of its price.
    pub price: Kind,
    /// Of deduction and penalty.
    pub penalty: Kind,
}

impl Payments {
    /// Of an order under no contract.
    pub const SPOT: Payments = Payments { price: Kind::Flexibility, penalty: Kind::Penalty };
}

/// Net power, W, from least to most; ±∞ where there is no bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerRange {
    /// Not below.
    pub floor_w: f64,
    /// Not above.
    pub ceiling_w: f64,
}

impl PowerRange {
    /// The least change that brings `power_w` into the range, W.
    #[must_use]
    pub fn missing_w(self, power_w: f64) -> f64 {
        (self.ceiling_w - power_w).min(0.0) + (self.floor_w - power_w).max(0.0)
    }

    /// The bound that flexibility of this direction keeps, W.
    #[must_use]
    pub fn bound_w(self, direction: Direction) -> f64 {
        match direction {
            Direction::Consumption => self.ceiling_w,
            Direction::FeedIn => self.floor_w,
        }
    }
}
