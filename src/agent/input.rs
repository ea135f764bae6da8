//! What reaches a participant, and what it wants.

use std::sync::Arc;

use crate::asset::Reading;
use crate::ids::{AgrIdx, AssetIdx, CpIdx, Domain};
use crate::market::ledger::{Entry, Unbooked};
use crate::powerflow::Solution;
use crate::time::Period;
use crate::uftp::message::Message;
use crate::uftp::validate::Received;

use super::agenda::Appointment;
use super::knowledge::{DayPrices, DsoVintage, MeterDay, PortfolioVintage, Telemetry};

/// What reaches an agent.
#[derive(Debug, Clone)]
pub enum Input {
    /// A scheduled moment.
    Gate(Appointment),
    /// A message arrived in process.
    Message(Arc<Message>),
    /// A message arrived in an envelope, whose sender the rules hold it against.
    Enveloped(Received),
    /// Forecast of an aggregator's own portfolio.
    Portfolio(Arc<PortfolioVintage>),
    /// The DSO's own forecast.
    Area(Arc<DsoVintage>),
    /// What the instruments at the aggregator's own devices show.
    Readings(Arc<Vec<(AssetIdx, Reading)>>),
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
    /// Power of devices that can shift, per ISP, W; others run free.
    pub schedules: Vec<(AssetIdx, Arc<[f64]>)>,
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

/// What a load flow of a day expects at every element.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    /// `[isp][branch]` loading, fraction of the rating.
    pub loading: Vec<Arc<[f32]>>,
    /// `[isp][bus]` voltage, pu; of three phases the one farthest from rated.
    pub u_pu: Vec<Arc<[f32]>>,
}

impl Expectation {
    /// Keeps the next ISP, which is row `row` of `s`.
    pub(super) fn keep(&mut self, s: &Solution, row: usize) {
        self.loading.push(s.loading[s.branch_row(row)].iter().map(|x| *x as f32).collect());
        self.u_pu.push(s.farthest_u_pu(row).map(|x| x as f32).collect());
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
        /// What it found.
        expected: Expectation,
    },
    /// What the market left at a congestion point, with every order.
    Unserved {
        /// Where.
        cp: CpIdx,
        /// The day.
        period: Period,
        /// Signed shortage that remains, per ISP, W.
        unserved_w: Vec<f64>,
    },
    /// What the DSO made of a prognosis.
    Prognosis {
        /// Who published it.
        agr: Domain,
        /// Where.
        cp: CpIdx,
        /// The day.
        period: Period,
        /// By how much it exceeds the operator's forecast where congestion is foreseen, beyond what it exceeds it elsewhere; a fraction.
        deviation: f64,
        /// Over the last days; `None` of too few.
        z: Option<f64>,
        /// Whether it is flagged.
        flag: bool,
        /// Whether the aggregator is excluded from now on.
        excluded: bool,
    },
    /// Everything of closed settlement windows that is not booked, as it stands now.
    Unbooked(Vec<Unbooked>),
}

/// What follows from a flagged prognosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing.
    Flag,
    /// It counts less against the operator's own forecast.
    Discount,
    /// After some flags, its aggregator is neither believed nor asked.
    Exclude,
}

/// A check of prognoses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrognosisCheck {
    /// What follows.
    pub remedy: Remedy,
    /// Flags until exclusion.
    pub flags: u32,
}
