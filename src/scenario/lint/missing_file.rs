//! Files and folders that a scenario names and that are not there.

use std::path::Path;

use crate::diagnostic::Finding;
use crate::table::read::missing;
pub use crate::table::rules::MISSING_FILE as RULE;

/// Whether `path` is a folder (`folder`) or a file that can be opened; else why not.
pub(crate) fn check(path: &Path, folder: bool) -> Result<(), Finding> {
    let kind = if folder { "folder" } else { "file" };
    match path.metadata() {
        Ok(found) if found.is_dir() == folder => Ok(()),
        Ok(_) => Err(RULE.finding(format!("'{}' is not a {kind}", path.display())).help(format!("name a {kind}"))),
        Err(_) => Err(missing(path, kind)),
    }
}
