//! One HTML page of a run or of a sweep, made from its folder and nothing else: equal folders make equal pages.
//!
//! The page holds everything it shows: style, scripts, drawings, and numbers packed as JSON (series as base64 of 16-bit
//! integers). It loads nothing. Without scripts, and on paper, it shows the same as text, tables and drawings.
//! Times and durations of the manifest stay out of it, for they differ from run to run.

mod behaviour;
mod error;
mod figures;
mod folder;
mod forecasts;
mod households;
mod html;
mod money;
mod notes;
mod page;
mod picture;
mod points;
mod question;
mod run;
mod series;
mod sweep;
mod talks;

use std::path::Path;

use crate::output::Manifest;
use crate::output::manifest::FILE_NAME as MANIFEST;

pub use error::{ReportError, catalogue};
pub use folder::PAGE as FILE_NAME;

/// The page of the run or sweep in `dir`.
///
/// # Errors
/// When it is the folder of neither, or one of its files is missing or does not read.
pub fn page(dir: &Path) -> Result<String, ReportError> {
    if dir.join(sweep::PLAN).is_file() {
        sweep::page(dir)
    } else if dir.join(MANIFEST).is_file() {
        run::page(dir, None)
    } else {
        Err(ReportError::Foreign { path: dir.to_path_buf() })
    }
}

/// The page of a run in the making, whose manifest is not in its folder yet.
///
/// # Errors
/// When one of its files is missing or does not read.
pub fn page_of_run(dir: &Path, manifest: &Manifest) -> Result<String, ReportError> {
    run::page(dir, Some(manifest))
}
