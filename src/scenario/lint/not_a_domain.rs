//! Names of participants that cannot stand on the wire.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::uftp::syntax::is_domain;

/// The rule.
pub const RULE: Rule = Rule {
    code: "not-a-domain",
    severity: Severity::Error,
    what: "A participant's domain is not an internet domain in lower case, or is too long: at most 253 characters, 63 per label.",
    why: "Messages name sender and recipient by their domains, in the form that the UFTP schema requires.",
    example: "[[aggregator]]\ndomain = \"Sunny Roofs\"\nshare = 0.4",
    mend: "[[aggregator]]\ndomain = \"sunny-roofs.example.com\"\nshare = 0.4",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let operators = [("dso.domain".to_owned(), &s.dso.domain), ("dso.cro_domain".to_owned(), &s.dso.cro_domain)];
    let aggregators = s.aggregator.iter().enumerate().map(|(k, a)| (format!("aggregator[{k}].domain"), &a.domain));
    for (path, domain) in operators.into_iter().chain(aggregators) {
        hold(&path, domain, faults);
    }
}

/// That of one participant, in a scenario or another document.
pub(crate) fn hold(path: &str, domain: &str, faults: &mut Faults<'_>) {
    if !is_domain(domain) {
        let finding = RULE.finding(format!("'{domain}' is not an internet domain in lower case"));
        faults.at(path, finding.help("write it like 'sunny.example.com'"));
    } else if domain.len() > 253 || domain.split('.').any(|label| label.len() > 63) {
        let message = format!("'{domain}' is too long for an internet domain");
        faults.at(path, RULE.finding(message).help("use at most 253 characters, and 63 between two points"));
    }
}
