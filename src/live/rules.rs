//! Rules on keys, configurations and files of a participant. They are here in every build, so that every build explains them.

use crate::diagnostic::{Rule, Severity};

/// The rules of this module.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![
        &BAD_ADDRESS,
        &BAD_CELL,
        &BAD_KEY,
        &BAD_URL,
        &DAMAGED_JOURNAL,
        &EXPOSED_KEY,
        &FOREIGN_JOURNAL,
        &IDLE_PEER,
        &JOURNAL_IN_USE,
        &NEVER_AGAIN,
        &NO_BUSINESS,
        &NO_HTTP,
        &NO_LISTENER,
        &NO_OPERATOR,
        &NO_PARTNER,
        &NO_RANDOMNESS,
        &NO_SUCH_TIME,
        &NOTHING_AHEAD,
        &OTHER_BUSINESS,
        &OTHER_PROGRAM,
        &STOPPED,
    ]
}

/// A cell of a participant's series is no date, time, ISP or connection.
pub const BAD_CELL: Rule = Rule {
    code: "bad-cell",
    severity: Severity::Error,
    what: "A row of forecasts, prices or meters names an unknown day, time, ISP or connection, has a number that nobody can mean, or \
           contradicts a row above.",
    why: "Its value would be lost, or counted in the wrong place.",
    example: "period,isp,eur_per_mwh\n2026-03-29,96,50        # the clocks go forward: 92 ISPs",
    mend: "period,isp,eur_per_mwh\n2026-03-29,92,50",
};

/// A text is no key.
pub const BAD_KEY: Rule = Rule {
    code: "bad-key",
    severity: Severity::Error,
    what: "A text is not an Ed25519 key: it is not base64, has the wrong length, or is not a point of the curve.",
    why: "Such a key cannot sign or verify messages.",
    example: "copperplate message open --key cs1.nonsense sealed.xml",
    mend: "copperplate message open --key \"$(cat agr.pub)\" sealed.xml",
};

/// A private key that others may read.
pub const EXPOSED_KEY: Rule = Rule {
    code: "exposed-key",
    severity: Severity::Error,
    what: "Users other than the owner may read the file of a private key.",
    why: "Anybody who reads the key can sign orders and settlements in the owner's name.",
    example: "chmod 644 agr.key",
    mend: "chmod 600 agr.key",
};

/// A configuration lacks the table of its role.
pub const NO_BUSINESS: Rule = Rule {
    code: "no-business",
    severity: Severity::Error,
    what: "A participant's configuration lacks the table '[aggregator]' or '[operator]' of its role.",
    why: "The table states the participant's connections or grid, and its forecast files.",
    example: "copperplate participant --role agr --config dso.toml",
    mend: "copperplate participant --role dso --config dso.toml",
};

/// A build without a network.
pub const NO_HTTP: Rule = Rule {
    code: "no-http",
    severity: Severity::Error,
    what: "This build has no HTTP.",
    why: "Only a build with the feature 'http' includes the HTTP server and TLS.",
    example: "cargo build --release",
    mend: "cargo build --release --features http",
};

/// An address that cannot be listened on.
pub const NO_LISTENER: Rule = Rule {
    code: "no-listener",
    severity: Severity::Error,
    what: "A participant cannot listen on its address.",
    why: "Another program uses the port, or the address does not belong to this machine.",
    example: "listen = \"127.0.0.1:80\"",
    mend: "listen = \"127.0.0.1:8080\"",
};

/// An aggregator without anybody to trade with.
pub const NO_OPERATOR: Rule = Rule {
    code: "no-operator",
    severity: Severity::Error,
    what: "None of an aggregator's peers is a system operator.",
    why: "The aggregator sends its prognoses and offers to an operator.",
    example: "[[peer]]\nrole = \"AGR\"",
    mend: "[[peer]]\nrole = \"DSO\"",
};

/// No randomness.
pub const NO_RANDOMNESS: Rule = Rule {
    code: "no-randomness",
    severity: Severity::Error,
    what: "The system gives no random bytes.",
    why: "Keys and identifiers must be unpredictable.",
    example: "copperplate message keygen --out agr.key        # in a sandbox without a source of randomness",
    mend: "run it where the system has one",
};

/// A text is no entity address, so no message can carry it.
pub const BAD_ADDRESS: Rule = Rule {
    code: "bad-address",
    severity: Severity::Error,
    what: "A text is not an entity address, so no message can carry it.",
    why: "Messages name congestion points and connections by entity addresses, in the form that the UFTP schema requires.",
    example: "[[congestion_point]]\naddress = \"feeder 7\"",
    mend: "[[congestion_point]]\naddress = \"ea1.2024-01.com.example.dso:feeder-7\"",
};

/// The address that a peer takes messages at is no URL of http or https.
pub const BAD_URL: Rule = Rule {
    code: "bad-url",
    severity: Severity::Error,
    what: "A peer's address is not an http or https URL.",
    why: "No message could reach the peer.",
    example: "url = \"dso.example.com\"",
    mend: "url = \"https://dso.example.com/shapeshifter/api/v3/message\"",
};

/// A record of a participant's journal is not as it was written.
pub const DAMAGED_JOURNAL: Rule = Rule {
    code: "damaged-journal",
    severity: Severity::Error,
    what: "A record of a participant's journal has changed since it was written, or the journal is empty although messages were kept.",
    why: "The participant restores its orders and bills from all records in order, and cannot skip one. An incomplete last record is not \
          damage.",
    example: "a bit that a disk turned over",
    mend: "restore a copy of the journal, or move it away and settle its open orders by hand",
};

/// The file that is to be a participant's journal is none, or one of another layout.
pub const FOREIGN_JOURNAL: Rule = Rule {
    code: "foreign-journal",
    severity: Severity::Error,
    what: "The file named as the journal is not a journal, or has another layout.",
    why: "Writing the journal would destroy its content.",
    example: "journal = \"agr.key\"",
    mend: "journal = \"agr.journal\"",
};

/// A participant has two peers of a role of which it deals with one.
pub const IDLE_PEER: Rule = Rule {
    code: "idle-peer",
    severity: Severity::Error,
    what: "A participant has two peers of a role of which it supports only one.",
    why: "The participant would receive the second peer's messages but never send it any.",
    example: "[[peer]]\ndomain = \"dso.example.com\"\nrole = \"DSO\"\n\n[[peer]]\ndomain = \"other-dso.example.com\"\nrole = \"DSO\"",
    mend: "[[peer]]\ndomain = \"dso.example.com\"\nrole = \"DSO\"",
};

/// Another process has the journal.
pub const JOURNAL_IN_USE: Rule = Rule {
    code: "journal-in-use",
    severity: Severity::Error,
    what: "Another process uses the journal or the folder of messages.",
    why: "Two participants of one name would send different messages with the same numbers, and two with one folder would mix their \
          messages.",
    example: "copperplate participant --role agr --config agr.toml        # twice at once",
    mend: "stop the first participant, or give each its own configuration",
};

/// A message would be given up before it is sent again.
pub const NEVER_AGAIN: Rule = Rule {
    code: "never-again",
    severity: Severity::Error,
    what: "The participant would give up a message before sending it again.",
    why: "One lost packet could lose an order.",
    example: "retry_after_s = 3600\ngive_up_after_s = 20",
    mend: "retry_after_s = 60\ngive_up_after_s = 3600",
};

/// No peer of an operator is an aggregator, or nobody says whom one represents.
pub const NO_PARTNER: Rule = Rule {
    code: "no-partner",
    severity: Severity::Error,
    what: "None of an operator's peers is an aggregator, or the connections of an aggregator are not stated.",
    why: "The operator sends its requests and orders to aggregators.",
    example: "[[peer]]\nrole = \"AGR\"",
    mend: "[[peer]]\nrole = \"AGR\"\nconnections = [\"ean.871685900012636543\"]",
};

/// A day or a clock lies outside the years that can be traded, or there are too many days.
pub const NO_SUCH_TIME: Rule = Rule {
    code: "no-such-time",
    severity: Severity::Error,
    what: "A day or a clock lies outside the years that can be traded, the clocks never show the time, or there are too many days.",
    why: "Time zones are known for these years only, and the clocks leave out an hour when they are put forward.",
    example: "clock = { start = \"9999-12-31T23:59\", speed = 60 }",
    mend: "clock = { start = \"2026-03-09T12:00\", speed = 60 }",
};

/// Every day that is to be traded has begun.
pub const NOTHING_AHEAD: Rule = Rule {
    code: "nothing-ahead",
    severity: Severity::Error,
    what: "Every day to be traded has already begun.",
    why: "A participant trades a day on the day before it.",
    example: "time = { from = \"2026-03-10\", until = \"2026-03-10\" }        # on 2026-03-11",
    mend: "time = { from = \"2026-03-12\", until = \"2026-03-31\" }",
};

/// A journal was begun with another configuration.
pub const OTHER_BUSINESS: Rule = Rule {
    code: "other-business",
    severity: Severity::Error,
    what: "A journal was started with another configuration.",
    why: "The participant restores its orders and bills from journal and configuration; another configuration would give other results. \
          Addresses, keys, paths, patience and the clock may change.",
    example: "[[congestion_point]]        # another one, in the middle of a month",
    mend: "finish trading with the old configuration, then change it; or move the journal away: the participant then forgets its trades",
};

/// A journal was begun by another version of the program, or does not come out as it did.
pub const OTHER_PROGRAM: Rule = Rule {
    code: "other-program",
    severity: Severity::Error,
    what: "Another version of the program wrote the journal, or its replay gives other messages.",
    why: "Another version may send different messages with the same numbers.",
    example: "an update in the middle of a month",
    mend: "finish trading with the old version, then update; or move the journal away: the participant then forgets its trades",
};

/// A participant that cannot go on.
pub const STOPPED: Rule = Rule {
    code: "stopped",
    severity: Severity::Error,
    what: "A participant had to stop: it can no longer write its journal, or no longer listen.",
    why: "It would forget an order that is not on disk, and miss one that it does not receive.",
    example: "a full disk",
    mend: "free some space and start the participant again: it continues from its journal",
};
