//! Bid obligation: the aggregator answers a request with an offer of at least the obliged power, at a price of its own that the
//! contract caps.
//!
//! ```text
//! O = the smaller of obliged power and near bound, with the near bound's sign; 0 where nothing is requested
//! ```
//!
//! An offer above the cap is owed as ever, but rejected. Delivery is judged as deviation from the baseline.

use crate::units::Watts;

use super::bounds::Bounds;
use super::terms::{Judgement, Payments, Regime, Terms};

/// Power that must be offered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BidObligation {
    /// Least power of an offer, as magnitude, W.
    pub power_w: f64,
}

impl Terms for BidObligation {
    fn service(&self) -> &'static str {
        "bid-obligation"
    }

    fn regime(&self) -> Regime {
        Regime::CongestionManagement
    }

    fn obliges(&self, _reserved: Watts, request: Bounds) -> Watts {
        let near = request.near();
        let power = Watts::from_f64(self.power_w);
        Watts(near.0.signum() * near.abs().min(power).0)
    }

    fn judgement(&self) -> Judgement {
        Judgement::Stacked
    }

    fn payments(&self) -> Payments {
        Payments::SPOT
    }
}

/// Whether the operator may take an offer at the aggregator's own price; without a cap any.
#[must_use]
pub fn is_acceptable(own_price_eur_per_mwh: f64, price_cap_eur_per_mwh: Option<f64>) -> bool {
    price_cap_eur_per_mwh.is_none_or(|cap| own_price_eur_per_mwh <= cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bid_is_owed_up_to_the_request() {
        let owed = |min, max, requested| {
            BidObligation { power_w: 400.0 }.obliges(Watts::ZERO, Bounds { min: Watts(min), max: Watts(max), requested })
        };
        assert_eq!(owed(-900, -300, true), Watts(-300));
        assert_eq!(owed(-900, -600, true), Watts(-400));
        assert_eq!(owed(500, 900, true), Watts(400));
        assert_eq!(owed(-900, -600, false), Watts::ZERO);
        assert!(is_acceptable(120.0, Some(120.0)) && !is_acceptable(120.01, Some(120.0)) && is_acceptable(1e9, None));
    }
}
