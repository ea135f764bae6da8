//! What is wrong with the meaning of a configuration: one list of checks, each for one part of the text.

pub(super) mod peers;
mod places;
mod points;
mod times;

use super::loaded::Loaded;
use crate::diagnostic::{Finding, Findings};
use crate::scenario::lint::Faults;

/// All checks, in the order in which they are applied.
const CHECKS: &[fn(&Loaded, &mut Faults<'_>)] = &[
    times::zone,
    times::days,
    times::market,
    times::clock,
    times::patience,
    peers::own_name,
    peers::names,
    peers::parts,
    peers::urls,
    peers::keys,
    peers::connections,
    points::addresses,
    points::connections,
    places::listen,
    places::messages,
    places::journal,
];

/// All that is wrong with the meaning of a configuration by itself.
pub(super) fn all(loaded: &Loaded) -> Findings {
    let locate = |path: &str| loaded.document.locate(path);
    let mut faults = Faults::new(&locate);
    CHECKS.iter().for_each(|check| check(loaded, &mut faults));
    faults.findings
}

/// Whether nothing can be said about days and ISPs with such a finding.
pub(super) fn spoils_the_calendar(finding: &Finding) -> bool {
    times::CALENDAR.iter().any(|rule| rule.code == finding.code)
}
