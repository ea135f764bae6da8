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
        &EXTRA_ROW,
        &OPEN_QUOTE,
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

/// A file or folder that is named does not exist.
pub const MISSING_FILE: Rule = Rule {
    code: "missing-file",
    severity: Severity::Error,
    what: "A file or folder does not exist.",
    why: "A path in a scenario is relative to the file that contains it. A path on the command line is relative to the current folder. A \
          feeder folder needs all of its tables, even one that has only a header.",
    example: "extends = \"vilage.toml\"",
    mend: "extends = \"village.toml\"",
};

/// A file is not UTF-8 text.
pub const NOT_UTF8: Rule = Rule {
    code: "not-utf8",
    severity: Severity::Error,
    what: "A file is not UTF-8 text.",
    why: "Accented letters would be misread. Spreadsheet programs can save as 'CSV UTF-8'.",
    example: "# connections.csv, saved in ISO 8859-1\nid,address,bus\nMüller,ean.200000000000000001,b1",
    mend: "# connections.csv, saved in UTF-8\nid,address,bus\nMüller,ean.200000000000000001,b1",
};

/// A character other than ',' separates the cells.
pub const WRONG_SEPARATOR: Rule = Rule {
    code: "wrong-separator",
    severity: Severity::Error,
    what: "A character other than ',' separates the cells of a table.",
    why: "Spreadsheet programs set to German, Dutch or French write ';' between cells and ',' in numbers. Tables here need ',' and a \
          decimal point.",
    example: "bus;u_pu;angle_deg\nb0;1,02;0",
    mend: "bus,u_pu,angle_deg\nb0,1.02,0",
};

/// A quote does not close.
pub const OPEN_QUOTE: Rule = Rule {
    code: "open-quote",
    severity: Severity::Error,
    what: "A quote opens a cell and does not close in its row.",
    why: "All that follows, up to the next quote, would be one cell.",
    example: "id,from,to\n\"l1,b0,b1",
    mend: "id,from,to\n\"l1\",b0,b1",
};

/// A row of a series is blank.
pub const BLANK_ROW: Rule = Rule {
    code: "blank-row",
    severity: Severity::Error,
    what: "A row of a series is blank.",
    why: "The time of a value follows from the number of its row. Skipping a blank row would shift every later value.",
    example: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n40,50\n\n45,40",
    mend: "day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n40,50\n42,45\n45,40",
};

/// A file cannot be read.
pub const UNREADABLE_FILE: Rule = Rule {
    code: "unreadable-file",
    severity: Severity::Error,
    what: "A file exists but cannot be read: it is a folder, a device or a pipe, or the system denies access.",
    why: "Input must be a regular file, because the program reads it whole and a pipe may never end.",
    example: "chmod 000 scenarios/feeders/street/buses.csv",
    mend: "chmod 644 scenarios/feeders/street/buses.csv",
};

/// A table is empty, or its first line names none of its columns.
pub const NO_HEADER: Rule = Rule {
    code: "no-header",
    severity: Severity::Error,
    what: "A table is empty, its first line names none of its columns, or the file is of another kind, such as a web page.",
    why: "The first line must name the columns.",
    example: "(an empty sources.csv)",
    mend: "bus,u_pu,angle_deg\nmv,1.0,0",
};

/// A row is neither header nor data.
pub const EXTRA_ROW: Rule = Rule {
    code: "extra-row",
    severity: Severity::Error,
    what: "A row of a table is neither the header nor data: a title, a line 'sep=,', a row of units, or the header again.",
    why: "The first line must name the columns, and every other row is data. Names and units have their place in the names of columns.",
    example: "bus,u_pu,angle_deg\n-,pu,deg\nmv,1.02,0",
    mend: "bus,u_pu,angle_deg\nmv,1.02,0",
};

/// A row has more or fewer cells than the header.
pub const ROW_LENGTH: Rule = Rule {
    code: "row-length",
    severity: Severity::Error,
    what: "A row has more or fewer cells than the header.",
    why: "The position of a cell gives its column. A missing comma shifts every cell after it.",
    example: "id,from,to\ncable-1,a",
    mend: "id,from,to\ncable-1,a,b",
};

/// A table lacks a column that it needs, or has one under a misspelt name.
pub const MISSING_COLUMN: Rule = Rule {
    code: "missing-column",
    severity: Severity::Error,
    what: "A table lacks a required column, or has a known column under a misspelt name.",
    why: "A default would be a hidden assumption about the grid. If a misspelt column were ignored, its values would be lost.",
    example: "id,u_rated_v\nmv,20000",
    mend: "id,u_rated_v,u_min_pu,u_max_pu\nmv,20000,0.9,1.1",
};

/// Two columns have one name.
pub const DUPLICATE_COLUMN: Rule = Rule {
    code: "duplicate-column",
    severity: Severity::Error,
    what: "Two columns have the same name.",
    why: "It is unclear which of them is meant.",
    example: "sun,sun\n0.1,0.2",
    mend: "sun,wind\n0.1,0.2",
};

/// A table holds a column that is not read.
pub const UNKNOWN_COLUMN: Rule = Rule {
    code: "unknown-column",
    severity: Severity::Warning,
    what: "A table holds a column that the program does not know.",
    why: "Its values have no effect.",
    example: "id,address,bus,owner\nh1,ean.1,b1,Jansen",
    mend: "id,address,bus\nh1,ean.1,b1",
};

/// A required cell is empty.
pub const EMPTY_CELL: Rule = Rule {
    code: "empty-cell",
    severity: Severity::Error,
    what: "A required cell is empty.",
    why: "Ids and references have no default.",
    example: "id,u_rated_v,u_min_pu,u_max_pu\n,400,0.9,1.1",
    mend: "id,u_rated_v,u_min_pu,u_max_pu\nb1,400,0.9,1.1",
};

/// A voltage, current or power is not above 0.
pub const NOT_POSITIVE: Rule = Rule {
    code: "not-positive",
    severity: Severity::Error,
    what: "A voltage, current or power is not above 0.",
    why: "The load flow divides by ratings: a rating of 0 gives an infinite loading.",
    example: "rated_current_a\n0",
    mend: "rated_current_a\n270",
};

/// A quantity is negative that must not be.
pub const NEGATIVE_VALUE: Rule = Rule {
    code: "negative-value",
    severity: Severity::Error,
    what: "A quantity is negative that must not be.",
    why: "Resistances and losses cannot produce energy.",
    example: "r_ohm\n-0.1",
    mend: "r_ohm\n0.1",
};

/// A cell holds none of the names that its column allows.
pub const UNKNOWN_CHOICE: Rule = Rule {
    code: "unknown-choice",
    severity: Severity::Error,
    what: "A cell holds none of the names that its column allows.",
    why: "The name selects a model.",
    example: "tap_side\nprimary",
    mend: "tap_side\nhv",
};

/// A cell or profile does not hold a finite number.
pub const NOT_A_NUMBER: Rule = Rule {
    code: "not-a-number",
    severity: Severity::Error,
    what: "A cell or profile does not hold a finite number.",
    why: "The program cannot calculate with 'NaN', 'inf' or decimal commas.",
    example: "r_ohm\n0,1",
    mend: "r_ohm\n0.1",
};
