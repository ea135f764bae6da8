//! The wire: messages travel as shared objects, as XML or as signed XML, and take a seeded time; those of one sender arrive
//! in the order they were sent. Faults of a link lose, double, hold back and corrupt them; a silent participant neither
//! hears nor speaks. Where something can go wrong, a message without an answer is sent again with the same MessageID, at
//! growing intervals, until it is given up.
//!
//! Draws are keyed by the message and the attempt, so a fault on one link changes nothing on another.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ids::{Domain, Role};
use crate::rng::{Draw, Stream};
use crate::scenario::study::{Fault, Study, Transport};
use crate::time::{SimDuration, SimTime};
use crate::uftp::message::{Message, MessageId};
use crate::uftp::participant::Outstanding;
use crate::uftp::sign::{self, SecretKey, SignedMessage};
use crate::uftp::xml;

/// What became of a message on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Arrived as it was sent.
    Delivered,
    /// Arrived, with a changed text that could still be read.
    Altered,
    /// Arrived a second time.
    Repeated,
    /// Did not arrive.
    Lost,
    /// Arrived, and could not be read or verified: not taken in.
    Unreadable,
}

impl Fate {
    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Fate::Delivered => "delivered",
            Fate::Altered => "altered",
            Fate::Repeated => "repeated",
            Fate::Lost => "lost",
            Fate::Unreadable => "unreadable",
        }
    }
}

/// A message as the log keeps it.
#[derive(Debug, Clone)]
pub struct LoggedMessage {
    /// Sent.
    pub sent: SimTime,
    /// Arrived; the time of sending if it did not.
    pub arrived: SimTime,
    /// What became of it.
    pub fate: Fate,
    /// How often it had been sent before.
    pub attempt: u32,
    /// The object itself, as it was sent.
    pub message: Arc<Message>,
}

/// One sender's way out.
#[derive(Debug)]
struct Outlet {
    sender: Domain,
    role: Role,
    delays: Stream,
    sent: u64,
    last_arrival: SimTime,
    waiting: Outstanding,
}

/// Delays, faults and the log of a case.
#[derive(Debug)]
pub(super) struct Wire<'a> {
    study: &'a Study,
    outlets: Vec<Outlet>,
    attempts: BTreeMap<MessageId, u32>,
    pub(super) log: Vec<LoggedMessage>,
}

/// A message on its way: when it arrives, and as what.
pub(super) type Delivery = (SimTime, Arc<Message>);

impl<'a> Wire<'a> {
    pub(super) fn new(study: &'a Study, participants: impl Iterator<Item = (Domain, Role)>) -> Wire<'a> {
        let outlet = |(sender, role): (Domain, Role)| Outlet {
            delays: Stream::new(study.seed, sender.as_str(), "message-delay"),
            sender,
            role,
            sent: 0,
            last_arrival: SimTime(i64::MIN),
            waiting: Outstanding::default(),
        };
        Wire { study, outlets: participants.map(outlet).collect(), attempts: BTreeMap::new(), log: Vec::new() }
    }

    /// Sends a message of participant `from` for the first time and waits for its answer, if it can fail to come.
    pub(super) fn send(&mut self, now: SimTime, from: usize, message: &Arc<Message>) -> Vec<Delivery> {
        let w = &self.study.wire;
        if w.fails() {
            self.outlets[from].waiting.insert(Arc::clone(message), now, w.retry, now + w.give_up);
        }
        self.carry(now, from, message)
    }

    /// Notes that a message has reached participant `to`: what it answers need not be sent again.
    pub(super) fn reached(&mut self, to: usize, message: &Message) {
        if message.response().is_some() {
            self.outlets[to].waiting.answered(message);
        }
    }

    /// Sends again what participant `from` has had no answer to.
    pub(super) fn repeat(&mut self, now: SimTime, from: usize) -> Vec<Delivery> {
        let due = self.outlets[from].waiting.due(now);
        due.again.iter().flat_map(|m| self.carry(now, from, m)).collect()
    }

    /// When [`Wire::repeat`] has next something to do for a participant.
    pub(super) fn next_repeat(&self, from: usize) -> Option<SimTime> {
        self.outlets[from].waiting.next_due()
    }

    /// Takes a message at `now` and says when and as what it arrives: once, twice or not at all.
    fn carry(&mut self, now: SimTime, from: usize, message: &Arc<Message>) -> Vec<Delivery> {
        let wire = &self.study.wire;
        let outlet = &mut self.outlets[from];
        let longest = wire.longest_delay;
        let delay_s = outlet.delays.at(outlet.sent).bits() % (longest.0 as u64 + 1);
        outlet.sent += 1;
        let in_order = (now + SimDuration::seconds(delay_s as i64)).max(outlet.last_arrival);
        if !wire.fails() {
            outlet.last_arrival = in_order;
            let received = hop(wire.transport, outlet, message, self.study.seed, None);
            // What is written reads back; should a message ever not, it is lost on its recipient and the log says so.
            debug_assert!(received.is_some(), "what we write we can read");
            let fate = if received.is_some() { Fate::Delivered } else { Fate::Unreadable };
            self.log.push(LoggedMessage { sent: now, arrived: in_order, fate, attempt: 0, message: Arc::clone(message) });
            return received.map(|received| (in_order, received)).into_iter().collect();
        }
        let attempt = *self.attempts.entry(message.header().message_id).and_modify(|n| *n += 1).or_insert(0);
        let header = message.header();
        let fits = |f: &&Fault| f.fits(&header.sender_domain, &header.recipient_domain);
        let mut stream = Stream::new(self.study.seed, &header.message_id.to_string(), "wire");
        let mishap = Mishap::draw(wire.faults.iter().find(fits), &mut stream.at(u64::from(attempt)));
        let late = in_order + SimDuration::seconds(mishap.delay_s);
        if !mishap.overtaken {
            outlet.last_arrival = late;
        }
        let mut log = |arrived, fate| self.log.push(LoggedMessage { sent: now, arrived, fate, attempt, message: Arc::clone(message) });
        if mishap.lost || wire.silent(&header.sender_domain, now) || wire.silent(&header.recipient_domain, late) {
            log(now, Fate::Lost);
            return Vec::new();
        }
        let Some(received) = hop(wire.transport, outlet, message, self.study.seed, mishap.corrupted) else {
            log(now, Fate::Unreadable);
            return Vec::new();
        };
        log(late, if *received == **message { Fate::Delivered } else { Fate::Altered });
        let mut deliveries = vec![(late, Arc::clone(&received))];
        if mishap.doubled {
            let again = late + longest + SimDuration::seconds(1);
            log(again, Fate::Repeated);
            deliveries.push((again, received));
        }
        deliveries
    }
}

/// What the draws of one attempt say.
#[derive(Default)]
struct Mishap {
    lost: bool,
    doubled: bool,
    overtaken: bool,
    /// Where a bit changes, as a fraction of the text, and which.
    corrupted: Option<(f64, u8)>,
    delay_s: i64,
}

impl Mishap {
    /// Every draw is made whatever the fault, so that its parameters change nothing but what they name.
    fn draw(fault: Option<&Fault>, draw: &mut Draw<'_>) -> Mishap {
        let Some(f) = fault else { return Mishap::default() };
        let [lost, doubled, overtaken, corrupted, place, delay] = std::array::from_fn(|_| draw.uniform());
        let bit = (draw.bits() % 8) as u8;
        let overtaken = overtaken < f.reordering;
        let delay_s = (delay * (f.delay.0 as f64 + 1.0)) as i64;
        Mishap {
            lost: lost < f.loss,
            doubled: doubled < f.duplication,
            overtaken,
            corrupted: (corrupted < f.corruption).then_some((place, bit)),
            delay_s: if overtaken { delay_s.max(1) } else { delay_s },
        }
    }
}

/// One hop: what the recipient makes of the message, `None` if nothing. A corrupted object is corrupted as XML.
fn hop(transport: Transport, from: &Outlet, message: &Arc<Message>, seed: u64, corrupted: Option<(f64, u8)>) -> Option<Arc<Message>> {
    if transport == Transport::Object && corrupted.is_none() {
        return Some(Arc::clone(message));
    }
    let payload = xml::write(message);
    let key = SecretKey::from_seed(&key_seed(seed, &from.sender));
    let mut text = match transport {
        Transport::SignedXml => SignedMessage::seal(&payload, from.sender.clone(), from.role, &key).write(),
        Transport::Object | Transport::Xml => payload,
    }
    .into_bytes();
    if let Some((place, bit)) = corrupted {
        let k = ((place * text.len() as f64) as usize).min(text.len() - 1);
        text[k] ^= 1 << bit;
    }
    match transport {
        Transport::SignedXml => {
            let published = |domain: &Domain, _| if *domain == from.sender { vec![key.public_key()] } else { Vec::new() };
            sign::open(&text, published).ok().map(|o| Arc::clone(o.received.message()))
        }
        Transport::Object | Transport::Xml => xml::read(&text).ok().map(Arc::new),
    }
}

/// Seed of a participant's signing key.
fn key_seed(seed: u64, domain: &Domain) -> [u8; 32] {
    let mut stream = Stream::new(seed, domain.as_str(), "signing-key");
    let mut draw = stream.at(0);
    let words: [[u8; 8]; 4] = std::array::from_fn(|_| draw.bits().to_le_bytes());
    std::array::from_fn(|k| words[k / 8][k % 8])
}
