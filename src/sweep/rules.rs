//! Rules on the folders of sweeps and on who runs them.

use crate::diagnostic::{Rule, Severity};

/// A folder holds results of another sweep.
pub const CHANGED: Rule = Rule {
    code: "sweep-changed",
    severity: Severity::Error,
    what: "The folder holds a sweep of another scenario, other inputs or another version of the program.",
    why: "A sweep continues where it stopped. One table must not mix cases of different scenarios, inputs or versions.",
    example: "copperplate sweep street.toml --out outputs/street     # after an edit of street.toml",
    mend: "copperplate sweep street.toml --out outputs/street --fresh",
};

/// A folder is no sweep.
pub const NO_SWEEP: Rule = Rule {
    code: "no-sweep",
    severity: Severity::Error,
    what: "A folder is not the folder of a sweep.",
    why: "'work', 'status' and 'merge' read the plan in 'sweep.json', which 'sweep plan' writes.",
    example: "copperplate sweep work outputs/street --shard 0/4",
    mend: "copperplate sweep plan street.toml --out outputs/street\ncopperplate sweep work outputs/street --shard 0/4",
};

/// Parts are missing.
pub const UNFINISHED: Rule = Rule {
    code: "sweep-unfinished",
    severity: Severity::Error,
    what: "The results cannot be merged, because parts are missing.",
    why: "A reader could not see that the table lacks cases.",
    example: "copperplate sweep merge outputs/street     # while a shard still runs",
    mend: "copperplate sweep status outputs/street",
};

/// A part or the results are not as they were written.
pub const DAMAGED_PART: Rule = Rule {
    code: "damaged-part",
    severity: Severity::Error,
    what: "A part of a sweep, its results, its list of cases or its plan has changed since this sweep wrote it.",
    why: "A checksum beside each file, or in the plan, shows it. A file with a flipped bit, or from another sweep, would give wrong figures.",
    example: "copperplate sweep merge outputs/street     # after a disk lost a sector",
    mend: "copperplate sweep street.toml --out outputs/street     # runs the damaged parts again",
};

/// The number of the shard is not stated.
pub const NO_SHARD: Rule = Rule {
    code: "no-shard",
    severity: Severity::Error,
    what: "Neither an option nor a job array states which shard to run and how many there are.",
    why: "If two processes ran the same shard, another one would stay undone.",
    example: "copperplate sweep work outputs/street",
    mend: "copperplate sweep work outputs/street --shard 0/4",
};

/// The scheduler did not take the job.
pub const CANNOT_SUBMIT: Rule = Rule {
    code: "cannot-submit",
    severity: Severity::Error,
    what: "The job scheduler did not accept the sweep.",
    why: "The scheduler is not installed here, or the job lacks an account, a partition or a time limit.",
    example: "copperplate sweep submit outputs/street --backend slurm     # on a machine without Slurm",
    mend: "SBATCH_PARTITION=short copperplate sweep submit outputs/street --backend slurm",
};

/// The system starts no threads.
pub const NO_THREADS: Rule = Rule {
    code: "no-threads",
    severity: Severity::Error,
    what: "The threads that run the cases could not be started.",
    why: "The number of threads exceeds the system's limit on processes.",
    example: "copperplate sweep street.toml --threads 60000",
    mend: "copperplate sweep street.toml --threads 8",
};

/// Rules on sweeps beyond those on their scenarios.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![&CANNOT_SUBMIT, &CHANGED, &DAMAGED_PART, &NO_SHARD, &NO_SWEEP, &NO_THREADS, &UNFINISHED]
}
