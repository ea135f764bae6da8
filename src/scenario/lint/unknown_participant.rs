//! Faults of the wire that befall nobody.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity, did_you_mean};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-participant",
    severity: Severity::Error,
    what: "A fault or a silence of the wire names a domain that no participant has.",
    why: "Participants are the operator, the common reference and the aggregators, each by its domain.",
    example: "[[wire.silence]]\nparticipant = \"suny.example.com\"\nfrom = \"2016-07-22T14:00\"\nuntil = \"2016-07-22T16:00\"",
    mend: "[[wire.silence]]\nparticipant = \"sunny.example.com\"\nfrom = \"2016-07-22T14:00\"\nuntil = \"2016-07-22T16:00\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let known: Vec<&str> =
        s.aggregator.iter().map(|a| a.domain.as_str()).chain([s.dso.domain.as_str(), s.dso.cro_domain.as_str()]).collect();
    let ends = s.wire.fault.iter().enumerate().flat_map(|(k, f)| {
        let end = move |key: &str, name: &Option<String>| Some((format!("wire.fault[{k}].{key}"), name.clone()?));
        [end("from", &f.from), end("to", &f.to)].into_iter().flatten()
    });
    let silent = s.wire.silence.iter().enumerate().map(|(k, q)| (format!("wire.silence[{k}].participant"), q.participant.clone()));
    for (path, name) in ends.chain(silent).filter(|(_, name)| !known.contains(&name.as_str())) {
        let finding = RULE.finding(format!("no participant has the domain '{name}'"));
        faults.at(&path, finding.help(did_you_mean(&name, &known, "participants are")));
    }
}
