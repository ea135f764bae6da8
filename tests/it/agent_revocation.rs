//! An aggregator takes back what a newer forecast no longer covers, youngest first, and only what was accepted.

use std::sync::Arc;

use copperplate::agent::agr::{Agr, OwnDevice};
use copperplate::agent::{Action, Appointment, DayPrices, Gate, Input, Participant, PortfolioVintage};
use copperplate::asset::curtailable::Curtailable;
use copperplate::asset::fixed::Series;
use copperplate::asset::{Device, Outlook};
use copperplate::ids::{AssetIdx, Role};
use copperplate::time::{IspCalendar, Period, SimTime};
use copperplate::uftp::message::*;
use copperplate::uftp::sample::{PERIOD, congestion_point, domain};
use copperplate::units::Watts;
use jiff::civil::time;

use crate::agent_support::{aggregator, day_ahead};

struct Scene {
    agr: Agr,
    calendar: Arc<IspCalendar>,
    period: Period,
    next: u128,
}

/// An aggregator of one connection with 100 kW of feed-in all day.
fn scene() -> Scene {
    let calendar = Arc::new(IspCalendar::new("Europe/Amsterdam", 15).unwrap());
    let series = Series { p_nominal_w: -100_000.0, q_nominal_var: 0.0, p_profile: None, q_profile: None };
    let plant = OwnDevice {
        steered: true,
        asset: AssetIdx::new(0),
        connection: 0,
        device: Device::Curtailable(Curtailable { series }),
        willing: true,
    };
    let agr = aggregator(&calendar, vec![plant], Vec::new(), vec![day_ahead()]);
    let period = calendar.period(PERIOD);
    let mut scene = Scene { agr, calendar, period, next: 1 };
    scene.foresee(13, |_| 100_000.0);
    scene.tell(13, Input::Prices(Arc::new(DayPrices { period, eur_per_mwh: vec![50.0; 96] })));
    assert_eq!(scene.tell(13, Input::Gate(Appointment::of(Gate::Prognosis, period))).len(), 1);
    scene
}

impl Scene {
    fn at(&self, hour: i8) -> SimTime {
        self.calendar.at(PERIOD.yesterday().unwrap(), time(hour, 0, 0, 0))
    }

    /// Messages that the aggregator sends on an input at an hour of the day before.
    fn tell(&mut self, hour: i8, input: Input) -> Vec<Arc<Message>> {
        let now = self.at(hour);
        let sent = |action| if let Action::Send(message) = action { Some(message) } else { None };
        self.agr.handle(now, input).into_iter().filter_map(sent).collect()
    }

    fn say(&mut self, hour: i8, message: Message) -> Vec<Arc<Message>> {
        self.tell(hour, Input::Message(Arc::new(message)))
    }

    fn foresee(&mut self, hour: i8, feed_in_w: fn(u16) -> f64) -> Vec<Arc<Message>> {
        let outlook = vec![Outlook::Power((1..=96).map(|isp| -feed_in_w(isp)).collect())];
        let vintage = PortfolioVintage { period: self.period, inflexible_w: vec![vec![0.0; 96]], outlook };
        self.tell(hour, Input::Portfolio(Arc::new(vintage)))
    }

    fn header(&mut self, hour: i8, conversation: Option<ConversationId>) -> Header {
        self.next += 1;
        let id = uuid::Uuid::from_u128(self.next);
        Header {
            version: Version::V3_1_0,
            sender_domain: domain(Role::Dso),
            recipient_domain: domain(Role::Agr),
            time_stamp: DateTime::new(&self.calendar, self.at(hour)),
            message_id: MessageId(id),
            conversation_id: conversation.unwrap_or(ConversationId(id)),
        }
    }

    /// Asks for 60 kW less feed-in in three hours; the three offers that come back.
    fn ask(&mut self) -> Vec<FlexOffer> {
        let flex = FlexHeader {
            isp_duration: IspMinutes(15),
            time_zone: ZoneName::new("Europe/Amsterdam"),
            period: PERIOD,
            congestion_point: congestion_point(),
        };
        let isps = vec![FlexRequestIsp {
            disposition: Disposition::Requested,
            min_power: Watts(60_000),
            max_power: Watts(90_000),
            run: IspRun { start: 49, duration: 12 },
        }];
        let expiration_date_time = DateTime::new(&self.calendar, self.at(16));
        let header = self.header(14, None);
        let sent = self.say(
            14,
            FlexRequest { header, flex, revision: self.next as i64, expiration_date_time, contract_id: None, service_type: None, isps }
                .into(),
        );
        let offers: Vec<FlexOffer> =
            sent.iter().filter_map(|m| if let Message::FlexOffer(o) = &**m { Some(o.clone()) } else { None }).collect();
        assert_eq!(offers.iter().map(|o| o.options[0].isps[0].run.start).collect::<Vec<_>>(), [49, 53, 57]);
        offers
    }

    /// The operator's answer to a message; what the aggregator then sends.
    fn answer(&mut self, message: &Message, rejection: Option<&str>) -> Vec<Arc<Message>> {
        let header = self.header(14, None);
        let reply = message.reply(header.message_id, header.time_stamp, rejection.map(Text::from)).unwrap();
        self.say(14, reply)
    }

    /// The operator orders an offer; whether the aggregator accepts.
    fn order(&mut self, offer: &FlexOffer) -> Response {
        let option = offer.options[0].clone();
        let order = FlexOrder {
            header: self.header(15, Some(offer.header.conversation_id)),
            flex: offer.flex.clone(),
            unsolicited: Some(false),
            flex_offer_message_id: Some(offer.header.message_id),
            service_type: None,
            contract_id: None,
            d_prognosis_message_id: offer.d_prognosis_message_id,
            baseline_reference: None,
            price: option.price,
            currency: Currency::EUR,
            order_reference: Text::from(format!("O-{}", self.next)),
            option_reference: Some(option.option_reference),
            activation_factor: copperplate::units::ActivationFactor::FULL,
            isps: option.isps,
        };
        let sent = self.say(15, order.into());
        sent.iter().find_map(|m| m.response().cloned()).unwrap()
    }
}

fn revoked(sent: &[Arc<Message>]) -> Vec<MessageId> {
    sent.iter().filter_map(|m| if let Message::FlexOfferRevocation(r) = &**m { Some(r.flex_offer_message_id) } else { None }).collect()
}

/// 40 kW from ISP 53 on: the offers of the second and third hour cannot be kept.
fn clouds(isp: u16) -> f64 {
    if isp < 53 { 100_000.0 } else { 40_000.0 }
}

#[test]
fn accepted_offers_are_revoked_at_once_and_others_when_they_are_accepted() {
    let mut scene = scene();
    let offers = scene.ask();
    for offer in &offers[..2] {
        assert!(scene.answer(&offer.clone().into(), None).is_empty());
    }
    let sent = scene.foresee(15, clouds);
    assert_eq!(revoked(&sent), [offers[1].header.message_id]);
    assert_eq!(sent[0].header().conversation_id, offers[1].header.conversation_id);
    let late = scene.answer(&offers[2].clone().into(), None);
    assert_eq!(revoked(&late), [offers[2].header.message_id]);

    // Between the revocation and its answer an order comes too late; the first offer can still be bought.
    let refused = scene.order(&offers[1]);
    assert!(!refused.is_accepted() && refused.rejection_reason.unwrap().starts_with("Reference message revoked"));
    assert!(scene.order(&offers[0]).is_accepted());
    assert!(scene.answer(&sent[0], None).is_empty());
    // What is ordered stays, whatever the forecast.
    assert!(revoked(&scene.foresee(15, |_| 0.0)).is_empty());
}

#[test]
fn a_forecast_that_covers_the_offers_revokes_none() {
    let mut scene = scene();
    let offers = scene.ask();
    for offer in offers {
        assert!(scene.answer(&offer.into(), None).is_empty());
    }
    assert!(scene.foresee(15, |_| 60_000.0).is_empty());
}

#[test]
fn an_offer_that_is_refused_frees_its_assets() {
    let mut scene = scene();
    let offers = scene.ask();
    for offer in offers {
        assert!(scene.answer(&offer.into(), Some("Power value rejection")).is_empty());
    }
    // Nothing is outstanding: nothing to take back, and the same request finds the same assets free.
    assert!(scene.foresee(15, |_| 60_000.0).is_empty());
    assert_eq!(scene.ask().len(), 3);
}

#[test]
fn a_test_message_is_answered() {
    let mut scene = scene();
    let header = scene.header(14, None);
    let sent = scene.say(14, Message::TestMessage(TestMessage { header }));
    assert!(matches!(&*sent[0], Message::TestMessageResponse(_)));
}
