//! The world: what really happens in a step, in the variants of a case, on the same draws as the [`Reference`].
//!
//! | variant | schedules | targets of orders | limitations (orange) |
//! |---|---|---|---|
//! | `Free` | households' own plans | – | – |
//! | `Orders` | dispatched | followed | – |
//! | `Actual` | dispatched | followed | act |
//!
//! `Free` is the reference, `Orders` shows what the market alone achieves; only `Actual` is metered and read. Devices follow
//! their aggregator's targets in closed loop: what a portfolio has to keep, it keeps on real power, as far as willing, reachable
//! devices have it; nothing delivers more than it has.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::agent::{Dispatch, Limit};
use crate::asset::{Cap, Content, Flexibility, Flow, Moment, Reading};
use crate::ids::{AgrIdx, ConnectionIdx, CpIdx};
use crate::scenario::study::{Strategy, Study};
use crate::time::{Period, SimTime};

use super::attendance::{Attendance, Cause};
use super::behind::Counter;
use super::fleet::{Fleet, Heat};
use super::group::{Group, groups};
use super::household::{Planning, Schedules, isp_prices};
use super::observer::{DeviceStep, Observer};
use super::outlook::Skies;
use super::power::Power;
use super::recorder::Variant;
use super::reference::Reference;

/// Device-level totals of a case.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Feed-in curtailed for orders, Wh.
    pub curtailed_by_orders_wh: f64,
    /// Feed-in curtailed by limitation, Wh.
    pub curtailed_by_orange_wh: f64,
    /// Feed-in that stores were kept from by limitation, Wh: it stays in them.
    pub limited_discharge_wh: f64,
    /// Consumption held back by limitation, Wh.
    pub limited_consumption_wh: f64,
    /// Of that, what is not made up for later, Wh: heat of heat pumps by profile. Charge is, or shows as unserved or owed.
    pub heat_held_back_wh: f64,
    /// Energy vehicles left without, Wh, `[variant]`.
    pub unserved_wh: [f64; 3],
    /// Energy vehicles still want in stays under way when the run ends, Wh, `[variant]`.
    pub owed_wh: [f64; 3],
    /// Energy in batteries when the run ends beyond that at its beginning, Wh, `[variant]`.
    pub stored_change_wh: [f64; 3],
    /// What heat pumps of houses did, `[variant]`.
    pub heat: [Heat; 3],
    /// Energy that devices moved for orders against their owners' plans, Wh.
    pub shifted_wh: f64,
    /// Cost of that shifting to its owners, €.
    pub shifting_eur: f64,
    /// Energy by which devices missed what was dispatched to them, Wh, by [`Cause`]; what a limitation took is not in it.
    pub missed_wh: [f64; 5],
    /// Metered net consumption of all connections at the day-ahead price, €.
    pub energy_eur: f64,
    /// Hours in which a connection's power was in fact limited, summed over connections.
    pub limited_connection_h: f64,
}

/// Whether what orders alone achieve differs from what happens, or from the reference.
pub(super) fn parts(strategy: &Strategy) -> bool {
    strategy.trades || strategy.orange
}

/// A step of the run.
#[derive(Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) step: usize,
    pub(super) period: &'a Period,
    /// Offset of its ISP.
    pub(super) isp: usize,
    /// Hour of the day that holds it.
    pub(super) hour: usize,
    pub(super) moment: Moment<'a>,
}

pub(super) struct World<'a> {
    study: &'a Study,
    reference: &'a Reference,
    skies: Skies<'a>,
    pub(super) attendance: Attendance<'a>,
    groups: Vec<Group>,
    /// Congestion points that a connection lies behind.
    behind: Vec<Vec<CpIdx>>,
    /// Households' plans of the Periods that are not over.
    plans: BTreeMap<usize, Schedules>,
    dispatches: BTreeMap<(Date, AgrIdx), Dispatch>,
    /// What is dispatched for a day, by device.
    dispatched: BTreeMap<Date, Schedules>,
    limits: Vec<Vec<(SimTime, Limit)>>,
    /// In the order of [`Variant`], without the reference.
    fleets: [Fleet<'a>; 2],
    power: [Power; 2],
    /// Set points of a step, by device, W.
    set_w: Vec<f64>,
    /// What devices whose portfolios are bound would draw at their schedules, by device, W; NaN of others.
    scheduled_w: Vec<f64>,
    /// Connections that a limitation held back in the step.
    held: Vec<ConnectionIdx>,
    /// Limited energy of the running day per connection, Wh.
    pub(super) limited_wh: Vec<f64>,
    pub(super) totals: Totals,
    /// Counts what happens behind the meters, where the study follows single households.
    pub(super) counter: Option<Counter<'a>>,
    trades: bool,
    /// Whether orders alone and what happens are variants of their own.
    parted: bool,
}

impl<'a> World<'a> {
    pub(super) fn new(study: &'a Study, reference: &'a Reference, strategy: &Strategy) -> World<'a> {
        let n = study.grid.connections.len();
        let mut behind = vec![Vec::new(); n];
        for cp in &study.congestion_points {
            cp.public.connections.iter().for_each(|c| behind[c.i()].push(cp.public.cp));
        }
        World {
            skies: Skies::new(study),
            attendance: Attendance::new(study, strategy),
            groups: groups(study),
            behind,
            plans: BTreeMap::new(),
            dispatches: BTreeMap::new(),
            dispatched: BTreeMap::new(),
            limits: vec![Vec::new(); study.congestion_points.len()],
            fleets: std::array::from_fn(|_| Fleet::new(study)),
            power: std::array::from_fn(|_| Power::zero(n)),
            set_w: vec![0.0; study.devices.len()],
            scheduled_w: vec![0.0; study.devices.len()],
            held: Vec::new(),
            limited_wh: vec![0.0; n],
            totals: Totals {
                unserved_wh: [reference.unserved_wh, 0.0, 0.0],
                heat: [reference.heat, Heat::default(), Heat::default()],
                owed_wh: [reference.owed_wh, 0.0, 0.0],
                stored_change_wh: [reference.stored_change_wh, 0.0, 0.0],
                ..Totals::default()
            },
            counter: reference.potential.as_ref().map(|potential| Counter::new(study, potential)),
            trades: strategy.trades,
            parted: parts(strategy),
            study,
            reference,
        }
    }

    fn row(variant: Variant) -> usize {
        variant as usize - 1
    }

    /// Powers of the step, in a variant other than the reference.
    pub(super) fn power(&self, variant: Variant) -> &Power {
        &self.power[World::row(variant)]
    }

    pub(super) fn power_mut(&mut self, variant: Variant) -> &mut Power {
        &mut self.power[World::row(variant)]
    }

    /// Every device as it really is, in the variants of the case.
    #[cfg(test)]
    pub(super) fn states_mut(&mut self) -> impl Iterator<Item = &mut crate::asset::State> {
        self.fleets.iter_mut().flat_map(Fleet::states_mut)
    }

    /// What the instruments show.
    pub(super) fn readings(&self) -> &[Reading] {
        self.fleets[World::row(Variant::Actual)].readings()
    }

    /// Households plan Period `k` after the day-ahead price, from what their devices show. Where nothing has touched a device,
    /// its plan is the reference's.
    pub(super) fn plan(&mut self, k: usize) {
        let (study, reference) = (self.study, self.reference);
        let price = isp_prices(study, k);
        let readings = self.fleets[World::row(Variant::Actual)].readings();
        let before = k.checked_sub(1).and_then(|b| self.plans.get(&b));
        // What a household with a tariff of its own plans for a device rests on what it planned for the others.
        let mut apart = vec![false; study.grid.connections.len()];
        let as_in_reference = |d: usize| {
            let same = |own: &Schedules, theirs: &Schedules| match (&own[d], &theirs[d]) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                _ => true,
            };
            readings[d] == reference.rest_on[k][d] && before.is_none_or(|own| same(own, &reference.plans[k - 1]))
        };
        let mut planning = Planning::new(study, &self.skies, k, &price);
        let mut plan = |d: usize| {
            let apart = &mut apart[study.devices[d].connection.i()];
            if !*apart && as_in_reference(d) {
                let plan = reference.plans[k][d].clone();
                plan.iter().for_each(|plan| planning.keep(d, plan));
                return plan;
            }
            *apart |= study.retail_of[study.devices[d].connection.i()].is_some();
            planning.device(readings, before, d)
        };
        let plans = (0..study.devices.len()).map(&mut plan).collect();
        self.plans.insert(k, plans);
    }

    pub(super) fn dispatch(&mut self, d: Dispatch) {
        let devices = self.study.devices.len();
        let schedules = self.dispatched.entry(d.period.date).or_insert_with(|| vec![None; devices]);
        for (device, plan) in &d.schedules {
            let (steered, before) = (self.study.devices[device.i()].steered, &schedules[device.i()]);
            // What comes first is the plan of the day; a device that follows its own control is sent nothing but orders.
            let changes = || before.as_ref().map_or(!steered, |before| before[..] != plan[..]);
            self.attendance.call(device.i(), d.period.date, changes);
            schedules[device.i()] = Some(Arc::clone(plan));
        }
        self.dispatches.insert((d.period.date, d.agr), d);
    }

    pub(super) fn position_w(&self, date: Date, agr: AgrIdx) -> Option<&[f64]> {
        self.dispatches.get(&(date, agr)).map(|d| d.position_w.as_slice())
    }

    pub(super) fn limit(&mut self, acts_from: SimTime, limit: Limit) {
        self.limits[limit.cp.i()].push((acts_from, limit));
    }

    /// The limitation in force at a congestion point.
    pub(super) fn in_force(&self, cp: usize, t: SimTime) -> Option<&Limit> {
        self.limits[cp].iter().rev().find(|(from, _)| *from <= t).map(|(_, l)| l).filter(|l| l.acts())
    }

    /// Drops what a finished day no longer needs. The limitation in force at its end stays, whatever has been sent since.
    pub(super) fn forget(&mut self, k: usize) {
        let (date, end) = (self.study.periods[k].date, self.study.periods[k].end());
        self.plans.retain(|p, _| *p >= k);
        self.dispatches.retain(|(d, _), _| *d > date);
        self.dispatched.retain(|d, _| *d > date);
        for limits in &mut self.limits {
            let in_force = limits.iter().rposition(|(from, _)| *from <= end).unwrap_or(0);
            limits.drain(..in_force);
        }
    }

    /// The variants that a case really has beside the reference: without trade and limitations, they are one.
    pub(super) fn variants(&self) -> &'static [Variant] {
        if self.parted { &[Variant::Orders, Variant::Actual] } else { &[Variant::Actual] }
    }

    /// Lets one step happen; results are in [`World::power`], by variant.
    pub(super) fn step(&mut self, k: usize, step: usize, observer: &mut dyn Observer) {
        let study = self.study;
        let (period, start) = (&study.periods[k], study.step_start(step));
        self.attendance.attend(period.date);
        let isp = period.isp_at(start).expect("a step lies in its Period").offset();
        let hour = ((start - period.start).0 / 3600) as usize;
        let now = Now { step, period, isp, hour, moment: study.moment(start) };
        for &variant in self.variants() {
            self.realise(variant, k, &now, observer);
        }
    }

    /// When the run is over: what users left without, what is still owed to them and what their batteries hold.
    pub(super) fn close(&mut self) {
        for variant in [Variant::Orders, Variant::Actual] {
            let real = if self.parted { variant } else { Variant::Actual };
            let (fleet, v) = (&self.fleets[World::row(real)], variant as usize);
            self.totals.unserved_wh[v] = fleet.unserved_wh;
            self.totals.heat[v] = fleet.heat;
            self.totals.owed_wh[v] = fleet.owed_wh();
            self.totals.stored_change_wh[v] = fleet.stored_change_wh();
        }
    }

    fn realise(&mut self, variant: Variant, k: usize, now: &Now<'_>, observer: &mut dyn Observer) {
        let (study, v) = (self.study, World::row(variant));
        let step_h = study.step.as_hours();
        let limits = self.acting(variant, now.moment.start);
        let mut power = std::mem::take(&mut self.power[v]);
        power.clear();
        self.set_points(k, now);
        for (d, spec) in study.devices.iter().enumerate().filter(|(_, s)| s.device.flexibility() == Flexibility::None) {
            let flow = self.act(variant, d, now, &limits, observer);
            power.add(spec.connection, &flow);
        }
        self.scheduled_w.fill(f64::NAN);
        self.track(v, now, &power.p_w);
        for (d, spec) in study.devices.iter().enumerate().filter(|(_, s)| s.device.flexibility() != Flexibility::None) {
            let others_w = power.p_w[spec.connection.i()];
            let flow = self.act(variant, d, &Now { moment: Moment { others_w, ..now.moment }, ..*now }, &limits, observer);
            power.add(spec.connection, &flow);
            if variant == Variant::Actual {
                self.miss(d, now, &flow, step_h);
            }
            if self.trades && variant == Variant::Orders {
                self.account(d, now.step, &flow, step_h);
            }
        }
        if let Some(counter) = self.counter.as_mut().filter(|_| variant == Variant::Actual) {
            counter.close_step();
        }
        self.power[v] = power;
        if !limits.is_empty() {
            self.count_limited(step_h);
        }
    }

    /// Set points of all devices: as dispatched, where they follow, else their households' own.
    fn set_points(&mut self, k: usize, now: &Now<'_>) {
        let study = self.study;
        let dispatched = self.dispatched.get(&now.period.date);
        let own = &self.plans[&k];
        for (d, set_w) in self.set_w.iter_mut().enumerate() {
            let Some(plan) = &own[d] else {
                *set_w = f64::NEG_INFINITY;
                continue;
            };
            let order = dispatched.and_then(|s| s[d].as_ref()).filter(|_| self.attendance.follows(d, now.hour));
            *set_w = match order {
                Some(order) => order[now.isp],
                None if study.devices[d].steered => plan[now.isp],
                None => f64::NAN,
            };
        }
    }

    /// A device acts on its set point under the limitations that reach it.
    fn act(&mut self, variant: Variant, d: usize, now: &Now<'_>, limits: &[(CpIdx, Limit)], observer: &mut dyn Observer) -> Flow {
        let cap = if limits.is_empty() { Cap::NONE } else { self.cap(d, limits) };
        let fleet = &mut self.fleets[World::row(variant)];
        let flow = fleet.step(d, &now.moment, self.set_w[d], cap);
        observer.device(&DeviceStep::of(variant, now.step, d, self.set_w[d], &flow, &fleet.readings()[d]));
        if let Some(counter) = self.counter.as_mut().filter(|_| variant == Variant::Actual) {
            counter.device(d, &now.moment, self.set_w[d], &flow, &fleet.readings()[d]);
        }
        if flow.capped_w != 0.0 {
            self.hold_back(d, flow.capped_w * self.study.step.as_hours());
        }
        flow
    }

    /// Each portfolio keeps its targets on real power, as far as willing devices that follow have it, those of a kind each by the
    /// same share of its room. Feed-in is curtailed first: that leaves nothing behind, while a store or a vehicle that did more than
    /// is planned would not have it for the orders of a later hour. Narrow congestion points come first: what they need also helps the wider ones.
    fn track(&mut self, v: usize, now: &Now<'_>, load_w: &[f64]) {
        let study = self.study;
        for g in &self.groups {
            let Some(d) = self.dispatches.get(&(now.period.date, g.agr)) else { continue };
            let Some(target) = d.targets.iter().find(|t| t.cp == g.cp) else { continue };
            let (floor_w, ceiling_w) = (target.floor_w[now.isp], target.ceiling_w[now.isp]);
            if (floor_w == f64::NEG_INFINITY && ceiling_w == f64::INFINITY) || !self.attendance.in_touch(g.agr.i(), now.hour) {
                continue;
            }
            let fleet = &self.fleets[v];
            for &d in g.devices.iter().flatten() {
                if self.scheduled_w[d].is_nan() {
                    self.scheduled_w[d] = fleet.answer_w(d, &now.moment, self.set_w[d]);
                    self.set_w[d] = self.scheduled_w[d];
                }
            }
            let mut net_w: f64 = g.connections.iter().map(|c| load_w[c.i()]).sum();
            for kind in &g.devices {
                net_w += kind.iter().map(|d| self.set_w[*d]).sum::<f64>();
            }
            let (need_w, far_w) = match (net_w < floor_w, net_w > ceiling_w) {
                (true, _) => (floor_w - net_w, f64::INFINITY),
                (_, true) => (ceiling_w - net_w, f64::NEG_INFINITY),
                _ => continue,
            };
            let usable = |d: &usize| self.attendance.willing[*d] && self.attendance.follows(*d, now.hour);
            let mut left_w = need_w;
            for flexibility in [Flexibility::Curtailable, Flexibility::Shiftable] {
                let of_kind = |d: &usize| study.devices[*d].device.flexibility() == flexibility;
                let rooms: Vec<(usize, f64)> = (g.devices.iter().flatten().copied())
                    .filter(|d| of_kind(d) && usable(d))
                    .map(|d| (d, self.reach_w(v, d, now, far_w) - self.set_w[d]))
                    .filter(|(_, room_w)| room_w * far_w > 0.0)
                    .collect();
                let have_w: f64 = rooms.iter().map(|(_, room_w)| room_w).sum();
                let share = if have_w == 0.0 { 0.0 } else { (left_w / have_w).min(1.0) };
                rooms.iter().for_each(|(d, room_w)| self.set_w[*d] += share * room_w);
                left_w -= share * have_w;
            }
        }
    }

    /// How far towards `far_w` the closed loop takes a device, W. A vehicle stops charging for others, but feeds back only as planned:
    /// nobody has planned for what it would have to charge again, which becomes the next excess. Limitations, which put charging
    /// off, would else let vehicles give to each other all night.
    fn reach_w(&self, v: usize, d: usize, now: &Now<'_>, far_w: f64) -> f64 {
        let answer_w = self.fleets[v].answer_w(d, &now.moment, far_w);
        match self.study.devices[d].device.content() {
            Content::Owed => answer_w.max(self.set_w[d].min(0.0)),
            Content::Stored | Content::None => answer_w,
        }
    }

    /// Counts what a device missed of what was dispatched to it.
    fn miss(&mut self, d: usize, now: &Now<'_>, flow: &Flow, step_h: f64) {
        let Some(order) = self.dispatched.get(&now.period.date).and_then(|s| s[d].as_ref()) else { return };
        let absence = self.attendance.absence(d, now.hour);
        // Who follows may have been asked for more, in closed loop.
        let asked_w = if absence.is_none() && self.set_w[d].is_finite() { self.set_w[d] } else { order[now.isp] };
        let missed_w = (asked_w - flow.p_w - flow.capped_w).abs();
        self.totals.missed_wh[absence.unwrap_or(Cause::Physics) as usize] += missed_w * step_h;
    }

    /// What orders changed at a device in a step.
    fn account(&mut self, d: usize, step: usize, flow: &Flow, step_h: f64) {
        let spec = &self.study.devices[d];
        let wh = match spec.device.flexibility() {
            Flexibility::Curtailable if self.scheduled_w[d].is_finite() => {
                let wh = (flow.p_w - self.scheduled_w[d]) * step_h;
                self.totals.curtailed_by_orders_wh += wh;
                wh
            }
            Flexibility::None | Flexibility::Curtailable => return,
            Flexibility::Shiftable => {
                let moved_w = f64::from((flow.p_w as f32 - self.reference.device_w(d, step)).abs());
                let wh = 0.5 * moved_w * step_h;
                self.totals.shifted_wh += wh;
                self.totals.shifting_eur += wh * 1e-6 * self.shifting_eur_per_mwh(spec.connection);
                wh
            }
        };
        if let Some(counter) = &mut self.counter {
            counter.moved(d, wh);
        }
    }

    fn shifting_eur_per_mwh(&self, c: ConnectionIdx) -> f64 {
        self.study.agr_of[c.i()].map_or(0.0, |a| self.study.agrs[a.i()].terms.shifting_eur_per_mwh)
    }

    /// Limitations that act in a variant: only what really happens has any.
    fn acting(&self, variant: Variant, t: SimTime) -> Vec<(CpIdx, Limit)> {
        let points = if variant == Variant::Actual { 0..self.limits.len() } else { 0..0 };
        points.filter_map(|k| self.in_force(k, t).map(|l| (CpIdx::new(k), l.clone()))).collect()
    }

    /// What the limitations leave a device that they reach and that complies.
    fn cap(&self, d: usize, limits: &[(CpIdx, Limit)]) -> Cap {
        let spec = &self.study.devices[d];
        if !self.attendance.complies(d) {
            return Cap::NONE;
        }
        let (_, rated_feed_in_w) = spec.device.rated_w();
        let here = limits.iter().filter(|(cp, _)| self.behind[spec.connection.i()].contains(cp));
        here.fold(Cap::NONE, |cap, (_, l)| {
            let feed_in_w = if l.feed_in_fraction < 1.0 { l.feed_in_fraction * rated_feed_in_w } else { f64::INFINITY };
            cap.and(Cap { consumption_w: l.device_cap_w, feed_in_w })
        })
    }

    /// Counts energy that a limitation took: consumption held back is positive, feed-in negative.
    fn hold_back(&mut self, d: usize, wh: f64) {
        let spec = &self.study.devices[d];
        match (wh > 0.0, spec.device.flexibility()) {
            (true, _) => self.totals.limited_consumption_wh += wh,
            (false, Flexibility::Shiftable) => self.totals.limited_discharge_wh -= wh,
            (false, _) => self.totals.curtailed_by_orange_wh -= wh,
        }
        if spec.device.flexibility() == Flexibility::None {
            self.totals.heat_held_back_wh += wh;
        }
        self.limited_wh[spec.connection.i()] += wh.abs();
        self.held.push(spec.connection);
    }

    fn count_limited(&mut self, step_h: f64) {
        self.held.sort_unstable();
        self.held.dedup();
        self.totals.limited_connection_h += self.held.len() as f64 * step_h;
        self.held.clear();
    }
}
