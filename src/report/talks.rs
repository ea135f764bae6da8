//! Conversations between operator and aggregators, packed for the page's reader: a request with the offers made on it and the
//! orders placed on those, or a call on a capacity contract, which is an order without an offer.
//!
//! Powers are runs of ISPs, flat: `[start, count, W, …]`, for requests `[start, count, requested, min W, max W, …]`. Equal
//! lists are kept once and referred to by number.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Value as Json, json};

use super::ReportError;
use super::folder::{Columns, Folder};

/// More conversations than this are not read by anyone: the days with the most ordered energy stay.
const MOST: usize = 500;

/// The conversations, and how many days of how many they are of.
#[derive(Debug)]
pub(super) struct Talks {
    /// For the page's script.
    pub(super) json: Json,
    /// Days in it.
    pub(super) shown_days: usize,
    /// Days with conversations.
    pub(super) days: usize,
}

/// A message by its row, of those that make a conversation.
#[derive(Debug, Default)]
struct Talk<'a> {
    strategy: usize,
    day: &'a str,
    request: Option<usize>,
    offers: Vec<usize>,
    orders: Vec<usize>,
}

const MESSAGE_COLUMNS: [&str; 15] = [
    "strategy",
    "sent",
    "type",
    "message_id",
    "conversation_id",
    "sender",
    "recipient",
    "period",
    "congestion_point",
    "refers_to",
    "result",
    "contract_id",
    "order_reference",
    "option",
    "option_prices_eur",
];
const ISP_COLUMNS: [&str; 9] =
    ["strategy", "message_id", "option", "isp_start", "isp_count", "disposition", "power_w", "min_power_w", "max_power_w"];

/// Reads and packs them.
pub(super) fn pack(folder: &Folder) -> Result<Talks, ReportError> {
    let columns = [&MESSAGE_COLUMNS[..], &["reason", "price_eur"]].concat();
    let messages = folder.table("messages.parquet", &columns)?;
    let isps = folder.table("message_isps.parquet", &ISP_COLUMNS)?;
    let talks = gather(folder, &messages)?;
    let mut packer = Packer {
        folder,
        messages: &messages,
        isps: &isps,
        rows: rows_by_message(folder, &isps)?,
        pool: Vec::new(),
        known: BTreeMap::new(),
    };
    let days: BTreeSet<&str> = talks.iter().map(|t| t.day).collect();
    let shown = packer.busiest(&talks)?;
    let answers = answers(folder, &messages)?;
    let mut out = Vec::new();
    for talk in talks.iter().filter(|t| shown.contains(t.day)) {
        out.push(packer.talk(talk, &answers)?);
    }
    let json = json!({ "pool": packer.pool, "talks": out });
    Ok(Talks { json, shown_days: shown.len(), days: days.len() })
}

/// Conversations in the order of their first message.
fn gather<'a>(folder: &Folder, messages: &'a Columns) -> Result<Vec<Talk<'a>>, ReportError> {
    let (kind, strategy) = (messages.texts("type")?, messages.texts("strategy")?);
    let (conversation, period) = (messages.texts("conversation_id")?, messages.texts("period")?);
    let mut talks: Vec<Talk<'a>> = Vec::new();
    let mut index: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let id = messages.texts("message_id")?;
    let mut seen = BTreeSet::new();
    for row in 0..messages.table.rows() {
        let kind = kind.get(row);
        if !matches!(kind, "FlexRequest" | "FlexOffer" | "FlexOrder") {
            continue;
        }
        let Some(strategy) = folder.strategy(strategy.get(row)) else { continue };
        // The same message sent again says nothing new.
        if !seen.insert((strategy, id.get(row))) {
            continue;
        }
        let k = *index.entry((strategy, conversation.get(row))).or_insert_with(|| {
            talks.push(Talk { strategy, day: period.get(row), ..Talk::default() });
            talks.len() - 1
        });
        match kind {
            "FlexRequest" => talks[k].request = Some(row),
            "FlexOffer" => talks[k].offers.push(row),
            _ => talks[k].orders.push(row),
        }
    }
    Ok(talks)
}

/// What was answered to a message, by strategy and its id: nothing for "Accepted", else the reason.
fn answers<'a>(folder: &Folder, messages: &'a Columns) -> Result<BTreeMap<(usize, &'a str), String>, ReportError> {
    let (strategy, refers, result) = (messages.texts("strategy")?, messages.texts("refers_to")?, messages.texts("result")?);
    let reason = messages.texts("reason")?;
    let mut out = BTreeMap::new();
    for row in (0..messages.table.rows()).filter(|&r| !result.get(r).is_empty()) {
        if let Some(s) = folder.strategy(strategy.get(row)) {
            let rejected = if result.get(row) == "Accepted" { String::new() } else { format!("rejected: {}", reason.get(row)) };
            out.insert((s, refers.get(row)), rejected);
        }
    }
    Ok(out)
}

fn rows_by_message<'a>(folder: &Folder, isps: &'a Columns) -> Result<BTreeMap<(usize, &'a str), Range<usize>>, ReportError> {
    let (strategy, id) = (isps.texts("strategy")?, isps.texts("message_id")?);
    let mut out = BTreeMap::new();
    let mut from = 0;
    let same = |a: usize, b: usize| strategy.get(a) == strategy.get(b) && id.get(a) == id.get(b);
    for row in 0..isps.table.rows() {
        if row + 1 == isps.table.rows() || !same(row, row + 1) {
            if let Some(s) = folder.strategy(strategy.get(row)) {
                out.insert((s, id.get(row)), from..row + 1);
            }
            from = row + 1;
        }
    }
    Ok(out)
}

struct Packer<'a> {
    folder: &'a Folder,
    messages: &'a Columns,
    isps: &'a Columns,
    rows: BTreeMap<(usize, &'a str), Range<usize>>,
    pool: Vec<Json>,
    known: BTreeMap<String, usize>,
}

impl<'a> Packer<'a> {
    /// Days to show: all, or those with the most ordered power until [`MOST`] conversations.
    fn busiest(&self, talks: &[Talk<'a>]) -> Result<BTreeSet<&'a str>, ReportError> {
        let (power, count) = (self.isps.f64s("power_w")?, self.isps.i64s("isp_count")?);
        let ids = self.messages.texts("message_id")?;
        let mut of_day: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
        for talk in talks {
            let rows = talk.orders.iter().filter_map(|&o| self.rows.get(&(talk.strategy, ids.get(o)))).flat_map(Clone::clone);
            let entry = of_day.entry(talk.day).or_default();
            entry.0 += rows.map(|r| power[r].abs() * count[r] as f64).sum::<f64>();
            entry.1 += 1;
        }
        let mut days: Vec<(&str, (f64, usize))> = of_day.into_iter().collect();
        days.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(b.0)));
        let mut total = 0;
        let taken = days.into_iter().take_while(|(_, (_, talks))| {
            total += talks;
            total <= MOST
        });
        Ok(taken.map(|(day, _)| day).collect())
    }

    fn talk(&mut self, talk: &Talk<'a>, answers: &BTreeMap<(usize, &str), String>) -> Result<Json, ReportError> {
        let m = self.messages;
        let text = |column: &str, row: usize| m.texts(column).map(|c| c.get(row).to_owned());
        let answer =
            |row: usize| -> Result<Option<&String>, ReportError> { Ok(answers.get(&(talk.strategy, m.texts("message_id")?.get(row)))) };
        let opener = talk.request.or(talk.orders.first().copied()).or(talk.offers.first().copied()).expect("a conversation has a message");
        let times = m.times("sent")?;
        let at = |row: usize| {
            format!("{} {}", self.folder.calendar.date_of(times[row]), self.folder.calendar.local_time(times[row]).strftime("%H:%M"))
        };
        let aggregator = if talk.offers.first() == Some(&opener) { text("sender", opener)? } else { text("recipient", opener)? };
        let mut offers = Vec::new();
        for &row in &talk.offers {
            let (names, prices) = (text("option", row)?, text("option_prices_eur", row)?);
            let mut options = Vec::new();
            for (name, price) in names.split(" | ").zip(prices.split(" | ")) {
                options.push(json!([name, price, self.powers(talk.strategy, row, name)?]));
            }
            offers.push(json!({ "at": at(row), "answer": answer(row)?, "options": options }));
        }
        let mut orders = Vec::new();
        for &row in &talk.orders {
            let offered = text("refers_to", row)?;
            let offer = talk.offers.iter().position(|&o| m.texts("message_id").is_ok_and(|ids| ids.get(o) == offered));
            let option = text("option", row)?;
            orders.push(json!({
                "at": at(row), "answer": answer(row)?, "ref": text("order_reference", row)?, "offer": offer,
                "price": text("price_eur", row)?, "power": self.powers(talk.strategy, row, &option)?, "option": option,
            }));
        }
        let request = talk.request.map(|row| self.bounds(talk.strategy, row)).transpose()?;
        Ok(json!({
            "s": talk.strategy, "day": talk.day, "at": at(opener), "agr": aggregator,
            "point": self.folder.point(&text("congestion_point", opener)?), "contract": text("contract_id", opener)?,
            "request": request, "answer": answer(opener)?, "offers": offers, "orders": orders,
        }))
    }

    fn of(&self, strategy: usize, row: usize) -> Result<Range<usize>, ReportError> {
        let id = self.messages.texts("message_id")?.get(row);
        Ok(self.rows.get(&(strategy, id)).cloned().unwrap_or(0..0))
    }

    fn powers(&mut self, strategy: usize, row: usize, option: &str) -> Result<usize, ReportError> {
        let (start, count, power) = (self.isps.i64s("isp_start")?, self.isps.i64s("isp_count")?, self.isps.f64s("power_w")?);
        let names = self.isps.texts("option")?;
        let rows = self.of(strategy, row)?.filter(|&r| names.get(r) == option && power[r] != 0.0);
        let list: Vec<i64> = rows.flat_map(|r| [start[r], count[r], power[r].round() as i64]).collect();
        Ok(self.keep(json!(list)))
    }

    fn bounds(&mut self, strategy: usize, row: usize) -> Result<usize, ReportError> {
        let (start, count) = (self.isps.i64s("isp_start")?, self.isps.i64s("isp_count")?);
        let (min, max, kind) = (self.isps.f64s("min_power_w")?, self.isps.f64s("max_power_w")?, self.isps.texts("disposition")?);
        let requested = |r: usize| i64::from(kind.get(r) == "Requested");
        let rows = self.of(strategy, row)?;
        let list: Vec<i64> = rows.flat_map(|r| [start[r], count[r], requested(r), min[r].round() as i64, max[r].round() as i64]).collect();
        Ok(self.keep(json!(list)))
    }

    fn keep(&mut self, list: Json) -> usize {
        *self.known.entry(list.to_string()).or_insert_with(|| {
            self.pool.push(list);
            self.pool.len() - 1
        })
    }
}
