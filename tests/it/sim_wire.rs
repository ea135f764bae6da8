//! The wire: how messages travel changes nothing; what goes wrong on the way stops nothing and spoils no book.

use std::collections::BTreeMap;

use copperplate::market::ledger::{Kind, Party};
use copperplate::scenario::schema::Scenario;
use copperplate::scenario::schema::{Fault, Silence, Transport};
use copperplate::sim::{CaseResult, Fate};
use copperplate::uftp::message::{Message, MessageId, SettlementDisposition};
use copperplate::units::Money;

use crate::sim_support::{Ran, bytes, study, summer};

fn over(transport: Transport) -> Ran {
    Ran::new(study("quickstart.toml", 2, |s| s.wire.transport = transport))
}

/// Everything but the clock and identity of objects, as text that tells any two numbers apart.
fn everything(case: &CaseResult) -> String {
    format!("{case:?}")
}

#[test]
fn results_do_not_depend_on_the_transport() {
    let object = over(Transport::Object);
    for transport in [Transport::Xml, Transport::SignedXml] {
        let other = over(transport);
        for (a, b) in object.cases.iter().zip(&other.cases) {
            assert!(a.messages.iter().map(bytes).eq(b.messages.iter().map(bytes)), "{transport:?}, {}: messages differ", a.strategy);
            assert!(everything(a) == everything(b), "{transport:?}, {}: something differs", a.strategy);
        }
    }
}

fn fault() -> Fault {
    Fault { from: None, to: None, loss: 0.0, duplication: 0.0, reordering: 0.0, corruption: 0.0, delay_s: 0 }
}

/// A bad wire of the quickstart's first days.
fn disturbed(seed: u64, transport: Transport, worst: &Fault, edit: impl FnOnce(&mut Scenario)) -> Ran {
    Ran::new(study("quickstart.toml", 3, |s| {
        s.seed = seed;
        s.wire.transport = transport;
        s.wire.fault = vec![worst.clone()];
        edit(s);
    }))
}

/// Every payment for flexibility follows from one settlement that its aggregator accepted, and sums to nothing over all.
#[track_caller]
fn books_hold(ran: &Ran) {
    for (strategy, case) in ran.each() {
        let mut accepted: BTreeMap<MessageId, &Message> = BTreeMap::new();
        for m in &case.messages {
            if let Message::FlexSettlementResponse(answer) = &*m.message
                && answer.response.is_accepted()
            {
                accepted.insert(answer.response.reference, &m.message);
            }
        }
        let mut owed: BTreeMap<(String, Kind), Vec<Money>> = BTreeMap::new();
        let mut seen = std::collections::BTreeSet::new();
        for m in &case.messages {
            let Message::FlexSettlement(bill) = &*m.message else { continue };
            let Some(Message::FlexSettlementResponse(answer)) = accepted.get(&bill.header.message_id) else { continue };
            if !seen.insert(bill.header.message_id) {
                continue;
            }
            for item in &bill.flex_order_settlements {
                let status = answer.statuses.iter().find(|s| s.order_reference == item.order_reference);
                if status.is_some_and(|s| s.disposition == SettlementDisposition::Accepted) {
                    let kind = if item.baseline_reference.is_some() { Kind::Limitation } else { Kind::Flexibility };
                    let reference = item.order_reference.as_deref().unwrap_or_default().to_owned();
                    owed.entry((reference.clone(), kind)).or_default().push(item.price);
                    owed.entry((reference, Kind::Penalty)).or_default().push(item.penalty);
                }
            }
        }
        for e in case.ledger.entries().iter().filter(|e| [Kind::Flexibility, Kind::Limitation, Kind::Penalty].contains(&e.kind)) {
            let of_order = owed.get(&(e.reference.clone(), e.kind)).unwrap_or_else(|| panic!("{}: nothing settled: {e:?}", strategy.name));
            assert_eq!(of_order.len(), 1, "{}: settled once: {e:?}", strategy.name);
            assert_eq!(of_order[0], e.amount, "{}: {e:?}", strategy.name);
        }
        for kind in Kind::ALL {
            let sum: Money = case.ledger.balances().iter().filter(|((_, k), _)| *k == kind).map(|(_, m)| *m).sum();
            assert_eq!(sum, Money::ZERO, "{}: {kind}", strategy.name);
        }
    }
}

fn count(ran: &Ran, fate: Fate) -> usize {
    ran.each().map(|(_, case)| case.messages.iter().filter(|m| m.fate == fate).count()).sum()
}

/// Whatever is lost, doubled, held back or garbled: the run ends and the books hold.
#[test]
fn a_bad_wire_stops_nothing() {
    let worst = Fault { loss: 0.25, duplication: 0.2, reordering: 0.2, corruption: 0.15, delay_s: 90, ..fault() };
    for (seed, transport) in [(1, Transport::Object), (2, Transport::Xml), (3, Transport::SignedXml)] {
        let ran = disturbed(seed, transport, &worst, |_| {});
        for fate in [Fate::Delivered, Fate::Repeated, Fate::Lost, Fate::Unreadable] {
            assert!(count(&ran, fate) > 0, "{transport:?}: {fate:?} occurred");
        }
        if transport == Transport::SignedXml {
            assert_eq!(count(&ran, Fate::Altered), 0, "a signature lets no altered text through");
        }
        books_hold(&ran);
    }
}

/// A tenth lost is made good by sending again: the same orders, the same money.
#[test]
fn what_is_lost_now_and_then_is_made_good() {
    let ran = disturbed(1, Transport::Object, &Fault { loss: 0.1, ..fault() }, |s| s.wire.retry_s = 5);
    let calm = Ran::new(study("quickstart.toml", 3, |_| {}));
    assert!(count(&ran, Fate::Lost) > 10);
    let dso = Party::from(&ran.study.dso);
    for (a, b) in ran.cases.iter().zip(&calm.cases) {
        let placed = |case: &CaseResult| {
            let orders = case.messages.iter().filter(|m| m.attempt == 0 && matches!(*m.message, Message::FlexOrder(_)));
            orders.count()
        };
        assert_eq!(placed(a), placed(b), "{}", a.strategy);
        for kind in [Kind::Flexibility, Kind::Limitation, Kind::Availability] {
            assert_eq!(a.ledger.paid(&dso, kind), b.ledger.paid(&dso, kind), "{}: {kind}", a.strategy);
        }
    }
    books_hold(&ran);
}

/// An aggregator off the air for a day sells nothing on it; the others do.
#[test]
fn a_silent_participant_is_left_out() {
    let quiet = "harvest.example.com";
    let ran = Ran::new(study("quickstart.toml", 2, |s| {
        let (from, until) = ("2016-07-20T00:00".parse().unwrap(), "2016-07-30T00:00".parse().unwrap());
        s.wire.silence = vec![Silence { participant: quiet.to_owned(), from, until }];
    }));
    let (_, case) = ran.case("grid-capacity-management");
    let ordered = |who: &str| {
        let to = |m: &&copperplate::sim::LoggedMessage| {
            matches!(*m.message, Message::FlexOrder(_)) && m.message.header().recipient_domain.as_str() == who
        };
        case.messages.iter().filter(to).count()
    };
    assert_eq!(ordered(quiet), 0);
    assert!(ordered("sunny.example.com") > 0);
    books_hold(&ran);
}

/// An undisturbed wire carries every message once.
#[test]
fn without_faults_there_are_no_second_attempts() {
    for (_, case) in summer().each() {
        assert!(case.messages.iter().all(|m| m.attempt == 0 && m.fate == Fate::Delivered));
    }
}
