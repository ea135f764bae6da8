//! An aggregator refuses calls outside the terms of a contract, and names the first that is broken.

use std::sync::Arc;

use copperplate::agent::agr::Agr;
use copperplate::agent::{Action, Appointment, DayPrices, Gate, Input, MeterDay, Participant, PortfolioVintage};
use copperplate::ids::{ConnectionIdx, Role};
use copperplate::market::Direction;
use copperplate::market::contract::{
    Called, CapacityLimitation, Contract, Counters, DayOfYear, Fees, Limits, Right, Season, Tariff, Window,
};
use copperplate::market::performance::Performance;
use copperplate::time::{IspCalendar, SimDuration, SimTime};
use copperplate::uftp::message::*;
use copperplate::uftp::sample::{congestion_point, domain};
use copperplate::units::{ActivationFactor, Money, Watts};
use jiff::civil::{Date, date, time};

use crate::agent_support::aggregator;

/// A Monday.
const MONDAY: Date = date(2026, 1, 5);

struct Scene {
    agr: Agr,
    calendar: Arc<IspCalendar>,
    next: u128,
}

/// A cap of 60 kW on consumption in winter afternoons, of whose year an hour was called before.
fn contract(limits: Limits) -> Contract {
    let winter = Season { first: DayOfYear { month: 11, day: 1 }, last: DayOfYear { month: 3, day: 31 } };
    Contract {
        id: "cap".to_owned(),
        aggregator: domain(Role::Agr),
        congestion_point: congestion_point(),
        direction: Direction::Consumption,
        right: Right::CapacityLimitation(CapacityLimitation { cap_w: 60_000.0 }),
        called: Called::DayAhead,
        windows: vec![Window { days: Vec::new(), season: Some(winter), from: time(12, 0, 0, 0), until: time(0, 0, 0, 0) }],
        fees: Fees::default(),
        tariff: Tariff { utilisation_eur_per_mwh: 70.0, plus_day_ahead: false, price_cap_eur_per_mwh: None },
        limits,
        used_before: Counters::resumed(2026, SimDuration::hours(1), None),
        performance: Performance::for_delivered(50.0),
        suspend_after_breaches: Some(1),
    }
}

fn scene(limits: Limits) -> Scene {
    let calendar = Arc::new(IspCalendar::new("Europe/Amsterdam", 15).unwrap());
    let agr = aggregator(&calendar, Vec::new(), vec![contract(limits)], Vec::new());
    Scene { agr, calendar, next: 1 }
}

impl Scene {
    fn eve(&self, day: Date, hour: i8) -> SimTime {
        self.calendar.at(day.yesterday().unwrap(), time(hour, 0, 0, 0))
    }

    fn tell(&mut self, now: SimTime, input: Input) -> Vec<Arc<Message>> {
        let sent = |action| if let Action::Send(message) = action { Some(message) } else { None };
        self.agr.handle(now, input).into_iter().filter_map(sent).collect()
    }

    /// Calls runs (first ISP, length) of a day on its eve, asking for nothing; why the aggregator refuses.
    fn call(&mut self, day: Date, runs: &[(u16, u16)]) -> Option<String> {
        let now = self.eve(day, 9);
        self.next += 1;
        let id = uuid::Uuid::from_u128(self.next);
        let order = FlexOrder {
            header: Header {
                version: Version::V3_1_0,
                sender_domain: domain(Role::Dso),
                recipient_domain: domain(Role::Agr),
                time_stamp: DateTime::new(&self.calendar, now),
                message_id: MessageId(id),
                conversation_id: ConversationId(id),
            },
            flex: FlexHeader {
                isp_duration: IspMinutes(15),
                time_zone: ZoneName::new("Europe/Amsterdam"),
                period: day,
                congestion_point: congestion_point(),
            },
            unsolicited: Some(true),
            flex_offer_message_id: None,
            service_type: Some("capacity-limitation".into()),
            contract_id: Some("cap".into()),
            d_prognosis_message_id: None,
            baseline_reference: Some("cap".into()),
            price: Money::ZERO,
            currency: Currency::EUR,
            order_reference: Text::from(format!("O-{}", self.next)),
            option_reference: None,
            activation_factor: ActivationFactor::FULL,
            isps: runs.iter().map(|(start, duration)| IspPower::new(Watts::ZERO, *start, *duration)).collect(),
        };
        let sent = self.tell(now, Input::Message(Arc::new(order.into())));
        let answer = sent.iter().find_map(|m| m.response().cloned()).expect("an order is answered");
        answer.rejection_reason.map(|reason| reason.to_string())
    }

    /// The day's meter, W in every ISP, and the moment at which it is sent.
    fn meter(&mut self, day: Date, p_w: f64) {
        let period = self.calendar.period(day);
        let now = period.end() + SimDuration::hours(8);
        let meter = MeterDay { period, connection: ConnectionIdx::new(0), p_w: vec![p_w; period.isps()] };
        self.tell(now, Input::Meter(Arc::new(meter)));
        assert_eq!(self.tell(now, Input::Gate(Appointment::of(Gate::Metering, period))).len(), 1);
    }
}

fn refused(answer: Option<String>, term: &str) {
    assert_eq!(answer.as_deref(), Some(&*format!("Outside the terms of contract cap: {term}")));
}

fn tuesday() -> Date {
    MONDAY.tomorrow().unwrap()
}

#[test]
fn calls_outside_windows_and_seasons_are_refused() {
    let mut scene = scene(Limits::default());
    refused(scene.call(MONDAY, &[(48, 4)]), "window");
    refused(scene.call(date(2026, 4, 1), &[(50, 4)]), "window");
    assert_eq!(scene.call(MONDAY, &[(49, 4), (60, 37)]), None);
}

#[test]
fn calls_of_a_wrong_length_are_refused() {
    let minutes = |n| Some(SimDuration::minutes(n));
    let mut scene = scene(Limits { shortest: minutes(30), longest: minutes(60), ..Limits::default() });
    refused(scene.call(MONDAY, &[(60, 1)]), "too short");
    refused(scene.call(MONDAY, &[(60, 5)]), "too long");
    refused(scene.call(MONDAY, &[(50, 4), (60, 5)]), "too long");
    assert_eq!(scene.call(MONDAY, &[(50, 4), (60, 2)]), None);
}

/// What was refused does not count.
#[test]
fn calls_count_when_they_are_accepted() {
    let mut scene = scene(Limits {
        calls_per_day: Some(2),
        calls_per_week: Some(3),
        per_year: Some(SimDuration::hours(4)),
        recovery: Some(SimDuration::hours(1)),
        ..Limits::default()
    });
    refused(scene.call(MONDAY, &[(50, 4), (57, 1)]), "recovery");
    refused(scene.call(MONDAY, &[(50, 1), (60, 1), (70, 1)]), "calls per day");
    refused(scene.call(MONDAY, &[(50, 13)]), "hours per year");
    assert_eq!(scene.call(MONDAY, &[(50, 4), (60, 4)]), None);
    refused(scene.call(MONDAY, &[(90, 1)]), "calls per day");
    assert_eq!(scene.call(tuesday(), &[(50, 2)]), None);
    refused(scene.call(tuesday(), &[(80, 1)]), "calls per week");
    let next_monday = date(2026, 1, 12);
    refused(scene.call(next_monday, &[(50, 3)]), "hours per year");
    assert_eq!(scene.call(next_monday, &[(50, 2)]), None);
    assert_eq!(scene.call(date(2027, 1, 4), &[(50, 16)]), None, "a new year");
}

/// A call is in time until the day is planned.
#[test]
fn a_call_after_the_prognosis_is_too_late() {
    let mut scene = scene(Limits::default());
    let period = scene.calendar.period(MONDAY);
    let vintage = PortfolioVintage { period, inflexible_w: vec![vec![0.0; 96]], outlook: Vec::new() };
    let now = scene.eve(MONDAY, 8);
    scene.tell(now, Input::Portfolio(Arc::new(vintage)));
    scene.tell(now, Input::Prices(Arc::new(DayPrices { period, eur_per_mwh: vec![50.0; 96] })));
    assert_eq!(scene.tell(now, Input::Gate(Appointment::of(Gate::Prognosis, period))).len(), 1);
    refused(scene.call(MONDAY, &[(50, 4)]), "notice");
    assert_eq!(scene.call(tuesday(), &[(50, 4)]), None);
}

/// A cap that is kept in every called ISP is no breach; one that is not, though the call asked for nothing, is.
#[test]
fn a_breach_suspends_the_contract() {
    let mut scene = scene(Limits::default());
    assert_eq!(scene.call(MONDAY, &[(50, 4)]), None);
    scene.meter(MONDAY, 60_000.0);
    assert_eq!(scene.call(date(2026, 1, 7), &[(50, 4)]), None);
    scene.meter(date(2026, 1, 7), 60_001.0);
    refused(scene.call(date(2026, 1, 9), &[(50, 4)]), "suspended");
    refused(scene.call(date(2026, 1, 9), &[(1, 4)]), "suspended");
}
