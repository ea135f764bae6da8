//! What a participant knows: everything in it follows from the records of the journal, in their order.
//!
//! [`State::apply`] is the only way in. A live participant applies a record when it is on disk and carries out what follows; a
//! restart applies the same records and holds back what was done already. So both come to the same state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::agenda::Agenda;
use super::business::Business;
use super::http::fingerprint;
use super::journal::{Event, Record};
use super::notice::Fingerprint;
use super::readings::{Files, Kind, Look};
use crate::agent::cro::Cro;
use crate::agent::{self, Action, Appointment, Dispatch, Gate, Input, Participant as _, Unsettled};
use crate::ids::Domain;
use crate::market::ledger::Entry;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};
use crate::uftp::message::{Message, MessageId};
use crate::uftp::participant::Outstanding;
use crate::uftp::sign::{Opened, SignedMessage};
use crate::uftp::validate::Received;
use crate::uftp::xml;

/// What follows from a record.
pub(super) enum Effect {
    /// A message has come; these are its bytes.
    Came(Arc<Message>, Vec<u8>),
    /// A message is to be sent; perhaps not for the first time.
    Send { message: Arc<Message>, again: bool },
    /// A message that stays: it would speak in another's name, or to nobody.
    Withheld { message: Arc<Message>, why: &'static str },
    /// An appointment was kept, at this time.
    Kept(Appointment, SimTime),
    /// What a gate needed and no file had: what, and of how many connections and which first.
    Missing { what: Kind, period: Period, connections: Option<(usize, String)> },
    /// Devices are to follow.
    Dispatch(Dispatch),
    /// A payment is agreed on.
    Paid(Entry),
}

/// Why a record cannot follow from those before it: another program wrote them.
#[derive(Debug, thiserror::Error)]
pub(super) enum Mismatch {
    /// A message that is none to this program.
    #[error("an accepted message cannot be read")]
    Message,
    /// An appointment that this program does not have, or has kept.
    #[error("there is no gate with the number {0}")]
    Gate(usize),
    /// The fate of a message that this program would not have sent.
    #[error("no message {0} was sent")]
    Fate(MessageId),
}

/// How long answers are waited for, on the participant's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) again: SimDuration,
    pub(super) never: SimDuration,
}

/// A participant without a network.
pub(super) struct State {
    domain: Domain,
    peers: BTreeSet<Domain>,
    agent: Box<dyn agent::Participant>,
    cro: Option<(Domain, Cro)>,
    files: Files,
    calendar: Arc<IspCalendar>,
    periods: Vec<Period>,
    pub(super) agenda: Agenda,
    pub(super) outstanding: Outstanding,
    patience: Patience,
    /// Messages that no peer is known to have taken in, in the order in which they were sent.
    undelivered: Vec<Arc<Message>>,
    /// Numbers of all messages sent.
    sent: BTreeSet<MessageId>,
    /// What was signed and came, and the answer it got.
    seen: BTreeMap<Fingerprint, Option<Arc<Message>>>,
    given_up: usize,
    ended: bool,
    /// When the last appointment was kept.
    last_gate: Option<SimTime>,
}

impl State {
    /// A participant to whom nothing has happened.
    pub(super) fn new(domain: Domain, peers: BTreeSet<Domain>, business: Business, agenda: Agenda, patience: Patience) -> State {
        State {
            domain,
            peers,
            agent: business.agent,
            cro: business.cro,
            files: business.files,
            calendar: business.calendar,
            periods: business.periods,
            agenda,
            outstanding: Outstanding::default(),
            patience,
            undelivered: Vec::new(),
            sent: BTreeSet::new(),
            seen: BTreeMap::new(),
            given_up: 0,
            ended: false,
            last_gate: None,
        }
    }

    /// The market's calendar.
    pub(super) fn calendar(&self) -> &Arc<IspCalendar> {
        &self.calendar
    }

    /// Messages given up so far.
    pub(super) fn given_up(&self) -> usize {
        self.given_up
    }

    /// Whether every day is settled.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// When the last appointment was kept, if one was.
    pub(super) fn last_gate(&self) -> Option<SimTime> {
        self.last_gate
    }

    /// Accepted orders that no settlement has closed.
    pub(super) fn unsettled(&self) -> Vec<Unsettled> {
        self.agent.unsettled()
    }

    /// Whether a message waits to be taken in by its peer.
    pub(super) fn waits(&self, id: MessageId) -> bool {
        self.undelivered.iter().any(|m| m.header().message_id == id)
    }

    /// Messages that no peer is known to have taken in, first sent first.
    pub(super) fn undelivered(&self) -> &[Arc<Message>] {
        &self.undelivered
    }

    /// The answer to a message that has come before; `None` if it is new.
    pub(super) fn answer_to(&self, fingerprint: &Fingerprint) -> Option<Option<Arc<Message>>> {
        self.seen.get(fingerprint).cloned()
    }

    /// What is new in the files at `now`.
    pub(super) fn look(&self, now: SimTime) -> Look {
        self.files.look(now, &self.periods)
    }

    /// Lets a record happen.
    ///
    /// # Errors
    /// A record that cannot follow from those before it; then the state is of no use.
    pub(super) fn apply(&mut self, record: &Record) -> Result<Vec<Effect>, Mismatch> {
        let at = record.at;
        let mut effects = Vec::new();
        match &record.event {
            Event::Message { envelope } => self.receive(at, envelope, &mut effects)?,
            Event::Gate(number) => {
                let appointment = self.agenda.keep(*number).ok_or(Mismatch::Gate(*number))?;
                self.last_gate = Some(at);
                effects.push(Effect::Kept(appointment.clone(), at));
                self.needs(&appointment, &mut effects);
                self.tell(at, Input::Gate(appointment), &mut effects);
            }
            Event::Reading(reading) => {
                for input in self.files.learn(reading) {
                    self.tell(at, input, &mut effects);
                }
                // Their gate has passed, so they are sent now.
                if reading.kind == Kind::Meters && self.files.has_sent_meters(reading.date) {
                    let gate = Appointment::of(Gate::Metering, self.calendar.period(reading.date));
                    self.tell(at, Input::Gate(gate), &mut effects);
                }
            }
            Event::Delivered(id) => self.done_with((*id).into())?,
            Event::GivenUp(id) => {
                self.done_with((*id).into())?;
                self.outstanding.give_up((*id).into());
                self.given_up += 1;
            }
            Event::Clock(_) => {}
            Event::Ended => self.ended = true,
        }
        Ok(effects)
    }

    /// What a gate needs of the files and they have not said.
    fn needs(&mut self, appointment: &Appointment, effects: &mut Vec<Effect>) {
        let period = appointment.period;
        let mut missing = |what, connections| effects.push(Effect::Missing { what, period, connections });
        let needed: &[Kind] = match appointment.gate {
            Gate::Prognosis => &[Kind::Prices, Kind::Forecast],
            Gate::Request => &[Kind::Forecast],
            _ => &[],
        };
        needed.iter().filter(|kind| !self.files.knows(**kind, period.date)).for_each(|kind| missing(*kind, None));
        if appointment.gate == Gate::Metering {
            let unmetered = self.files.unmetered(period.date);
            if let Some(first) = unmetered.first() {
                missing(Kind::Meters, Some((unmetered.len(), (*first).to_owned())));
            }
            self.files.sending_meters(period.date);
        }
    }

    /// Goes on at `now` after a while without anybody at the desk.
    pub(super) fn resume(&mut self, now: SimTime) {
        self.agenda.resume(now);
        self.outstanding.begin_again(now, self.patience.again, now + self.patience.never);
    }

    /// A message need not be brought to its peer any more.
    fn done_with(&mut self, id: MessageId) -> Result<(), Mismatch> {
        if !self.sent.contains(&id) {
            return Err(Mismatch::Fate(id));
        }
        self.undelivered.retain(|m| m.header().message_id != id);
        Ok(())
    }

    fn receive(&mut self, at: SimTime, envelope: &str, effects: &mut Vec<Effect>) -> Result<(), Mismatch> {
        // Its signature was verified when it came; keys may have changed since.
        let envelope = SignedMessage::read(envelope.as_bytes()).map_err(|_| Mismatch::Message)?;
        let message: Arc<Message> = Arc::new(xml::read(envelope.unverified()).map_err(|_| Mismatch::Message)?);
        let received = Received::new(Arc::clone(&message), envelope.sender_domain.clone(), envelope.sender_role);
        effects.push(Effect::Came(Arc::clone(&message), envelope.unverified().to_vec()));
        let fingerprint = fingerprint(&Opened { received: received.clone(), envelope });
        if let Some(asked) = self.outstanding.answered(&message) {
            // Whoever answers has it, whatever became of the POST.
            self.undelivered.retain(|m| m.header().message_id != asked.header().message_id);
        }
        let first = effects.len();
        self.tell(at, Input::Enveloped(received), effects);
        let answer = effects[first..].iter().find_map(|e| match e {
            Effect::Send { message: answer, .. } if answer.answers(&message) => Some(Arc::clone(answer)),
            _ => None,
        });
        self.seen.insert(fingerprint, answer);
        Ok(())
    }

    /// Hands an input to the agent; what it wants becomes effects.
    fn tell(&mut self, at: SimTime, input: Input, effects: &mut Vec<Effect>) {
        for action in self.agent.handle(at, input) {
            match action {
                Action::Send(message) => self.send(at, message, effects),
                Action::Dispatch(dispatch) => effects.push(Effect::Dispatch(dispatch)),
                Action::Book(entry) => effects.push(Effect::Paid(entry)),
                // Nothing to limit, nobody to show it to.
                Action::Limit(_) | Action::Record(_) => {}
            }
        }
    }

    fn send(&mut self, at: SimTime, message: Arc<Message>, effects: &mut Vec<Effect>) {
        let header = message.header();
        if let Some((domain, cro)) = &mut self.cro
            && *domain == header.recipient_domain
        {
            for answer in cro.handle(at, Input::Message(message)) {
                if let Action::Send(answer) = answer {
                    self.tell(at, Input::Message(answer), effects);
                }
            }
            return;
        }
        let why = match () {
            () if header.sender_domain != self.domain => Some("it would speak in another's name"),
            // Rules refuse strangers, so nothing is addressed to one; its refusal is.
            () if !self.peers.contains(&header.recipient_domain) => Some("its recipient is not in the address book"),
            () => None,
        };
        if let Some(why) = why {
            effects.push(Effect::Withheld { message, why });
            return;
        }
        self.outstanding.insert(Arc::clone(&message), at, self.patience.again, at + self.patience.never);
        if !self.undelivered.iter().any(|m| m.header().message_id == header.message_id) {
            self.undelivered.push(Arc::clone(&message));
        }
        let again = !self.sent.insert(header.message_id);
        effects.push(Effect::Send { message, again });
    }
}
