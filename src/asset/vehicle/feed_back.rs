//! Plans of a vehicle that feeds back: its battery is a store from floor to full, which is full at departure.
//!
//! The plan of the store is exact, but a nearly full battery takes less, and the charger keeps what the trip needs (`control.rs`). So
//! the store's plan is carried out as the charger would, and holds as that. Where it then costs more than charging alone does, the
//! vehicle only charges.

use std::ops::Range;

use super::super::model::{Ask, Cap, Outlook, Reading, Task};
use super::super::session::Session;
use super::super::store::Battery;
use super::super::store_plan;
use super::charging::Pack;
use super::control::Plugged;
use super::sheet::{FeedsBack, Vehicle};
use super::stay::{Stand, slots};

/// Share of the largest power by which a plan may miss the bounds of an ask; it is cut to them.
const MISS: f64 = 0.01;

/// A stay to plan: in which slots it is, how it stands at the first, and what energy costs below and above a power.
pub(super) struct Stay<'a> {
    pub(super) session: &'a Session,
    pub(super) stand: Stand,
    pub(super) slots: Range<usize>,
    pub(super) tariff: &'a dyn Fn(usize) -> (f64, f64, f64),
}

impl Vehicle {
    /// Cheapest powers of a stay for a vehicle that feeds back, where they cost less than to charge as in `charging_w`.
    pub(super) fn with_feed_back(&self, stay: &Stay<'_>, limit_w: &[f64], charging_w: Vec<f64>, task: &Task<'_>) -> Vec<f64> {
        let Some((pack, back)) = self.pack.zip(self.feeds_back) else { return charging_w };
        let slot_h = task.period.isp().as_hours();
        let power = self.plan_as_store(&pack, &back, stay, None, &|i| (-self.max_power_w, limit_w[i]), slot_h);
        if power.iter().all(|p| *p >= 0.0) {
            return charging_w;
        }
        let power = self.carried_out(stay, &power, task);
        let cost = |power: &[f64]| -> f64 {
            let slot = |(i, p): (usize, &f64)| {
                let (below, above, kink_w) = (stay.tariff)(i);
                let bought = |w: f64| above * (w - kink_w).max(0.0) + below * (w - kink_w).min(0.0);
                bought(*p) - bought(0.0) + back.wear_eur_per_mwh * (-p).max(0.0) / pack.efficiency
            };
            stay.slots.clone().zip(power).map(slot).sum()
        };
        if cost(&power) < cost(&charging_w) { power } else { charging_w }
    }

    /// Cheapest powers of a stay in which the battery is a store between its floor and full; it ends full, or with `end_wh` wanted.
    fn plan_as_store(
        &self,
        pack: &Pack,
        back: &FeedsBack,
        stay: &Stay<'_>,
        end_wh: Option<f64>,
        bounds: &dyn Fn(usize) -> (f64, f64),
        slot_h: f64,
    ) -> Vec<f64> {
        let wanted_wh = stay.stand.wanted_wh;
        let soc = pack.soc(wanted_wh);
        let floor = back.floor.min(soc);
        let store =
            Battery { max_power_w: self.max_power_w, capacity_wh: (pack.full - floor) * pack.capacity_wh, efficiency: pack.efficiency };
        let (price, (feed_in_price, others_w)): (Vec<f64>, (Vec<f64>, Vec<f64>)) =
            stay.slots.clone().map(stay.tariff).map(|(below, above, kink_w)| (above, (below, -kink_w))).unzip();
        let (least_w, most_w): (Vec<f64>, Vec<f64>) = stay.slots.clone().map(bounds).unzip();
        let content_wh = |wanted_wh: f64| (pack.soc(wanted_wh) - floor) * pack.capacity_wh;
        let task = store_plan::Task {
            start_wh: content_wh(wanted_wh),
            end_wh: content_wh(end_wh.unwrap_or(0.0)),
            slot_h,
            price: &price,
            least_w: &least_w,
            most_w: &most_w,
            wear: back.wear_eur_per_mwh,
            meter: Some(store_plan::Meter { feed_in_price: &feed_in_price, others_w: &others_w }),
        };
        store.schedule(&task, &mut store_plan::Buffers::default())
    }

    /// What the charger makes of a plan of a stay.
    fn carried_out(&self, stay: &Stay<'_>, plan_w: &[f64], task: &Task<'_>) -> Vec<f64> {
        let (isp, slot_h) = (task.period.isp().0, task.period.isp().as_hours());
        let mut now = Plugged { left_wh: stay.stand.wanted_wh, gave: stay.stand.gave };
        let slot = |(i, set_w): (usize, &f64)| {
            let hours_left = (stay.session.departure.0 - task.period.start.0 - i as i64 * isp) as f64 / 3600.0;
            let p_w;
            (p_w, now) = self.charge(*set_w, now, hours_left, slot_h, Cap::NONE);
            p_w
        };
        stay.slots.clone().zip(plan_w).map(slot).collect()
    }

    /// The plan that answers an ask, of a vehicle that feeds back: each stay ends with what it would have had. Where the charger
    /// would not keep the bounds of the ask, the vehicle feeds back no more than planned, and has no answer if that does not help.
    pub(super) fn replan_store(
        &self,
        seen: Option<&Reading>,
        outlook: &Outlook,
        task: &Task<'_>,
        price: &[f64],
        base_w: &[f64],
        ask: &Ask<'_>,
    ) -> Vec<f64> {
        let Some((pack, back)) = self.pack.zip(self.feeds_back) else { return base_w.to_vec() };
        let slot_h = task.period.isp().as_hours();
        let tariff = |i: usize| {
            let (below, above, kink_w) = task.tariff(i);
            (below + price[i] - task.price[i], above + price[i] - task.price[i], kink_w)
        };
        let mut plan = base_w.to_vec();
        for session in outlook.sessions() {
            let stand = Stand::of(seen, session, task);
            let stay = Stay { session, stand, slots: slots(session, task.period, base_w.len()), tariff: &tariff };
            let stored = |p: f64| if p > 0.0 { p } else { p / pack.efficiency / pack.efficiency };
            let end_wh = stand.wanted_wh - stay.slots.clone().map(|i| stored(base_w[i])).sum::<f64>() * slot_h;
            let answer = |least_w: &dyn Fn(f64, f64) -> f64| -> Option<Vec<f64>> {
                let bounds = |i: usize| {
                    let (least, most) = ask.bounds(i, base_w[i]);
                    (least_w(least, base_w[i]), most)
                };
                let power = self.plan_as_store(&pack, &back, &stay, Some(end_wh.max(0.0)), &bounds, slot_h);
                let power = self.carried_out(&stay, &power, task);
                let cut = |(i, p): (usize, f64)| {
                    let (least, most) = ask.bounds(i, base_w[i]);
                    let kept = p.max(least).min(most);
                    ((kept - p).abs() <= MISS * self.max_power_w).then_some(kept)
                };
                stay.slots.clone().zip(power).map(cut).collect()
            };
            let free = |least: f64, _: f64| least;
            let charging = |least: f64, base: f64| least.max(base.min(0.0));
            if let Some(power) = answer(&free).or_else(|| answer(&charging)) {
                stay.slots.clone().zip(power).for_each(|(i, p)| plan[i] = p);
            }
        }
        plan
    }
}
