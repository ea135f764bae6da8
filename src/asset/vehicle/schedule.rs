//! Cheapest charging: powers `x_i` with `Σ x_i Δ = E` at least cost.
//!
//! Where any power will do, slots are filled by rising price, which is exact. A charger that is on draws at least `m`, because
//! no car takes less than 6 A: `x_i = 0` or `m ≤ x_i ≤ P`.
//!
//! With one price a slot and one limit, the `n` slots that are on are the `n` cheapest: a dearer one would better give its power to
//! a cheaper one that is off. Each of them draws `m`, and what is left fills them up by rising price. The best `n` is found by trying
//! all, so this is exact, too.
//!
//! Where the price of a slot changes with the power (a surplus of the house is cheaper than the grid) or slots have bounds of
//! their own, a slot is a set of straight pieces. From off to on the cost is replaced by the chord to the point that is cheapest per
//! energy, pieces are filled by rising slope, and at most one slot is left on its chord. It is then switched off or lifted to a
//! power that is allowed, whichever is cheaper once the others have made up for it.

use std::ops::Range;

/// Cheapest charging of `energy_wh` within `window` (offsets into `price`), at most `limit_w[i]` in slot `i`.
///
/// Slots are filled by rising price, ties by earlier slot; what does not fit stays uncharged. Returns power in W per slot of
/// `price`.
#[must_use]
pub fn cheapest_charging(energy_wh: f64, window: Range<usize>, price: &[f64], limit_w: &[f64], slot_h: f64) -> Vec<f64> {
    let mut power_w = vec![0.0; price.len()];
    let mut slots: Vec<usize> = window.collect();
    slots.sort_by(|&a, &b| price[a].total_cmp(&price[b]).then(a.cmp(&b)));
    let mut left_wh = energy_wh;
    for i in slots {
        if left_wh <= 0.0 {
            break;
        }
        power_w[i] = limit_w[i].max(0.0).min(left_wh / slot_h);
        left_wh -= power_w[i] * slot_h;
    }
    power_w
}

/// Cheapest charging with slots of one limit, off or at `least_w` at least. Where no such powers give the energy, as
/// [`cheapest_charging`].
#[must_use]
pub fn cheapest_stepwise(energy_wh: f64, price: &[f64], least_w: f64, most_w: f64, slot_h: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..price.len()).collect();
    order.sort_by(|&a, &b| price[a].total_cmp(&price[b]).then(a.cmp(&b)));
    let wanted_w = energy_wh / slot_h;
    // Powers by rank for `n` slots that are on.
    let power_w = |n: usize, rank: usize| {
        let above_w = (wanted_w - n as f64 * least_w - rank as f64 * (most_w - least_w)).clamp(0.0, most_w - least_w);
        least_w + above_w
    };
    let rounding = 1e-9 * most_w;
    let able = |n: usize| n as f64 * least_w <= wanted_w + rounding && n as f64 * most_w >= wanted_w - rounding;
    let cost = |n: usize| order[..n].iter().enumerate().fold(0.0, |sum, (rank, i)| sum + price[*i] * power_w(n, rank));
    let mut best: Option<(f64, usize)> = None;
    for n in (1..=price.len()).filter(|n| able(*n)) {
        let cost = cost(n);
        if best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, n));
        }
    }
    let Some((_, n)) = best else {
        return cheapest_charging(energy_wh, 0..price.len(), price, &vec![most_w; price.len()], slot_h);
    };
    let mut plan = vec![0.0; price.len()];
    order[..n].iter().enumerate().for_each(|(rank, i)| plan[*i] = power_w(n, rank));
    plan
}

/// A slot of charging.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot {
    /// Power that it has at least, W.
    pub least_w: f64,
    /// Power that it has at most, W.
    pub most_w: f64,
    /// Power up to which the first price holds, W.
    pub kink_w: f64,
    /// Prices below and above it; the first is not the higher.
    pub price: (f64, f64),
}

impl Slot {
    /// Cost per hour of a power beyond that of none.
    #[must_use]
    pub fn cost(&self, p_w: f64) -> f64 {
        let below_w = p_w.min(self.kink_w.max(0.0));
        self.price.0 * below_w + self.price.1 * (p_w - below_w)
    }
}

/// A piece of a slot's cost from one power to the next.
#[derive(Debug, Clone, Copy)]
struct Piece {
    slot: usize,
    from_w: f64,
    to_w: f64,
    slope: f64,
    /// Whether the slot may stand between its ends.
    free: bool,
}

/// Cheapest charging where slots have prices and bounds of their own. A slot is off, where its bounds allow it, or draws
/// `on_w` at least.
#[must_use]
pub fn cheapest_pieces(energy_wh: f64, slots: &[Slot], on_w: f64, slot_h: f64) -> Vec<f64> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(3 * slots.len());
    slots.iter().enumerate().for_each(|(i, slot)| cut(i, slot, on_w, &mut pieces));
    pieces.sort_by(|a, b| a.slope.total_cmp(&b.slope).then(a.slot.cmp(&b.slot)).then(a.from_w.total_cmp(&b.from_w)));
    let mut plan: Vec<f64> = slots.iter().map(|s| floor_w(s, on_w)).collect();
    let mut left_w = energy_wh / slot_h - plan.iter().sum::<f64>();
    let Some(last) = fill(&pieces, &mut plan, &mut left_w, false) else { return plan };
    let Piece { slot, from_w, to_w, free, .. } = pieces[last];
    if free || plan[slot] <= from_w || plan[slot] >= to_w {
        return plan;
    }
    // One slot is left on its chord: switch it off, or lift it, and let the others make up for it.
    let stuck_w = plan[slot];
    let mut off = plan.clone();
    off[slot] = from_w;
    let mut over_w = stuck_w - from_w;
    fill(&pieces[last + 1..], &mut off, &mut over_w, true);
    let mut up = plan.clone();
    up[slot] = on_w.max(from_w).max(stuck_w);
    let over_up_w = up[slot] - stuck_w;
    let short_w = drain(&pieces[..last], &mut up, over_up_w, slot);
    let total = |plan: &[f64]| plan.iter().zip(slots).fold(0.0, |sum, (p, s)| sum + s.cost(*p));
    match (over_w <= 1e-9 * stuck_w.abs(), short_w <= 1e-9 * stuck_w.abs()) {
        (true, false) => off,
        (false, true) => up,
        (true, true) => if total(&off) < total(&up) { off } else { up },
        (false, false) => plan,
    }
}

/// What a slot draws in any case.
fn floor_w(slot: &Slot, on_w: f64) -> f64 {
    if slot.least_w > 0.0 { slot.least_w.max(on_w.min(slot.most_w)) } else { 0.0 }
}

/// Pieces of a slot beyond its floor.
fn cut(i: usize, slot: &Slot, on_w: f64, pieces: &mut Vec<Piece>) {
    let begin_w = floor_w(slot, on_w);
    let mut ends = [on_w, slot.kink_w, slot.most_w].map(|w| w.clamp(begin_w, slot.most_w.max(begin_w)));
    ends.sort_by(f64::total_cmp);
    let mut from_w = begin_w;
    if begin_w < on_w {
        if slot.most_w < on_w {
            return;
        }
        // The chord to what is cheapest per energy.
        let reachable = ends.iter().copied().filter(|w| *w >= on_w);
        let per = |w: f64| (slot.cost(w) - slot.cost(begin_w)) / (w - begin_w);
        let to_w = reachable.fold(on_w, |best, w| if per(w) < per(best) { w } else { best });
        pieces.push(Piece { slot: i, from_w, to_w, slope: per(to_w), free: false });
        from_w = to_w;
    }
    for end in ends {
        if end > from_w {
            let slope = (slot.cost(end) - slot.cost(from_w)) / (end - from_w);
            pieces.push(Piece { slot: i, from_w, to_w: end, slope, free: true });
            from_w = end;
        }
    }
}

/// Fills pieces in order while power is left; returns the piece that it ended in. With
/// `whole_chords`, a chord that would stay unfinished is left out.
fn fill(pieces: &[Piece], plan: &mut [f64], left_w: &mut f64, whole_chords: bool) -> Option<usize> {
    let mut last = None;
    for (k, piece) in pieces.iter().enumerate() {
        if *left_w <= 0.0 {
            break;
        }
        // A slot whose chord was left out has no pieces beyond it.
        if plan[piece.slot] < piece.from_w {
            continue;
        }
        let length_w = piece.to_w - piece.from_w;
        if !piece.free && whole_chords && length_w > *left_w {
            continue;
        }
        let part_w = length_w.min(*left_w);
        plan[piece.slot] = piece.from_w + part_w;
        *left_w -= part_w;
        last = Some(k);
    }
    last
}

/// Takes `over_w` back out of pieces, the dearest first, never from slot `but` and never off a chord; returns what it could not.
fn drain(pieces: &[Piece], plan: &mut [f64], over_w: f64, but: usize) -> f64 {
    let mut left_w = over_w;
    for piece in pieces.iter().rev().filter(|p| p.free && p.slot != but) {
        let part_w = (plan[piece.slot] - piece.from_w).clamp(0.0, left_w);
        plan[piece.slot] -= part_w;
        left_w -= part_w;
        if left_w <= 0.0 {
            break;
        }
    }
    left_w
}
