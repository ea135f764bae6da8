//! Electric vehicles at home: what they do at the charger, and their cheapest charging.
//!
//! ```text
//! habits      synthetic sessions            sessions    sessions as measured
//! charging    the appetite of a battery     schedule    cheapest powers
//! ```

pub mod charging;
mod habits;
pub mod schedule;
pub mod sessions;

use std::ops::Range;
use std::sync::Arc;

use crate::rng::Stream;
use crate::time::{Period, SimDuration, SimTime};

use super::model::{Ask, Cap, Content, Cost, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};
use super::session::Session;
use super::store::Battery;
use super::store_plan;

use self::charging::Pack;
pub use self::habits::{Evening, Habits, sessions};
use self::schedule::{Slot, cheapest_charging, cheapest_pieces, cheapest_stepwise};

/// An electric vehicle at its charger: what its owner knows of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vehicle {
    /// Charger, W at the grid side.
    pub max_power_w: f64,
    /// Power below which it does not charge, W: 6 A on its phases. Nothing where any power will do.
    pub least_power_w: f64,
    /// The phase it charges on, counted from 0; none of a vehicle that charges on three.
    pub phase: Option<u8>,
    /// Its battery, where that limits charging.
    pub pack: Option<Pack>,
    /// Whether and how it feeds back.
    pub feeds_back: Option<FeedsBack>,
}

/// How a vehicle feeds back; it needs a battery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeedsBack {
    /// State of charge that it keeps.
    pub floor: f64,
    /// Wear, € per MWh that leaves the battery.
    pub wear_eur_per_mwh: f64,
}

impl Default for FeedsBack {
    /// Half full, and 130 €/kWh over 2000 cycles of 90 %.
    fn default() -> FeedsBack {
        FeedsBack { floor: 0.5, wear_eur_per_mwh: 72.0 }
    }
}

/// 6 A on one phase, W; three phases have three times as much.
pub const SIX_AMPERE_W: f64 = 1380.0;

impl Vehicle {
    /// A vehicle that charges with any power up to `max_power_w`.
    #[must_use]
    pub fn plain(max_power_w: f64) -> Vehicle {
        Vehicle { max_power_w, least_power_w: 0.0, phase: None, pack: None, feeds_back: None }
    }

    /// A vehicle at a charger of one phase, which is drawn, or of three.
    #[must_use]
    pub fn at_charger(seed: u64, id: &str, max_power_w: f64, three_phases: bool, pack: Pack) -> Vehicle {
        let phase = (Stream::new(seed, id, "phase").at(0).uniform() * 3.0) as u8;
        let phases = if three_phases { 3.0 } else { 1.0 };
        Vehicle {
            max_power_w,
            least_power_w: phases * SIX_AMPERE_W,
            phase: (!three_phases).then_some(phase),
            pack: Some(pack),
            feeds_back: None,
        }
    }
}

/// Where a vehicle really is.
#[derive(Debug, Clone, PartialEq)]
pub struct Whereabouts {
    /// Sessions as they happen, by arrival.
    sessions: Arc<[Session]>,
    /// The first that has not begun.
    next: usize,
    /// The one that is on, and what it still wants, Wh.
    on: Option<(usize, f64)>,
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
                self.on = Some((self.next, session.energy_wh));
            }
            self.next += 1;
        }
    }

    /// Plugs out at the end of a step; returns what a departing vehicle left without, Wh.
    fn depart(&mut self, t: SimTime) -> f64 {
        match self.on {
            Some((row, left_wh)) if self.sessions[row].departure <= t => {
                self.on = None;
                left_wh
            }
            _ => 0.0,
        }
    }
}

impl Vehicle {
    /// Power in a step, W, and what is wanted after it, Wh.
    fn charge(&self, set_w: f64, left_wh: f64, hours_left: f64, step_h: f64, cap: Cap) -> (f64, f64) {
        let set_w = if set_w.is_nan() { self.max_power_w } else { set_w };
        let Some(pack) = &self.pack else {
            let p_w = charging_power_w(self.step_of(set_w, self.least_power_w), self.max_power_w, left_wh, hours_left, step_h);
            let p_w = self.within(p_w, cap);
            return (p_w, (left_wh - p_w * step_h).max(0.0));
        };
        let soc = pack.soc(left_wh);
        let in_time = |soc: f64| pack.time_h(self.max_power_w, soc) <= hours_left - step_h;
        if let Some(back) = self.feeds_back.filter(|_| set_w < 0.0 && in_time(soc)) {
            let most_w =
                ((soc - back.floor).max(0.0) * pack.capacity_wh * pack.efficiency / step_h).min(self.max_power_w).min(cap.feed_in_w);
            let out_w = (-set_w).min(most_w);
            let after = soc - out_w * step_h / (pack.efficiency * pack.capacity_wh);
            // What a trip needs is not given away.
            return if in_time(after) { (-out_w, pack.left_wh(after)) } else { (0.0, left_wh) };
        }
        let set_w =
            if in_time(soc) { self.step_of(set_w, self.least_power_w.min(pack.taken_w(self.max_power_w, soc))) } else { self.max_power_w };
        let set_w = self.within(set_w.min(self.max_power_w), cap);
        let charged = pack.charge(self.max_power_w, soc, set_w, step_h);
        ((charged.grid_wh / step_h).min(set_w), pack.left_wh(charged.soc).max(0.0))
    }

    /// A set point that a charger can have: off, or `least_w` at least, whichever is nearer.
    fn step_of(&self, set_w: f64, least_w: f64) -> f64 {
        if set_w >= self.least_power_w {
            set_w
        } else if set_w >= 0.5 * least_w {
            self.least_power_w
        } else {
            0.0
        }
    }

    /// A power under a cap, off where less than 6 A is left.
    fn within(&self, p_w: f64, cap: Cap) -> f64 {
        let capped_w = p_w.min(cap.consumption_w);
        if capped_w < p_w && capped_w < self.least_power_w { 0.0 } else { capped_w }
    }

    /// What a session still wants when the Period begins, Wh: what was read of it, or announced, less what is planned until then.
    fn wanted_wh(&self, seen: Option<&Reading>, session: &Session, task: &Task<'_>) -> f64 {
        let (isp, start) = (task.period.isp().0, task.period.start);
        let read = seen.filter(|r| r.since.is_some_and(|since| same_stay(session, since)));
        let (from, wanted_wh) = read.map_or((session.arrival, session.energy_wh), |r| (r.at.max(session.arrival), r.content_wh));
        // ISPs that lie wholly in the stay, as they were planned.
        let first = start.0 - (start.0 - from.0).div_euclid(isp) * isp;
        let planned = (first..start.0.min(session.departure.0)).step_by(isp as usize).filter(|t| t + isp <= session.departure.0);
        let taken_wh = planned.fold(0.0, |wh, t| wh + (task.before_w)(SimTime(t)) * task.period.isp().as_hours());
        (wanted_wh - taken_wh).max(0.0)
    }
}

/// Whether a vehicle that plugged in at `since` is in the stay that was announced as `session`.
fn same_stay(session: &Session, since: SimTime) -> bool {
    (session.arrival - since).0.abs() < SimDuration::hours(12).0
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
    fn plan_stay(&self, wanted_wh: f64, stay: Range<usize>, horizon: &[f64], limit_w: &[f64], task: &Task<'_>) -> Vec<f64> {
        let slot_h = task.period.isp().as_hours();
        let isps = task.period.isps();
        // The morning after the Period stands for its own; what is planned then is not known.
        let tariff = |i: usize| if i < isps { task.tariff(i) } else { (horizon[i], horizon[i], 0.0) };
        let mut plan = vec![0.0; horizon.len()];
        if let Some((pack, back)) = self.pack.zip(self.feeds_back) {
            let power = self.plan_as_store(
                &pack,
                &back,
                wanted_wh,
                None,
                stay.clone(),
                &|i| tariff(i),
                &|i| (-self.max_power_w, limit_w[i]),
                slot_h,
            );
            stay.zip(power).for_each(|(i, p)| plan[i] = p);
            return plan;
        }
        let price: Vec<f64> = stay.clone().map(|i| horizon[i]).collect();
        let even = task.others_w.is_empty() && stay.clone().all(|i| limit_w[i] == self.max_power_w);
        let slot = |i: usize| {
            let (below, above, kink_w) = tariff(i);
            Slot { least_w: 0.0, most_w: limit_w[i].max(0.0), kink_w, price: (below, above) }
        };
        let slots: Vec<Slot> = stay.clone().map(slot).collect();
        let mut asked_wh = wanted_wh;
        for _ in 0..ROUNDS {
            let power = if even {
                cheapest_stepwise(asked_wh, &price, self.least_power_w, self.max_power_w, slot_h)
            } else {
                cheapest_pieces(asked_wh, &slots, self.least_power_w, slot_h)
            };
            let Some(pack) = &self.pack else {
                stay.zip(power).for_each(|(i, p)| plan[i] = p);
                return plan;
            };
            let (mut soc, mut got_wh) = (pack.soc(wanted_wh), 0.0);
            for (i, p) in stay.clone().zip(power) {
                let charged = pack.charge(self.max_power_w, soc, p, slot_h);
                (soc, plan[i]) = (charged.soc, charged.grid_wh / slot_h);
                got_wh += charged.grid_wh;
            }
            if wanted_wh - got_wh < 1.0 {
                break;
            }
            asked_wh += wanted_wh - got_wh;
        }
        plan
    }

    /// Cheapest powers of a stay in which the battery is a store between its floor and full; it ends full, or with `end_wh` wanted.
    #[allow(clippy::too_many_arguments, reason = "one store plan, put together in one place")]
    fn plan_as_store(
        &self,
        pack: &Pack,
        back: &FeedsBack,
        wanted_wh: f64,
        end_wh: Option<f64>,
        stay: Range<usize>,
        tariff: &dyn Fn(usize) -> (f64, f64, f64),
        bounds: &dyn Fn(usize) -> (f64, f64),
        slot_h: f64,
    ) -> Vec<f64> {
        let soc = pack.soc(wanted_wh);
        let floor = back.floor.min(soc);
        let store =
            Battery { max_power_w: self.max_power_w, capacity_wh: (pack.full - floor) * pack.capacity_wh, efficiency: pack.efficiency };
        let (price, (feed_in_price, others_w)): (Vec<f64>, (Vec<f64>, Vec<f64>)) =
            stay.clone().map(tariff).map(|(below, above, kink_w)| (above, (below, -kink_w))).unzip();
        let (least_w, most_w): (Vec<f64>, Vec<f64>) = stay.map(bounds).unzip();
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

    /// The plan that answers an ask, of a vehicle that feeds back: each stay ends with what it would have had.
    fn replan_store(
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
        let mut plan = base_w.to_vec();
        for session in outlook.sessions() {
            let stay = slots(session, task.period, base_w.len());
            let wanted_wh = self.wanted_wh(seen, session, task);
            let stored = |p: f64| if p > 0.0 { p } else { p / pack.efficiency / pack.efficiency };
            let end_wh = wanted_wh - stay.clone().map(|i| stored(base_w[i])).sum::<f64>() * slot_h;
            let tariff = |i: usize| {
                let (below, above, kink_w) = task.tariff(i);
                (below + price[i] - task.price[i], above + price[i] - task.price[i], kink_w)
            };
            let bounds = |i: usize| ask.bounds(i, base_w[i]);
            let power = self.plan_as_store(&pack, &back, wanted_wh, Some(end_wh.max(0.0)), stay.clone(), &tariff, &bounds, slot_h);
            stay.zip(power).for_each(|(i, p)| plan[i] = p);
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
        let Some((row, left_wh)) = state.on else {
            return (Flow::default(), Reading { at, ..Reading::default() });
        };
        let session = state.sessions[row];
        let hours_left = (session.departure - moment.start).as_hours();
        let step_h = moment.step.as_hours();
        let wish = self.charge(set_w, left_wh, hours_left, step_h, Cap::NONE);
        let (p_w, left_wh) = if cap == Cap::NONE { wish } else { self.charge(set_w, left_wh, hours_left, step_h, cap) };
        let wish_w = wish.0;
        state.on = Some((row, left_wh));
        let unserved_wh = state.depart(at);
        let wanted_wh = if state.on.is_none() { session.energy_wh } else { 0.0 };
        let flow = Flow { p_w, capped_w: wish_w - p_w, unserved_wh, wanted_wh, ..Flow::default() };
        let reading = match state.on {
            Some(_) => Reading { at, content_wh: left_wh, since: Some(session.arrival), ..Reading::default() },
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
            let wanted_wh = self.wanted_wh(seen.as_ref(), session, task);
            let stay = slots(session, period, horizon.len());
            let power = if self.is_plain(task) {
                cheapest_charging(wanted_wh, stay, &horizon, &limit_w, period.isp().as_hours())
            } else {
                self.plan_stay(wanted_wh, stay, &horizon, &limit_w, task)
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
            let mut left_wh = self.wanted_wh(seen.as_ref(), session, task);
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
            let wanted_wh = self.wanted_wh(seen.as_ref(), session, task);
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

/// The whole ISPs of a session within a horizon of `horizon` ISPs that begins with `period`.
#[must_use]
pub fn slots(session: &Session, period: &Period, horizon: usize) -> Range<usize> {
    let isp = period.isp().0;
    let offset = |t: SimTime| (t - period.start).0.max(0);
    let from = (offset(session.arrival) + isp - 1) / isp;
    let to = (offset(session.departure) / isp).min(horizon as i64);
    (from.min(to) as usize)..(to as usize)
}

/// What a charger draws in a step of `step_h` hours, given the plan: never more than wanted, and all it can once waiting
/// longer would miss the departure.
#[must_use]
pub fn charging_power_w(planned_w: f64, max_power_w: f64, remaining_wh: f64, hours_left: f64, step_h: f64) -> f64 {
    let must = remaining_wh > max_power_w * (hours_left - step_h).max(0.0);
    let wish = if must { max_power_w } else { planned_w.min(max_power_w) };
    wish.max(0.0).min(remaining_wh / step_h)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::IspCalendar;
    use jiff::civil::date;

    #[test]
    fn charging_takes_the_cheapest_slots_of_the_window() {
        let price = [10.0, 1.0, 5.0, 2.0, 0.0];
        let p = cheapest_charging(3000.0, 1..4, &price, &[8000.0; 5], 0.25);
        assert_eq!(p, [0.0, 8000.0, 0.0, 4000.0, 0.0]);
    }

    #[test]
    fn a_stay_is_known_by_its_arrival_within_half_a_day() {
        let session = Session { arrival: SimTime(100_000), departure: SimTime(150_000), energy_wh: 1.0 };
        assert!(same_stay(&session, SimTime(100_000 + 12 * 3600 - 1)) && !same_stay(&session, SimTime(100_000 - 12 * 3600)));
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

    #[test]
    fn a_charger_catches_up_before_departure() {
        assert_eq!(charging_power_w(0.0, 11_000.0, 5500.0, 2.0, 0.25), 0.0, "time enough");
        assert_eq!(charging_power_w(0.0, 11_000.0, 5500.0, 0.5, 0.25), 11_000.0, "now or never");
        assert_eq!(charging_power_w(11_000.0, 11_000.0, 1000.0, 5.0, 0.25), 4000.0, "only what is wanted");
    }
}
