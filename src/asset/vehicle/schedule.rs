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
//! their own, it matters which slots are on. Once that is known, their pieces are filled by rising slope, which is exact. Which
//! `n` of them are on is found at a price of energy `λ`: those with the least `min over x of c_i(x) − λ x`, where `λ` is raised
//! until they take the energy. Numbers around that of the problem without `m` are tried, and energy is moved between two
//! slots, on and off included, as long as that pays. This is near-exact; tests hold it against optima.

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

impl Slot {
    /// Whether it must not be off.
    fn is_held(&self) -> bool {
        self.least_w > 0.0
    }

    /// What it draws at least when it is on, W.
    fn start_w(&self, on_w: f64) -> f64 {
        self.least_w.max(on_w.min(self.most_w))
    }

    /// Whether it can be on.
    fn is_able(&self, on_w: f64) -> bool {
        self.is_held() || (self.most_w >= on_w && self.most_w > 0.0)
    }

    /// Powers at which pieces end.
    fn ends_w(&self, on_w: f64) -> [f64; 3] {
        let start_w = self.start_w(on_w);
        let most_w = self.most_w.max(start_w);
        [start_w, self.kink_w.clamp(start_w, most_w), most_w]
    }
}

/// How far around the number of slots on without a least power others are tried.
const AROUND: usize = 3;
/// Halvings of the price of energy.
const HALVINGS: usize = 24;

/// Cheapest charging where slots have prices and bounds of their own. A slot is off, where its bounds allow it, or draws
/// `on_w` at least. What does not fit stays uncharged; energy for less than one slot is charged below `on_w`.
#[must_use]
pub fn cheapest_pieces(energy_wh: f64, slots: &[Slot], on_w: f64, slot_h: f64) -> Vec<f64> {
    let wanted_w = energy_wh / slot_h;
    let held = slots.iter().filter(|s| s.is_held()).count();
    let able = slots.iter().filter(|s| s.is_able(on_w)).count();
    // Pieces of all slots by rising slope.
    let mut pieces: Vec<(f64, usize, f64, f64)> = Vec::with_capacity(2 * slots.len());
    for (i, slot) in slots.iter().enumerate().filter(|(_, s)| s.is_able(on_w)) {
        let [start_w, kink_w, most_w] = slot.ends_w(on_w);
        let of_slot = [(slot.price.0, i, start_w, kink_w), (slot.price.1, i, kink_w, most_w)];
        pieces.extend(of_slot.into_iter().filter(|(_, _, from_w, to_w)| to_w > from_w));
    }
    pieces.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2)));
    let mut ranking = Ranking::new(slots, on_w);
    // The number of slots that are on when any power will do.
    let loose = filled(slots, wanted_w);
    let around = loose.iter().filter(|p| **p > 0.0).count();
    let mut best: Option<(f64, Vec<f64>)> = None;
    let mut consider = |on: &[bool]| {
        if let Some(plan) = within(on, slots, on_w, wanted_w, &pieces) {
            let cost = total(slots, &plan);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, plan));
            }
        }
    };
    for n in around.saturating_sub(AROUND).max(held).max(1)..=(around + AROUND).min(able) {
        let steepest = pieces.iter().fold(1.0_f64, |m, p| m.max(p.0.abs()));
        let (mut low, mut high) = (-2.0 * steepest, 2.0 * steepest);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if ranking.taken_w(n, middle) < wanted_w { low = middle } else { high = middle }
        }
        consider(&ranking.on(n, low));
        consider(&ranking.on(n, high));
    }
    match best {
        Some((_, mut plan)) => {
            exchange(slots, on_w, &mut plan);
            plan
        }
        None => loose,
    }
}

fn total(slots: &[Slot], plan: &[f64]) -> f64 {
    plan.iter().zip(slots).fold(0.0, |sum, (p, s)| sum + s.cost(*p))
}

/// A slot as it ranks at a price of energy.
#[derive(Debug, Clone, Copy)]
struct Rank {
    is_loose: bool,
    value: f64,
    slot: usize,
    power_w: f64,
}

/// A slot that can be on.
#[derive(Debug, Clone, Copy)]
struct Able {
    slot: usize,
    is_loose: bool,
    /// Power and cost where its pieces end.
    ends: [(f64, f64); 3],
}

/// Slots that can be on, to be ranked at many prices of energy.
struct Ranking {
    able: Vec<Able>,
    slots: usize,
    ranked: Vec<Rank>,
}

impl Ranking {
    fn new(slots: &[Slot], on_w: f64) -> Ranking {
        let able = slots.iter().enumerate().filter(|(_, s)| s.is_able(on_w));
        let told = |(slot, s): (usize, &Slot)| Able { slot, is_loose: !s.is_held(), ends: s.ends_w(on_w).map(|w| (w, s.cost(w))) };
        let able: Vec<Able> = able.map(told).collect();
        Ranking { ranked: Vec::with_capacity(able.len()), able, slots: slots.len() }
    }

    /// The `n` slots that are best on at a price of energy, the best first, each at its best power.
    fn best(&mut self, n: usize, lambda: f64) -> &[Rank] {
        self.ranked.clear();
        self.ranked.extend(self.able.iter().map(|&Able { slot, is_loose, ends: [first, rest @ ..] }| {
            let value = |(w, cost): (f64, f64)| cost - lambda * w;
            let better = |best: (f64, f64), end: (f64, f64)| if value(end) < best.1 { (end.0, value(end)) } else { best };
            let (power_w, value) = rest.into_iter().fold((first.0, value(first)), better);
            Rank { is_loose, value, slot, power_w }
        }));
        let by = |a: &Rank, b: &Rank| a.is_loose.cmp(&b.is_loose).then(a.value.total_cmp(&b.value)).then(a.slot.cmp(&b.slot));
        if n < self.ranked.len() {
            self.ranked.select_nth_unstable_by(n, by);
            self.ranked.truncate(n);
        }
        self.ranked.sort_unstable_by(by);
        &self.ranked
    }

    /// What they take, W.
    fn taken_w(&mut self, n: usize, lambda: f64) -> f64 {
        self.best(n, lambda).iter().fold(0.0, |sum, rank| sum + rank.power_w)
    }

    /// Slot by slot, whether it is one of them.
    fn on(&mut self, n: usize, lambda: f64) -> Vec<bool> {
        let mut on = vec![false; self.slots];
        self.best(n, lambda).iter().for_each(|rank| on[rank.slot] = true);
        on
    }
}

/// Cheapest powers when it is settled which slots are on; none where they cannot take the energy.
fn within(on: &[bool], slots: &[Slot], on_w: f64, wanted_w: f64, pieces: &[(f64, usize, f64, f64)]) -> Option<Vec<f64>> {
    let start = |(slot, on): (&Slot, &bool)| if *on { slot.start_w(on_w) } else { 0.0 };
    let mut plan: Vec<f64> = slots.iter().zip(on).map(start).collect();
    let mut left_w = wanted_w - plan.iter().sum::<f64>();
    let rounding = 1e-9 * wanted_w.abs();
    if left_w < -rounding {
        return None;
    }
    for &(_, i, from_w, to_w) in pieces.iter().filter(|p| on[p.1]) {
        if left_w <= 0.0 {
            break;
        }
        let part_w = (to_w - from_w).min(left_w);
        plan[i] = from_w + part_w;
        left_w -= part_w;
    }
    (left_w <= rounding).then_some(plan)
}

/// Powers filled by rising slope when any power will do, as far as there is room.
fn filled(slots: &[Slot], wanted_w: f64) -> Vec<f64> {
    let mut plan: Vec<f64> = slots.iter().map(|s| s.least_w.max(0.0)).collect();
    let mut left_w = wanted_w - plan.iter().sum::<f64>();
    let mut pieces: Vec<(f64, usize, f64)> = Vec::with_capacity(2 * slots.len());
    for (i, slot) in slots.iter().enumerate() {
        let [start_w, kink_w, most_w] = slot.ends_w(0.0);
        pieces.push((slot.price.0, i, kink_w - start_w));
        pieces.push((slot.price.1, i, most_w - kink_w));
    }
    pieces.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (_, i, length_w) in pieces.into_iter().filter(|p| p.2 > 0.0) {
        let part_w = length_w.min(left_w).max(0.0);
        plan[i] += part_w;
        left_w -= part_w;
    }
    plan
}

/// Moves energy between two slots as long as that pays: to an end of a piece of one of them, on and off included.
fn exchange(slots: &[Slot], on_w: f64, plan: &mut [f64]) {
    let allowed = |i: usize, p: f64| {
        let slot = &slots[i];
        (p == 0.0 && !slot.is_held()) || (p >= slot.start_w(on_w) && p <= slot.most_w && slot.is_able(on_w))
    };
    let ends = |i: usize| [0.0, slots[i].start_w(on_w), slots[i].kink_w, slots[i].most_w];
    for _ in 0..plan.len() {
        let mut best = (-1e-9 * on_w, 0, 0, 0.0, 0.0);
        let now: Vec<f64> = slots.iter().zip(plan.iter()).map(|(slot, p)| slot.cost(*p)).collect();
        // What is off gives nothing, and what is full takes nothing.
        let takers: Vec<usize> = (0..plan.len()).filter(|to| plan[*to] < slots[*to].most_w && slots[*to].is_able(on_w)).collect();
        for from in (0..plan.len()).filter(|from| plan[*from] > 0.0) {
            for &to in takers.iter().filter(|to| **to != from) {
                let before = now[from] + now[to];
                let sum_w = plan[from] + plan[to];
                let pairs = ends(from).into_iter().map(|p| (p, sum_w - p)).chain(ends(to).into_iter().map(|p| (sum_w - p, p)));
                for (p, q) in pairs.filter(|(p, q)| *p < plan[from] && allowed(from, *p) && allowed(to, *q)) {
                    let gain = slots[from].cost(p) + slots[to].cost(q) - before;
                    if gain < best.0 {
                        best = (gain, from, to, p, q);
                    }
                }
            }
        }
        let (_, from, to, p, q) = best;
        if from == to {
            return;
        }
        (plan[from], plan[to]) = (p, q);
    }
}
