//! Offers: deviation profiles the portfolio can deliver together, with their real cost.
//!
//! Feed-in that may be curtailed is offered in blocks of at most an hour, freely divisible, so that an order can follow the
//! shape of the need. Vehicles and batteries are re-planned under a price that makes requested ISPs prohibitive (or
//! attractive); the difference of the two plans is the offer, so the rebound is always in it, and its cost is the energy
//! cost of the difference plus the cost of shifting. Every asset stands behind one outstanding offer at most.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::asset::{Ask, Flexibility};
use crate::market::Direction;
use crate::market::contract::{Bounds, Contract, asked};
use crate::time::{IspIndex, IspSeries, Period, SimTime};
use crate::uftp::message::isp::{non_zero_power_runs, series};
use crate::uftp::message::{Disposition, FlexOffer, FlexRequest, Message, OfferOption, Text};
use crate::units::{ActivationFactor, Money, Watts};

use super::booking::{BookedOption, Booking, Shift, Stage};
use super::slack::{Slack, least};
use super::{Action, Agr, Day, within};

/// Longest block of feed-in curtailment in one offer, ISPs.
const BLOCK: usize = 4;
/// Groups the willing vehicles and batteries are offered in.
const GROUPS: usize = 4;

impl Agr {
    /// Answers a request with every offer it has for it.
    pub(super) fn request(&mut self, now: SimTime, message: &Arc<Message>) -> Vec<Action> {
        let Message::FlexRequest(request) = &**message else { return Vec::new() };
        let mut actions: Vec<Action> = self.desk.reply(now, message, None).into_iter().collect();
        let date = request.flex.period;
        let Some(k) = self.profile.congestion_points.iter().position(|c| c.address == request.flex.congestion_point) else {
            return actions;
        };
        let Some(day) = self.days.get_mut(&date) else { return actions };
        // What nobody bought in an earlier round is free again.
        day.bookings.retain(|b| b.ordered.is_some() || now <= b.expires);
        day.requests.insert(request.header.message_id, Arc::clone(message));
        let bounds = bounds(day, request);
        let terms = request.contract_id.as_ref().and_then(|id| self.profile.contracts.iter().find(|c| *c.id == **id)).cloned();
        let period = day.period;
        let wanted = self.need(&period, terms.as_ref(), &bounds);
        let contract = terms.map(|c| (Text::from(c.id.as_str()), c.utilisation_eur_per_mwh));
        for direction in [Direction::FeedIn, Direction::Consumption] {
            let wanted: Vec<Watts> =
                wanted.iter().map(|w| if Direction::relieved_by(*w) == Some(direction) { *w } else { Watts::ZERO }).collect();
            if wanted.iter().any(|w| *w != Watts::ZERO) {
                self.offer_shifts(now, request, k, &bounds, &wanted, direction, contract.as_ref(), &mut actions);
                if direction == Direction::FeedIn {
                    self.offer_curtailment(now, request, k, &wanted, contract.as_ref(), &mut actions);
                }
                self.offer_padding(now, request, k, &wanted, contract.as_ref(), &mut actions);
            }
        }
        actions
    }

    /// What a request asks for on each ISP, W, signed: its need, or what a contract obliges to.
    fn need(&self, period: &Period, contract: Option<&Contract>, bounds: &[Bounds]) -> Vec<Watts> {
        let Some(c) = contract else { return bounds.iter().map(Bounds::near).collect() };
        let kept = self.reserved.get(&(Text::from(c.id.as_str()), period.date));
        let reserved = |i: usize| kept.map_or_else(|| c.reserved_at(&self.desk.calendar, period, IspIndex::from_offset(i)), |k| k[i]);
        bounds.iter().enumerate().map(|(i, b)| c.right.terms().obliges(reserved(i), *b)).collect()
    }

    /// What an order on an offer was asked for, by the request behind it.
    pub(super) fn asked(&self, day: &Day, booking: &Booking, power: &[Watts]) -> (Direction, Vec<bool>) {
        let Message::FlexRequest(request) = &*day.requests[&booking.request] else { unreachable!("only requests are kept as requests") };
        let bounds = bounds(day, request);
        let contract = booking.contract.as_deref().and_then(|id| self.profile.contracts.iter().find(|c| c.id == id));
        asked(&bounds, &self.need(&day.period, contract, &bounds), power)
    }

    fn offer_curtailment(
        &mut self,
        now: SimTime,
        request: &FlexRequest,
        k: usize,
        wanted: &[Watts],
        contract: Option<&(Text, f64)>,
        actions: &mut Vec<Action>,
    ) {
        for block in blocks(wanted) {
            let day = &self.days[&request.flex.period];
            let mut curtailed_w = vec![0.0; day.period.isps()];
            let (mut price, mut power) = (0.0, vec![Watts::ZERO; day.period.isps()]);
            for i in block {
                let free_w = self.free_feed_in(day, k, i).min(wanted[i].as_f64());
                let watts = Watts(free_w.floor() as i64);
                if watts.0 > 0 {
                    power[i] = watts;
                    curtailed_w[i] = watts.as_f64();
                    let cost = contract.map_or_else(|| self.curtailment_eur_per_mwh(day.price[i]), |c| c.1);
                    price += cost * watts.as_f64() * day.period.isp().as_hours() * 1e-6;
                }
            }
            if power.iter().all(|p| *p == Watts::ZERO) {
                continue;
            }
            let min_factor = ActivationFactor::from_hundredths(1).expect("1 is a factor");
            let option = BookedOption {
                reference: "curtail".into(),
                curtailed_w,
                shifts: Vec::new(),
                price: Money::from_f64(price),
                power,
                min_factor,
            };
            actions.push(self.place(now, request, k, contract, vec![option]));
        }
    }

    /// Offers what was added to the prognosis as if it were there, at the price of what is: it is delivered by doing nothing.
    fn offer_padding(
        &mut self,
        now: SimTime,
        request: &FlexRequest,
        k: usize,
        wanted: &[Watts],
        contract: Option<&(Text, f64)>,
        actions: &mut Vec<Action>,
    ) {
        for block in blocks(wanted) {
            let day = self.days.get_mut(&request.flex.period).expect("requests belong to a planned day");
            let mwh = day.period.isp().as_hours() * 1e-6;
            let (mut cost, mut relieved_mwh) = (0.0, 0.0);
            let mut power = vec![Watts::ZERO; day.period.isps()];
            for i in block {
                // Of the sign of the congestion; relief has the other one.
                let padding_w = day.padding_w[k][i];
                if padding_w * wanted[i].as_f64() < 0.0 {
                    power[i] = Watts((-padding_w).clamp(-wanted[i].as_f64().abs(), wanted[i].as_f64().abs()) as i64);
                    day.padding_w[k][i] += power[i].as_f64();
                    let real = match padding_w < 0.0 {
                        true => (day.price[i] + self.profile.support_eur_per_mwh).max(0.0),
                        false => self.profile.shifting_eur_per_mwh,
                    };
                    relieved_mwh += power[i].as_f64().abs() * mwh;
                    cost += real * (1.0 + self.margin) * power[i].as_f64().abs() * mwh;
                }
            }
            if relieved_mwh > 0.0 {
                let option = BookedOption {
                    reference: "baseline".into(),
                    curtailed_w: vec![0.0; power.len()],
                    shifts: Vec::new(),
                    price: Money::from_f64(contract.map_or(cost, |c| c.1 * relieved_mwh)),
                    power,
                    min_factor: ActivationFactor::from_hundredths(1).expect("1 is a factor"),
                };
                actions.push(self.place(now, request, k, contract, vec![option]));
            }
        }
    }

    /// What curtailing costs: the income lost, with margin where prices are free; never negative, nor less than what it counts on.
    fn curtailment_eur_per_mwh(&self, day_ahead: f64) -> f64 {
        let cost = (day_ahead + self.profile.support_eur_per_mwh).max(0.0) * (1.0 + self.margin);
        cost.max(self.counts_on_eur_per_mwh())
    }

    /// The payment it counts on for relief, €/MWh; nothing where it must offer at cost.
    fn counts_on_eur_per_mwh(&self) -> f64 {
        if self.profile.at_cost { 0.0 } else { self.profile.behaviour.conduct().expected_payment_eur_per_mwh() }
    }

    /// Share that it offers of what some willing devices have; all where it must.
    fn offered_share(&self, devices: usize) -> f64 {
        if self.profile.at_cost { 1.0 } else { self.profile.behaviour.conduct().offered_share(devices) }
    }

    /// Feed-in at a congestion point that willing owners still plan, cautiously, and no outstanding offer needs, W.
    fn free_feed_in(&self, day: &Day, k: usize, i: usize) -> f64 {
        let booked: f64 = self.outstanding(day).map(|b| b.curtailed_w(i)).sum();
        (self.deliverable_w(day, k, i) - booked).max(0.0)
    }

    /// Feed-in at a congestion point that willing owners plan, cautiously, W.
    pub(super) fn deliverable_w(&self, day: &Day, k: usize, i: usize) -> f64 {
        let curtailable =
            self.members.devices[k].iter().filter(|d| self.profile.devices[**d].device.flexibility() == Flexibility::Curtailable);
        let (mut willing, mut devices) = (0.0, 0);
        for d in curtailable.filter(|d| self.profile.devices[**d].willing) {
            willing += -day.plans[*d][i];
            devices += 1;
        }
        self.profile.caution * self.offered_share(devices) * willing
    }

    #[allow(clippy::too_many_arguments, reason = "one request, read in one place")]
    fn offer_shifts(
        &mut self,
        now: SimTime,
        request: &FlexRequest,
        k: usize,
        bounds: &[Bounds],
        wanted: &[Watts],
        direction: Direction,
        contract: Option<&(Text, f64)>,
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
            let mutex = self.profile.congestion_points[k].mutex_offers;
            let mut options = Vec::new();
            for (reference, mask) in severities(wanted, mutex) {
                let Some(option) = self.shift_option(day, group, &mask, direction, &slacks, reference, contract.map(|c| c.1)) else {
                    continue;
                };
                options.push(option);
            }
            let Some(first) = options.first() else { continue };
            first.power.iter().zip(&mut relieved).for_each(|(p, relieved)| *relieved += p.0);
            first.shifts.iter().for_each(|shift| self.use_up(&mut slacks, shift, 1.0));
            actions.push(self.place(now, request, k, contract, options));
        }
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
        reference: &str,
        utilisation: Option<f64>,
    ) -> Option<BookedOption> {
        let mut slacks = slacks.to_vec();
        let mut shifts = Vec::new();
        let (mut sum, mut at_market, mut own_eur) = (vec![0.0; day.period.isps()], vec![0.0; day.period.isps()], 0.0);
        let isps = day.period.isps();
        for &d in group {
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
        let mwh = day.period.isp().as_hours() * 1e-6;
        let energy_eur: f64 = at_market.iter().zip(&day.price).map(|(w, p)| w * p * mwh).sum();
        let moved_mwh: f64 = sum.iter().map(|w| 0.5 * w.abs() * mwh).sum();
        let cost = (energy_eur + own_eur + self.profile.shifting_eur_per_mwh * moved_mwh).max(0.0) * (1.0 + self.margin);
        let relieved_mwh: f64 = sum.iter().zip(mask).filter(|(_, m)| **m).map(|(w, _)| w.abs() * mwh).sum();
        let price = utilisation.map_or(cost.max(self.counts_on_eur_per_mwh() * relieved_mwh), |u| u * relieved_mwh);
        let min_factor = self.least_factor(day, &shifts);
        Some(BookedOption {
            reference: reference.into(),
            curtailed_w: vec![0.0; power.len()],
            shifts,
            price: Money::from_f64(price),
            power,
            min_factor,
        })
    }

    /// The smallest factor, a tenth at least, from which on every part of some shifts is a plan that the devices can carry out.
    fn least_factor(&self, day: &Day, shifts: &[Shift]) -> ActivationFactor {
        let can = |shift: &Shift, factor: ActivationFactor| {
            let before_w = self.before(&day.period, shift.device);
            let tariff = self.tariff_of(day, shift.device);
            let task = tariff.task(&day.period, &before_w);
            let plan: Vec<f64> = shift.added(&day.plans[shift.device], factor.share()).collect();
            self.profile.devices[shift.device].device.can(&self.seen[shift.device], &task, &plan)
        };
        let factors = (10..100).rev().filter_map(ActivationFactor::from_hundredths);
        factors.take_while(|factor| shifts.iter().all(|shift| can(shift, *factor))).last().unwrap_or(ActivationFactor::FULL)
    }

    #[allow(clippy::too_many_arguments, reason = "one message, read in one place")]
    fn place(
        &mut self,
        now: SimTime,
        request: &FlexRequest,
        k: usize,
        contract: Option<&(Text, f64)>,
        options: Vec<BookedOption>,
    ) -> Action {
        let day = &self.days[&request.flex.period];
        let period = day.period;
        let prognosis = day.prognosis[k];
        let header = self.desk.header(now, &request.header.sender_domain, Some(request.header.conversation_id));
        let wire = |o: &BookedOption| OfferOption {
            option_reference: o.reference.clone(),
            price: o.price,
            min_activation_factor: o.min_factor,
            isps: non_zero_power_runs(&IspSeries::from_vec(&period, o.power.clone())),
        };
        let offer = FlexOffer {
            flex: request.flex.clone(),
            expiration_date_time: self.desk.date_time(self.offers_expire(now, &period)),
            unsolicited: Some(false),
            flex_request_message_id: Some(request.header.message_id),
            contract_id: contract.map(|c| c.0.clone()),
            d_prognosis_message_id: prognosis,
            baseline_reference: None,
            currency: self.desk.currency,
            options: options.iter().map(wire).collect(),
            header,
        };
        let booking = Booking {
            message: offer.header.message_id,
            conversation: offer.header.conversation_id,
            point: k,
            stage: Stage::Sent,
            contract: contract.map(|c| c.0.clone()),
            request: request.header.message_id,
            expires: self.offers_expire(now, &period),
            options,
            ordered: None,
        };
        self.send_offer(offer, booking, period.date)
    }

    /// The end of the round that is on: offers stay good until then.
    fn offers_expire(&self, now: SimTime, period: &crate::time::Period) -> SimTime {
        let eve = period.date.yesterday().expect("calendar year above 1");
        let mut ends = self.profile.rounds.iter().map(|r| self.desk.calendar.at(eve, r.close));
        ends.find(|end| *end >= now).unwrap_or(now)
    }
}

/// A request's bounds on every ISP of the day.
pub(super) fn bounds(day: &Day, request: &FlexRequest) -> Vec<Bounds> {
    let free = Bounds { min: Watts::ZERO, max: Watts::ZERO, requested: false };
    let rows = request
        .isps
        .iter()
        .map(|r| (r.run, Bounds { min: r.min_power, max: r.max_power, requested: r.disposition == Disposition::Requested }));
    series(&day.period, free, rows).values().to_vec()
}

/// Runs of wanted ISPs cut into blocks.
fn blocks(wanted: &[Watts]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for (i, _) in wanted.iter().enumerate().filter(|(_, w)| **w != Watts::ZERO) {
        match out.last_mut() {
            Some(last) if last.end == i && last.len() < BLOCK => last.end = i + 1,
            _ => out.push(i..i + 1),
        }
    }
    out
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
