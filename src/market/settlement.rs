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
//! Orders are filled in time order, `Q` goes to the last. An order's unit price is its price over its requested energy;
//! rebound ISPs carry none, and there deficiency counts only in the direction that worsens the congestion point. On the
//! wire `Price` is the order's price and the deduction for undelivered energy is part of `Penalty`, so that
//! `NetSettlement = Price − Penalty` is pay-for-delivered less the excess penalty.

use crate::time::SimDuration;
use crate::units::{Money, Watts};

use super::direction::Direction;

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

/// Prices an order from its ISPs and their shares; `penalty_eur_per_mwh` is contract data.
#[must_use]
pub fn price(order_price: Money, isps: &[(OrderedIsp, Share)], isp: SimDuration, penalty_eur_per_mwh: f64) -> OrderSettlement {
    let energy_mwh = |w: Watts| w.abs().as_f64() * isp.as_hours() * 1e-6;
    let (mut ordered, mut delivered, mut short) = (0.0, 0.0, 0.0);
    for (order, share) in isps {
        short += energy_mwh(share.deficiency);
        if order.requested {
            ordered += energy_mwh(order.power);
            delivered += energy_mwh(share.delivered);
        }
    }
    let undelivered = if ordered > 0.0 { order_price.as_f64() * (1.0 - delivered / ordered) } else { 0.0 };
    // An amount is rounded once.
    OrderSettlement { price: order_price, penalty: Money::from_f64(undelivered + penalty_eur_per_mwh * short) }
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
            let s = price(Money::from_f64(14.0), &[(order, share)], SimDuration::hours(1), 11.0);
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
