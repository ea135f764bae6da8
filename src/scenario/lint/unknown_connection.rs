//! Connections that the feeder does not have.

use super::{Faults, Subject};
use crate::diagnostic::nearest;

pub use crate::import::rules::UNKNOWN_CONNECTION as RULE;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let Some(feeder) = subject.feeder else { return };
    let known: Vec<&str> = feeder.grid.connections.iter().map(|c| c.id.as_str()).collect();
    for (k, a) in subject.scenario.aggregator.iter().enumerate() {
        for (j, id) in a.connections.iter().enumerate().filter(|(_, id)| !known.contains(&id.as_str())) {
            let finding = RULE.finding(format!("the feeder has no connection '{id}'"));
            let all = || format!("its {} connections are listed in connections.csv, such as '{}'", known.len(), known[0]);
            let help = nearest(id, &known).map_or_else(all, |name| format!("did you mean '{name}'?"));
            faults.at(&format!("aggregator[{k}].connections[{j}]"), finding.help(help));
        }
    }
}
