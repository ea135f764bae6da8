//! One message as a person reads it: what it is, who says it to whom, its fields, and its ISPs with local times. Texts of its
//! sender are made safe to show where they are put in: fields and titles.

use std::fmt::Display;

use jiff::civil::Date;

use super::clocks::Clocks;
use crate::diagnostic::visible;
use crate::output::text_table::TextTable;
use crate::time::{IspCalendar, IspIndex};
use crate::uftp::message::{
    ContractSettlement, DateTime, FlexOrderSettlement, FlexSettlement, IspPower, IspRun, Message, Metering, PortfolioConnection, Response,
};
use crate::uftp::validate::Settled;

/// The message as text; `clocks` are those of all messages in hand.
pub(super) fn sheet(message: &Message, clocks: &Clocks) -> String {
    let header = message.header();
    let mut s = Sheet { text: String::new(), calendar: clocks.of(message) };
    let sent = stamp(header.time_stamp, s.calendar.as_ref());
    s.text = format!("{}  {sent}  {} → {}\n", message.message_type().name(), header.sender_domain, header.recipient_domain);
    s.field("message", header.message_id);
    s.field("conversation", header.conversation_id);
    s.field("version", header.version);
    if let Some(response) = message.response() {
        s.response(response);
    }
    if let Some(flex) = message.flex() {
        s.field("congestion point", &flex.congestion_point);
    }
    if let Some(period) = message.period() {
        let isps = message.isp_duration().map(|d| format!(", ISPs of {} min", d.0)).unwrap_or_default();
        let zone = message.time_zone().map(|z| format!(", {z}")).unwrap_or_default();
        s.field("Period", format!("{period}{zone}{isps}"));
    }
    match message {
        Message::FlexSettlement(m) => s.settlement(message, m, clocks),
        _ => s.body(message),
    }
    s.text
}

/// A time stamp in the calendar's zone, or as it was written where no zone is known: date, clock time, offset from UTC.
pub(super) fn stamp(t: DateTime, calendar: Option<&IspCalendar>) -> String {
    if let Some(calendar) = calendar {
        return calendar.rfc3339(t.second).replacen('T', " ", 1);
    }
    let offset = jiff::tz::Offset::from_seconds(i32::from(t.offset_min) * 60).expect("read from a time stamp");
    let local = offset.to_datetime(jiff::Timestamp::from_second(t.second.0).expect("read from a time stamp"));
    let minutes = t.offset_min.unsigned_abs();
    let sign = if t.offset_min < 0 { '-' } else { '+' };
    format!("{}{sign}{:02}:{:02}", local.strftime("%Y-%m-%d %H:%M:%S"), minutes / 60, minutes % 60)
}

struct Sheet {
    text: String,
    /// By which ISPs are told as times; `None` where nobody says zone and length.
    calendar: Option<IspCalendar>,
}

impl Sheet {
    fn field(&mut self, name: &str, value: impl Display) {
        self.text += &format!("  {name:<18}{}\n", visible(&value.to_string()));
    }

    fn optional(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    fn time(&mut self, name: &str, t: DateTime) {
        self.field(name, stamp(t, self.calendar.as_ref()));
    }

    fn response(&mut self, response: &Response) {
        self.field("result", response.result.as_str());
        self.optional("because", response.rejection_reason.as_deref());
        self.field("answers", response.reference);
    }

    /// A table below its title, indented.
    fn table(&mut self, title: &str, table: &TextTable) {
        self.text += &format!("  {}\n", visible(title));
        for line in table.render(usize::MAX).lines() {
            self.text += &format!("    {line}\n");
        }
    }

    /// ISP numbers and their local times, as the first cells of a row.
    fn isps(&self, period: Date, run: IspRun) -> [String; 3] {
        let numbers = if run.duration == 1 { run.start.to_string() } else { format!("{}–{}", run.start, run.end() - 1) };
        let Some(calendar) = &self.calendar else { return [numbers, "?".to_owned(), "?".to_owned()] };
        let day = calendar.period(period);
        // Beyond the day there is no time to name; the rules say so.
        let clock = |number: u32| {
            let known = number >= 1 && number as usize <= day.isps() + 1;
            let isp = u16::try_from(number).ok().filter(|_| known).and_then(IspIndex::new);
            isp.map_or_else(|| "–".to_owned(), |isp| calendar.local_time(day.isp_start(isp)).strftime("%H:%M").to_string())
        };
        let until = clock(run.end());
        let last = run.end() as usize == day.isps() + 1;
        [numbers, clock(u32::from(run.start)), if last { "24:00".to_owned() } else { until }]
    }

    /// A table of runs with `columns` of numbers.
    fn runs<const N: usize>(&mut self, title: &str, period: Date, columns: [(&str, &str); N], rows: &[(IspRun, [String; N])]) {
        let mut table = TextTable::new(&[("ISP", ""), ("from", ""), ("until", "")], &columns);
        for (run, cells) in rows {
            table.row(self.isps(period, *run).into_iter().chain(cells.iter().cloned()));
        }
        self.table(title, &table);
    }

    fn power(&mut self, title: &str, period: Date, isps: &[IspPower]) {
        let rows: Vec<_> = isps.iter().map(|i| (i.run, [i.power.0.to_string()])).collect();
        self.runs(title, period, [("power", "W")], &rows);
    }

    fn connections(&mut self, title: &str, connections: &[PortfolioConnection]) {
        let mut table = TextTable::new(&[("connection", ""), ("from", ""), ("until", "")], &[]);
        for c in connections {
            table.row([c.entity_address.to_string(), c.start_period.to_string(), until(c.end_period)]);
        }
        self.table(title, &table);
    }

    fn body(&mut self, message: &Message) {
        match message {
            Message::AgrPortfolioUpdate(m) => self.connections("represents", &m.connections),
            Message::DsoPortfolioUpdate(m) => {
                for cp in &m.congestion_points {
                    let intraday = cp.intraday_redispatch_by.map_or("none", |r| r.as_str());
                    self.field("congestion point", &cp.entity_address);
                    let end = cp.end_period.map(|d| format!(" to {d}")).unwrap_or_default();
                    self.field("in force", format!("from {}{end}", cp.start_period));
                    self.field("exclusive options", if cp.mutex_offers_supported { "supported" } else { "not supported" });
                    self.field("redispatch", format!("day-ahead by {}, intraday by {intraday}", cp.day_ahead_redispatch_by.as_str()));
                    self.connections("connections", &cp.connections);
                }
            }
            Message::DsoPortfolioQuery(m) => self.field("congestion point", &m.entity_address),
            Message::AgrPortfolioQueryResponse(_) | Message::DsoPortfolioQueryResponse(_) => self.portfolio(message),
            Message::FlexReservationUpdate(m) => {
                self.field("contract", &*m.contract_id);
                self.field("reference", &*m.reference);
                self.power("stays reserved", m.flex.period, &m.isps);
            }
            Message::DPrognosis(m) => {
                self.field("revision", m.revision);
                self.power("expected net power", m.flex.period, &m.isps);
            }
            Message::DPrognosisResponse(m) => {
                for status in &m.flex_order_statuses {
                    let contained = if status.is_validated { "contained" } else { "not contained" };
                    self.field("order", format!("{} {contained}", status.flex_order_message_id));
                }
            }
            Message::FlexRequest(m) => {
                self.field("revision", m.revision);
                self.time("expires", m.expiration_date_time);
                self.optional("contract", m.contract_id.as_deref());
                self.optional("service", m.service_type.as_deref());
                let row = |i: &crate::uftp::message::FlexRequestIsp| {
                    (i.run, [i.disposition.as_str().to_owned(), i.min_power.0.to_string(), i.max_power.0.to_string()])
                };
                let rows: Vec<_> = m.isps.iter().map(row).collect();
                self.runs("deviation asked for", m.flex.period, [("disposition", ""), ("min", "W"), ("max", "W")], &rows);
            }
            Message::FlexOffer(m) => {
                self.time("expires", m.expiration_date_time);
                self.optional("answers request", m.flex_request_message_id);
                self.optional("contract", m.contract_id.as_deref());
                self.optional("prognosis", m.d_prognosis_message_id);
                self.optional("baseline", m.baseline_reference.as_deref());
                for option in &m.options {
                    let share = share(option.min_activation_factor.hundredths());
                    let title =
                        format!("option {}: {} {} for all of it, at least {share}", &*option.option_reference, option.price, m.currency);
                    self.power(&title, m.flex.period, &option.isps);
                }
            }
            Message::FlexOfferRevocation(m) => self.field("takes back offer", m.flex_offer_message_id),
            Message::FlexOrder(m) => {
                self.field("order", &*m.order_reference);
                self.optional("buys offer", m.flex_offer_message_id);
                self.optional("option", m.option_reference.as_deref());
                self.field("activates", share(m.activation_factor.hundredths()));
                self.field("price", format!("{} {}", m.price, m.currency));
                self.optional("contract", m.contract_id.as_deref());
                self.optional("service", m.service_type.as_deref());
                self.optional("prognosis", m.d_prognosis_message_id);
                self.optional("baseline", m.baseline_reference.as_deref());
                self.power("ordered deviation", m.flex.period, &m.isps);
            }
            Message::Metering(m) => self.metering(m),
            Message::FlexSettlementResponse(m) => {
                for status in &m.statuses {
                    let order = status.order_reference.as_deref().unwrap_or("without number");
                    let why = status.dispute_reason.as_deref().map(|r| format!(": {r}")).unwrap_or_default();
                    self.field("order", format!("{order} {}{why}", status.disposition.as_str()));
                }
            }
            _ => {}
        }
    }

    fn portfolio(&mut self, message: &Message) {
        let mut table = TextTable::new(&[("congestion point", ""), ("connection", ""), ("whose", "")], &[]);
        match message {
            Message::AgrPortfolioQueryResponse(m) => {
                for view in &m.dso_views {
                    for (dso, cp) in view.dso_portfolios.iter().flat_map(|p| p.congestion_points.iter().map(move |cp| (&p.dso_domain, cp)))
                    {
                        for c in &cp.connections {
                            table.row([cp.entity_address.to_string(), c.to_string(), dso.to_string()]);
                        }
                    }
                    for c in &view.connections {
                        table.row(["none".to_owned(), c.to_string(), String::new()]);
                    }
                }
            }
            Message::DsoPortfolioQueryResponse(m) => {
                for (cp, c) in m.congestion_point.iter().flat_map(|cp| cp.connections.iter().map(move |c| (cp, c))) {
                    let agr = c.agr_domain.as_ref().map_or("nobody", |d| d.as_str());
                    table.row([cp.entity_address.to_string(), c.entity_address.to_string(), agr.to_owned()]);
                }
            }
            _ => {}
        }
        self.table("portfolio", &table);
    }

    fn metering(&mut self, m: &Metering) {
        self.field("meter", m.ean.connection());
        self.field("revision", m.revision);
        for profile in &m.profiles {
            let rows: Vec<_> = profile.isps.iter().map(|i| (IspRun { start: i.start, duration: 1 }, [i.value.to_string()])).collect();
            self.runs(profile.profile_type.as_str(), m.period, [("value", profile.unit.as_str())], &rows);
        }
    }

    /// A settlement says neither zone nor length of ISPs: each item is told by the clock of its order or contract.
    fn settlement(&mut self, message: &Message, m: &FlexSettlement, clocks: &Clocks) {
        self.field("window", format!("{} to {}", m.period_start, m.period_end));
        let calendars: Vec<Option<IspCalendar>> = (m.flex_order_settlements.iter())
            .map(|order| Settled::Order(order.order_reference.as_deref()))
            .chain(m.contract_settlements.iter().map(|contract| Settled::Contract(contract.contract_id.as_deref())))
            .map(|what| clocks.settled(message, what))
            .collect();
        if calendars.iter().any(Option::is_none) {
            self.field("times", "not known: a settlement says no zone and no length of ISPs; show it with its orders");
        }
        let mut calendars = calendars.into_iter();
        for order in &m.flex_order_settlements {
            self.calendar = calendars.next().flatten();
            self.settled_order(order, m.currency.as_str());
        }
        for contract in &m.contract_settlements {
            self.calendar = calendars.next().flatten();
            self.settled_contract(contract);
        }
    }

    fn settled_order(&mut self, o: &FlexOrderSettlement, currency: &str) {
        let name = o.order_reference.as_deref().unwrap_or("without number");
        let contract = o.contract_id.as_deref().map(|c| format!(", contract {c}")).unwrap_or_default();
        let title = format!(
            "order {name}, {}, {}{contract}: price {} − penalty {} = {} {currency}",
            o.period, o.congestion_point, o.price, o.penalty, o.net_settlement
        );
        let watts = |i: &crate::uftp::message::FlexOrderSettlementIsp| {
            [i.baseline_power, i.ordered_flex_power, i.actual_power, i.delivered_flex_power, i.power_deficiency].map(|w| w.0.to_string())
        };
        let rows: Vec<_> = o.isps.iter().map(|i| (i.run, watts(i))).collect();
        let columns = ["baseline", "ordered", "actual", "delivered", "deficiency"].map(|c| (c, "W"));
        self.runs(&title, o.period, columns, &rows);
    }

    fn settled_contract(&mut self, c: &ContractSettlement) {
        let name = c.contract_id.as_deref().unwrap_or("without number");
        let or_none = |w: Option<crate::units::Watts>| w.map_or_else(|| "–".to_owned(), |w| w.0.to_string());
        for day in &c.periods {
            let watts = |i: &crate::uftp::message::ContractSettlementIsp| {
                [Some(i.reserved_power), i.requested_power, i.available_power, i.offered_power, i.ordered_power].map(or_none)
            };
            let rows: Vec<_> = day.isps.iter().map(|i| (i.run, watts(i))).collect();
            let columns = ["reserved", "requested", "available", "offered", "ordered"].map(|c| (c, "W"));
            self.runs(&format!("contract {name}, {}", day.period), day.period, columns, &rows);
        }
    }
}

fn until(end: Option<Date>) -> String {
    end.map_or_else(|| "open".to_owned(), |d| d.to_string())
}

fn share(hundredths: u8) -> String {
    format!("{hundredths} %")
}
