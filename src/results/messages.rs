//! `messages.parquet` (a row per message), `message_isps.parquet` (a row per run of ISPs in it) and, if asked for, XML.

use std::collections::BTreeSet;
use std::path::Path;

use crate::output::table::{Column, Strings, Table};
use crate::output::{OutputError, RunFolder, TableWriter, file_name};
use crate::sim::LoggedMessage;
use crate::uftp::message::{Disposition, IspPower, IspRun, Message, MessageId, Outcome};
use crate::uftp::xml;
use crate::units::{Money, Watts};

use super::Finished;

/// Texts that a message row shows if the message has them.
const TEXTS: [&str; 16] = [
    "strategy",
    "type",
    "message_id",
    "conversation_id",
    "sender",
    "recipient",
    "period",
    "congestion_point",
    "refers_to",
    "result",
    "reason",
    "contract_id",
    "order_reference",
    "option",
    "price_eur",
    "option_prices_eur",
];

/// Messages made into rows at a time: flat memory however long the run.
const PORTION: usize = 512;

/// Writes `messages.parquet`; returns its rows.
pub(super) fn write(cases: &[Finished<'_>], path: &Path) -> Result<usize, OutputError> {
    let mut writer = TableWriter::create(path, &rows("", &[]))?;
    for c in cases {
        c.case.messages.chunks(PORTION).try_for_each(|portion| writer.append(&rows(&c.strategy.name, portion)))?;
    }
    writer.finish()
}

/// A row for each message of a strategy.
fn rows(strategy: &str, messages: &[LoggedMessage]) -> Table {
    let mut texts: Vec<Strings> = TEXTS.iter().map(|_| Strings::default()).collect();
    let (mut sent, mut arrived, mut revision, mut attempt) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut fate = Strings::default();
    for m in messages {
        sent.push(m.sent);
        arrived.push(m.arrived);
        revision.push(revision_of(&m.message));
        attempt.push(i64::from(m.attempt));
        fate.push(m.fate.name());
        let row = row(strategy, &m.message);
        texts.iter_mut().zip(row).for_each(|(column, text)| column.push(&text));
    }
    let mut table = Table::new([
        ("sent", Column::Time(sent)),
        ("arrived", Column::Time(arrived)),
        ("revision", Column::I64(revision)),
        ("attempt", Column::I64(attempt)),
        ("fate", Column::Str(fate)),
    ]);
    table.columns.extend(TEXTS.iter().zip(texts).map(|(name, column)| ((*name).to_owned(), Column::Str(column))));
    table
}

fn revision_of(m: &Message) -> i64 {
    match m {
        Message::DPrognosis(m) => m.revision,
        Message::FlexRequest(m) => m.revision,
        Message::Metering(m) => m.revision,
        _ => 0,
    }
}

fn row(strategy: &str, m: &Message) -> [String; 16] {
    let h = m.header();
    let response = m.response();
    let (refers, contract, order, option, price) = specifics(m);
    [
        strategy.to_owned(),
        m.message_type().name().to_owned(),
        h.message_id.to_string(),
        h.conversation_id.to_string(),
        h.sender_domain.to_string(),
        h.recipient_domain.to_string(),
        m.period().map(|p| p.to_string()).unwrap_or_default(),
        m.flex().map(|f| f.congestion_point.to_string()).unwrap_or_default(),
        m.reference().map(|r| r.to_string()).unwrap_or(refers),
        response.map(|r| if r.result == Outcome::Accepted { "Accepted" } else { "Rejected" }).unwrap_or_default().to_owned(),
        response.and_then(|r| r.rejection_reason.as_deref()).unwrap_or_default().to_owned(),
        contract,
        order,
        option,
        price.map(|p| p.to_string()).unwrap_or_default(),
        option_prices(m),
    ]
}

/// Prices of an offer's options, in the order of their names.
fn option_prices(m: &Message) -> String {
    match m {
        Message::FlexOffer(m) => m.options.iter().map(|o| o.price.to_string()).collect::<Vec<_>>().join(" | "),
        _ => String::new(),
    }
}

/// Reference, contract, order, option and price of the messages that have them.
fn specifics(m: &Message) -> (String, String, String, String, Option<Money>) {
    let text = |t: &Option<crate::uftp::message::Text>| t.as_deref().unwrap_or_default().to_owned();
    let id = |i: Option<crate::uftp::message::MessageId>| i.map(|i| i.to_string()).unwrap_or_default();
    match m {
        Message::FlexRequest(m) => (String::new(), text(&m.contract_id), String::new(), String::new(), None),
        Message::FlexReservationUpdate(m) => (String::new(), m.contract_id.to_string(), m.reference.to_string(), String::new(), None),
        Message::FlexOffer(m) => {
            let names: Vec<&str> = m.options.iter().map(|o| &*o.option_reference).collect();
            (id(m.flex_request_message_id), text(&m.contract_id), String::new(), names.join(" | "), m.options.iter().map(|o| o.price).min())
        }
        Message::FlexOrder(m) => {
            (id(m.flex_offer_message_id), text(&m.contract_id), m.order_reference.to_string(), text(&m.option_reference), Some(m.price))
        }
        Message::FlexOfferRevocation(m) => (id(Some(m.flex_offer_message_id)), String::new(), String::new(), String::new(), None),
        _ => Default::default(),
    }
}

/// One run of ISPs of a message.
struct Isps {
    option: String,
    run: IspRun,
    disposition: &'static str,
    power_w: Option<Watts>,
    min_w: Option<Watts>,
    max_w: Option<Watts>,
}

/// Writes `message_isps.parquet`, the ISP runs of prognoses, requests, offers and orders; returns its rows.
pub(super) fn write_isps(cases: &[Finished<'_>], path: &Path) -> Result<usize, OutputError> {
    let mut writer = TableWriter::create(path, &isp_rows("", &[], &mut BTreeSet::new()))?;
    for c in cases {
        let mut written = BTreeSet::new();
        let mut write = |portion| writer.append(&isp_rows(&c.strategy.name, portion, &mut written));
        c.case.messages.chunks(PORTION).try_for_each(&mut write)?;
    }
    writer.finish()
}

/// The rows of a strategy's messages. A message sent again has its rows once: those in `written` are passed over.
fn isp_rows(strategy_name: &str, messages: &[LoggedMessage], written: &mut BTreeSet<MessageId>) -> Table {
    let mut texts: [Strings; 4] = Default::default();
    let (mut start, mut duration) = (Vec::new(), Vec::new());
    let mut powers: [Vec<f64>; 3] = Default::default();
    for m in messages.iter().filter(|m| written.insert(m.message.header().message_id)) {
        let id = m.message.header().message_id.to_string();
        for r in runs(&m.message) {
            for (column, text) in texts.iter_mut().zip([strategy_name, &id, &r.option, r.disposition]) {
                column.push(text);
            }
            start.push(i64::from(r.run.start));
            duration.push(i64::from(r.run.duration));
            for (column, power) in powers.iter_mut().zip([r.power_w, r.min_w, r.max_w]) {
                column.push(power.map_or(f64::NAN, Watts::as_f64));
            }
        }
    }
    let [strategy, message, option, disposition] = texts;
    let [power, min, max] = powers;
    Table::new([
        ("strategy", Column::Str(strategy)),
        ("message_id", Column::Str(message)),
        ("option", Column::Str(option)),
        ("isp_start", Column::I64(start)),
        ("isp_count", Column::I64(duration)),
        ("disposition", Column::Str(disposition)),
        ("power_w", Column::F64(power)),
        ("min_power_w", Column::F64(min)),
        ("max_power_w", Column::F64(max)),
    ])
}

fn runs(m: &Message) -> Vec<Isps> {
    let plain = |option: &str, isps: &[IspPower]| -> Vec<Isps> {
        let row = |i: &IspPower| Isps {
            option: option.to_owned(),
            run: i.run,
            disposition: "",
            power_w: Some(i.power),
            min_w: None,
            max_w: None,
        };
        isps.iter().map(row).collect()
    };
    match m {
        Message::DPrognosis(m) => plain("", &m.isps),
        Message::FlexReservationUpdate(m) => plain("", &m.isps),
        Message::FlexOrder(m) => plain(m.option_reference.as_deref().unwrap_or_default(), &m.isps),
        Message::FlexOffer(m) => m.options.iter().flat_map(|o| plain(&o.option_reference, &o.isps)).collect(),
        Message::FlexRequest(m) => m
            .isps
            .iter()
            .map(|i| Isps {
                option: String::new(),
                run: i.run,
                disposition: if i.disposition == Disposition::Requested { "Requested" } else { "Available" },
                power_w: None,
                min_w: Some(i.min_power),
                max_w: Some(i.max_power),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Writes every message as XML, one file each, in the order of sending; the names of the files.
pub(super) fn write_xml(folder: &RunFolder, cases: &[Finished<'_>]) -> Result<Vec<String>, OutputError> {
    let mut files = Vec::new();
    for c in cases {
        for (k, m) in c.case.messages.iter().enumerate() {
            let name = format!("messages/{}/{k:06}-{}.xml", file_name(&c.strategy.name), m.message.message_type().name());
            folder.write(&name, xml::write(&m.message))?;
            files.push(name);
        }
    }
    Ok(files)
}
