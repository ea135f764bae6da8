//! The plan of a house: hot water first, then rooms with what is left of the heat pump.
//!
//! **Hot water** is a store between [`REFILL_C`] and [`FULL_C`] that expected draw-offs and losses drain. Whenever it would run
//! empty, the cheapest earlier slot that has power left, and room in the tank from then on, gives what is missing: exact for this store.
//!
//! **Rooms** are the linear programme of [`super::schedule`] over the electric power of the heat pump. Surplus of the house, at the
//! price of feed-in, and power from the grid are two sources of heat in parallel; the rod is a third, for when the heat pump is
//! too small. The comfort band is kept at any price, as far as can be. Heat in the mass at the end is worth what it saves: one and a half
//! times the mean price, up to the mass of a house at its set point.
//!
//! A plan says how much electricity a house draws. How it parts it between rooms and tank is up to its control.

use crate::time::{SimDuration, SimTime};

use super::super::model::{Ask, Outlook, Reading, Task};
use super::building::{Inputs, Warmth};
use super::comfort::Want;
use super::control::{Acted, FULL_C, Indoors, Outside, REFILL_C};
use super::heat_pump::Sink;
use super::schedule::{self, Buffers, Problem, Source, USUAL_GAP, cheapest_heating};
use super::sheet::House;
use super::tank::WATER_J_KG_K;
use super::water;

/// Outdoor temperature where no weather is forecast, °C.
const UNKNOWN_C: f64 = 5.0;
/// Share of the largest power that is too little to be moved, and by which a plan may miss what is asked before there is no answer;
/// below, it is cut to that.
const SLIGHT: f64 = 0.01;
/// What a plan keeps from both ends of the band, K.
const MARGIN_K: f64 = 0.05;
/// Water that is drawn, on average, °C, and the room around the tank.
const USUAL_C: f64 = 49.0;
const ROOM_C: f64 = 20.0;
/// A tank is planned a kelvin above the temperature at which its control acts.
const EMPTY_C: f64 = REFILL_C + 1.0;
/// Worth of heat left in the mass, in mean prices.
const LEFT: f64 = 1.5;
/// How much dearer than energy an asked deviation is, and how much dearer than that what must not be moved.
const ASKED: f64 = 20.0;
const KEPT: f64 = 40.0;

/// A slot as it is expected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ahead {
    pub outdoor_c: f64,
    pub sun_w: f64,
    pub litres: f64,
    pub cold_c: f64,
    pub want: Want,
    pub full_w: f64,
    pub cop: f64,
    pub cop_water: f64,
}

impl House {
    /// What is expected of a slot that begins at `t`.
    fn ahead(&self, outlook: &Outlook, t: SimTime, slot: SimDuration) -> Ahead {
        let (outdoor_c, sun_w) = outlook.weather().map_or((UNKNOWN_C, 0.0), |w| {
            let row = w.row(t);
            (w.air_c[row], self.sun_w(&w.facade_w_m2, row))
        });
        let row = self.clock.row(t);
        let quarter = self.clock.quarter(row);
        Ahead {
            outdoor_c,
            sun_w,
            litres: water::expected_l(self.people, quarter) * slot.as_hours() * 4.0,
            cold_c: self.clock.cold_c(row),
            want: self.comfort.want(quarter),
            full_w: self.pump.most_heat_w(outdoor_c),
            cop: self.pump.cop(self.pump.sink, outdoor_c),
            cop_water: self.pump.cop(Sink::Water, outdoor_c),
        }
    }

    /// The slots of a task.
    pub(super) fn slots_ahead(&self, outlook: &Outlook, task: &Task<'_>) -> Vec<Ahead> {
        let period = task.period;
        period.iter().map(|isp| self.ahead(outlook, period.isp_start(isp), period.isp())).collect()
    }

    /// A house that nobody has read, or as it was read.
    fn inside(&self, seen: Option<&Reading>, t: SimTime) -> Indoors {
        let usual_c = self.comfort.want(self.clock.quarter(self.clock.row(t))).target_c;
        let [air_c, mass_c, tank_c] = seen.map_or([usual_c, usual_c - 0.5, 0.5 * (EMPTY_C + FULL_C)], |r| r.house_c);
        Indoors { warmth: Warmth { air_c, mass_c }, tank_c, refill: false, on: false, since: SimTime(t.0 - 86_400), saved_wh: 0.0 }
    }

    /// One expected slot under a set point; returns what it comes to.
    pub(super) fn expect(&self, inside: &mut Indoors, ahead: &Ahead, t: SimTime, slot: SimDuration, set_w: f64) -> Acted {
        let (heated, slot_s) = (self.heated(slot), slot.0 as f64);
        let outside = Outside {
            start: t,
            step_s: slot_s,
            heated: &heated,
            ahead: &self.heated_ahead(slot),
            outdoor_c: ahead.outdoor_c,
            sun_w: ahead.sun_w,
            holding: &self.tank.holding(ahead.litres / slot_s, slot_s),
            cold_c: ahead.cold_c,
            want: &ahead.want,
        };
        self.act(inside, &outside, set_w, f64::INFINITY)
    }

    /// The inside when the Period begins: as read, and then by plan.
    pub(super) fn at_start(&self, seen: Option<&Reading>, outlook: &Outlook, task: &Task<'_>) -> Indoors {
        let (isp, start) = (task.period.isp(), task.period.start);
        let mut t = seen.map_or(start, |r| r.at);
        let mut inside = self.inside(seen, t);
        while t < start {
            let next = start - SimDuration(((start - t).0 - 1).div_euclid(isp.0) * isp.0);
            let slot = next - t;
            self.expect(&mut inside, &self.ahead(outlook, t, slot), t, slot, (task.before_w)(t));
            t = next;
        }
        inside
    }

    /// Heat into the tank per slot, W.
    pub(super) fn plan_water(&self, tank_c: f64, ahead: &[Ahead], task: &Task<'_>) -> Vec<f64> {
        let hours = task.period.isp().as_hours();
        let wh_k = self.tank.capacity_j_k() / 3600.0;
        let room_wh = wh_k * (FULL_C - EMPTY_C);
        let last = ahead.len().saturating_sub(1);
        // A tank ends half full.
        let drain_wh = |(k, a): (usize, &Ahead)| {
            let drawn_wh = a.litres * WATER_J_KG_K * (USUAL_C - a.cold_c) / 3600.0;
            drawn_wh + self.tank.ua_w_k * (USUAL_C - ROOM_C) * hours + if k == last { 0.5 * room_wh } else { 0.0 }
        };
        let price = |i: usize| {
            let (below, above, kink_w) = task.tariff(i);
            let served = kink_w > 0.5 * ahead[i].full_w / ahead[i].cop_water;
            (if served { below } else { above }) / ahead[i].cop_water
        };
        let mut order: Vec<usize> = (0..ahead.len()).collect();
        order.sort_by(|a, b| price(*a).total_cmp(&price(*b)).then(b.cmp(a)));
        let mut heat_w = vec![0.0; ahead.len()];
        // Content at the end of each slot as planned so far; slots from the present one on lack their drain.
        let mut content_wh: Vec<f64> = vec![wh_k * (tank_c - EMPTY_C); ahead.len()];
        for (k, drain_wh) in ahead.iter().enumerate().map(|(k, a)| (k, drain_wh((k, a)))) {
            content_wh[k..].iter_mut().for_each(|e| *e -= drain_wh);
            for &j in order.iter().filter(|j| **j <= k) {
                if content_wh[k] >= -1e-9 {
                    break;
                }
                let power_w = ahead[j].full_w.min(self.bound_w(task.most_w[j], ahead[j].cop_water)) - heat_w[j];
                if power_w <= 0.0 {
                    continue;
                }
                let fullest_wh = content_wh[j..k].iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let part_wh = (-content_wh[k]).min(power_w * hours).min(room_wh - fullest_wh);
                if part_wh > 0.0 {
                    heat_w[j] += part_wh / hours;
                    content_wh[j..].iter_mut().for_each(|e| *e += part_wh);
                }
            }
        }
        heat_w
    }

    /// Heat that an electric power allows beside stand-by, W.
    fn bound_w(&self, p_w: f64, cop: f64) -> f64 {
        ((p_w - self.pump.standby_w) * cop).max(0.0)
    }

    /// Electric power per slot: stand-by, water and rooms.
    pub(super) fn plan_all(&self, inside: &Indoors, ahead: &[Ahead], task: &Task<'_>) -> Vec<f64> {
        let water_w = self.plan_water(inside.tank_c, ahead, task);
        let per_kwh = |price: f64| price * 1e-3;
        let dear = dearest(task);
        let mut problem = Rooms::new(self, inside, ahead, &water_w, task);
        for (k, a) in ahead.iter().enumerate() {
            let (below, above, kink_w) = task.tariff(k);
            let used_w = self.pump.standby_w + water_w[k] / a.cop_water;
            let most_w = (a.full_w * (1.0 - water_w[k] / a.full_w) / a.cop).min(task.most_w[k] - used_w).max(0.0);
            let least_w = (task.least_w[k] - used_w).clamp(0.0, most_w);
            let surplus_w = (kink_w - used_w).clamp(least_w, most_w);
            problem.source(k, 0, least_w, a.cop, per_kwh(below) - KEPT * dear);
            problem.source(k, 1, surplus_w - least_w, a.cop, per_kwh(below));
            problem.source(k, 2, most_w - surplus_w, a.cop, per_kwh(above));
            let rod_w = self.pump.rod_w.min(task.most_w[k] - used_w - most_w).max(0.0);
            problem.source(k, 3, rod_w, 1.0, per_kwh(above).max(0.0) + dear);
        }
        let mean = task.price.iter().map(|p| p.max(0.0)).sum::<f64>() / task.price.len().max(1) as f64;
        let cop = ahead.iter().map(|a| a.cop).sum::<f64>() / ahead.len().max(1) as f64;
        problem.worth = LEFT * per_kwh(mean).max(0.01 * dear) / cop;
        problem.outside = 20.0 * dear;
        let heat_kw = problem.solve();
        let total = |k: usize| {
            let a = &ahead[k];
            let by_pump_w = (1e3 * heat_kw[k]).min(a.full_w - water_w[k]);
            let by_rod_w = 1e3 * heat_kw[k] - by_pump_w;
            self.pump.standby_w + water_w[k] / a.cop_water + by_pump_w / a.cop + by_rod_w
        };
        (0..ahead.len()).map(total).collect()
    }

    /// The plan that answers an ask: water stays, rooms move within what is asked, and end as warm as they would have.
    pub(super) fn plan_anew(&self, inside: &Indoors, ahead: &[Ahead], task: &Task<'_>, base_w: &[f64], ask: &Ask<'_>) -> Vec<f64> {
        let planned_w = self.plan_water(inside.tank_c, ahead, task);
        let water_w: Vec<f64> =
            planned_w.iter().zip(ahead).zip(base_w).map(|((w, a), base)| w.min(self.bound_w(*base, a.cop_water))).collect();
        let dear = dearest(task);
        let mut problem = Rooms::new(self, inside, ahead, &water_w, task);
        let fixed_w = |k: usize| self.pump.standby_w + water_w[k] / ahead[k].cop_water;
        for (k, a) in ahead.iter().enumerate() {
            let (below, above, kink_w) = task.tariff(k);
            let room_w = ((a.full_w - water_w[k]) / a.cop).max(0.0);
            // The rod of the base plan stays.
            let base = (base_w[k] - fixed_w(k)).clamp(0.0, room_w);
            problem.follow(k, (base_w[k] - fixed_w(k)).max(base), base, a.cop);
            let up_w = (base + ask.up_w[k].max(0.0)).min(room_w);
            let down_w = (base - ask.down_w[k].max(0.0)).max(0.0);
            let (least_w, most_w, extra) = match (ask.asked[k], ask.more) {
                (true, true) => (base, up_w, -ASKED * dear),
                (true, false) => (down_w, base, ASKED * dear),
                (false, _) => (down_w, up_w, 0.0),
            };
            let surplus_w = (kink_w - fixed_w(k)).clamp(least_w, most_w);
            problem.source(k, 0, least_w, a.cop, -KEPT * dear);
            problem.source(k, 1, surplus_w - least_w, a.cop, below * 1e-3 + extra);
            problem.source(k, 2, most_w - surplus_w, a.cop, above * 1e-3 + extra);
        }
        problem.worth = KEPT * dear;
        problem.outside = 20.0 * KEPT * dear;
        let heat_kw = problem.solve();
        let total = |k: usize| {
            let room_w = ((ahead[k].full_w - water_w[k]) / ahead[k].cop).max(0.0);
            let rod_w = (base_w[k] - fixed_w(k) - room_w).max(0.0);
            fixed_w(k) + 1e3 * heat_kw[k] / ahead[k].cop + rod_w
        };
        // The method ends near the corners of the programme, not on them, and would move every slot a little. Whoever sells such a crumb
        // answers for the whole slot, so it stays.
        let slight_w = SLIGHT * self.largest_w();
        let rounded = |(k, base): (usize, &f64)| if (total(k) - base).abs() < slight_w { *base } else { total(k) };
        let mut plan: Vec<f64> = base_w.iter().enumerate().map(rounded).collect();
        // The programme keeps what is asked at a price only. Where a room that is too warm was dearer, there is no answer.
        for (k, p_w) in plan.iter_mut().enumerate() {
            let (least_w, most_w) = ask.bounds(k, base_w[k]);
            let kept_w = p_w.max(least_w).min(most_w.max(least_w));
            if (kept_w - *p_w).abs() > slight_w {
                return base_w.to_vec();
            }
            *p_w = kept_w;
        }
        plan
    }
}

/// The dearest price of a task, € per kWh, never nothing.
fn dearest(task: &Task<'_>) -> f64 {
    1e-3 * task.price.iter().chain(task.feed_in_price).fold(20.0_f64, |most, p| most.max(p.abs()))
}

/// The heating of rooms as a linear programme under construction.
struct Rooms<'a> {
    house: &'a House,
    inside: &'a Indoors,
    slots: Vec<schedule::Slot>,
    hours: f64,
    keep: [[f64; 2]; 2],
    rise_k_kw: [f64; 2],
    end_c: [f64; 2],
    /// Worth of heat at the end, per kWh.
    worth: f64,
    /// Cost of a kelvin outside the band.
    outside: f64,
}

impl<'a> Rooms<'a> {
    fn new(house: &'a House, inside: &'a Indoors, ahead: &[Ahead], water_w: &[f64], task: &Task<'_>) -> Rooms<'a> {
        assert_eq!(ahead.len(), water_w.len());
        let step = house.heated(task.period.isp()).transition;
        let to_air = house.pump.sink.to_air();
        let rise_k_kw = [0, 1].map(|row: usize| 1e3 * (step.g[row][1] * to_air + step.g[row][2] * (1.0 - to_air)));
        let slot = |a: &Ahead| {
            let u = house.gains(a.outdoor_c, a.sun_w);
            let drift = |row: usize| step.g[row][0] * u.outdoor_c + step.g[row][1] * u.air_w + step.g[row][2] * u.mass_w;
            schedule::Slot {
                drift_k: [drift(0), drift(1)],
                band_c: (a.want.guard_c + MARGIN_K, a.want.high_c - MARGIN_K),
                ..schedule::Slot::default()
            }
        };
        Rooms {
            house,
            inside,
            slots: ahead.iter().map(slot).collect(),
            hours: task.period.isp().as_hours(),
            keep: step.f,
            rise_k_kw,
            end_c: [f64::NEG_INFINITY, usual_mass_c(house, ahead)],
            worth: 0.0,
            outside: 0.0,
        }
    }

    /// Carries the plan that is to be answered into slot `k`, where it is `total_w` with `pump_w` by the heat pump: where it leaves the
    /// band, the band gives way, and the end is to be as warm as the end of that plan.
    fn follow(&mut self, k: usize, total_w: f64, pump_w: f64, cop: f64) {
        let (pump_kw, rod_kw) = (1e-3 * pump_w * cop, 1e-3 * (total_w - pump_w));
        let (x, slot) = (if k == 0 { [self.inside.warmth.air_c, self.inside.warmth.mass_c] } else { self.end_c }, &mut self.slots[k]);
        // The rod is not moved.
        slot.drift_k = [0, 1].map(|row: usize| slot.drift_k[row] + self.rise_k_kw[row] * rod_kw);
        self.end_c = [0, 1]
            .map(|row: usize| self.keep[row][0] * x[0] + self.keep[row][1] * x[1] + slot.drift_k[row] + self.rise_k_kw[row] * pump_kw);
        slot.band_c = (slot.band_c.0.min(self.end_c[0]), slot.band_c.1.max(self.end_c[0]));
    }

    /// A source in slot `k`: electric power at most, heat per electricity, price per kWh of electricity.
    fn source(&mut self, k: usize, which: usize, most_w: f64, cop: f64, price: f64) {
        self.slots[k].sources[which] = Source { most_kw: 1e-3 * most_w.max(0.0) * cop, price: price * self.hours / cop };
    }

    /// Heat per slot, kW.
    fn solve(&self) -> Vec<f64> {
        let start_c = [self.inside.warmth.air_c, self.inside.warmth.mass_c];
        let Rooms { keep, rise_k_kw, end_c, .. } = *self;
        let kwh_k = [self.house.building.c_i_j_k, self.house.building.c_m_j_k].map(|c| c / 3.6e6);
        let short = kwh_k.map(|kwh| self.worth * kwh);
        let outside = (self.outside, self.outside);
        let problem = Problem { keep, rise_k_kw, start_c, slots: &self.slots, end_c, outside, short, gap: USUAL_GAP };
        if let Some(nothing) = needless(&problem) {
            return nothing;
        }
        cheapest_heating(&problem, &mut Buffers::default()).0
    }
}

/// No heat, where none is needed and none is paid for.
fn needless(problem: &Problem<'_>) -> Option<Vec<f64>> {
    let pays = problem.slots.iter().flat_map(|s| &s.sources).any(|s| s.most_kw > 0.0 && s.price < 0.0);
    if pays {
        return None;
    }
    let mut x = problem.start_c;
    for slot in problem.slots {
        let [i, m] = problem.keep;
        x = [i[0] * x[0] + i[1] * x[1] + slot.drift_k[0], m[0] * x[0] + m[1] * x[1] + slot.drift_k[1]];
        if x[0] < slot.band_c.0 {
            return None;
        }
    }
    (x[0] >= problem.end_c[0] && x[1] >= problem.end_c[1]).then(|| vec![0.0; problem.slots.len()])
}

/// The mass of a house that is held at its set point in the mean weather of some slots, °C.
fn usual_mass_c(house: &House, ahead: &[Ahead]) -> f64 {
    let n = ahead.len().max(1) as f64;
    let mean = |f: fn(&Ahead) -> f64| ahead.iter().map(f).sum::<f64>() / n;
    let (outdoor_c, sun_w, target_c) = (mean(|a| a.outdoor_c), mean(|a| a.sun_w), mean(|a| a.want.target_c));
    let b = &house.building;
    let Inputs { air_w, mass_w, .. } = house.gains(outdoor_c, sun_w);
    // Heating makes up the balance of the air; its share into the mass warms the mass.
    let (per_k, into_mass) = (b.h_im_w_k + b.h_em_w_k, 1.0 - house.pump.sink.to_air());
    let unheated_c = (b.h_im_w_k * target_c + b.h_em_w_k * outdoor_c + mass_w) / per_k;
    let short_w = b.h_ve_w_k * (target_c - outdoor_c) + b.h_im_w_k * (target_c - unheated_c) - air_w;
    let heat_w = (short_w / (1.0 - into_mass + into_mass * b.h_im_w_k / per_k)).max(0.0);
    (unheated_c + into_mass * heat_w / per_k).min(target_c)
}
