//! The plan where every slot's cost is convex: thresholds from one pass backward, the plan from one pass forward.
//!
//! The cost-to-go `V(E)` is convex and piecewise linear: a list of stretches sorted by slope. A slot takes it through
//!
//! ```text
//! V(E) ← min over d of  c(d) + V(E + d)
//! ```
//!
//! which, for one straight piece of `c` with slope `s` and length `ℓ`, cuts `V` where its slope passes `−s`, moves one side
//! apart by `ℓ` and fills the gap with slope `−s`: charging moves the low side down, discharging the high side up, and what
//! leaves `[0, C]` is dropped. The place of the cut is the plan: charge while below it, discharge while above it. Cuts leave
//! indifferent stretches to standing still. Pieces go in from the outermost to the innermost, so that none moves the cut of the next.

use super::slot::{PIECES, Piece, Slot};

/// Cost-to-go over the charge, and where each slot stops to charge and to discharge.
#[derive(Debug, Default)]
pub(super) struct Convex {
    stretches: Vec<Stretch>,
    cuts: Vec<Cuts>,
}

/// `V` has `slope` from `from_wh` to the beginning of the next stretch, or to `C`.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from_wh: f64,
    slope: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cuts {
    up_wh: [f64; PIECES],
    down_wh: [f64; PIECES],
}

impl Convex {
    /// Changes of the charge, Wh, one a slot, from `start_wh`; energy short of `end_wh` costs `shortage` per Wh.
    pub(super) fn solve(&mut self, slots: &[Slot], capacity_wh: f64, start_wh: f64, end_wh: f64, shortage: f64) -> Vec<f64> {
        self.stretches.clear();
        self.stretches.push(Stretch { from_wh: 0.0, slope: -shortage });
        self.stretches.push(Stretch { from_wh: end_wh, slope: 0.0 });
        self.cuts.clear();
        self.cuts.resize(slots.len(), Cuts::default());
        for (i, slot) in slots.iter().enumerate().rev() {
            for k in (0..PIECES).rev() {
                self.cuts[i].up_wh[k] = self.charge(slot.up[k], capacity_wh);
            }
            for k in (0..PIECES).rev() {
                self.cuts[i].down_wh[k] = self.discharge(slot.down[k], capacity_wh);
            }
        }
        let mut stored_wh = start_wh;
        let forward = slots.iter().zip(&self.cuts).map(|(slot, cuts)| {
            let before = stored_wh;
            for (piece, cut) in slot.up.iter().zip(cuts.up_wh) {
                stored_wh += (cut - stored_wh).clamp(0.0, piece.length_wh);
            }
            for (piece, cut) in slot.down.iter().zip(cuts.down_wh) {
                stored_wh -= (stored_wh - cut).clamp(0.0, piece.length_wh);
            }
            stored_wh - before
        });
        forward.collect()
    }

    /// Takes `V` through a piece of charging; returns the charge below which it pays.
    fn charge(&mut self, piece: Piece, capacity_wh: f64) -> f64 {
        if piece.length_wh <= 0.0 {
            return 0.0;
        }
        let v = &mut self.stretches;
        let low = v.partition_point(|s| s.slope < -piece.slope);
        let cut = v.get(low).map_or(capacity_wh, |s| s.from_wh);
        v.iter_mut().take(low).for_each(|s| s.from_wh -= piece.length_wh);
        v.insert(low, Stretch { from_wh: cut - piece.length_wh, slope: -piece.slope });
        // The last stretch that begins at 0 or below is the first one left.
        let gone = v.partition_point(|s| s.from_wh <= 0.0).saturating_sub(1);
        v.drain(..gone);
        v[0].from_wh = 0.0;
        cut
    }

    /// Takes `V` through a piece of discharging; returns the charge above which it pays.
    fn discharge(&mut self, piece: Piece, capacity_wh: f64) -> f64 {
        if piece.length_wh <= 0.0 {
            return capacity_wh;
        }
        let v = &mut self.stretches;
        let low = v.partition_point(|s| s.slope <= -piece.slope);
        let cut = v.get(low).map_or(capacity_wh, |s| s.from_wh);
        v.insert(low, Stretch { from_wh: cut, slope: -piece.slope });
        v.iter_mut().skip(low + 1).for_each(|s| s.from_wh += piece.length_wh);
        v.truncate(v.partition_point(|s| s.from_wh < capacity_wh).max(1));
        cut
    }
}
