//! What each order comes to, from prognoses, requests, orders, contracts and meters, by the rules of the specification
//! ("Settlement", "FlexReservationUpdate") and docs/model/settlement.md, written here once more.
//!
//! Per aggregator, congestion point, day and ISP, with `B` the prognosis that the first order names, moved by the orders of the
//! same aggregator at congestion points within this one, `F` the sum of the orders, `A` the meters:
//!
//! ```text
//! delivered  = A − B, no further than F, not below nothing
//! deficiency = how far A misses B + F on the side that the last order was to relieve
//! penalty    = price · undelivered share of the requested energy + penalty price · deficient energy
//! ```
//! A capacity limitation stands by itself: `B + F` is the cap.

use std::collections::BTreeMap;

use copperplate::ids::{ConnectionIdx, Domain};
use copperplate::market::Direction;
use copperplate::market::contract::{CapacityLimitation, Contract, FlexOption, Right};
use copperplate::scenario::study::{Strategy, Study};
use copperplate::time::{IspIndex, Period};
use copperplate::uftp::message::{Disposition, IspPower, Message, ProfileType};
use jiff::civil::{Date, Time};

use crate::talk::{Order, Talk, spread};

/// One ISP of a settled order, W.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) number: u16,
    pub(crate) baseline: i64,
    pub(crate) ordered: i64,
    pub(crate) actual: i64,
    pub(crate) delivered: i64,
    pub(crate) deficiency: i64,
}

/// A settled order; money in 1e-4 of the currency.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) reference: String,
    pub(crate) price: i64,
    pub(crate) penalty: i64,
    pub(crate) rows: Vec<Row>,
    /// ISPs, by offset, in which flexibility was asked for.
    pub(crate) requested: Vec<bool>,
    pub(crate) limitation: bool,
    /// ISPs, by offset, in which the same aggregator has an order at a congestion point around this one. Where that is delivered, only
    /// the aggregator knows; what it moves here is not told apart.
    pub(crate) overlaid: Vec<bool>,
}

/// What is known about an order.
struct Known<'a> {
    order: Order<'a>,
    contract: Option<&'a Contract>,
    period: Period,
    power: Vec<i64>,
    requested: Vec<bool>,
    /// −1 if it is to lower consumption, +1 if it is to lower feed-in.
    sign: i64,
    limitation: bool,
}

/// Meter readings by (day, connection), W per ISP, as the operator got them.
pub(crate) fn readings(study: &Study, talk: &Talk<'_>) -> BTreeMap<(Date, usize), Vec<i64>> {
    let mut readings = BTreeMap::new();
    for (_, message) in talk.messages() {
        let Message::Metering(m) = message else { continue };
        let address = m.ean.connection();
        let Some(c) = study.grid.connections.iter().position(|c| c.address == address) else { continue };
        let Some(profile) = m.profiles.iter().find(|p| p.profile_type == ProfileType::Power) else { continue };
        let watts = profile.isps.iter().map(|i| (i.value.as_f64() * 1e3).round() as i64).collect();
        readings.insert((m.period, c), watts);
    }
    readings
}

/// Every accepted order as it should be settled.
pub(crate) fn items(study: &Study, strategy: &Strategy, talk: &Talk<'_>) -> Vec<Item> {
    let meters = readings(study, talk);
    let orders: Vec<Known<'_>> = talk.orders().into_iter().filter_map(|o| known(study, strategy, talk, o)).collect();
    (0..orders.len()).map(|k| item(study, strategy, talk, &orders, k, &meters)).collect()
}

fn known<'a>(study: &Study, strategy: &'a Strategy, talk: &Talk<'a>, order: Order<'a>) -> Option<Known<'a>> {
    let period = study.calendar.period(order.date());
    let power = spread(&period, &order.message.isps);
    let contract = order.message.contract_id.as_deref().and_then(|id| strategy.contracts.iter().find(|c| c.id == id));
    let limitation = contract.is_some_and(|c| matches!(c.right, Right::CapacityLimitation(_)));
    if limitation {
        let sign = if contract?.direction == Direction::Consumption { -1 } else { 1 };
        let requested = listed(&period, &order.message.isps);
        return Some(Known { order, contract, period, power, requested, sign, limitation });
    }
    let near = near(&order, &period)?;
    let wanted = wanted(study, talk, near.clone(), contract, &period);
    // What the order relieves is what it relieves most of, whatever a contract obliges to.
    let relief = |sign: i64| -> i64 {
        let helps = |(w, p): (&i64, &i64)| if w.signum() == sign && p.signum() == sign { p.abs() } else { 0 };
        near.iter().zip(&power).map(helps).sum()
    };
    let sign = if relief(1) > relief(-1) { 1 } else { -1 };
    let requested = wanted.iter().zip(&power).map(|(w, p)| w.signum() * p.signum() > 0).collect();
    Some(Known { order, contract, period, power, requested, sign, limitation })
}

/// What the request behind an order asked for per ISP, W with sign.
fn near(order: &Order<'_>, period: &Period) -> Option<Vec<i64>> {
    let mut near = vec![0; period.isps()];
    for isp in order.request?.isps.iter().filter(|i| i.disposition == Disposition::Requested) {
        let bound = if isp.min_power.0 > 0 { isp.min_power.0 } else { isp.max_power.0.min(0) };
        for number in isp.run.start..isp.run.start + isp.run.duration {
            near[usize::from(number) - 1] = bound;
        }
    }
    Some(near)
}

/// What was asked for; under a contract no more than it still reserves.
fn wanted(study: &Study, talk: &Talk<'_>, near: Vec<i64>, contract: Option<&Contract>, period: &Period) -> Vec<i64> {
    let Some(contract) = contract else { return near };
    let reserved = reserved(study, talk, contract, period);
    let obliged = |(n, r): (&i64, &i64)| match n.signum() == r.signum() {
        true => n.signum() * n.abs().min(r.abs()),
        false => 0,
    };
    near.iter().zip(&reserved).map(obliged).collect()
}

/// What a FlexOption reserves on a day after its release, W with sign per ISP.
pub(crate) fn reserved(study: &Study, talk: &Talk<'_>, contract: &Contract, period: &Period) -> Vec<i64> {
    let Right::FlexOption(FlexOption { power_w }) = contract.right else { return vec![0; period.isps()] };
    for (_, message) in talk.messages() {
        if let Message::FlexReservationUpdate(m) = message
            && *m.contract_id == *contract.id
            && m.flex.period == period.date
        {
            return spread(period, &m.isps);
        }
    }
    let sign = if contract.direction == Direction::Consumption { -1.0 } else { 1.0 };
    let power = (power_w * sign).round_ties_even() as i64;
    period.iter().map(|isp| if within(study, contract, period, isp) { power } else { 0 }).collect()
}

/// Whether the clock at the start of an ISP lies in one of the contract's windows.
pub(crate) fn within(study: &Study, contract: &Contract, period: &Period, isp: IspIndex) -> bool {
    let clock = study.calendar.local_time(period.isp_start(isp));
    contract.windows.iter().any(|w| {
        let day = w.days.is_empty() || w.days.contains(&period.date.weekday());
        day && w.from <= clock && (w.until == Time::midnight() || clock < w.until)
    })
}

/// Connections of an aggregator at the congestion point of an address.
pub(crate) fn portfolio(study: &Study, agr: &Domain, cp: &copperplate::ids::EntityAddress) -> Vec<ConnectionIdx> {
    let point = study.congestion_points.iter().find(|p| p.public.address == *cp);
    let own = |c: &&ConnectionIdx| study.agr_of[c.i()].is_some_and(|a| study.agrs[a.i()].domain == *agr);
    point.map_or_else(Vec::new, |p| p.public.connections.iter().filter(own).copied().collect())
}

/// Whether two orders are of one aggregator on one day.
fn together(a: &Known<'_>, b: &Known<'_>) -> bool {
    a.order.agr() == b.order.agr() && a.order.date() == b.order.date() && a.limitation == b.limitation
}

fn at_one_point(a: &Known<'_>, b: &Known<'_>) -> bool {
    a.order.message.flex.congestion_point == b.order.message.flex.congestion_point
}

/// Whether order `a` is at another congestion point that lies within that of `b`. Of two with the same
/// connections each lies within the other.
fn inside(study: &Study, a: &Known<'_>, b: &Known<'_>) -> bool {
    let of = |k: &Known<'_>| study.congestion_points.iter().find(|p| p.public.address == k.order.message.flex.congestion_point);
    match (of(a), of(b)) {
        (Some(a), Some(b)) => a.id != b.id && a.public.connections.iter().all(|c| b.public.connections.contains(c)),
        _ => false,
    }
}

fn item(
    study: &Study,
    strategy: &Strategy,
    talk: &Talk<'_>,
    orders: &[Known<'_>],
    k: usize,
    meters: &BTreeMap<(Date, usize), Vec<i64>>,
) -> Item {
    let own = &orders[k];
    let stack: Vec<usize> = (0..orders.len()).filter(|j| together(own, &orders[*j]) && at_one_point(own, &orders[*j])).collect();
    let connections = portfolio(study, own.order.agr(), &own.order.message.flex.congestion_point);
    let mut rows = Vec::new();
    let (mut ordered_mwh, mut delivered_mwh, mut short_mwh) = (0.0, 0.0, 0.0);
    let counts = |i: &usize| if own.limitation { own.requested[*i] } else { own.power[*i] != 0 };
    for i in (0..own.period.isps()).filter(counts) {
        let here: Vec<usize> = stack.iter().copied().filter(|j| orders[*j].power[i] != 0).collect();
        let actual: i64 = connections.iter().filter_map(|c| Some(meters.get(&(own.order.date(), c.i()))?[i])).sum();
        let baseline = match own.limitation {
            true => cap(own) - own.power[i],
            false => {
                let first = &orders[here[0]];
                let shift: i64 = orders.iter().filter(|o| together(own, o) && inside(study, o, own)).map(|o| o.power[i]).sum();
                frozen(talk, first, i) + shift
            }
        };
        let total: i64 = here.iter().map(|j| orders[*j].power[i]).sum();
        let (delivered, deficiency) = match own.limitation {
            true => {
                let beyond = if own.sign < 0 { actual - cap(own) } else { cap(own) - actual }.max(0);
                (own.sign * (own.power[i].abs() - beyond).max(0), beyond)
            }
            false => share(orders, &here, k, i, total, actual - baseline),
        };
        let mwh = |w: i64| w.abs() as f64 * study.calendar.isp().as_hours() * 1e-6;
        short_mwh += mwh(deficiency);
        if own.requested[i] {
            ordered_mwh += mwh(own.power[i]);
            delivered_mwh += mwh(delivered);
        }
        let number = IspIndex::from_offset(i).number();
        rows.push(Row { number, baseline, ordered: own.power[i], actual, delivered, deficiency });
    }
    let around = || orders.iter().filter(|o| together(own, o) && inside(study, own, o));
    let price = own.order.message.price.0;
    let penalty_price = own.contract.map_or(strategy.penalty_eur_per_mwh, |c| c.performance.penalty_eur_per_mwh);
    let undelivered = if ordered_mwh > 0.0 { price as f64 * 1e-4 * (1.0 - delivered_mwh / ordered_mwh) } else { 0.0 };
    Item {
        reference: own.order.message.order_reference.to_string(),
        price,
        penalty: money(undelivered + penalty_price * short_mwh),
        rows,
        requested: own.requested.clone(),
        limitation: own.limitation,
        overlaid: (0..own.period.isps()).map(|i| around().any(|o| o.power[i] != 0)).collect(),
    }
}

/// Delivered and deficient power of order `k` among those of an ISP: what goes against their sum counts as delivered, the others are
/// filled in time order, and the last of them answers for what is missing.
fn share(orders: &[Known<'_>], here: &[usize], k: usize, i: usize, total: i64, deviation: i64) -> (i64, i64) {
    let along = |j: &usize| orders[*j].power[i].signum() == total.signum();
    let mut left = deviation.clamp(total.min(0), total.max(0));
    left -= here.iter().filter(|j| !along(j)).map(|j| orders[*j].power[i]).sum::<i64>();
    let mut delivered = 0;
    for j in here {
        let power = orders[*j].power[i];
        let filled = if along(j) { left.clamp(power.min(0), power.max(0)) } else { power };
        if along(j) {
            left -= filled;
        }
        if *j == k {
            delivered = filled;
        }
    }
    let last = here.iter().rev().find(|j| along(j));
    if last != Some(&k) {
        return (delivered, 0);
    }
    let own = &orders[k];
    let down = if own.requested[i] { own.power[i] < 0 } else { own.sign < 0 };
    let missed = deviation - total;
    (delivered, if down { missed } else { -missed }.max(0))
}

/// The prognosis an order was made against.
fn frozen(talk: &Talk<'_>, order: &Known<'_>, i: usize) -> i64 {
    let prognosis = order.order.message.d_prognosis_message_id.and_then(|id| talk.prognosis(id));
    prognosis.map_or(0, |p| spread(&order.period, &p.isps)[i])
}

/// The cap of a limitation on net power, W.
fn cap(order: &Known<'_>) -> i64 {
    match order.contract.map(|c| c.right) {
        Some(Right::CapacityLimitation(CapacityLimitation { cap_w })) => (-(order.sign as f64) * cap_w).round_ties_even() as i64,
        _ => 0,
    }
}

/// The ISPs that an order lists, also with no power.
pub(crate) fn listed(period: &Period, isps: &[IspPower]) -> Vec<bool> {
    let lists = |isp: IspIndex| isps.iter().any(|row| (row.run.start..row.run.start + row.run.duration).contains(&isp.number()));
    period.iter().map(lists).collect()
}

/// An amount in 1e-4, halves to even.
pub(crate) fn money(amount: f64) -> i64 {
    (amount * 1e4).round_ties_even() as i64
}
