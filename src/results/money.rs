//! `kpi.csv`, `ledger.csv`, `settlement.csv` and `unbooked.csv`.

use crate::kpi::{self, Value};
use crate::output::table::{Column, Strings, Table};
use crate::scenario::study::Study;
use crate::sim::Settled;
use crate::uftp::message::FlexOrderSettlementIsp;
use crate::units::{Money, Watts};

use super::Finished;
use super::summary::cell;

fn text() -> Strings {
    Strings::default()
}

/// Key figures in long form: a row per strategy and key.
pub(super) fn kpi(cases: &[Finished<'_>]) -> Table {
    let (mut strategy, mut key, mut unit, mut label, mut value, mut status) = (text(), text(), text(), text(), Vec::new(), text());
    for c in cases {
        for d in kpi::listed(cases.iter().map(|c| &c.kpis)) {
            strategy.push(&c.strategy.name);
            key.push(d.key);
            unit.push(d.unit);
            label.push(d.label);
            let v = c.kpis.get(d.key);
            value.push(cell(v, d.digits.max(6)).parse().unwrap_or(f64::NAN));
            status.push(match v {
                Value::Number(_) => "ok",
                Value::NotPriced => "not priced",
                Value::NotApplicable => "not applicable",
            });
        }
    }
    Table::new([
        ("strategy", Column::Str(strategy)),
        ("key", Column::Str(key)),
        ("value", Column::F64(value)),
        ("unit", Column::Str(unit)),
        ("status", Column::Str(status)),
        ("label", Column::Str(label)),
    ])
}

/// Every payment.
pub(super) fn ledger(study: &Study, cases: &[Finished<'_>]) -> Table {
    let (mut strategy, mut time, mut payer, mut payee, mut kind, mut amount, mut reference) =
        (text(), text(), text(), text(), text(), text(), text());
    for c in cases {
        for e in c.case.ledger.entries() {
            strategy.push(&c.strategy.name);
            time.push(&study.calendar.rfc3339(e.time));
            payer.push(e.payer.as_str());
            payee.push(e.payee.as_str());
            kind.push(e.kind.as_str());
            amount.push(&e.amount.to_string());
            reference.push(&e.reference);
        }
    }
    Table::new([
        ("strategy", Column::Str(strategy)),
        ("time", Column::Str(time)),
        ("payer", Column::Str(payer)),
        ("payee", Column::Str(payee)),
        ("kind", Column::Str(kind)),
        ("amount_eur", Column::Str(amount)),
        ("reference", Column::Str(reference)),
    ])
}

/// Every settled order, as it was billed last.
pub(super) fn settlement(study: &Study, cases: &[Finished<'_>]) -> Table {
    let (mut strategy, mut agr, mut period, mut point, mut order, mut contract) = (text(), text(), text(), text(), text(), text());
    let (mut price, mut penalty, mut net) = (text(), text(), text());
    let (mut ordered, mut delivered, mut deficient) = (Vec::new(), Vec::new(), Vec::new());
    let isp_h = study.calendar.isp().as_hours();
    for c in cases {
        for Settled { bill, item, .. } in c.case.settled() {
            strategy.push(&c.strategy.name);
            agr.push(bill.header.recipient_domain.as_str());
            period.push(&item.period.to_string());
            point.push(item.congestion_point.as_str());
            order.push(item.order_reference.as_deref().unwrap_or_default());
            contract.push(item.contract_id.as_deref().unwrap_or_default());
            let amounts: [(&mut Strings, Money); 3] =
                [(&mut price, item.price), (&mut penalty, item.penalty), (&mut net, item.net_settlement)];
            amounts.into_iter().for_each(|(column, amount)| column.push(&amount.to_string()));
            let kwh = |f: fn(&FlexOrderSettlementIsp) -> Watts| item.isps.iter().map(f).map(Watts::as_f64).sum::<f64>() * isp_h * 1e-3;
            ordered.push(kwh(|i| i.ordered_flex_power));
            delivered.push(kwh(|i| i.delivered_flex_power));
            deficient.push(kwh(|i| i.power_deficiency));
        }
    }
    Table::new([
        ("strategy", Column::Str(strategy)),
        ("aggregator", Column::Str(agr)),
        ("period", Column::Str(period)),
        ("congestion_point", Column::Str(point)),
        ("order_reference", Column::Str(order)),
        ("contract_id", Column::Str(contract)),
        ("price_eur", Column::Str(price)),
        ("penalty_eur", Column::Str(penalty)),
        ("net_settlement_eur", Column::Str(net)),
        ("ordered_net_kwh", Column::F64(ordered)),
        ("delivered_net_kwh", Column::F64(delivered)),
        ("deficiency_kwh", Column::F64(deficient)),
    ])
}

/// What was settled and is not booked, with the reason.
pub(super) fn unbooked(cases: &[Finished<'_>]) -> Table {
    let (mut strategy, mut payee, mut kind, mut reference, mut amount, mut reason) = (text(), text(), text(), text(), text(), text());
    for c in cases {
        for u in &c.case.unbooked {
            strategy.push(&c.strategy.name);
            payee.push(u.payee.as_str());
            kind.push(u.kind.as_str());
            reference.push(&u.reference);
            amount.push(&u.amount.to_string());
            reason.push(&u.reason);
        }
    }
    Table::new([
        ("strategy", Column::Str(strategy)),
        ("payee", Column::Str(payee)),
        ("kind", Column::Str(kind)),
        ("reference", Column::Str(reference)),
        ("amount_eur", Column::Str(amount)),
        ("reason", Column::Str(reason)),
    ])
}
