//! Settlement of a window. A bill covers whole days from the end of the bill before: every order and every contract day of them,
//! and nothing else. Days wait for the next window where meter data are late; what was still not metered then is settled as not
//! delivered, which the aggregator can dispute. How bills are answered stands in [`bill`](super::bill).

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::ids::Domain;
use crate::market::contract::{Called, Contract};
use crate::time::{IspIndex, Period, SimTime};
use crate::uftp::message::{ContractSettlementIsp, ContractSettlementPeriod, IspRun, Metering, ProfileType};
use crate::units::{Money, Watts};

use super::super::order::{OrderRecord, count_breaches, settle};
use super::due::{ContractDay, Due};
use super::{Action, Dso, Unsettled};

impl Dso {
    /// Keeps the power profile of a connection's day, if anything is to be settled or checked by it.
    ///
    /// # Errors
    /// The first reading that cannot be meant: it is beyond what is plausible at the congestion points before the connection.
    pub(super) fn take_metering(&mut self, m: &Metering) -> Result<(), String> {
        let address = m.ean.connection();
        let Some(connection) = self.rows.get(&address).copied() else { return Ok(()) };
        let Some(profile) = m.profiles.iter().find(|p| p.profile_type == ProfileType::Power) else { return Ok(()) };
        if let Some(limit) = self.plausible_reading[connection.i()] {
            let beyond = profile.isps.iter().filter(|i| (i.value.as_f64() * 1e3).abs() > limit.as_f64());
            if let Some(first) = beyond.map(|i| i.start).min() {
                return Err(format!("Power value rejection (ISP {first})"));
            }
        }
        if self.profile.prognosis_check.is_none() && !self.ordered.contains(&(m.period, m.header.sender_domain.clone())) {
            return Ok(());
        }
        let watts = profile.isps.iter().map(|i| Watts::from_f64(i.value.as_f64() * 1e3)).collect();
        self.meters.insert((m.period, connection), watts);
        Ok(())
    }

    /// Bills an aggregator for days of closed windows that late meters have completed.
    pub(super) fn bill_late(&mut self, now: SimTime, agr: &Domain) -> Vec<Action> {
        let Some(open) = self.window_start.filter(|_| self.bills_late) else { return Vec::new() };
        let late = |o: &&OrderRecord| o.agr == *agr && o.period.date < open && self.is_metered(o);
        let days: BTreeSet<Date> = self.orders.iter().filter(late).map(|o| o.period.date).collect();
        let mut actions = Vec::new();
        for day in days {
            let orders = self.orders.extract_if(.., |o| o.agr == *agr && o.period.date == day).collect();
            actions.push(self.send_bill(now, agr, Due { orders, days: Vec::new() }, day..=day, false));
        }
        actions
    }

    /// Accepted orders that no accepted bill holds.
    pub(super) fn open_orders(&self) -> Vec<Unsettled> {
        let open = |o: &OrderRecord, why| Unsettled { reference: o.reference.clone(), period: o.period.date, why };
        let unbilled = self.orders.iter().map(|o| open(o, if self.is_metered(o) { "it is not billed" } else { "meters are missing" }));
        let billed = self.bills.values().flat_map(|b| {
            let why = if b.refused.is_some() { "its settlement was rejected" } else { "its settlement has no answer" };
            b.due.orders.iter().map(move |o| open(o, why))
        });
        unbilled.chain(billed).collect()
    }

    /// Bills every aggregator for the window that ends with `last`, and again for what it refused before.
    pub(super) fn settle(&mut self, now: SimTime, last: &Period) -> Vec<Action> {
        let first = self.window_start.unwrap_or(last.date);
        self.close_contract_days(first, last.date);
        self.reopen_refused();
        let mut agrs: BTreeSet<Domain> = self.orders.iter().map(|o| o.agr.clone()).collect();
        agrs.extend(self.contract_days.iter().map(|d| d.aggregator.clone()));
        let mut actions = Vec::new();
        for agr in agrs {
            let end = self.metered_until(&agr, first, last.date);
            let due = self.take_due(&agr, end);
            if !due.is_empty() {
                actions.push(self.send_bill(now, &agr, due, first..=end, false));
            }
        }
        self.window_start = last.date.tomorrow().ok();
        self.books.retain(|d, _| *d > last.date);
        self.vintages.retain(|d, _| *d > last.date);
        self.days.retain(|d, _| *d > last.date);
        self.forget_settled();
        actions.push(self.show_unbooked());
        actions
    }

    /// Drops meters and messages that no order without an accepted bill needs, and no bill without an answer.
    pub(super) fn forget_settled(&mut self) {
        let Some(open) = self.window_start else { return };
        let billed = self.bills.values().flat_map(|b| b.due.orders.iter().map(|o| o.period.date).chain([*b.window.start()]));
        let needed = self.orders.iter().map(|o| o.period.date).chain(billed).min();
        let keep = needed.map_or(open, |d| d.min(open));
        self.meters.retain(|(d, _), _| *d >= keep);
        self.ordered.retain(|(d, _)| *d >= keep);
        self.counted.retain(|(d, _)| *d >= keep);
        self.refused.retain(|(_, d), _| *d >= keep);
        self.inbox.forget_before(keep.yesterday().unwrap_or(keep));
    }

    /// The last day an aggregator can be billed for: all of the window, or up to the first of its days with orders without meter
    /// data. Days before the window have waited long enough.
    fn metered_until(&self, agr: &Domain, first: Date, last: Date) -> Date {
        let own = self.orders.iter().filter(|o| o.agr == *agr && (first..=last).contains(&o.period.date));
        let unmetered = own.filter(|o| !self.is_metered(o)).map(|o| o.period.date).min();
        unmetered.and_then(|d| d.yesterday().ok()).unwrap_or(last)
    }

    /// Takes out what is due to an aggregator up to a day.
    fn take_due(&mut self, agr: &Domain, end: Date) -> Due {
        let orders = self.orders.extract_if(.., |o| o.agr == *agr && o.period.date <= end).collect();
        let days = self.contract_days.extract_if(.., |d| d.aggregator == *agr && d.settlement.period <= end).collect();
        Due { orders, days }
    }

    /// Whether every connection of an order's aggregator at any congestion point has its meter data of the day.
    fn is_metered(&self, order: &OrderRecord) -> bool {
        let points = self.profile.watched.iter().map(|w| w.public.cp);
        let mut own = points.flat_map(|cp| self.portfolio(&(order.agr.clone(), cp)));
        own.all(|c| self.meters.contains_key(&(order.period.date, *c)))
    }

    /// Metered net power of an aggregator's connections at an order's congestion point per ISP; the order's baseline where the day
    /// was not metered.
    pub(super) fn metered(&self, order: &OrderRecord) -> Vec<Watts> {
        if !self.is_metered(order) {
            return order.baseline.clone();
        }
        let mut sum = vec![Watts::ZERO; order.period.isps()];
        for c in self.portfolio(&(order.agr.clone(), order.cp)) {
            for (sum, read) in sum.iter_mut().zip(self.meters.get(&(order.period.date, *c)).into_iter().flatten()) {
                *sum += *read;
            }
        }
        sum
    }

    /// Works out what each contract that reserves comes to on the days of a window.
    fn close_contract_days(&mut self, first: Date, last: Date) {
        let mut days = Vec::new();
        for date in std::iter::successors(Some(first), |d| d.tomorrow().ok()).take_while(|d| *d <= last) {
            let period = self.desk.calendar.period(date);
            days.extend(self.profile.contracts.iter().filter_map(|c| self.contract_day(c, &period)));
        }
        self.contract_days.extend(days);
    }

    /// A contract's day: the ISPs of its windows with what stayed available, was requested and ordered. `None` on days on which it keeps
    /// nothing available, or is suspended. Nothing is kept where the aggregator refused.
    fn contract_day(&self, c: &Contract, period: &Period) -> Option<ContractDay> {
        let cp = self.point(&c.congestion_point)?;
        let full: Vec<Watts> = period.iter().map(|isp| c.available_at(&self.desk.calendar, period, isp)).collect();
        let paid = c.fees.availability_eur_per_mw_h != 0.0 || c.called == Called::Request;
        if !paid || self.standings.of(&c.id).breaches.suspended(period.date) {
            return None;
        }
        let book = self.books.get(&period.date);
        let mut kept = book.and_then(|b| b.reserved.get(&c.id)).unwrap_or(&full).clone();
        if let Some(refused) = self.refused.get(&(c.id.clone(), period.date)) {
            kept.iter_mut().zip(refused).filter(|(_, refused)| **refused).for_each(|(kept, _)| *kept = Watts::ZERO);
        }
        let bounds = book.filter(|b| b.requested_under(&c.id)).and_then(|b| b.bounds.get(&cp));
        let under = |o: &&OrderRecord| o.period.date == period.date && o.contract.as_deref() == Some(c.id.as_str());
        let ordered: Vec<&OrderRecord> = self.orders.iter().filter(under).collect();
        let row = |i: usize| {
            let request = bounds.map(|b| b[i]).filter(|b| b.requested);
            ContractSettlementIsp {
                run: IspRun::single(IspIndex::from_offset(i)),
                reserved_power: kept[i],
                requested_power: request.map(|b| c.right.terms().obliges(kept[i], b)),
                available_power: request.map(|b| if full[i].0 < 0 { b.min } else { b.max }),
                offered_power: None,
                ordered_power: Some(ordered.iter().map(|o| o.power[i]).sum()).filter(|w| *w != Watts::ZERO),
            }
        };
        let isps: Vec<_> = (0..full.len()).filter(|&i| full[i] != Watts::ZERO).map(row).collect();
        (!isps.is_empty()).then(|| ContractDay {
            contract: c.id.clone(),
            aggregator: c.aggregator.clone(),
            fee: Money::of_decimals(c.availability_eur(&kept, period.isp())),
            settlement: ContractSettlementPeriod { period: period.date, isps },
        })
    }

    /// Counts the breaches of an aggregator's day under contracts that breaches suspend, once all of its meters have come.
    pub(super) fn count_breaches(&mut self, date: Date, agr: &Domain) {
        let suspending = self.profile.contracts.iter().any(|c| c.aggregator == *agr && c.suspend_after_breaches.is_some());
        let orders: Vec<OrderRecord> = self.orders.iter().filter(|o| o.agr == *agr && o.period.date == date).cloned().collect();
        let metered = suspending && orders.first().is_some_and(|o| self.is_metered(o));
        if !metered || !self.counted.insert((date, agr.clone())) {
            return;
        }
        let settled = settle(&orders, &|o| self.metered(o), &|inner, outer| self.within(inner, outer));
        count_breaches(&mut self.standings, &self.profile.contracts, date, &orders, &settled);
    }
}
