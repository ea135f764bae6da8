//! An operator pays for what was held available, and not where the aggregator refused.

use std::sync::Arc;

use copperplate::agent::dso::Dso;
use copperplate::agent::{Action, Appointment, Area, DsoVintage, Gate, Input, Participant};
use copperplate::ids::Role;
use copperplate::market::Direction;
use copperplate::market::contract::{Called, Contract, Counters, Fees, FlexOption, Limits, Right, Tariff, Window};
use copperplate::market::performance::Performance;
use copperplate::time::{IspCalendar, Period, SimTime};
use copperplate::uftp::message::*;
use copperplate::uftp::sample::{PERIOD, congestion_point, domain};
use copperplate::units::Watts;
use jiff::civil::{Time, time};

use crate::agent_ratings::operator;

/// An option on 20 kW less feed-in from 10:00 to 16:00.
fn option() -> Contract {
    Contract {
        id: "option".to_owned(),
        aggregator: domain(Role::Agr),
        congestion_point: congestion_point(),
        direction: Direction::FeedIn,
        right: Right::FlexOption(FlexOption { power_w: 20_000.0 }),
        called: Called::Request,
        windows: Window::daily(time(10, 0, 0, 0), time(16, 0, 0, 0)),
        fees: Fees { availability_eur_per_mw_h: 6.0, ..Fees::default() },
        tariff: Tariff { utilisation_eur_per_mwh: 85.0, plus_day_ahead: false, price_cap_eur_per_mwh: None },
        limits: Limits::default(),
        used_before: Counters::default(),
        performance: Performance::for_delivered(50.0),
        suspend_after_breaches: None,
    }
}

struct Scene {
    dso: Dso,
    calendar: IspCalendar,
    period: Period,
    next: u128,
}

impl Scene {
    fn eve(&self, clock: Time) -> SimTime {
        self.calendar.at(PERIOD.yesterday().unwrap(), clock)
    }

    fn tell(&mut self, now: SimTime, input: Input) -> Vec<Arc<Message>> {
        let sent = |action| if let Action::Send(message) = action { Some(message) } else { None };
        self.dso.handle(now, input).into_iter().filter_map(sent).collect()
    }

    fn gate(&mut self, now: SimTime, gate: Gate) -> Vec<Arc<Message>> {
        let appointment = Appointment { round: 1, ..Appointment::of(gate, self.period) };
        self.tell(now, Input::Gate(appointment))
    }

    /// Answers a message of the operator.
    fn answer(&mut self, now: SimTime, message: &Message, rejection: Option<&str>) -> Message {
        self.next += 1;
        let id = MessageId(uuid::Uuid::from_u128(self.next));
        message.reply(id, DateTime::new(&self.calendar, now), rejection.map(Text::from)).expect("it is answered")
    }
}

/// What the operator's bill says is reserved per ISP, after it asked for relief from 12:00 to 13:00 and from 20:00 to 21:00.
fn reserved(refusal: Option<&str>) -> Vec<(u16, Watts)> {
    let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
    let mut scene = Scene { dso: operator(500_000.0, vec![option()]), period: calendar.period(PERIOD), calendar, next: 1 };
    let day = scene.period;
    let publish = scene.eve(Time::midnight());
    scene.gate(publish, Gate::Publish);
    let query = scene.eve(time(8, 0, 0, 0));
    for question in scene.gate(query, Gate::Query) {
        let Message::DsoPortfolioQueryResponse(mut told) = scene.answer(query, &question, None) else { unreachable!("a query") };
        let Message::DsoPortfolioQueryResponse(sample) = copperplate::uftp::sample::sample(MessageType::DsoPortfolioQueryResponse) else {
            unreachable!("the sample of that type")
        };
        let mut point = sample.congestion_point.expect("the sample names a point");
        point.connections[0].entity_address = crate::agent_ratings::first_connection();
        told.congestion_point = Some(point);
        scene.tell(query, Input::Message(Arc::new(told.into())));
    }
    let connections = crate::agent_ratings::connections();
    let mut p_w = Area::zero(connections, 96);
    // Nearly congested in the whole window, congested in two hours.
    let feed_in = |i: usize| if (48..52).contains(&i) || (80..84).contains(&i) { -220_000.0 } else { -155_000.0 };
    p_w.add(0, &(0..96).map(feed_in).collect::<Vec<f64>>());
    let zero = Area::zero(connections, 96);
    let vintage = DsoVintage { period: day, p_w, q_var: zero.clone(), feed_in_w: zero.clone(), device_w: zero, range_w: None };
    let call = scene.eve(time(9, 0, 0, 0));
    scene.tell(call, Input::Area(Arc::new(vintage)));
    scene.gate(call, Gate::Call);
    let request = scene.eve(time(14, 0, 0, 0));
    let requests = scene.gate(request, Gate::Request);
    let under = |m: &&Arc<Message>| matches!(&***m, Message::FlexRequest(r) if r.contract_id.is_some());
    let asked: Vec<Arc<Message>> = requests.iter().filter(under).cloned().collect();
    assert_eq!(asked.len(), 1, "a request under the option");
    let answer = scene.answer(request, &asked[0], refusal);
    scene.tell(request, Input::Message(Arc::new(answer)));
    let settle = day.end();
    let bills = scene.gate(settle, Gate::Settle);
    let bill = bills.iter().find_map(|m| if let Message::FlexSettlement(bill) = &**m { Some(bill.clone()) } else { None });
    let isps = &bill.expect("a bill").contract_settlements[0].periods[0].isps;
    isps.iter().map(|row| (row.run.start, row.reserved_power)).collect()
}

#[test]
fn nothing_is_held_available_where_a_request_is_refused() {
    let held = reserved(None);
    assert_eq!(held.len(), 24, "the ISPs of the window");
    let kept: Vec<u16> = held.iter().filter(|(_, w)| *w == Watts(20_000)).map(|(isp, _)| *isp).collect();
    assert!(kept.len() > 4 && (49..=52).all(|isp| kept.contains(&isp)), "{held:?}");
    let refused = reserved(Some("No flexibility"));
    let left: Vec<u16> = refused.iter().filter(|(_, w)| *w != Watts::ZERO).map(|(isp, _)| *isp).collect();
    assert_eq!(left, kept.into_iter().filter(|isp| !(49..=52).contains(isp)).collect::<Vec<_>>());
}
