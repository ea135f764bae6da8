//! Rules on keys, configurations and files of a participant. They are here in every build, so that every build explains them.

use crate::diagnostic::{Rule, Severity};

/// The rules of this module.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![&BAD_CELL, &BAD_KEY, &EXPOSED_KEY, &NO_BUSINESS, &NO_HTTP, &NO_LISTENER, &NO_OPERATOR, &NO_RANDOMNESS]
}

/// A cell of a participant's series is no date, time, ISP or connection.
pub const BAD_CELL: Rule = Rule {
    code: "bad-cell",
    severity: Severity::Error,
    what: "A row of forecasts, prices or meters names no day, time, ISP or connection that is known.",
    why: "Its value would be counted nowhere, or in the wrong place.",
    example: "period,isp,eur_per_mwh\n2026-03-29,96,50        # the clocks go forward: 92 ISPs",
    mend: "period,isp,eur_per_mwh\n2026-03-29,92,50",
};

/// A text is no key.
pub const BAD_KEY: Rule = Rule {
    code: "bad-key",
    severity: Severity::Error,
    what: "A text is no Ed25519 key: not base64, of another length, or no point of the curve.",
    why: "Nothing can be signed or verified with it.",
    example: "copperplate message open --key cs1.nonsense sealed.xml",
    mend: "copperplate message open --key \"$(cat agr.pub)\" sealed.xml",
};

/// A private key that others may read.
pub const EXPOSED_KEY: Rule = Rule {
    code: "exposed-key",
    severity: Severity::Error,
    what: "Others than its owner may read the file of a private key.",
    why: "Whoever reads it can sign orders and settlements in its owner's name.",
    example: "chmod 644 agr.key",
    mend: "chmod 600 agr.key",
};

/// A configuration lacks the table of its role.
pub const NO_BUSINESS: Rule = Rule {
    code: "no-business",
    severity: Severity::Error,
    what: "A participant's configuration lacks the table '[aggregator]' or '[operator]' of the role it is to play.",
    why: "It says what the participant owns and where its forecasts are.",
    example: "copperplate participant --role agr --config dso.toml",
    mend: "copperplate participant --role dso --config dso.toml",
};

/// A build without a network.
pub const NO_HTTP: Rule = Rule {
    code: "no-http",
    severity: Severity::Error,
    what: "This build cannot go on a network.",
    why: "Most users simulate; listening and TLS are left out unless asked for.",
    example: "cargo build --release",
    mend: "cargo build --release --features http",
};

/// An address that cannot be listened on.
pub const NO_LISTENER: Rule = Rule {
    code: "no-listener",
    severity: Severity::Error,
    what: "A participant cannot listen on its address.",
    why: "Another program has the port, or the address is not this machine's.",
    example: "listen = \"127.0.0.1:80\"",
    mend: "listen = \"127.0.0.1:8080\"",
};

/// An aggregator without anybody to trade with.
pub const NO_OPERATOR: Rule = Rule {
    code: "no-operator",
    severity: Severity::Error,
    what: "No peer of an aggregator is a system operator.",
    why: "It has nobody to send prognoses and offers to.",
    example: "[[peer]]\nrole = \"AGR\"",
    mend: "[[peer]]\nrole = \"DSO\"",
};

/// No randomness.
pub const NO_RANDOMNESS: Rule = Rule {
    code: "no-randomness",
    severity: Severity::Error,
    what: "The system gives no random bytes.",
    why: "Keys and identifiers that can be guessed protect nothing.",
    example: "copperplate message keygen --out agr.key        # in a sandbox without a source of randomness",
    mend: "run it where the system has one",
};
