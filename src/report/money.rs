//! Settlement and ledger: sums as a table, rows packed for the page's filter.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::market::ledger::Kind;
use crate::units::Money;

use super::figures::{decimal, words};
use super::folder::{Folder, LedgerRow};
use super::html::Html;

/// More rows than this stay in the CSV files; sums are of all.
const MOST: usize = 20_000;

/// Amounts by payer, payee and kind, a column per strategy. Aggregators and customers are kept apart as the ledger does.
pub(super) fn sums(h: &mut Html, folder: &Folder) {
    let columns = folder.record.strategies.len();
    let kinds = |kind: &str| Kind::ALL.iter().position(|k| k.as_str() == kind).unwrap_or(Kind::ALL.len());
    let mut sums: BTreeMap<(usize, &str, &str, &str), Vec<Option<Money>>> = BTreeMap::new();
    for LedgerRow { strategy, payer, payee, kind, amount_eur, .. } in &folder.ledger {
        if let Some(s) = folder.strategy(strategy) {
            let row = sums.entry((kinds(kind), kind, payer, payee)).or_insert_with(|| vec![None; columns]);
            *row[s].get_or_insert(Money::ZERO) += *amount_eur;
        }
    }
    h.el("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Payments by kind, payer and payee")], |h| {
        h.el("table", &[("class", "sums")], |h| {
            h.leaf("caption", &[], "Payments by kind, payer and payee (€). A negative amount flows the other way.");
            h.el("thead", &[], |h| {
                h.el("tr", &[], |h| {
                    for head in ["Kind", "payer", "payee"] {
                        h.leaf("th", &[("scope", "col")], head);
                    }
                    for (k, name) in folder.strategies().enumerate() {
                        h.leaf("th", &[("scope", "col"), ("class", &format!("num s{k}"))], &words(name));
                    }
                });
            });
            h.el("tbody", &[], |h| {
                for ((_, kind, payer, payee), amounts) in &sums {
                    h.el("tr", &[], |h| {
                        h.leaf("th", &[("scope", "row")], kind);
                        h.leaf("td", &[], payer);
                        h.leaf("td", &[], payee);
                        for (k, amount) in amounts.iter().enumerate() {
                            let text = amount.map_or_else(|| "–".to_owned(), |a| decimal(a.as_f64(), 2));
                            h.leaf("td", &[("class", &format!("num s{k}"))], &text);
                        }
                    });
                }
            });
        });
    });
}

/// The section: sums, then both tables for the filter.
pub(super) fn section(h: &mut Html, folder: &Folder) {
    h.el("section", &[("id", "money")], |h| {
        h.leaf("h2", &[], "Settlement and ledger");
        h.el("p", &[], |h| {
            h.text("Each payment is one entry of ");
            h.leaf("code", &[], "ledger.csv");
            h.text("; key figures are sums of entries. Settled orders are in ");
            h.leaf("code", &[], "settlement.csv");
            h.text(": energy is signed, and relief of feed-in is positive.");
        });
        sums(h, folder);
        for (id, title, rows) in
            [("settlement", "Settled orders", folder.settlement.len()), ("ledger", "Ledger entries", folder.ledger.len())]
        {
            h.el("div", &[("class", "js-only entries"), ("id", id)], |h| {
                h.leaf("h3", &[], title);
                if rows > MOST {
                    h.leaf("p", &[("class", "note")], &format!("The first {MOST} of {rows} rows; the rest is in {id}.csv."));
                }
            });
        }
    });
}

/// Both tables by column for the page's script: texts as a dictionary and codes, numbers as they are.
pub(super) fn pack(folder: &Folder) -> Json {
    let s = &folder.settlement[..folder.settlement.len().min(MOST)];
    let l = &folder.ledger[..folder.ledger.len().min(MOST)];
    let money = |amounts: Vec<Money>| json!(amounts.iter().map(|a| a.as_f64()).collect::<Vec<_>>());
    let energy = |values: Vec<f64>| json!(values.iter().map(|v| (v * 1e3).round() / 1e3).collect::<Vec<_>>());
    let strategy = |names: Vec<&str>| texts(names.into_iter().map(words).collect());
    json!({
        "settlement": { "rows": s.len(), "columns": [
            column("strategy", strategy(s.iter().map(|r| r.strategy.as_str()).collect())),
            column("aggregator", texts(s.iter().map(|r| r.aggregator.clone()).collect())),
            column("day", texts(s.iter().map(|r| r.period.clone()).collect())),
            column("congestion point", texts(s.iter().map(|r| folder.point(&r.congestion_point)).collect())),
            column("order", texts(s.iter().map(|r| r.order_reference.clone()).collect())),
            column("contract", texts(s.iter().map(|r| r.contract_id.clone()).collect())),
            number("ordered (kWh)", 1, energy(s.iter().map(|r| r.ordered_net_kwh).collect())),
            number("delivered (kWh)", 1, energy(s.iter().map(|r| r.delivered_net_kwh).collect())),
            number("deficient (kWh)", 1, energy(s.iter().map(|r| r.deficiency_kwh).collect())),
            number("price (€)", 2, money(s.iter().map(|r| r.price_eur).collect())),
            number("penalty (€)", 2, money(s.iter().map(|r| r.penalty_eur).collect())),
            number("net (€)", 2, money(s.iter().map(|r| r.net_settlement_eur).collect())),
        ]},
        "ledger": { "rows": l.len(), "columns": [
            column("strategy", strategy(l.iter().map(|r| r.strategy.as_str()).collect())),
            column("booked", texts(l.iter().map(|r| r.time.get(..16).unwrap_or(&r.time).replace('T', " ")).collect())),
            column("payer", texts(l.iter().map(|r| r.payer.clone()).collect())),
            column("payee", texts(l.iter().map(|r| r.payee.clone()).collect())),
            column("kind", texts(l.iter().map(|r| r.kind.clone()).collect())),
            column("reference", texts(l.iter().map(|r| r.reference.clone()).collect())),
            number("amount (€)", 2, money(l.iter().map(|r| r.amount_eur).collect())),
        ]},
    })
}

fn column(name: &str, texts: Json) -> Json {
    json!({ "name": name, "texts": texts })
}

fn number(name: &str, digits: usize, values: Json) -> Json {
    json!({ "name": name, "digits": digits, "values": values })
}

fn texts(rows: Vec<String>) -> Json {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut dictionary: Vec<String> = Vec::new();
    let codes: Vec<usize> = rows
        .into_iter()
        .map(|text| {
            *known.entry(text).or_insert_with_key(|text| {
                dictionary.push(text.clone());
                dictionary.len() - 1
            })
        })
        .collect();
    json!([dictionary, codes])
}
