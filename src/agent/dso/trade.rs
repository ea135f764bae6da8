//! The day-ahead round: request, select, order.
//!
//! The same request goes to every aggregator on the congestion point; holders of a contract that reserves get one
//! more under it, first. Selection is greedy, checked by a load flow with the chosen flexibility spread over its aggregator's
//! connections; what is still above the limit is added to the need and selected again.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::agent::Area;
use crate::ids::{CpIdx, Domain};
use crate::market::contract::{Bounds, Contract, Judgement, Right, asked};
use crate::market::performance::Performance;
use crate::market::select::{Candidate, Choice, Need, greedy};
use crate::time::{IspIndex, IspSeries, Period, SimTime};
use crate::uftp::message::isp::{power_series, runs};
use crate::uftp::message::{Disposition, FlexOffer, FlexOrder, FlexRequest, FlexRequestIsp, IspPower, Message};
use crate::units::Watts;

use super::super::agenda::Appointment;
use super::super::order::OrderRecord;
use super::super::{Record, send};
use super::analysis::{Analysis, Through, spread};
use super::{Action, Asked, Book, Dso, Watched};

/// Rounds of select, check, repair.
const REPAIRS: usize = 4;

/// What is bought at one congestion point.
struct Purchase {
    watched: Watched,
    /// What was asked for.
    asked: Vec<Bounds>,
    offers: Vec<Arc<Message>>,
    candidates: Vec<Candidate>,
    need: Need,
    choices: Vec<Choice>,
}

impl Purchase {
    /// Adds what is left above the limit to the need; says whether anything was. Losses and voltage make a watt at the meter not quite a
    /// watt at the element. `through` is what flows there in the ISPs `isps` with what was chosen.
    fn repair(&mut self, isps: &[usize], through: &[Through], before: &Analysis) -> bool {
        let mut repaired = false;
        for (i, through) in isps.iter().zip(through) {
            let range_w = before.range_w(&self.watched, *i);
            let near = through.bounds(&self.watched, self.watched.planning, range_w).near();
            let wanted = &mut self.need.bounds[*i];
            if wanted.requested && near.0.abs() > 1 {
                match near.0 > 0 {
                    true => wanted.min = (wanted.min + near).min(wanted.max),
                    false => wanted.max = (wanted.max + near).max(wanted.min),
                }
                repaired = true;
            }
        }
        repaired
    }
}

impl Dso {
    /// Analyses the day and asks for what it lacks.
    pub(super) fn request(&mut self, now: SimTime, appointment: &Appointment) -> Vec<Action> {
        let period = &appointment.period;
        let Some((analysis, expected)) = self.look(period) else { return Vec::new() };
        let mut actions = vec![Action::Record(Record::Analysis { period: *period, with_orders: false, expected })];
        if !self.profile.trades {
            return actions;
        }
        for w in self.narrow_first() {
            let mut bounds = analysis.sized(&w);
            bounds.iter_mut().enumerate().filter(|(i, _)| !appointment.isps.contains(i)).for_each(|(_, b)| *b = b.unasked());
            if bounds.iter().any(|b| b.requested) {
                actions.extend(self.ask(now, appointment, w.public.cp, &bounds));
            }
            self.books.entry(period.date).or_default().bounds.insert(w.public.cp, bounds);
        }
        actions
    }

    /// Congestion points, those with the fewest connections first: what they need also helps the wider ones.
    fn narrow_first(&self) -> Vec<Watched> {
        let mut points = self.profile.watched.clone();
        points.sort_by_key(|w| w.public.connections.len());
        points
    }

    fn ask(&mut self, now: SimTime, appointment: &Appointment, cp: CpIdx, bounds: &[Bounds]) -> Vec<Action> {
        let period = &appointment.period;
        let eve = period.date.yesterday().expect("calendar year above 1");
        let round = &self.profile.rounds[usize::from(appointment.round) - 1];
        let expires = self.desk.calendar.at(eve, round.request_expires);
        let watched = self.watched(cp).public.clone();
        let agrs: BTreeSet<Domain> =
            watched.connections.iter().filter_map(|c| self.represented[c.i()].clone()).filter(|agr| !self.excludes(agr)).collect();
        let isps = request_runs(period, bounds);
        let mut actions = Vec::new();
        for agr in agrs {
            let owing: Vec<String> = self.owing(period, cp, &agr, bounds).map(|c| c.id.clone()).collect();
            for contract in owing.into_iter().map(Some).chain([None]) {
                let header = self.desk.header(now, &agr, None);
                let request = FlexRequest {
                    flex: self.desk.flex(period, &watched.address),
                    revision: 1,
                    expiration_date_time: self.desk.date_time(expires),
                    contract_id: contract.as_deref().map(Into::into),
                    service_type: None,
                    isps: isps.clone(),
                    header,
                };
                let book = self.books.entry(period.date).or_default();
                book.requests.insert(request.header.message_id, Asked { cp, contract, expires });
                actions.push(send(request));
            }
        }
        actions
    }

    /// Contracts of an aggregator under which it owes offers on the day: those that still reserve something, and bids where something is
    /// asked for.
    fn owing<'a>(&'a self, period: &'a Period, cp: CpIdx, agr: &'a Domain, bounds: &'a [Bounds]) -> impl Iterator<Item = &'a Contract> {
        let address = self.watched(cp).public.address.clone();
        let book = self.books.get(&period.date);
        self.profile.contracts.iter().filter(move |c| {
            let kept = || book.and_then(|b| b.reserved.get(&c.id)).is_some_and(|r| r.iter().any(|w| *w != Watts::ZERO));
            let owes = || match c.right {
                Right::BidObligation(_) => {
                    let standing = self.standings.of(&c.id);
                    !standing.breaches.suspended(period.date) && self.owed(period, c, bounds).iter().any(|w| *w != Watts::ZERO)
                }
                Right::FlexOption(_) | Right::CapacityLimitation(_) => kept(),
            };
            c.aggregator == *agr && c.congestion_point == address && owes()
        })
    }

    /// Least power of an offer under a contract per ISP, W with sign.
    pub(super) fn owed(&self, period: &Period, contract: &Contract, bounds: &[Bounds]) -> Vec<Watts> {
        let reserved = self.books.get(&period.date).and_then(|b| b.reserved.get(&contract.id));
        let owed = |isp: IspIndex| {
            let kept = reserved.map_or(Watts::ZERO, |r| r[isp.offset()]);
            contract.owed_at(&self.desk.calendar, period, isp, kept, bounds[isp.offset()])
        };
        period.iter().map(owed).collect()
    }

    /// Buys the cheapest offers that relieve the day and orders them: first at the narrowest points. What is bought there helps the
    /// wider ones already.
    pub(super) fn order(&mut self, now: SimTime, period: &Period) -> Vec<Action> {
        let mut actions = Vec::new();
        for level in self.levels() {
            let mut purchases: Vec<Purchase> = level.into_iter().filter_map(|w| self.offered(now, period, w)).collect();
            if purchases.is_empty() {
                continue;
            }
            let Some(before) = self.analyse(period, true) else { return actions };
            self.choose(&before, &mut purchases);
            for Purchase { watched, asked, offers, candidates, choices, .. } in purchases {
                for choice in choices {
                    let candidate = &candidates[choice.candidate];
                    let offer = &offers[candidate.offer];
                    actions.push(self.place(now, period, watched.public.cp, &asked, offer, candidate.option, choice));
                }
            }
        }
        actions
    }

    /// Congestion points by how many lie one within the other below them. Those of a level do not overlap, so that they are looked
    /// at together: the number of load flows does not grow with that of points.
    fn levels(&self) -> Vec<Vec<Watched>> {
        let points = self.narrow_first();
        let mut depth = vec![0; points.len()];
        for k in 0..points.len() {
            let inside = (0..k).filter(|j| self.within(points[*j].public.cp, points[k].public.cp));
            depth[k] = inside.map(|j| depth[j] + 1).max().unwrap_or(0);
        }
        let deepest = depth.iter().copied().max().unwrap_or(0);
        let mut levels = vec![Vec::new(); deepest + 1];
        points.into_iter().zip(depth).for_each(|(w, depth)| levels[depth].push(w));
        levels
    }

    /// What is on offer at a congestion point that has been asked for something.
    fn offered(&self, now: SimTime, period: &Period, watched: Watched) -> Option<Purchase> {
        let book = self.books.get(&period.date)?;
        let asked = book.bounds.get(&watched.public.cp).filter(|b| b.iter().any(|b| b.requested))?.clone();
        let good = |m: &Message| matches!(m, Message::FlexOffer(o) if now <= o.expiration_date_time.second);
        let here = book.offers.values().filter(|(cp, m)| *cp == watched.public.cp && good(m));
        let offers: Vec<Arc<Message>> = here.map(|(_, m)| Arc::clone(m)).collect();
        let candidates = candidates(period, &offers);
        let ceiling_eur_per_mwh = self.profile.price_ceiling_eur_per_mwh;
        let need = Need { bounds: Vec::new(), ceiling_eur_per_mwh, isp_h: period.isp().as_hours() };
        Some(Purchase { watched, asked, offers, candidates, need, choices: Vec::new() })
    }

    /// Greedy selection, checked by load flow and repaired.
    fn choose(&mut self, before: &Analysis, purchases: &mut [Purchase]) {
        for p in &mut *purchases {
            p.need.bounds = before.sized(&p.watched);
            p.choices = greedy::select(&p.need, &p.candidates);
        }
        let wanted = |i: &usize| purchases.iter().any(|p| p.need.bounds[*i].requested);
        let isps: Vec<usize> = (0..before.period.isps()).filter(wanted).collect();
        for _ in 1..REPAIRS {
            let mut p_w = before.p_w.clone();
            purchases.iter().for_each(|p| self.add_choices(p, before, &mut p_w));
            let after = self.load_flow(&isps, &p_w, &before.vintage.q_var, &mut |_, _| {});
            let mut repaired = false;
            for p in &mut *purchases {
                if p.repair(&isps, &after[p.watched.public.cp.i()], before) {
                    p.choices = greedy::select(&p.need, &p.candidates);
                    repaired = true;
                }
            }
            if !repaired {
                break;
            }
        }
    }

    /// Adds what is chosen, spread over the connections of those who offer it.
    fn add_choices(&self, purchase: &Purchase, before: &Analysis, p_w: &mut Area) {
        for choice in &purchase.choices {
            let candidate = &purchase.candidates[choice.candidate];
            let agr = &purchase.offers[candidate.offer].header().sender_domain;
            let own = self.portfolio(&(agr.clone(), purchase.watched.public.cp));
            for &(i, p) in &candidate.power {
                spread(&before.vintage, own, i, choice.factor.scale_power(p).as_f64(), p_w);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one message, read in one place")]
    fn place(
        &mut self,
        now: SimTime,
        period: &Period,
        cp: CpIdx,
        bounds: &[Bounds],
        offer: &Arc<Message>,
        option: usize,
        choice: Choice,
    ) -> Action {
        let Message::FlexOffer(offer) = &**offer else { unreachable!("only offers are kept as offers") };
        let chosen = &offer.options[option];
        let isps: Vec<IspPower> = chosen.isps.iter().map(|r| IspPower { power: choice.factor.scale_power(r.power), run: r.run }).collect();
        let reference = self.order_reference();
        let order = FlexOrder {
            header: self.desk.header(now, &offer.header.sender_domain, Some(offer.header.conversation_id)),
            flex: offer.flex.clone(),
            unsolicited: Some(false),
            flex_offer_message_id: Some(offer.header.message_id),
            service_type: None,
            contract_id: offer.contract_id.clone(),
            d_prognosis_message_id: offer.d_prognosis_message_id,
            baseline_reference: offer.baseline_reference.clone(),
            price: choice.factor.scale_price(chosen.price),
            currency: offer.currency,
            order_reference: reference,
            option_reference: Some(chosen.option_reference.clone()),
            activation_factor: choice.factor,
            isps,
        };
        let record = self.record(period, cp, bounds, offer, &order);
        // Sold is sold: a later round must not buy it again.
        self.books.entry(period.date).or_default().offers.remove(&offer.header.message_id);
        self.expect(record);
        send(order)
    }

    pub(super) fn order_reference(&mut self) -> crate::uftp::message::Text {
        let reference = format!("O-{:06}", self.next_order);
        self.next_order += 1;
        reference.into()
    }

    fn record(&self, period: &Period, cp: CpIdx, bounds: &[Bounds], offer: &FlexOffer, order: &FlexOrder) -> OrderRecord {
        let power = power_series(period, &order.isps).values().to_vec();
        let book = &self.books[&period.date];
        let prognosis = &book.prognoses[&(offer.header.sender_domain.clone(), cp)];
        let contract = offer.contract_id.as_deref().and_then(|id| self.profile.contracts.iter().find(|c| c.id == id));
        let need: Vec<Watts> = match contract {
            Some(c) => self.owed(period, c, bounds),
            None => bounds.iter().map(Bounds::near).collect(),
        };
        let (relieves, requested) = asked(bounds, &need, &power);
        OrderRecord {
            reference: order.order_reference.clone(),
            placed: order.header.time_stamp.second,
            message: order.header.message_id,
            agr: offer.header.sender_domain.clone(),
            cp,
            address: offer.flex.congestion_point.clone(),
            period: *period,
            relieves,
            power,
            requested,
            price: order.price,
            performance: contract.map_or_else(|| Performance::for_delivered(self.profile.penalty_eur_per_mwh), |c| c.performance),
            baseline: prognosis.baseline.clone(),
            prognosis: Some(prognosis.baseline_message),
            contract: order.contract_id.clone(),
            judgement: contract.map_or(Judgement::Stacked, |c| c.right.terms().judgement()),
        }
    }
}

fn request_runs(period: &Period, bounds: &[Bounds]) -> Vec<FlexRequestIsp> {
    let series = IspSeries::from_vec(period, bounds.to_vec());
    let disposition = |b: &Bounds| if b.requested { Disposition::Requested } else { Disposition::Available };
    runs(&series)
        .into_iter()
        .map(|(run, b)| FlexRequestIsp { disposition: disposition(&b), min_power: b.min, max_power: b.max, run })
        .collect()
}

/// Every option of every offer, with its power by ISP offset.
fn candidates(period: &Period, offers: &[Arc<Message>]) -> Vec<Candidate> {
    let mut out = Vec::new();
    for (offer, message) in offers.iter().enumerate() {
        let Message::FlexOffer(m) = &**message else { continue };
        for (option, o) in m.options.iter().enumerate() {
            let power = o.isps.iter().flat_map(|r| r.run.numbers().filter_map(IspIndex::new).map(move |isp| (isp.offset(), r.power)));
            let power = power.filter(|(i, _)| *i < period.isps()).collect();
            out.push(Candidate { offer, option, power, price: o.price, min_factor: o.min_activation_factor });
        }
    }
    out
}

impl Book {
    /// What an AGR was asked for under a contract.
    pub(super) fn requested_under(&self, contract: &str) -> bool {
        self.requests.values().any(|r| r.contract.as_deref() == Some(contract))
    }
}
