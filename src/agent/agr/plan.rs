//! The plan of a day: least energy cost at the day-ahead price, within what customers announced and caps allow.
//!
//! A vehicle's evening session reaches into the next day, whose prices are not known yet; the morning of the day itself
//! stands for the next one. Energy planned into the day is remembered, so that tomorrow's plan takes up the rest.

use std::ops::Range;

use crate::asset::ev::{Session, cheapest_charging};
use crate::time::{Period, SimTime};
use crate::units::Watts;

use super::{Agr, Day};

/// How far a plan looks into the next day, in ISPs of a quarter of an hour: to noon.
const MORNING_H: i64 = 12;

impl Agr {
    /// The plan for a Period, if forecast and prices are in.
    pub(super) fn plan(&mut self, period: &Period) -> Option<Day> {
        let vintage = self.vintages.get(&period.date)?.clone();
        let price = self.prices.get(&period.date)?.eur_per_mwh.clone();
        let n = period.isps();
        let (floor_w, ceiling_w) = self.caps(period);
        let mut room_w = self.room(period, &vintage, &ceiling_w);
        let vehicles = self.plan_vehicles(period, &vintage.sessions, &price, &mut room_w);
        let batteries = self.plan_batteries(&price, period);
        let baseline = self.baselines(period, &vintage, &vehicles, &batteries, &floor_w);
        let points = self.profile.congestion_points.len();
        self.carried.retain(|(_, arrival), _| *arrival + crate::time::SimDuration::hours(48) > period.start);
        Some(Day {
            period: *period,
            vintage,
            price,
            vehicles,
            batteries,
            baseline: baseline.into_iter().map(|b| { debug_assert_eq!(b.len(), n); b }).collect(),
            floor_w,
            ceiling_w,
            revision: 0,
            prognosis: vec![None; points],
            requests: Default::default(),
            bookings: Vec::new(),
            ordered: false,
        })
    }

    /// Power left for vehicles under each cap: `[congestion point][isp]`, infinite without a cap.
    fn room(&self, period: &Period, vintage: &super::PortfolioVintage, ceiling_w: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let member = |k: usize, c: usize| self.is_member(k, c);
        (0..ceiling_w.len())
            .map(|k| {
                (0..period.isps())
                    .map(|i| {
                        let load: f64 = vintage.inflexible_w.iter().enumerate().filter(|(c, _)| member(k, *c)).map(|(_, p)| p[i]).sum();
                        let fed: f64 = self.feed_in(k, i, vintage);
                        ceiling_w[k][i] - load + fed
                    })
                    .collect()
            })
            .collect()
    }

    fn feed_in(&self, k: usize, i: usize, vintage: &super::PortfolioVintage) -> f64 {
        let rows = self.profile.curtailable.iter().zip(&vintage.available_w);
        rows.filter(|(c, _)| self.is_member(k, c.connection)).map(|(_, a)| a[i]).sum()
    }

    /// Whether the portfolio's connection `c` belongs to its congestion point `k`.
    pub(super) fn is_member(&self, k: usize, c: usize) -> bool {
        self.profile.congestion_points[k].connections.contains(&self.profile.connections[c].0)
    }

    fn plan_vehicles(&mut self, period: &Period, sessions: &[Vec<Session>], price: &[f64], room_w: &mut [Vec<f64>]) -> Vec<Vec<f64>> {
        let horizon = extended(price, period);
        let slot_h = period.isp().as_hours();
        let mut plans = Vec::with_capacity(sessions.len());
        for (v, own) in sessions.iter().enumerate() {
            let vehicle = self.profile.vehicles[v];
            let mut plan = vec![0.0; period.isps()];
            for session in own {
                let already = self.carried.get(&(v, session.arrival)).copied().unwrap_or(0.0);
                let limit: Vec<f64> = (0..horizon.len()).map(|i| vehicle.max_power_w.min(self.least_room(vehicle.connection, i, room_w))).collect();
                let window = slots(session, period, horizon.len());
                let power = cheapest_charging((session.energy_wh - already).max(0.0), window, &horizon, &limit, slot_h);
                let today: f64 = power[..plan.len()].iter().sum::<f64>() * slot_h;
                *self.carried.entry((v, session.arrival)).or_default() += today;
                plan.iter_mut().zip(&power).for_each(|(p, w)| *p += w);
            }
            self.use_room(vehicle.connection, &plan, room_w);
            plans.push(plan);
        }
        plans
    }

    fn least_room(&self, connection: usize, i: usize, room_w: &[Vec<f64>]) -> f64 {
        let member = room_w.iter().enumerate().filter(|(k, _)| self.is_member(*k, connection));
        member.map(|(_, r)| r.get(i).copied().unwrap_or(f64::INFINITY)).fold(f64::INFINITY, f64::min).max(0.0)
    }

    fn use_room(&self, connection: usize, plan: &[f64], room_w: &mut [Vec<f64>]) {
        for (k, room) in room_w.iter_mut().enumerate() {
            if self.is_member(k, connection) {
                room.iter_mut().zip(plan).for_each(|(r, p)| *r -= p);
            }
        }
    }

    fn plan_batteries(&self, price: &[f64], period: &Period) -> Vec<Vec<f64>> {
        let slot_h = period.isp().as_hours();
        self.profile.batteries.iter().zip(&self.stored_wh).map(|(b, &stored)| b.battery.plan(stored, price, slot_h)).collect()
    }

    /// Net power per congestion point as planned; a called feed-in cap is kept by curtailment, which is part of the plan.
    fn baselines(
        &self,
        period: &Period,
        vintage: &super::PortfolioVintage,
        vehicles: &[Vec<f64>],
        batteries: &[Vec<f64>],
        floor_w: &[Vec<f64>],
    ) -> Vec<Vec<Watts>> {
        let points = self.profile.congestion_points.len();
        (0..points)
            .map(|k| {
                (0..period.isps())
                    .map(|i| {
                        let load: f64 = vintage.inflexible_w.iter().enumerate().filter(|(c, _)| self.is_member(k, *c)).map(|(_, p)| p[i]).sum();
                        let cars: f64 = self.profile.vehicles.iter().zip(vehicles).filter(|(v, _)| self.is_member(k, v.connection)).map(|(_, p)| p[i]).sum();
                        let stores: f64 = self.profile.batteries.iter().zip(batteries).filter(|(b, _)| self.is_member(k, b.connection)).map(|(_, p)| p[i]).sum();
                        let free = load + cars + stores - self.feed_in(k, i, vintage);
                        Watts::from_f64(free.max(floor_w[k][i].min(load + cars + stores)))
                    })
                    .collect()
            })
            .collect()
    }
}

/// The day's prices followed by its own morning, which stands for the next.
fn extended(price: &[f64], period: &Period) -> Vec<f64> {
    let morning = (MORNING_H * 3600 / period.isp().0) as usize;
    price.iter().chain(price.iter().take(morning)).copied().collect()
}

/// The whole slots of a session within the horizon that begins with `period`.
pub(super) fn slots(session: &Session, period: &Period, horizon: usize) -> Range<usize> {
    let isp = period.isp().0;
    let offset = |t: SimTime| (t - period.start).0;
    let from = (offset(session.arrival).max(0) + isp - 1) / isp;
    let to = offset(session.departure).max(0) / isp;
    let to = (to as usize).min(horizon);
    (from as usize).min(to)..to
}
