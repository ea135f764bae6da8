//! The plan of a day: least energy cost at the day-ahead price, within what devices and customers can and caps allow.
//!
//! Devices that shift energy are planned one after the other; each uses up room under the caps that hold for its connection. Where one
//! finds too little, they exchange (`exchange.rs`).
//! What caps on feed-in still ask for is curtailed in the plan already, so it is sold neither at the auction nor as flexibility.

use std::sync::Arc;

use crate::agent::PortfolioVintage;
use crate::asset::model::SHADOW;
use crate::asset::{Content, Flexibility, Task};
use crate::market::Direction;
use crate::time::{Period, SimTime};
use crate::units::Watts;

use super::{Agr, Day};

/// Makes bounds and prices of a device from what caps leave it, which may be less than nothing. No device moves against a cap; a
/// store that serves caps gives what they miss at a price beyond all others.
fn serve_caps(serves: bool, price: &[f64], least_w: &mut [f64], most_w: &mut [f64]) -> Vec<f64> {
    let mut prices = price.to_vec();
    for ((price, least), most) in prices.iter_mut().zip(least_w).zip(most_w) {
        let (missing_up, missing_down) = (least.max(0.0), most.min(0.0));
        (*least, *most) = (least.min(0.0), most.max(0.0));
        if serves && missing_up > 0.0 {
            *price -= SHADOW;
            *most = most.min(missing_up);
        } else if serves && missing_down < 0.0 {
            *price += SHADOW;
            *least = least.max(missing_down);
        }
    }
    prices
}

/// What caps leave at a congestion point, W per ISP; none where they leave all.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) least_w: Option<Vec<f64>>,
    pub(super) most_w: Option<Vec<f64>>,
}

impl Room {
    /// Takes out power per ISP, W.
    pub(super) fn use_up(&mut self, power_w: impl Iterator<Item = f64> + Clone) {
        let room = self.least_w.iter_mut().chain(self.most_w.iter_mut());
        room.for_each(|room| room.iter_mut().zip(power_w.clone()).for_each(|(r, p)| *r -= p));
    }
}

impl Agr {
    /// The plan for a Period, if forecast and prices are in.
    pub(super) fn plan(&mut self, period: &Period) -> Option<Day> {
        let vintage = self.vintages.get(&period.date)?.clone();
        let price = self.prices.get(&period.date)?.eur_per_mwh.clone();
        let (floor_w, ceiling_w) = self.caps(period);
        let plans = self.plan_devices(period, &vintage, &self.bids(&price), &floor_w, &ceiling_w);
        let points = self.profile.congestion_points.len();
        let mut position_w = self.net_w(&vintage, &plans, 0..self.profile.connections.len(), 0..plans.len(), period.isps());
        let net_w: Vec<Vec<f64>> = (0..points).map(|k| self.net_at(k, &vintage, &plans, period.isps())).collect();
        let padding_w: Vec<Vec<f64>> = net_w.iter().enumerate().map(|(k, net_w)| self.padding(k, net_w)).collect();
        if self.profile.behaviour.conduct().sells_inflation() {
            let widest = (0..points).max_by_key(|k| self.members.connections[*k].len());
            let added = widest.into_iter().flat_map(|k| &padding_w[k]);
            position_w.iter_mut().zip(added).for_each(|(w, added)| *w += added);
        }
        let told = |(net_w, padding_w): (&Vec<f64>, &Vec<f64>)| -> Vec<Watts> {
            net_w.iter().zip(padding_w).map(|(net, padding)| Watts::from_f64(net + padding)).collect()
        };
        Some(Day {
            baseline: net_w.iter().zip(&padding_w).map(told).collect(),
            padding_w,
            period: *period,
            vintage,
            price,
            plans: plans.into_iter().map(Arc::from).collect(),
            position_w,
            floor_w,
            ceiling_w,
            revision: 0,
            prognosis: vec![None; points],
            requests: Default::default(),
            bookings: Vec::new(),
            ordered: false,
        })
    }

    /// The prices it plans at: where it foresees congestion, with what it counts on for leaving it.
    fn bids(&self, price: &[f64]) -> Vec<f64> {
        let payment = self.profile.behaviour.conduct().expected_payment_eur_per_mwh();
        let bid = |(i, price): (usize, &f64)| {
            let foreseen = self.profile.congestion_points.iter().find_map(|cp| self.foresight.expects(cp.cp, i));
            price + payment * foreseen.map_or(0.0, Direction::relief_sign)
        };
        if payment == 0.0 { price.to_vec() } else { price.iter().enumerate().map(bid).collect() }
    }

    /// What it adds to its prognosis at a congestion point, W per ISP: nothing where it foresees no congestion.
    fn padding(&self, k: usize, net_w: &[f64]) -> Vec<f64> {
        let inflation = self.profile.behaviour.conduct().inflation();
        let cp = self.profile.congestion_points[k].cp;
        let added = |(i, net): (usize, &f64)| {
            let foreseen = if inflation > 0.0 { self.foresight.expects(cp, i) } else { None };
            foreseen.map_or(0.0, |direction| libm::round(-direction.relief_sign() * inflation * net.abs()))
        };
        net_w.iter().enumerate().map(added).collect()
    }

    /// Every device's power per ISP, W.
    fn plan_devices(
        &self,
        period: &Period,
        v: &PortfolioVintage,
        price: &[f64],
        floor_w: &[Vec<f64>],
        ceiling_w: &[Vec<f64>],
    ) -> Vec<Vec<f64>> {
        let isps = period.isps();
        let (free_least, free_most) = (vec![f64::NEG_INFINITY; isps], vec![f64::INFINITY; isps]);
        let free = Task { period, price, feed_in_price: &[], others_w: &[], least_w: &free_least, most_w: &free_most, before_w: &|_| 0.0 };
        let mut plans: Vec<Vec<f64>> = vec![Vec::new(); self.profile.devices.len()];
        let kind = |flexibility| {
            let devices = self.profile.devices.iter().enumerate();
            devices.filter(move |(_, own)| own.device.flexibility() == flexibility).map(|(d, _)| d)
        };
        for d in kind(Flexibility::Curtailable) {
            plans[d] = self.profile.devices[d].device.plan(&self.seen[d], &v.outlook[d], &free);
        }
        let mut rooms = self.rooms(v, &plans, floor_w, ceiling_w, isps);
        for d in kind(Flexibility::Shiftable) {
            let own = &self.profile.devices[d];
            let points = &self.members.points[own.connection];
            let bound = |room: fn(&Room) -> &Option<Vec<f64>>, narrower: fn(f64, f64) -> f64, free: f64| -> Vec<f64> {
                let caps: Vec<&Vec<f64>> = points.iter().filter_map(|k| room(&rooms[*k]).as_ref()).collect();
                (0..isps).map(|i| caps.iter().fold(free, |w, cap| narrower(w, cap[i]))).collect()
            };
            let mut least_w = bound(|r| &r.least_w, f64::max, f64::NEG_INFINITY);
            let mut most_w = bound(|r| &r.most_w, f64::min, f64::INFINITY);
            let serves = own.willing && own.device.content() == Content::Stored;
            let pushed = serve_caps(serves, price, &mut least_w, &mut most_w);
            let before_w = self.before(period, d);
            let tariff = self.tariff(v, price, &pushed, &plans, d);
            let task = Task { least_w: &least_w, most_w: &most_w, ..tariff.task(period, &before_w) };
            plans[d] = match own.steered {
                true => own.device.plan(&self.seen[d], &v.outlook[d], &task),
                false => own.device.unsteered(&self.seen[d], &v.outlook[d], &task),
            };
            for k in points {
                rooms[*k].use_up(plans[d].iter().copied());
            }
        }
        self.exchange(period, v, price, &mut plans, &mut rooms);
        self.curtail(v, &mut plans, floor_w);
        plans
    }

    /// Power that device `d` is planned to have at an instant before a Period, W.
    pub(super) fn before(&self, period: &Period, d: usize) -> impl Fn(SimTime) -> f64 + use<> {
        let eve = period.date.yesterday().ok().and_then(|eve| self.days.get(&eve));
        let earlier = eve.map(|day| (day.period, Arc::clone(&day.plans[d])));
        move |t| earlier.as_ref().and_then(|(p, plan)| p.isp_at(t).map(|isp| plan[isp.offset()])).unwrap_or(0.0)
    }

    /// What caps leave for devices that shift, beside everything else as planned.
    fn rooms(&self, v: &PortfolioVintage, plans: &[Vec<f64>], floor_w: &[Vec<f64>], ceiling_w: &[Vec<f64>], isps: usize) -> Vec<Room> {
        let room = |k: usize| {
            let binds = |caps: &[f64]| caps.iter().any(|c| c.is_finite());
            let left = |caps: &[f64]| {
                let used_w = self.net_at(k, v, plans, isps);
                caps.iter().zip(used_w).map(|(cap, used)| cap - used).collect()
            };
            Room { least_w: binds(&floor_w[k]).then(|| left(&floor_w[k])), most_w: binds(&ceiling_w[k]).then(|| left(&ceiling_w[k])) }
        };
        (0..self.profile.congestion_points.len()).map(room).collect()
    }

    /// Curtails what caps on feed-in ask for. The narrowest congestion point comes first: what its cap takes away, a wider one
    /// that holds it need not take again.
    fn curtail(&self, v: &PortfolioVintage, plans: &mut [Vec<f64>], floor_w: &[Vec<f64>]) {
        let mut points: Vec<usize> = (0..floor_w.len()).filter(|k| floor_w[*k].iter().any(|f| f.is_finite())).collect();
        points.sort_by_key(|k| self.members.connections[*k].len());
        for k in points {
            let willing = |d: &usize| {
                let own = &self.profile.devices[*d];
                own.willing && own.device.flexibility() == Flexibility::Curtailable
            };
            let willing: Vec<usize> = self.members.devices[k].iter().copied().filter(willing).collect();
            let net_w = self.net_at(k, v, plans, floor_w[k].len());
            for (i, floor) in floor_w[k].iter().enumerate().filter(|(_, floor)| floor.is_finite()) {
                let short = floor - net_w[i];
                let have: f64 = willing.iter().map(|d| -plans[*d][i]).sum();
                if short > 0.0 && have > 0.0 {
                    let keep = 1.0 - (short / have).min(1.0);
                    willing.iter().for_each(|d| plans[*d][i] *= keep);
                }
            }
        }
    }

    /// Net power at a congestion point, W per ISP.
    fn net_at(&self, k: usize, v: &PortfolioVintage, plans: &[Vec<f64>], isps: usize) -> Vec<f64> {
        self.net_w(v, plans, self.members.connections[k].iter().copied(), self.members.devices[k].iter().copied(), isps)
    }

    /// Net power of connections and devices, W per ISP: what is inflexible, then kind by kind. Devices without a plan count as
    /// nothing.
    fn net_w(
        &self,
        v: &PortfolioVintage,
        plans: &[Vec<f64>],
        connections: impl Iterator<Item = usize>,
        devices: impl Iterator<Item = usize>,
        isps: usize,
    ) -> Vec<f64> {
        let mut net_w = vec![0.0; isps];
        let add = |to: &mut Vec<f64>, from: &[f64]| to.iter_mut().zip(from).for_each(|(t, f)| *t += f);
        connections.for_each(|c| add(&mut net_w, &v.inflexible_w[c]));
        let kind = |d: &usize| std::mem::discriminant(&self.profile.devices[*d].device);
        let devices: Vec<usize> = devices.collect();
        for same in devices.chunk_by(|a, b| kind(a) == kind(b)) {
            let mut sum_w = vec![0.0; isps];
            same.iter().for_each(|d| add(&mut sum_w, &plans[*d]));
            add(&mut net_w, &sum_w);
        }
        net_w
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use jiff::civil::{date, time};
    use serde_json::Value;

    use super::super::{OwnDevice, Profile};
    use super::*;
    use crate::agent::agr::behaviour::{Behaviour, Truthful};
    use crate::agent::{Desk, Directory, Inbox, PublicCp};
    use crate::asset::vehicle::Vehicle;
    use crate::asset::{Device, Outlook, Session};
    use crate::ids::{AgrIdx, AssetIdx, ConnectionIdx, CpIdx, Domain, EntityAddress, Role};
    use crate::time::{IspCalendar, SimDuration};
    use crate::uftp::message::Currency;

    /// An aggregator of one vehicle at each of `count` connections.
    fn agr(calendar: &Arc<IspCalendar>, most_w: &[f64]) -> Agr {
        let own = Domain::new("agr.example.com");
        let directory = Directory {
            domain: own.clone(),
            role: Role::Agr,
            peers: BTreeMap::new(),
            congestion_points: BTreeMap::new(),
            contracts: Vec::new(),
            release_deadline: time(13, 0, 0, 0),
            calendar: Arc::clone(calendar),
            currency: Currency::EUR,
        };
        let rows = 0..most_w.len();
        let device = |d: usize| OwnDevice {
            asset: AssetIdx::new(d),
            connection: d,
            device: Device::Vehicle(Vehicle::plain(most_w[d])),
            willing: true,
            steered: true,
        };
        let address = EntityAddress::new("ea1.2024-01.com.example.dso:street");
        let connections: Vec<ConnectionIdx> = rows.clone().map(ConnectionIdx::new).collect();
        let profile = Profile {
            agr: AgrIdx::new(0),
            dso: Domain::new("dso.example.com"),
            cro: Domain::new("cro.example.com"),
            connections: connections.iter().map(|c| (*c, EntityAddress::new(format!("ean.90710000000000{:04}", c.i())))).collect(),
            retail: vec![None; most_w.len()],
            devices: rows.map(device).collect(),
            congestion_points: vec![PublicCp { cp: CpIdx::new(0), address, mutex_offers: true, connections }],
            within: Vec::new(),
            contracts: Vec::new(),
            behaviour: Behaviour::Truthful(Truthful),
            at_cost: false,
            caution: 1.0,
            support_eur_per_mwh: 0.0,
            shifting_eur_per_mwh: 0.0,
            penalty_eur_per_mwh: 0.0,
            rounds: Vec::new(),
        };
        Agr::new(Desk::new(own, Arc::clone(calendar), Currency::EUR, 1), Inbox::new(directory), profile)
    }

    /// Twelve fleets under a ceiling, against the linear programme over all of their vehicles (`.ci/plan_gaps.py`, scipy 1.17 with HiGHS);
    /// energy that a vehicle goes without costs 1 €/kWh.
    #[test]
    fn a_fleet_under_a_called_cap_costs_little_more_than_the_optimum() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/plan_gaps.json");
        let table: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).expect("a table")).expect("JSON");
        let number = |value: &Value| value.as_f64().expect("a number");
        let series = |value: &Value| value.as_array().expect("a list").iter().map(number).collect::<Vec<f64>>();
        let calendar = Arc::new(IspCalendar::new("Europe/Amsterdam", 15).expect("a zone"));
        let period = calendar.period(date(2016, 1, 20));
        let mut gaps = Vec::new();
        for case in table.iter().filter(|case| case["kind"] == "fleet") {
            let (price, ceiling_kw) = (series(&case["price"]), series(&case["ceiling_kw"]));
            let cars = case["vehicles"].as_array().expect("a list");
            let at = |isp: &Value| period.start + SimDuration::minutes(15 * isp.as_i64().expect("a number"));
            let most_w: Vec<f64> = cars.iter().map(|car| 1e3 * number(&car["most_kw"])).collect();
            let agr = agr(&calendar, &most_w);
            let session =
                |car: &Value| Session { arrival: at(&car["from"]), departure: at(&car["to"]), energy_wh: 1e3 * number(&car["energy_kwh"]) };
            let vintage = PortfolioVintage {
                period,
                inflexible_w: vec![vec![0.0; 96]; cars.len()],
                outlook: cars.iter().map(|car| Outlook::Sessions(vec![session(car)])).collect(),
            };
            let ceiling_w = vec![ceiling_kw.iter().map(|kw| 1e3 * kw).collect::<Vec<f64>>()];
            let plans = agr.plan_devices(&period, &vintage, &price, &[vec![f64::NEG_INFINITY; 96]], &ceiling_w);
            for (i, cap_w) in ceiling_w[0].iter().enumerate() {
                let drawn_w: f64 = plans.iter().map(|plan| plan[i]).sum();
                assert!(drawn_w <= cap_w + 1e-6, "{drawn_w} W of {cap_w} W");
            }
            let mut eur = 0.0;
            for (car, plan) in cars.iter().zip(&plans) {
                let kwh: f64 = plan.iter().sum::<f64>() * 0.25e-3;
                eur += plan.iter().zip(&price).map(|(w, p)| w * p).sum::<f64>() * 0.25e-6 + (number(&car["energy_kwh"]) - kwh);
            }
            gaps.push(eur / number(&case["optimum_eur"]) - 1.0);
        }
        assert_eq!(gaps.len(), 12);
        let worst = gaps.iter().copied().fold(0.0, f64::max);
        assert!(gaps.iter().all(|gap| *gap > -1e-6) && worst <= 0.03, "{gaps:?}");
    }
}
