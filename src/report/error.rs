//! Why there is no page, as an error and as findings.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::{Finding, Findings, Rule, Severity};
use crate::output::OutputError;
use crate::time::CalendarError;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Neither a run nor a sweep.
    #[error("'{}' is the folder of neither a run nor a sweep", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
    /// A sweep's record does not read.
    #[error("{0}")]
    Sweep(Findings),
    /// A file is not as it was written.
    #[error("'{}' has changed since it was written", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read '{}': {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A table cannot be read.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A CSV file is not as a run writes it.
    #[error("cannot read '{}': {source}", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        source: csv::Error,
    },
    /// A JSON file is not as a run writes it.
    #[error("cannot read '{}': {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        source: serde_json::Error,
    },
    /// A table lacks a column.
    #[error("'{}' has no column '{column}' of the expected type", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// The recorded time grid is none.
    #[error("cannot read '{}': {source}", path.display())]
    Calendar {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CalendarError,
    },
}

const NO_RESULTS: Rule = Rule {
    code: "no-results",
    severity: Severity::Error,
    what: "Neither `run` nor `sweep` wrote the folder.",
    why: "A report shows the files of a run, which holds 'manifest.json', or of a sweep, which holds 'sweep.json'.",
    example: "copperplate report scenarios",
    mend: "copperplate report outputs/quickstart",
};

const UNREADABLE_RESULTS: Rule = Rule {
    code: "unreadable-results",
    severity: Severity::Error,
    what: "A file in the folder is missing, or another version of the program wrote it.",
    why: "Results of another version may lack data for the report.",
    example: "rm outputs/quickstart/scenario.json && copperplate report outputs/quickstart",
    mend: "copperplate run scenarios/quickstart.toml && copperplate report outputs/quickstart",
};

const CHANGED_RESULTS: Rule = Rule {
    code: "changed-results",
    severity: Severity::Error,
    what: "A file in the folder has changed since `run` or `sweep` wrote it.",
    why: "The manifest holds each file's checksum. A report of changed figures would not show what was simulated.",
    example: "sed -i s/12.5/2.5/ outputs/quickstart/kpi.csv && copperplate report outputs/quickstart",
    mend: "copperplate run scenarios/quickstart.toml && copperplate report outputs/quickstart",
};

impl From<Findings> for ReportError {
    fn from(findings: Findings) -> ReportError {
        ReportError::Sweep(findings)
    }
}

impl From<ReportError> for Findings {
    fn from(error: ReportError) -> Findings {
        let finding: Finding = match error {
            ReportError::Foreign { .. } => {
                NO_RESULTS.finding(error.to_string()).help("name a folder that 'copperplate run' or 'copperplate sweep' wrote")
            }
            ReportError::Sweep(findings) => return findings,
            ReportError::Changed { .. } => CHANGED_RESULTS
                .finding(error.to_string())
                .help("run the scenario again, or merge the sweep again with 'copperplate sweep merge DIR', which checks its parts"),
            _ => UNREADABLE_RESULTS.finding(error.to_string()).help("run the scenario again with this version"),
        };
        finding.into()
    }
}

/// Rules on what a report is made of.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![&CHANGED_RESULTS, &NO_RESULTS, &UNREADABLE_RESULTS]
}
