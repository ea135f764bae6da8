//! Shifts: devices re-planned so that they relieve what is asked for.
//!
//! In ISPs that are asked for, a device may move only the way that relieves, as far as request, caps and rooms leave it, and a price
//! beyond all others moves it as far as it can. The difference of the two plans is the offer, so the rebound is always in it, and its
//! cost is the true one: energy, wear and comfort of the new plan less those of the old ([`crate::asset::Device::cost`]), and what the
//! aggregator says shifting costs beside.
//!
//! Options of a group of devices exclude each other:
//!
//! | option | asked of it |
//! |---|---|
//! | `all` | all that is wanted |
//! | `worst` | the worse half of the ISPs, where a point allows several options |
//! | `75%`, `50%`, `25%` | so much of the power of `all` in each ISP, by the devices that cost least per MWh: where a point allows several options, some device costs more than energy at one price, and the unit cost of a part differs from that of `all` by more than a tenth |
//!
//! Where unit costs are within a tenth of each other, the one divisible option says the same: an order can scale it. Costs rise with
//! the share, so a part of `all` never costs more than its part of the price.

use std::collections::BTreeSet;

use crate::asset::{Ask, Flexibility};
use crate::market::Direction;
use crate::market::contract::Bounds;
use crate::time::SimTime;
use crate::uftp::message::{FlexRequest, Message, Text};
use crate::units::{ActivationFactor, Money, Watts};

use super::booking::{BookedOption, Booking, Shift};
use super::offer::bounds;
use super::slack::{Slack, least};
use super::{Action, Agr, Day, within};

/// Groups the willing devices are offered in.
const GROUPS: usize = 4;
/// Parts of a shift that are options of their own.
const PARTS: [(&str, f64); 3] = [("75%", 0.75), ("50%", 0.5), ("25%", 0.25)];
/// Unit costs within this fraction of each other count as one.
const LINEAR: f64 = 0.1;

/// An option with what it really costs.
struct Shifted {
    option: BookedOption,
    /// True cost per MWh of relief.
    eur_per_mwh: f64,
    /// That of each device alone, without what the aggregator says shifting costs; infinite of those that do not relieve.
    unit_eur_per_mwh: Vec<f64>,
}

impl Agr {
    #[allow(clippy::too_many_arguments, reason = "one request, read in one place")]
    pub(super) fn offer_shifts(
        &mut self,
        now: SimTime,
        request: &FlexRequest,
        k: usize,
        bounds: &[Bounds],
        wanted: &[Watts],
        direction: Direction,
        contract: Option<&(Text, Option<f64>)>,
        actions: &mut Vec<Action>,
    ) {
        let day = &self.days[&request.flex.period];
        let mut slacks = self.slacks(day, k, bounds, wanted);
        let devices = self.free_devices(day, k);
        let size = devices.len().div_ceil(GROUPS).max(1);
        let mut relieved = vec![0_i64; wanted.len()];
        for group in devices.chunks(size) {
            let covered = wanted.iter().zip(&relieved).all(|(w, r)| r.abs() >= w.0.abs());
            if contract.is_some() && covered {
                break;
            }
            let day = &self.days[&request.flex.period];
            let options = self.shift_options(day, k, group, wanted, direction, &slacks, contract.and_then(|c| c.1));
            let Some(first) = options.first() else { continue };
            first.power.iter().zip(&mut relieved).for_each(|(p, relieved)| *relieved += p.0);
            first.shifts.iter().for_each(|shift| self.use_up(&mut slacks, shift, 1.0));
            actions.push(self.place(now, request, k, contract, options));
        }
    }

    /// What a group of devices can do for a request, as options that exclude each other.
    #[allow(clippy::too_many_arguments, reason = "one request, read in one place")]
    fn shift_options(
        &self,
        day: &Day,
        k: usize,
        group: &[usize],
        wanted: &[Watts],
        direction: Direction,
        slacks: &[Slack],
        utilisation: Option<f64>,
    ) -> Vec<BookedOption> {
        let mutex = self.profile.congestion_points[k].mutex_offers;
        let masks = severities(wanted, mutex);
        let option =
            |(reference, mask): &(&str, Vec<bool>)| self.shift_option(day, group, mask, direction, slacks, None, reference, utilisation);
        let whole: Vec<Shifted> = masks.iter().filter_map(option).collect();
        let parts = match whole.first() {
            // Under a contract energy has one price.
            Some(all) if mutex && utilisation.is_none() && group.iter().any(|d| self.is_curved(*d)) => {
                self.parts(day, k, all, &masks[0].1, direction, slacks)
            }
            _ => Vec::new(),
        };
        whole.into_iter().chain(parts).map(|shifted| shifted.option).collect()
    }

    /// Whether part of a device's shift may cost more or less than its part of the whole.
    fn is_curved(&self, d: usize) -> bool {
        let own = &self.profile.devices[d];
        own.device.is_curved() || self.profile.retail[own.connection].is_some()
    }

    /// Parts of a shift by the devices that cost least, where their unit costs differ.
    fn parts(&self, day: &Day, k: usize, all: &Shifted, mask: &[bool], direction: Direction, slacks: &[Slack]) -> Vec<Shifted> {
        let mut merit: Vec<(f64, usize)> = all.unit_eur_per_mwh.iter().copied().zip(all.option.shifts.iter().map(|s| s.device)).collect();
        merit.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let cheapest_first: Vec<usize> = merit.into_iter().map(|(_, d)| d).collect();
        let part = |(reference, share): &(&'static str, f64)| {
            let room = |relieves: Direction| -> Vec<f64> {
                let left = |(p, asked): (&Watts, &bool)| if *asked { share * p.as_f64().abs() } else { f64::INFINITY };
                let free = vec![f64::INFINITY; mask.len()];
                if relieves == direction { all.option.power.iter().zip(mask).map(left).collect() } else { free }
            };
            let limit = Slack { point: k, up_w: room(Direction::FeedIn), down_w: room(Direction::Consumption) };
            self.shift_option(day, &cheapest_first, mask, direction, slacks, Some(limit), reference, None)
        };
        let parts: Vec<Shifted> = PARTS.iter().filter_map(part).collect();
        let differs = |p: &Shifted| (p.eur_per_mwh - all.eur_per_mwh).abs() > LINEAR * all.eur_per_mwh.abs();
        if parts.iter().any(differs) { parts } else { Vec::new() }
    }

    /// The slack of a request at point `k`, of what was asked for within it, and of called caps: whoever moves there has to keep to all.
    fn slacks(&self, day: &Day, k: usize, own: &[Bounds], wanted: &[Watts]) -> Vec<Slack> {
        let points = &self.profile.congestion_points;
        let mut slacks = vec![Slack::of(k, own, |i| wanted[i] != Watts::ZERO)];
        slacks.extend((0..points.len()).filter_map(|point| Slack::under_caps(point, &day.floor_w[point], &day.ceiling_w[point])));
        for message in day.requests.values() {
            let Message::FlexRequest(inner) = &**message else { continue };
            let Some(point) = points.iter().position(|c| c.address == inner.flex.congestion_point) else { continue };
            if point != k && within(&self.profile, points[point].cp, points[k].cp) {
                slacks.push(Slack::left_around(point, &bounds(day, inner)));
            }
        }
        for booking in self.outstanding(day) {
            let (option, share) = booking.likely();
            option.shifts.iter().for_each(|shift| self.use_up(&mut slacks[1..], shift, share));
        }
        slacks
    }

    /// Takes a share of a device's shift out of the slacks it lies in.
    fn use_up(&self, slacks: &mut [Slack], shift: &Shift, share: f64) {
        let delta_w: Vec<f64> = shift.delta_w.iter().map(|w| share * w).collect();
        slacks.iter_mut().filter(|slack| self.lies_in(shift.device, slack)).for_each(|slack| slack.use_up(&delta_w));
    }

    fn lies_in(&self, device: usize, slack: &Slack) -> bool {
        self.members.points[self.profile.devices[device].connection].contains(&slack.point)
    }

    /// Willing devices at the congestion point that can shift and that no outstanding offer uses.
    fn free_devices(&self, day: &Day, k: usize) -> Vec<usize> {
        let used: BTreeSet<usize> = self.outstanding(day).flat_map(Booking::devices).collect();
        let free = |d: &usize| {
            let own = &self.profile.devices[*d];
            own.willing && own.device.flexibility() == Flexibility::Shiftable && !used.contains(d)
        };
        let mut devices: Vec<usize> = self.members.devices[k].iter().copied().filter(free).collect();
        let offered = libm::ceil(self.offered_share(devices.len()) * devices.len() as f64 - 1e-9);
        devices.truncate(offered as usize);
        devices
    }

    #[allow(clippy::too_many_arguments, reason = "one re-planning, read in one place")]
    fn shift_option(
        &self,
        day: &Day,
        group: &[usize],
        mask: &[bool],
        direction: Direction,
        slacks: &[Slack],
        limit: Option<Slack>,
        reference: &str,
        utilisation: Option<f64>,
    ) -> Option<Shifted> {
        let is_part = limit.is_some();
        let mut slacks: Vec<Slack> = slacks.iter().cloned().chain(limit).collect();
        let mut shifts = Vec::new();
        let (mut sum, mut at_market, mut own_eur) = (vec![0.0; day.period.isps()], vec![0.0; day.period.isps()], 0.0);
        let isps = day.period.isps();
        let mwh = day.period.isp().as_hours() * 1e-6;
        let mut unit_eur_per_mwh = Vec::new();
        for &d in group {
            if is_part && slacks.last().is_some_and(|limit| limit.is_used_up(mask, direction)) {
                break;
            }
            let before_w = self.before(&day.period, d);
            let tariff = self.tariff_of(day, d);
            let task = tariff.task(&day.period, &before_w);
            let (up_w, down_w) = least(slacks.iter().filter(|slack| self.lies_in(d, slack)), isps);
            let ask = Ask { asked: mask, more: direction == Direction::FeedIn, up_w: &up_w, down_w: &down_w };
            let (device, seen, outlook) = (&self.profile.devices[d].device, &self.seen[d], &day.vintage.outlook[d]);
            let plan = device.replan(seen, outlook, &task, &day.plans[d], &ask);
            let (was, becomes) = (device.cost(seen, outlook, &task, &day.plans[d]), device.cost(seen, outlook, &task, &plan));
            // At one price for all, the energy of the group is priced together below.
            own_eur += becomes.wear - was.wear + becomes.comfort - was.comfort;
            if tariff.is_own() {
                own_eur += becomes.energy - was.energy;
            }
            let delta_w: Vec<f64> = plan.iter().zip(day.plans[d].iter()).map(|(p, base)| p - base).collect();
            let relieved_mwh: f64 = delta_w.iter().zip(mask).filter(|(_, asked)| **asked).map(|(w, _)| w.abs() * mwh).sum();
            unit_eur_per_mwh.push(if relieved_mwh > 0.0 { (becomes.total() - was.total()) / relieved_mwh } else { f64::INFINITY });
            sum.iter_mut().zip(&delta_w).for_each(|(sum, d)| *sum += d);
            if !tariff.is_own() {
                at_market.iter_mut().zip(&delta_w).for_each(|(sum, d)| *sum += d);
            }
            let shift = Shift { device: d, delta_w };
            self.use_up(&mut slacks, &shift, 1.0);
            shifts.push(shift);
        }
        let power: Vec<Watts> = sum.iter().map(|w| Watts::from_f64(*w)).collect();
        let useful = power.iter().zip(mask).any(|(p, m)| *m && Direction::relieved_by(*p) == Some(direction));
        if !useful {
            return None;
        }
        let energy_eur: f64 = at_market.iter().zip(&day.price).map(|(w, p)| w * p * mwh).sum();
        let moved_mwh: f64 = sum.iter().map(|w| 0.5 * w.abs() * mwh).sum();
        let true_eur = energy_eur + own_eur + self.profile.shifting_eur_per_mwh * moved_mwh;
        // The slack of the request itself comes first.
        let cost = true_eur.max(0.0) * (1.0 + self.margin) + self.expected_penalty_eur(day, slacks[0].point, &power, direction);
        let relieved_mwh: f64 = sum.iter().zip(mask).filter(|(_, m)| **m).map(|(w, _)| w.abs() * mwh).sum();
        let price = utilisation.map_or(cost.max(self.counts_on_eur_per_mwh() * relieved_mwh), |u| u * relieved_mwh);
        let min_factor = self.least_factor(day, &shifts);
        let option = BookedOption {
            reference: reference.into(),
            curtailed_w: vec![0.0; power.len()],
            shifts,
            price: Money::from_f64(price),
            power,
            min_factor,
        };
        Some(Shifted { option, eur_per_mwh: true_eur / relieved_mwh.max(f64::MIN_POSITIVE), unit_eur_per_mwh })
    }

    /// The penalty that an offer is expected to bring with it, €, where its price is to contain it. Which offers of a request will be
    /// bought is not known: they share what falls due once in each ISP, and an ISP with an order is paid for.
    fn expected_penalty_eur(&self, day: &Day, k: usize, power: &[Watts], direction: Direction) -> f64 {
        if !self.profile.behaviour.conduct().prices_misses() {
            return 0.0;
        }
        let ordered: Vec<&BookedOption> =
            day.bookings.iter().filter(|b| b.point == k && b.ordered.is_some()).map(|b| b.likely().0).collect();
        let alone = |i: &usize| power[*i] != Watts::ZERO && ordered.iter().all(|option| option.power[*i] == Watts::ZERO);
        let cp = self.profile.congestion_points[k].cp;
        let short_w: f64 = (0..power.len()).filter(alone).map(|i| self.misses.expected_w(cp, i, direction)).sum();
        self.profile.penalty_eur_per_mwh * short_w * day.period.isp().as_hours() * 1e-6 / GROUPS as f64
    }

    /// The smallest factor, a tenth at least, from which on every part of some shifts is a plan that the devices can carry out.
    fn least_factor(&self, day: &Day, shifts: &[Shift]) -> ActivationFactor {
        let known: Vec<_> = shifts.iter().map(|s| (self.tariff_of(day, s.device), self.before(&day.period, s.device))).collect();
        let can = |factor: ActivationFactor| {
            let mut moved = shifts.iter().zip(&known).filter(|(shift, _)| shift.delta_w.iter().any(|w| *w != 0.0));
            moved.all(|(shift, (tariff, before_w))| {
                let task = tariff.task(&day.period, before_w);
                let plan: Vec<f64> = shift.added(&day.plans[shift.device], factor.share()).collect();
                self.profile.devices[shift.device].device.can(&self.seen[shift.device], &task, &plan)
            })
        };
        let factors = (10..100).rev().filter_map(ActivationFactor::from_hundredths);
        factors.take_while(|factor| can(*factor)).last().unwrap_or(ActivationFactor::FULL)
    }
}

/// Which ISPs an option relieves: all that are wanted and, where options may exclude each other, only the worse half.
fn severities(wanted: &[Watts], mutex: bool) -> Vec<(&'static str, Vec<bool>)> {
    let all: Vec<bool> = wanted.iter().map(|w| *w != Watts::ZERO).collect();
    let mut sizes: Vec<i64> = wanted.iter().map(|w| w.0.abs()).filter(|w| *w > 0).collect();
    sizes.sort_unstable();
    let median = sizes.get(sizes.len() / 2).copied().unwrap_or(0);
    let worst: Vec<bool> = wanted.iter().map(|w| w.0.abs() > 0 && w.0.abs() >= median).collect();
    if mutex && worst != all { vec![("all", all), ("worst", worst)] } else { vec![("all", all)] }
}
