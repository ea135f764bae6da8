//! Every message of a run survives the wire: written, read strictly, equal.

use copperplate::uftp::message::{FlexOrder, Message, MessageType};
use copperplate::uftp::xml;
use std::collections::BTreeSet;

use crate::sim_support::{scarce, summer, winter};

#[test]
fn every_message_of_a_run_survives_the_wire() {
    let mut seen = BTreeSet::new();
    for ran in [summer(), winter(), scarce()] {
        for (strategy, case) in ran.each() {
            for m in &case.messages {
                let text = xml::write(&m.message);
                let read = xml::read(text.as_bytes()).unwrap_or_else(|e| panic!("{}: {e}\n{text}", strategy.name));
                assert_eq!(read, *m.message, "{}", strategy.name);
                assert_eq!(xml::write(&read), text);
                seen.insert(m.message.message_type());
            }
        }
    }
    // Of the 26, a day without disturbance has no test and no revocation.
    let missing: Vec<_> = MessageType::all().filter(|t| !seen.contains(t)).map(MessageType::name).collect();
    assert_eq!(missing, ["TestMessage", "TestMessageResponse", "FlexOfferRevocation", "FlexOfferRevocationResponse"]);
}

/// Whatever expects a response gets exactly one, from whom it was sent to, and undisturbed nobody refuses or disputes.
#[test]
fn every_message_is_answered_once_and_accepted() {
    for ran in [summer(), winter(), scarce()] {
        for (strategy, case) in ran.each() {
            let answers = |m: &copperplate::uftp::message::Message| {
                let id = m.header().message_id;
                case.messages.iter().filter(move |a| a.message.reference() == Some(id)).map(|a| &a.message).collect::<Vec<_>>()
            };
            let mut ids = BTreeSet::new();
            for m in &case.messages {
                assert!(ids.insert(m.message.header().message_id.0), "{}: ids are unique", strategy.name);
                assert!(m.arrived >= m.sent);
                let Some(expected) = m.message.message_type().expected_response() else { continue };
                let got = answers(&m.message);
                assert_eq!(got.len(), 1, "{}: {}", strategy.name, xml::write(&m.message));
                let (asked, answer) = (m.message.header(), got[0].header());
                assert_eq!(got[0].message_type(), expected);
                assert_eq!((&answer.sender_domain, &answer.recipient_domain), (&asked.recipient_domain, &asked.sender_domain));
                assert_eq!(answer.conversation_id, asked.conversation_id);
                let response = got[0].response().expect("a response has an outcome");
                assert!(response.is_accepted(), "{}: {}\n{}", strategy.name, xml::write(&m.message), xml::write(got[0]));
            }
        }
    }
}

/// A prognosis is sent again only to who ordered: an order for the same day and aggregator came before.
#[test]
fn a_prognosis_is_renewed_only_after_an_order() {
    let mut renewed = 0;
    for ran in [summer(), winter()] {
        for (strategy, case) in ran.each() {
            let orders: Vec<_> = (case.messages.iter())
                .filter_map(|m| if let Message::FlexOrder(o) = &*m.message { Some((m.arrived, o)) } else { None })
                .collect();
            for m in &case.messages {
                let Message::DPrognosis(p) = &*m.message else { continue };
                if p.revision > 1 {
                    renewed += 1;
                    let own = |o: &FlexOrder| o.header.recipient_domain == p.header.sender_domain && o.flex.period == p.flex.period;
                    let before = orders.iter().any(|(arrived, o)| *arrived <= m.sent && own(o));
                    assert!(before, "{}: revision {} of {} without an order", strategy.name, p.revision, p.flex.period);
                }
            }
        }
    }
    assert!(renewed > 0, "orders change prognoses");
}
