//! Any message survives writing and reading, whatever its values; any single change of a valid one is refused by the rule against it.

use std::sync::Arc;

use copperplate::ids::{Domain, EntityAddress};
use copperplate::time::SimTime;
use copperplate::uftp::message::*;
use copperplate::uftp::sample::{Scene, sample};
use copperplate::uftp::xml;
use copperplate::units::{ActivationFactor, Money, Watts};
use proptest::prelude::*;
use uuid::Uuid;

/// Values drawn from a list of numbers; when it is used up everything is small, so a failing list shrinks to a small message.
struct Draw<'a>(std::slice::Iter<'a, u64>);

impl Draw<'_> {
    fn number(&mut self) -> u64 {
        self.0.next().copied().unwrap_or(0)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.number() % n
    }

    fn some<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.below(2) == 1 { Some(value(self)) } else { None }
    }

    fn many<T>(&mut self, min: u64, value: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..min + self.below(4)).map(|_| value(self)).collect()
    }

    /// Not empty: an empty optional text counts as absent.
    fn text(&mut self) -> Text {
        let any = |d: &mut Self| {
            let odd = ['&', '<', '>', '"', '\'', '\t', '\n', '\r', ' ', 'é', '€', '\u{10FFFF}', '\u{85}', '\u{FFFD}', ']'];
            match d.below(3) {
                0 => odd[d.below(odd.len() as u64) as usize],
                _ => char::from(b'!' + d.below(90) as u8),
            }
        };
        Text::from(self.many(1, any).into_iter().collect::<String>())
    }

    fn domain(&mut self) -> Domain {
        Domain::new(format!("a{}-b.x{}.nl", self.number(), self.below(9)))
    }

    fn address(&mut self) -> EntityAddress {
        EntityAddress::new(match self.below(2) {
            0 => format!("ean.{:018}", self.below(10_u64.pow(18))),
            _ => format!("ea1.2024-01.com.example:{}&<\"'", self.number()),
        })
    }

    fn id(&mut self) -> MessageId {
        MessageId(Uuid::from_u64_pair(self.number(), self.number()))
    }

    fn watts(&mut self) -> Watts {
        Watts(self.below(19_999_999_999_999_999) as i64 - 9_999_999_999_999_999)
    }

    fn money(&mut self) -> Money {
        Money(self.below(19_999_999_999_999_999) as i64 - 9_999_999_999_999_999)
    }

    fn factor(&mut self) -> ActivationFactor {
        ActivationFactor::from_hundredths(1 + self.below(100) as u8).unwrap()
    }

    fn time(&mut self) -> DateTime {
        let second = SimTime(self.below(8_000_000_000) as i64 - 2_000_000_000);
        let nanosecond = [0, self.below(1_000_000_000) as u32, 500_000_000][self.below(3) as usize];
        DateTime { second, nanosecond, offset_min: self.below(1681) as i16 - 840 }
    }

    fn date(&mut self) -> jiff::civil::Date {
        jiff::civil::date(1 + self.below(9998) as i16, 1 + self.below(12) as i8, 1 + self.below(28) as i8)
    }

    fn run(&mut self) -> IspRun {
        IspRun { start: 1 + self.below(65_535) as u16, duration: 1 + self.below(65_535) as u16 }
    }

    fn power(&mut self) -> IspPower {
        IspPower { power: self.watts(), run: self.run() }
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    fn header(&mut self, header: &mut Header) {
        header.version = Version { major: self.below(65_536) as u16, minor: 1, patch: self.below(9) as u16 };
        (header.sender_domain, header.recipient_domain) = (self.domain(), self.domain());
        (header.time_stamp, header.message_id) = (self.time(), self.id());
        header.conversation_id = ConversationId(self.id().0);
    }

    fn flex(&mut self, flex: &mut FlexHeader) {
        flex.isp_duration = IspMinutes(1 + self.below(65_535) as u16);
        flex.time_zone = ZoneName::new("America/Argentina/Buenos_Aires");
        (flex.period, flex.congestion_point) = (self.date(), self.address());
    }

    fn response(&mut self, response: &mut Response) {
        response.result = self.pick(Outcome::ALL);
        response.rejection_reason = self.some(Draw::text);
        response.reference = self.id();
    }

    fn connection(&mut self) -> PortfolioConnection {
        PortfolioConnection { entity_address: self.address(), start_period: self.date(), end_period: self.some(Draw::date) }
    }

    fn message(&mut self, message_type: MessageType) -> Message {
        let mut message = sample(message_type);
        match &mut message {
            Message::TestMessage(m) | Message::TestMessageResponse(m) => self.header(&mut m.header),
            Message::AgrPortfolioUpdate(m) => {
                self.header(&mut m.header);
                m.connections = self.many(1, Draw::connection);
            }
            Message::AgrPortfolioQuery(m) => {
                self.header(&mut m.header);
                m.period = self.date();
            }
            Message::DsoPortfolioQuery(m) => {
                self.header(&mut m.header);
                (m.period, m.entity_address) = (self.date(), self.address());
            }
            Message::AgrPortfolioQueryResponse(m) => {
                self.header(&mut m.header);
                self.response(&mut m.response);
                let point = |d: &mut Self| AgrCongestionPoint {
                    entity_address: d.address(),
                    mutex_offers_supported: d.below(2) == 1,
                    day_ahead_redispatch_by: d.pick(RedispatchBy::ALL),
                    intraday_redispatch_by: d.some(|d| d.pick(RedispatchBy::ALL)),
                    connections: d.many(1, Draw::address),
                };
                let portfolio = |d: &mut Self| DsoPortfolio { dso_domain: d.domain(), congestion_points: d.many(1, point) };
                m.dso_views = self.many(0, |d| DsoView { dso_portfolios: d.many(0, portfolio), connections: d.many(0, Draw::address) });
            }
            Message::DsoPortfolioUpdate(m) => {
                self.header(&mut m.header);
                m.congestion_points = self.many(1, |d| DeclaredCongestionPoint {
                    entity_address: d.address(),
                    start_period: d.date(),
                    end_period: d.some(Draw::date),
                    mutex_offers_supported: d.below(2) == 1,
                    day_ahead_redispatch_by: d.pick(RedispatchBy::ALL),
                    intraday_redispatch_by: d.some(|d| d.pick(RedispatchBy::ALL)),
                    connections: d.many(0, Draw::connection),
                });
            }
            Message::DsoPortfolioQueryResponse(m) => {
                self.header(&mut m.header);
                self.response(&mut m.response);
                let connection = |d: &mut Self| RepresentedConnection { entity_address: d.address(), agr_domain: d.some(Draw::domain) };
                m.congestion_point = self.some(|d| DsoCongestionPoint { entity_address: d.address(), connections: d.many(1, connection) });
            }
            Message::FlexReservationUpdate(m) => {
                self.header(&mut m.header);
                self.flex(&mut m.flex);
                (m.contract_id, m.reference, m.isps) = (self.text(), self.text(), self.many(1, Draw::power));
            }
            Message::DPrognosis(m) => {
                self.header(&mut m.header);
                self.flex(&mut m.flex);
                (m.revision, m.isps) = (self.number() as i64, self.many(1, Draw::power));
            }
            Message::DPrognosisResponse(m) => {
                self.header(&mut m.header);
                self.response(&mut m.response);
                m.flex_order_statuses = self.many(0, |d| FlexOrderStatus { flex_order_message_id: d.id(), is_validated: d.below(2) == 1 });
            }
            Message::FlexRequest(m) => {
                self.header(&mut m.header);
                self.flex(&mut m.flex);
                (m.revision, m.expiration_date_time) = (self.number() as i64, self.time());
                (m.contract_id, m.service_type) = (self.some(Draw::text), self.some(Draw::text));
                m.isps = self.many(1, |d| FlexRequestIsp {
                    disposition: d.pick(Disposition::ALL),
                    min_power: d.watts(),
                    max_power: d.watts(),
                    run: d.run(),
                });
            }
            Message::FlexOffer(m) => {
                self.header(&mut m.header);
                self.flex(&mut m.flex);
                m.expiration_date_time = self.time();
                m.unsolicited = self.some(|d| d.below(2) == 1);
                (m.flex_request_message_id, m.d_prognosis_message_id) = (self.some(Draw::id), self.some(Draw::id));
                (m.contract_id, m.baseline_reference) = (self.some(Draw::text), self.some(Draw::text));
                m.options = self.many(1, |d| OfferOption {
                    option_reference: d.text(),
                    price: d.money(),
                    min_activation_factor: d.factor(),
                    isps: d.many(1, Draw::power),
                });
            }
            Message::FlexOfferRevocation(m) => {
                self.header(&mut m.header);
                m.flex_offer_message_id = self.id();
            }
            Message::FlexOrder(m) => {
                self.header(&mut m.header);
                self.flex(&mut m.flex);
                m.unsolicited = self.some(|d| d.below(2) == 1);
                (m.flex_offer_message_id, m.d_prognosis_message_id) = (self.some(Draw::id), self.some(Draw::id));
                (m.service_type, m.contract_id, m.baseline_reference) =
                    (self.some(Draw::text), self.some(Draw::text), self.some(Draw::text));
                (m.price, m.order_reference, m.option_reference) = (self.money(), self.text(), self.some(Draw::text));
                (m.activation_factor, m.isps) = (self.factor(), self.many(1, Draw::power));
            }
            Message::FlexSettlement(m) => self.settlement(m),
            Message::FlexSettlementResponse(m) => {
                self.header(&mut m.header);
                self.response(&mut m.response);
                m.statuses = self.many(0, |d| FlexOrderSettlementStatus {
                    order_reference: d.some(Draw::text),
                    disposition: d.pick(SettlementDisposition::ALL),
                    dispute_reason: d.some(Draw::text),
                });
            }
            Message::Metering(m) => {
                self.header(&mut m.header);
                (m.revision, m.period) = (self.number() as i64, self.date());
                m.currency = self.some(|_| Currency::EUR);
                m.ean = Ean::new(&format!("{:018}", self.below(10_u64.pow(18)))).unwrap();
                let value = |d: &mut Self| {
                    let units = d.below(10_u64.pow(18)) as i64 - 500_000_000_000_000_000;
                    MeteringIsp { start: d.below(65_536) as u16, value: Decimal::new(units, d.below(19) as u8) }
                };
                m.profiles = self.many(1, |d| MeteringProfile {
                    profile_type: d.pick(ProfileType::ALL),
                    unit: d.pick(MeteringUnit::ALL),
                    isps: d.many(1, value),
                });
            }
            Message::AgrPortfolioUpdateResponse(m)
            | Message::DsoPortfolioUpdateResponse(m)
            | Message::FlexReservationUpdateResponse(m)
            | Message::FlexRequestResponse(m)
            | Message::FlexOfferResponse(m)
            | Message::FlexOfferRevocationResponse(m)
            | Message::FlexOrderResponse(m)
            | Message::MeteringResponse(m) => {
                self.header(&mut m.header);
                self.response(&mut m.response);
            }
        }
        message
    }

    fn settlement(&mut self, m: &mut FlexSettlement) {
        self.header(&mut m.header);
        (m.period_start, m.period_end) = (self.date(), self.date());
        let isp = |d: &mut Self| FlexOrderSettlementIsp {
            run: d.run(),
            baseline_power: d.watts(),
            ordered_flex_power: d.watts(),
            actual_power: d.watts(),
            delivered_flex_power: d.watts(),
            power_deficiency: d.watts(),
        };
        m.flex_order_settlements = self.many(0, |d| FlexOrderSettlement {
            order_reference: d.some(Draw::text),
            period: d.date(),
            contract_id: d.some(Draw::text),
            d_prognosis_message_id: d.some(Draw::id),
            baseline_reference: d.some(Draw::text),
            congestion_point: d.address(),
            price: d.money(),
            penalty: d.money(),
            net_settlement: d.money(),
            isps: d.many(1, isp),
        });
        let isp = |d: &mut Self| ContractSettlementIsp {
            run: d.run(),
            reserved_power: d.watts(),
            requested_power: d.some(Draw::watts),
            available_power: d.some(Draw::watts),
            offered_power: d.some(Draw::watts),
            ordered_power: d.some(Draw::watts),
        };
        let period = |d: &mut Self| ContractSettlementPeriod { period: d.date(), isps: d.many(1, isp) };
        m.contract_settlements = self.many(0, |d| ContractSettlement { contract_id: d.some(Draw::text), periods: d.many(1, period) });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_message_survives_writing_and_reading(numbers in prop::collection::vec(any::<u64>(), 0..200)) {
        for t in MessageType::all() {
            let message = Draw(numbers.iter()).message(t);
            let text = xml::write(&message);
            let read = xml::read(text.as_bytes());
            prop_assert_eq!(read.as_ref(), Ok(&message), "{}", text);
            prop_assert_eq!(xml::write(&message), text);
        }
    }

    /// Whatever a peer sends, a reader answers and does not panic; what it takes, the rules answer.
    #[test]
    fn any_text_is_answered(at in any::<prop::sample::Index>(), byte in any::<u8>(), t in 0_usize..26, cut in any::<prop::sample::Index>()) {
        let t = MessageType::all().nth(t).unwrap();
        let mut text = xml::write(&sample(t)).into_bytes();
        let len = text.len();
        text[at.index(len)] = byte;
        let _ = xml::read(&text);
        if let Ok(message) = xml::read(&text) {
            let _ = Scene::before(t).broken(message);
        }
        text.truncate(cut.index(len));
        prop_assert!(xml::read(&text).is_err() || text.ends_with(b">"));
    }

    /// Rules answer any message, in any state of the receiver.
    #[test]
    fn any_message_is_judged(numbers in prop::collection::vec(any::<u64>(), 0..200), t in 0_usize..26) {
        let t = MessageType::all().nth(t).unwrap();
        let scene = Scene::before(t);
        let mut message = Draw(numbers.iter()).message(t);
        if numbers.len() % 2 == 0 {
            // Let it pass the rules of the sender, so that all others are asked.
            let own = sample(t).header().clone();
            let message_id = message.header().message_id;
            set_header(&mut message, Header { message_id, ..own });
        }
        let first = scene.check(Arc::new(message.clone())).err().map(|r| r.reason());
        prop_assert_eq!(first, scene.check(Arc::new(message)).err().map(|r| r.reason()));
    }
}

/// An offer of one option with random powers in random ISPs, and the order that buys a share of it, ISP by ISP.
fn trade(numbers: &[u64]) -> (FlexOffer, FlexOrder) {
    let mut d = Draw(numbers.iter());
    let (Message::FlexOffer(mut offer), Message::FlexOrder(mut order)) = (sample(MessageType::FlexOffer), sample(MessageType::FlexOrder))
    else {
        unreachable!("samples are of their type")
    };
    offer.options.truncate(1);
    let option = &mut offer.options[0];
    option.price = Money(d.below(1_000_000) as i64);
    option.isps.clear();
    let mut next = 1 + d.below(68) as u16;
    while next <= 96 {
        let duration = (1 + d.below(9) as u16).min(97 - next);
        option.isps.push(IspPower::new(Watts(d.below(200_001) as i64 - 100_000), next, duration));
        next += duration + d.below(5) as u16;
    }
    let factor = ActivationFactor::from_hundredths(50 + d.below(51) as u8).unwrap();
    (order.activation_factor, order.price) = (factor, factor.scale_price(option.price));
    let single = |isp: &IspPower| isp.run.numbers().map(|n| IspPower::new(factor.scale_power(isp.power), n, 1)).collect::<Vec<_>>();
    order.isps = option.isps.iter().flat_map(single).collect();
    (offer, order)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// An order that buys what was offered breaks no rule, and any single change breaks the rule that stands against it.
    #[test]
    fn an_order_is_exactly_what_was_offered(numbers in prop::collection::vec(any::<u64>(), 20..60), at in any::<prop::sample::Index>()) {
        let (offer, order) = trade(&numbers);
        let mut scene = Scene::before(MessageType::FlexOrder);
        scene.book.sent(&Arc::new(offer.into()));
        prop_assert_eq!(scene.broken(order.clone().into()), [""; 0]);
        let at = at.index(order.isps.len());
        let broken = |change: &dyn Fn(&mut FlexOrder)| {
            let mut changed = order.clone();
            change(&mut changed);
            scene.broken(changed.into())
        };
        prop_assert_eq!(broken(&|o| o.isps[at].power += Watts(1)), ["power-match"]);
        prop_assert_eq!(broken(&|o| { o.isps.remove(at); }), if order.isps.len() > 1 { vec!["isp-match"] } else { vec!["isp-bounds", "isp-match"] });
        prop_assert_eq!(broken(&|o| o.isps.push(o.isps[at])), ["isp-conflict"]);
        prop_assert_eq!(broken(&|o| o.isps.swap(0, at)), [""; 0]);
        prop_assert_eq!(broken(&|o| o.isps[at].run.start += 96), ["isp-bounds", "isp-match"]);
        prop_assert_eq!(broken(&|o| o.price += Money(1)), ["price-match"]);
        let factor = ActivationFactor::from_hundredths(49).unwrap();
        prop_assert!(broken(&|o| o.activation_factor = factor).contains(&"activation-factor"));
    }
}

fn set_header(message: &mut Message, header: Header) {
    match message {
        Message::FlexRequest(m) => m.header = header,
        Message::FlexOffer(m) => m.header = header,
        Message::FlexOrder(m) => m.header = header,
        Message::FlexSettlement(m) => m.header = header,
        Message::Metering(m) => m.header = header,
        Message::DPrognosis(m) => m.header = header,
        Message::FlexReservationUpdate(m) => m.header = header,
        Message::DsoPortfolioUpdate(m) => m.header = header,
        _ => {}
    }
}

/// The day cut into runs of random length.
fn runs_of_a_day(d: &mut Draw<'_>) -> Vec<IspRun> {
    let mut runs = Vec::new();
    let mut next = 1;
    while next <= 96 {
        let duration = (1 + d.below(12) as u16).min(97 - next);
        runs.push(IspRun { start: next, duration });
        next += duration;
    }
    runs
}

/// One change of a list of ISPs, and the rules of which at least one must name it; none where the change changes nothing.
type Change<T> = (&'static str, Box<dyn Fn(&mut Vec<T>, usize)>, &'static [&'static str]);

fn changes<T: Clone + 'static>(run: fn(&mut T) -> &mut IspRun) -> Vec<Change<T>> {
    vec![
        ("duplicate", Box::new(|isps: &mut Vec<T>, at| isps.push(isps[at].clone())), &["isp-conflict"]),
        ("swap", Box::new(|isps: &mut Vec<T>, at| isps.swap(0, at)), &[]),
        ("out of range", Box::new(move |isps: &mut Vec<T>, at| run(&mut isps[at]).start += 96), &["isp-bounds"]),
        ("before the day", Box::new(move |isps: &mut Vec<T>, at| run(&mut isps[at]).start = 0), &["isp-bounds"]),
        ("overlap", Box::new(move |isps: &mut Vec<T>, at| run(&mut isps[at]).duration += 1), &["isp-conflict", "isp-bounds"]),
        ("nothing", Box::new(|isps: &mut Vec<T>, _| isps.clear()), &["isp-bounds"]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A prognosis of random runs breaks no rule; any single change of its runs is named.
    #[test]
    fn a_changed_prognosis_is_refused(numbers in prop::collection::vec(any::<u64>(), 20..200), at in any::<prop::sample::Index>()) {
        let mut d = Draw(numbers.iter());
        let Message::DPrognosis(mut prognosis) = sample(MessageType::DPrognosis) else { unreachable!() };
        prognosis.isps = runs_of_a_day(&mut d).into_iter().map(|run| IspPower { power: d.watts(), run }).collect();
        let scene = Scene::before(MessageType::DPrognosis);
        prop_assert_eq!(scene.broken(prognosis.clone().into()), [""; 0]);
        let at = at.index(prognosis.isps.len());
        for (what, change, rules) in changes::<IspPower>(|isp| &mut isp.run) {
            let mut changed = prognosis.clone();
            change(&mut changed.isps, at);
            let broken = scene.broken(changed.into());
            prop_assert_eq!(broken.is_empty(), rules.is_empty(), "{}: {:?}", what, broken);
            prop_assert!(rules.is_empty() || rules.iter().any(|r| broken.contains(r)), "{}: {:?}", what, broken);
        }
        let mut dropped = prognosis.clone();
        dropped.isps.remove(at);
        prop_assert!(scene.broken(dropped.into()).contains(&"lacking-isps"));
    }

    /// The same of a request, whose bounds have a meaning of their own.
    #[test]
    fn a_changed_request_is_refused(numbers in prop::collection::vec(any::<u64>(), 20..200), at in any::<prop::sample::Index>()) {
        let mut d = Draw(numbers.iter());
        let Message::FlexRequest(mut request) = sample(MessageType::FlexRequest) else { unreachable!() };
        let isp = |d: &mut Draw<'_>, run| {
            let (near, room) = (Watts(1 + d.below(1_000_000) as i64), Watts(d.below(1_000_000) as i64));
            let (min_power, max_power) = if d.below(2) == 0 { (near, near + room) } else { (-near - room, -near) };
            FlexRequestIsp { disposition: Disposition::Requested, min_power, max_power, run }
        };
        request.isps = runs_of_a_day(&mut d).into_iter().map(|run| isp(&mut d, run)).collect();
        let scene = Scene::before(MessageType::FlexRequest);
        prop_assert_eq!(scene.broken(request.clone().into()), [""; 0]);
        let at = at.index(request.isps.len());
        for (what, change, rules) in changes::<FlexRequestIsp>(|isp| &mut isp.run) {
            let mut changed = request.clone();
            change(&mut changed.isps, at);
            let broken = scene.broken(changed.into());
            prop_assert_eq!(broken.is_empty(), rules.is_empty(), "{}: {:?}", what, broken);
            prop_assert!(rules.is_empty() || rules.iter().any(|r| broken.contains(r)), "{}: {:?}", what, broken);
        }
        let broken = |change: &dyn Fn(&mut FlexRequestIsp)| {
            let mut changed = request.clone();
            change(&mut changed.isps[at]);
            scene.broken(changed.into())
        };
        prop_assert_eq!(broken(&|i| { i.min_power = Watts(-1); i.max_power = Watts(1); }), ["requested-direction"]);
        prop_assert!(broken(&|i| (i.min_power, i.max_power) = (i.max_power + Watts(1), i.min_power)).contains(&"power-range"));
        let mut none = request.clone();
        none.isps.iter_mut().for_each(|i| i.disposition = Disposition::Available);
        prop_assert_eq!(scene.broken(none.into()), ["requested-isp"]);
    }

    /// The same of the options of an offer.
    #[test]
    fn a_changed_offer_is_refused(numbers in prop::collection::vec(any::<u64>(), 20..60), at in any::<prop::sample::Index>()) {
        let (mut offer, _) = trade(&numbers);
        // Whatever the random runs leave out, the requested ISPs are touched.
        offer.options[0].isps = runs_of_a_day(&mut Draw(numbers.iter())).into_iter().map(|run| IspPower { power: Watts(-1_000), run }).collect();
        let scene = Scene::before(MessageType::FlexOffer);
        prop_assert_eq!(scene.broken(offer.clone().into()), [""; 0]);
        let at = at.index(offer.options[0].isps.len());
        for (what, change, rules) in changes::<IspPower>(|isp| &mut isp.run) {
            let mut changed = offer.clone();
            change(&mut changed.options[0].isps, at);
            let broken = scene.broken(changed.into());
            prop_assert_eq!(broken.is_empty(), rules.is_empty(), "{}: {:?}", what, broken);
            prop_assert!(rules.is_empty() || rules.iter().any(|r| broken.contains(r)), "{}: {:?}", what, broken);
        }
        let mut twice = offer.clone();
        twice.options.push(twice.options[0].clone());
        prop_assert!(scene.broken(twice.into()).contains(&"option-references"));
    }
}
