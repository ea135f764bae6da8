//! The least-cost plan of a battery, exact: no grid of charges.
//!
//! For slots `i = 0 … n−1` of length `Δ` and charge `E`, with the cost `c` of a slot as in `slot`,
//!
//! ```text
//! least Σ c_i(d_i),   E_{i+1} = E_i + d_i,   0 ≤ E ≤ C,   |p_i| ≤ P,   least_i ≤ p_i ≤ most_i,   E_n ≥ end
//! ```
//!
//! by the cost-to-go over `E`, which is piecewise linear: `convex` where every slot's cost is convex, `concave` where
//! some price pays for burning energy.
//!
//! What cannot be had is missed by as little as possible, in this order: power and capacity always hold; then the energy by
//! which the bounds of the slots are missed is least (the plan prepares for them); then the energy short of `end`; then the
//! cost. Each outranks the next by a penalty per Wh that no gain of the next can reach. Of plans that cost the same, the
//! battery stands still as long as it can.

mod concave;
mod convex;
mod slot;

use super::store::Battery;

use self::concave::Concave;
use self::convex::Convex;
use self::slot::{Slot, Tariff};

/// What a battery may do in each slot of a horizon.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// Energy stored at the beginning, Wh.
    pub start_wh: f64,
    /// Energy wanted at the end at least, Wh; as much of it as can be reached otherwise.
    pub end_wh: f64,
    /// Length of a slot, h.
    pub slot_h: f64,
    /// Price per slot, in any unit per energy at the grid side; may be negative.
    pub price: &'a [f64],
    /// Least power per slot at the grid side, W, charging positive; may exclude standing still.
    pub least_w: &'a [f64],
    /// Most power per slot, W; where it lies below the least, the least holds.
    pub most_w: &'a [f64],
    /// Wear per energy discharged from the store, not negative, in the unit of the price.
    pub wear: f64,
    /// What else is behind the meter, where feed-in has a price of its own.
    pub meter: Option<Meter<'a>>,
}

/// The other side of a meter that a store shares.
#[derive(Debug, Clone, Copy)]
pub struct Meter<'a> {
    /// Price per slot of energy that is fed in; counts as the price of the task where it lies above that.
    pub feed_in_price: &'a [f64],
    /// Power of everything else behind the meter per slot, W, consumption positive.
    pub others_w: &'a [f64],
}

/// Memory that plans share, so that a plan allocates its result only.
#[derive(Debug, Default)]
pub struct Buffers {
    tariffs: Vec<Tariff>,
    slots: Vec<Slot>,
    convex: Convex,
    concave: Concave,
}

impl Battery {
    /// Cheapest power per slot, W at the grid side, charging positive. Panics if the series of the task differ in length.
    #[must_use]
    pub fn schedule(&self, task: &Task<'_>, buffers: &mut Buffers) -> Vec<f64> {
        let n = task.price.len();
        assert!(task.least_w.len() == n && task.most_w.len() == n, "one price and two bounds a slot");
        assert!(task.meter.is_none_or(|m| m.feed_in_price.len() == n && m.others_w.len() == n), "a meter reads every slot");
        if !(self.capacity_wh > 0.0 && self.max_power_w > 0.0) {
            return vec![0.0; n];
        }
        let Buffers { tariffs, slots, convex, concave } = buffers;
        tariffs.clear();
        let meter = |i: usize| task.meter.map(|m| (m.feed_in_price[i], m.others_w[i]));
        tariffs.extend((0..n).map(|i| Tariff::new(self, task.price[i], task.wear, meter(i))));
        // A plan changes direction at most once a slot, so no gain along it exceeds `n` times twice the steepest slope.
        let steepest = tariffs.iter().fold(0.0_f64, |m, tariff| m.max(tariff.steepest()));
        let turns = 2.0 * (n as f64 + 1.0);
        let shortage = turns * if steepest > 0.0 { steepest } else { 1.0 };
        let outside = turns * (steepest + shortage);
        let bounds = task.least_w.iter().zip(task.most_w);
        slots.clear();
        slots.extend(tariffs.iter().zip(bounds).map(|(t, (least, most))| Slot::new(self, task.slot_h, t, (*least, *most), outside)));
        let [start_wh, end_wh] = [task.start_wh, task.end_wh].map(|e| e.clamp(0.0, self.capacity_wh));
        let mut plan = if slots.iter().all(Slot::is_convex) {
            convex.solve(slots, self.capacity_wh, start_wh, end_wh, shortage)
        } else {
            concave.solve(slots, self.capacity_wh, start_wh, end_wh, shortage)
        };
        for d in &mut plan {
            *d = (self.grid_energy_wh(*d) / task.slot_h).clamp(-self.max_power_w, self.max_power_w);
        }
        plan
    }

    /// Cheapest power per slot, W, for `price` in any unit per energy, starting and ending at `initial_wh` or above.
    #[must_use]
    pub fn plan(&self, initial_wh: f64, price: &[f64], slot_h: f64) -> Vec<f64> {
        let [least_w, most_w] = [-self.max_power_w, self.max_power_w].map(|p| vec![p; price.len()]);
        let (start_wh, end_wh) = (initial_wh, initial_wh);
        let task = Task { start_wh, end_wh, slot_h, price, least_w: &least_w, most_w: &most_w, wear: 0.0, meter: None };
        self.schedule(&task, &mut Buffers::default())
    }
}
