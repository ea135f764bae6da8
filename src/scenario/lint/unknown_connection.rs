//! Connections that the feeder does not have.

use super::Table;
use crate::diagnostic::nearest;

pub use crate::import::rules::UNKNOWN_CONNECTION as RULE;

pub(super) const TABLE: Table = Table {
    name: "connection",
    items: |subject| Some(subject.feeder?.grid.connections.iter().map(|c| c.id.as_str().into()).collect()),
    unknown: |id, known| {
        let all = || format!("its {} connections are listed in connections.csv, such as '{}'", known.len(), known[0]);
        let help = nearest(id, known).map_or_else(all, |name| format!("did you mean '{name}'?"));
        RULE.finding(format!("the feeder has no connection '{id}'")).help(help)
    },
};
