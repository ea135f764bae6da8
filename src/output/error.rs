//! Why something could not be written or read back, as an error and as findings.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Finding, Findings, Rule, Severity};

/// The rule that protects files that no run wrote.
pub const FOREIGN_FOLDER: Rule = Rule {
    code: "foreign-folder",
    severity: Severity::Error,
    what: "The output would replace a folder or file that no run wrote.",
    why: "A run replaces only the files that an earlier run lists in 'manifest.json'. Other files may be your own work. The folder 'outputs' \
           holds the folders of many runs.",
    example: "copperplate run street.toml --out notebooks",
    mend: "copperplate run street.toml --out outputs/street",
};

/// The rule on what the file system refuses.
pub const CANNOT_WRITE: Rule = Rule {
    code: "cannot-write",
    severity: Severity::Error,
    what: "A file or folder cannot be written, renamed or read back.",
    why: "The command then leaves earlier results as they were.",
    example: "copperplate run street.toml --out /proc/street",
    mend: "copperplate run street.toml --out outputs/street",
};

/// Why something could not be written or read back.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The file system refused.
    #[error("cannot {action} '{}': {source}", path.display())]
    Io {
        /// What was tried, a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The Parquet library refused.
    #[error("cannot {action} '{}' as Parquet: {source}", path.display())]
    Parquet {
        /// What was tried, a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The library's answer.
        source: parquet::errors::ParquetError,
    },
    /// A Parquet file holds a column that no [`Column`](super::Column) is written as.
    #[error("column '{column}' of '{}' has a type that tables here do not have", path.display())]
    ForeignColumn {
        /// The file.
        path: PathBuf,
        /// Its column.
        column: String,
    },
    /// A manifest does not read.
    #[error("'{}' is not a manifest: {source}", path.display())]
    ForeignManifest {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A run would replace something that is not a run.
    #[error("'{}' already exists and holds something else", path.display())]
    ForeignFolder {
        /// What is there.
        path: PathBuf,
    },
    /// A run would take the place of a folder that holds more than one run.
    #[error("'{}' holds more than the results of one run", path.display())]
    NotForOneRun {
        /// The folder.
        path: PathBuf,
    },
    /// A run would replace a file that is not a run's.
    #[error("'{}' has the name of a result, but no run wrote it", path.display())]
    Kept {
        /// The file.
        path: PathBuf,
    },
}

impl OutputError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OutputError + use<> {
        let path = path.to_path_buf();
        move |source| OutputError::Io { action, path, source }
    }

    pub(super) fn parquet(action: &'static str, path: &Path) -> impl Fn(parquet::errors::ParquetError) -> OutputError + use<> {
        let path = path.to_path_buf();
        move |source| OutputError::Parquet { action, path: path.clone(), source }
    }
}

impl From<OutputError> for Findings {
    fn from(error: OutputError) -> Findings {
        let finding: Finding = match error {
            OutputError::ForeignFolder { ref path } => {
                let help = match (path.join("sweep.json").is_file(), path.join("manifest.json").is_file()) {
                    (true, _) => "a sweep is in it; give this run a folder of its own with --out",
                    (_, true) => "other results are in it; name another folder with --out",
                    _ => "name another folder with --out, or move what is there",
                };
                FOREIGN_FOLDER.finding(error.to_string()).help(help)
            }
            OutputError::NotForOneRun { .. } => {
                FOREIGN_FOLDER.finding(error.to_string()).help("name a folder for this run alone, such as --out outputs/street")
            }
            OutputError::Kept { .. } => FOREIGN_FOLDER.finding(error.to_string()).help("move it away, or name another folder"),
            _ => CANNOT_WRITE.finding(error.to_string()).help("check the folder, its permissions and the space left"),
        };
        finding.into()
    }
}

/// Rules on what a run writes to.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![&CANNOT_WRITE, &FOREIGN_FOLDER]
}
