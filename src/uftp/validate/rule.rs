//! What a rule is, and how rules are applied.

use crate::ids::{Domain, Role};
use crate::time::Period;
use crate::uftp::message::{IspRun, Message, MessageType};

use super::isp_set::described;
use super::lists::Extent;
use super::{Terms, View, refers};

/// Where a rule stands on the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    /// Who speaks to whom, in which version; failing here ends the check.
    Sender,
    /// The message by itself and the market's fixed values.
    Form,
    /// What the message refers to.
    Reference,
    /// What the message says, against what it refers to.
    Content,
}

/// One rule of the receiver.
pub struct Rule {
    /// Stable name, such as `isp-conflict`.
    pub name: &'static str,
    /// What the sender is told; detail may follow in parentheses.
    pub reason: &'static str,
    /// Where it stands.
    pub rung: Rung,
    /// Its page: what, why, clause, example.
    pub doc: &'static str,
    pub(super) messages: Messages,
    pub(super) check: fn(&Case<'_>) -> Verdict,
}

impl Rule {
    /// The messages it applies to.
    pub fn messages(&self) -> impl Iterator<Item = MessageType> {
        let messages = self.messages;
        MessageType::all().filter(move |&t| messages.contains(t))
    }
}

/// Why a message is refused. A fault is data: what the sender is told is `text`, and nobody needs to read it to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule's name; a receiver's own reasons have names of their own.
    pub rule: &'static str,
    /// The reason on the wire.
    pub text: String,
    /// The ISPs concerned, if the fault lies in some.
    pub isps: Vec<IspRun>,
}

/// A set of message types.
#[derive(Debug, Clone, Copy)]
pub(super) struct Messages(u32);

impl Messages {
    pub(super) const fn of(types: &[MessageType]) -> Messages {
        let (mut bits, mut i) = (0, 0);
        while i < types.len() {
            bits |= 1 << types[i] as u32;
            i += 1;
        }
        Messages(bits)
    }

    pub(super) const ALL: Messages = Messages((1 << 26) - 1);

    pub(super) fn contains(self, t: MessageType) -> bool {
        self.0 >> t as u32 & 1 == 1
    }
}

/// A message under inspection, with what several rules need of it.
pub(super) struct Case<'a> {
    pub(super) message: &'a Message,
    pub(super) envelope_domain: &'a Domain,
    pub(super) sender_role: Role,
    pub(super) view: &'a View<'a>,
    /// The Period it speaks of, in the market's calendar.
    pub(super) period: Option<Period>,
    /// Its lists of ISPs.
    pub(super) extent: Extent,
    /// What it refers to: see [`refers::to`].
    pub(super) referred: Option<&'a Message>,
    /// Terms of the congestion point it speaks of, if it is active.
    pub(super) terms: Option<Terms>,
}

impl<'a> Case<'a> {
    pub(super) fn new(message: &'a Message, envelope_domain: &'a Domain, sender_role: Role, view: &'a View<'a>) -> Case<'a> {
        let period = message.period().map(|date| view.calendar.period(date));
        let isps = |date| period.map_or_else(|| view.calendar.period(date).isps(), |p| p.isps());
        let extent = Extent::of(message, isps);
        let peer = &message.header().sender_domain;
        let referred = refers::to(message, |id| view.archive.exchanged(peer, id));
        let terms = message.flex().and_then(|flex| view.registry.congestion_point(&flex.congestion_point, flex.period, peer));
        Case { message, envelope_domain, sender_role, view, period, extent, referred, terms }
    }

    /// The sender.
    pub(super) fn peer(&self) -> &'a Domain {
        &self.message.header().sender_domain
    }
}

/// A rule's answer.
pub(super) type Verdict = Result<(), Breach>;

/// How a rule is broken.
#[derive(Debug, Default)]
pub(super) struct Breach {
    detail: Option<String>,
    isps: Vec<IspRun>,
}

impl Breach {
    /// With nothing to add to the reason.
    pub(super) fn plain() -> Breach {
        Breach::default()
    }

    /// With a detail for people.
    pub(super) fn detail(detail: impl Into<String>) -> Breach {
        Breach { detail: Some(detail.into()), isps: Vec::new() }
    }

    /// In some ISPs, which are the detail.
    pub(super) fn isps(isps: Vec<IspRun>) -> Breach {
        Breach { detail: Some(described(&isps)), isps }
    }
}

/// `Err(breach())` unless the condition holds.
pub(super) fn require(holds: bool, breach: impl FnOnce() -> Breach) -> Verdict {
    if holds { Ok(()) } else { Err(breach()) }
}

/// Every rule that fails, in the order of the ladder.
pub(super) fn faults(case: &Case<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut sender_failed = false;
    let message_type = case.message.message_type();
    for rule in super::rules::LADDER {
        if rule.rung > Rung::Sender && sender_failed {
            break;
        }
        if !rule.messages.contains(message_type) {
            continue;
        }
        if let Err(breach) = (rule.check)(case) {
            let text = match &breach.detail {
                Some(detail) => format!("{} ({detail})", rule.reason),
                None => rule.reason.to_owned(),
            };
            sender_failed |= rule.rung == Rung::Sender;
            faults.push(Fault { rule: rule.name, text, isps: breach.isps });
        }
    }
    faults
}

/// Declares the rule of a file; its doc comment is its page.
macro_rules! rule {
    ($(#[doc = $doc:literal])+ $name:literal, $reason:literal, $rung:ident, [$($message:ident),+ $(,)?], $check:expr $(,)?) => {
        $(#[doc = $doc])+
        pub(in crate::uftp::validate) static RULE: $crate::uftp::validate::rule::Rule = $crate::uftp::validate::rule::Rule {
            name: $name,
            reason: $reason,
            rung: $crate::uftp::validate::rule::Rung::$rung,
            doc: concat!($($doc, "\n"),+),
            messages: $crate::uftp::validate::rule::rule!(@messages $($message)+),
            check: $check,
        };
    };
    (@messages All) => { $crate::uftp::validate::rule::Messages::ALL };
    (@messages $($message:ident)+) => {
        $crate::uftp::validate::rule::Messages::of(&[$($crate::uftp::message::MessageType::$message),+])
    };
}
pub(super) use rule;
