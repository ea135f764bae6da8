//! Settlement of flexibility per ISP (Shapeshifter specification, "Settlement", component 1 with component 2 as penalty).
//!
//! On one (AGR, congestion point, ISP), with baseline `B` frozen by the first order, orders `f₁ … fₙ` in time order,
//! `F = Σ fᵢ`, actual power `A` and target `T = B + F`:
//!
//! ```text
//! delivered D  = A − B clamped between 0 and F
//! deficiency Q = max(0, A − T) for F < 0,  max(0, T − A) for F > 0,  0 for F = 0, uncapped
//! ```
//!
//! Orders are filled in time order, `Q` goes to the last. Rebound ISPs, which nobody asked for, carry no price, and there deficiency
//! counts only in the direction that worsens the congestion point. A call on a cap is judged against the cap in every ISP that was
//! called, also where nothing was missing when it was:
//!
//! ```text
//! Q = max(0, A − cap) for consumption,  max(0, −cap − A) for feed-in           |D| = |F| − min(|F|, Q)
//! ```
//!
//! How much of the price is paid for the delivered share stands in [`performance`](super::performance). On the wire `Price` is the
//! order's price, and the deduction is part of `Penalty`, so that `NetSettlement = Price − Penalty`.

use crate::time::SimDuration;
use crate::units::{Money, Watts};

use super::direction::Direction;
use super::performance::{Delivery, Performance};

/// What one order comes to on one ISP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Delivered power with the sign of the order.
    pub delivered: Watts,
    /// Power deficiency, not negative.
    pub deficiency: Watts,
}

/// An order's part on one ISP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderedIsp {
    /// Ordered flexibility.
    pub power: Watts,
    /// Whether the DSO asked for flexibility here; else it is rebound.
    pub requested: bool,
    /// The congestion the order as a whole relieves.
    pub relieves: Direction,
}

/// Fills the orders of one ISP; the answer has one share per order, in the given (time) order.
#[must_use]
pub fn fill(baseline: Watts, orders: &[OrderedIsp], actual: Watts) -> Vec<Share> {
    let total = orders.iter().map(|o| o.power).sum::<Watts>();
    let deviation = actual - baseline;
    let delivered = Watts(deviation.0.clamp(total.0.min(0), total.0.max(0)));
    let mut shares = vec![Share::default(); orders.len()];
    // Orders against the net direction count as delivered; the rest of the deviation fills the others in time order.
    let against = |o: &OrderedIsp| o.power.0.signum() != total.0.signum();
    let mut left = delivered - orders.iter().filter(|o| against(o)).map(|o| o.power).sum::<Watts>();
    for (share, order) in shares.iter_mut().zip(orders) {
        let filled = if against(order) { order.power } else { Watts(left.0.clamp(order.power.0.min(0), order.power.0.max(0))) };
        if !against(order) {
            left -= filled;
        }
        share.delivered = filled;
    }
    if let Some(last) = orders.iter().rposition(|o| o.power != Watts::ZERO && !against(o)) {
        shares[last].deficiency = deficiency(baseline + total, orders[last], actual);
    }
    shares
}

fn deficiency(target: Watts, order: OrderedIsp, actual: Watts) -> Watts {
    let relief_is_down = if order.requested { order.power.0 < 0 } else { order.relieves == Direction::Consumption };
    let short = if relief_is_down { actual - target } else { target - actual };
    Watts(short.0.max(0))
}

/// A called ISP held against the bound of a cap, which may have either sign: the net power not to exceed (consumption), or not to
/// fall below (feed-in). `flexibility` is what the call asked for, zero where the bound was kept anyway.
#[must_use]
pub fn against_bound(bound: Watts, relieves: Direction, flexibility: Watts, actual: Watts) -> Share {
    let beyond = match relieves {
        Direction::Consumption => actual - bound,
        Direction::FeedIn => bound - actual,
    };
    let deficiency = Watts(beyond.0.max(0));
    let kept = (flexibility.abs() - deficiency).0.max(0);
    Share { delivered: Watts(flexibility.0.signum() * kept), deficiency }
}

/// What the ISPs of an order came to together.
#[must_use]
pub fn delivery(isps: &[(OrderedIsp, Share)], isp: SimDuration) -> Delivery {
    let requested = |of: fn(&(OrderedIsp, Share)) -> Watts| isps.iter().filter(|(o, _)| o.requested).map(of).map(Watts::abs).sum::<Watts>();
    let (ordered, delivered) = (requested(|(o, _)| o.power), requested(|(_, s)| s.delivered));
    let short: Watts = isps.iter().map(|(_, s)| s.deficiency).sum();
    Delivery {
        // A ratio of whole watts, so that a delivery exactly at a cut-off compares as equal.
        share: if ordered == Watts::ZERO { 1.0 } else { delivered.as_f64() / ordered.as_f64() },
        deficiency_mwh: short.as_f64() * isp.as_hours() / 1e6,
    }
}

/// The money of one order over all its ISPs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderSettlement {
    /// The order's price.
    pub price: Money,
    /// Deduction for undelivered requested energy plus the penalty for deficiency.
    pub penalty: Money,
}

impl OrderSettlement {
    /// `NetSettlement`.
    #[must_use]
    pub fn net(self) -> Money {
        self.price - self.penalty
    }
}

/// Prices an order from its ISPs and their shares by the terms of its contract or market.
#[must_use]
pub fn price(order_price: Money, isps: &[(OrderedIsp, Share)], isp: SimDuration, performance: &Performance) -> OrderSettlement {
    let penalty_eur = performance.penalty_eur(order_price.as_f64(), delivery(isps, isp));
    // An amount is rounded once.
    OrderSettlement { price: order_price, penalty: Money::of_decimals(penalty_eur) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DOWN: fn(i64) -> OrderedIsp = |w| OrderedIsp { power: Watts(w), requested: true, relieves: Direction::Consumption };

    /// The specification's worked example: B = 10 MW, 2 MW reduction at 7 €/MW, penalty 11 €/MW, one ISP of one hour.
    #[test]
    fn the_worked_example_of_the_specification() {
        let rows = [
            // actual MW, delivered MW, deficiency MW, net €
            (7, -2, 0, 14),
            (8, -2, 0, 14),
            (9, -1, 1, -4),
            (10, 0, 2, -22),
            (11, 0, 3, -33),
        ];
        for (actual, delivered, short, net) in rows {
            let mw = |n: i64| Watts(n * 1_000_000);
            let order = DOWN(-2_000_000);
            let share = fill(mw(10), &[order], mw(actual))[0];
            assert_eq!((share.delivered, share.deficiency), (mw(delivered), mw(short)), "A = {actual}");
            let s = price(Money::from_f64(14.0), &[(order, share)], SimDuration::hours(1), &Performance::for_delivered(11.0));
            assert_eq!(s.net(), Money::from_f64(f64::from(net)), "A = {actual}");
        }
    }

    #[test]
    fn orders_fill_in_time_order_and_the_last_bears_the_deficiency() {
        let shares = fill(Watts(1000), &[DOWN(-300), DOWN(-200)], Watts(600));
        assert_eq!(shares[0], Share { delivered: Watts(-300), deficiency: Watts(0) });
        assert_eq!(shares[1], Share { delivered: Watts(-100), deficiency: Watts(100) });
    }

    #[test]
    fn rebound_is_penalised_only_where_it_worsens_the_congestion() {
        let rebound = OrderedIsp { power: Watts(500), requested: false, relieves: Direction::Consumption };
        assert_eq!(fill(Watts(1000), &[rebound], Watts(1200))[0].deficiency, Watts(0), "less rebound than agreed is no harm");
        assert_eq!(fill(Watts(1000), &[rebound], Watts(1700))[0].deficiency, Watts(200), "more consumption than agreed is");
    }

    /// In a called ISP the cap holds even where nothing was missing; a cap below zero means power has to flow the other way.
    #[test]
    fn a_cap_is_judged_in_every_called_isp() {
        let judged = |bound, f, a| against_bound(Watts(bound), Direction::Consumption, Watts(f), Watts(a));
        assert_eq!(judged(1500, 0, 1600), Share { delivered: Watts(0), deficiency: Watts(100) });
        assert_eq!(judged(1500, -600, 1700), Share { delivered: Watts(-400), deficiency: Watts(200) });
        assert_eq!(judged(-300, -400, 500), Share { delivered: Watts(0), deficiency: Watts(800) });
        let feed_in = against_bound(Watts(-200), Direction::FeedIn, Watts(500), Watts(-260));
        assert_eq!(feed_in, Share { delivered: Watts(440), deficiency: Watts(60) });
    }

    /// Where nothing was missing, nothing can be delivered too little.
    #[test]
    fn a_call_for_nothing_is_delivered() {
        let call = OrderedIsp { power: Watts::ZERO, requested: true, relieves: Direction::Consumption };
        let share = against_bound(Watts(100), Direction::Consumption, Watts::ZERO, Watts(150));
        let d = delivery(&[(call, share)], SimDuration::hours(1));
        assert_eq!((d.share, d.deficiency_mwh), (1.0, 50e-6));
    }

    proptest! {
        /// What the orders got together is the clamp of the whole deviation; no order gets more than it was for.
        #[test]
        fn shares_add_up(b in -5000_i64..5000, fs in prop::collection::vec(-800_i64..800, 1..5), a in -9000_i64..9000) {
            let orders: Vec<_> = fs.iter().map(|&f| OrderedIsp { power: Watts(f), requested: true, relieves: Direction::Consumption }).collect();
            let shares = fill(Watts(b), &orders, Watts(a));
            let total: i64 = fs.iter().sum();
            let sum: i64 = shares.iter().map(|s| s.delivered.0).sum();
            prop_assert_eq!(sum, (a - b).clamp(total.min(0), total.max(0)));
            for (s, f) in shares.iter().zip(&fs) {
                prop_assert!(s.delivered.0.abs() <= f.abs() && s.delivered.0 * f >= 0);
                prop_assert!(s.deficiency.0 >= 0);
            }
        }
    }
}
