//! Electric vehicles at home: what they do at the charger, and their cheapest charging.
//!
//! ```text
//! habits      synthetic sessions            sessions    sessions as measured
//! charging    the appetite of a battery     schedule    cheapest powers
//! sheet       the data sheet                control     what happens in a step
//! stay        what the owner knows of one   feed_back   plans of a battery that gives, too
//! ```

pub mod charging;
mod control;
mod feed_back;
mod habits;
pub mod schedule;
pub mod sessions;
mod sheet;
mod stay;

use std::ops::Range;
use std::sync::Arc;

use crate::time::{SimDuration, SimTime};

use super::model::{Ask, Cap, Content, Cost, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};
use super::session::Session;

use self::control::Plugged;
pub use self::control::charging_power_w;
use self::feed_back::Stay;
pub use self::habits::{Evening, Habits, sessions};
use self::schedule::{Slot, cheapest_charging, cheapest_pieces, cheapest_stepwise};
pub use self::sheet::{FeedsBack, SIX_AMPERE_W, Vehicle};
use self::stay::Stand;
pub use self::stay::slots;

/// Where a vehicle really is.
#[derive(Debug, Clone, PartialEq)]
pub struct Whereabouts {
    /// Sessions as they happen, by arrival.
    sessions: Arc<[Session]>,
    /// The first that has not begun.
    next: usize,
    /// The one that is on, and how the vehicle stands in it.
    on: Option<(usize, Plugged)>,
}

impl Whereabouts {
    /// A vehicle before the first of `sessions`.
    #[must_use]
    pub fn new(sessions: Arc<[Session]>) -> Whereabouts {
        Whereabouts { sessions, next: 0, on: None }
    }

    /// Sessions as they happen, by arrival.
    #[must_use]
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// Plugs in at the start of a step.
    fn arrive(&mut self, t: SimTime) {
        while self.on.is_none() && self.sessions.get(self.next).is_some_and(|s| s.arrival <= t) {
            let session = self.sessions[self.next];
            if session.departure > t {
                self.on = Some((self.next, Plugged { left_wh: session.energy_wh, gave: false }));
            }
            self.next += 1;
        }
    }

    /// Plugs out at the end of a step; returns what a departing vehicle left without, Wh.
    fn depart(&mut self, t: SimTime) -> f64 {
        match self.on {
            Some((row, now)) if self.sessions[row].departure <= t => {
                self.on = None;
                now.left_wh
            }
            _ => 0.0,
        }
    }
}

/// What a plan may be missed by, W: half of what the wire rounds to.
const TO_THE_WATT: f64 = 0.5;
/// Rounds in which a plan makes up for what a nearly full battery does not take.
const ROUNDS: usize = 4;

impl Vehicle {
    /// Whether any power will do at any time, at one price.
    fn is_plain(&self, task: &Task<'_>) -> bool {
        self.least_power_w == 0.0 && self.pack.is_none() && task.others_w.is_empty()
    }

    /// Cheapest powers of one stay over a horizon.
    fn plan_stay(
        &self,
        session: &Session,
        stand: Stand,
        stay: Range<usize>,
        horizon: &[f64],
        limit_w: &[f64],
        task: &Task<'_>,
    ) -> Vec<f64> {
        let isps = task.period.isps();
        // The morning after the Period stands for its own; what is planned then is not known.
        let tariff = |i: usize| if i < isps { task.tariff(i) } else { (horizon[i], horizon[i], 0.0) };
        let charging_w = self.charge_cheaply(stand.wanted_wh, stay.clone(), horizon, limit_w, &tariff, task);
        let power = self.with_feed_back(&Stay { session, stand, slots: stay.clone(), tariff: &tariff }, limit_w, charging_w, task);
        let mut plan = vec![0.0; horizon.len()];
        stay.zip(power).for_each(|(i, p)| plan[i] = p);
        plan
    }

    /// Cheapest powers of the slots of a stay without feeding back.
    fn charge_cheaply(
        &self,
        wanted_wh: f64,
        stay: Range<usize>,
        horizon: &[f64],
        limit_w: &[f64],
        tariff: &dyn Fn(usize) -> (f64, f64, f64),
        task: &Task<'_>,
    ) -> Vec<f64> {
        let slot_h = task.period.isp().as_hours();
        let price: Vec<f64> = stay.clone().map(|i| horizon[i]).collect();
        let even = task.others_w.is_empty() && stay.clone().all(|i| limit_w[i] == self.max_power_w);
        let slot = |i: usize| {
            let (below, above, kink_w) = tariff(i);
            Slot { least_w: 0.0, most_w: limit_w[i].max(0.0), kink_w, price: (below, above) }
        };
        let slots: Vec<Slot> = stay.clone().map(slot).collect();
        let mut asked_wh = wanted_wh;
        let mut plan = Vec::new();
        for _ in 0..ROUNDS {
            let power = if even {
                cheapest_stepwise(asked_wh, &price, self.least_power_w, self.max_power_w, slot_h)
            } else {
                cheapest_pieces(asked_wh, &slots, self.least_power_w, slot_h)
            };
            let Some(pack) = &self.pack else { return power };
            let (mut soc, mut got_wh) = (pack.soc(wanted_wh), 0.0);
            plan.clear();
            for p in power {
                let charged = pack.charge(self.max_power_w, soc, p, slot_h);
                soc = charged.soc;
                plan.push(charged.grid_wh / slot_h);
                got_wh += charged.grid_wh;
            }
            if wanted_wh - got_wh < 1.0 {
                break;
            }
            asked_wh += wanted_wh - got_wh;
        }
        plan
    }
}

impl Model for Vehicle {
    type State = Whereabouts;
    type Seen = Option<Reading>;

    fn step(&self, state: &mut Whereabouts, moment: &Moment<'_>, set_w: f64, cap: Cap) -> (Flow, Reading) {
        state.arrive(moment.start);
        let at = moment.start + moment.step;
        let Some((row, plugged)) = state.on else {
            return (Flow::default(), Reading { at, ..Reading::default() });
        };
        let session = state.sessions[row];
        let hours_left = (session.departure - moment.start).as_hours();
        let step_h = moment.step.as_hours();
        let wish = self.charge(set_w, plugged, hours_left, step_h, Cap::NONE);
        let (p_w, after) = if cap == Cap::NONE { wish } else { self.charge(set_w, plugged, hours_left, step_h, cap) };
        let wish_w = wish.0;
        state.on = Some((row, after));
        let unserved_wh = state.depart(at);
        let wanted_wh = if state.on.is_none() { session.energy_wh } else { 0.0 };
        let flow = Flow { p_w, capped_w: wish_w - p_w, unserved_wh, wanted_wh, ..Flow::default() };
        let reading = match state.on {
            Some(_) => Reading { at, content_wh: after.left_wh, since: Some(session.arrival), ..Reading::default() },
            None => Reading { at, ..Reading::default() },
        };
        (flow, reading)
    }

    fn unread(&self) -> Option<Reading> {
        None
    }

    fn read(&self, seen: &mut Option<Reading>, reading: &Reading) {
        *seen = Some(*reading);
    }

    /// The cheapest slots of each stay. An evening's stay reaches into the next day, whose prices are not known yet: the morning
    /// of the day itself stands for it, up to noon.
    fn plan(&self, seen: &Option<Reading>, outlook: &Outlook, task: &Task<'_>) -> Vec<f64> {
        let (period, isps) = (task.period, task.period.isps());
        let morning = (SimDuration::hours(12).0 / period.isp().0) as usize;
        let horizon: Vec<f64> = task.price.iter().chain(task.price.iter().take(morning)).copied().collect();
        let limit = |i: usize| if i < isps { self.max_power_w.min(task.most_w[i]) } else { self.max_power_w };
        let limit_w: Vec<f64> = (0..horizon.len()).map(limit).collect();
        let mut plan = vec![0.0; isps];
        for session in outlook.sessions() {
            let stand = Stand::of(seen.as_ref(), session, task);
            let stay = slots(session, period, horizon.len());
            let power = if self.is_plain(task) {
                cheapest_charging(stand.wanted_wh, stay, &horizon, &limit_w, period.isp().as_hours())
            } else {
                self.plan_stay(session, stand, stay, &horizon, &limit_w, task)
            };
            plan.iter_mut().zip(&power).for_each(|(p, w)| *p += w);
        }
        plan
    }

    /// Charges from arrival on.
    fn unsteered(&self, seen: &Option<Reading>, outlook: &Outlook, task: &Task<'_>) -> Vec<f64> {
        let slot_h = task.period.isp().as_hours();
        let mut plan = vec![0.0; task.period.isps()];
        for session in outlook.sessions() {
            let mut left_wh = Stand::of(seen.as_ref(), session, task).wanted_wh;
            for i in slots(session, task.period, plan.len()) {
                plan[i] = self.max_power_w.min(left_wh / slot_h);
                left_wh -= plan[i] * slot_h;
            }
        }
        plan
    }

    fn envelope(&self, seen: &Option<Reading>, outlook: &Outlook, task: &Task<'_>) -> Envelope {
        let isps = task.period.isps();
        let (mut least_w, mut most_w) = (vec![0.0; isps], vec![0.0; isps]);
        let (mut least_wh, mut most_wh) = (0.0, 0.0);
        for session in outlook.sessions() {
            let wanted_wh = Stand::of(seen.as_ref(), session, task).wanted_wh;
            most_wh += wanted_wh;
            let back = self.pack.zip(self.feeds_back);
            let given_wh =
                back.map_or(0.0, |(pack, back)| (pack.soc(wanted_wh) - back.floor).max(0.0) * pack.capacity_wh * pack.efficiency);
            least_wh -= given_wh;
            for i in slots(session, task.period, isps) {
                most_w[i] = self.max_power_w;
                least_w[i] = if given_wh > 0.0 { -self.max_power_w } else { 0.0 };
            }
        }
        Envelope { least_w, most_w, energy_wh: (least_wh, most_wh) }
    }

    /// The energy that each stay has in the Period, charged elsewhere in it.
    fn replan(&self, seen: &Option<Reading>, outlook: &Outlook, task: &Task<'_>, base_w: &[f64], ask: &Ask<'_>) -> Vec<f64> {
        let isps = base_w.len();
        let slot_h = task.period.isp().as_hours();
        let price = ask.price(task.price);
        if self.feeds_back.is_some() {
            return self.replan_store(seen.as_ref(), outlook, task, &price, base_w, ask);
        }
        let may_rise = |i: usize| !ask.asked[i] || ask.more;
        let most = |i: usize| if may_rise(i) { self.max_power_w.min(base_w[i] + ask.up_w[i]) } else { base_w[i] };
        let may_fall = |i: usize| !ask.asked[i] || !ask.more;
        let least = |i: usize| if may_fall(i) { (base_w[i] - ask.down_w[i]).max(0.0) } else { base_w[i] };
        let floor_w: Vec<f64> = (0..isps).map(least).collect();
        let room_w: Vec<f64> = (0..isps).map(|i| most(i) - floor_w[i]).collect();
        let mut plan = base_w.to_vec();
        for session in outlook.sessions() {
            let stay = slots(session, task.period, isps);
            if !self.is_plain(task) {
                let energy_wh = stay.clone().map(|i| base_w[i]).sum::<f64>() * slot_h;
                let slot = |i: usize| {
                    let (below, above, kink_w) = task.tariff(i);
                    let asked = price[i] - task.price[i];
                    let (least_w, most_w) = (floor_w[i], floor_w[i] + room_w[i]);
                    Slot { least_w, most_w, kink_w, price: (below + asked, above + asked) }
                };
                let slots: Vec<Slot> = stay.clone().map(slot).collect();
                let power = cheapest_pieces(energy_wh, &slots, self.least_power_w, slot_h);
                stay.zip(power).for_each(|(i, p)| plan[i] = p);
                continue;
            }
            let energy_wh = stay.clone().map(|i| base_w[i]).sum::<f64>() * slot_h;
            let held_wh = stay.clone().map(|i| floor_w[i]).sum::<f64>() * slot_h;
            let power = cheapest_charging(energy_wh - held_wh, stay.clone(), &price, &room_w, slot_h);
            stay.for_each(|i| plan[i] = floor_w[i] + power[i]);
        }
        plan
    }

    /// Energy, and wear of a battery that feeds back.
    fn cost(&self, _: &Option<Reading>, _: &Outlook, task: &Task<'_>, plan_w: &[f64]) -> Cost {
        let out_wh = plan_w.iter().map(|p| (-p).max(0.0)).sum::<f64>() * task.period.isp().as_hours();
        let back = self.pack.zip(self.feeds_back);
        let wear = back.map_or(0.0, |(pack, back)| back.wear_eur_per_mwh * out_wh * 1e-6 / pack.efficiency);
        Cost { energy: task.energy_cost(plan_w), wear, comfort: 0.0 }
    }

    /// A charger is off, or draws 6 A at least; a mix of two plans need not.
    fn can(&self, _: &Option<Reading>, _: &Task<'_>, plan_w: &[f64]) -> bool {
        plan_w.iter().all(|p| *p < TO_THE_WATT || *p > self.least_power_w - TO_THE_WATT)
    }

    fn is_curved(&self) -> bool {
        self.pack.is_some()
    }

    fn flexibility(&self) -> Flexibility {
        Flexibility::Shiftable
    }

    fn rated_w(&self) -> (f64, f64) {
        (self.max_power_w, if self.feeds_back.is_some() { self.max_power_w } else { 0.0 })
    }

    fn limitable(&self) -> bool {
        true
    }

    fn content(&self) -> Content {
        Content::Owed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{IspCalendar, Period};
    use jiff::civil::date;

    #[test]
    fn charging_takes_the_cheapest_slots_of_the_window() {
        let price = [10.0, 1.0, 5.0, 2.0, 0.0];
        let p = cheapest_charging(3000.0, 1..4, &price, &[8000.0; 5], 0.25);
        assert_eq!(p, [0.0, 8000.0, 0.0, 4000.0, 0.0]);
    }

    #[test]
    fn limits_leave_energy_uncharged_rather_than_exceed() {
        let p = cheapest_charging(10_000.0, 0..2, &[1.0, 2.0], &[4000.0, 2000.0], 0.25);
        assert_eq!(p, [4000.0, 2000.0]);
    }

    #[test]
    fn a_session_over_midnight_is_planned_once() {
        let c = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let (today, tomorrow) = (c.period(date(2016, 1, 10)), c.period(date(2016, 1, 11)));
        let session = Session {
            arrival: today.start + SimDuration::hours(20),
            departure: tomorrow.start + SimDuration::hours(7),
            energy_wh: 22_000.0,
        };
        let price: Vec<f64> = (0..96).map(|i| if i < 6 { 10.0 } else { 50.0 }).collect();
        let free = ([f64::NEG_INFINITY; 96], [f64::INFINITY; 96]);
        let vehicle = Vehicle::plain(11_000.0);
        let outlook = Outlook::Sessions(vec![session]);
        let plan = |period: &Period, before_w: &dyn Fn(SimTime) -> f64| {
            let task = Task { period, price: &price, feed_in_price: &[], others_w: &[], least_w: &free.0, most_w: &free.1, before_w };
            vehicle.plan(&None, &outlook, &task)
        };
        let first = plan(&today, &|_| 0.0);
        let second = plan(&tomorrow, &|t| first[today.isp_at(t).unwrap().offset()]);
        let wh = |p: &[f64]| p.iter().sum::<f64>() * 0.25;
        assert!((wh(&first) + wh(&second) - 22_000.0).abs() < 1e-6);
        assert!((wh(&second) - 16_500.0).abs() < 1e-6, "the cheap morning takes what it can");
    }
}
