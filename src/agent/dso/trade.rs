//! The day-ahead round: request, select, order.
//!
//! The same request goes to every aggregator on the congestion point; holders of a contract that reserves get one
//! more under it, first. Selection is greedy, checked by a load flow with the chosen flexibility spread over its aggregator's
//! connections; what is still above the limit is added to the need and selected again.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ids::{CpIdx, Domain};
use crate::market::contract::{Bounds, Contract, Judgement, asked};
use crate::market::select::{Candidate, Choice, Need, greedy};
use crate::time::{IspIndex, IspSeries, Period, SimTime};
use crate::uftp::message::isp::{power_series, runs};
use crate::uftp::message::{Disposition, FlexOffer, FlexOrder, FlexRequest, FlexRequestIsp, IspPower, Message};
use crate::units::Watts;

use super::super::agenda::Appointment;
use super::super::order::OrderRecord;
use super::super::{Record, send};
use super::analysis::{Analysis, spread};
use super::{Action, Book, Dso};

/// Rounds of select, check, repair.
const REPAIRS: usize = 4;

impl Dso {
    /// Analyses the day and asks for what it lacks.
    pub(super) fn request(&mut self, now: SimTime, appointment: &Appointment) -> Vec<Action> {
        let period = &appointment.period;
        let Some(analysis) = self.analyse(period, true) else { return Vec::new() };
        let mut actions = vec![Action::Record(Record::Analysis { period: *period, with_orders: false, solution: self.take_solution() })];
        if !self.profile.trades {
            return actions;
        }
        for w in self.narrow_first() {
            let mut bounds = analysis.bounds(&w, w.planning);
            bounds.iter_mut().enumerate().filter(|(i, _)| !appointment.isps.contains(i)).for_each(|(_, b)| *b = b.unasked());
            if bounds.iter().any(|b| b.requested) {
                actions.extend(self.ask(now, appointment, w.public.cp, &bounds));
            }
            self.books.entry(period.date).or_default().bounds.insert(w.public.cp, bounds);
        }
        actions
    }

    /// Congestion points, those with the fewest connections first: what they need also helps the wider ones.
    fn narrow_first(&self) -> Vec<super::Watched> {
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
        let agrs: BTreeSet<Domain> = watched.connections.iter().filter_map(|c| self.represented[c.i()].clone()).collect();
        let isps = request_runs(period, bounds);
        let mut actions = Vec::new();
        for agr in agrs {
            let reserving: Vec<String> = self.reserving(period, cp, &agr).map(|c| c.id.clone()).collect();
            for contract in reserving.into_iter().map(Some).chain([None]) {
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
                book.requests.insert(request.header.message_id, (cp, contract));
                actions.push(send(request));
            }
        }
        actions
    }

    /// Contracts of an aggregator that still reserve something on the day.
    fn reserving<'a>(&'a self, period: &'a Period, cp: CpIdx, agr: &'a Domain) -> impl Iterator<Item = &'a Contract> {
        let address = self.watched(cp).public.address.clone();
        let book = self.books.get(&period.date);
        self.profile.contracts.iter().filter(move |c| {
            let kept = book.and_then(|b| b.reserved.get(&c.id)).is_some_and(|r| r.iter().any(|w| *w != Watts::ZERO));
            c.aggregator == *agr && c.congestion_point == address && kept
        })
    }

    /// Buys the cheapest offers that relieve the day and orders them.
    pub(super) fn order(&mut self, now: SimTime, period: &Period) -> Vec<Action> {
        let mut actions = Vec::new();
        for w in self.narrow_first() {
            let Some(book) = self.books.get(&period.date) else { continue };
            let Some(bounds) = book.bounds.get(&w.public.cp).filter(|b| b.iter().any(|b| b.requested)).cloned() else { continue };
            let good = |m: &Message| matches!(m, Message::FlexOffer(o) if now <= o.expiration_date_time.second);
            let here = book.offers.values().filter(|(cp, m)| *cp == w.public.cp && good(m));
            let offers: Vec<Arc<Message>> = here.map(|(_, m)| Arc::clone(m)).collect();
            let candidates = candidates(period, &offers);
            let choices = self.choose(period, w.public.cp, &offers, &candidates);
            for choice in choices {
                let candidate = &candidates[choice.candidate];
                actions.push(self.place(now, period, w.public.cp, &bounds, &offers[candidate.offer], candidate.option, choice));
            }
        }
        actions
    }

    /// Greedy selection, checked by load flow and repaired.
    fn choose(&mut self, period: &Period, cp: CpIdx, offers: &[Arc<Message>], candidates: &[Candidate]) -> Vec<Choice> {
        let Some(before) = self.analyse(period, true) else { return Vec::new() };
        // What is placed at narrower points helps here already.
        let bounds = before.bounds(self.watched(cp), self.watched(cp).planning);
        let mut need = Need { bounds, ceiling_eur_per_mwh: self.profile.price_ceiling_eur_per_mwh, isp_h: period.isp().as_hours() };
        let mut choices = Vec::new();
        for _ in 0..REPAIRS {
            choices = greedy::select(&need, candidates);
            let after = self.with_choices(period, cp, &before, offers, candidates, &choices);
            let w = self.watched(cp);
            let left = after.bounds(w, w.planning);
            let mut repaired = false;
            for (wanted, left) in need.bounds.iter_mut().zip(&left) {
                // Losses and voltage make a watt at the meter not quite a watt at the element.
                let near = left.near().0;
                if wanted.requested && near.abs() > 1 {
                    match near > 0 {
                        true => wanted.min = (wanted.min + Watts(near)).min(wanted.max),
                        false => wanted.max = (wanted.max + Watts(near)).max(wanted.min),
                    }
                    repaired = true;
                }
            }
            if !repaired {
                break;
            }
        }
        choices
    }

    fn with_choices(
        &mut self,
        period: &Period,
        cp: CpIdx,
        before: &Analysis,
        offers: &[Arc<Message>],
        candidates: &[Candidate],
        choices: &[Choice],
    ) -> Analysis {
        let mut p_w = before.p_w.clone();
        for choice in choices {
            let candidate = &candidates[choice.candidate];
            let own = self.portfolio(&(offers[candidate.offer].header().sender_domain.clone(), cp));
            for &(i, p) in &candidate.power {
                spread(&before.vintage, own, i, choice.factor.scale_power(p).as_f64(), &mut p_w);
            }
        }
        self.load_flow(period, Arc::clone(&before.vintage), p_w)
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
        self.pending.insert(order.header.message_id, record);
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
            Some(c) => bounds.iter().zip(&book.reserved[&c.id]).map(|(b, r)| c.right.terms().obliges(*r, *b)).collect(),
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
            penalty_eur_per_mwh: contract.map_or(self.profile.penalty_eur_per_mwh, |c| c.penalty_eur_per_mwh),
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
        self.requests.values().any(|(_, c)| c.as_deref() == Some(contract))
    }
}
