//! Rules on delimited text and its cells.

use crate::diagnostic::{Rule, Severity};

/// All of them.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![
        &MISSING_FILE,
        &UNREADABLE_FILE,
        &NOT_UTF8,
        &WRONG_SEPARATOR,
        &BLANK_ROW,
        &NO_HEADER,
        &ROW_LENGTH,
        &MISSING_COLUMN,
        &DUPLICATE_COLUMN,
        &UNKNOWN_COLUMN,
        &EMPTY_CELL,
        &NOT_POSITIVE,
        &NEGATIVE_VALUE,
        &UNKNOWN_CHOICE,
        &NOT_A_NUMBER,
    ]
}

/// A file or folder that is named is not there.
pub const MISSING_FILE: Rule = Rule {
    code: "missing-file",
    severity: Severity::Error,
    what: "A file or folder is not there.",
    why: "A path in a scenario is relative to the file that wrote it, not to where the command runs; on the command line it is \
          relative to where the command runs. A feeder folder needs all of its tables, even if one has only its header.",
    example: "extends = \"vilage.toml\"",
    mend: "extends = \"village.toml\"",
};

/// A file is not UTF-8 text.
pub const NOT_UTF8: Rule = Rule {
    code: "not-utf8",
    severity: Severity::Error,
    what: "A file is not UTF-8 text.",
    why: "In another encoding names with accents would be other names. Spreadsheets offer 'CSV UTF-8' when they save.",
    example: "# connections.csv, saved in ISO 8859-1\nid,address,bus\nMüller,ean.200000000000000001,b1",
    mend: "# connections.csv, saved in UTF-8\nid,address,bus\nMüller,ean.200000000000000001,b1",
};

/// Cells are separated by another character.
pub const WRONG_SEPARATOR: Rule = Rule {
    code: "wrong-separator",
    severity: Severity::Error,
    what: "The cells of a table are separated by another character than expected.",
    why: "Spreadsheets set to German, Dutch or French save ';' between cells and ',' in numbers; read with ',' every row is one cell.",
    example: "bus;u_pu;angle_deg\nb0;1,02;0",
    mend: "bus,u_pu,angle_deg\nb0,1.02,0",
};

/// A row of a series holds nothing.
pub const BLANK_ROW: Rule = Rule {
    code: "blank-row",
    severity: Severity::Error,
    what: "A row of a series holds nothing.",
    why: "Rows are put in time by their order; passed over, a blank one would move every later value.",
    example: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n40,50\n\n45,40",
    mend: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n40,50\n42,45\n45,40",
};

/// A file cannot be read.
pub const UNREADABLE_FILE: Rule = Rule {
    code: "unreadable-file",
    severity: Severity::Error,
    what: "A file is there and cannot be read: it is a folder, a device or a pipe, or the system refuses.",
    why: "Input is read as a whole and must be a regular file; a pipe may never end.",
    example: "chmod 000 scenarios/feeders/street/buses.csv",
    mend: "chmod 644 scenarios/feeders/street/buses.csv",
};

/// A table is empty.
pub const NO_HEADER: Rule = Rule {
    code: "no-header",
    severity: Severity::Error,
    what: "A table is empty.",
    why: "The first line names the columns; without it no cell has a meaning.",
    example: "(an empty sources.csv)",
    mend: "bus,u_pu,angle_deg\nmv,1.0,0",
};

/// A row has more or fewer cells than the header.
pub const ROW_LENGTH: Rule = Rule {
    code: "row-length",
    severity: Severity::Error,
    what: "A row has more or fewer cells than the header.",
    why: "Cells are told apart by their position; a lost comma moves every cell behind it.",
    example: "id,from,to\ncable-1,a",
    mend: "id,from,to\ncable-1,a,b",
};

/// A table lacks a column that it needs.
pub const MISSING_COLUMN: Rule = Rule {
    code: "missing-column",
    severity: Severity::Error,
    what: "A table lacks a column that it needs.",
    why: "A default would be a silent assumption about the grid.",
    example: "id,u_rated_v\nmv,20000",
    mend: "id,u_rated_v,u_min_pu,u_max_pu\nmv,20000,0.9,1.1",
};

/// Two columns have one name.
pub const DUPLICATE_COLUMN: Rule = Rule {
    code: "duplicate-column",
    severity: Severity::Error,
    what: "Two columns have one name.",
    why: "It would be left to chance which of them is read.",
    example: "sun,sun\n0.1,0.2",
    mend: "sun,wind\n0.1,0.2",
};

/// A table holds a column that is not read.
pub const UNKNOWN_COLUMN: Rule = Rule {
    code: "unknown-column",
    severity: Severity::Warning,
    what: "A table holds a column that is not read.",
    why: "It does no harm, but what it says has no effect; a misspelt optional column looks like this.",
    example: "id,address,bus,phase\nh1,ean.1,b1,a",
    mend: "id,address,bus,phases\nh1,ean.1,b1,a",
};

/// A cell that must say something is empty.
pub const EMPTY_CELL: Rule = Rule {
    code: "empty-cell",
    severity: Severity::Error,
    what: "A cell that must say something is empty.",
    why: "Ids and references have no default.",
    example: "id,u_rated_v,u_min_pu,u_max_pu\n,400,0.9,1.1",
    mend: "id,u_rated_v,u_min_pu,u_max_pu\nb1,400,0.9,1.1",
};

/// A voltage, current or power that must be above 0 is not.
pub const NOT_POSITIVE: Rule = Rule {
    code: "not-positive",
    severity: Severity::Error,
    what: "A voltage, current or power that must be above 0 is not.",
    why: "Ratings divide: a rating of 0 makes every loading infinite.",
    example: "rated_current_a\n0",
    mend: "rated_current_a\n270",
};

/// A quantity that cannot be negative is.
pub const NEGATIVE_VALUE: Rule = Rule {
    code: "negative-value",
    severity: Severity::Error,
    what: "A quantity that cannot be negative is.",
    why: "Resistances and losses take energy, they do not give it.",
    example: "r_ohm\n-0.1",
    mend: "r_ohm\n0.1",
};

/// A cell that takes one of several names holds another.
pub const UNKNOWN_CHOICE: Rule = Rule {
    code: "unknown-choice",
    severity: Severity::Error,
    what: "A cell that takes one of several names holds another.",
    why: "The names choose what is modelled.",
    example: "tap_side\nprimary",
    mend: "tap_side\nhv",
};

/// A cell or profile holds what is not a finite number.
pub const NOT_A_NUMBER: Rule = Rule {
    code: "not-a-number",
    severity: Severity::Error,
    what: "A cell or profile holds what is not a finite number.",
    why: "'NaN', 'inf' and decimal commas would spread through every result.",
    example: "r_ohm\n0,1",
    mend: "r_ohm\n0.1",
};
