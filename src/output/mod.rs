//! What a run leaves behind: columnar tables, a manifest, whole folders or nothing, and tables for the terminal.
//!
//! Data files hold the simulation only: equal tables are equal bytes, whatever the day, the machine or the number of threads.
//! Host, clock and durations stand in `manifest.json` alone.

mod column_file;
pub mod manifest;
pub mod publish;
pub mod table;
mod text_column;
pub mod text_table;

use std::io;
use std::path::{Path, PathBuf};

pub use column_file::{TableWriter, parquet_rows, read_columns, read_parquet, read_portions, write_csv, write_parquet};
pub use manifest::Manifest;
pub use publish::{RunFolder, publish_file};
pub use table::{Column, Strings, Table};
pub use text_table::TextTable;

use crate::diagnostic::{Finding, Findings, Rule};

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
    /// A Parquet file holds a column that no [`Column`] is written as.
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
    #[error("'{}' is there already and is not the folder of a run", path.display())]
    ForeignFolder {
        /// What is there.
        path: PathBuf,
    },
}

impl OutputError {
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OutputError + use<> {
        let path = path.to_path_buf();
        move |source| OutputError::Io { action, path, source }
    }

    fn parquet(action: &'static str, path: &Path) -> impl Fn(parquet::errors::ParquetError) -> OutputError + use<> {
        let path = path.to_path_buf();
        move |source| OutputError::Parquet { action, path: path.clone(), source }
    }
}

impl From<OutputError> for Findings {
    fn from(error: OutputError) -> Findings {
        let finding: Finding = match error {
            OutputError::ForeignFolder { .. } => {
                publish::FOREIGN_FOLDER.finding(error.to_string()).help("name another folder, or remove it")
            }
            _ => publish::CANNOT_WRITE.finding(error.to_string()).help("check the folder, its permissions and the space left"),
        };
        finding.into()
    }
}

/// Rules on what a run writes to.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![&publish::CANNOT_WRITE, &publish::FOREIGN_FOLDER]
}
