//! From parts to `results.parquet`, in the order of cases and with the memory of one part and one row group.

use super::folder::Folder;
use super::results::{self, FAILED};
use super::rules;
use crate::diagnostic::Findings;
use crate::output::{Column, OutputError, Table, TableWriter, publish_file, read_parquet};

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
/// `sweep-unfinished` when parts are missing, and what the file system says; what was merged before is then still there.
pub fn merge(folder: &Folder) -> Result<Tally, Findings> {
    let missing = folder.missing();
    if !missing.is_empty() {
        let message = format!("{} of {} parts are missing: {}", missing.len(), folder.record.parts, ranges(&missing));
        return Err(rules::UNFINISHED.finding(message).help("run their shards again; parts that are there are kept").into());
    }
    let mut tally = Tally::default();
    publish_file(&folder.path.join(results::FILE_NAME), |file| {
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

/// What the parts that are done amount to.
///
/// # Errors
/// When one cannot be read.
pub fn tally(folder: &Folder) -> Result<Tally, OutputError> {
    let mut tally = Tally::default();
    for part in (0..folder.record.parts).filter(|part| folder.is_done(*part)) {
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
