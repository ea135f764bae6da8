//! What a rule is.

use crate::uftp::message::{IspRun, MessageType};

use super::case::{Case, Verdict};

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

/// What a rule looks at, as people read it and as it is done.
pub(super) struct Page {
    pub(super) doc: &'static str,
    pub(super) check: fn(&Case<'_>) -> Verdict,
}

/// Declares the page of the function that follows; its doc comment is the page.
macro_rules! page {
    ($(#[doc = $doc:literal])+ $name:ident, $check:expr) => {
        $(#[doc = $doc])+
        pub(in crate::uftp::validate) const $name: $crate::uftp::validate::rule::Page =
            $crate::uftp::validate::rule::Page { doc: concat!($($doc, "\n"),+), check: $check };
    };
}
pub(super) use page;
