//! Seals: a checksum beside a file of results, over the sweep it belongs to, its name, and its bytes.
//!
//! A file without its seal, with another's, or with a bit that is not as it was written, is none: it is run again, never read.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::output::{OutputError, publish_among_many};

/// How a file of results stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There, and as it was written.
    Whole,
    /// Not there.
    Missing,
    /// There, but not as this sweep wrote it.
    Damaged,
}

/// Has `write` make the file called `name` in the `folder` of a sweep, and seals it. `sweep` is the sweep's fingerprint.
///
/// # Errors
/// Those of `write`, and when the file system refuses.
pub(super) fn publish<T>(
    folder: &Path,
    sweep: &str,
    name: &str,
    write: impl FnOnce(&Path) -> Result<T, OutputError>,
) -> Result<T, OutputError> {
    let path = folder.join(name);
    let (value, seal) = publish_among_many(&path, |file| {
        let value = write(file)?;
        Ok((value, of(sweep, name, file)?))
    })?;
    // Whoever is killed here leaves a file without its seal, and runs it again.
    publish_among_many(&place(&path), |file| fs::write(file, seal + "\n").map_err(OutputError::io("write", file)))?;
    Ok(value)
}

/// Whether the file called `name` in the `folder` of a sweep is as that sweep wrote it.
pub(super) fn state(folder: &Path, sweep: &str, name: &str) -> State {
    let path = folder.join(name);
    if !path.is_file() {
        return State::Missing;
    }
    let written = fs::read(place(&path)).unwrap_or_default();
    let is_whole = of(sweep, name, &path).is_ok_and(|seal| written == (seal + "\n").as_bytes());
    if is_whole { State::Whole } else { State::Damaged }
}

fn place(path: &Path) -> PathBuf {
    path.with_extension("blake3")
}

fn of(sweep: &str, name: &str, file: &Path) -> Result<String, OutputError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(sweep.as_bytes()).update(b"\n").update(name.as_bytes()).update(b"\n");
    let hashed = File::open(file).and_then(|opened| hasher.update_reader(opened).map(drop));
    hashed.map_err(OutputError::io("read", file))?;
    Ok(hasher.finalize().to_hex().to_string())
}
