//! Rules on the folders of sweeps and on who runs them.

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

/// A part or the results are not as they were written.
pub const DAMAGED_PART: Rule = Rule {
    code: "damaged-part",
    severity: Severity::Error,
    what: "A part of a sweep, or its results, are not as this sweep wrote them.",
    why: "Each has a checksum beside it. A file with a flipped bit, or of another sweep, would become figures that nobody computed.",
    example: "copperplate sweep merge outputs/street     # after a disk lost a sector",
    mend: "copperplate sweep street.toml --out outputs/street     # runs the damaged parts again",
};

/// Nobody says which shard a process is.
pub const NO_SHARD: Rule = Rule {
    code: "no-shard",
    severity: Severity::Error,
    what: "Neither an option nor a job array says which shard of how many to run.",
    why: "Two processes that take the same shard would leave another one undone.",
    example: "copperplate sweep work outputs/street",
    mend: "copperplate sweep work outputs/street --shard 0/4",
};

/// The scheduler did not take the job.
pub const CANNOT_SUBMIT: Rule = Rule {
    code: "cannot-submit",
    severity: Severity::Error,
    what: "A sweep could not be handed to the job scheduler.",
    why: "The scheduler is not installed here, or refuses the job for want of an account, a partition or a time limit.",
    example: "copperplate sweep submit outputs/street --backend slurm     # on a machine without Slurm",
    mend: "SBATCH_PARTITION=short copperplate sweep submit outputs/street --backend slurm",
};

/// The system gives no threads.
pub const NO_THREADS: Rule = Rule {
    code: "no-threads",
    severity: Severity::Error,
    what: "The threads to run cases on could not be started.",
    why: "The system's limit on processes is reached, or the number asked for is beyond it.",
    example: "copperplate sweep street.toml --threads 60000",
    mend: "copperplate sweep street.toml --threads 8",
};

/// Rules on sweeps beyond those on their scenarios.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![&CANNOT_SUBMIT, &CHANGED, &DAMAGED_PART, &NO_SHARD, &NO_SWEEP, &NO_THREADS, &UNFINISHED]
}
