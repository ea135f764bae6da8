//! From parts to `results.parquet`, in the order of cases and with the memory of one part and one row group.

use super::folder::{CASES, Folder, numbers};
use super::results::FAILED;
use super::rules;
use super::seal::State;
use crate::diagnostic::Findings;
use crate::output::{Column, OutputError, Table, TableWriter, read_parquet};

/// What a merged sweep, or the done parts of one, amount to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases with a row.
    pub cases: u64,
    /// How many of them failed.
    pub failed: u64,
    /// Number and reason of the first few that failed.
    pub examples: Vec<(u64, String)>,
}

/// Failures that are shown.
const EXAMPLES: usize = 5;

impl Tally {
    fn add(&mut self, rows: &Table) {
        self.cases += rows.rows() as u64;
        let (Some(Column::I64(case)), Some(Column::Str(status)), Some(Column::Str(reason))) =
            (rows.column("case"), rows.column("status"), rows.column("reason"))
        else {
            return;
        };
        for row in (0..rows.rows()).filter(|row| status.get(*row) == FAILED) {
            self.failed += 1;
            if self.examples.len() < EXAMPLES {
                self.examples.push((case[row].unsigned_abs(), reason.get(row).to_owned()));
            }
        }
    }
}

/// Merges all parts.
///
/// # Errors
/// `sweep-unfinished` when parts are missing, `damaged-part` when parts are not as they were written, and what the file system
/// says; what was merged before is then still there.
pub fn merge(folder: &Folder) -> Result<Tally, Findings> {
    let parts = folder.parts();
    folder.restore_cases()?;
    let mut findings = damaged_parts(folder, &parts);
    if folder.cases() == State::Damaged {
        findings = damaged(folder, &parts);
    }
    let missing = numbers(&parts, |state| state == State::Missing);
    if !missing.is_empty() {
        let message = format!("{} of {} parts are missing: {}", missing.len(), folder.record.parts, ranges(&missing));
        findings.push(rules::UNFINISHED.finding(message).help("run their shards again; finished parts are kept"));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut tally = Tally::default();
    folder.publish_results(|file| {
        let mut writer: Option<TableWriter> = None;
        for part in 0..folder.record.parts {
            let rows = read_parquet(&folder.part(part))?;
            tally.add(&rows);
            let writer = match &mut writer {
                Some(writer) => writer,
                none => none.insert(TableWriter::create(file, &rows)?),
            };
            writer.append(&rows)?;
        }
        writer.map_or(Ok(0), TableWriter::finish)
    })?;
    folder.sweep_out();
    Ok(tally)
}

/// What is said of parts that are not as they were written, and of a list of cases that is not or is missing.
#[must_use]
pub fn damaged(folder: &Folder, parts: &[State]) -> Findings {
    let mut findings = damaged_parts(folder, parts);
    let name = folder.path.join(CASES);
    let (message, help) = match folder.cases() {
        State::Whole => return findings,
        State::Damaged => {
            (format!("'{}' has changed since this sweep wrote it", name.display()), "'sweep' and 'sweep plan' write it again")
        }
        State::Missing => (format!("'{}' is missing", name.display()), "'sweep', 'sweep plan' and 'sweep merge' write it again"),
    };
    findings.push(rules::DAMAGED_PART.finding(message).help(help));
    findings
}

/// What is said of parts that are not as they were written.
#[must_use]
pub fn damaged_parts(folder: &Folder, parts: &[State]) -> Findings {
    let damaged = numbers(parts, |state| state == State::Damaged);
    let Some(first) = damaged.first() else { return Findings::default() };
    let path = folder.part(*first);
    let message = match damaged.len() {
        1 => format!("'{}' has changed since this sweep wrote it", path.display()),
        _ => format!("parts {} have changed since this sweep wrote them, the first is '{}'", ranges(&damaged), path.display()),
    };
    rules::DAMAGED_PART.finding(message).help("run their shards again: 'sweep' and 'sweep work' replace them").into()
}

/// What the parts that are done amount to.
///
/// # Errors
/// When one cannot be read.
pub fn tally(folder: &Folder, parts: &[State]) -> Result<Tally, OutputError> {
    let mut tally = Tally::default();
    for part in numbers(parts, |state| state == State::Whole) {
        tally.add(&read_parquet(&folder.part(part))?);
    }
    Ok(tally)
}

/// `0, 4-7, 9`.
#[must_use]
pub fn ranges(numbers: &[u64]) -> String {
    let runs = numbers.chunk_by(|a, b| *b == *a + 1).map(|run| match run {
        [one] => one.to_string(),
        run => format!("{}-{}", run[0], run[run.len() - 1]),
    });
    runs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn runs_are_drawn_together() {
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[0, 4, 5, 6, 7, 9, 11, 12]), "0, 4-7, 9, 11-12");
    }
}
