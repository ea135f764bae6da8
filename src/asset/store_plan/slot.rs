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
//! Outside the bounds of the slot, `M` per Wh of `d` is added: each direction has up to three straight pieces, and along a
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

/// The cost of a slot, outward from standing still.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot {
    /// Charging: short of the bounds, within them, beyond them.
    pub(super) up: [Piece; 3],
    /// Discharging, likewise.
    pub(super) down: [Piece; 3],
}

/// Slopes `a` of discharging and `b` of charging.
pub(super) fn slopes(battery: &Battery, price: f64, wear: f64) -> (f64, f64) {
    (price * battery.efficiency - wear, price / battery.efficiency)
}

impl Slot {
    /// The slot with slopes `(a, b)`, bounds on the grid-side power, and `penalty` per Wh outside them.
    pub(super) fn new(battery: &Battery, slot_h: f64, (a, b): (f64, f64), (least_w, most_w): (f64, f64), penalty: f64) -> Slot {
        let p = battery.max_power_w.max(0.0);
        let least_w = least_w.clamp(-p, p);
        let most_w = most_w.clamp(least_w, p);
        let charged = |w: f64| w.max(0.0) * slot_h * battery.efficiency;
        let discharged = |w: f64| (-w).max(0.0) * slot_h / battery.efficiency;
        let piece = |length_wh: f64, slope: f64| Piece { length_wh, slope };
        Slot {
            up: [
                piece(charged(least_w), b - penalty),
                piece(charged(most_w) - charged(least_w), b),
                piece(charged(p) - charged(most_w), b + penalty),
            ],
            down: [
                piece(discharged(most_w), a + penalty),
                piece(discharged(least_w) - discharged(most_w), a),
                piece(discharged(-p) - discharged(least_w), a - penalty),
            ],
        }
    }

    /// Whether the cost is convex at standing still, and so everywhere.
    pub(super) fn is_convex(&self) -> bool {
        let innermost = |pieces: &[Piece; 3]| pieces.iter().find(|p| p.length_wh > 0.0).map(|p| p.slope);
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
