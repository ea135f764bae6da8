//! Every message is valid by the rules for whom it reached, and every message is answered once, by a response that names it.
//!
//! The judge is the protocol's own, as in `copperplate message check`, but it knows the participants from the study. Where messages get
//! lost or late, a refusal is no fault; that answers answer something still holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use copperplate::agent::{Action, Input};
use copperplate::ids::{Domain, EntityAddress, Role};
use copperplate::market::contract::{Contract, Right};
use copperplate::scenario::study::{Strategy, Study};
use copperplate::time::IspSeries;
use copperplate::uftp::message::Message;
use copperplate::uftp::participant::{Book, Seen};
use copperplate::uftp::validate::{Baseline, Fault, Received, Registry, Reservation, Standing, Terms, View};
use copperplate::units::Watts;
use jiff::civil::Date;

use crate::finding::Found;
use crate::trial::{Run, Trial};
use crate::witness::Heard;

use super::bill::within;

const NAME: &str = "messages";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    trial.runs.iter().for_each(|run| follow(trial, run, found));
}

/// Follows what participants were told and sent, in the order in which it happened.
fn follow(trial: &Trial<'_>, run: &Run<'_>, found: &mut Found) {
    let study = trial.study;
    let name = &run.strategy.name;
    let mut books: BTreeMap<Domain, Book> = BTreeMap::new();
    let heard = &run.witness.heard;
    for (at, (now, who, event)) in heard.iter().enumerate() {
        let message = match event {
            Heard::Wanted(Action::Send(message)) => {
                if message.response().is_none() {
                    books.entry(who.clone()).or_default().sent(message);
                }
                continue;
            }
            Heard::Told(Input::Message(message)) => message,
            _ => continue,
        };
        let book = books.entry(who.clone()).or_default();
        let answers: Vec<&Arc<Message>> = heard[at + 1..]
            .iter()
            .map_while(|(_, _, e)| if let Heard::Wanted(action) = e { Some(action) } else { None })
            .filter_map(|a| if let Action::Send(m) = a { Some(m) } else { None })
            .filter(|m| m.reference() == Some(message.header().message_id))
            .collect();
        let response = message.message_type().is_response();
        if matches!(book.seen(message), Seen::Again { .. }) {
            continue;
        }
        if answers.len() != usize::from(!response) {
            found.say(NAME, "answers", name, || format!("{} to {who} has {} answers", message.message_type().name(), answers.len()));
        }
        let role = role_of(study, &message.header().sender_domain);
        let directory = Directory { study, strategy: run.strategy, own: who };
        let view = View {
            now: *now,
            calendar: &study.calendar,
            currency: study.currency,
            domain: who,
            role: role_of(study, who),
            registry: &directory,
            archive: &*book,
        };
        let accepts = answers.first().is_none_or(|a| a.response().is_some_and(|r| r.is_accepted()));
        let answer = answers.first().map(|a| Arc::clone(a));
        match Received::in_process(Arc::clone(message), role).check(&view) {
            Ok(validated) if accepts => {
                book.accepted(validated.accept(), answer);
            }
            Ok(validated) => {
                let own = Fault { rule: "own-reason", text: String::new(), isps: Vec::new() };
                book.refused(&validated.refuse(own), answer);
            }
            Err(refused) => {
                if !study.wire.fails() {
                    let fault = &refused.faults()[0];
                    found.say(NAME, fault.rule, name, || format!("{} to {who}: {}", message.message_type().name(), fault.text));
                }
                // An identifier is forgotten with the days it belongs to, which an altered text may place in the past.
                let forgotten = study.wire.fails() && refused.faults()[0].rule == "duplicate-identifier";
                if accepts && !response && !forgotten {
                    found.say(NAME, "accepted-invalid", name, || format!("{}: {}", message.message_type().name(), refused.reason()));
                }
                book.refused(&refused, answer);
            }
        }
    }
}

fn role_of(study: &Study, domain: &Domain) -> Role {
    if *domain == study.cro {
        Role::Cro
    } else if *domain == study.dso {
        Role::Dso
    } else {
        Role::Agr
    }
}

/// Whom and what a participant knows, from the study.
struct Directory<'a> {
    study: &'a Study,
    strategy: &'a Strategy,
    own: &'a Domain,
}

impl Directory<'_> {
    fn contract(&self, id: &str) -> Option<&Contract> {
        self.strategy.contracts.iter().find(|c| c.id == id)
    }
}

impl Registry for Directory<'_> {
    fn standing(&self, domain: &Domain, role: Role) -> Standing {
        let known = *domain == self.study.cro || *domain == self.study.dso || self.study.agrs.iter().any(|a| a.domain == *domain);
        if known && role_of(self.study, domain) == role { Standing::Known } else { Standing::Unknown }
    }

    fn congestion_point(&self, address: &EntityAddress, _period: Date, _peer: &Domain) -> Option<Terms> {
        let point = self.study.congestion_points.iter().find(|p| p.public.address == *address)?;
        Some(Terms { mutex_offers_supported: point.public.mutex_offers, baseline: Baseline::DPrognosis, plausible_power: None })
    }

    fn knows_contract(&self, contract_id: &str, peer: &Domain) -> bool {
        self.contract(contract_id).is_some_and(|c| c.aggregator == *peer || c.aggregator == *self.own)
    }

    fn allows_direct_orders(&self, contract_id: Option<&str>, peer: &Domain) -> bool {
        let limits = |id: &str| self.contract(id).is_some_and(|c| matches!(c.right, Right::CapacityLimitation(_)));
        contract_id.is_some_and(|id| limits(id) && self.knows_contract(id, peer))
    }

    fn reservation(&self, contract_id: &str, date: Date) -> Option<Reservation> {
        let contract = self.contract(contract_id)?;
        let period = self.study.calendar.period(date);
        let reserved = match contract.right {
            Right::FlexOption(option) => option.power_w,
            Right::CapacityLimitation(_) | Right::BidObligation(_) => 0.0,
        };
        let sign = contract.direction.relief_sign();
        let power = |isp| if within(self.study, contract, &period, isp) { Watts::from_f64(sign * reserved) } else { Watts::ZERO };
        Some(Reservation {
            release_deadline: self.study.calendar.at(date.yesterday().ok()?, self.study.timetable.results),
            power: IspSeries::from_fn(&period, power),
        })
    }
}
