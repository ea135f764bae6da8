//! The system operator: forecasts its area, checks it by load flow, buys flexibility, watches and settles.

mod analysis;
mod bill;
mod call;
mod check;
mod due;
mod forecast;
mod orange;
mod profile;
mod settle;
mod suspicion;
mod trade;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use crate::ids::{ConnectionIdx, CpIdx, Domain, EntityAddress};
use crate::market::Direction;
use crate::market::contract::{Bounds, Contract, Standings, is_acceptable};
use crate::market::ledger::Unbooked;
use crate::time::{IspCalendar, Period, SimTime};
use crate::uftp::message::isp::power_series;
use crate::uftp::message::{
    DPrognosis, DeclaredCongestionPoint, DsoPortfolioQuery, DsoPortfolioQueryResponse, DsoPortfolioUpdate, FlexOffer, FlexOrderStatus,
    Message, MessageId, OfferOption, PortfolioConnection, RedispatchBy, Response,
};
use crate::uftp::validate::Received;
use crate::units::Watts;

use super::agenda::{Appointment, Gate};
use super::inbox::Inbox;
use super::order::OrderRecord;
use super::{Action, Desk, DsoVintage, Input, Participant, Unsettled, send};
pub use profile::{OrangePower, Profile, Watched};

use analysis::Solver;
use due::{Bill, ContractDay};
use suspicion::Suspicion;
use watch::{Watch, WatchedDay};

/// The trade of one Period.
#[derive(Debug, Default)]
struct Book {
    prognoses: BTreeMap<(Domain, CpIdx), Prognosis>,
    requests: BTreeMap<MessageId, Asked>,
    offers: BTreeMap<MessageId, (CpIdx, Arc<Message>)>,
    bounds: BTreeMap<CpIdx, Vec<Bounds>>,
    reserved: BTreeMap<String, Vec<Watts>>,
}

/// A request that was sent.
#[derive(Debug)]
struct Asked {
    cp: CpIdx,
    contract: Option<String>,
    expires: SimTime,
}

/// Accepted prognoses of an aggregator at a congestion point.
#[derive(Debug, Clone)]
struct Prognosis {
    /// The first of the day: baseline of orders.
    baseline: Vec<Watts>,
    baseline_message: MessageId,
    /// The latest.
    latest: Vec<Watts>,
    revision: i64,
}

/// A running DSO.
#[derive(Debug)]
pub struct Dso {
    desk: Desk,
    inbox: Inbox,
    profile: Profile,
    /// Row of every connection by its address.
    rows: BTreeMap<EntityAddress, ConnectionIdx>,
    /// Who represents each connection, as the common reference last said.
    represented: Vec<Option<Domain>>,
    /// Connections of each aggregator at each congestion point, as they follow from it.
    portfolios: BTreeMap<(Domain, CpIdx), Vec<ConnectionIdx>>,
    vintages: BTreeMap<Date, Arc<DsoVintage>>,
    books: BTreeMap<Date, Book>,
    /// Orders sent and not answered yet.
    pending: BTreeMap<MessageId, OrderRecord>,
    /// Days and aggregators that an order was sent for: their meters count.
    ordered: BTreeSet<(Date, Domain)>,
    /// Accepted orders in the order of placing, without those in a bill.
    orders: Vec<OrderRecord>,
    next_order: u64,
    meters: BTreeMap<(Date, ConnectionIdx), Vec<Watts>>,
    /// Settlements sent and not accepted yet.
    bills: BTreeMap<MessageId, Bill>,
    /// Days of contracts not billed yet.
    contract_days: Vec<ContractDay>,
    /// Items that aggregators disputed.
    disputed: Vec<Unbooked>,
    /// First day that no settlement window has held yet.
    window_start: Option<Date>,
    days: BTreeMap<Date, WatchedDay>,
    watch: Vec<Watch>,
    /// What has been used of its contracts, and how often they were broken.
    standings: Standings,
    /// ISPs in which an aggregator refused what a contract owes, by contract and day.
    refused: BTreeMap<(String, Date), Vec<bool>>,
    /// Days of aggregators whose breaches are counted.
    counted: BTreeSet<(Date, Domain)>,
    solver: Solver,
    suspicion: Suspicion,
    /// The largest reading that anyone can mean, by connection; `None` for one behind no monitored element.
    plausible_reading: Vec<Option<Watts>>,
    /// Whether it bills a day as soon as late meters complete it, and does not wait for the next window.
    bills_late: bool,
}

impl Participant for Dso {
    fn handle(&mut self, now: SimTime, input: Input) -> Vec<Action> {
        let actions = self.act(now, input);
        self.inbox.sending(&actions);
        actions
    }

    fn unsettled(&self) -> Vec<Unsettled> {
        self.open_orders()
    }
}

impl Dso {
    /// A DSO before its first day.
    #[must_use]
    pub fn new(desk: Desk, mut inbox: Inbox, profile: Profile) -> Dso {
        for w in &profile.watched {
            let installed_w: f64 = w.public.connections.iter().map(|c| profile.installed_feed_in_w[c.i()]).sum();
            inbox.know_power(&w.public.address, w.rated_va.max(installed_w));
        }
        let mut plausible_reading: Vec<Option<Watts>> = vec![None; profile.addresses.len()];
        for w in &profile.watched {
            let limit = inbox.plausible_power(&w.public.address);
            // What lies behind several elements is held against the largest.
            w.public.connections.iter().for_each(|c| plausible_reading[c.i()] = plausible_reading[c.i()].max(limit));
        }
        let standings = Standings::new(&profile.contracts);
        let watch = profile.watched.iter().map(|w| Watch::new(w.public.cp)).collect();
        Dso {
            desk,
            inbox,
            rows: profile.addresses.iter().enumerate().map(|(c, a)| (a.clone(), ConnectionIdx::new(c))).collect(),
            represented: vec![None; profile.addresses.len()],
            profile,
            portfolios: BTreeMap::new(),
            vintages: BTreeMap::new(),
            books: BTreeMap::new(),
            pending: BTreeMap::new(),
            ordered: BTreeSet::new(),
            orders: Vec::new(),
            next_order: 1,
            meters: BTreeMap::new(),
            bills: BTreeMap::new(),
            contract_days: Vec::new(),
            disputed: Vec::new(),
            window_start: None,
            days: BTreeMap::new(),
            watch,
            standings,
            refused: BTreeMap::new(),
            counted: BTreeSet::new(),
            solver: Solver::default(),
            suspicion: Suspicion::default(),
            plausible_reading,
            bills_late: false,
        }
    }

    /// Bills a day of a window that is over as soon as late meters complete it.
    #[must_use]
    pub fn billing_late(self) -> Dso {
        Dso { bills_late: true, ..self }
    }

    fn act(&mut self, now: SimTime, input: Input) -> Vec<Action> {
        match input {
            Input::Gate(appointment) => self.gate(now, &appointment),
            Input::Message(message) => {
                let received = self.inbox.in_process(message);
                self.receive(now, received)
            }
            Input::Enveloped(received) => self.receive(now, received),
            Input::Area(vintage) => {
                self.vintages.insert(vintage.period.date, vintage);
                Vec::new()
            }
            Input::Telemetry(t) => self.watch(now, &t),
            Input::Portfolio(_) | Input::Prices(_) | Input::Readings(_) | Input::Meter(_) => Vec::new(),
        }
    }

    fn receive(&mut self, now: SimTime, received: Received) -> Vec<Action> {
        let message = Arc::clone(received.message());
        match self.inbox.admit(now, received, &mut self.desk) {
            Ok(validated) => {
                let actions = self.message(now, &message);
                self.inbox.handled(validated, &actions);
                actions
            }
            Err(answer) => answer,
        }
    }

    fn gate(&mut self, now: SimTime, appointment: &Appointment) -> Vec<Action> {
        let period = &appointment.period;
        match appointment.gate {
            Gate::Publish => self.publish(now, period),
            Gate::Query => self.query(now, period),
            Gate::Call => self.call(now, period),
            Gate::Request => self.request(now, appointment),
            Gate::Order => self.order(now, period),
            Gate::Close => self.close(period),
            Gate::Settle => self.settle(now, period),
            Gate::Prognosis | Gate::Update | Gate::Metering => Vec::new(),
        }
    }

    fn message(&mut self, now: SimTime, message: &Arc<Message>) -> Vec<Action> {
        match &**message {
            Message::DsoPortfolioQueryResponse(m) => {
                self.represent(m);
                Vec::new()
            }
            Message::DPrognosis(m) => self.take_prognosis(now, message, m),
            Message::FlexOffer(m) => self.take_offer(now, message, m),
            Message::FlexOfferRevocation(m) => {
                for book in self.books.values_mut() {
                    book.offers.remove(&m.flex_offer_message_id);
                }
                self.desk.reply(now, message, None).into_iter().collect()
            }
            Message::FlexOrderResponse(m) => self.take_answer(&m.response),
            Message::FlexRequestResponse(m) => {
                self.take_request_answer(now, &m.response);
                Vec::new()
            }
            Message::Metering(m) => {
                if let Err(reason) = self.take_metering(m) {
                    return self.desk.reply(now, message, Some(reason)).into_iter().collect();
                }
                self.count_breaches(m.period, &m.header.sender_domain);
                let mut actions: Vec<Action> = self.desk.reply(now, message, None).into_iter().collect();
                actions.extend(self.bill_late(now, &m.header.sender_domain));
                actions
            }
            Message::FlexSettlementResponse(m) => self.pay(now, m),
            Message::TestMessage(_) => self.desk.reply(now, message, None).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Takes in who represents the connections of a congestion point.
    fn represent(&mut self, m: &DsoPortfolioQueryResponse) {
        let mut changed = self.portfolios.is_empty();
        for told in m.congestion_point.iter().flat_map(|cp| &cp.connections) {
            if let Some(c) = self.rows.get(&told.entity_address)
                && self.represented[c.i()] != told.agr_domain
            {
                self.represented[c.i()].clone_from(&told.agr_domain);
                changed = true;
            }
        }
        if !changed {
            return;
        }
        self.portfolios.clear();
        for w in &self.profile.watched {
            for c in &w.public.connections {
                if let Some(agr) = &self.represented[c.i()] {
                    self.portfolios.entry((agr.clone(), w.public.cp)).or_default().push(*c);
                }
            }
        }
    }

    fn publish(&mut self, now: SimTime, period: &Period) -> Vec<Action> {
        self.window_start = Some(period.date);
        let declare = |w: &Watched| DeclaredCongestionPoint {
            entity_address: w.public.address.clone(),
            start_period: period.date,
            end_period: None,
            mutex_offers_supported: w.public.mutex_offers,
            day_ahead_redispatch_by: RedispatchBy::Agr,
            intraday_redispatch_by: None,
            connections: w.public.connections.iter().map(|c| self.portfolio_connection(*c, period)).collect(),
        };
        let congestion_points = self.profile.watched.iter().map(declare).collect();
        let header = self.desk.header(now, &self.profile.cro, None);
        vec![send(DsoPortfolioUpdate { header, time_zone: self.desk.zone(), congestion_points })]
    }

    fn portfolio_connection(&self, c: ConnectionIdx, period: &Period) -> PortfolioConnection {
        PortfolioConnection { entity_address: self.profile.addresses[c.i()].clone(), start_period: period.date, end_period: None }
    }

    fn query(&mut self, now: SimTime, period: &Period) -> Vec<Action> {
        let points: Vec<EntityAddress> = self.profile.watched.iter().map(|w| w.public.address.clone()).collect();
        let ask = |entity_address| {
            let header = self.desk.header(now, &self.profile.cro, None);
            send(DsoPortfolioQuery { header, time_zone: self.desk.zone(), period: period.date, entity_address })
        };
        points.into_iter().map(ask).collect()
    }

    /// Keeps a prognosis and tells which orders it reflects.
    fn take_prognosis(&mut self, now: SimTime, message: &Arc<Message>, m: &DPrognosis) -> Vec<Action> {
        let period = self.desk.calendar.period(m.flex.period);
        let Some(cp) = self.point(&m.flex.congestion_point) else {
            return self.desk.reply(now, message, Some("Invalid CongestionPoint".to_owned())).into_iter().collect();
        };
        let latest = power_series(&period, &m.isps).values().to_vec();
        let key = (m.header.sender_domain.clone(), cp);
        let book = self.books.entry(period.date).or_default();
        let entry = book.prognoses.entry(key.clone()).or_insert_with(|| Prognosis {
            baseline: latest.clone(),
            baseline_message: m.header.message_id,
            latest: latest.clone(),
            revision: m.revision,
        });
        if m.revision < entry.revision {
            return self.desk.reply(now, message, Some("Subordinate sequence number".to_owned())).into_iter().collect();
        }
        entry.latest = latest;
        entry.revision = m.revision;
        let reflected = self.reflects(&key, period.date);
        let statuses =
            self.orders_at(&key, period.date).map(|o| FlexOrderStatus { flex_order_message_id: o.message, is_validated: reflected });
        let flex_order_statuses = statuses.collect();
        let id = MessageId(self.desk.uuid());
        let Some(Message::DPrognosisResponse(mut response)) = message.reply(id, self.desk.date_time(now), None) else { return Vec::new() };
        response.flex_order_statuses = flex_order_statuses;
        vec![send(response)]
    }

    fn point(&self, address: &EntityAddress) -> Option<CpIdx> {
        self.profile.watched.iter().find(|w| w.public.address == *address).map(|w| w.public.cp)
    }

    /// Accepted orders of an aggregator at a congestion point or one within it; what does not stack is in its prognosis anyway.
    fn orders_at(&self, key: &(Domain, CpIdx), date: Date) -> impl Iterator<Item = &OrderRecord> {
        self.orders.iter().filter(self.concerns(key, date))
    }

    /// The same of orders that are not answered yet.
    fn pending_at(&self, key: &(Domain, CpIdx), date: Date) -> impl Iterator<Item = &OrderRecord> {
        self.pending.values().filter(self.concerns(key, date))
    }

    fn concerns(&self, key: &(Domain, CpIdx), date: Date) -> impl Fn(&&OrderRecord) -> bool {
        let (agr, cp) = key.clone();
        move |o| o.agr == agr && o.period.date == date && o.stacks() && (o.cp == cp || self.within(o.cp, cp))
    }

    fn within(&self, inner: CpIdx, outer: CpIdx) -> bool {
        self.profile.within.contains(&(inner, outer))
    }

    /// Whether the latest prognosis is the baseline with every accepted order in it.
    fn reflects(&self, key: &(Domain, CpIdx), date: Date) -> bool {
        let Some(p) = self.books.get(&date).and_then(|b| b.prognoses.get(key)) else { return false };
        let mut expected = p.baseline.clone();
        for order in self.orders_at(key, date) {
            expected.iter_mut().zip(&order.power).for_each(|(e, f)| *e += *f);
        }
        expected == p.latest
    }

    fn take_offer(&mut self, now: SimTime, message: &Arc<Message>, m: &FlexOffer) -> Vec<Action> {
        let cp = self.point(&m.flex.congestion_point);
        let book = self.books.entry(m.flex.period).or_default();
        let known = m.flex_request_message_id.is_some_and(|id| book.requests.contains_key(&id));
        let baseline = |cp: CpIdx| book.prognoses.contains_key(&(m.header.sender_domain.clone(), cp));
        let contract = m.contract_id.as_deref().and_then(|id| self.profile.contracts.iter().find(|c| c.id == id));
        if let Some(reason) = contract.and_then(|c| objection(c, &self.standings, &self.desk.calendar, m)) {
            return self.desk.reply(now, message, Some(reason)).into_iter().collect();
        }
        match cp {
            Some(cp) if known && baseline(cp) => {
                book.offers.insert(m.header.message_id, (cp, Arc::clone(message)));
                self.desk.reply(now, message, None).into_iter().collect()
            }
            _ => self.desk.reply(now, message, Some("Unknown FlexRequestMessageID reference".to_owned())).into_iter().collect(),
        }
    }

    /// Keeps an order until it is answered.
    fn expect(&mut self, order: OrderRecord) {
        self.ordered.insert((order.period.date, order.agr.clone()));
        self.pending.insert(order.message, order);
    }

    /// An order binds once it is accepted.
    fn take_answer(&mut self, response: &Response) -> Vec<Action> {
        let Some(order) = self.pending.remove(&response.reference) else { return Vec::new() };
        match response.is_accepted() {
            true => {
                self.count_call(&order);
                self.orders.push(order);
                self.orders.sort_by(OrderRecord::by_time);
            }
            false => {
                if let Some(contract) = &order.contract {
                    let refused = self.refused.entry((contract.to_string(), order.period.date)).or_default();
                    join(refused, &order.requested);
                }
            }
        }
        Vec::new()
    }

    /// Counts an accepted call.
    fn count_call(&mut self, order: &OrderRecord) {
        if let Some(standing) = order.contract.as_deref().filter(|_| !order.stacks()).and_then(|id| self.standings.of_mut(id)) {
            standing.accept(&order.period, &order.requested);
        }
    }

    /// A request under a contract that is refused in time: nothing is held available in the ISPs it asked for. One that expired on its
    /// way had to be refused.
    fn take_request_answer(&mut self, now: SimTime, response: &Response) {
        if response.is_accepted() {
            return;
        }
        for (date, book) in &self.books {
            if let Some(Asked { cp, contract: Some(contract), .. }) = book.requests.get(&response.reference).filter(|r| now <= r.expires)
                && let Some(bounds) = book.bounds.get(cp)
            {
                let asked: Vec<bool> = bounds.iter().map(|b| b.requested).collect();
                join(self.refused.entry((contract.clone(), *date)).or_default(), &asked);
            }
        }
    }

    /// The day before it comes: how the area looks with every order, and where the market fell short.
    fn close(&mut self, period: &Period) -> Vec<Action> {
        let Some((analysis, expected)) = self.look(period) else { return Vec::new() };
        let mut actions = self.check_prognoses(period);
        for w in &self.profile.watched {
            let unserved_w = analysis.sized(w).iter().map(|b| b.near().as_f64()).collect();
            actions.push(Action::Record(super::Record::Unserved { cp: w.public.cp, period: *period, unserved_w }));
        }
        self.days.insert(period.date, WatchedDay::new(&self.profile.watched, analysis));
        // Days that are over are neither watched nor traded any more.
        let today = period.date.yesterday().unwrap_or(period.date);
        self.days.retain(|d, _| *d >= today);
        self.vintages.retain(|d, _| *d >= today);
        actions.push(Action::Record(super::Record::Analysis { period: *period, with_orders: true, expected }));
        actions
    }
}

/// Why an offer under a contract cannot be taken: the contract is suspended, or its price is above what the contract allows.
fn objection(contract: &Contract, standings: &Standings, calendar: &IspCalendar, offer: &FlexOffer) -> Option<String> {
    if standings.of(&contract.id).breaches.suspended(offer.flex.period) {
        return Some("Contract suspended".to_owned());
    }
    let cap = contract.tariff.price_cap_eur_per_mwh.filter(|_| contract.agreed_price_eur_per_mwh().is_none());
    let period = calendar.period(offer.flex.period);
    let own_price = |option: &OfferOption| {
        let power = power_series(&period, &option.isps);
        let relieving = |w: &&Watts| Direction::relieved_by(**w) == Some(contract.direction);
        let watts: Watts = power.values().iter().filter(relieving).map(|w| w.abs()).sum();
        option.price.as_f64() * 1e6 / (watts.as_f64() * period.isp().as_hours())
    };
    let dear = offer.options.iter().any(|option| !is_acceptable(own_price(option), cap));
    dear.then(|| format!("Price above the cap of contract {}", contract.id))
}

/// Marks further ISPs of a day.
fn join(marked: &mut Vec<bool>, further: &[bool]) {
    marked.resize(further.len(), false);
    marked.iter_mut().zip(further).for_each(|(mark, more)| *mark |= *more);
}
