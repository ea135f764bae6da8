//! What the seams carry: participants from outside the crate, and rounds of trade that are only data.

use std::sync::{Arc, Mutex};

use copperplate::agent::agenda::Round;
use copperplate::agent::{Action, Input, Participant};
use copperplate::ids::Role;
use copperplate::sim::{DeviceStep, Observer, Reference, observe_with, run_case};
use copperplate::time::SimTime;
use copperplate::uftp::message::Message;
use jiff::civil::time;

use crate::sim_support::study;

/// An aggregator of somebody else's: it hears everything and says nothing.
struct Silent(Arc<Mutex<usize>>);

impl Participant for Silent {
    fn handle(&mut self, _: SimTime, _: Input) -> Vec<Action> {
        *self.0.lock().unwrap() += 1;
        Vec::new()
    }
}

struct Bystander;

impl Observer for Bystander {
    fn device(&mut self, _: &DeviceStep) {}
}

#[test]
fn a_participant_from_outside_takes_a_seat() {
    let study = study("quickstart.toml", 2, |_| {});
    let strategy = study.strategies.iter().find(|s| s.trades).unwrap();
    let reference = Reference::new(&study);
    let heard = Arc::new(Mutex::new(0));
    let domain = study.agrs[0].domain.clone();
    let seat = |r: &mut copperplate::agent::Registry| r.seat(domain.clone(), Role::Agr, Box::new(Silent(Arc::clone(&heard))));
    let case = observe_with(&study, &reference, strategy, seat, &|_| {}, &mut Bystander);
    assert!(*heard.lock().unwrap() > 10, "it is handed its gates, forecasts and messages");
    assert!(case.messages.iter().all(|m| m.message.header().sender_domain != domain), "it says nothing");
    let own = run_case(&study, &reference, strategy, &|_| {});
    assert!(own.messages.len() > case.messages.len());
}

#[test]
fn a_second_round_is_one_more_value() {
    // Few sell, so that the first round leaves something to ask for.
    let mut study = study("quickstart.toml", 3, |s| s.aggregator.iter_mut().for_each(|a| a.willingness = 0.3));
    let strategy = study.strategies.iter().find(|s| s.name == "congestion-management").unwrap().clone();
    let strategy = copperplate::scenario::study::Strategy { orange: false, obligation: false, ..strategy };
    let reference = Reference::new(&study);
    let count = |case: &copperplate::sim::CaseResult, of: fn(&Message) -> bool| case.messages.iter().filter(|m| of(&m.message)).count();
    let is_request = |m: &Message| matches!(m, Message::FlexRequest(_));
    let one = run_case(&study, &reference, &strategy, &|_| {});
    study.timetable.rounds.push(Round {
        prognosis: None,
        request: time(16, 30, 0, 0),
        request_expires: time(16, 45, 0, 0),
        order: time(17, 0, 0, 0),
        close: time(17, 30, 0, 0),
    });
    let two = run_case(&study, &reference, &strategy, &|_| {});
    assert!(count(&two, is_request) > count(&one, is_request), "the second round asks again for what is left");
    assert!(two.unbooked.is_empty(), "its orders are settled and booked like any other");
    let requested = |c: &copperplate::sim::CaseResult| c.recording.unserved_w.iter().flatten().map(|w| w.abs()).sum::<f64>();
    assert!(requested(&two) <= requested(&one));
}
