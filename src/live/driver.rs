//! The driver: brings the agent what clock, files and network bring, and carries out what it wants.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::agenda::{Agenda, Event};
use super::business::{Business, Files};
use super::clock::Clock;
use super::config::Loaded;
use super::http::{Keys, Letter, Notice, Outbox, listen};
use super::rules::NO_LISTENER;
use crate::agent::cro::Cro;
use crate::agent::{self, Action, Input, Participant as _};
use crate::diagnostic::Findings;
use crate::ids::{Domain, Role};
use crate::output::error::CANNOT_WRITE;
use crate::scenario::lint::unknown_zone;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};
use crate::uftp::message::{Message, MessageId};
use crate::uftp::participant::Outstanding;
use crate::uftp::sign::{Opened, SecretKey, SignedMessage};
use crate::uftp::xml;

/// Messages that may wait for the driver before senders are asked to come again.
const QUEUE: usize = 1000;

/// How a participant ended: every day traded and settled, every answer in or given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Messages that were given up without an answer.
    pub given_up: usize,
}

/// A participant that listens.
pub struct Participant {
    clock: Clock,
    agenda: Agenda,
    agent: Box<dyn agent::Participant>,
    cro: Option<(Domain, Cro)>,
    files: Files,
    calendar: Arc<IspCalendar>,
    periods: Vec<Period>,
    role: Role,
    domain: Domain,
    key: SecretKey,
    outboxes: BTreeMap<Domain, Outbox>,
    notices: Receiver<Notice>,
    outstanding: Outstanding,
    /// Letters not taken in by their recipients yet.
    in_flight: BTreeSet<MessageId>,
    interval: SimDuration,
    patience: SimDuration,
    archive: Option<PathBuf>,
    kept: usize,
    ended: Ended,
}

/// Where a participant says what it does, a line at a time.
type Say<'a> = &'a dyn Fn(&str);

impl Participant {
    /// A participant that listens from now on. `seed` keys its MessageIDs and must differ from run to run.
    ///
    /// # Errors
    /// Findings in the configuration and its files, an address that cannot be listened on.
    pub fn start(loaded: Loaded, role: Role, key: SecretKey, seed: u64) -> Result<Participant, Findings> {
        let config = loaded.config.clone();
        let zone = IspCalendar::new(&config.time.zone, config.time.isp_minutes)
            .map_err(|e| loaded.at("time.zone", unknown_zone::RULE.finding(e.to_string())))?;
        let clock = config.clock.map_or_else(Clock::wall, |c| Clock::accelerated(zone.at(c.start.date(), c.start.time()), c.speed));
        let now = clock.now();
        let business = Business::new(&loaded, role, seed, now)?;
        let agenda = Agenda::new(&business.periods, role, &config.market.timetable(), &business.calendar, now);
        let archive = config.messages.as_ref().map(|_| loaded.path("messages"));
        if let Some(folder) = &archive {
            let unwritable = |e| CANNOT_WRITE.finding(format!("cannot make the folder '{}': {e}", folder.display()));
            std::fs::create_dir_all(folder).map_err(|e| loaded.at("messages", unwritable(e)))?;
        }
        let (sender, notices) = sync_channel(QUEUE);
        let seconds = |s: u32| Duration::from_secs(u64::from(s));
        let outbox = |p: &super::config::Peer| {
            Outbox::new(p.url.clone(), seconds(config.retry_after_s), seconds(config.give_up_after_s), sender.clone())
        };
        let outboxes = config.peer.iter().map(|p| (Domain::new(p.domain.as_str()), outbox(p))).collect();
        let place = loaded.document.nearest("listen");
        let keys: Keys = Arc::new(move |domain: &Domain, role: Role| loaded.keys(domain, role));
        listen(&config.listen, &keys, &sender)
            .map_err(|e| NO_LISTENER.finding(format!("cannot listen on '{}': {e}", config.listen)).located(place))?;
        Ok(Participant {
            clock,
            agenda,
            agent: business.agent,
            cro: business.cro,
            files: business.files,
            calendar: business.calendar,
            periods: business.periods,
            role,
            domain: Domain::new(config.domain.as_str()),
            key,
            outboxes,
            notices,
            outstanding: Outstanding::default(),
            in_flight: BTreeSet::new(),
            interval: clock.span(config.retry_after_s),
            patience: clock.span(config.give_up_after_s),
            archive,
            kept: 0,
            ended: Ended { given_up: 0 },
        })
    }

    /// Trades until every day is settled and nothing is waited for.
    pub fn run(mut self, say: Say<'_>) -> Ended {
        self.say(say, "listening", "");
        loop {
            let now = self.clock.now();
            while let Some(event) = self.agenda.due(now) {
                self.happen(event, say);
            }
            let due = self.outstanding.due(now);
            for message in due.again {
                self.post(&message, say);
            }
            for message in due.expired {
                self.ended.given_up += 1;
                self.say(say, "given up", &described(&message));
            }
            let next = self.agenda.next().into_iter().chain(self.outstanding.next_due()).min();
            if next.is_none() && self.in_flight.is_empty() {
                return self.ended;
            }
            let wait = next.map_or(Duration::from_secs(1), |t| self.clock.until(t).min(Duration::from_secs(1)));
            match self.notices.recv_timeout(wait.max(Duration::from_millis(1))) {
                Ok(notice) => self.take(notice, say),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => unreachable!("the listener holds a sender"),
            }
        }
    }

    fn happen(&mut self, event: Event, say: Say<'_>) {
        match event {
            Event::Gate(appointment) => self.tell(Input::Gate(appointment), say),
            Event::Look => match self.files.look(self.clock.now(), &self.periods) {
                Ok(inputs) => inputs.into_iter().for_each(|input| self.tell(input, say)),
                // A file may be half written; the next look is an ISP away.
                Err(findings) => findings.0.iter().for_each(|f| self.say(say, "cannot read", &f.message)),
            },
        }
    }

    fn take(&mut self, notice: Notice, say: Say<'_>) {
        match notice {
            Notice::Arrived(opened) => self.receive(*opened, say),
            Notice::Refused { status, why } => self.say(say, "refused", &format!("status {status}: {why}")),
            Notice::Delivered(id) => {
                self.in_flight.remove(&id);
            }
            Notice::Undeliverable { id, why } => {
                self.in_flight.remove(&id);
                self.outstanding.give_up(id);
                self.ended.given_up += 1;
                self.say(say, "undeliverable", &format!("{id}: {why}"));
            }
        }
    }

    fn receive(&mut self, opened: Opened, say: Say<'_>) {
        let message = Arc::clone(opened.received.message());
        self.say(say, "←", &described(&message));
        self.keep("in", &message, opened.envelope.unverified());
        self.outstanding.answered(&message);
        self.tell(Input::Enveloped(opened.received), say);
    }

    /// Hands an input to the agent and carries out what it wants.
    fn tell(&mut self, input: Input, say: Say<'_>) {
        let actions = self.agent.handle(self.clock.now(), input);
        for action in actions {
            self.carry_out(action, say);
        }
    }

    fn carry_out(&mut self, action: Action, say: Say<'_>) {
        let now = self.clock.now();
        match action {
            Action::Send(message) => {
                let to = &message.header().recipient_domain;
                if let Some((domain, cro)) = &mut self.cro
                    && domain == to
                {
                    for answer in cro.handle(now, Input::Message(message)) {
                        if let Action::Send(answer) = answer {
                            self.tell(Input::Message(answer), say);
                        }
                    }
                    return;
                }
                self.outstanding.insert(Arc::clone(&message), now, self.interval, now + self.patience);
                self.post(&message, say);
            }
            Action::Dispatch(d) => {
                let bound = d.targets.iter().flat_map(|t| t.floor_w.iter().zip(&t.ceiling_w));
                let bound = bound.filter(|(floor, ceiling)| floor.is_finite() || ceiling.is_finite()).count();
                self.say(say, "dispatch", &format!("{}: {bound} ISPs bound by orders", d.period.date));
            }
            Action::Book(entry) => {
                let line = format!("{} → {}: {} {} ({:?})", entry.payer, entry.payee, entry.amount, entry.reference, entry.kind);
                self.say(say, "payment", &line);
            }
            // Nothing to limit, nobody to show it to.
            Action::Limit(_) | Action::Record(_) => {}
        }
    }

    /// Seals a message and posts it, unless it is on its way still.
    fn post(&mut self, message: &Arc<Message>, say: Say<'_>) {
        let id = message.header().message_id;
        let Some(outbox) = self.outboxes.get(&message.header().recipient_domain) else {
            // Rules refuse strangers, so nothing is addressed to one; its refusal is.
            self.say(say, "no address", &described(message));
            return;
        };
        if !self.in_flight.insert(id) {
            return;
        }
        let payload = xml::write(message);
        outbox.post(Letter { id, envelope: SignedMessage::seal(&payload, self.domain.clone(), self.role, &self.key).write() });
        self.keep("out", message, payload.as_bytes());
        self.say(say, "→", &described(message));
    }

    /// Keeps a payload's bytes in the archive.
    fn keep(&mut self, way: &str, message: &Message, payload: &[u8]) {
        let Some(folder) = &self.archive else { return };
        self.kept += 1;
        let path = folder.join(format!("{:05}-{way}-{}.xml", self.kept, message.message_type().name()));
        // A full disk must not stop the trade; what is missing shows in the numbers.
        let _ = std::fs::write(path, payload);
    }

    fn say(&self, say: Say<'_>, what: &str, of: &str) {
        let now: SimTime = self.clock.now();
        let line = format!("{}  {what:<13} {of}", self.calendar.rfc3339(now).replacen('T', " ", 1));
        say(&format!("{}\n", line.trim_end()));
    }
}

/// A message in a line: peers, type, MessageID and, of a response, its result.
fn described(message: &Message) -> String {
    let header = message.header();
    let result = message.response().map(|r| {
        let reason = r.rejection_reason.as_deref().map(|t| format!(": {t}")).unwrap_or_default();
        format!("  {}{reason}", r.result.as_str())
    });
    let name = message.message_type().name();
    format!("{} → {}  {name} {}{}", header.sender_domain, header.recipient_domain, header.message_id, result.unwrap_or_default())
}
