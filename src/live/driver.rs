//! The driver: brings the agent what clock, files and network bring, and carries out what it wants.
//!
//! ```text
//! what happened ──► journal ──► disk ──► answer to whoever brought it ──► agent ──► letters, log, archive
//! ```
//! Nothing is answered and nothing is acted on before it is on disk. A journal that cannot be written ends the participant: it
//! takes no order that it could forget.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use super::agenda::Due;
use super::archive::Archive;
use super::clock::Clock;
use super::config::Config;
use super::http::{Door, Listener};
use super::journal::{Event, Journal, Record};
use super::letter::Signer;
use super::loaded::Loaded;
use super::log::{Log, Say};
use super::metrics::Metrics;
use super::notice::{Arrival, Fingerprint, Notice};
use super::outbox::Outbox;
use super::rules::NO_LISTENER;
use super::start::{Started, keep, start};
use super::state::{Effect, State};
use crate::agent::Dispatch;
use crate::diagnostic::Findings;
use crate::ids::Domain;
use crate::time::{SimDuration, SimTime};
use crate::uftp::message::{Message, MessageId};
use crate::uftp::sign::{PublicKey, SecretKey};

/// Messages that may wait for the driver before senders are asked to come again.
const QUEUE: usize = 1000;

/// Messages that are written to disk together at most.
const BATCH: usize = 256;

/// An answer is given again so often at most, however often its question comes.
const AGAIN: Duration = Duration::from_secs(1);

/// How a participant ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Every day is traded, every answer in or given up, every order settled or waited for in vain.
    Settled {
        /// Messages that were given up without an answer.
        given_up: usize,
        /// Accepted orders that nobody settled in time.
        unsettled: usize,
    },
    /// It cannot go on, for this reason.
    Stopped(String),
}

/// A participant that listens.
pub struct Participant {
    state: State,
    journal: Journal,
    archive: Option<Archive>,
    clock: Clock,
    signer: Signer,
    outboxes: BTreeMap<Domain, Outbox>,
    notices: Receiver<Notice>,
    /// Letters that are with their outbox.
    in_flight: BTreeSet<MessageId>,
    /// When an answer was last given again.
    repeated: BTreeMap<Fingerprint, Instant>,
    /// What was said of files that are of no use now; each is said once.
    complaints: BTreeSet<String>,
    /// How long settlements are waited for after the last appointment.
    settlement_wait: SimDuration,
    /// Whether the last message could not be kept in the archive; said once.
    unkept: bool,
    listener: Option<Listener>,
    metrics: Arc<Metrics>,
    log: Arc<Log>,
    began: Instant,
}

/// Why a participant cannot go on.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error("cannot write the journal: {0}")]
    Journal(#[from] io::Error),
    #[error("the listener has stopped: {0}")]
    Deaf(String),
    #[error("the agent has stopped: {0}")]
    State(#[from] super::state::Mismatch),
}

impl Participant {
    /// A participant that knows what its journal knows, and listens from now on. `seed` keys the MessageIDs of a new journal and
    /// must differ from one to the next.
    ///
    /// # Errors
    /// Findings in journal and files, an address that cannot be listened on.
    #[allow(clippy::disallowed_methods, reason = "a live participant goes by the clock on the wall")]
    pub fn start(loaded: &Loaded, key: SecretKey, seed: u64, say: Say) -> Result<Participant, Findings> {
        let Started { state, journal, archive, clock, told } = start(loaded, seed)?;
        let config = &loaded.config;
        let began = Instant::now();
        let (metrics, log) = (Arc::new(Metrics::default()), Arc::new(Log::new(say, clock, Arc::clone(state.calendar()))));
        let (sender, notices) = sync_channel(QUEUE);
        let outbox = |p: &super::config::Peer| {
            let seconds = |s: u32| Duration::from_secs(u64::from(s));
            Outbox::new(p.url.clone(), seconds(config.retry_after_s), seconds(config.give_up_after_s), sender.clone())
        };
        let outboxes = config.peer.iter().map(|p| (Domain::new(p.domain.as_str()), outbox(p))).collect();
        let domain = Domain::new(config.domain.as_str());
        let listener = if state.ended() {
            None
        } else {
            let door = Door {
                domain: domain.clone(),
                keys: keys(config),
                notices: sender,
                metrics: Arc::clone(&metrics),
                log: Arc::clone(&log),
                began,
            };
            let unheard = |e| NO_LISTENER.finding(format!("cannot listen on '{}': {e}", config.listen));
            Some(Listener::open(&config.listen, door).map_err(|e| loaded.at("listen", unheard(e)))?)
        };
        let mut participant = Participant {
            state,
            journal,
            archive,
            clock,
            signer: Signer::new(domain, loaded.role, key),
            outboxes,
            notices,
            in_flight: BTreeSet::new(),
            repeated: BTreeMap::new(),
            complaints: BTreeSet::new(),
            settlement_wait: SimDuration::hours(i64::from(config.settlement_wait_h)),
            unkept: false,
            listener,
            metrics,
            log,
            began,
        };
        if let Some(at) = participant.state.last_gate() {
            participant.metrics.last_gate.set(at.0);
        }
        participant.say_start(loaded, &told);
        Ok(participant)
    }

    fn say_start(&mut self, loaded: &Loaded, told: &super::start::Told) {
        let journal = self.journal.path().display().to_string();
        if let Some(listener) = &self.listener {
            let (domain, role) = (&loaded.config.domain, loaded.role.as_str());
            self.log.line(
                "listening",
                &[("address", &listener.address), ("domain", domain), ("role", &role), ("journal", &journal), ("replayed", &told.replayed)],
            );
        } else {
            self.log.line("ended", &[("journal", &journal), ("help", &"every day is settled; move the journal away to start again")]);
        }
        if told.cut > 0 {
            self.log.line("journal", &[("cut_bytes", &told.cut), ("why", &"the last record was not written to its end")]);
        }
        if let Some(path) = &told.set_aside {
            self.log.line("journal", &[("set_aside", &path.display()), ("why", &"its trade has ended")]);
        }
        if let Some(e) = &told.unkept {
            self.unkept(e);
        }
    }

    /// Trades until every day is settled and nothing is waited for.
    #[must_use]
    pub fn run(mut self) -> Ended {
        let ended = match self.trade() {
            Ok(unsettled) => Ended::Settled { given_up: self.state.given_up(), unsettled },
            Err(stop) => {
                self.log.line("stopped", &[("why", &stop)]);
                Ended::Stopped(stop.to_string())
            }
        };
        // Nobody is taken in any more; who was gets the answer.
        drop(self.notices);
        if let Some(listener) = self.listener {
            listener.close();
        }
        ended
    }

    /// Trades to the end: how many accepted orders are not settled then.
    fn trade(&mut self) -> Result<usize, Stop> {
        if self.state.ended() {
            return Ok(0);
        }
        for message in self.state.undelivered().to_vec() {
            self.post(&message);
        }
        loop {
            self.happen()?;
            let waiting = self.waits_for_settlement();
            let next = self.state.agenda.next(waiting).into_iter().chain(self.state.outstanding.next_due()).min();
            if next.is_none() && self.state.undelivered().is_empty() {
                return self.end();
            }
            self.measure();
            let wait = next.map_or(Duration::from_secs(1), |t| self.clock.until(t).min(Duration::from_secs(1)));
            match self.notices.recv_timeout(wait.max(Duration::from_millis(1))) {
                Ok(notice) => self.take(notice)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Stop::Deaf("the listener has ended".to_owned())),
            }
        }
    }

    /// Whether an order is not settled and still may be.
    fn waits_for_settlement(&self) -> bool {
        self.clock.now() < self.state.agenda.last() + self.settlement_wait && !self.state.unsettled().is_empty()
    }

    /// The end, with every order that nobody settled by its name. With one the journal stays open: who starts again with more
    /// patience waits on.
    fn end(&mut self) -> Result<usize, Stop> {
        let unsettled = self.state.unsettled();
        for order in &unsettled {
            self.log.line("unsettled", &[("order", &order.reference), ("period", &order.period), ("why", &order.why)]);
        }
        if unsettled.is_empty() {
            self.commit(vec![Event::Ended])?;
        }
        self.log.line("ended", &[("given_up", &self.state.given_up()), ("unsettled", &unsettled.len())]);
        Ok(unsettled.len())
    }

    /// What the files say now.
    fn look(&mut self, now: SimTime) -> Result<(), Stop> {
        let look = self.state.look(now);
        let mut complaints = BTreeSet::new();
        for finding in &look.unreadable.0 {
            // A file may be half written; the next look is an ISP away.
            if !self.complaints.contains(&finding.message) {
                self.log.line("unreadable", &[("why", &finding.message)]);
            }
            complaints.insert(finding.message.clone());
        }
        for (kind, date, why) in &look.incomplete {
            let said = format!("{} {date} {why}", kind.as_str());
            if !self.complaints.contains(&said) {
                self.log.line("incomplete", &[("what", &kind.as_str()), ("period", date), ("why", why)]);
            }
            complaints.insert(said);
        }
        self.complaints = complaints;
        self.commit(look.new.into_iter().map(Event::Reading).collect())
    }

    /// What the clock brings.
    fn happen(&mut self) -> Result<(), Stop> {
        let now = self.clock.now();
        let waiting = self.waits_for_settlement();
        while let Some(due) = self.state.agenda.due(now, waiting) {
            match due {
                Due::Gate(number) => self.commit(vec![Event::Gate(number)])?,
                Due::Look => self.look(now)?,
            }
        }
        let due = self.state.outstanding.due(now);
        for message in due.again {
            self.post(&message);
        }
        for message in due.expired {
            let id = message.header().message_id;
            self.commit(vec![Event::GivenUp(id.into())])?;
            self.log.line("given-up", &[("type", &message.message_type().name()), ("id", &id), ("why", &"no answer")]);
        }
        Ok(())
    }

    /// Takes a notice and what waits behind it: what came together is written to disk together.
    fn take(&mut self, first: Notice) -> Result<(), Stop> {
        let mut arrivals = Vec::new();
        let mut next = Some(first);
        while let Some(notice) = next {
            match notice {
                Notice::Arrived(arrival) => {
                    self.metrics.queue.add(-1);
                    arrivals.push(arrival);
                }
                Notice::Delivered(id) => {
                    self.in_flight.remove(&id);
                    // One that was given up may still be taken in.
                    if self.state.waits(id) {
                        self.note(Event::Delivered(id.into()))?;
                    }
                }
                Notice::Undeliverable { id, why } => {
                    self.in_flight.remove(&id);
                    if self.state.waits(id) {
                        self.commit(vec![Event::GivenUp(id.into())])?;
                        self.log.line("given-up", &[("id", &id), ("why", &why)]);
                    }
                }
                Notice::Deaf(why) => return Err(Stop::Deaf(why)),
            }
            next = if arrivals.len() < BATCH { self.notices.try_recv().ok() } else { None };
        }
        self.receive(arrivals)
    }

    /// Messages that came: those that came before are answered as before, the others are written down first.
    fn receive(&mut self, arrivals: Vec<Arrival>) -> Result<(), Stop> {
        let (mut events, mut waiting) = (Vec::new(), Vec::new());
        let mut together = BTreeSet::new();
        for Arrival { envelope, fingerprint, taken } in arrivals {
            if let Some(answer) = self.state.answer_to(&fingerprint) {
                // Nobody is left to hear it if the connection is gone.
                let _ = taken.send(true);
                self.give_again(fingerprint, answer);
            } else {
                if together.insert(fingerprint) {
                    events.push(Event::Message { envelope });
                }
                waiting.push(taken);
            }
        }
        if events.is_empty() {
            return Ok(());
        }
        let written = self.write(events);
        for taken in waiting {
            let _ = taken.send(written.is_ok());
        }
        self.apply(&written?)
    }

    #[allow(clippy::disallowed_methods, reason = "a live participant goes by the clock on the wall")]
    fn give_again(&mut self, question: Fingerprint, answer: Option<Arc<Message>>) {
        let now = Instant::now();
        self.log.limited("repeated", "", &[("answered", &answer.is_some())]);
        let Some(answer) = answer else { return };
        if self.repeated.get(&question).is_none_or(|last| now.duration_since(*last) >= AGAIN) {
            self.repeated.insert(question, now);
            self.metrics.message("out", &answer, Some("again"));
            self.post(&answer);
        }
    }

    /// Writes events down, on disk, and lets them happen.
    fn commit(&mut self, events: Vec<Event>) -> Result<(), Stop> {
        if events.is_empty() {
            return Ok(());
        }
        let records = self.write(events)?;
        self.apply(&records)
    }

    fn write(&mut self, events: Vec<Event>) -> io::Result<Vec<Record>> {
        let at = self.clock.now();
        let records: Vec<Record> = events.into_iter().map(|event| Record { at, event }).collect();
        records.iter().try_for_each(|record| self.journal.append(record))?;
        self.journal.sync()?;
        Ok(records)
    }

    /// Writes down what may be lost with the machine: then it happens again, under the same number.
    fn note(&mut self, event: Event) -> Result<(), Stop> {
        let record = Record { at: self.clock.now(), event };
        self.journal.append(&record)?;
        self.apply(&[record])
    }

    fn apply(&mut self, records: &[Record]) -> Result<(), Stop> {
        for record in records {
            if let Event::Reading(reading) = &record.event {
                self.log.line("read", &[("what", &reading.kind.as_str()), ("period", &reading.date)]);
            }
            for effect in self.state.apply(record)? {
                if let Some(archive) = &mut self.archive {
                    match keep(archive, &effect) {
                        Ok(kept) => self.unkept &= !kept,
                        Err(e) => self.unkept(&e),
                    }
                }
                self.carry_out(effect);
            }
        }
        Ok(())
    }

    /// The archive is not what promises rest on: the trade goes on, and the next start writes what is missing.
    fn unkept(&mut self, e: &io::Error) {
        self.metrics.unkept.add(1);
        if !std::mem::replace(&mut self.unkept, true) {
            self.log.line("unkept", &[("why", e), ("help", &"the next start writes what is missing in the folder of messages")]);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Came(message, _) => {
                self.metrics.message("in", &message, None);
                self.describe("received", "from", &message.header().sender_domain, &message);
            }
            Effect::Send { message, .. } => {
                self.metrics.message("out", &message, None);
                self.post(&message);
            }
            Effect::Withheld { message, why } => {
                self.metrics.message("out", &message, Some("withheld"));
                self.log.limited(
                    "withheld",
                    "",
                    &[("type", &message.message_type().name()), ("to", &message.header().recipient_domain), ("why", &why)],
                );
            }
            Effect::Missing { what, period, connections } => match connections {
                Some((count, first)) => self
                    .log
                    .line("missing", &[("what", &what.as_str()), ("period", &period.date), ("connections", &count), ("first", &first)]),
                None => self.log.line("missing", &[("what", &what.as_str()), ("period", &period.date)]),
            },
            Effect::Kept(appointment, at) => {
                self.metrics.last_gate.set(at.0);
                let gate = format!("{:?}", appointment.gate).to_ascii_lowercase();
                self.log.line("gate", &[("gate", &gate), ("period", &appointment.period.date)]);
            }
            Effect::Dispatch(dispatch) => {
                self.log.line("dispatch", &[("period", &dispatch.period.date), ("isps_bound_by_orders", &bound(&dispatch))]);
            }
            Effect::Paid(entry) => {
                let kind = format!("{:?}", entry.kind).to_ascii_lowercase();
                self.log.line(
                    "payment",
                    &[
                        ("payer", &entry.payer),
                        ("payee", &entry.payee),
                        ("amount", &entry.amount),
                        ("reference", &entry.reference),
                        ("kind", &kind),
                    ],
                );
            }
        }
    }

    /// Seals a message and posts it, unless it is on its way still.
    fn post(&mut self, message: &Arc<Message>) {
        let Some((letter, outbox)) = self.signer.seal(message).zip(self.outboxes.get(&message.header().recipient_domain)) else {
            // The state withholds such messages; this is the lock behind it.
            self.log.line("withheld", &[("type", &message.message_type().name()), ("id", &message.header().message_id)]);
            return;
        };
        if self.in_flight.insert(letter.id()) {
            outbox.post(letter);
            self.describe("sent", "to", &message.header().recipient_domain, message);
        }
    }

    /// A message in a line: peer, type, MessageID and, of a response, its result.
    fn describe(&self, event: &str, way: &str, peer: &Domain, message: &Message) {
        let (name, id) = (message.message_type().name(), message.header().message_id);
        let mut fields: Vec<(&str, &dyn Display)> = vec![("type", &name), (way, peer), ("id", &id)];
        let response = message.response();
        let result = response.map(|r| r.result.as_str());
        if let Some(result) = &result {
            fields.push(("result", result));
        }
        let reason = response.and_then(|r| r.rejection_reason.as_deref());
        if let Some(reason) = &reason {
            fields.push(("reason", reason));
        }
        self.log.line(event, &fields);
    }

    fn measure(&self) {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let m = &self.metrics;
        m.alive_ms.set(i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX));
        m.journal_bytes.set(i64::try_from(self.journal.bytes()).unwrap_or(i64::MAX));
        m.unanswered.set(count(self.state.outstanding.len()));
        m.undelivered.set(count(self.state.undelivered().len()));
        m.given_up.set(count(self.state.given_up()));
        m.clock.set(self.clock.now().0);
    }
}

/// The keys of everyone in the address book.
fn keys(config: &Config) -> BTreeMap<(Domain, crate::ids::Role), Vec<PublicKey>> {
    let keys = |p: &super::config::Peer| p.public_keys.iter().filter_map(|key| PublicKey::parse(key).ok()).collect();
    config.peer.iter().map(|p| ((Domain::new(p.domain.as_str()), p.role.role()), keys(p))).collect()
}

/// ISPs in which orders bind a portfolio.
fn bound(dispatch: &Dispatch) -> usize {
    let isps = dispatch.targets.iter().flat_map(|t| t.floor_w.iter().zip(&t.ceiling_w));
    isps.filter(|(floor, ceiling)| floor.is_finite() || ceiling.is_finite()).count()
}
