//! The participants as state machines: DSO, aggregators and the common reference.
//!
//! An agent is `handle(now, input) -> actions`. It has no clock, no I/O and no access to the world: what it knows came in an
//! [`Input`] — messages, forecasts handed to it, telemetry and meters that have arrived, prices once published. What it wants
//! comes out as [`Action`]s. The simulation and a live endpoint drive the same agents.
//!
//! ```text
//!   contract    AGR, DSO ── portfolio updates ──► CRO
//!   D-1 query   AGR, DSO ── portfolio queries ──► CRO
//!   D-1 call    DSO ── FlexReservationUpdate, FlexOrder (capacity limitation) ──► AGR
//!   D-1         AGR ── D-Prognosis ──► DSO ── FlexRequest ──► AGR ── FlexOffer ──► DSO ── FlexOrder ──► AGR ── D-Prognosis ──► DSO
//!   D           assets follow their dispatch; DSO watches its congestion points, limits if it must (orange)
//!   D+1         AGR ── Metering ──► DSO;   at the window's end  DSO ── FlexSettlement ──► AGR
//! ```

pub mod agr;
pub mod cro;
pub mod dso;
mod inbox;
mod knowledge;
mod order;

use std::sync::Arc;

use crate::ids::{AgrIdx, AssetIdx, ConnectionIdx, CpIdx, Domain};
use crate::market::ledger::Entry;
use crate::powerflow::Solution;
use crate::rng::Stream;
use crate::time::{IspCalendar, Period, SimTime};
use crate::uftp::message::{ConversationId, Currency, DateTime, FlexHeader, Header, IspMinutes, Message, MessageId, Version, ZoneName};
use crate::uftp::validate::Received;

pub use inbox::{Directory, Inbox};
pub use knowledge::{DayPrices, DsoVintage, MeterDay, PortfolioVintage, Telemetry};
pub use order::OrderRecord;

/// A scheduled moment of the day-ahead round, of the Period it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Contract phase: publish portfolio or congestion points, once.
    Publish,
    /// Query the common reference.
    Query,
    /// Release reservations, call capacity contracts.
    Call,
    /// Send the D-Prognosis.
    Prognosis,
    /// Analyse and request.
    Request,
    /// Select and order.
    Order,
    /// Send the updated D-Prognosis.
    Update,
    /// Day-ahead gate closure: last look at the day before it comes.
    Close,
    /// Send the Metering of the day.
    Metering,
    /// Settle everything up to and including the Period.
    Settle,
}

/// What reaches an agent.
#[derive(Debug, Clone)]
pub enum Input {
    /// A scheduled moment.
    Gate(Gate, Period),
    /// A message arrived in process.
    Message(Arc<Message>),
    /// A message arrived in an envelope, whose sender the rules hold it against.
    Enveloped(Received),
    /// Forecast of an aggregator's own portfolio.
    Portfolio(Arc<PortfolioVintage>),
    /// The DSO's own forecast.
    Area(Arc<DsoVintage>),
    /// Published day-ahead prices.
    Prices(Arc<DayPrices>),
    /// Measurement of a congestion point.
    Telemetry(Telemetry),
    /// Meter data of a day, of the agent's own connections.
    Meter(Arc<MeterDay>),
}

/// What an agent wants.
#[derive(Debug, Clone)]
pub enum Action {
    /// Send a message.
    Send(Arc<Message>),
    /// Tell the portfolio's devices what to do.
    Dispatch(Dispatch),
    /// Limit devices outside the market (orange).
    Limit(Limit),
    /// Book a payment both sides agreed on.
    Book(Entry),
    /// Show what it worked out, for the record only.
    Record(Record),
}

/// Instructions of an aggregator to its devices for one Period; they replace earlier ones for the same Period.
#[derive(Debug, Clone)]
pub struct Dispatch {
    /// Whose devices.
    pub agr: AgrIdx,
    /// The day.
    pub period: Period,
    /// Net power of the whole portfolio as planned and sold at the auction, W per ISP, without orders.
    pub position_w: Vec<f64>,
    /// Power of vehicles and batteries per ISP, W; others run free.
    pub schedules: Vec<(AssetIdx, Vec<f64>)>,
    /// Net power the portfolio has to keep at a congestion point.
    pub targets: Vec<Target>,
}

/// Bounds on the portfolio's net power at a congestion point per ISP, W; ±∞ where it is free.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where.
    pub cp: CpIdx,
    /// Not below (feed-in relief).
    pub floor_w: Vec<f64>,
    /// Not above (consumption relief).
    pub ceiling_w: Vec<f64>,
}

/// A limitation by the DSO until it sends another for the same congestion point.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Where.
    pub cp: CpIdx,
    /// Feed-in of every reached PV system at most this fraction of its installed power.
    pub feed_in_fraction: f64,
    /// Power of every reached vehicle and heat pump at most this, W.
    pub device_cap_w: f64,
}

impl Limit {
    /// No limitation.
    #[must_use]
    pub fn none(cp: CpIdx) -> Limit {
        Limit { cp, feed_in_fraction: 1.0, device_cap_w: f64::INFINITY }
    }

    /// Whether it limits anything.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.feed_in_fraction < 1.0 || self.device_cap_w.is_finite()
    }
}

/// Things worth keeping that no participant acts on.
#[derive(Debug, Clone)]
pub enum Record {
    /// The DSO's load flow of a day: before trading or with orders.
    Analysis {
        /// The day.
        period: Period,
        /// Whether accepted orders are in it.
        with_orders: bool,
        /// One step per ISP.
        solution: Arc<Solution>,
    },
    /// What the DSO asked for at a congestion point.
    Requested {
        /// Where.
        cp: CpIdx,
        /// The day.
        period: Period,
        /// Signed shortage per ISP, W.
        near_w: Vec<f64>,
        /// Signed shortage that remains with all orders, W.
        unserved_w: Vec<f64>,
    },
}

/// A source of identifiers and headers for one participant: keyed draws instead of a clock.
#[derive(Debug, Clone)]
pub struct Desk {
    domain: Domain,
    calendar: Arc<IspCalendar>,
    currency: Currency,
    ids: Stream,
    next: u64,
}

impl Desk {
    /// The desk of `domain` for a case with this seed.
    #[must_use]
    pub fn new(domain: Domain, calendar: Arc<IspCalendar>, currency: Currency, seed: u64) -> Desk {
        let ids = Stream::new(seed, domain.as_str(), "message-id");
        Desk { domain, calendar, currency, ids, next: 0 }
    }

    /// A fresh UUID, version 4 in form.
    fn uuid(&mut self) -> uuid::Uuid {
        let mut draw = self.ids.at(self.next);
        self.next += 1;
        uuid::Builder::from_random_bytes((u128::from(draw.bits()) << 64 | u128::from(draw.bits())).to_be_bytes()).into_uuid()
    }

    /// A header that opens a conversation, or continues `conversation`.
    fn header(&mut self, now: SimTime, to: &Domain, conversation: Option<ConversationId>) -> Header {
        let message_id = MessageId(self.uuid());
        Header {
            version: Version::V3_1_0,
            sender_domain: self.domain.clone(),
            recipient_domain: to.clone(),
            time_stamp: self.date_time(now),
            message_id,
            conversation_id: conversation.unwrap_or(ConversationId(message_id.0)),
        }
    }

    fn flex(&self, period: &Period, congestion_point: &crate::ids::EntityAddress) -> FlexHeader {
        FlexHeader {
            isp_duration: IspMinutes(self.calendar.isp_minutes()),
            time_zone: self.zone(),
            period: period.date,
            congestion_point: congestion_point.clone(),
        }
    }

    fn zone(&self) -> ZoneName {
        ZoneName::new(self.calendar.zone_name())
    }

    fn date_time(&self, t: SimTime) -> DateTime {
        DateTime::new(&self.calendar, t)
    }

    /// The response to `message`, accepting it or saying why not.
    fn reply(&mut self, now: SimTime, message: &Message, rejection: Option<String>) -> Option<Action> {
        let id = MessageId(self.uuid());
        let reply = message.reply(id, self.date_time(now), rejection.map(Into::into))?;
        Some(send(reply))
    }

    /// The response that refuses `message`; nothing answers a response.
    fn refusal(&mut self, now: SimTime, message: &Message, reason: String) -> Option<Arc<Message>> {
        let id = MessageId(self.uuid());
        message.reply(id, self.date_time(now), Some(reason.into())).map(Arc::new)
    }
}

fn send(message: impl Into<Message>) -> Action {
    Action::Send(Arc::new(message.into()))
}

/// What everyone knows of a congestion point once it is published: contract-phase data.
#[derive(Debug, Clone)]
pub struct PublicCp {
    /// Row in the study.
    pub cp: CpIdx,
    /// Its address.
    pub address: crate::ids::EntityAddress,
    /// Whether offers may hold exclusive options.
    pub mutex_offers: bool,
    /// The connections it concerns.
    pub connections: Vec<ConnectionIdx>,
}
