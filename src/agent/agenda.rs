//! The agenda of a market as values: who does what at which moment, in which round, for which ISPs, and what is handed over
//! before it.
//!
//! ```text
//! day before    query · early forecast · call · prices, readings, forecast · then, round by round: prognosis · request · order · update · close
//! day after     metering · at a window's end: settlement
//! ```
//!
//! One place makes the agenda; the simulation puts it into its queue, a live participant keeps what concerns its own role. A round
//! is data: another one needs no change in either.

use std::ops::Range;

use jiff::civil::Time;

use crate::ids::Role;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};

/// What a participant does at a scheduled moment, for the Period the moment concerns.
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
    /// Gate closure of the round: last look at the day before it comes.
    Close,
    /// Send the Metering of the day.
    Metering,
    /// Settle everything up to and including the Period.
    Settle,
}

/// What whoever drives a participant hands over to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handover {
    /// The operator's forecast of the Period before prices are known.
    EarlyForecast,
    /// Day-ahead prices of the Period.
    Prices,
    /// What the portfolio's devices show.
    Readings,
    /// The participant's own forecast of the Period.
    Forecast,
}

/// A moment of the agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// When.
    pub time: SimTime,
    /// Whose: of every participant in this role.
    pub role: Role,
    /// What is done.
    pub gate: Gate,
    /// Round of trade it belongs to, from 1; 0 stands outside the rounds.
    pub round: u8,
    /// The Period it concerns.
    pub period: Period,
    /// ISPs it may concern, as offsets.
    pub isps: Range<usize>,
    /// What is handed over before it, and when.
    pub before: Vec<(SimTime, Handover)>,
}

impl Appointment {
    /// A gate that belongs to no round and concerns a whole Period, at its beginning.
    #[must_use]
    pub fn of(gate: Gate, period: Period) -> Appointment {
        outside(period.start, Role::Agr, gate, &period)
    }
}

/// Clock times of a market; those of the day before delivery unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Timetable {
    /// Participants query the common reference.
    pub query: Time,
    /// Reservations are released and capacity contracts called, half an hour after the early forecast.
    pub call: Time,
    /// Day-ahead prices are published; forecasts and readings of the same moment follow them.
    pub results: Time,
    /// Rounds of trade, in order.
    pub rounds: Vec<Round>,
    /// Metering is sent, on the day after delivery.
    pub metering: Time,
}

impl Timetable {
    /// When something of a Period is first handed over.
    #[must_use]
    pub fn known(&self, handover: Handover, calendar: &IspCalendar, period: &Period) -> SimTime {
        let eve = period.date.yesterday().expect("calendar year above 1");
        match handover {
            Handover::EarlyForecast => calendar.at(eve, self.call) - EARLY,
            Handover::Prices | Handover::Readings | Handover::Forecast => calendar.at(eve, self.results),
        }
    }
}

/// Clock times of a round of trade, of the day before delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// D-Prognoses are due; `None`: those of the round before stand.
    pub prognosis: Option<Time>,
    /// The operator requests.
    pub request: Time,
    /// Requests expire.
    pub request_expires: Time,
    /// The operator selects and orders.
    pub order: Time,
    /// Offers expire, and the round is over.
    pub close: Time,
}

/// Aggregators send what orders changed this long after they came.
const UPDATE_AFTER: SimDuration = SimDuration::minutes(15);
/// The early forecast comes this long before the gate that needs it.
const EARLY: SimDuration = SimDuration::minutes(30);
/// Bills follow the last Metering of their window, and the aggregators' own books close after them.
const BILL_AFTER: SimDuration = SimDuration::hours(2);
const CLOSE_BOOKS_AFTER: SimDuration = SimDuration::hours(3);

/// The agenda of `periods`, which follow one another; Period after Period, in the order in which things happen at one time.
#[must_use]
pub fn agenda(timetable: &Timetable, calendar: &IspCalendar, periods: &[Period]) -> Vec<Appointment> {
    let mut appointments = Vec::new();
    for (k, period) in periods.iter().enumerate() {
        let eve = period.date.yesterday().expect("calendar year above 1");
        if k == 0 {
            let midnight = calendar.period(eve).start;
            appointments.push(outside(midnight, Role::Agr, Gate::Publish, period));
            appointments.push(outside(midnight + SimDuration::minutes(5), Role::Dso, Gate::Publish, period));
        }
        let at = |time| calendar.at(eve, time);
        appointments.push(outside(at(timetable.query), Role::Agr, Gate::Query, period));
        appointments.push(outside(at(timetable.query), Role::Dso, Gate::Query, period));
        let call = at(timetable.call);
        let before = vec![(timetable.known(Handover::EarlyForecast, calendar, period), Handover::EarlyForecast)];
        appointments.push(Appointment { before, ..outside(call, Role::Dso, Gate::Call, period) });
        for (r, round) in (1..).zip(&timetable.rounds) {
            appointments.extend(trade(timetable, calendar, round, r, period));
        }
        let morrow = calendar.at(period.date.tomorrow().expect("calendar year below 9999"), timetable.metering);
        appointments.push(outside(morrow, Role::Agr, Gate::Metering, period));
        if ends_window(period, periods.get(k + 1)) {
            appointments.push(outside(morrow + BILL_AFTER, Role::Dso, Gate::Settle, period));
            appointments.push(outside(morrow + CLOSE_BOOKS_AFTER, Role::Agr, Gate::Settle, period));
        }
    }
    appointments
}

/// One round of trade in a Period.
fn trade(t: &Timetable, calendar: &IspCalendar, round: &Round, r: u8, period: &Period) -> Vec<Appointment> {
    let eve = period.date.yesterday().expect("calendar year above 1");
    let at = |time| calendar.at(eve, time);
    let own = |time, role, gate, before| Appointment { round: r, before, ..outside(time, role, gate, period) };
    // What is new for a round is known half an hour before its first gate; the first round waits for the prices.
    let known = if r == 1 { t.known(Handover::Forecast, calendar, period) } else { at(round.prognosis.unwrap_or(round.request)) - EARLY };
    let mut appointments = Vec::new();
    if let Some(prognosis) = round.prognosis {
        let news = [Handover::Prices, Handover::Readings, Handover::Forecast];
        let before = news.iter().filter(|h| r == 1 || **h != Handover::Prices).map(|h| (known, *h)).collect();
        appointments.push(own(at(prognosis), Role::Agr, Gate::Prognosis, before));
    }
    appointments.push(own(at(round.request), Role::Dso, Gate::Request, vec![(known, Handover::Forecast)]));
    appointments.push(own(at(round.order), Role::Dso, Gate::Order, Vec::new()));
    appointments.push(own(at(round.order) + UPDATE_AFTER, Role::Agr, Gate::Update, Vec::new()));
    appointments.push(own(at(round.close), Role::Dso, Gate::Close, Vec::new()));
    appointments
}

/// An appointment that belongs to no round and concerns the whole Period.
fn outside(time: SimTime, role: Role, gate: Gate, period: &Period) -> Appointment {
    Appointment { time, role, gate, round: 0, period: *period, isps: 0..period.isps(), before: Vec::new() }
}

/// Whether a settlement window ends with `period`: with a month, or with the last Period.
fn ends_window(period: &Period, next: Option<&Period>) -> bool {
    next.is_none_or(|next| next.date.month() != period.date.month())
}
