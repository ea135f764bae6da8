//! Names of participants that cannot stand on the wire.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "not-a-domain",
    severity: Severity::Error,
    what: "A participant's domain is not an internet domain in small letters.",
    why: "Messages name sender and recipient by their domains; others refuse what does not fit the schema.",
    example: "[[aggregator]]\ndomain = \"Sunny Roofs\"\nshare = 0.4",
    mend: "[[aggregator]]\ndomain = \"sunny-roofs.example.com\"\nshare = 0.4",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let operators = [("dso.domain".to_owned(), &s.dso.domain), ("dso.cro_domain".to_owned(), &s.dso.cro_domain)];
    let aggregators = s.aggregator.iter().enumerate().map(|(k, a)| (format!("aggregator[{k}].domain"), &a.domain));
    for (path, domain) in operators.into_iter().chain(aggregators) {
        if !is_domain(domain) {
            faults.at(&path, RULE.finding(format!("'{domain}' is not an internet domain")).help("write it like 'sunny.example.com'"));
        }
    }
}

/// Two labels or more of small letters, digits and inner hyphens; the last is letters.
fn is_domain(text: &str) -> bool {
    let label = |l: &&str| {
        let plain = l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        !l.is_empty() && plain && !l.starts_with('-') && !l.ends_with('-')
    };
    let labels: Vec<&str> = text.split('.').collect();
    let top = labels.last().is_some_and(|l| l.len() >= 2 && l.bytes().all(|b| b.is_ascii_lowercase()));
    labels.len() >= 2 && labels.iter().all(label) && top
}
