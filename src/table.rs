//! CSV text as a table whose cells know their place in the file, so that every bad cell becomes a finding that points at it.
//!
//! A reader asks a [`Row`] for typed cells. A cell that does not hold what was asked for adds a finding and yields a
//! placeholder; the whole file is read in one go and the caller gives up at the end if anything was found.

pub mod description;
mod header;
mod place;
pub mod read;
pub mod rules;

use std::sync::Arc;

use crate::diagnostic::{Finding, Findings, Location, Rule, Source, meant, nearest, quoted_list};
pub use header::Known;
use place::{blank_line_before, cell_span, open_quote, row_span, row_start};
pub use read::read_text;

/// A table read from delimited text with a header line.
#[derive(Debug, Clone)]
pub struct Table {
    source: Arc<Source>,
    delimiter: u8,
    header: csv::StringRecord,
    records: Vec<csv::StringRecord>,
    /// Rows of the wrong length, which have been told.
    ragged: Vec<csv::StringRecord>,
}

/// One data row of a [`Table`].
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    table: &'a Table,
    record: &'a csv::StringRecord,
}

/// What a number may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Any finite number.
    Any,
    /// Zero or more.
    NotNegative,
    /// More than zero.
    Positive,
}

impl Table {
    /// Splits `source` at `delimiter` and newlines; the first line names the columns, which must be those that are `known`. Rows
    /// without content are passed over, rows of the wrong length are findings (`row-length`) and left out. `None` where the text holds
    /// no such table, or one that cannot be read for its header.
    pub fn parse(source: &Arc<Source>, delimiter: u8, known: &Known<'_>, findings: &mut Findings) -> Option<Table> {
        let mut table = Table::split(source, delimiter, known, findings)?;
        table.records.retain(|record| !is_blank(record));
        table.checked(known, findings).then_some(table)
    }

    /// As [`Table::parse`] of text with commas, for a series: rows are put in time by their order, so a row without content is a
    /// finding of the rule `blank`.
    pub fn series(source: &Arc<Source>, known: &Known<'_>, blank: &Rule, findings: &mut Findings) -> Option<Table> {
        let mut table = Table::split(source, b',', known, findings)?;
        let last = table.records.iter().rposition(|record| !is_blank(record)).unwrap_or(0);
        for (k, record) in table.records.iter().enumerate() {
            let line = blank_line_before(&source.text, record).map(|line| line..line);
            let Some(span) = line.or_else(|| is_blank(record).then(|| row_span(&source.text, b',', record))) else { continue };
            let (message, help) = if k > last {
                ("a row without values stands below the last row of a series", "delete the rows without values")
            } else {
                let help = "write a value for every step; a row left out would move every later one";
                ("a blank row stands between the rows of a series", help)
            };
            findings.push(blank.finding(message).at(source, span).of_row().help(help));
        }
        table.records.retain(|record| !is_blank(record));
        table.checked(known, findings).then_some(table)
    }

    fn split(source: &Arc<Source>, delimiter: u8, known: &Known<'_>, findings: &mut Findings) -> Option<Table> {
        let name = &source.name;
        let first_line = 0..source.text.lines().next().map_or(0, str::len);
        if let Some(what) = header::other_format(&source.text) {
            let finding = rules::NO_HEADER.finding(format!("'{name}' holds {what}, not a table")).at(source, first_line);
            findings.push(finding.help("save the data as CSV: cells separated by ',', the first line names the columns"));
            return None;
        }
        let wrong_separator = |other: char| {
            let (other, wanted) = (shown(other), shown(char::from(delimiter)));
            let help = format!("separate cells by {wanted} and write numbers with a decimal point; spreadsheets offer it when they export");
            rules::WRONG_SEPARATOR.finding(format!("the cells of '{name}' are separated by {other}")).help(help)
        };
        if let Some(separator) = header::separator_line(&source.text) {
            let finding = match separator {
                other if other != char::from(delimiter) => wrong_separator(other),
                _ => rules::EXTRA_ROW
                    .finding("the first line is a note for spreadsheet programs, not the header")
                    .help("delete the line 'sep='; the first line names the columns"),
            };
            findings.push(finding.at(source, first_line));
            return None;
        }
        if let Some((start, end)) = open_quote(&source.text, delimiter) {
            let line = source.text[..end].matches('\n').count() + 1;
            let finding = rules::OPEN_QUOTE.finding(format!("a quote opens here and does not close in its row, but in line {line}"));
            let finding = if end < source.text.len() { finding } else { rules::OPEN_QUOTE.finding("a quote opens here and never closes") };
            findings
                .push(finding.at(source, start..start + 1).help("close it at the end of the cell, or write two quotes for one in a text"));
            return None;
        }
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(source.text.as_bytes());
        let mut records: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("UTF-8 in memory always splits")).collect();
        let Some(header) = records.first() else {
            let finding = rules::NO_HEADER.finding(format!("'{name}' is empty")).help("the first line names the columns");
            findings.push(finding.of_file(name.as_str()));
            return None;
        };
        if let Some(other) = other_separator(header, records.get(1), delimiter) {
            findings.push(wrong_separator(other).at(source, 0..header.iter().map(str::len).sum()));
            return None;
        }
        if known.required.len() > 1 && header::is_quoted_whole(header, delimiter) {
            let finding = rules::NO_HEADER.finding(format!("the lines of '{name}' stand in quotes, so each is one cell"));
            findings.push(finding.at(source, first_line).help("delete the quotes around whole lines; only a cell with a comma needs them"));
            return None;
        }
        if let Some(row) = header::misplaced(&records, known) {
            let line = Location { source: Arc::clone(source), span: row_span(&source.text, delimiter, &records[row]) }.line_column().0;
            let finding = rules::EXTRA_ROW.finding(format!("the names of the columns stand in line {line}, not at the top"));
            let span = row_span(&source.text, delimiter, &records[0]);
            findings.push(finding.at(source, span).help("delete what stands above them; the first line names the columns"));
            return None;
        }
        let header = records.remove(0).iter().map(|name| name.trim_start_matches('\u{feff}').trim()).collect();
        Some(Table { source: Arc::clone(source), delimiter, header, records, ragged: Vec::new() })
    }

    /// Whether the table can be read: its header names the columns, and rows below it have as many cells. Rows of the wrong length and
    /// rows that are no data are left out.
    fn checked(&mut self, known: &Known<'_>, findings: &mut Findings) -> bool {
        let extra = |record: &csv::StringRecord, message: &str| {
            let finding = rules::EXTRA_ROW.finding(message).at(&self.source, row_span(&self.source.text, self.delimiter, record));
            finding.of_row().help("delete the row; the first line names the columns, and data follow at once")
        };
        let again = |record: &csv::StringRecord| record.iter().map(str::trim).eq(self.header.iter());
        let of_units = header::is_of_units(&self.records);
        if of_units && !again(&self.records[0]) {
            findings.push(extra(&self.records[0], "this row holds no number in columns that hold numbers: is it one of titles or units?"));
        }
        if known.open && header::is_of_numbers(&self.header.iter().collect::<Vec<_>>()) {
            let finding = rules::NO_HEADER.finding(format!("the first line of '{}' holds numbers, not names", self.source.name));
            findings.push(finding.at(&self.source, self.header_span()).help("write the names of the columns above the data"));
            return false;
        }
        findings.0.extend(self.records.iter().filter(|r| again(r)).map(|r| extra(r, "the header stands here again")));
        // A second header stands above rows of another table, or of the same once more.
        if self.records.iter().any(again) {
            return false;
        }
        if of_units {
            self.records.remove(0);
        }
        let names: Vec<&str> = self.header.iter().collect();
        let mut faults = header::faults(&names, known);
        if let Some(slip @ header::Fault::Slip { column, meant }) = header::moments(&names, known, &self.records) {
            let same = |fault: &header::Fault<'_>| match fault {
                header::Fault::Unknown(other) | header::Fault::Slip { column: other, .. } => *other == column,
                header::Fault::Missing(name) => *name == meant,
                header::Fault::Twice { .. } => false,
            };
            faults.retain(|fault| !same(fault));
            faults.push(slip);
        }
        let expected = self.header.len();
        let rows = self.records.len();
        (self.records, self.ragged) = std::mem::take(&mut self.records).into_iter().partition(|record| record.len() == expected);
        // Where no row fits the header, either is wrong: one of both is told.
        let none_fits = rows > 0 && self.records.is_empty();
        let readable = faults.iter().all(header::Fault::leaves_table_readable);
        if readable || !none_fits {
            self.tell_ragged(findings);
        }
        // In a table of any columns, a row of units above the header looks like names that occur twice.
        if !(readable && none_fits || known.open && of_units) {
            self.tell_header(&faults, known, findings);
            self.tell_nameless(findings);
        }
        readable && !none_fits
    }

    fn tell_ragged(&self, findings: &mut Findings) {
        let expected = self.header.len();
        let named = expected - self.header.iter().rev().take_while(|name| name.trim().is_empty()).count();
        if named < expected && !self.ragged.is_empty() && self.records.is_empty() && self.ragged.iter().all(|row| row.len() == named) {
            let finding =
                rules::ROW_LENGTH.finding(format!("the header has {expected} cells, but only {named} names; the rows have {named} cells"));
            findings.push(finding.at(&self.source, self.header_cell(named)).help("delete the separators at the end of the header"));
            return;
        }
        for record in &self.ragged {
            let message = format!("this row has {} cells, the header has {expected}", record.len());
            let quoted = header::is_quoted_whole(record, self.delimiter);
            let spare = record.len() > expected && record.iter().skip(expected).all(|cell| cell.trim().is_empty());
            let help = match spare {
                _ if quoted => "the quotes stand around the whole row, so it is one cell: delete them".to_owned(),
                true => format!("delete the separators at its end; {}", header::columns_are(&self.columns().collect::<Vec<_>>())),
                false if record.len() > expected => {
                    let columns = header::columns_are(&self.columns().collect::<Vec<_>>());
                    format!("{columns}; a decimal comma makes two cells of a number: write 0.5, not 0,5")
                }
                false => header::columns_are(&self.columns().collect::<Vec<_>>()),
            };
            let span = row_span(&self.source.text, self.delimiter, record);
            findings.push(rules::ROW_LENGTH.finding(message).at(&self.source, span).of_row().help(help));
        }
    }

    fn tell_header(&self, faults: &[header::Fault<'_>], known: &Known<'_>, findings: &mut Findings) {
        let names: Vec<&str> = self.header.iter().collect();
        let file = &self.source.name;
        let missing = |f: &&header::Fault<'_>| matches!(f, header::Fault::Missing(_));
        if known.required.len() > 1 && faults.iter().filter(missing).count() == known.required.len() {
            let finding = rules::NO_HEADER.finding(format!("the first line of '{file}' names none of its columns"));
            findings.push(finding.at(&self.source, self.header_span()).help(header::columns_are(&known.all())));
            return;
        }
        for fault in faults {
            let finding = match *fault {
                header::Fault::Slip { meant, column } => {
                    let is_near = nearest(names[column], &[meant]).is_some();
                    let help = if is_near { format!("did you mean '{meant}'?") } else { format!("is it '{meant}' under another name?") };
                    let message = format!("column '{meant}' is missing in '{file}'; '{}' stands there", names[column]);
                    rules::MISSING_COLUMN.finding(message).at(&self.source, self.header_cell(column)).help(help)
                }
                header::Fault::Missing(name) => {
                    let message = format!("column '{name}' is missing in '{file}'");
                    rules::MISSING_COLUMN.finding(message).at(&self.source, self.header_span()).help(header::columns_are(known.required))
                }
                header::Fault::Twice { column, meant } => {
                    let finding = rules::DUPLICATE_COLUMN.finding(format!("column '{}' appears twice", names[column]));
                    let help = match meant {
                        Some(name) => format!("column '{name}' is missing: is one of the two meant for it?"),
                        None => "give each column a name of its own, or delete one".to_owned(),
                    };
                    finding.at(&self.source, self.header_cell(column)).help(help)
                }
                header::Fault::Unknown(column) => {
                    let finding = rules::UNKNOWN_COLUMN.finding(format!("unknown column '{}' is not read", names[column]));
                    finding.at(&self.source, self.header_cell(column)).help(header::columns_are(&known.all()))
                }
            };
            findings.push(finding);
        }
    }

    fn tell_nameless(&self, findings: &mut Findings) {
        let (names, file): (Vec<&str>, &str) = (self.header.iter().collect(), &self.source.name);
        let nameless: Vec<usize> = (0..names.len()).filter(|&column| names[column].is_empty()).collect();
        if let Some(&first) = nameless.first() {
            let empty = nameless.iter().all(|&column| self.records.iter().all(|record| record[column].trim().is_empty()));
            let count = if nameless.len() == 1 { "a column".to_owned() } else { format!("{} columns", nameless.len()) };
            let message = format!("{count} without a name in '{file}' {} not read", if nameless.len() == 1 { "is" } else { "are" });
            let help = if empty { "delete the empty columns" } else { "name it in the first line, or delete it" };
            findings.push(rules::UNKNOWN_COLUMN.finding(message).at(&self.source, self.header_cell(first)).help(help));
        }
    }

    /// The cells of `column` in rows of the wrong length, as far as they can be told: what such a row names is not missing.
    pub fn ragged_cells(&self, column: &str) -> impl Iterator<Item = &str> {
        let i = self.column(column);
        self.ragged.iter().filter_map(move |record| record.get(i?)).map(str::trim)
    }

    /// The text this table was read from.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Names of the columns in file order; one without a name is not read.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.header.iter().filter(|name| !name.is_empty())
    }

    /// Number of data rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no data row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The data rows in file order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|record| Row { table: self, record })
    }

    /// Column number of `name`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|c| c == name)
    }

    /// Bytes of the header line.
    #[must_use]
    pub fn header_span(&self) -> std::ops::Range<usize> {
        0..self.source.text.lines().next().map_or(0, str::len)
    }

    /// Bytes of the name of column `column`.
    #[must_use]
    pub fn header_cell(&self, column: usize) -> std::ops::Range<usize> {
        cell_span(&self.source.text, self.delimiter, 0, column)
    }
}

impl<'a> Row<'a> {
    /// The cell of `column` without surrounding blanks. Panics if the table has no such column: check the header first.
    #[must_use]
    pub fn cell(&self, column: &str) -> &'a str {
        let i = self.table.column(column).unwrap_or_else(|| panic!("column {column} was checked"));
        self.record.get(i).unwrap_or("").trim()
    }

    /// The cell of column number `i` without surrounding blanks.
    #[must_use]
    pub fn cell_at(&self, i: usize) -> &'a str {
        self.record.get(i).unwrap_or("").trim()
    }

    /// The cell of an optional column; `None` when the column is absent or the cell empty.
    #[must_use]
    pub fn optional(&self, column: &str) -> Option<&'a str> {
        let text = self.cell_at(self.table.column(column)?);
        (!text.is_empty()).then_some(text)
    }

    /// Where the whole row stands.
    #[must_use]
    pub fn location(&self) -> Location {
        let span = row_span(&self.table.source.text, self.table.delimiter, self.record);
        Location { source: Arc::clone(&self.table.source), span }
    }

    /// A finding that points at this row's cell of `column`.
    #[must_use]
    pub fn at(&self, column: &str, finding: Finding) -> Finding {
        self.at_column(self.table.column(column).unwrap_or(0), finding)
    }

    /// A finding that points at this row's cell of column number `i`.
    #[must_use]
    pub fn at_column(&self, i: usize, finding: Finding) -> Finding {
        let start = row_start(&self.table.source.text, self.record);
        let finding = finding.at(&self.table.source, cell_span(&self.table.source.text, self.table.delimiter, start, i));
        finding.of_cell(i)
    }

    /// A non-empty text.
    pub fn text(&self, column: &str, findings: &mut Findings) -> String {
        let text = self.cell(column);
        if text.is_empty() {
            findings.push(self.at(column, rules::EMPTY_CELL.finding(format!("'{column}' is empty"))));
        }
        text.to_owned()
    }

    /// A finite number; the placeholder of a bad cell is NaN.
    pub fn number(&self, column: &str, sign: Sign, findings: &mut Findings) -> f64 {
        let text = self.cell(column);
        let Some(value) = text.parse::<f64>().ok().filter(|v| v.is_finite()) else {
            findings.push(self.at(column, not_a(text, "number", column)));
            return f64::NAN;
        };
        let problem = match sign {
            Sign::Positive if value <= 0.0 => Some((rules::NOT_POSITIVE, "must be above 0")),
            Sign::NotNegative if value < 0.0 => Some((rules::NEGATIVE_VALUE, "must not be negative")),
            _ => None,
        };
        if let Some((broken, rule)) = problem {
            findings.push(self.at(column, broken.finding(format!("'{column}' {rule}, not '{text}'"))));
        }
        // Zero has no sign: `-0` would be carried into tables.
        value + 0.0
    }

    /// A whole number; the placeholder of a bad cell is 0.
    pub fn integer(&self, column: &str, findings: &mut Findings) -> i32 {
        let text = self.cell(column);
        text.parse().unwrap_or_else(|_| {
            findings.push(self.at(column, not_a(text, "whole number", column)));
            0
        })
    }

    /// One of the named `choices`; the placeholder of a bad cell is the first.
    pub fn choice<T: Copy>(&self, column: &str, choices: &[(&str, T)], findings: &mut Findings) -> T {
        let text = self.cell(column);
        choices.iter().find(|(name, _)| *name == text).map_or_else(
            || {
                let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
                let finding = rules::UNKNOWN_CHOICE.finding(format!("'{column}' cannot be '{text}'"));
                findings.push(self.at(column, finding.help(choose(text, &names))));
                choices[0].1
            },
            |(_, value)| *value,
        )
    }
}

fn not_a(text: &str, what: &str, column: &str) -> Finding {
    let message = if text.is_empty() { format!("'{column}' is empty") } else { format!("'{text}' is not a {what}") };
    let meant = meant::number(text).map(|meant| meant.help());
    rules::NOT_A_NUMBER.finding(message).help(meant.unwrap_or_else(|| format!("'{column}' needs a {what}")))
}

/// Help for a name that is none of `names`.
fn choose(text: &str, names: &[&str]) -> String {
    match nearest(text, names) {
        Some(name) => format!("did you mean '{name}'?"),
        None => format!("write one of {}", quoted_list(names)),
    }
}

/// Whether no cell of a record holds anything.
fn is_blank(record: &csv::StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

/// The character that separates cells in truth, where header and first row are one cell each and hold as many of another.
fn other_separator(header: &csv::StringRecord, first: Option<&csv::StringRecord>, delimiter: u8) -> Option<char> {
    let one = |record: &csv::StringRecord| (record.len() == 1).then(|| record[0].to_owned());
    let header = one(header)?;
    let count = |text: &str, c: char| text.matches(c).count();
    let others = [';', '\t', ',', '|'].into_iter().filter(|c| *c != char::from(delimiter));
    others.filter(|c| count(&header, *c) > 0).find(|c| {
        // Decimal commas may cut a row into more cells; the separator is there as often all the same.
        first.is_none_or(|row| row.iter().map(|cell| count(cell, *c)).sum::<usize>() == count(&header, *c))
    })
}

fn shown(separator: char) -> String {
    if separator == '\t' { "tabs".to_owned() } else { format!("'{separator}'") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Kin;

    const ANY: Known<'static> = Known { required: &[], optional: &[], together: &[], open: true };

    fn parse(text: &str, known: &Known<'_>, findings: &mut Findings) -> Option<Table> {
        Table::parse(&Arc::new(Source::new("t.csv", text)), b',', known, findings)
    }

    /// Codes and lines of what is found in a text.
    fn told(findings: &Findings) -> Vec<(&'static str, usize)> {
        findings.0.iter().map(|f| (f.code, f.location.as_ref().map_or(0, |at| at.line_column().0))).collect()
    }

    #[test]
    fn a_bad_cell_is_underlined_where_it_stands() {
        for newline in ["\n", "\r\n"] {
            let mut findings = Findings::default();
            let text = ["id,\"a,b\",c", "1,\"x,y\",2", "", "2,z,oops", ""].join(newline);
            let t = parse(&text, &Known::columns(&["id", "a,b", "c"], &[]), &mut findings).expect("its columns are there");
            let cells: Vec<f64> = t.rows().map(|r| r.number("c", Sign::Any, &mut findings)).collect();
            assert_eq!(cells[0], 2.0);
            assert_eq!(t.rows().next().unwrap().cell("a,b"), "x,y");
            let [bad] = &findings.0[..] else { panic!("one finding, not {findings}") };
            let at = bad.location.as_ref().unwrap();
            assert_eq!(&at.source.text[at.span.clone()], "oops");
            assert_eq!(at.line_column(), (4, 5));
            assert_eq!(bad.kin, Kin::Cell(2));
        }
    }

    #[test]
    fn rows_and_columns_that_do_not_fit_are_all_reported() {
        let found = |text: &str, required: &[&str], optional: &[&str]| {
            let mut findings = Findings::default();
            let table = parse(text, &Known::columns(required, optional), &mut findings);
            (table.map(|t| t.len()), findings.0.iter().map(|f| f.code).collect::<Vec<_>>())
        };
        // The twin is meant for a missing one.
        let text = "id,u,u,extra\n1,2,3\n1,2,3,4\n";
        assert_eq!(found(text, &["id", "u", "w"], &[]), (None, vec!["row-length", "duplicate-column", "unknown-column"]));
        assert_eq!(found(text, &["id", "u", "w", "v"], &[]), (None, vec!["row-length", "duplicate-column", "missing-column"]));
        // Where no row fits the header, either is wrong.
        assert_eq!(found("id,u\n1,2,\n3,4,\n", &["id", "u"], &[]), (None, vec!["row-length", "row-length"]));
        assert_eq!(found("id\n1,2\n3,4\n", &["id", "u"], &[]), (None, vec!["missing-column"]));
        assert_eq!(found("id,u,extra\n1,2,3\n", &["id", "u"], &[]), (Some(1), vec!["unknown-column"]));
        assert_eq!(found("id,u,Phase\n1,2,3\n", &["id", "u"], &["phases"]), (None, vec!["missing-column"]));
        assert_eq!(found("id,u,,\n1,2,,\n", &["id", "u"], &[]), (Some(1), vec!["unknown-column"]));
    }

    #[test]
    fn rows_around_the_header_are_found_as_what_they_are() {
        let known = Known::columns(&["id", "u_v"], &[]);
        for (text, expected) in [
            ("Buses\nid,u_v\n1,400\n", ("extra-row", 1)),
            ("Buses,,\nid,u_v\n1,400\n", ("extra-row", 1)),
            ("-,V\nid,u_v\n1,400\n", ("extra-row", 1)),
            ("id,u_v\n-,V\n1,400\n2,400\n", ("extra-row", 2)),
            ("id,u_v\n1,400\nid,u_v\n2,400\n", ("extra-row", 3)),
            ("sep=,\nid,u_v\n1,400\n", ("extra-row", 1)),
            ("\"sep=;\"\nid;u_v\n1;400\n", ("wrong-separator", 1)),
            ("<html>\n<p>id,u_v</p>\n", ("no-header", 1)),
            ("1,400\n2,400\n", ("no-header", 1)),
        ] {
            let mut findings = Findings::default();
            let table = parse(text, &known, &mut findings);
            assert_eq!(told(&findings), [expected], "{text}");
            assert!(table.is_none_or(|t| t.rows().all(|row| row.number("u_v", Sign::Positive, &mut findings) == 400.0)), "{text}");
        }
    }

    #[test]
    fn a_blank_row_is_passed_over_unless_rows_are_steps() {
        for newline in ["\n", "\r\n"] {
            let text = ["a,b", "1,2", "", ",", " , ", "3,4", ",,", ""].join(newline);
            let source = Arc::new(Source::new("t.csv", &text));
            let mut findings = Findings::default();
            assert_eq!(Table::parse(&source, b',', &ANY, &mut findings).map(|t| t.len()), Some(2));
            assert!(findings.is_empty(), "{findings}");
            assert_eq!(Table::series(&source, &ANY, &rules::BLANK_ROW, &mut findings).map(|t| t.len()), Some(2));
            assert_eq!(told(&findings), [("blank-row", 3), ("blank-row", 5), ("blank-row", 7)]);
            assert_eq!(findings.gathered().0.len(), 1);
            let source = Arc::new(Source::new("t.csv", ["a", "1", "2", "", "3", "", ""].join(newline)));
            let mut findings = Findings::default();
            assert_eq!(Table::series(&source, &ANY, &rules::BLANK_ROW, &mut findings).map(|t| t.len()), Some(3));
            assert_eq!(told(&findings), [("blank-row", 4)]);
        }
    }

    #[test]
    fn another_separator_is_one_finding() {
        for (text, delimiter) in [("a;b\n1,5;2\n", b','), ("a\tb\n1\t2\n", b','), ("a;b\n", b','), ("a,b\n1.5,2\n", b';')] {
            let mut findings = Findings::default();
            assert!(Table::parse(&Arc::new(Source::new("t.csv", text)), delimiter, &ANY, &mut findings).is_none(), "{text}");
            assert_eq!(findings.0.iter().map(|f| f.code).collect::<Vec<_>>(), ["wrong-separator"]);
        }
        // One column whose name holds a semicolon.
        let mut findings = Findings::default();
        assert_eq!((parse("a;b\n1\n", &ANY, &mut findings).map(|t| t.len()), findings.is_empty()), (Some(1), true));
    }

    #[test]
    fn signs_and_choices_are_held() {
        let mut findings = Findings::default();
        let t = parse("a,b,c,d\n-1,0,nan,maybe\n", &ANY, &mut findings).expect("a table");
        let row = t.rows().next().unwrap();
        row.number("a", Sign::NotNegative, &mut findings);
        row.number("b", Sign::Positive, &mut findings);
        assert!(row.number("c", Sign::Any, &mut findings).is_nan());
        assert!(row.choice("d", &[("true", true), ("false", false)], &mut findings));
        let codes: Vec<&str> = findings.0.iter().map(|f| f.code).collect();
        assert_eq!(codes, ["negative-value", "not-positive", "not-a-number", "unknown-choice"]);
    }
}
