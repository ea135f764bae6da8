//! One message of each type, from one small trade: for documentation, tests, and as a start for writing one's own.
//!
//! On the congestion point `ea1.2024-01.com.example.dso:feeder-7` more than 20 kW of consumption is forecast for ISPs 68 to 71
//! of 2026-03-10. Under contract C-1 the operator asks for less, the aggregator offers two exclusive options, the operator
//! orders half of the first. Half of what was ordered is delivered.

mod scene;

pub use scene::Scene;

use jiff::civil::{Date, date};
use uuid::Uuid;

use crate::ids::{Domain, EntityAddress, Role};
use crate::time::SimTime;
use crate::uftp::message::{
    AgrCongestionPoint, AgrPortfolioQuery, AgrPortfolioUpdate, ContractSettlement, ContractSettlementIsp, ContractSettlementPeriod,
    ConversationId, Currency, DPrognosis, DateTime, Decimal, DeclaredCongestionPoint, Disposition, DsoCongestionPoint, DsoPortfolio,
    DsoPortfolioQuery, DsoPortfolioUpdate, DsoView, Ean, FlexHeader, FlexOffer, FlexOfferRevocation, FlexOrder, FlexOrderSettlement,
    FlexOrderSettlementIsp, FlexOrderSettlementStatus, FlexOrderStatus, FlexRequest, FlexRequestIsp, FlexReservationUpdate, FlexSettlement,
    Header, IspMinutes, IspPower, IspRun, Message, MessageId, MessageType, Metering, MeteringIsp, MeteringProfile, MeteringUnit,
    OfferOption, PortfolioConnection, ProfileType, RedispatchBy, RepresentedConnection, SettlementDisposition, TestMessage, Text, Version,
    ZoneName,
};
use crate::units::{ActivationFactor, Money, Watts};

/// The day traded.
pub const PERIOD: Date = date(2026, 3, 10);

/// The congestion point traded on.
#[must_use]
pub fn congestion_point() -> EntityAddress {
    EntityAddress::new("ea1.2024-01.com.example.dso:feeder-7")
}

/// The aggregator's connection there.
#[must_use]
pub fn connection() -> EntityAddress {
    EntityAddress::new("ean.871685900012636543")
}

/// The domain of the participant in a role: `agr.example.com`, `cro.example.com`, `dso.example.com`.
#[must_use]
pub fn domain(role: Role) -> Domain {
    Domain::new(format!("{}.example.com", role.as_str().to_lowercase()))
}

/// The sample of a message type.
#[must_use]
pub fn sample(message_type: MessageType) -> Message {
    match message_type {
        MessageType::TestMessage => Message::TestMessage(TestMessage { header: header(message_type) }),
        MessageType::AgrPortfolioUpdate => agr_portfolio_update(),
        MessageType::AgrPortfolioQuery => AgrPortfolioQuery { header: header(message_type), time_zone: zone(), period: PERIOD }.into(),
        MessageType::DsoPortfolioUpdate => dso_portfolio_update(),
        MessageType::DsoPortfolioQuery => {
            let (header, entity_address) = (header(message_type), congestion_point());
            DsoPortfolioQuery { header, time_zone: zone(), period: PERIOD, entity_address }.into()
        }
        MessageType::FlexReservationUpdate => flex_reservation_update(),
        MessageType::DPrognosis => {
            let isps = vec![IspPower::new(Watts(18_000), 1, 67), IspPower::new(Watts(25_000), 68, 4), IspPower::new(Watts(10_000), 72, 25)];
            DPrognosis { header: header(message_type), flex: flex(), revision: 1, isps }.into()
        }
        MessageType::FlexRequest => flex_request(),
        MessageType::FlexOffer => flex_offer(),
        MessageType::FlexOfferRevocation => {
            let flex_offer_message_id = id(MessageType::FlexOffer);
            FlexOfferRevocation { header: header(message_type), flex_offer_message_id }.into()
        }
        MessageType::FlexOrder => flex_order(),
        MessageType::FlexSettlement => flex_settlement(),
        MessageType::Metering => metering(),
        response => answered(response),
    }
}

/// A response: the reply to the sample it answers, filled in.
fn answered(message_type: MessageType) -> Message {
    let asked = message_type.answers().expect("what is no request is a response");
    let own = header(message_type);
    let mut message = sample(asked).reply(own.message_id, own.time_stamp, None).expect("requests are answered");
    match &mut message {
        Message::AgrPortfolioQueryResponse(m) => {
            let point = AgrCongestionPoint {
                entity_address: congestion_point(),
                mutex_offers_supported: true,
                day_ahead_redispatch_by: RedispatchBy::Agr,
                intraday_redispatch_by: Some(RedispatchBy::Dso),
                connections: vec![connection()],
            };
            let portfolio = DsoPortfolio { dso_domain: domain(Role::Dso), congestion_points: vec![point] };
            m.dso_views = vec![DsoView { dso_portfolios: vec![portfolio], connections: Vec::new() }];
        }
        Message::DsoPortfolioQueryResponse(m) => {
            let connection = RepresentedConnection { entity_address: connection(), agr_domain: Some(domain(Role::Agr)) };
            m.congestion_point = Some(DsoCongestionPoint { entity_address: congestion_point(), connections: vec![connection] });
        }
        Message::DPrognosisResponse(m) => {
            m.flex_order_statuses = vec![FlexOrderStatus { flex_order_message_id: id(MessageType::FlexOrder), is_validated: true }];
        }
        Message::FlexSettlementResponse(m) => {
            m.statuses = vec![FlexOrderSettlementStatus {
                order_reference: Some(Text::from("ORD-1")),
                disposition: SettlementDisposition::Disputed,
                dispute_reason: Some(Text::from("own meter shows 23500 W")),
            }];
        }
        _ => {}
    }
    message
}

fn agr_portfolio_update() -> Message {
    let connection = PortfolioConnection { entity_address: connection(), start_period: PERIOD, end_period: None };
    AgrPortfolioUpdate { header: header(MessageType::AgrPortfolioUpdate), time_zone: zone(), connections: vec![connection] }.into()
}

fn dso_portfolio_update() -> Message {
    let connection = PortfolioConnection { entity_address: connection(), start_period: PERIOD, end_period: None };
    let point = DeclaredCongestionPoint {
        entity_address: congestion_point(),
        start_period: PERIOD,
        end_period: None,
        mutex_offers_supported: true,
        day_ahead_redispatch_by: RedispatchBy::Agr,
        intraday_redispatch_by: Some(RedispatchBy::Dso),
        connections: vec![connection],
    };
    DsoPortfolioUpdate { header: header(MessageType::DsoPortfolioUpdate), time_zone: zone(), congestion_points: vec![point] }.into()
}

fn flex_reservation_update() -> Message {
    FlexReservationUpdate {
        header: header(MessageType::FlexReservationUpdate),
        flex: flex(),
        contract_id: Text::from("C-1"),
        reference: Text::from("FRU-1"),
        isps: vec![IspPower::new(Watts(-5_000), 68, 4), IspPower::new(Watts(0), 72, 4)],
    }
    .into()
}

fn flex_request() -> Message {
    let isp = |disposition, min, max, start, duration| FlexRequestIsp {
        disposition,
        min_power: Watts(min),
        max_power: Watts(max),
        run: IspRun { start, duration },
    };
    FlexRequest {
        header: header(MessageType::FlexRequest),
        flex: flex(),
        revision: 1,
        expiration_date_time: at(PERIOD.yesterday().expect("not the first day"), 15, 0),
        contract_id: Some(Text::from("C-1")),
        service_type: Some(Text::from("day-ahead")),
        isps: vec![
            isp(Disposition::Available, -38_000, 2_000, 1, 67),
            isp(Disposition::Requested, -45_000, -5_000, 68, 4),
            isp(Disposition::Available, -30_000, 10_000, 72, 25),
        ],
    }
    .into()
}

fn flex_offer() -> Message {
    let option = |reference, price, min_activation_factor, isps| OfferOption {
        option_reference: Text::from(reference),
        price: Money::from_f64(price),
        min_activation_factor,
        isps,
    };
    let half = ActivationFactor::from_hundredths(50).expect("within 1..=100");
    FlexOffer {
        header: header(MessageType::FlexOffer),
        flex: flex(),
        expiration_date_time: at(PERIOD.yesterday().expect("not the first day"), 17, 0),
        unsolicited: Some(false),
        flex_request_message_id: Some(id(MessageType::FlexRequest)),
        contract_id: Some(Text::from("C-1")),
        d_prognosis_message_id: Some(id(MessageType::DPrognosis)),
        baseline_reference: None,
        currency: Currency::EUR,
        options: vec![
            option("A", 15.0, half, vec![IspPower::new(Watts(-4_000), 68, 4), IspPower::new(Watts(4_000), 80, 4)]),
            option("B", 20.0, ActivationFactor::FULL, vec![IspPower::new(Watts(-5_000), 68, 4)]),
        ],
    }
    .into()
}

fn flex_order() -> Message {
    FlexOrder {
        header: header(MessageType::FlexOrder),
        flex: flex(),
        unsolicited: Some(false),
        flex_offer_message_id: Some(id(MessageType::FlexOffer)),
        service_type: Some(Text::from("day-ahead")),
        contract_id: Some(Text::from("C-1")),
        d_prognosis_message_id: Some(id(MessageType::DPrognosis)),
        baseline_reference: None,
        price: Money::from_f64(7.5),
        currency: Currency::EUR,
        order_reference: Text::from("ORD-1"),
        option_reference: Some(Text::from("A")),
        activation_factor: ActivationFactor::from_hundredths(50).expect("within 1..=100"),
        isps: vec![IspPower::new(Watts(-2_000), 68, 4), IspPower::new(Watts(2_000), 80, 4)],
    }
    .into()
}

fn metering() -> Message {
    let value = |isp: u16| Decimal::kilowatts(Watts(if (68..72).contains(&isp) { 24_000 } else { 18_000 }));
    let isps = (1..=96).map(|isp| MeteringIsp { start: isp, value: value(isp) }).collect();
    Metering {
        header: header(MessageType::Metering),
        revision: 1,
        isp_duration: IspMinutes(15),
        time_zone: zone(),
        currency: None,
        period: PERIOD,
        ean: Ean::of_connection(&connection()).expect("an EAN of 18 digits"),
        profiles: vec![MeteringProfile { profile_type: ProfileType::Power, unit: MeteringUnit::Kilowatt, isps }],
    }
    .into()
}

fn flex_settlement() -> Message {
    let requested = FlexOrderSettlementIsp {
        run: IspRun { start: 68, duration: 4 },
        baseline_power: Watts(25_000),
        ordered_flex_power: Watts(-2_000),
        actual_power: Watts(24_000),
        delivered_flex_power: Watts(-1_000),
        power_deficiency: Watts(1_000),
    };
    let order = FlexOrderSettlement {
        order_reference: Some(Text::from("ORD-1")),
        period: PERIOD,
        contract_id: Some(Text::from("C-1")),
        d_prognosis_message_id: Some(id(MessageType::DPrognosis)),
        baseline_reference: None,
        congestion_point: congestion_point(),
        price: Money::from_f64(7.5),
        penalty: Money::from_f64(3.75),
        net_settlement: Money::from_f64(3.75),
        isps: vec![requested],
    };
    let called = ContractSettlementIsp {
        run: IspRun { start: 68, duration: 4 },
        reserved_power: Watts(-5_000),
        requested_power: Some(Watts(-5_000)),
        available_power: Some(Watts(-45_000)),
        offered_power: Some(Watts(-5_000)),
        ordered_power: Some(Watts(-2_000)),
    };
    let period = ContractSettlementPeriod { period: PERIOD, isps: vec![called] };
    FlexSettlement {
        header: header(MessageType::FlexSettlement),
        period_start: date(2026, 3, 1),
        period_end: date(2026, 3, 31),
        currency: Currency::EUR,
        flex_order_settlements: vec![order],
        contract_settlements: vec![ContractSettlement { contract_id: Some(Text::from("C-1")), periods: vec![period] }],
    }
    .into()
}

/// The header of a type's sample: identifiers by the type's number, sent in the order of the trade.
fn header(message_type: MessageType) -> Header {
    let dso_plays_first = |roles: &[Role]| if roles.contains(&Role::Dso) { Role::Dso } else { roles[0] };
    let (sender, recipient) = match message_type {
        MessageType::TestMessage => (Role::Agr, Role::Dso),
        MessageType::TestMessageResponse => (Role::Dso, Role::Agr),
        t => (dso_plays_first(t.sender_roles()), dso_plays_first(t.recipient_roles())),
    };
    let day_before = PERIOD.yesterday().expect("not the first day");
    let first = message_type.answers().unwrap_or(message_type);
    let (hour, minute) = match first {
        MessageType::FlexReservationUpdate => (8, 30),
        MessageType::FlexRequest => (14, 0),
        MessageType::FlexOffer => (14, 30),
        MessageType::FlexOfferRevocation => (15, 15),
        MessageType::FlexOrder => (15, 30),
        MessageType::DPrognosis if !message_type.is_response() => (13, 30),
        // Its status names the order, so it answers late.
        MessageType::DPrognosis => (16, 0),
        _ => (7, 0),
    };
    let day = match first {
        MessageType::Metering => PERIOD.tomorrow().expect("not the last day"),
        MessageType::FlexSettlement => date(2026, 4, 2),
        _ => day_before,
    };
    // The daylight-saving change lies between trade and settlement; `at` writes winter time all the same, which is a valid offset.
    Header {
        version: Version::V3_1_0,
        sender_domain: domain(sender),
        recipient_domain: domain(recipient),
        time_stamp: at(day, hour, minute + i64::from(message_type.is_response())),
        message_id: id(message_type),
        conversation_id: ConversationId(Uuid::from_u128(UUID_BASE | (0x0c00 + conversation(first)))),
    }
}

/// Request, offer, revocation and order are one conversation; every other message begins its own.
fn conversation(first: MessageType) -> u128 {
    match first {
        MessageType::FlexOffer | MessageType::FlexOfferRevocation | MessageType::FlexOrder => MessageType::FlexRequest as u128,
        other => other as u128,
    }
}

/// Version 4, variant 1.
const UUID_BASE: u128 = 0x5eed_0000_0000_4000_8000_0000_0000_0000;

/// The `MessageID` of a type's sample.
#[must_use]
pub fn id(message_type: MessageType) -> MessageId {
    MessageId(Uuid::from_u128(UUID_BASE | (1 + message_type as u128)))
}

fn zone() -> ZoneName {
    ZoneName::new("Europe/Amsterdam")
}

fn flex() -> FlexHeader {
    FlexHeader { isp_duration: IspMinutes(15), time_zone: zone(), period: PERIOD, congestion_point: congestion_point() }
}

/// A wall-clock time an hour east of UTC.
fn at(day: Date, hour: i64, minute: i64) -> DateTime {
    let midnight = jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).expect("within years 1..9999").as_second();
    DateTime { second: SimTime(midnight + (hour - 1) * 3600 + minute * 60), nanosecond: 0, offset_min: 60 }
}
