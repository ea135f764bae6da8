//! Bills and their answers.
//!
//! ```text
//! due ── FlexSettlement ──► accepted ──► agreed items and availability are booked; disputed items are left to people
//!  ▲                   └──► rejected ──► mended and sent once more ──► rejected ──┐
//!  └──────────────────────── at the end of the next window ──────────────────────┘
//! ```
//!
//! A rejection that names an order tells which one the aggregator misses: one whose acceptance never came, or one of a bill it
//! never answered. Those join the bill, which is sent again; where nothing joins it is repeated once. What no accepted bill holds is shown as not booked, with the reason.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use crate::ids::Domain;
use crate::market::contract::Payments;
use crate::market::ledger::{Entry, Kind, NO_ANSWER, Party, Unbooked};
use crate::time::SimTime;
use crate::uftp::message::{
    ContractSettlement, FlexOrderSettlement, FlexSettlement, FlexSettlementResponse, MessageId, SettlementDisposition, Text,
};

use super::super::order::{OrderRecord, settle};
use super::super::{Record, send};
use super::due::{Bill, Due, names};
use super::{Action, Dso};

impl Dso {
    /// Bills an aggregator for what is due in a window, and for what is due from before it.
    pub(super) fn send_bill(&mut self, now: SimTime, agr: &Domain, due: Due, window: RangeInclusive<Date>, repeated: bool) -> Action {
        let items = self.items(&due.orders);
        let days = due.orders.iter().map(|o| o.period.date).chain(due.days.iter().map(|d| d.settlement.period));
        let period_start = days.min().map_or(*window.start(), |d| d.min(*window.start()));
        let message = FlexSettlement {
            header: self.desk.header(now, agr, None),
            period_start,
            period_end: *window.end(),
            currency: self.desk.currency,
            flex_order_settlements: items.clone(),
            contract_settlements: self.contract_settlements(&due),
        };
        self.bills.insert(message.header.message_id, Bill { agr: agr.clone(), due, items, window, repeated, refused: None });
        send(message)
    }

    /// What was reserved, requested and ordered under each contract, day by day.
    fn contract_settlements(&self, due: &Due) -> Vec<ContractSettlement> {
        let of = |id: &String| {
            let mut periods: Vec<_> = due.days.iter().filter(|d| d.contract == *id).map(|d| d.settlement.clone()).collect();
            periods.sort_by_key(|p| p.period);
            (!periods.is_empty()).then(|| ContractSettlement { contract_id: Some(id.as_str().into()), periods })
        };
        self.profile.contracts.iter().filter_map(|c| of(&c.id)).collect()
    }

    /// Books what the aggregator agreed with, or sends a rejected bill once more.
    pub(super) fn pay(&mut self, now: SimTime, answer: &FlexSettlementResponse) -> Vec<Action> {
        let id = answer.response.reference;
        let Some(bill) = self.bills.remove(&id) else { return Vec::new() };
        let agr = answer.header.sender_domain.clone();
        let mut actions = match answer.response.is_accepted() {
            true => self.book(now, &agr, &bill, answer),
            false => self.mend(now, &agr, id, bill, answer.response.rejection_reason.clone().unwrap_or_else(|| "".into())),
        };
        self.forget_settled();
        actions.push(self.show_unbooked());
        actions
    }

    fn book(&mut self, now: SimTime, agr: &Domain, bill: &Bill, answer: &FlexSettlementResponse) -> Vec<Action> {
        let (dso, agr) = (Party::from(&self.desk.domain), Party::from(agr));
        let entry = |payer: &Party, payee: &Party, kind, amount, reference: &str| {
            Action::Book(Entry { time: now, payer: payer.clone(), payee: payee.clone(), kind, amount, reference: reference.to_owned() })
        };
        let mut actions = Vec::new();
        for item in &bill.items {
            let status = answer.statuses.iter().find(|s| s.order_reference == item.order_reference);
            if status.is_some_and(|s| s.disposition == SettlementDisposition::Accepted) {
                let reference = item.order_reference.as_deref().unwrap_or_default();
                let kinds = self.payments(item);
                actions.push(entry(&dso, &agr, kinds.price, item.price, reference));
                actions.push(entry(&agr, &dso, kinds.penalty, item.penalty, reference));
            } else {
                let why = status.and_then(|s| s.dispute_reason.as_deref()).unwrap_or("left without a status");
                let disputed = self.unbooked_item(&agr, item, format!("disputed: {why}"));
                self.disputed.push(disputed);
            }
        }
        for day in &bill.due.days {
            actions.push(entry(&dso, &agr, Kind::Availability, day.fee, &day.reference()));
        }
        actions
    }

    /// What orders, sorted by time, come to by the meters there are.
    fn items(&self, orders: &[OrderRecord]) -> Vec<FlexOrderSettlement> {
        settle(orders, &|o| self.metered(o), &|inner, outer| self.within(inner, outer))
    }

    /// Ledger kinds of an item: its contract's, else those of the spot market.
    fn payments(&self, item: &FlexOrderSettlement) -> Payments {
        let contract = item.contract_id.as_deref().and_then(|id| self.profile.contracts.iter().find(|c| c.id == id));
        contract.map_or(Payments::SPOT, |c| c.right.terms().payments())
    }

    /// Sends a rejected bill again, with the orders that the rejection misses. Where it misses none that is known here, the bill is
    /// repeated once, for its text may have been garbled, and then stays rejected.
    fn mend(&mut self, now: SimTime, agr: &Domain, id: MessageId, mut bill: Bill, reason: Text) -> Vec<Action> {
        let missed = self.missed(agr, &reason);
        if bill.repeated && missed.is_empty() {
            self.bills.insert(id, Bill { refused: Some(reason), ..bill });
            return Vec::new();
        }
        let repeated = missed.is_empty();
        bill.due.join(missed);
        vec![self.send_bill(now, agr, bill.due, bill.window, repeated)]
    }

    /// Takes out what a rejection names: of an older bill that was never answered, or an order whose acceptance never came.
    fn missed(&mut self, agr: &Domain, reason: &str) -> Due {
        let mut due = Due::default();
        let unanswered = self.bills.iter().find(|(_, b)| b.refused.is_none() && b.agr == *agr && b.due.is_named(reason));
        if let Some(id) = unanswered.map(|(id, _)| *id)
            && let Some(bill) = self.bills.remove(&id)
        {
            due.join(bill.due);
        }
        let missed: Vec<MessageId> =
            self.pending.iter().filter(|(_, o)| o.agr == *agr && names(reason, &o.reference)).map(|(id, _)| *id).collect();
        let orders: Vec<OrderRecord> = missed.iter().filter_map(|id| self.pending.remove(id)).collect();
        for order in &orders {
            self.inbox.order_accepted(agr, &order.reference, order.period.date);
            self.count_call(order);
        }
        due.join(Due { orders, days: Vec::new() });
        due
    }

    /// What stayed rejected is due again.
    pub(super) fn reopen_refused(&mut self) {
        let refused: Vec<MessageId> = self.bills.iter().filter(|(_, b)| b.refused.is_some()).map(|(id, _)| *id).collect();
        for bill in refused.iter().filter_map(|id| self.bills.remove(id)) {
            self.orders.extend(bill.due.orders);
            self.contract_days.extend(bill.due.days);
        }
        self.orders.sort_by(OrderRecord::by_time);
    }

    /// Everything of closed windows that no accepted bill holds, as it stands.
    pub(super) fn show_unbooked(&self) -> Action {
        let mut rows = self.disputed.clone();
        for bill in self.bills.values() {
            let why = match &bill.refused {
                Some(reason) => format!("rejected: {reason}"),
                None => format!("no answer to the bill up to {}", bill.window.end()),
            };
            rows.extend(self.unbooked(&bill.due, &bill.items, &why));
        }
        let open = self.window_start.unwrap_or(Date::MIN);
        let orders = self.orders.iter().filter(|o| o.period.date < open).cloned().collect();
        let waiting = Due { orders, days: self.contract_days.clone() };
        let items = self.items(&waiting.orders);
        rows.extend(self.unbooked(&waiting, &items, "meter data of the days before are missing"));
        let mut unanswered: Vec<OrderRecord> = self.pending.values().filter(|o| o.period.date < open).cloned().collect();
        unanswered.sort_by(OrderRecord::by_time);
        let items = self.items(&unanswered);
        rows.extend(self.unbooked(&Due { orders: unanswered, days: Vec::new() }, &items, NO_ANSWER));
        Action::Record(Record::Unbooked(rows))
    }

    fn unbooked(&self, due: &Due, items: &[FlexOrderSettlement], why: &str) -> Vec<Unbooked> {
        let of_orders = due.orders.iter().zip(items).map(|(o, item)| self.unbooked_item(&Party::from(&o.agr), item, why.to_owned()));
        let of_days = due.days.iter().map(|d| Unbooked {
            payee: Party::from(&d.aggregator),
            kind: Kind::Availability,
            amount: d.fee,
            reference: d.reference(),
            reason: why.to_owned(),
        });
        of_orders.chain(of_days).collect()
    }

    fn unbooked_item(&self, agr: &Party, item: &FlexOrderSettlement, reason: String) -> Unbooked {
        let reference = item.order_reference.as_deref().unwrap_or_default().to_owned();
        Unbooked { payee: agr.clone(), kind: self.payments(item).price, amount: item.price, reference, reason }
    }
}
