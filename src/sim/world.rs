//! The world: what really happens in a step, in three variants on the same draws.
//!
//! | variant | schedules | targets of orders | limitations (orange) |
//! |---|---|---|---|
//! | `Free` | households' own plans | – | – |
//! | `Orders` | dispatched | followed | – |
//! | `Actual` | dispatched | followed | act |
//!
//! `Free` is the counterfactual without flexibility, `Orders` shows what the market alone achieves; only `Actual` is metered.
//! Devices follow their aggregator's targets in closed loop: what a portfolio has to keep, it keeps on real power, as far as
//! willing, reachable devices have it; nothing delivers more than it has.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::agent::{Dispatch, Limit};
use crate::asset::AssetKind;
use crate::asset::ev::Planner;
use crate::ids::{AgrIdx, AssetIdx, ConnectionIdx, CpIdx};
use crate::rng::Stream;
use crate::scenario::build::portfolio_at;
use crate::scenario::study::{Strategy, Study, asset_power, curtailable};
use crate::time::{Period, SimTime};

use super::fleet::Fleet;
use super::observer::{DeviceStep, Observer};
use super::recorder::Variant;

/// Device-level totals of a case.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Feed-in curtailed for orders, Wh.
    pub curtailed_by_orders_wh: f64,
    /// Feed-in curtailed by limitation, Wh.
    pub curtailed_by_orange_wh: f64,
    /// Consumption held back by limitation, Wh.
    pub limited_consumption_wh: f64,
    /// Energy vehicles left without, Wh, `[variant]`.
    pub unserved_wh: [f64; 3],
    /// Energy vehicles and batteries shifted for orders against their own plan, Wh.
    pub shifted_wh: f64,
    /// Cost of that shifting to its owners, €.
    pub shifting_eur: f64,
    /// Metered net consumption of all connections at the day-ahead price, €.
    pub energy_eur: f64,
    /// Connection hours with an acting limitation.
    pub limited_connection_h: f64,
}

/// Curtailable feed-in and who may touch it.
pub(super) struct Source {
    pub(super) asset: usize,
    pub(super) connection: ConnectionIdx,
    pub(super) agr: Option<AgrIdx>,
    pub(super) willing: bool,
    installed_w: f64,
    reached: bool,
}

/// Who obeys whom on a day.
struct Obedience {
    sources: Vec<bool>,
    vehicles: Vec<bool>,
    batteries: Vec<bool>,
    /// `[agr][hour]`
    in_touch: Vec<Vec<bool>>,
    complies: Complies,
}

/// Which devices obey a limitation on a day.
struct Complies {
    sources: Vec<bool>,
    vehicles: Vec<bool>,
    /// `[asset]`, of heat pumps.
    heat_pumps: Vec<bool>,
}

/// Households' own plans for a day.
pub(super) struct DayPlan {
    pub(super) vehicles: Vec<Vec<f64>>,
    pub(super) batteries: Vec<Vec<f64>>,
}

/// A portfolio at a congestion point.
struct Group {
    agr: AgrIdx,
    cp: CpIdx,
    connections: Vec<ConnectionIdx>,
    sources: Vec<usize>,
    vehicles: Vec<usize>,
    batteries: Vec<usize>,
}

/// A step of the run: when it begins, in which Period and ISP (by offset), as a row of the run and of the profiles.
struct Moment<'p> {
    t: SimTime,
    period: &'p Period,
    isp: usize,
    step: usize,
    row: usize,
}

/// What a step came to in one variant, per connection.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Power {
    pub(super) p_w: Vec<f64>,
    pub(super) q_var: Vec<f64>,
}

pub(super) struct World<'a> {
    study: &'a Study,
    pub(super) sources: Vec<Source>,
    vehicle_willing: Vec<bool>,
    battery_willing: Vec<bool>,
    vehicle_reached: Vec<bool>,
    /// `[asset]`, of heat pumps.
    heat_pump_reached: Vec<bool>,
    groups: Vec<Group>,
    planners: Vec<Planner>,
    pub(super) plans: BTreeMap<Date, DayPlan>,
    dispatches: BTreeMap<(Date, AgrIdx), Dispatch>,
    limits: Vec<Vec<(SimTime, Limit)>>,
    obedience: Option<(Date, Obedience)>,
    fleets: [Fleet; 3],
    pub(super) power: [Power; 3],
    /// Limited energy of the running day per connection, Wh.
    pub(super) limited_wh: Vec<f64>,
    pub(super) totals: Totals,
    free_charges: Vec<f64>,
    trades: bool,
}

/// Draw of whether something holds for a named thing, once and for all.
pub(super) fn holds(study: &Study, id: &str, purpose: &str, probability: f64) -> bool {
    Stream::new(study.seed, id, purpose).at(0).uniform() < probability
}

impl<'a> World<'a> {
    pub(super) fn new(study: &'a Study, strategy: &Strategy) -> World<'a> {
        let agr_of = |c: ConnectionIdx| study.agr_of[c.i()];
        let willing = |id: &str, c: ConnectionIdx| {
            agr_of(c).is_some_and(|a| strategy.obligation || holds(study, id, "willing", study.agrs[a.i()].terms.willingness))
        };
        let reached = |id: &str| holds(study, id, "reached", study.orange.controllable_share);
        let sources: Vec<Source> = study
            .assets
            .iter()
            .enumerate()
            .filter(|(_, a)| curtailable(a.kind))
            .map(|(asset, a)| Source {
                asset,
                connection: a.connection,
                agr: agr_of(a.connection),
                willing: willing(&a.id, a.connection),
                installed_w: a.p_nominal_w.abs(),
                reached: reached(&a.id),
            })
            .collect();
        let groups = groups(study, &sources);
        let n = study.grid.connections.len();
        World {
            vehicle_willing: study.vehicles.iter().map(|v| willing(&v.id, v.connection)).collect(),
            battery_willing: study.batteries.iter().map(|b| willing(&b.id, b.connection)).collect(),
            vehicle_reached: study.vehicles.iter().map(|v| reached(&v.id)).collect(),
            heat_pump_reached: study.assets.iter().map(|a| a.kind == AssetKind::HeatPump && reached(&a.id)).collect(),
            sources,
            groups,
            planners: vec![Planner::default(); study.vehicles.len()],
            plans: BTreeMap::new(),
            dispatches: BTreeMap::new(),
            limits: vec![Vec::new(); study.congestion_points.len()],
            obedience: None,
            fleets: std::array::from_fn(|_| Fleet::new(study)),
            power: std::array::from_fn(|_| Power { p_w: vec![0.0; n], q_var: vec![0.0; n] }),
            limited_wh: vec![0.0; n],
            totals: Totals::default(),
            free_charges: Vec::new(),
            trades: strategy.trades,
            study,
        }
    }

    /// Households plan their vehicles and batteries after the day-ahead price.
    pub(super) fn plan(&mut self, period: &Period, price: &[f64]) {
        let plan = plan_day(self.study, &mut self.planners, period, price);
        self.plans.insert(period.date, plan);
    }

    /// What households would plan at a price that is only expected.
    pub(super) fn foresee(&self, period: &Period, expected_price: &[f64]) -> DayPlan {
        plan_day(self.study, &mut self.planners.clone(), period, expected_price)
    }

    pub(super) fn dispatch(&mut self, d: Dispatch) {
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

    /// Drops what a finished day no longer needs.
    pub(super) fn forget(&mut self, date: Date) {
        self.plans.retain(|d, _| *d > date);
        self.dispatches.retain(|(d, _), _| *d > date);
        for limits in &mut self.limits {
            let keep = limits.len().saturating_sub(1);
            limits.drain(..keep);
        }
    }

    /// Whether the variants may differ: without trade and orange there is only one truth.
    pub(super) fn variants(&self) -> &'static [Variant] {
        if self.trades { &[Variant::Free, Variant::Orders, Variant::Actual] } else { &[Variant::Actual] }
    }

    /// Lets one step happen; results are in `power`, by variant.
    pub(super) fn step(&mut self, t: SimTime, period: &Period, step: usize, row: usize, observer: &mut dyn Observer) {
        self.obey(period);
        let isp = period.isp_at(t).expect("a step lies in its Period").offset();
        let now = Moment { t, period, isp, step, row };
        let available: Vec<(f64, f64)> =
            self.sources.iter().map(|s| asset_power(&self.study.assets[s.asset], &self.study.truth, row)).collect();
        for &variant in self.variants() {
            self.realise(variant, &now, &available, observer);
        }
        if !self.trades {
            let actual = self.power[Variant::Actual as usize].clone();
            self.power[Variant::Free as usize].clone_from(&actual);
            self.power[Variant::Orders as usize] = actual;
            self.fleets[Variant::Free as usize].unserved_wh = self.fleets[Variant::Actual as usize].unserved_wh;
            self.fleets[Variant::Orders as usize].unserved_wh = self.fleets[Variant::Actual as usize].unserved_wh;
        }
        self.totals.unserved_wh = std::array::from_fn(|v| self.fleets[v].unserved_wh);
    }

    fn realise(&mut self, variant: Variant, now: &Moment<'_>, available: &[(f64, f64)], observer: &mut dyn Observer) {
        let study = self.study;
        let &Moment { t, period, isp, step, .. } = now;
        let step_h = study.step.as_hours();
        let with_orders = variant != Variant::Free;
        let limits: Vec<Option<Limit>> = match variant {
            Variant::Actual => (0..self.limits.len()).map(|k| self.in_force(k, t).cloned()).collect(),
            _ => vec![None; self.limits.len()],
        };
        let hour = ((t - period.start).0 / 3600) as usize;
        let mut power = std::mem::take(&mut self.power[variant as usize]);
        self.inflexible(&mut power, now, &limits, variant, observer);
        // Feed-in, vehicles, batteries before targets and limits.
        let mut feed_in: Vec<f64> = available.iter().map(|(p, _)| -p).collect();
        self.fleets[variant as usize].turn_over(study, t);
        let mut planned_w: Vec<f64> = Vec::with_capacity(study.vehicles.len() + study.batteries.len());
        let mut charges: Vec<f64> = Vec::with_capacity(study.vehicles.len());
        let mut must: Vec<f64> = Vec::with_capacity(study.vehicles.len());
        for v in 0..study.vehicles.len() {
            let planned = self.planned(period.date, study.vehicle_asset(v), isp, with_orders && self.vehicle_follows(v, hour));
            let c = self.fleets[variant as usize].charge(study, v, planned, t, study.step);
            planned_w.push(planned);
            charges.push(c.power_w);
            must.push(c.must_w);
        }
        let stores: Vec<f64> = (0..study.batteries.len())
            .map(|b| {
                let follows = with_orders && self.battery_follows(b, hour);
                let planned = self.planned(period.date, study.battery_asset(b), isp, follows);
                planned_w.push(planned);
                study.batteries[b].battery.step(&mut self.fleets[variant as usize].stored_wh[b], planned, step_h)
            })
            .collect();
        if with_orders {
            let before: f64 = feed_in.iter().sum();
            self.track(period.date, isp, hour, &power.p_w, &mut feed_in, &mut charges, &must, &stores);
            if variant == Variant::Orders {
                self.totals.curtailed_by_orders_wh += (before - feed_in.iter().sum::<f64>()) * step_h;
                for (v, (p, free)) in charges.iter().zip(&self.free_charges).enumerate() {
                    let wh = 0.5 * (p - free).abs() * step_h;
                    self.totals.shifted_wh += wh;
                    self.totals.shifting_eur += wh * 1e-6 * self.shifting_eur_per_mwh(study.vehicles[v].connection);
                }
            }
        }
        if variant == Variant::Free {
            self.free_charges.clone_from(&charges);
        }
        self.limit_devices(&limits, &mut feed_in, &mut charges, step_h);
        let fleet = &mut self.fleets[variant as usize];
        let (of_vehicles, of_batteries) = planned_w.split_at(charges.len());
        for (v, (&power_w, &planned_w)) in charges.iter().zip(of_vehicles).enumerate() {
            fleet.charged(v, power_w * step_h);
            power.p_w[study.vehicles[v].connection.i()] += power_w;
            let device = study.vehicle_asset(v);
            observer.device(&DeviceStep { variant, step, device, planned_w, power_w, content_wh: fleet.wanted_wh(v) });
        }
        for (b, (&power_w, &planned_w)) in stores.iter().zip(of_batteries).enumerate() {
            power.p_w[study.batteries[b].connection.i()] += power_w;
            let device = study.battery_asset(b);
            observer.device(&DeviceStep { variant, step, device, planned_w, power_w, content_wh: fleet.stored_wh[b] });
        }
        for ((s, fed), (p, q)) in self.sources.iter().zip(&feed_in).zip(available) {
            let device = AssetIdx::new(s.asset);
            observer.device(&DeviceStep { variant, step, device, planned_w: *p, power_w: -fed, content_wh: 0.0 });
            let share = if *p != 0.0 { -fed / p } else { 0.0 };
            power.p_w[s.connection.i()] -= fed;
            power.q_var[s.connection.i()] += q * share;
        }
        self.power[variant as usize] = power;
    }

    /// Loads, fixed charging and heat pumps; a limitation caps heat pumps that are reached and comply.
    fn inflexible(&mut self, power: &mut Power, now: &Moment<'_>, limits: &[Option<Limit>], variant: Variant, observer: &mut dyn Observer) {
        power.p_w.fill(0.0);
        power.q_var.fill(0.0);
        let study = self.study;
        for (a, asset) in study.assets.iter().enumerate().filter(|(_, a)| !curtailable(a.kind)) {
            let (planned_w, q) = asset_power(asset, &study.truth, now.row);
            let mut p = planned_w;
            let complies = self.obedience.as_ref().is_some_and(|(_, o)| o.complies.heat_pumps[a]);
            if self.heat_pump_reached[a] && complies {
                for (k, limit) in limits.iter().enumerate() {
                    let Some(l) = limit else { continue };
                    let capped = p.min(l.device_cap_w);
                    if capped < p && study.congestion_points[k].public.connections.contains(&asset.connection) {
                        debug_assert_eq!(variant, Variant::Actual);
                        let wh = (p - capped) * study.step.as_hours();
                        self.totals.limited_consumption_wh += wh;
                        self.limited_wh[asset.connection.i()] += wh;
                        p = capped;
                    }
                }
            }
            power.p_w[asset.connection.i()] += p;
            power.q_var[asset.connection.i()] += q;
            let device = AssetIdx::new(a);
            observer.device(&DeviceStep { variant, step: now.step, device, planned_w, power_w: p, content_wh: 0.0 });
        }
    }

    /// Power planned for a vehicle or battery: as dispatched, else the household's own plan.
    fn planned(&self, date: Date, asset: AssetIdx, isp: usize, dispatched: bool) -> f64 {
        let first_battery = self.study.assets.len() + self.study.vehicles.len();
        let connection = match asset.i().checked_sub(first_battery) {
            Some(b) => self.study.batteries[b].connection,
            None => self.study.vehicles[asset.i() - self.study.assets.len()].connection,
        };
        if dispatched
            && let Some(agr) = self.study.agr_of[connection.i()]
            && let Some(d) = self.dispatches.get(&(date, agr))
            && let Some((_, plan)) = d.schedules.iter().find(|(a, _)| *a == asset)
        {
            return plan[isp];
        }
        let Some(own) = self.plans.get(&date) else { return 0.0 };
        match asset.i().checked_sub(first_battery) {
            Some(b) => own.batteries[b][isp],
            None => own.vehicles[asset.i() - self.study.assets.len()][isp],
        }
    }

    fn shifting_eur_per_mwh(&self, c: ConnectionIdx) -> f64 {
        self.study.agr_of[c.i()].map_or(0.0, |a| self.study.agrs[a.i()].terms.shifting_eur_per_mwh)
    }

    fn vehicle_follows(&self, v: usize, hour: usize) -> bool {
        self.obedience.as_ref().is_some_and(|(_, o)| o.vehicles[v] && self.in_touch(o, self.study.vehicles[v].connection, hour))
    }

    fn battery_follows(&self, b: usize, hour: usize) -> bool {
        self.obedience.as_ref().is_some_and(|(_, o)| o.batteries[b] && self.in_touch(o, self.study.batteries[b].connection, hour))
    }

    fn in_touch(&self, o: &Obedience, c: ConnectionIdx, hour: usize) -> bool {
        self.study.agr_of[c.i()].is_some_and(|a| o.in_touch[a.i()][hour])
    }

    /// Each portfolio keeps its targets on real power: feed-in is curtailed, charging held back, as far as devices have it.
    #[allow(clippy::too_many_arguments, reason = "one step's state, changed in one place")]
    fn track(
        &self,
        date: Date,
        isp: usize,
        hour: usize,
        load: &[f64],
        feed_in: &mut [f64],
        charges: &mut [f64],
        must: &[f64],
        stores: &[f64],
    ) {
        let Some((_, o)) = &self.obedience else { return };
        for g in &self.groups {
            let Some(d) = self.dispatches.get(&(date, g.agr)) else { continue };
            let Some(target) = d.targets.iter().find(|t| t.cp == g.cp) else { continue };
            let (floor, ceiling) = (target.floor_w[isp], target.ceiling_w[isp]);
            if (floor == f64::NEG_INFINITY && ceiling == f64::INFINITY) || !o.in_touch[g.agr.i()][hour] {
                continue;
            }
            let net: f64 = g.connections.iter().map(|c| load[c.i()]).sum::<f64>()
                + g.vehicles.iter().map(|v| charges[*v]).sum::<f64>()
                + g.batteries.iter().map(|b| stores[*b]).sum::<f64>()
                - g.sources.iter().map(|s| feed_in[*s]).sum::<f64>();
            if net < floor {
                let usable = |s: &&usize| self.sources[**s].willing && o.sources[**s];
                let have: f64 = g.sources.iter().filter(usable).map(|s| feed_in[*s]).sum();
                let keep = if have > 0.0 { 1.0 - ((floor - net) / have).min(1.0) } else { 1.0 };
                g.sources.iter().filter(usable).for_each(|s| feed_in[*s] *= keep);
            }
            if net > ceiling {
                let usable = |v: &&usize| self.vehicle_willing[**v] && o.vehicles[**v];
                let have: f64 = g.vehicles.iter().filter(usable).map(|v| charges[*v] - must[*v].min(charges[*v])).sum();
                let cut = if have > 0.0 { ((net - ceiling) / have).min(1.0) } else { 0.0 };
                g.vehicles.iter().filter(usable).for_each(|v| charges[*v] -= cut * (charges[*v] - must[*v].min(charges[*v])));
            }
        }
    }

    /// Orange: reached devices that comply obey the limitation of every congestion point they lie behind.
    fn limit_devices(&mut self, limits: &[Option<Limit>], feed_in: &mut [f64], charges: &mut [f64], step_h: f64) {
        let Some((_, o)) = &self.obedience else { return };
        for (k, limit) in limits.iter().enumerate() {
            let Some(limit) = limit else { continue };
            let here = &self.study.congestion_points[k].public.connections;
            self.totals.limited_connection_h += here.len() as f64 * step_h;
            for (s, source) in self.sources.iter().enumerate().filter(|(_, s)| here.contains(&s.connection)) {
                let most = limit.feed_in_fraction * source.installed_w;
                if source.reached && o.complies.sources[s] && feed_in[s] > most {
                    let wh = (feed_in[s] - most) * step_h;
                    self.totals.curtailed_by_orange_wh += wh;
                    self.limited_wh[source.connection.i()] += wh;
                    feed_in[s] = most;
                }
            }
            for (v, spec) in self.study.vehicles.iter().enumerate().filter(|(_, v)| here.contains(&v.connection)) {
                if self.vehicle_reached[v] && o.complies.vehicles[v] && charges[v] > limit.device_cap_w {
                    let wh = (charges[v] - limit.device_cap_w) * step_h;
                    self.totals.limited_consumption_wh += wh;
                    self.limited_wh[spec.connection.i()] += wh;
                    charges[v] = limit.device_cap_w;
                }
            }
        }
    }

    /// Draws, once a day, who follows whom.
    fn obey(&mut self, period: &Period) {
        if self.obedience.as_ref().is_some_and(|(d, _)| *d == period.date) {
            return;
        }
        let study = self.study;
        let day = u64::from(period.date.year().unsigned_abs()) * 366 + u64::from(period.date.day_of_year().unsigned_abs());
        let follows = |id: &str, c: ConnectionIdx| {
            let p = study.agr_of[c.i()].map_or(0.0, |a| study.agrs[a.i()].terms.failure.asset_per_day);
            Stream::new(study.seed, id, "failure").at(day).uniform() >= p
        };
        let hours = |agr: &crate::scenario::study::AgrSpec| {
            let mut draws = Stream::new(study.seed, agr.domain.as_str(), "communication");
            (0..25).map(|h| draws.at(day * 32 + h).uniform() >= agr.terms.failure.communication_per_hour).collect()
        };
        let complies = |id: &str| Stream::new(study.seed, id, "compliance").at(day).uniform() < study.orange.compliance;
        let id = |s: &Source| study.assets[s.asset].id.as_str();
        let o = Obedience {
            sources: self.sources.iter().map(|s| follows(id(s), s.connection)).collect(),
            vehicles: study.vehicles.iter().map(|v| follows(&v.id, v.connection)).collect(),
            batteries: study.batteries.iter().map(|b| follows(&b.id, b.connection)).collect(),
            in_touch: study.agrs.iter().map(hours).collect(),
            complies: Complies {
                sources: self.sources.iter().map(|s| complies(id(s))).collect(),
                vehicles: study.vehicles.iter().map(|v| complies(&v.id)).collect(),
                heat_pumps: study.assets.iter().map(|a| a.kind == AssetKind::HeatPump && complies(&a.id)).collect(),
            },
        };
        self.obedience = Some((period.date, o));
    }

    /// Whether a vehicle's or battery's owner agreed to be shifted.
    pub(super) fn willing_vehicle(&self, v: usize) -> bool {
        self.vehicle_willing[v]
    }

    /// See [`World::willing_vehicle`].
    pub(super) fn willing_battery(&self, b: usize) -> bool {
        self.battery_willing[b]
    }
}

fn plan_day(study: &Study, planners: &mut [Planner], period: &Period, price: &[f64]) -> DayPlan {
    let plan = |(v, planner): (usize, &mut Planner)| {
        let spec = &study.vehicles[v];
        let announced: Vec<_> = sessions_of(study, v, period).collect();
        planner.plan(&announced, period, price, spec.max_power_w, &|_| f64::INFINITY)
    };
    let vehicles = planners.iter_mut().enumerate().map(plan).collect();
    let slot_h = period.isp().as_hours();
    let batteries = study.batteries.iter().map(|b| b.battery.plan(0.5 * b.battery.capacity_wh, price, slot_h)).collect();
    DayPlan { vehicles, batteries }
}

/// Announced sessions of a vehicle that touch a Period.
pub(super) fn sessions_of<'s>(study: &'s Study, v: usize, period: &Period) -> impl Iterator<Item = crate::asset::ev::Session> + use<'s> {
    let (start, end) = (period.start, period.end());
    study.vehicles[v].evenings.iter().map(|e| e.announced).filter(move |s| s.arrival < end && s.departure > start)
}

fn groups(study: &Study, sources: &[Source]) -> Vec<Group> {
    let mut groups = Vec::new();
    for agr in (0..study.agrs.len()).map(AgrIdx::new) {
        for cp in &study.congestion_points {
            let connections = portfolio_at(study, agr, cp);
            if connections.is_empty() {
                continue;
            }
            let rows = |n: usize, at: &dyn Fn(usize) -> ConnectionIdx| (0..n).filter(|k| connections.contains(&at(*k))).collect::<Vec<_>>();
            groups.push(Group {
                agr,
                cp: cp.public.cp,
                sources: rows(sources.len(), &|k| sources[k].connection),
                vehicles: rows(study.vehicles.len(), &|k| study.vehicles[k].connection),
                batteries: rows(study.batteries.len(), &|k| study.batteries[k].connection),
                connections,
            });
        }
    }
    // Narrow congestion points first: what they need also helps the wider ones.
    groups.sort_by_key(|g| g.connections.len());
    groups
}
