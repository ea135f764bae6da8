//! Faults of the wire that befall nobody.

use super::Table;
use crate::diagnostic::{Rule, Severity, did_you_mean};
use crate::uftp::syntax::is_domain;

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-participant",
    severity: Severity::Error,
    what: "A fault or a silence of the wire names a domain that no participant has.",
    why: "The participants are the operator, the common reference operator and the aggregators. The name of each is its domain.",
    example: "[[wire.silence]]\nparticipant = \"suny.example.com\"\nfrom = \"2016-07-22T14:00\"\nuntil = \"2016-07-22T16:00\"",
    mend: "[[wire.silence]]\nparticipant = \"sunny.example.com\"\nfrom = \"2016-07-22T14:00\"\nuntil = \"2016-07-22T16:00\"",
};

pub(super) const TABLE: Table = Table {
    name: "participant",
    items: |subject| {
        let s = subject.scenario;
        let domains = || s.aggregator.iter().map(|a| a.domain.as_str()).chain([s.dso.domain.as_str(), s.dso.cro_domain.as_str()]);
        // A domain at fault may be meant for the one that is not there.
        domains().all(is_domain).then(|| domains().map(Into::into).collect())
    },
    unknown: |name, known| {
        RULE.finding(format!("no participant has the domain '{name}'")).help(did_you_mean(name, known, "participants are"))
    },
};
