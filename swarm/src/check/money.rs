//! The ledger is the bills, the contracts and the meters, and nothing else: every accepted order stands in exactly one accepted bill
//! with the figures of `bill`; energy, imbalance, losses, compensation, availability and capex are reckoned from meters and terms.

use std::collections::BTreeMap;

use copperplate::agent::{Action, Dispatch};
use copperplate::market::contract::Right;
use copperplate::market::ledger::Kind;
use copperplate::sim::{Fate, Variant};
use copperplate::uftp::message::{FlexOrderSettlement, FlexSettlement, Message, SettlementDisposition};
use jiff::civil::Date;

use crate::devices::all_plain;
use crate::finding::Found;
use crate::series::{by_isp, watts};
use crate::talk::Talk;
use crate::trial::{Run, Trial};

use super::bill::{self, Item, money};
use super::books;
use super::limits;

const NAME: &str = "money";

/// Amounts by payer, payee and kind, in 1e-4.
type Sums = BTreeMap<(String, String, Kind), i64>;

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in &trial.runs {
        let talk = Talk::new(&run.result.messages);
        let sound = !trial.study.wire.fails();
        if sound {
            meters(trial, run, &talk, found);
            settled(trial, run, &talk, found);
        }
        ledger(trial, run, &talk, found);
    }
}

/// Metering says what was drawn, in whole watts.
fn meters(trial: &Trial<'_>, run: &Run<'_>, talk: &Talk<'_>, found: &mut Found) {
    let study = trial.study;
    let readings = bill::readings(study, talk);
    for period in &study.periods {
        for c in (0..study.grid.connections.len()).filter(|c| study.agr_of[*c].is_some()) {
            let drawn = by_isp(study, period, |k| run.witness.connections_at(Variant::Actual, k)[c]);
            let id = &study.grid.connections[c].id;
            let Some(read) = readings.get(&(period.date, c)) else {
                found.say(NAME, "no-meter", &run.strategy.name, || format!("no Metering of {id} for {}", period.date));
                continue;
            };
            if read.len() != drawn.len() || read.iter().zip(&drawn).any(|(r, d)| (*r as f64 - d).abs() > 0.5 + 1e-6) {
                found.say(NAME, "meter", &run.strategy.name, || format!("Metering of {id} for {} is not what was drawn", period.date));
            }
        }
    }
}

/// Every accepted order in one accepted bill, as it should be.
fn settled(trial: &Trial<'_>, run: &Run<'_>, talk: &Talk<'_>, found: &mut Found) {
    let name = &run.strategy.name;
    let mut told: BTreeMap<String, Vec<&FlexOrderSettlement>> = BTreeMap::new();
    let mut disputed: BTreeMap<&str, &FlexOrderSettlement> = BTreeMap::new();
    for (bill, item, agreed) in billed(talk) {
        let reference = item.order_reference.as_deref().unwrap_or_default();
        if !agreed {
            disputed.insert(reference, item);
            continue;
        }
        if !(bill.period_start..=bill.period_end).contains(&item.period) {
            found.say(NAME, "outside-window", name, || format!("{reference} of {} in a bill of other days", item.period));
        }
        told.entry(reference.to_owned()).or_default().push(item);
    }
    for own in bill::items(trial.study, run.strategy, talk) {
        match told.remove(&own.reference).as_deref() {
            None => {
                found.say(NAME, "unsettled", name, || format!("{} stands in no accepted bill", own.reference));
                // What was not agreed on may be right all the same.
                if let Some(item) = disputed.get(own.reference.as_str()) {
                    compare(&own, item, name, found);
                }
            }
            Some([item]) => compare(&own, item, name, found),
            Some(_) => found.say(NAME, "settled-twice", name, || format!("{} stands in two accepted bills", own.reference)),
        }
    }
    if let Some(stranger) = told.keys().next() {
        found.say(NAME, "nothing-ordered", name, || format!("{stranger} is billed, and was not ordered and accepted"));
    }
}

fn compare(own: &Item, item: &FlexOrderSettlement, strategy: &str, found: &mut Found) {
    let mut rows: Vec<bill::Row> = Vec::new();
    for r in &item.isps {
        for number in r.run.start..r.run.start + r.run.duration {
            rows.push(bill::Row {
                number,
                baseline: r.baseline_power.0,
                ordered: r.ordered_flex_power.0,
                actual: r.actual_power.0,
                delivered: r.delivered_flex_power.0,
                deficiency: r.power_deficiency.0,
            });
        }
    }
    if rows != own.rows {
        found.say(NAME, "bill-power", strategy, || {
            let differs = own.rows.iter().zip(&rows).find(|(a, b)| a != b);
            format!("{}: first difference (own, billed) {differs:?}, {} and {} ISPs", own.reference, own.rows.len(), rows.len())
        });
    } else if (item.price.0 - own.price).abs() > 1 || (item.penalty.0 - own.penalty).abs() > 1 {
        found.say(NAME, "bill-amount", strategy, || {
            let (price, penalty) = (item.price, item.penalty);
            format!("{}: billed {price} less {penalty}, own {} less {} in 1e-4", own.reference, own.price, own.penalty)
        });
    }
    if item.net_settlement.0 != item.price.0 - item.penalty.0 {
        found.say(NAME, "bill-net", strategy, || {
            format!("{}: {} is not {} − {}", own.reference, item.net_settlement, item.price, item.penalty)
        });
    }
}

/// Every item of every bill, and whether both sides agreed on it.
fn billed<'a>(talk: &Talk<'a>) -> Vec<(&'a FlexSettlement, &'a FlexOrderSettlement, bool)> {
    let mut items = Vec::new();
    for (_, message) in talk.messages() {
        let Message::FlexSettlement(bill) = message else { continue };
        let answer = match talk.answer(bill.header.message_id).map(|a| &*a.message) {
            Some(Message::FlexSettlementResponse(answer)) if answer.response.is_accepted() => Some(answer),
            _ => None,
        };
        let agreed = |item: &FlexOrderSettlement| {
            let status = answer.and_then(|a| a.statuses.iter().find(|s| s.order_reference == item.order_reference));
            status.is_some_and(|s| s.disposition == SettlementDisposition::Accepted)
        };
        items.extend(bill.flex_order_settlements.iter().map(|i| (bill, i, agreed(i))));
    }
    items
}

/// Holds the ledger against everything that justifies an entry.
fn ledger(trial: &Trial<'_>, run: &Run<'_>, talk: &Talk<'_>, found: &mut Found) {
    let mut due = Sums::new();
    // What an altered text of a bill or its answer made of it, nobody can say from outside.
    let legible = run.result.messages.iter().all(|m| m.fate != Fate::Altered);
    if legible {
        bills(trial, run, talk, &mut due);
    }
    energy(trial, run, &mut due);
    retail(trial, run, &mut due);
    capex(trial, run, &mut due);
    compensation(trial, run, &mut due);
    let mut booked = Sums::new();
    for e in run.result.ledger.entries() {
        *booked.entry((e.payer.as_str().to_owned(), e.payee.as_str().to_owned(), e.kind)).or_default() += e.amount.0;
    }
    let judged = |kind: Kind| match kind {
        Kind::Flexibility | Kind::Limitation | Kind::Penalty | Kind::LimitationPenalty | Kind::Availability => legible,
        // What limitations took is reckoned for plain devices.
        Kind::Compensation => all_plain(trial.study),
        Kind::Energy | Kind::Imbalance | Kind::Losses | Kind::Capex | Kind::FixedFee => true,
        Kind::Supply | Kind::FeedIn | Kind::NetworkCharge | Kind::Tax => true,
    };
    let keys: std::collections::BTreeSet<_> = due.keys().chain(booked.keys()).filter(|k| judged(k.2)).cloned().collect();
    for key in keys {
        let (due, booked) = (due.get(&key).copied().unwrap_or(0), booked.get(&key).copied().unwrap_or(0));
        if (due - booked).abs() > 2 {
            found.say(NAME, &format!("ledger-{}", key.2), &run.strategy.name, || {
                format!("{} pays {} {:.4}, justified are {:.4}", key.0, key.1, booked as f64 * 1e-4, due as f64 * 1e-4)
            });
        }
    }
}

/// What accepted bills come to, item by item; availability is the fee times the power kept reserved.
fn bills(trial: &Trial<'_>, run: &Run<'_>, talk: &Talk<'_>, due: &mut Sums) {
    let study = trial.study;
    let dso = study.dso.to_string();
    let contract = |id: &str| run.strategy.contracts.iter().find(|c| c.id == id);
    for sent in books::bills(trial, run).iter().filter(|b| b.accepted()) {
        let agr = sent.bill.header.recipient_domain.to_string();
        for item in sent.bill.flex_order_settlements.iter().filter(|i| sent.agreed(i.order_reference.as_deref())) {
            let limits = item.contract_id.as_deref().and_then(contract).is_some_and(|c| matches!(c.right, Right::CapacityLimitation(_)));
            let kinds = if limits { (Kind::Limitation, Kind::LimitationPenalty) } else { (Kind::Flexibility, Kind::Penalty) };
            *due.entry((dso.clone(), agr.clone(), kinds.0)).or_default() += item.price.0;
            *due.entry((agr.clone(), dso.clone(), kinds.1)).or_default() += item.penalty.0;
        }
        for (id, date) in books::contract_days(sent.bill) {
            let Some(contract) = contract(&id) else { continue };
            let reserved = bill::reserved(study, talk, contract, &study.calendar.period(date));
            let mw_h = reserved.iter().map(|w| w.abs() as f64).sum::<f64>() * 1e-6 * study.calendar.isp().as_hours();
            let key = (dso.clone(), agr.clone(), Kind::Availability);
            *due.entry(key).or_default() += money(mw_h * contract.fees.availability_eur_per_mw_h);
        }
    }
}

/// Energy at the day-ahead price, deviations from the position at the imbalance price, losses.
fn energy(trial: &Trial<'_>, run: &Run<'_>, due: &mut Sums) {
    let study = trial.study;
    let mwh = study.calendar.isp().as_hours() * 1e-6;
    let mut add = |payer: &str, payee: &str, kind: Kind, amount: f64| {
        *due.entry((payer.to_owned(), payee.to_owned(), kind)).or_default() += money(amount);
    };
    for period in &study.periods {
        let price = by_isp(study, period, |k| study.prices.day_ahead_eur_per_mwh[k]);
        let imbalance = by_isp(study, period, |k| study.prices.imbalance_eur_per_mwh[k]);
        let mut metered = vec![vec![0_i64; period.isps()]; study.agrs.len() + 2];
        for c in 0..study.grid.connections.len() {
            // Aggregators, customers at the day-ahead price, customers of a supplier.
            let alone = study.agrs.len() + usize::from(study.retail_of[c].is_some());
            let owner = study.agr_of[c].map_or(alone, |a| a.i());
            let drawn = by_isp(study, period, |k| run.witness.connections_at(Variant::Actual, k)[c]);
            metered[owner].iter_mut().zip(&drawn).for_each(|(m, d)| *m += watts(*d));
        }
        let cost = |power: &[i64], price: &[f64]| power.iter().zip(price).map(|(w, p)| *w as f64 * mwh * p).sum::<f64>();
        for (a, agr) in study.agrs.iter().enumerate() {
            let position = position(run, a, period.date).unwrap_or_else(|| metered[a].clone());
            let deviation: Vec<i64> = metered[a].iter().zip(&position).map(|(m, p)| m - p).collect();
            add(agr.domain.as_str(), "day-ahead market", Kind::Energy, cost(&position, &price));
            add(agr.domain.as_str(), "imbalance market", Kind::Imbalance, cost(&deviation, &imbalance));
        }
        add("customers", "day-ahead market", Kind::Energy, cost(&metered[study.agrs.len()], &price));
        add("supplier", "day-ahead market", Kind::Energy, cost(&metered[study.agrs.len() + 1], &price));
        let h = study.step.as_hours() * 1e-6;
        let first = ((period.start - study.start).0 / study.step.0) as usize;
        let steps = first..first + ((period.end() - period.start).0 / study.step.0) as usize;
        let flows = run.witness.flows(Variant::Actual);
        let lost = steps.filter(|k| flows[*k].converged).map(|k| flows[k].losses_w * h * study.prices.day_ahead_eur_per_mwh[k]).sum();
        add(study.dso.as_str(), "day-ahead market", Kind::Losses, lost);
    }
}

/// What an aggregator sold for a day, W.
fn position(run: &Run<'_>, agr: usize, date: Date) -> Option<Vec<i64>> {
    let of_day = |d: &&Dispatch| d.agr.i() == agr && d.period.date == date;
    let dispatches = run.witness.wanted().filter_map(|(_, _, a)| if let Action::Dispatch(d) = a { Some(d) } else { None });
    Some(dispatches.filter(of_day).last()?.position_w.iter().map(|p| watts(*p)).collect())
}

/// Constant yearly payments over the life, as much of them as the run is of a year.
fn capex(trial: &Trial<'_>, run: &Run<'_>, due: &mut Sums) {
    let study = trial.study;
    let years = study.step.as_hours() * study.steps as f64 / 8766.0;
    for r in run.strategy.reinforcement.iter().flat_map(|r| &r.investments) {
        // The yearly payment whose present values sum to the investment.
        let mut worth = 0.0;
        let mut factor = 1.0;
        for _ in 0..r.life_years as u32 {
            factor /= 1.0 + r.discount_rate;
            worth += factor;
        }
        let key = (study.dso.to_string(), "contractor".to_owned(), Kind::Capex);
        *due.entry(key).or_default() += money(r.capex_eur / worth * years);
    }
}

/// Customers with a tariff pay for what they draw in an ISP and are paid for what they feed in, by their own meters.
fn retail(trial: &Trial<'_>, run: &Run<'_>, due: &mut Sums) {
    let study = trial.study;
    let mwh = study.calendar.isp().as_hours() * 1e-6;
    for period in &study.periods {
        let price = by_isp(study, period, |k| study.prices.day_ahead_eur_per_mwh[k]);
        // Rounded once a day, payer and payee, as they are booked.
        let mut of_day: BTreeMap<(String, String, Kind), f64> = BTreeMap::new();
        for c in 0..study.grid.connections.len() {
            let Some(tariff) = study.retail_of[c].map(|g| &study.retail[g]) else { continue };
            let customers = format!("customers: {}", tariff.name);
            let supplier = study.agr_of[c].map_or_else(|| "supplier".to_owned(), |a| study.agrs[a.i()].domain.to_string());
            let drawn = by_isp(study, period, |k| run.witness.connections_at(Variant::Actual, k)[c]);
            let mut add = |payer: &str, payee: &str, kind: Kind, eur: f64| {
                *of_day.entry((payer.to_owned(), payee.to_owned(), kind)).or_default() += eur;
            };
            for (w, day_ahead) in drawn.iter().zip(&price) {
                let energy_mwh = watts(*w) as f64 * mwh;
                if energy_mwh > 0.0 {
                    let energy_price = tariff.energy_eur_per_mwh.unwrap_or(*day_ahead) + tariff.supplier_eur_per_mwh;
                    add(&customers, &supplier, Kind::Supply, energy_mwh * energy_price);
                    add(&customers, &study.dso.to_string(), Kind::NetworkCharge, energy_mwh * tariff.network_eur_per_mwh);
                    add(&customers, "state", Kind::Tax, energy_mwh * tariff.tax_eur_per_mwh);
                } else {
                    // Nobody is paid more for feeding in than a kilowatt-hour from the grid costs.
                    let import_price = tariff.energy_eur_per_mwh.unwrap_or(*day_ahead)
                        + tariff.supplier_eur_per_mwh
                        + tariff.network_eur_per_mwh
                        + tariff.tax_eur_per_mwh;
                    let feed_in_price = tariff.feed_in_eur_per_mwh.unwrap_or(*day_ahead).min(import_price);
                    add(&supplier, &customers, Kind::FeedIn, -energy_mwh * feed_in_price);
                }
            }
        }
        for (key, eur) in of_day {
            *due.entry(key).or_default() += money(eur);
        }
    }
}

/// Compensation is the energy that limitations took in a day, at its rate.
fn compensation(trial: &Trial<'_>, run: &Run<'_>, due: &mut Sums) {
    let study = trial.study;
    let rate = study.orange.compensation_eur_per_mwh;
    let mut of_day: BTreeMap<(Option<usize>, Date), f64> = BTreeMap::new();
    for ((connection, date), wh) in limits::taken_wh(trial, run) {
        *of_day.entry((study.agr_of[connection].map(|a| a.i()), date)).or_default() += wh;
    }
    for ((agr, _), wh) in of_day {
        let owner = agr.map_or("customers", |a| study.agrs[a].domain.as_str());
        let key = (study.dso.to_string(), owner.to_owned(), Kind::Compensation);
        *due.entry(key).or_default() += money(wh * 1e-6 * rate);
    }
}
