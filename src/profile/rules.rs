//! Rules on profiles.

use crate::diagnostic::{Rule, Severity};

/// All of them.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![&NOT_A_TIME, &PROFILE_GAP, &PROFILE_EMPTY, &PROFILE_TYPE, &PROFILE_RANGE, &PROFILE_TOO_SHORT]
}

/// A cell of the column 'time' is not an instant.
pub const NOT_A_TIME: Rule = Rule {
    code: "not-a-time",
    severity: Severity::Error,
    what: "A cell of the column 'time' is not an instant.",
    why: "An instant needs its offset: in autumn one hour occurs twice on the local clock.",
    example: "time,sun\n2016-01-01 00:00,0",
    mend: "time,sun\n2016-01-01T00:00:00+01:00,0",
};

/// A profile has a gap: a cell without a value, or a missing step.
pub const PROFILE_GAP: Rule = Rule {
    code: "profile-gap",
    severity: Severity::Error,
    what: "A profile has a gap: a cell without a value, or a missing step.",
    why: "Filling a gap would invent data, and a missing row would shift every later value in time.",
    example: "time,sun\n2016-01-01T00:00:00+01:00,0\n2016-01-01T00:30:00+01:00,0",
    mend: "time,sun\n2016-01-01T00:00:00+01:00,0\n2016-01-01T00:15:00+01:00,0",
};

/// A file of profiles has no rows.
pub const PROFILE_EMPTY: Rule = Rule {
    code: "profile-empty",
    severity: Severity::Error,
    what: "A file of profiles has no rows.",
    why: "A run needs a value for every step.",
    example: "sun,wind",
    mend: "sun,wind\n0,0.3",
};

/// A column of a Parquet file is not a flat column of numbers.
pub const PROFILE_TYPE: Rule = Rule {
    code: "profile-type",
    severity: Severity::Error,
    what: "A column of a Parquet file is not a flat column of numbers.",
    why: "Lists, texts and nested columns are not a series of power.",
    example: "(a column of texts)",
    mend: "write it as DOUBLE, FLOAT, INT32 or INT64, decimal or not",
};

/// A profile holds a value beyond the range of the file.
pub const PROFILE_RANGE: Rule = Rule {
    code: "profile-range",
    severity: Severity::Error,
    what: "A profile holds a value beyond the range of the file.",
    why: "A profile is a fraction of nominal power. A value in the thousands is in the wrong unit.",
    example: "sun\n4200",
    mend: "sun\n0.42",
};

/// The profiles do not cover every day of the run.
pub const PROFILE_TOO_SHORT: Rule = Rule {
    code: "profile-too-short",
    severity: Severity::Error,
    what: "The profiles do not cover every day of the run.",
    why: "The program does not extrapolate weather and behaviour beyond the data.",
    example: "[time]\nfrom = \"2015-12-31\"\nuntil = \"2016-01-02\"",
    mend: "[time]\nfrom = \"2016-01-02\"\nuntil = \"2016-01-02\"",
};
