//! Which row names the columns, and which column is meant where a name is not known.
//!
//! Programs for spreadsheets and data bases put a title, a line `sep=,` or a row of units around the header. Each of these is found as
//! what it is, because reading on would blame every column and every row below it.

use crate::diagnostic::{meant, nearest, quoted_list};

/// The columns that a reader knows.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Must be there.
    pub required: &'a [&'a str],
    /// May be there.
    pub optional: &'a [&'a str],
    /// Belong together: where one of these is there, all must be.
    pub together: &'a [&'a str],
    /// Whether columns of any other name are data, as in a table of profiles.
    pub open: bool,
}

impl<'a> Known<'a> {
    /// These columns and no others.
    #[must_use]
    pub const fn columns(required: &'a [&'a str], optional: &'a [&'a str]) -> Known<'a> {
        Known { required, optional, together: &[], open: false }
    }

    /// The required columns of a table with these names.
    fn required_of(&self, names: &[&str]) -> Vec<&'a str> {
        let is_given = self.together.iter().any(|one| names.contains(one));
        [self.required, if is_given { self.together } else { &[] }].concat()
    }

    /// All names, the required ones first.
    pub(super) fn all(&self) -> Vec<&'a str> {
        [self.required, self.optional, self.together].concat()
    }

    fn knows(&self, name: &str) -> bool {
        self.all().contains(&name)
    }
}

/// What is wrong with the names in a header.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault<'a> {
    /// A known column is not there, but the unknown one of this number probably is it.
    Slip { meant: &'a str, column: usize },
    /// A required column is not there.
    Missing(&'a str),
    /// The column of this number has the name of an earlier one, and may be meant for one that is not there.
    Twice { column: usize, meant: Option<&'a str> },
    /// The column of this number is not read.
    Unknown(usize),
}

impl Fault<'_> {
    /// Whether the table can be read without the column.
    pub(super) fn leaves_table_readable(&self) -> bool {
        matches!(self, Fault::Unknown(_))
    }
}

/// All that is wrong with `names`. An unknown column that is meant for a missing one is one fault with it.
pub(super) fn faults<'a>(names: &[&str], known: &Known<'a>) -> Vec<Fault<'a>> {
    let mut faults = Vec::new();
    let required = known.required_of(names);
    let (mut unknown, mut twice): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    for (column, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if names[..column].contains(name) {
            twice.push(column);
        } else if !known.knows(name) {
            unknown.push(column);
        }
    }
    let mut missing: Vec<&str> = required.iter().copied().filter(|name| !names.contains(name)).collect();
    let optional = known.all().into_iter().filter(|name| !required.contains(name));
    let absent: Vec<&str> = optional.filter(|name| !names.contains(name)).collect();
    let mut slip = |meant: &'a str, column: usize, unknown: &mut Vec<usize>| {
        unknown.retain(|other| *other != column);
        faults.push(Fault::Slip { meant, column });
    };
    for meant in std::mem::take(&mut missing) {
        let left: Vec<&str> = unknown.iter().map(|&column| names[column]).collect();
        match nearest(meant, &left).and_then(|name| names.iter().position(|other| *other == name)) {
            Some(column) => slip(meant, column, &mut unknown),
            None => missing.push(meant),
        }
    }
    for meant in absent {
        // A column more is no fault, so only what is very near is taken for a slip.
        let is_meant = |&column: &usize| {
            let (written, name) = (names[column].to_lowercase(), meant.to_lowercase());
            written == name || (!known.open && nearest(&written, &[&name]).is_some() && name.len() > 2 && written.len() > 2)
        };
        if let Some(column) = unknown.iter().copied().find(is_meant) {
            slip(meant, column, &mut unknown);
        }
    }
    for column in twice {
        let meant = (!missing.is_empty()).then(|| missing.remove(0));
        faults.push(Fault::Twice { column, meant });
    }
    // What is called something else altogether.
    if let ([meant], [column]) = (&missing[..], &unknown[..]) {
        faults.push(Fault::Slip { meant, column: *column });
        return faults;
    }
    // A column that is missing may be any of the unknown ones.
    if missing.is_empty() && !known.open {
        faults.extend(unknown.into_iter().map(Fault::Unknown));
    }
    faults.extend(missing.into_iter().map(Fault::Missing));
    faults
}

/// Name of the optional column that says when the rows of a series begin.
const TIME: &str = "time";

/// The column that holds moments under another name, where a series can have a column 'time' and has none.
pub(super) fn moments<'a>(names: &[&str], known: &Known<'a>, records: &[csv::StringRecord]) -> Option<Fault<'a>> {
    let meant = known.optional.iter().copied().find(|name| *name == TIME && !names.contains(name))?;
    let holds_moments = |column: &usize| !records.is_empty() && records.iter().take(3).all(|r| r.get(*column).is_some_and(is_moment));
    let column = (0..names.len()).filter(|&column| !known.knows(names[column])).find(holds_moments)?;
    Some(Fault::Slip { meant, column })
}

/// Whether a cell holds a date, with a time behind it or not.
fn is_moment(cell: &str) -> bool {
    let cell = cell.trim();
    let date = cell.split(['T', ' ']).next().unwrap_or("");
    date.contains(['-', '/', '.']) && meant::date(date).is_some()
}

/// Number of the row that names the columns, where the first does not; `None` where the first does, or no row among the first ten.
pub(super) fn misplaced(records: &[csv::StringRecord], known: &Known<'_>) -> Option<usize> {
    let filled = |record: &csv::StringRecord| record.iter().filter(|cell| !cell.trim().is_empty()).count();
    let first = records.first()?;
    let names = |record: &csv::StringRecord| {
        let has = |name: &&&str| record.iter().any(|cell| cell.trim().eq_ignore_ascii_case(name));
        known.required.iter().filter(has).count()
    };
    let found = |k: &usize| match known.required.len() {
        // A title stands alone above names; below them stand numbers.
        0 => filled(first) <= 1 && filled(&records[*k]) > 1 && !has_number(&records[*k]) && records.get(k + 1).is_some_and(has_number),
        all => names(first) == 0 && names(&records[*k]) == all,
    };
    (1..records.len().min(10)).find(found)
}

/// Whether the first row below the header is one of titles or units: no number in any column that holds numbers in the rows below it.
pub(super) fn is_of_units(records: &[csv::StringRecord]) -> bool {
    /// So many rows say what a column holds.
    const LOOKED_AT: usize = 20;
    let [first, rest @ ..] = records else { return false };
    let rest = &rest[..rest.len().min(LOOKED_AT)];
    let holds_numbers = |&column: &usize| !rest.is_empty() && rest.iter().all(|r| r.get(column).is_some_and(is_number));
    let cells: Vec<&str> = (0..first.len()).filter(holds_numbers).map(|column| first[column].trim()).collect();
    // Names have digits, and so has most that is data.
    let has_digit = first.iter().any(|cell| cell.contains(|c: char| c.is_ascii_digit()));
    cells.iter().any(|cell| !cell.is_empty()) && !has_digit && !cells.iter().any(|cell| is_number(cell))
}

fn has_number(record: &csv::StringRecord) -> bool {
    record.iter().any(is_number)
}

fn is_number(cell: &str) -> bool {
    cell.trim().parse::<f64>().is_ok()
}

/// Whether a header holds numbers only, so that it is none.
pub(super) fn is_of_numbers(names: &[&str]) -> bool {
    names.iter().any(|name| !name.is_empty()) && names.iter().all(|name| name.is_empty() || is_number(name))
}

/// What a text is that is no table at all.
pub(super) fn other_format(text: &str) -> Option<&'static str> {
    match text.trim_start_matches('\u{feff}').trim_start().chars().next() {
        Some('<') => Some("a web page or XML"),
        Some('{') => Some("JSON"),
        _ => None,
    }
}

/// The separator that a line for spreadsheet programs names, as in `sep=;`.
pub(super) fn separator_line(text: &str) -> Option<char> {
    let line = text.trim_start_matches('\u{feff}').lines().next()?.trim().trim_matches('"');
    let (key, rest) = line.split_at_checked(4)?;
    key.eq_ignore_ascii_case("sep=").then(|| rest.chars().next().unwrap_or(','))
}

/// Whether a row is a single cell that holds cells: somebody put the whole line in quotes.
pub(super) fn is_quoted_whole(record: &csv::StringRecord, delimiter: u8) -> bool {
    record.len() == 1 && record[0].contains(char::from(delimiter))
}

/// `the columns are 'a', 'b' and 'c'`.
pub(super) fn columns_are(names: &[&str]) -> String {
    format!("the columns are {}", quoted_list(names))
}
