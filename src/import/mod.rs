//! Feeders from files: our own folder form, the neutral CSV form, and the SimBench data set.
//!
//! A reader gives a whole [`Feeder`] or all findings, each with file, line and column. What the tables say about each row is
//! checked here; whether the rows hang together as a radial grid is asked of [`crate::grid::RadialOrder`], because not
//! every use of a feeder needs that.

pub mod columns;
mod feeder;
mod folder;
mod meta;
mod neutral;
mod power_units;
mod responses;
pub mod rules;
mod signs;
pub mod simbench;
mod tables;
mod tap_changers;
mod write;

use std::path::Path;

use crate::diagnostic::Findings;
use crate::table::read::unreadable;

pub use feeder::{ConnectionPower, Feeder};
pub use write::folder_files;

/// Reads a feeder from a folder in either form: ours has `feeder.toml`, the neutral one `nodes.csv`.
///
/// # Errors
/// All findings, if one of them is an error; else they are warnings.
pub fn read_folder(path: &Path) -> Result<(Feeder, Findings), Findings> {
    read_either(path).map(|(feeder, warnings)| (feeder, warnings.gathered())).map_err(Findings::gathered)
}

fn read_either(path: &Path) -> Result<(Feeder, Findings), Findings> {
    let there = |file: &str| path.join(file).try_exists().map_err(|error| Findings::from(unreadable(&path.join(file), &error)));
    if path.is_file() {
        let message = format!("'{}' is a file, not a feeder folder", path.display());
        return Err(rules::NOT_A_FEEDER.finding(message).help("name the folder that holds it").into());
    }
    if there(meta::FILE)? {
        folder::read(path).and_then(|(feeder, warnings)| signs::checked(feeder, warnings, path, &signs::OURS))
    } else if there(neutral::NODES)? {
        neutral::read(path).and_then(|(feeder, warnings)| signs::checked(feeder, warnings, path, &signs::NEUTRAL))
    } else {
        let message = format!("'{}' is not a feeder folder", path.display());
        let help = format!("it needs {} or, for neutral CSV, {}", meta::FILE, neutral::NODES);
        Err(rules::NOT_A_FEEDER.finding(message).help(help).into())
    }
}
