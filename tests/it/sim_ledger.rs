//! The ledger's balances, per party and kind, recomputed to 1e-4 € by somebody who has the messages, the contracts and the
//! prices, and nothing else.
//!
//! | kind | recomputed from |
//! |---|---|
//! | flexibility, limitation | `Price` of the FlexOrders that were accepted |
//! | penalty, limitation-penalty | FlexOrders, the FlexRequests behind their offers, first D-Prognosis as baseline, moved by orders at points within (a cap: the contract), Metering |
//! | availability | contract, FlexReservationUpdate |
//! | energy, imbalance of aggregators | first D-Prognosis as day-ahead position (all their connections lie behind the first point), Metering, prices |
//! | energy of customers without aggregator | all power through the transformer less losses less Metering, prices; a bound, for meters are in whole watts |
//! | losses | recorded losses, prices |
//! | compensation | energy the world limited; the sum over parties, to the rounding of its entries |
//! | capex | replacement |

use std::collections::BTreeMap;

use copperplate::agent::PublicCp;
use copperplate::ids::{AgrIdx, ConnectionIdx, Domain, EntityAddress};
use copperplate::market::Direction;
use copperplate::market::contract::{Bounds, Contract, Right, obligation};
use copperplate::market::ledger::{Kind, Party};
use copperplate::scenario::study::{Strategy, Study};
use copperplate::sim::{CaseResult, Variant};
use copperplate::time::Period;
use copperplate::uftp::message::isp::{power_series, series};
use copperplate::uftp::message::{DPrognosis, Disposition, FlexOrder, FlexRequest, Message};
use copperplate::units::{Money, Watts};
use jiff::civil::Date;

use crate::sim_support::{Ran, days, meters, scarce, summer, winter};

/// A case as its messages tell it.
/// Power and whether it was asked for, per ISP, and the congestion an order relieves.
type Terms = (Vec<Watts>, Vec<bool>, Direction);

struct Files<'a> {
    study: &'a Study,
    strategy: &'a Strategy,
    case: &'a CaseResult,
    meters: BTreeMap<(Date, ConnectionIdx), Vec<i64>>,
}

type Balances = BTreeMap<(String, Kind), Money>;

fn pay(to: &mut Balances, payer: &str, payee: &str, kind: Kind, amount: Money) {
    *to.entry((payer.to_owned(), kind)).or_default() -= amount;
    *to.entry((payee.to_owned(), kind)).or_default() += amount;
}

impl<'a> Files<'a> {
    fn new(ran: &'a Ran, strategy: &'a Strategy, case: &'a CaseResult) -> Files<'a> {
        let around = |k: usize| ran.study.congestion_points[k].public.connections.len();
        assert_eq!(around(0), ran.study.grid.connections.len(), "everything lies behind the first congestion point");
        Files { study: &ran.study, strategy, case, meters: meters(&ran.study, case) }
    }

    fn messages(&self) -> impl Iterator<Item = &'a Message> + use<'a> {
        self.case.messages.iter().map(|m| &*m.message)
    }

    fn period(&self, date: Date) -> Period {
        self.study.calendar.period(date)
    }

    fn own(&self, domain: &Domain) -> Vec<ConnectionIdx> {
        let agr = self.study.agrs.iter().position(|a| a.domain == *domain).map(AgrIdx::new);
        (0..self.study.agr_of.len()).filter(|c| self.study.agr_of[*c] == agr).map(ConnectionIdx::new).collect()
    }

    fn point(&self, address: &EntityAddress) -> &'a PublicCp {
        let points = &self.study.congestion_points;
        &points.iter().find(|p| p.public.address == *address).expect("a known congestion point").public
    }

    /// Metered power of an aggregator's connections behind a congestion point.
    fn metered(&self, domain: &Domain, point: &PublicCp, date: Date, i: usize) -> i64 {
        self.own(domain).iter().filter(|c| point.connections.contains(c)).map(|c| self.meters[&(date, *c)][i]).sum()
    }

    fn first_prognosis(&self, domain: &Domain, point: &PublicCp, date: Date) -> Vec<Watts> {
        let of = |m: &&DPrognosis| {
            m.header.sender_domain == *domain && m.flex.period == date && m.revision == 1 && m.flex.congestion_point == point.address
        };
        let m = self.messages().filter_map(|m| if let Message::DPrognosis(m) = m { Some(m) } else { None }).find(of);
        power_series(&self.period(date), &m.expect("a first prognosis").isps).values().to_vec()
    }

    /// Accepted orders in order of time and reference.
    fn orders(&self) -> Vec<&'a FlexOrder> {
        let accepted = |o: &&FlexOrder| {
            let id = Some(o.header.message_id);
            self.messages().any(|m| m.reference() == id && m.response().is_some_and(|r| r.is_accepted()))
        };
        let mut orders: Vec<_> =
            self.messages().filter_map(|m| if let Message::FlexOrder(m) = m { Some(m) } else { None }).filter(accepted).collect();
        orders.sort_by(|a, b| {
            a.header.time_stamp.instant().cmp(&b.header.time_stamp.instant()).then(a.order_reference.cmp(&b.order_reference))
        });
        orders
    }

    fn contract(&self, id: Option<&str>) -> Option<&'a Contract> {
        self.strategy.contracts.iter().find(|c| Some(c.id.as_str()) == id)
    }

    /// What a contract still reserves on a day: the update, else all of it.
    fn kept(&self, contract: &Contract, date: Date) -> Vec<Watts> {
        let day = self.period(date);
        let update = self.messages().find_map(|m| match m {
            Message::FlexReservationUpdate(m) if *m.contract_id == contract.id && m.flex.period == date => Some(m),
            _ => None,
        });
        match update {
            Some(m) => power_series(&day, &m.isps).values().to_vec(),
            None => day.iter().map(|isp| contract.reserved_at(&self.study.calendar, &day, isp)).collect(),
        }
    }

    /// The request behind an order's offer.
    fn request(&self, order: &FlexOrder) -> &'a FlexRequest {
        let offer = self.messages().find_map(|m| match m {
            Message::FlexOffer(m) if Some(m.header.message_id) == order.flex_offer_message_id => Some(m),
            _ => None,
        });
        let request = offer.expect("an order has its offer").flex_request_message_id;
        let find = |m: &'a Message| match m {
            Message::FlexRequest(m) if Some(m.header.message_id) == request => Some(m),
            _ => None,
        };
        self.messages().find_map(find).expect("an offer has its request")
    }

    /// Power per ISP of an order, where it was asked for (the request's need, under an option the obligation, has its sign), and what
    /// it mostly relieves.
    fn asked(&self, order: &FlexOrder) -> (Vec<Watts>, Vec<bool>, Direction) {
        let day = self.period(order.flex.period);
        let power = power_series(&day, &order.isps).values().to_vec();
        let contract = self.contract(order.contract_id.as_deref());
        if order.unsolicited == Some(true) {
            let asked = series(&day, false, order.isps.iter().map(|isp| (isp.run, true))).values().to_vec();
            return (power, asked, contract.expect("a limitation has its contract").direction);
        }
        let none = Bounds { min: Watts::ZERO, max: Watts::ZERO, requested: false };
        let rows = self
            .request(order)
            .isps
            .iter()
            .map(|r| (r.run, Bounds { min: r.min_power, max: r.max_power, requested: r.disposition == Disposition::Requested }));
        let bounds = series(&day, none, rows).values().to_vec();
        let watts = |sign: i64| -> i64 {
            bounds.iter().zip(&power).filter(|(b, p)| b.near().0 * sign > 0 && p.0 * sign > 0).map(|(_, p)| p.0.abs()).sum()
        };
        let relieves = if watts(1) > watts(-1) { Direction::FeedIn } else { Direction::Consumption };
        let need: Vec<Watts> = match contract {
            Some(c) => bounds.iter().zip(self.kept(c, day.date)).map(|(b, r)| obligation(r, *b)).collect(),
            None => bounds.iter().map(Bounds::near).collect(),
        };
        let asked = need.iter().zip(&power).map(|(n, p)| n.0.signum() * p.0.signum() > 0).collect();
        (power, asked, relieves)
    }

    fn baseline(&self, order: &FlexOrder, power: &[Watts]) -> Vec<Watts> {
        match self.contract(order.contract_id.as_deref()).map(|c| (c.right, c.direction)) {
            Some((Right::CapacityLimitation(r), Direction::Consumption)) => power.iter().map(|f| Watts(r.cap_w as i64) - *f).collect(),
            Some((Right::CapacityLimitation(r), Direction::FeedIn)) => power.iter().map(|f| Watts(-r.cap_w as i64) - *f).collect(),
            _ => self.shifted_baseline(order),
        }
    }

    /// The first prognosis, moved by what was ordered of the same connections at points within this one.
    fn shifted_baseline(&self, order: &FlexOrder) -> Vec<Watts> {
        let here = self.point(&order.flex.congestion_point);
        let mut baseline = self.first_prognosis(&order.header.recipient_domain, here, order.flex.period);
        let day = self.period(order.flex.period);
        for other in self.orders() {
            let there = self.point(&other.flex.congestion_point);
            let same = other.header.recipient_domain == order.header.recipient_domain && other.flex.period == order.flex.period;
            let within = there.address != here.address && there.connections.iter().all(|c| here.connections.contains(c));
            if same && within && other.unsolicited != Some(true) {
                baseline.iter_mut().zip(power_series(&day, &other.isps).values()).for_each(|(b, f)| *b += *f);
            }
        }
        baseline
    }

    fn flexibility(&self, to: &mut Balances) {
        let orders: Vec<_> = self.orders().into_iter().map(|o| (o, self.asked(o))).collect();
        let mut tally: Vec<(f64, f64, f64)> = vec![(0.0, 0.0, 0.0); orders.len()];
        let stack = |o: &FlexOrder| {
            (o.header.recipient_domain.clone(), o.flex.congestion_point.clone(), o.flex.period, o.unsolicited == Some(true))
        };
        for (k, (order, _)) in orders.iter().enumerate() {
            let (agr, point, date, _) = stack(order);
            let point = self.point(&point);
            if order.unsolicited == Some(true) {
                self.judge_call(order, &orders[k].1, |i| self.metered(&agr, point, date, i), &mut tally[k]);
                continue;
            }
            if orders[..k].iter().any(|(o, _)| stack(o) == stack(order)) {
                continue;
            }
            for i in 0..self.period(date).isps() {
                let here: Vec<usize> =
                    (k..orders.len()).filter(|&j| stack(orders[j].0) == stack(order) && orders[j].1.0[i] != Watts::ZERO).collect();
                let Some(&first) = here.first() else { continue };
                let b = self.baseline(orders[first].0, &orders[first].1.0)[i].0;
                self.fill(b, self.metered(&agr, point, date, i), i, &here, &orders, &mut tally);
            }
        }
        let dso = self.study.dso.as_str();
        for ((order, _), (ordered, delivered, short)) in orders.iter().zip(tally) {
            let agr = order.header.recipient_domain.as_str();
            let mwh = |w: f64| w * self.study.calendar.isp().as_hours() * 1e-6;
            let rate = self
                .contract(order.contract_id.as_deref())
                .map_or(self.strategy.penalty_eur_per_mwh, |c| c.performance.penalty_eur_per_mwh);
            let missing = if ordered > 0.0 { order.price.as_f64() * (1.0 - delivered / ordered) } else { 0.0 };
            let called = order.unsolicited == Some(true);
            let (price, penalty) = if called { (Kind::Limitation, Kind::LimitationPenalty) } else { (Kind::Flexibility, Kind::Penalty) };
            pay(to, dso, agr, price, order.price);
            pay(to, agr, dso, penalty, Money::from_f64(missing + rate * mwh(short)));
        }
    }

    /// A call is judged against its cap in every ISP that it lists.
    fn judge_call(
        &self,
        order: &FlexOrder,
        (power, called, relieves): &Terms,
        metered: impl Fn(usize) -> i64,
        tally: &mut (f64, f64, f64),
    ) {
        let baseline = self.baseline(order, power);
        for i in (0..power.len()).filter(|i| called[*i]) {
            let over = metered(i) - (baseline[i] + power[i]).0;
            let over = if *relieves == Direction::Consumption { over.max(0) } else { (-over).max(0) };
            tally.0 += power[i].0.abs() as f64;
            tally.1 += (power[i].0.abs() - over).max(0) as f64;
            tally.2 += over as f64;
        }
    }

    /// One ISP of a stack: what goes against the net counts as it is, the deviation fills the others in order of time, the last
    /// of them bears the deficiency, which for rebound counts only where it worsens the congestion.
    fn fill(&self, b: i64, actual: i64, i: usize, here: &[usize], orders: &[(&FlexOrder, Terms)], tally: &mut [(f64, f64, f64)]) {
        let f = |j: usize| orders[j].1.0[i].0;
        let asked = |j: usize| orders[j].1.1[i];
        let net: i64 = here.iter().map(|&j| f(j)).sum();
        let with = |j: &usize| f(*j) * net > 0;
        let mut left = (actual - b).clamp(net.min(0), net.max(0)) - here.iter().filter(|j| !with(j)).map(|&j| f(j)).sum::<i64>();
        for &j in here {
            let got = if with(&j) { left.clamp(f(j).min(0), f(j).max(0)) } else { f(j) };
            left -= if with(&j) { got } else { 0 };
            if asked(j) {
                tally[j].0 += f(j).abs() as f64;
                tally[j].1 += got.abs() as f64;
            }
        }
        if let Some(&last) = here.iter().rfind(|j| with(j)) {
            let down = if asked(last) { f(last) < 0 } else { orders[last].1.2 == Direction::Consumption };
            let over = actual - (b + net);
            tally[last].2 += if down { over.max(0) } else { (-over).max(0) } as f64;
        }
    }

    fn availability(&self, to: &mut Balances) {
        for c in self.strategy.contracts.iter().filter(|c| matches!(c.right, Right::FlexOption(_))) {
            for day in &self.study.periods {
                let mw: f64 = self.kept(c, day.date).iter().map(|w| w.abs().as_f64() * 1e-6).sum();
                let fee = Money::from_f64(mw * day.isp().as_hours() * c.fees.availability_eur_per_mw_h);
                pay(to, self.study.dso.as_str(), c.aggregator.as_str(), Kind::Availability, fee);
            }
        }
    }

    fn energy(&self, to: &mut Balances) {
        let mwh = self.study.calendar.isp().as_hours() * 1e-6;
        for (day, first) in days(self.study) {
            for agr in &self.study.agrs {
                let all = &self.study.congestion_points[0].public;
                let position = self.first_prognosis(&agr.domain, all, day.date);
                let (mut energy, mut imbalance) = (0.0, 0.0);
                for (i, sold) in position.iter().enumerate() {
                    let metered = self.metered(&agr.domain, all, day.date, i) as f64;
                    energy += sold.as_f64() * mwh * self.study.prices.day_ahead_eur_per_mwh[first + i];
                    imbalance += (metered - sold.as_f64()) * mwh * self.study.prices.imbalance_eur_per_mwh[first + i];
                }
                pay(to, agr.domain.as_str(), "day-ahead market", Kind::Energy, Money::from_f64(energy));
                pay(to, agr.domain.as_str(), "imbalance market", Kind::Imbalance, Money::from_f64(imbalance));
            }
            let losses = &self.case.recording.of(Variant::Actual).losses_w[first..][..day.isps()];
            let eur: f64 = losses.iter().enumerate().map(|(i, l)| l * mwh * self.study.prices.day_ahead_eur_per_mwh[first + i]).sum();
            pay(to, self.study.dso.as_str(), "day-ahead market", Kind::Losses, Money::from_f64(eur));
        }
    }

    fn capex(&self, to: &mut Balances) {
        for r in self.strategy.reinforcement.iter().flat_map(|r| &r.investments) {
            // Constant payments whose present values sum to the investment.
            let worth: f64 = (1..=r.life_years as u64).map(|year| 1.0 / libm::pow(1.0 + r.discount_rate, year as f64)).sum();
            let years = self.study.steps as f64 * self.study.step.as_hours() / 8766.0;
            pay(to, self.study.dso.as_str(), "contractor", Kind::Capex, Money::from_f64(r.capex_eur / worth * years));
        }
    }

    /// What customers without an aggregator pay for energy, as the balance of the feeder says, and how far off that may be.
    fn customers(&self) -> (f64, f64) {
        let r = self.case.recording.of(Variant::Actual);
        let mwh = self.study.calendar.isp().as_hours() * 1e-6;
        let (mut eur, mut bound) = (0.0, 1e-4 * self.study.periods.len() as f64);
        for (day, first) in days(self.study) {
            for i in 0..day.isps() {
                let source = r.through_w[0][first + i];
                let drawn = source - r.losses_w[first + i];
                let agrs: i64 =
                    self.study.agrs.iter().map(|a| self.metered(&a.domain, &self.study.congestion_points[0].public, day.date, i)).sum();
                let price = self.study.prices.day_ahead_eur_per_mwh[first + i];
                eur += (drawn - agrs as f64) * mwh * price;
                bound += (0.5 * self.study.grid.connections.len() as f64 + 1e-6 * source.abs()) * mwh * price.abs();
            }
        }
        (eur, bound)
    }
}

#[test]
fn balances_follow_from_messages_contracts_and_prices() {
    let mut kinds = std::collections::BTreeSet::new();
    for ran in [summer(), winter(), scarce()] {
        for (strategy, case) in ran.each() {
            let files = Files::new(ran, strategy, case);
            let mut expected = Balances::new();
            files.flexibility(&mut expected);
            files.availability(&mut expected);
            files.energy(&mut expected);
            files.capex(&mut expected);
            let mut booked: Balances = case.ledger.balances().into_iter().map(|((p, k), m)| ((p.to_string(), k), m)).collect();
            let (eur, bound) = files.customers();
            let customers = booked.remove(&("customers".to_owned(), Kind::Energy)).unwrap_or_default();
            assert!((-customers.as_f64() - eur).abs() <= bound, "{}: customers paid {}, not {eur} ± {bound}", strategy.name, -customers);
            assert!(bound < 1e-2 * eur.abs(), "a bound worth having: {bound} € of {eur} €");
            // The market got from customers what they paid; the rest of its energy is the aggregators'.
            *booked.get_mut(&("day-ahead market".to_owned(), Kind::Energy)).expect("energy is traded") += customers;
            kinds.extend(booked.iter().filter(|(_, amount)| **amount != Money::ZERO).map(|((_, kind), _)| *kind));
            booked.retain(|(_, kind), _| *kind != Kind::Compensation);
            for key in expected.keys().chain(booked.keys()) {
                let (e, b) = (expected.get(key).copied().unwrap_or_default(), booked.get(key).copied().unwrap_or_default());
                assert!((e - b).0.abs() <= 1, "{}, {key:?}: booked {b}, recomputed {e}", strategy.name);
            }
            let limited_wh = case.totals.curtailed_by_orange_wh + case.totals.limited_discharge_wh + case.totals.limited_consumption_wh;
            let owed = limited_wh * 1e-6 * ran.study.orange.compensation_eur_per_mwh;
            let entries = case.ledger.entries().iter().filter(|e| e.kind == Kind::Compensation).count();
            let paid = case.ledger.paid(&Party::from(&ran.study.dso), Kind::Compensation).as_f64();
            assert!((paid - owed).abs() <= 0.5e-4 * entries as f64 + 1e-9, "{}: compensated {paid}, not {owed}", strategy.name);
        }
    }
    // Retail bills and fixed fees have tests of their own.
    let expected = Kind::ALL.into_iter().filter(|k| !Kind::RETAIL.contains(k) && *k != Kind::FixedFee);
    assert_eq!(kinds, expected.collect(), "every other kind of payment occurred");
}

/// The bill says what the ledger booked, item by item.
#[test]
fn settlement_messages_say_what_was_booked() {
    for ran in [summer(), winter(), scarce()] {
        for (strategy, case) in ran.each() {
            let mut expected = Balances::new();
            let mut items = 0;
            for m in &case.messages {
                let Message::FlexSettlement(bill) = &*m.message else { continue };
                for item in &bill.flex_order_settlements {
                    let (dso, agr) = (bill.header.sender_domain.as_str(), bill.header.recipient_domain.as_str());
                    let called = item.baseline_reference.is_some();
                    let (price, penalty) =
                        if called { (Kind::Limitation, Kind::LimitationPenalty) } else { (Kind::Flexibility, Kind::Penalty) };
                    assert_eq!(item.net_settlement, item.price - item.penalty);
                    pay(&mut expected, dso, agr, price, item.price);
                    pay(&mut expected, agr, dso, penalty, item.penalty);
                    items += 1;
                }
            }
            assert_eq!(items > 0, strategy.trades);
            for kind in [Kind::Flexibility, Kind::Limitation, Kind::Penalty, Kind::LimitationPenalty] {
                let wanted = |(_, k): &(String, Kind), m: &Money| *k == kind && *m != Money::ZERO;
                let said: Balances = expected.iter().filter(|(k, m)| wanted(k, m)).map(|(k, m)| (k.clone(), *m)).collect();
                let balances = case.ledger.balances().into_iter().map(|((p, k), m)| ((p.to_string(), k), m));
                let booked: Balances = balances.filter(|(k, m)| wanted(k, m)).collect();
                assert_eq!(said, booked, "{}", strategy.name);
            }
        }
    }
}

#[test]
fn every_euro_paid_is_received() {
    for ran in [summer(), winter(), scarce()] {
        for (strategy, case) in ran.each() {
            let known = |party: &str| {
                let agr = ran.study.agrs.iter().any(|a| a.domain.as_str() == party);
                agr || party == ran.study.dso.as_str()
                    || ["customers", "day-ahead market", "imbalance market", "contractor"].contains(&party)
            };
            for e in case.ledger.entries() {
                assert!(known(e.payer.as_str()) && known(e.payee.as_str()) && e.payer != e.payee, "{}: {e:?}", strategy.name);
                assert!(!e.reference.is_empty(), "{}: {e:?}", strategy.name);
            }
            for kind in Kind::ALL {
                let sum: Money = case.ledger.balances().iter().filter(|((_, k), _)| *k == kind).map(|(_, m)| *m).sum();
                assert_eq!(sum, Money::ZERO, "{}: {kind}", strategy.name);
            }
        }
    }
}
