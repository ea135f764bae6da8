//! Every order that the operator knows to be accepted, and every day of a contract that reserves, stands in exactly one accepted bill
//! or among what is not booked; whatever gets lost on the way. Only texts that were altered and could still be read are beyond it.
//!
//! A bill covers whole days: all orders and contract days of them, and nothing of other days. What is not booked is told with what it
//! comes to.

use std::collections::BTreeMap;

use copperplate::agent::{Action, Input};
use copperplate::kpi::compute;
use copperplate::market::contract::{FlexOption, Right};
use copperplate::sim::Fate;
use copperplate::uftp::message::{FlexSettlement, FlexSettlementResponse, Message, MessageId, SettlementDisposition};
use jiff::civil::Date;

use crate::finding::Found;
use crate::talk::Talk;
use crate::trial::{Run, Trial};

use super::bill::{self, money};

const NAME: &str = "books";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in trial.runs.iter().filter(|r| r.strategy.trades) {
        unbooked_sum(trial, run, found);
        if run.result.messages.iter().any(|m| m.fate == Fate::Altered) {
            continue;
        }
        let bills = bills(trial, run);
        once(trial, run, &bills, found);
        whole_days(trial, run, &bills, found);
    }
}

/// A bill the operator sent, with the first answer that reached it.
pub(crate) struct Sent<'a> {
    pub(crate) bill: &'a FlexSettlement,
    pub(crate) answer: Option<&'a FlexSettlementResponse>,
}

impl Sent<'_> {
    /// Whether it was accepted.
    pub(crate) fn accepted(&self) -> bool {
        self.answer.is_some_and(|a| a.response.is_accepted())
    }

    /// Whether it was accepted and an order of it agreed to.
    pub(crate) fn agreed(&self, reference: Option<&str>) -> bool {
        let status = self.answer.and_then(|a| a.statuses.iter().find(|s| s.order_reference.as_deref() == reference));
        self.accepted() && status.is_some_and(|s| s.disposition == SettlementDisposition::Accepted)
    }
}

/// What the operator was told in messages, in order.
fn told<'a>(trial: &Trial<'_>, run: &'a Run<'_>) -> impl Iterator<Item = &'a Message> {
    let dso = trial.study.dso.clone();
    run.witness.told().filter(move |(_, who, _)| **who == dso).filter_map(|(_, _, input)| match input {
        Input::Message(m) => Some(&**m),
        _ => None,
    })
}

/// The operator's bills in the order of sending.
pub(crate) fn bills<'a>(trial: &Trial<'_>, run: &'a Run<'_>) -> Vec<Sent<'a>> {
    let mut answers: BTreeMap<MessageId, &FlexSettlementResponse> = BTreeMap::new();
    for message in told(trial, run) {
        if let Message::FlexSettlementResponse(answer) = message {
            answers.entry(answer.response.reference).or_insert(answer);
        }
    }
    let sent = run.witness.wanted().filter_map(|(_, _, a)| match a {
        Action::Send(m) => match &**m {
            Message::FlexSettlement(bill) => Some(bill),
            _ => None,
        },
        _ => None,
    });
    sent.map(|bill| Sent { bill, answer: answers.get(&bill.header.message_id).copied() }).collect()
}

/// Days of contracts that reserve in a bill, as they are named among what is not booked.
pub(crate) fn contract_days(bill: &FlexSettlement) -> impl Iterator<Item = (String, Date)> {
    bill.contract_settlements.iter().flat_map(|c| {
        let id = c.contract_id.as_deref().unwrap_or_default().to_owned();
        c.periods.iter().map(move |p| (id.clone(), p.period))
    })
}

/// Counts where orders and contract days stand.
fn once(trial: &Trial<'_>, run: &Run<'_>, bills: &[Sent<'_>], found: &mut Found) {
    let study = trial.study;
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for sent in bills {
        for item in sent.bill.flex_order_settlements.iter().filter(|i| sent.agreed(i.order_reference.as_deref())) {
            *places.entry(item.order_reference.as_deref().unwrap_or_default().to_owned()).or_default() += 1;
        }
        if sent.accepted() {
            contract_days(sent.bill).for_each(|(id, date)| *places.entry(format!("{id} {date}")).or_default() += 1);
        }
    }
    run.result.unbooked.iter().for_each(|u| *places.entry(u.reference.clone()).or_default() += 1);
    if let Some((reference, count)) = places.iter().find(|(_, n)| **n > 1) {
        found.say(NAME, "twice", &run.strategy.name, || format!("{reference} stands in {count} places"));
    }
    let mut due: Vec<String> = known_orders(trial, run);
    for contract in run.strategy.contracts.iter().filter(|c| matches!(c.right, Right::FlexOption(FlexOption { power_w }) if power_w != 0.0))
    {
        for period in &study.periods {
            if period.iter().any(|isp| bill::within(study, contract, period, isp)) {
                due.push(format!("{} {}", contract.id, period.date));
            }
        }
    }
    if let Some(missing) = due.iter().find(|reference| !places.contains_key(*reference)) {
        found.say(NAME, "nowhere", &run.strategy.name, || format!("{missing} stands in no accepted bill and is not told as not booked"));
    }
}

/// Orders whose acceptance reached the operator.
fn known_orders(trial: &Trial<'_>, run: &Run<'_>) -> Vec<String> {
    let accepted: Vec<MessageId> = told(trial, run)
        .filter_map(|m| match m {
            Message::FlexOrderResponse(r) if r.response.is_accepted() => Some(r.response.reference),
            _ => None,
        })
        .collect();
    let sent = run.witness.wanted().filter_map(|(_, _, a)| if let Action::Send(m) = a { Some(&**m) } else { None });
    let orders = sent.filter_map(|m| match m {
        Message::FlexOrder(order) if accepted.contains(&order.header.message_id) => Some(order.order_reference.to_string()),
        _ => None,
    });
    orders.collect()
}

/// Accepted bills of an aggregator do not overlap, hold what is of their days, and end with a month or the run where nothing is late.
fn whole_days(trial: &Trial<'_>, run: &Run<'_>, bills: &[Sent<'_>], found: &mut Found) {
    let study = trial.study;
    let name = &run.strategy.name;
    let last = study.periods.last().expect("a day at least").date;
    for agr in &study.agrs {
        let mut until: Option<Date> = None;
        for bill in bills.iter().filter(|b| b.bill.header.recipient_domain == agr.domain).map(|b| b.bill) {
            let days = bill.flex_order_settlements.iter().map(|i| i.period).chain(contract_days(bill).map(|(_, date)| date));
            if let Some(date) = days.into_iter().find(|d| !(bill.period_start..=bill.period_end).contains(d)) {
                found.say(NAME, "other-days", name, || format!("a bill of {} to {} holds {date}", bill.period_start, bill.period_end));
            }
            if study.wire.fails() {
                continue;
            }
            if until.is_some_and(|u| bill.period_start <= u) {
                found.say(NAME, "overlap", name, || format!("a bill of {} begins before the one before ends", bill.period_start));
            }
            until = Some(bill.period_end);
            if bill.period_end != last && bill.period_end != bill.period_end.last_of_month() {
                found.say(NAME, "cut", name, || format!("a bill ends with {}, in the middle of a month and of the run", bill.period_end));
            }
        }
    }
}

/// The key figure is the sum of the rows, and each row what its order or contract day comes to.
fn unbooked_sum(trial: &Trial<'_>, run: &Run<'_>, found: &mut Found) {
    let study = trial.study;
    let name = &run.strategy.name;
    let rows = &run.result.unbooked;
    let told = compute(study, run.strategy, &run.result).get("unbooked_eur").number().unwrap_or(f64::NAN);
    let own = rows.iter().map(|u| u.amount.0).sum::<i64>() as f64 * 1e-4;
    if (told - own).abs() > 1e-9 * (1.0 + own.abs()) {
        found.say(NAME, "sum", name, || format!("{told} € are told as not booked, the rows come to {own} €"));
    }
    let talk = Talk::new(&run.result.messages);
    for row in rows {
        let order = talk.messages().find_map(|(_, m)| match m {
            Message::FlexOrder(o) if *o.order_reference == *row.reference => Some(o.price.0),
            _ => None,
        });
        let fee = run.strategy.contracts.iter().find_map(|c| {
            let period = study.periods.iter().find(|p| format!("{} {}", c.id, p.date) == row.reference)?;
            let mw_h = bill::reserved(study, &talk, c, period).iter().map(|w| w.abs() as f64).sum::<f64>() * 1e-6;
            Some(money(mw_h * study.calendar.isp().as_hours() * c.fees.availability_eur_per_mw_h))
        });
        match order.or(fee) {
            Some(amount) if (amount - row.amount.0).abs() <= 1 => {}
            amount => {
                found.say(NAME, "amount", name, || format!("{} is told as {}, it comes to {amount:?} in 1e-4", row.reference, row.amount))
            }
        }
    }
}
