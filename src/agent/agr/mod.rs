//! The aggregator: forecasts and plans its portfolio, publishes D-Prognoses, offers what it can deliver, delivers what was
//! ordered, meters it and checks the bill.

pub mod behaviour;
mod booking;
mod call;
mod curtailment;
mod exchange;
mod learn;
mod members;
mod misses;
mod offer;
mod plan;
mod profile;
mod revoke;
mod settle;
mod shift;
mod slack;
mod tariff;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use crate::asset::{Flexibility, Reading, Seen};
use crate::ids::{AssetIdx, ConnectionIdx, CpIdx};
use crate::market::Direction;
use crate::market::contract::{Judgement, PowerRange, Standings};
use crate::market::performance::Performance;
use crate::time::{IspSeries, Period, SimTime};
use crate::uftp::message::isp::{power_runs, power_series};
use crate::uftp::message::{
    AgrPortfolioQuery, AgrPortfolioUpdate, DPrognosis, FlexOffer, FlexOrder, Message, MessageId, PortfolioConnection, Text,
};
use crate::uftp::validate::Received;
use crate::units::Watts;

use super::agenda::{Appointment, Gate};
use super::foresight::Foresight;
use super::inbox::Inbox;
use super::order::OrderRecord;
use super::{Action, DayPrices, Desk, Dispatch, Input, MeterDay, Participant, PortfolioVintage, PublicCp, Target, Unsettled, send};
pub use profile::{OwnDevice, Profile};

use booking::Booking;
use members::Members;
use misses::Misses;

/// One Period in the making.
#[derive(Debug)]
struct Day {
    period: Period,
    vintage: Arc<PortfolioVintage>,
    price: Vec<f64>,
    /// Power of each device as planned and ordered, W per ISP.
    plans: Vec<Arc<[f64]>>,
    /// Net power of the whole portfolio planned and sold at the auction, W per ISP.
    position_w: Vec<f64>,
    /// `[congestion point]` net power planned, without orders; what is added to the plan is in it.
    baseline: Vec<Vec<Watts>>,
    /// `[congestion point]` what of the addition is not offered yet, W per ISP with the sign of the congestion.
    padding_w: Vec<Vec<f64>>,
    /// Range that calls leave, `[congestion point]`.
    floor_w: Vec<Vec<f64>>,
    ceiling_w: Vec<Vec<f64>>,
    revision: i64,
    prognosis: Vec<Option<MessageId>>,
    requests: BTreeMap<MessageId, Arc<Message>>,
    bookings: Vec<Booking>,
    /// Whether orders on offers were accepted.
    ordered: bool,
}

/// A running aggregator.
#[derive(Debug)]
pub struct Agr {
    desk: Desk,
    inbox: Inbox,
    profile: Profile,
    prices: BTreeMap<Date, Arc<DayPrices>>,
    vintages: BTreeMap<Date, Arc<PortfolioVintage>>,
    days: BTreeMap<Date, Day>,
    /// Calls for a day that is not planned yet, and the range each leaves.
    calls: Vec<(OrderRecord, PowerRange)>,
    /// What has been used of its contracts, and how often it broke them.
    standings: Standings,
    members: Members,
    /// What readings told of each device.
    seen: Vec<Seen>,
    orders: Vec<OrderRecord>,
    /// Orders that stand in a settlement it accepted.
    settled: BTreeSet<Text>,
    meters: BTreeMap<(Date, ConnectionIdx), Arc<MeterDay>>,
    /// What the portfolio drew at a congestion point on a metered day, ISP by ISP, where something was ordered.
    metered: BTreeMap<(Date, CpIdx), Vec<Watts>>,
    /// What reservation updates left of FlexOptions.
    reserved: BTreeMap<(Text, Date), Vec<Watts>>,
    /// What was asked for lately.
    foresight: Foresight,
    /// What it missed lately.
    misses: Misses,
    /// Margin on cost, as it stands.
    margin: f64,
}

impl Participant for Agr {
    fn handle(&mut self, now: SimTime, input: Input) -> Vec<Action> {
        let actions = self.act(now, input);
        self.inbox.sending(&actions);
        actions
    }

    fn unsettled(&self) -> Vec<Unsettled> {
        self.open_orders()
    }
}

impl Agr {
    /// An aggregator that has just signed its customers.
    #[must_use]
    pub fn new(desk: Desk, inbox: Inbox, profile: Profile) -> Agr {
        let members = Members::new(&profile);
        let standings = Standings::new(&profile.contracts);
        let seen = profile.devices.iter().map(|d| d.device.unread()).collect();
        let margin = if profile.at_cost { 0.0 } else { profile.behaviour.conduct().margin() };
        Agr {
            desk,
            inbox,
            profile,
            prices: BTreeMap::new(),
            vintages: BTreeMap::new(),
            days: BTreeMap::new(),
            calls: Vec::new(),
            standings,
            members,
            seen,
            orders: Vec::new(),
            settled: BTreeSet::new(),
            meters: BTreeMap::new(),
            metered: BTreeMap::new(),
            reserved: BTreeMap::new(),
            foresight: Foresight::default(),
            misses: Misses::default(),
            margin,
        }
    }

    fn act(&mut self, now: SimTime, input: Input) -> Vec<Action> {
        match input {
            Input::Gate(appointment) => self.gate(now, &appointment),
            Input::Message(message) => {
                let received = self.inbox.in_process(message);
                self.receive(now, received)
            }
            Input::Enveloped(received) => self.receive(now, received),
            Input::Portfolio(vintage) => {
                let actions = self.reconsider(now, &vintage);
                self.vintages.insert(vintage.period.date, vintage);
                actions
            }
            Input::Readings(readings) => {
                self.read(&readings);
                Vec::new()
            }
            Input::Prices(prices) => {
                self.prices.insert(prices.period.date, prices);
                Vec::new()
            }
            Input::Meter(meter) => {
                self.meters.insert((meter.period.date, meter.connection), meter);
                Vec::new()
            }
            Input::Area(_) | Input::Telemetry(_) => Vec::new(),
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
            Gate::Query => {
                let header = self.desk.header(now, &self.profile.cro, None);
                vec![send(AgrPortfolioQuery { header, time_zone: self.desk.zone(), period: period.date })]
            }
            Gate::Prognosis => self.prognosis(now, period),
            Gate::Update => self.update(now, period),
            Gate::Metering => self.metering(now, period),
            Gate::Settle => self.forget(period),
            Gate::Call | Gate::Request | Gate::Order | Gate::Close => Vec::new(),
        }
    }

    fn message(&mut self, now: SimTime, message: &Arc<Message>) -> Vec<Action> {
        match &**message {
            Message::FlexRequest(_) => self.request(now, message),
            Message::FlexOrder(order) => self.order(now, message, order),
            Message::FlexReservationUpdate(m) => {
                let period = self.desk.calendar.period(m.flex.period);
                let kept = power_series(&period, &m.isps).values().to_vec();
                self.reserved.insert((m.contract_id.clone(), period.date), kept);
                self.desk.reply(now, message, None).into_iter().collect()
            }
            Message::FlexSettlement(settlement) => self.verify(now, message, settlement),
            Message::FlexOfferResponse(m) => self.offer_answered(now, &m.response),
            Message::FlexOfferRevocationResponse(m) => self.revocation_answered(&m.response),
            Message::TestMessage(_) => self.desk.reply(now, message, None).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Takes in what the instruments show.
    fn read(&mut self, readings: &[(AssetIdx, Reading)]) {
        for (asset, reading) in readings {
            if let Ok(d) = self.profile.devices.binary_search_by_key(asset, |d| d.asset) {
                self.profile.devices[d].device.read(&mut self.seen[d], reading);
            }
        }
    }

    fn publish(&mut self, now: SimTime, period: &Period) -> Vec<Action> {
        if self.profile.connections.is_empty() {
            return Vec::new();
        }
        let connections = self
            .profile
            .connections
            .iter()
            .map(|(_, address)| PortfolioConnection { entity_address: address.clone(), start_period: period.date, end_period: None })
            .collect();
        let header = self.desk.header(now, &self.profile.cro, None);
        vec![send(AgrPortfolioUpdate { header, time_zone: self.desk.zone(), connections })]
    }

    /// Plans the day and sends its first D-Prognosis for every congestion point; a day that is planned is told anew.
    fn prognosis(&mut self, now: SimTime, period: &Period) -> Vec<Action> {
        if self.days.contains_key(&period.date) {
            return self.prognoses(now, period.date);
        }
        self.learn(period);
        let Some(day) = self.plan(period) else { return Vec::new() };
        // Days that are over are neither delivered nor traded any more.
        let today = period.date.yesterday().unwrap_or(period.date);
        self.days.retain(|d, _| *d >= today);
        self.vintages.retain(|d, _| *d >= today);
        self.prices.retain(|d, _| *d >= today);
        self.days.insert(period.date, day);
        let mut actions = vec![Action::Dispatch(self.dispatch(period.date))];
        actions.extend(self.prognoses(now, period.date));
        actions
    }

    /// The updated D-Prognosis, if orders changed anything.
    fn update(&mut self, now: SimTime, period: &Period) -> Vec<Action> {
        match self.days.get(&period.date) {
            Some(day) if day.ordered => self.prognoses(now, period.date),
            _ => Vec::new(),
        }
    }

    fn prognoses(&mut self, now: SimTime, date: Date) -> Vec<Action> {
        let Some(day) = self.days.get_mut(&date) else { return Vec::new() };
        day.revision += 1;
        let mut actions = Vec::new();
        for (k, cp) in self.profile.congestion_points.iter().enumerate() {
            let power = with_orders(&self.profile, &self.orders, day, k);
            let header = self.desk.header(now, &self.profile.dso, None);
            if day.revision == 1 {
                day.prognosis[k] = Some(header.message_id);
            }
            let isps = power_runs(&IspSeries::from_vec(&day.period, power));
            actions.push(send(DPrognosis { header, flex: self.desk.flex(&day.period, &cp.address), revision: day.revision, isps }));
        }
        actions
    }

    fn order(&mut self, now: SimTime, message: &Arc<Message>, order: &FlexOrder) -> Vec<Action> {
        if order.unsolicited == Some(true) {
            return self.call(now, message, order);
        }
        match self.take_order(order) {
            Ok(date) => {
                let mut actions: Vec<Action> = self.desk.reply(now, message, None).into_iter().collect();
                actions.push(Action::Dispatch(self.dispatch(date)));
                actions
            }
            Err(reason) => self.desk.reply(now, message, Some(reason)).into_iter().collect(),
        }
    }

    /// Books an order on one of its own offers.
    fn take_order(&mut self, order: &FlexOrder) -> Result<Date, String> {
        let unknown = || "Unknown FlexOfferMessageID reference".to_owned();
        let day = self.days.get(&order.flex.period).ok_or_else(unknown)?;
        let offer = order.flex_offer_message_id.ok_or_else(unknown)?;
        let k = day.bookings.iter().position(|b| b.message == offer).ok_or_else(unknown)?;
        let power = power_series(&day.period, &order.isps).values().to_vec();
        let (relieves, requested) = self.asked(day, &day.bookings[k], &power);
        let day = self.days.get_mut(&order.flex.period).ok_or_else(unknown)?;
        let (contract, option) = {
            let booking = &mut day.bookings[k];
            let option = booking.option(order.option_reference.as_deref()).ok_or("Unknown OptionReference in FlexOrder")?;
            booking.ordered = Some((option, order.activation_factor));
            (booking.contract.clone(), option)
        };
        day.ordered = true;
        let cp = self
            .profile
            .congestion_points
            .iter()
            .position(|c| c.address == order.flex.congestion_point)
            .ok_or("Invalid CongestionPoint")?;
        for shift in &day.bookings[k].options[option].shifts {
            shift.apply(&mut day.plans, order.activation_factor);
        }
        let (performance, judgement) = terms(&self.profile, contract.as_deref());
        self.orders.push(OrderRecord {
            reference: order.order_reference.clone(),
            placed: order.header.time_stamp.second,
            message: order.header.message_id,
            agr: order.header.recipient_domain.clone(),
            cp: self.profile.congestion_points[cp].cp,
            address: order.flex.congestion_point.clone(),
            period: day.period,
            relieves,
            power,
            requested,
            price: order.price,
            performance,
            baseline: day.baseline[cp].clone(),
            prognosis: day.prognosis[cp],
            contract,
            judgement,
        });
        self.orders.sort_by(OrderRecord::by_time);
        Ok(order.flex.period)
    }

    /// Schedules and targets of a day as they stand.
    fn dispatch(&self, date: Date) -> Dispatch {
        let day = &self.days[&date];
        let ordered: BTreeSet<usize> = day.bookings.iter().filter(|b| b.ordered.is_some()).flat_map(Booking::devices).collect();
        let sent = |(d, (own, _)): &(usize, (&OwnDevice, &Arc<[f64]>))| {
            own.device.flexibility() == Flexibility::Shiftable && (own.steered || ordered.contains(d))
        };
        let shiftable = self.profile.devices.iter().zip(&day.plans).enumerate().filter(sent).map(|(_, sent)| sent);
        let targets = self.profile.congestion_points.iter().enumerate().map(|(k, cp)| self.target(day, k, cp)).collect();
        Dispatch {
            agr: self.profile.agr,
            period: day.period,
            position_w: day.position_w.clone(),
            schedules: shiftable.map(|(d, plan)| (d.asset, Arc::clone(plan))).collect(),
            targets,
        }
    }

    /// Where orders ask for flexibility the portfolio keeps baseline plus all orders; caps hold where they were called.
    fn target(&self, day: &Day, k: usize, cp: &PublicCp) -> Target {
        let (mut floor_w, mut ceiling_w) = (day.floor_w[k].clone(), day.ceiling_w[k].clone());
        let sum = with_orders(&self.profile, &self.orders, day, k);
        let here = |o: &&OrderRecord| o.stacks() && o.period.date == day.period.date;
        for o in self.orders.iter().filter(here).filter(|o| o.cp == cp.cp) {
            for (i, target) in sum.iter().enumerate().filter(|(i, _)| o.requested[*i] && o.power[*i] != Watts::ZERO) {
                match Direction::relieved_by(o.power[i]) {
                    Some(Direction::FeedIn) => floor_w[i] = floor_w[i].max(target.as_f64()),
                    Some(Direction::Consumption) => ceiling_w[i] = ceiling_w[i].min(target.as_f64()),
                    None => {}
                }
            }
        }
        Target { cp: cp.cp, floor_w, ceiling_w }
    }

    fn outstanding<'a>(&self, day: &'a Day) -> impl Iterator<Item = &'a Booking> {
        day.bookings.iter()
    }

    fn send_offer(&mut self, offer: FlexOffer, booking: Booking, date: Date) -> Action {
        let day = self.days.get_mut(&date).expect("offers belong to a planned day");
        day.bookings.push(booking);
        send(offer)
    }
}

/// The baseline at a congestion point with all orders that stack on it.
fn with_orders(profile: &Profile, orders: &[OrderRecord], day: &Day, k: usize) -> Vec<Watts> {
    let cp = profile.congestion_points[k].cp;
    let mut sum = day.baseline[k].clone();
    let of_day = orders.iter().filter(|o| o.stacks() && o.period.date == day.period.date);
    for order in of_day.filter(|o| o.cp == cp || within(profile, o.cp, cp)) {
        sum.iter_mut().zip(&order.power).for_each(|(sum, f)| *sum += *f);
    }
    sum
}

fn within(profile: &Profile, inner: CpIdx, outer: CpIdx) -> bool {
    profile.within.contains(&(inner, outer))
}

/// Terms on delivery and judgement: the contract's, else the market's.
fn terms(profile: &Profile, contract: Option<&str>) -> (Performance, Judgement) {
    let terms = contract.and_then(|id| profile.contracts.iter().find(|c| c.id == id));
    let spot = || (Performance::for_delivered(profile.penalty_eur_per_mwh), Judgement::Stacked);
    terms.map_or_else(spot, |c| (c.performance, c.right.terms().judgement()))
}
