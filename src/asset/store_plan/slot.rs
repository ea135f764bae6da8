//! What it costs to change the charge of a store in one slot.
//!
//! With `d` the change of the stored energy, `π` the price, `η` the one-way efficiency and `w` the wear, charging (`d > 0`)
//! draws `d/η` from the grid and discharging returns `−d·η`, so that
//!
//! ```text
//! c(d) = π·d/η             slope b = π/η         d > 0
//! c(d) = π·η·d − w·d       slope a = π·η − w     d < 0
//! ```
//!
//! Behind a meter with a lower price of feed-in, `π` is that price where the meter feeds in, so for powers below `κ = −others`.
//!
//! Outside the bounds of the slot, `M` per Wh of `d` is added: each direction has up to four straight pieces, and along a
//! direction the slopes turn against going on. Only at `d = 0` the cost may be concave (`a > b`): a price below
//! `−w·η/(1 − η²)` pays for energy that is burnt.

use super::super::store::Battery;

/// A straight part of the cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    /// How much charge it moves, not negative, Wh.
    pub(super) length_wh: f64,
    /// Cost per Wh that the charge rises.
    pub(super) slope: f64,
}

/// Pieces of a direction.
pub(super) const PIECES: usize = 4;

/// The cost of a slot, outward from standing still.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot {
    /// Charging: short of the bounds, within them, beyond them, and one of these in two where the price changes.
    pub(super) up: [Piece; PIECES],
    /// Discharging, likewise.
    pub(super) down: [Piece; PIECES],
}

/// What energy costs in a slot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tariff {
    /// Slopes `a` of discharging and `b` of charging above `κ`.
    above: (f64, f64),
    /// The same below it, and `κ`, W.
    below: Option<((f64, f64), f64)>,
}

impl Tariff {
    /// The tariff at `price` with `wear`; `meter` is the price of feed-in and the power of everything else behind the meter.
    pub(super) fn new(battery: &Battery, price: f64, wear: f64, meter: Option<(f64, f64)>) -> Tariff {
        let slopes = |price: f64| (price * battery.efficiency - wear, price / battery.efficiency);
        let below = meter.map(|(feed_in_price, others_w)| (slopes(feed_in_price.min(price)), -others_w));
        Tariff { above: slopes(price), below }
    }

    pub(super) fn steepest(&self) -> f64 {
        let most = |(a, b): (f64, f64)| a.abs().max(b.abs());
        most(self.above).max(self.below.map_or(0.0, |(slopes, _)| most(slopes)))
    }
}

impl Slot {
    /// The slot with a tariff, bounds on the grid-side power, and `penalty` per Wh outside them.
    pub(super) fn new(battery: &Battery, slot_h: f64, tariff: &Tariff, (least_w, most_w): (f64, f64), penalty: f64) -> Slot {
        let p = battery.max_power_w.max(0.0);
        let least_w = least_w.clamp(-p, p);
        let most_w = most_w.clamp(least_w, p);
        let charged = |w: f64| w.max(0.0) * slot_h * battery.efficiency;
        let discharged = |w: f64| (-w).max(0.0) * slot_h / battery.efficiency;
        let piece = |length_wh: f64, slope: f64| Piece { length_wh, slope };
        let (a, b) = tariff.above;
        let ((a_below, b_below), kink_w) = tariff.below.unwrap_or(((a, b), p));
        let nothing = piece(0.0, 0.0);
        let mut slot = Slot { up: [nothing; PIECES], down: [nothing; PIECES] };
        let penalties = [-penalty, 0.0, penalty];
        let mut k = 0;
        for ((from_w, to_w), extra) in [(0.0, least_w), (least_w, most_w), (most_w, p)].into_iter().zip(penalties) {
            // The direction of the kink is cut in two there.
            let (from, to) = (charged(from_w), charged(to_w));
            let cut = if tariff.below.is_some() { charged(kink_w).clamp(from, to.max(from)) } else { from };
            if cut > from && cut < to {
                slot.up[k] = piece(cut - from, b_below + extra);
                slot.up[k + 1] = piece(to - cut, b + extra);
                k += 2;
            } else {
                slot.up[k] = piece(to - from, if cut > from { b_below } else { b } + extra);
                k += 1;
            }
        }
        let mut k = 0;
        let penalties = [penalty, 0.0, -penalty];
        for ((from_w, to_w), extra) in [(0.0, most_w), (most_w, least_w), (least_w, -p)].into_iter().zip(penalties) {
            let (from, to) = (discharged(from_w), discharged(to_w));
            let cut = if tariff.below.is_some() { discharged(kink_w).clamp(from, to.max(from)) } else { to };
            if cut > from && cut < to {
                slot.down[k] = piece(cut - from, a + extra);
                slot.down[k + 1] = piece(to - cut, a_below + extra);
                k += 2;
            } else {
                slot.down[k] = piece(to - from, if cut < to { a_below } else { a } + extra);
                k += 1;
            }
        }
        slot
    }

    /// Whether the cost is convex at standing still, and so everywhere.
    pub(super) fn is_convex(&self) -> bool {
        let innermost = |pieces: &[Piece; PIECES]| pieces.iter().find(|p| p.length_wh > 0.0).map(|p| p.slope);
        match (innermost(&self.down), innermost(&self.up)) {
            (Some(a), Some(b)) => a <= b,
            _ => true,
        }
    }

    /// Cost of changing the charge by `d` Wh, which is within reach.
    pub(super) fn cost(&self, d: f64) -> f64 {
        let (pieces, sign) = if d > 0.0 { (&self.up, 1.0) } else { (&self.down, -1.0) };
        let mut left = d.abs();
        let mut cost = 0.0;
        for piece in pieces {
            let part = left.min(piece.length_wh);
            cost += sign * part * piece.slope;
            left -= part;
        }
        cost
    }
}
