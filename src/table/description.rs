//! What stands in the columns of a file: for the page of columns, for `explain`, and for a test that compares both with the files.

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnDescription {
    /// Name in the header; of a family of columns what stands for the name, in angle brackets.
    pub name: &'static str,
    /// Unit, or what kind of value it is.
    pub unit: &'static str,
    /// What it says, with the sign of a number that can have two.
    pub meaning: &'static str,
    /// Whether the column, or a cell of it, may be left out.
    pub optional: bool,
}

/// A file with columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDescription {
    /// Its name.
    pub file: &'static str,
    /// What a row is, and when the file is there.
    pub row: &'static str,
    /// Its columns in their order.
    pub columns: &'static [ColumnDescription],
}

/// A column that is always there.
#[must_use]
pub const fn column(name: &'static str, unit: &'static str, meaning: &'static str) -> ColumnDescription {
    ColumnDescription { name, unit, meaning, optional: false }
}

/// A column that may be left out.
#[must_use]
pub const fn optional(name: &'static str, unit: &'static str, meaning: &'static str) -> ColumnDescription {
    ColumnDescription { name, unit, meaning, optional: true }
}
