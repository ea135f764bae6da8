//! Rules on the folders of sweeps.

use crate::diagnostic::{Rule, Severity};

/// A folder holds results of something else.
pub const CHANGED: Rule = Rule {
    code: "sweep-changed",
    severity: Severity::Error,
    what: "The folder holds a sweep of another scenario, other inputs or another version of the program.",
    why: "A sweep is continued where it stopped; cases of two different questions in one table would be compared as if they were one.",
    example: "copperplate sweep street.toml --out outputs/street     # after an edit of street.toml",
    mend: "copperplate sweep street.toml --out outputs/street --fresh",
};

/// A folder is no sweep.
pub const NO_SWEEP: Rule = Rule {
    code: "no-sweep",
    severity: Severity::Error,
    what: "A folder is not the folder of a sweep.",
    why: "Shards, status and merge need the record that planning leaves in 'sweep.json'.",
    example: "copperplate sweep work outputs/street --shard 0/4",
    mend: "copperplate sweep plan street.toml --out outputs/street\ncopperplate sweep work outputs/street --shard 0/4",
};

/// Not every part is there.
pub const UNFINISHED: Rule = Rule {
    code: "sweep-unfinished",
    severity: Severity::Error,
    what: "Results are to be merged while parts are missing.",
    why: "A table with some of the cases looks like one with all of them.",
    example: "copperplate sweep merge outputs/street     # while a shard still runs",
    mend: "copperplate sweep status outputs/street",
};

/// Rules on sweeps beyond those on their scenarios.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![&CHANGED, &NO_SWEEP, &UNFINISHED]
}
