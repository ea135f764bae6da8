//! The plan of a day: least energy cost at the day-ahead price, within what customers announced and caps allow.
//!
//! Vehicles are planned one after the other; each uses up room under the caps that hold for its connection. What caps on
//! feed-in ask for is curtailed in the plan already, so it is sold neither at the auction nor as flexibility.

use crate::agent::PortfolioVintage;
use crate::time::Period;
use crate::units::Watts;

use super::{Agr, Day};

/// Consumption and feed-in of a part of the portfolio in one ISP, W, both positive.
struct Balance {
    consumption_w: f64,
    feed_in_w: f64,
}

impl Agr {
    /// The plan for a Period, if forecast and prices are in.
    pub(super) fn plan(&mut self, period: &Period) -> Option<Day> {
        let vintage = self.vintages.get(&period.date)?.clone();
        let price = self.prices.get(&period.date)?.eur_per_mwh.clone();
        let (floor_w, ceiling_w) = self.caps(period);
        let batteries = self.plan_batteries(&price, period);
        let vehicles = self.plan_vehicles(period, &vintage, &price, &batteries, &ceiling_w);
        let feed_in_w = self.plan_feed_in(&vintage, &vehicles, &batteries, &floor_w);
        let points = self.profile.congestion_points.len();
        let net_w = |member: &dyn Fn(usize) -> bool, i: usize| {
            let b = self.balance(&vintage, &feed_in_w, &vehicles, &batteries, member, i);
            b.consumption_w - b.feed_in_w
        };
        let position_w: Vec<f64> = (0..period.isps()).map(|i| net_w(&|_| true, i)).collect();
        let baseline =
            (0..points).map(|k| (0..period.isps()).map(|i| Watts::from_f64(net_w(&|c| self.members[k][c], i))).collect()).collect();
        Some(Day {
            period: *period,
            vintage,
            feed_in_w,
            price,
            vehicles,
            batteries,
            position_w,
            baseline,
            floor_w,
            ceiling_w,
            revision: 0,
            prognosis: vec![None; points],
            requests: Default::default(),
            bookings: Vec::new(),
            ordered: false,
        })
    }

    /// Feed-in per curtailable asset and ISP, W. The narrowest congestion point comes first: what its cap takes away, a wider
    /// one that holds it need not take again.
    fn plan_feed_in(&self, v: &PortfolioVintage, vehicles: &[Vec<f64>], batteries: &[Vec<f64>], floor_w: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut feed_in_w = v.available_w.clone();
        let mut points: Vec<usize> = (0..floor_w.len()).collect();
        points.sort_by_key(|k| self.members[*k].iter().filter(|m| **m).count());
        for k in points {
            let willing: Vec<usize> = (0..feed_in_w.len())
                .filter(|a| self.profile.curtailable[*a].willing && self.members[k][self.profile.curtailable[*a].connection])
                .collect();
            for (i, floor) in floor_w[k].iter().enumerate().filter(|(_, floor)| floor.is_finite()) {
                let b = self.balance(v, &feed_in_w, vehicles, batteries, &|c| self.members[k][c], i);
                let short = floor - (b.consumption_w - b.feed_in_w);
                let have: f64 = willing.iter().map(|a| feed_in_w[*a][i]).sum();
                if short > 0.0 && have > 0.0 {
                    let keep = 1.0 - (short / have).min(1.0);
                    willing.iter().for_each(|a| feed_in_w[*a][i] *= keep);
                }
            }
        }
        feed_in_w
    }

    /// What the connections chosen by `member` draw and feed in as planned.
    fn balance(
        &self,
        v: &PortfolioVintage,
        feed_in_w: &[Vec<f64>],
        vehicles: &[Vec<f64>],
        batteries: &[Vec<f64>],
        member: &dyn Fn(usize) -> bool,
        i: usize,
    ) -> Balance {
        let load: f64 = v.inflexible_w.iter().enumerate().filter(|(c, _)| member(*c)).map(|(_, p)| p[i]).sum();
        let cars: f64 = self.profile.vehicles.iter().zip(vehicles).filter(|(a, _)| member(a.connection)).map(|(_, p)| p[i]).sum();
        let stores: f64 = self.profile.batteries.iter().zip(batteries).filter(|(a, _)| member(a.connection)).map(|(_, p)| p[i]).sum();
        let feed_in_w = self.profile.curtailable.iter().zip(feed_in_w).filter(|(a, _)| member(a.connection)).map(|(_, p)| p[i]).sum();
        Balance { consumption_w: load + cars + stores, feed_in_w }
    }

    fn plan_vehicles(
        &mut self,
        period: &Period,
        vintage: &PortfolioVintage,
        price: &[f64],
        batteries: &[Vec<f64>],
        ceiling_w: &[Vec<f64>],
    ) -> Vec<Vec<f64>> {
        let mut room_w: Vec<Vec<f64>> = (0..ceiling_w.len())
            .map(|k| {
                let used = |i: usize| self.balance(vintage, &vintage.available_w, &[], batteries, &|c| self.members[k][c], i);
                (0..period.isps()).map(|i| ceiling_w[k][i] - used(i).consumption_w + used(i).feed_in_w).collect()
            })
            .collect();
        let mut plans = Vec::with_capacity(vintage.sessions.len());
        for (v, sessions) in vintage.sessions.iter().enumerate() {
            let vehicle = self.profile.vehicles[v];
            let caps: Vec<usize> = (0..room_w.len()).filter(|k| self.members[*k][vehicle.connection]).collect();
            let room = |i: usize| caps.iter().map(|k| room_w[*k][i]).fold(f64::INFINITY, f64::min).max(0.0);
            let plan = self.planners[v].plan(sessions, period, price, vehicle.max_power_w, &room);
            for k in caps {
                room_w[k].iter_mut().zip(&plan).for_each(|(r, p)| *r -= p);
            }
            plans.push(plan);
        }
        plans
    }

    fn plan_batteries(&self, price: &[f64], period: &Period) -> Vec<Vec<f64>> {
        let slot_h = period.isp().as_hours();
        self.profile.batteries.iter().zip(&self.stored_wh).map(|(b, &stored)| b.battery.plan(stored, price, slot_h)).collect()
    }

    /// Whether the portfolio's connection `c` belongs to its congestion point `k`.
    pub(super) fn is_member(&self, k: usize, c: usize) -> bool {
        self.members[k][c]
    }
}
