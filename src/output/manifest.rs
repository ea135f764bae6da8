//! `manifest.json`: what was run, on what, with what outcome. The only file that may hold clock, host and durations.

use std::fs::{self, File};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::output::OutputError;

/// Program and version, as every record of results says them.
pub const PROGRAM: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// Name of the manifest in a run's folder.
pub const FILE_NAME: &str = "manifest.json";

/// The record of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Program and version, `copperplate 0.1.0`.
    pub program: String,
    /// Outcome of the whole.
    pub status: Status,
    /// The scenario's file as it was given.
    pub scenario: String,
    /// What the command line laid over it, `path=value`.
    pub overrides: Vec<String>,
    /// Seeds, in the order of cases.
    pub seeds: Vec<u64>,
    /// Names of the strategies, in the order of cases.
    pub strategies: Vec<String>,
    /// Every file that was read.
    pub inputs: Vec<Input>,
    /// Every file that was written, the manifest apart.
    pub outputs: Vec<Output>,
    /// When the run began, UTC, RFC 3339; given by who looked at the clock.
    pub started: Option<String>,
    /// Wall time by phase in seconds, in the order of phases.
    pub durations: Vec<Duration>,
}

/// Outcome of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Every case ran to its end.
    Complete,
    /// Some cases failed; each has a row with its reason.
    CasesFailed,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Path as the scenario resolves it.
    pub path: String,
    /// Length in bytes.
    pub bytes: u64,
    /// BLAKE3 of its content, hexadecimal.
    pub blake3: String,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Path inside the run's folder.
    pub file: String,
    /// Rows, of a table.
    pub rows: Option<usize>,
    /// BLAKE3 of its content, hexadecimal.
    pub blake3: String,
}

/// Wall time of a phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    /// The phase.
    pub phase: String,
    /// Its length in seconds.
    pub seconds: f64,
}

impl Input {
    /// The fingerprint of the file at `path`; of a folder, of every file in and below it, by name.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn of(path: &Path) -> Result<Vec<Input>, OutputError> {
        let read = |path: &Path| OutputError::io("read", path);
        if !path.is_dir() {
            let bytes = path.metadata().map_err(read(path))?.len();
            return Ok(vec![Input { path: path.display().to_string(), bytes, blake3: fingerprint(path)? }]);
        }
        let entries = path.read_dir().and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(read(path))?;
        let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.sort();
        let files = paths.iter().map(|path| Input::of(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(files.concat())
    }
}

impl Output {
    /// The record of the file called `file` in the run's `folder`.
    ///
    /// # Errors
    /// When it cannot be read back.
    pub fn of(folder: &Path, file: &str, rows: Option<usize>) -> Result<Output, OutputError> {
        Ok(Output { file: file.to_owned(), rows, blake3: fingerprint(&folder.join(file))? })
    }
}

impl Manifest {
    /// Writes it as indented JSON.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), OutputError> {
        let text = serde_json::to_string_pretty(self).expect("a manifest serialises") + "\n";
        fs::write(path, text).map_err(OutputError::io("write", path))
    }

    /// Reads one back.
    ///
    /// # Errors
    /// When it cannot be read or is not one.
    pub fn read(path: &Path) -> Result<Manifest, OutputError> {
        let text = fs::read_to_string(path).map_err(OutputError::io("read", path))?;
        serde_json::from_str(&text).map_err(|source| OutputError::ForeignManifest { path: path.to_path_buf(), source })
    }
}

fn fingerprint(path: &Path) -> Result<String, OutputError> {
    let mut hasher = blake3::Hasher::new();
    let hashed = File::open(path).and_then(|file| hasher.update_reader(file).map(drop));
    hashed.map_err(OutputError::io("read", path))?;
    Ok(hasher.finalize().to_hex().to_string())
}
