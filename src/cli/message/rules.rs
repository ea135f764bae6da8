//! Rules on message files.

use crate::diagnostic::{Rule, Severity};

/// The rules of this module.
pub(in crate::cli) fn catalogue() -> Vec<&'static Rule> {
    vec![&BAD_SIGNATURE, &NO_MESSAGE, &SENDER_ROLE]
}

/// A signature by none of the keys given.
pub(super) const BAD_SIGNATURE: Rule = Rule {
    code: "bad-signature",
    severity: Severity::Error,
    what: "None of the keys given made the signature of a message, or the message was changed after signing.",
    why: "Such a message may come from anybody.",
    example: "copperplate message open --key cs1.OLD sealed.xml",
    mend: "copperplate message open --key cs1.OLD --key cs1.NEW sealed.xml",
};

/// A file that holds no message.
pub(super) const NO_MESSAGE: Rule = Rule {
    code: "no-message",
    severity: Severity::Error,
    what: "A file holds no UFTP 3.1 message, or a folder holds no message files.",
    why: "The reader is strict, so that no two programs read a message differently.",
    example: "copperplate message show notes.txt",
    mend: "copperplate message check notes.txt        # shows line, column and reason",
};

/// A role that does not send the message, or no role where several can send it.
pub(super) const SENDER_ROLE: Rule = Rule {
    code: "sender-role",
    severity: Severity::Error,
    what: "The role given does not send this type of message, or the type can come from any role and none was given.",
    why: "The envelope states the role, and the receiver refuses a wrong one.",
    example: "copperplate message seal --key agr.key TestMessage.xml",
    mend: "copperplate message seal --key agr.key --role AGR TestMessage.xml",
};
