//! Rules on message files.

use crate::diagnostic::{Rule, Severity};

/// The rules of this module.
pub(in crate::cli) fn catalogue() -> Vec<&'static Rule> {
    vec![&BAD_SIGNATURE, &NO_MESSAGE, &SENDER_ROLE]
}

/// An envelope signed by nobody that was named.
pub(super) const BAD_SIGNATURE: Rule = Rule {
    code: "bad-signature",
    severity: Severity::Error,
    what: "A signed message is not signed by any of the keys given, or was changed afterwards.",
    why: "Nobody vouches for what it says.",
    example: "copperplate message open --key cs1.OLD sealed.xml",
    mend: "copperplate message open --key cs1.OLD --key cs1.NEW sealed.xml",
};

/// A file that holds no message.
pub(super) const NO_MESSAGE: Rule = Rule {
    code: "no-message",
    severity: Severity::Error,
    what: "A file holds no UFTP 3.1 message, or a folder none at all.",
    why: "The reader is strict: a message that another program reads differently is worse than none.",
    example: "copperplate message show notes.txt",
    mend: "copperplate message check notes.txt        # says line, column and reason",
};

/// A role that does not send the message, or none where several might.
pub(super) const SENDER_ROLE: Rule = Rule {
    code: "sender-role",
    severity: Severity::Error,
    what: "A message is to be signed in a role that does not send it, or might come from any role.",
    why: "The envelope says the role, and its receiver refuses the wrong one.",
    example: "copperplate message seal --key agr.key TestMessage.xml",
    mend: "copperplate message seal --key agr.key --role AGR TestMessage.xml",
};
