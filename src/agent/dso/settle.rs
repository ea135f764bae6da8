//! Settlement of a window: every order of it, by the metering that arrived; payments once the aggregator agrees.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::ids::Domain;
use crate::market::contract::{Contract, Payments};
use crate::market::ledger::{Entry, Kind, Party};
use crate::time::{IspIndex, Period, SimTime};
use crate::uftp::message::{
    ContractSettlement, ContractSettlementIsp, ContractSettlementPeriod, FlexSettlement, FlexSettlementResponse, IspRun, Message, Metering,
    ProfileType, SettlementDisposition,
};
use crate::units::{Money, Watts};

use super::super::order::{OrderRecord, settle};
use super::{Action, Dso};

impl Dso {
    /// Keeps the power profile of a connection's day.
    pub(super) fn take_metering(&mut self, m: &Metering) {
        let address = m.ean.connection();
        let Some(row) = self.profile.addresses.iter().position(|a| *a == address) else { return };
        let Some(profile) = m.profiles.iter().find(|p| p.profile_type == ProfileType::Power) else { return };
        let watts = profile.isps.iter().map(|i| Watts::from_f64(i.value.as_f64() * 1e3)).collect();
        self.meters.insert((m.period, crate::ids::ConnectionIdx::new(row)), watts);
    }

    /// Settles all orders and contracts up to and including `last`.
    pub(super) fn settle(&mut self, now: SimTime, last: &Period) -> Vec<Action> {
        // What was not metered cannot be judged: orders of such a day wait until its meters are in.
        let (due, waiting): (Vec<OrderRecord>, Vec<OrderRecord>) =
            std::mem::take(&mut self.orders).into_iter().partition(|o| o.period.date <= last.date && self.is_metered(o));
        self.orders = waiting;
        let agrs: BTreeSet<Domain> = due.iter().map(|o| o.agr.clone()).collect();
        let mut actions = self.pay_availability(now, last);
        for agr in agrs {
            let own: Vec<OrderRecord> = due.iter().filter(|o| o.agr == agr).cloned().collect();
            let items = settle(&own, &|o, isp| self.metered(o, isp), &|a, b| self.nested(a, b));
            let first = own.iter().map(|o| o.period.date).min().unwrap_or(last.date);
            let bill = FlexSettlement {
                header: self.desk.header(now, &agr, None),
                period_start: first,
                period_end: last.date,
                currency: self.desk.currency,
                flex_order_settlements: items,
                contract_settlements: self.contract_settlements(&agr, &own),
            };
            let message = Arc::new(Message::FlexSettlement(bill));
            self.bills.insert(message.header().message_id, Arc::clone(&message));
            actions.push(Action::Send(message));
        }
        let kept: BTreeSet<Date> = self.orders.iter().map(|o| o.period.date).collect();
        self.meters.retain(|(d, _), _| *d > last.date || kept.contains(d));
        self.books.retain(|d, _| *d > last.date);
        self.vintages.retain(|d, _| *d > last.date);
        self.days.retain(|d, _| *d > last.date);
        self.inbox.forget_before(last.date);
        actions
    }

    /// Whether every connection of an order's aggregator at any congestion point has its meter data of the day.
    fn is_metered(&self, order: &OrderRecord) -> bool {
        let points = self.profile.watched.iter().map(|w| w.public.cp);
        let mut own = points.flat_map(|cp| self.portfolio(&(order.agr.clone(), cp)));
        own.all(|c| self.meters.contains_key(&(order.period.date, c)))
    }

    /// Metered net power of an aggregator's connections at an order's congestion point.
    fn metered(&self, order: &OrderRecord, isp: IspIndex) -> Watts {
        let own = self.portfolio(&(order.agr.clone(), order.cp));
        own.iter().filter_map(|c| self.meters.get(&(order.period.date, *c))).map(|m| m[isp.offset()]).sum()
    }

    /// Availability fees of what stayed reserved, per contract and day.
    fn pay_availability(&self, now: SimTime, last: &Period) -> Vec<Action> {
        let mut actions = Vec::new();
        for (date, book) in self.books.iter().filter(|(d, _)| **d <= last.date) {
            for contract in &self.profile.contracts {
                let Some(kept) = book.reserved.get(&contract.id) else { continue };
                let mw_h = kept.iter().map(|w| w.abs().as_f64()).sum::<f64>() * 1e-6 * last.isp().as_hours();
                actions.push(Action::Book(Entry {
                    time: now,
                    payer: Party::from(&self.desk.domain),
                    payee: Party::from(&contract.aggregator),
                    kind: Kind::Availability,
                    amount: Money::from_f64(mw_h * contract.availability_eur_per_mw_h),
                    reference: format!("{} {date}", contract.id),
                }));
            }
        }
        actions
    }

    /// What was reserved, requested and ordered under each contract that reserves, for the days that had orders or requests.
    fn contract_settlements(&self, agr: &Domain, orders: &[OrderRecord]) -> Vec<ContractSettlement> {
        let own = self.profile.contracts.iter().filter(|c| c.aggregator == *agr);
        let settlement = |c: &Contract| {
            let days = self.books.iter().filter(|(_, b)| b.requested_under(&c.id));
            let periods: Vec<ContractSettlementPeriod> = days
                .filter_map(|(date, book)| {
                    let cp = self.point(&c.congestion_point)?;
                    let (kept, bounds) = (book.reserved.get(&c.id)?, book.bounds.get(&cp)?);
                    let ordered = |i: usize| -> Watts {
                        let under = orders.iter().filter(|o| o.period.date == *date && o.contract.as_deref() == Some(c.id.as_str()));
                        under.map(|o| o.power[i]).sum()
                    };
                    let row = |(i, r): (usize, &Watts)| ContractSettlementIsp {
                        run: IspRun::single(IspIndex::from_offset(i)),
                        reserved_power: *r,
                        requested_power: bounds[i].requested.then(|| c.right.terms().obliges(*r, bounds[i])),
                        available_power: bounds[i].requested.then_some(if r.0 < 0 { bounds[i].min } else { bounds[i].max }),
                        offered_power: None,
                        ordered_power: Some(ordered(i)).filter(|w| *w != Watts::ZERO),
                    };
                    let isps = kept.iter().enumerate().filter(|(_, r)| **r != Watts::ZERO).map(row).collect();
                    Some(ContractSettlementPeriod { period: *date, isps })
                })
                .collect();
            (!periods.is_empty()).then(|| ContractSettlement { contract_id: Some(c.id.as_str().into()), periods })
        };
        own.filter_map(settlement).collect()
    }

    /// Books what the aggregator accepted; disputed items are left to people.
    pub(super) fn pay(&mut self, now: SimTime, answer: &FlexSettlementResponse) -> Vec<Action> {
        let Some(bill) = self.bills.remove(&answer.response.reference) else { return Vec::new() };
        let Message::FlexSettlement(bill) = &*bill else { return Vec::new() };
        if !answer.response.is_accepted() {
            return Vec::new();
        }
        let agreed = |item: &&crate::uftp::message::FlexOrderSettlement| {
            let status = answer.statuses.iter().find(|s| s.order_reference == item.order_reference);
            status.is_some_and(|s| s.disposition == SettlementDisposition::Accepted)
        };
        let (dso, agr) = (Party::from(&self.desk.domain), Party::from(&bill.header.recipient_domain));
        let mut actions = Vec::new();
        for item in bill.flex_order_settlements.iter().filter(agreed) {
            let contract = item.contract_id.as_deref().and_then(|id| self.profile.contracts.iter().find(|c| c.id == id));
            let kinds = contract.map_or(Payments::SPOT, |c| c.right.terms().payments());
            let entry = |payer: &Party, payee: &Party, kind, amount| {
                let reference = item.order_reference.as_deref().unwrap_or_default().to_owned();
                Action::Book(Entry { time: now, payer: payer.clone(), payee: payee.clone(), kind, amount, reference })
            };
            actions.push(entry(&dso, &agr, kinds.price, item.price));
            actions.push(entry(&agr, &dso, kinds.penalty, item.penalty));
        }
        actions
    }
}
