//! Results of a sweep read back from its folder.

use std::path::PathBuf;

use super::folder::Folder;
use super::results::{FILE_NAME, Results};
use super::rules::{CHANGED, DAMAGED_PART};
use super::seal::State;
use crate::diagnostic::Findings;
use crate::output::{OutputError, read_parquet};

/// Why results could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// The file could not be read.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The table is not as the sweep wrote it.
    #[error("'{}' has changed since this sweep wrote it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The table is not one of a sweep of this version.
    #[error("'{}' holds no results of a sweep: column '{column}' is missing or of another type", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The first column that should be there.
        column: String,
    },
}

impl From<ResultsError> for Findings {
    fn from(error: ResultsError) -> Findings {
        match error {
            ResultsError::Output(error) => error.into(),
            damaged @ ResultsError::Damaged { .. } => {
                DAMAGED_PART.finding(damaged.to_string()).help("merge the parts again: copperplate sweep merge DIR").into()
            }
            foreign @ ResultsError::Foreign { .. } => {
                CHANGED.finding(foreign.to_string()).help("run the sweep again with this version: --fresh").into()
            }
        }
    }
}

impl Results {
    /// Reads the results in the `folder` of a sweep.
    ///
    /// # Errors
    /// When they are not there (the sweep is not finished or not merged), are not as they were written, cannot be read, or are not
    /// results.
    pub fn read(folder: &Folder) -> Result<Results, ResultsError> {
        let path = folder.path.join(FILE_NAME);
        if folder.results() == State::Damaged {
            return Err(ResultsError::Damaged { path });
        }
        Results::of(read_parquet(&path)?).map_err(|column| ResultsError::Foreign { path, column })
    }
}
