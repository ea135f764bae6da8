//! A battery at home: its data and its state of charge.
//!
//! With `p > 0` charging (consumption) and one-way efficiency `η`, stored energy changes by `η·p·Δt` when charging and by
//! `p·Δt/η` when discharging. How a plan is found stands in [`super::store_plan`].

use crate::time::SimDuration;

use super::model::{Ask, Cap, Content, Cost, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};
pub use super::store::Battery;
use super::store_plan::{self, Buffers};

/// What a plan may be missed by, W: half of what the wire rounds to.
const TO_THE_WATT: f64 = 0.5;

impl Battery {
    /// The power nearest to `wish_w` that room and charge allow for a step of `step_h` hours.
    fn possible_w(&self, stored_wh: f64, wish_w: f64, step_h: f64) -> f64 {
        let most = ((self.capacity_wh - stored_wh) / self.efficiency / step_h).min(self.max_power_w).max(0.0);
        let least = (-stored_wh * self.efficiency / step_h).max(-self.max_power_w).min(0.0);
        wish_w.clamp(least, most)
    }

    /// Energy stored after drawing `p_w`, which is possible, for `step_h` hours.
    fn after_wh(&self, stored_wh: f64, p_w: f64, step_h: f64) -> f64 {
        let change_wh = if p_w > 0.0 { p_w * self.efficiency } else { p_w / self.efficiency } * step_h;
        (stored_wh + change_wh).clamp(0.0, self.capacity_wh)
    }

    /// Follows `wish_w` for a step as far as power and charge allow; returns the power drawn and updates `stored_wh`.
    pub fn follow(&self, stored_wh: &mut f64, wish_w: f64, step_h: f64) -> f64 {
        let p_w = self.possible_w(*stored_wh, wish_w, step_h);
        *stored_wh = self.after_wh(*stored_wh, p_w, step_h);
        p_w
    }

    /// What a day begins with where nothing came before, and ends with at least: half full, ready for both directions.
    #[must_use]
    pub fn usual_wh(&self) -> f64 {
        0.5 * self.capacity_wh
    }
}

/// What a battery at home is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It charges what the house has too much and covers what it lacks, and does nothing else.
    SelfConsumption,
    /// It buys low and sells high, as if it had a meter of its own.
    Price,
    /// It buys low and sells high behind the meter of the house, where what is not fed in saves the price from the grid.
    Both,
}

/// A battery behind the meter of a house.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HomeBattery {
    /// The store.
    pub store: Battery,
    /// What it is for.
    pub mode: Mode,
    /// Wear, in the unit of the price, per MWh that leaves the store.
    pub wear_per_mwh: f64,
    /// What its electronics draw always, W.
    pub standby_w: f64,
}

/// Wear of a home battery, € per MWh that leaves the store: 120 €/kWh over 6000 cycles of 90 % is 22, 400 €/kWh is 74.
pub const WEAR_EUR_PER_MWH: f64 = 25.0;

impl HomeBattery {
    /// A battery that follows the price and neither wears nor draws anything itself.
    #[must_use]
    pub fn plain(store: Battery) -> HomeBattery {
        HomeBattery { store, mode: Mode::Price, wear_per_mwh: 0.0, standby_w: 0.0 }
    }

    /// A battery as installed: usual wear, 10 W of stand-by.
    #[must_use]
    pub fn installed(store: Battery, mode: Mode) -> HomeBattery {
        HomeBattery { store, mode, wear_per_mwh: WEAR_EUR_PER_MWH, standby_w: 10.0 }
    }

    /// Follows a total power for a step as far as power and charge allow; returns it.
    fn follow(&self, stored_wh: &mut f64, wish_w: f64, step_h: f64) -> f64 {
        self.store.follow(stored_wh, wish_w - self.standby_w, step_h) + self.standby_w
    }

    /// Charge expected when a Period begins: what was read, and the plan from then on.
    fn expected_wh(&self, seen: &Reading, task: &Task<'_>) -> f64 {
        let (mut t, mut stored_wh) = (seen.at, seen.content_wh);
        let (isp, start) = (task.period.isp(), task.period.start);
        while t < start {
            // ISPs lie on the grid of the Period; the first may be cut by the reading.
            let next = start - SimDuration(((start - t).0 - 1).div_euclid(isp.0) * isp.0);
            self.follow(&mut stored_wh, (task.before_w)(t), (next - t).as_hours());
            t = next;
        }
        stored_wh
    }

    /// The plan of a task between bounds that leaves at least `end_wh`; an ask adds `asked` to the prices.
    fn cheapest(&self, ends_wh: (f64, f64), task: &Task<'_>, asked: Option<&[f64]>, least_w: &[f64], most_w: &[f64]) -> Vec<f64> {
        let slot_h = task.period.isp().as_hours();
        let (start_wh, end_wh) = ends_wh;
        let shifted = |prices: &[f64]| match asked {
            Some(asked) => prices.iter().zip(asked.iter().zip(task.price)).map(|(p, (asked, price))| p + (asked - price)).collect(),
            None => prices.to_vec(),
        };
        let price = asked.unwrap_or(task.price);
        let feed_in_price = shifted(task.feed_in_price);
        let others_w: Vec<f64> = task.others_w.iter().map(|w| w + self.standby_w).collect();
        let metered = self.mode != Mode::Price && !task.others_w.is_empty() && !task.feed_in_price.is_empty();
        let meter = metered.then_some(store_plan::Meter { feed_in_price: &feed_in_price, others_w: &others_w });
        let wear = self.wear_per_mwh;
        let plan = |least_w: &[f64], most_w: &[f64]| {
            let store = store_plan::Task { start_wh, end_wh, slot_h, price, least_w, most_w, wear, meter };
            self.store.schedule(&store, &mut Buffers::default())
        };
        if self.standby_w == 0.0 {
            return plan(least_w, most_w);
        }
        let beside = |bounds: &[f64]| -> Vec<f64> { bounds.iter().map(|w| w - self.standby_w).collect() };
        plan(&beside(least_w), &beside(most_w)).into_iter().map(|p| p + self.standby_w).collect()
    }
}

impl Model for HomeBattery {
    /// Energy stored, Wh.
    type State = f64;
    type Seen = Option<Reading>;

    /// Without a set point it makes up for everything else behind the meter.
    fn step(&self, stored_wh: &mut f64, moment: &Moment<'_>, set_w: f64, cap: Cap) -> (Flow, Reading) {
        let step_h = moment.step.as_hours();
        let set_w = match (set_w.is_nan(), moment.others_w.is_nan()) {
            (true, true) => self.standby_w,
            (true, false) => -moment.others_w,
            (false, _) => set_w,
        };
        let wish_w = self.store.possible_w(*stored_wh, set_w - self.standby_w, step_h) + self.standby_w;
        let inner_w = self.store.possible_w(*stored_wh, cap.apply(wish_w) - self.standby_w, step_h);
        let p_w = inner_w + self.standby_w;
        *stored_wh = self.store.after_wh(*stored_wh, inner_w, step_h);
        let flow = Flow { p_w, capped_w: wish_w - p_w, ..Flow::default() };
        (flow, Reading { at: moment.start + moment.step, content_wh: *stored_wh, ..Reading::default() })
    }

    fn unread(&self) -> Option<Reading> {
        None
    }

    fn read(&self, seen: &mut Option<Reading>, reading: &Reading) {
        *seen = Some(*reading);
    }

    /// Buys low and sells high from the charge it is expected to have, and ends at least as full as usual; for self-consumption,
    /// makes up for everything else that is planned behind the meter. Stands still while its charge is not known.
    fn plan(&self, seen: &Option<Reading>, _: &Outlook, task: &Task<'_>) -> Vec<f64> {
        let Some(seen) = seen else { return vec![self.standby_w; task.price.len()] };
        let mut stored_wh = self.expected_wh(seen, task);
        if self.mode == Mode::SelfConsumption {
            let slot_h = task.period.isp().as_hours();
            let bounds = task.least_w.iter().zip(task.most_w);
            let wish = |(i, (least, most)): (usize, (&f64, &f64))| {
                let wish_w = task.others_w.get(i).map_or(self.standby_w, |others_w| -others_w);
                self.follow(&mut stored_wh, wish_w.min(*most).max(*least), slot_h)
            };
            return bounds.enumerate().map(wish).collect();
        }
        self.cheapest((stored_wh, self.store.usual_wh()), task, None, task.least_w, task.most_w)
    }

    fn envelope(&self, seen: &Option<Reading>, _: &Outlook, task: &Task<'_>) -> Envelope {
        let isps = task.period.isps();
        let own_wh = self.standby_w * isps as f64 * task.period.isp().as_hours();
        let Some(seen) = seen else {
            return Envelope { least_w: vec![self.standby_w; isps], most_w: vec![self.standby_w; isps], energy_wh: (own_wh, own_wh) };
        };
        let stored_wh = self.expected_wh(seen, task);
        let Battery { max_power_w, capacity_wh, efficiency } = self.store;
        let energy_wh = (own_wh - stored_wh * efficiency, own_wh + (capacity_wh - stored_wh) / efficiency);
        Envelope { least_w: vec![self.standby_w - max_power_w; isps], most_w: vec![self.standby_w + max_power_w; isps], energy_wh }
    }

    /// The plan anew, from the same charge to the same charge: in asked ISPs it gives way, and not the other way, as far as it pays
    /// at a price beyond all others; everywhere it stays within the room. The plan as it was lies within all bounds, so they hold.
    fn replan(&self, seen: &Option<Reading>, _: &Outlook, task: &Task<'_>, base_w: &[f64], ask: &Ask<'_>) -> Vec<f64> {
        let Some(seen) = seen else { return base_w.to_vec() };
        let start_wh = self.expected_wh(seen, task);
        let mut end_wh = start_wh;
        let slot_h = task.period.isp().as_hours();
        base_w.iter().for_each(|p| {
            self.follow(&mut end_wh, *p, slot_h);
        });
        let most = self.store.max_power_w;
        let inside = |(least_w, most_w): (f64, f64)| {
            let rated_w = (self.standby_w - most, self.standby_w + most);
            (least_w.clamp(rated_w.0, rated_w.1), most_w.min(rated_w.1))
        };
        let (least_w, most_w): (Vec<f64>, Vec<f64>) = base_w.iter().enumerate().map(|(i, base)| inside(ask.bounds(i, *base))).unzip();
        self.cheapest((start_wh, end_wh), task, Some(&ask.price(task.price)), &least_w, &most_w)
    }

    /// Energy, and wear of what leaves the store.
    fn cost(&self, _: &Option<Reading>, _: &Outlook, task: &Task<'_>, plan_w: &[f64]) -> Cost {
        let out_w: f64 = plan_w.iter().map(|p| (self.standby_w - p).max(0.0) / self.store.efficiency).sum();
        let wear = self.wear_per_mwh * out_w * task.period.isp().as_hours() * 1e-6;
        Cost { energy: task.energy_cost(plan_w), wear, comfort: 0.0 }
    }

    /// A mix of two plans need not be one: where one charges while the other discharges, less is lost and the store is full early.
    fn can(&self, seen: &Option<Reading>, task: &Task<'_>, plan_w: &[f64]) -> bool {
        let slot_h = task.period.isp().as_hours();
        let mut stored_wh = seen.as_ref().map_or(0.0, |seen| self.expected_wh(seen, task));
        plan_w.iter().all(|p| (self.follow(&mut stored_wh, *p, slot_h) - p).abs() < TO_THE_WATT)
    }

    fn is_curved(&self) -> bool {
        self.wear_per_mwh > 0.0 || self.standby_w > 0.0
    }

    fn flexibility(&self) -> Flexibility {
        Flexibility::Shiftable
    }

    fn rated_w(&self) -> (f64, f64) {
        (self.store.max_power_w + self.standby_w, self.store.max_power_w)
    }

    fn limitable(&self) -> bool {
        true
    }

    fn content(&self) -> Content {
        Content::Stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const B: Battery = Battery { max_power_w: 5000.0, capacity_wh: 10_000.0, efficiency: 0.95 };

    #[test]
    fn it_buys_low_and_sells_high_within_its_limits() {
        let price: Vec<f64> = (0..96).map(|i| if i < 48 { 20.0 } else { 200.0 }).collect();
        let plan = B.plan(5000.0, &price, 0.25);
        let bought: f64 = plan[..48].iter().sum();
        let sold: f64 = plan[48..].iter().sum();
        assert!(bought > 0.0 && sold < 0.0);
        let mut stored = 5000.0;
        for p in &plan {
            assert!(p.abs() <= 5000.0 + 1e-6);
            let got = B.follow(&mut stored, *p, 0.25);
            assert!((got - p).abs() < 1e-6, "the plan is feasible");
        }
        assert!(stored >= 5000.0 - 1e-6, "ends at least as full as it began");
    }

    #[test]
    fn a_flat_price_leaves_it_alone() {
        assert!(B.plan(5000.0, &[50.0; 96], 0.25).iter().all(|p| *p == 0.0));
    }

    #[test]
    fn a_spread_below_the_losses_is_not_worth_it() {
        let price: Vec<f64> = (0..96).map(|i| if i < 48 { 95.0 } else { 100.0 }).collect();
        assert!(B.plan(5000.0, &price, 0.25).iter().all(|p| *p == 0.0));
    }
}
