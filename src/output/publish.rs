//! Whole files and whole folders or nothing.
//!
//! Everything is written into a temporary sibling, `.NAME.PID.partial`, and renamed into place at the end; a reader never sees
//! half of it. On an error, a panic or a drop the sibling is removed. Only a killed process leaves one behind; it is never
//! taken for a run, and may be removed by hand.
//!
//! A folder may be replaced if it is the folder of a run, that is if it holds `manifest.json`, or if it is empty.

use std::fs;
use std::path::{Path, PathBuf};

use crate::output::OutputError;
use crate::output::manifest::{FILE_NAME, Manifest};

/// A folder in the making; its target changes only when it is published.
#[derive(Debug)]
pub struct RunFolder {
    target: PathBuf,
    staging: Staging,
}

/// A temporary sibling, removed when dropped.
#[derive(Debug)]
struct Staging(PathBuf);

impl Staging {
    fn remove(&self) {
        // Nothing sensible is left to do if this fails; the name says that it is not a result.
        let _ = if self.0.is_dir() { fs::remove_dir_all(&self.0) } else { fs::remove_file(&self.0) };
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.remove();
    }
}

impl RunFolder {
    /// Begins a folder that shall stand at `target`, making the folders above it.
    ///
    /// # Errors
    /// [`OutputError::ForeignFolder`] when something else is there, or when the file system refuses.
    pub fn create(target: &Path) -> Result<RunFolder, OutputError> {
        replaceable(target)?;
        // A killed process of our number may have left one.
        let staging = Staging(sibling(target, "partial"));
        staging.remove();
        fs::create_dir_all(&staging.0).map_err(OutputError::io("make", &staging.0))?;
        Ok(RunFolder { target: target.to_path_buf(), staging })
    }

    /// Where to write the file called `name`, which may lie in a folder inside.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn file(&self, name: &str) -> Result<PathBuf, OutputError> {
        let path = self.staging.0.join(name);
        let folder = path.parent().expect("a joined path has a parent");
        fs::create_dir_all(folder).map_err(OutputError::io("make", folder))?;
        Ok(path)
    }

    /// The folder being filled.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.staging.0
    }

    /// Writes the manifest and puts the folder in place of what was there.
    ///
    /// # Errors
    /// As [`RunFolder::create`]; the target is then as it was.
    pub fn publish(self, manifest: &Manifest) -> Result<(), OutputError> {
        manifest.write(&self.staging.0.join(FILE_NAME))?;
        // Hours may have passed since the first look.
        replaceable(&self.target)?;
        let before = Staging(sibling(&self.target, "replaced"));
        if self.target.exists() {
            fs::rename(&self.target, &before.0).map_err(OutputError::io("replace", &self.target))?;
        }
        fs::rename(&self.staging.0, &self.target).map_err(|error| {
            // Back to how it was; if that fails too, the old run must not be removed with `before`.
            if fs::rename(&before.0, &self.target).is_err() {
                std::mem::forget(before);
            }
            OutputError::io("publish", &self.target)(error)
        })
    }
}

/// Has `write` make a file whole: it gets the path of a temporary sibling, which then takes the name `path`.
///
/// # Errors
/// Those of `write`, or when the file system refuses; what was at `path` is then still there.
pub fn publish_file<T>(path: &Path, write: impl FnOnce(&Path) -> Result<T, OutputError>) -> Result<T, OutputError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(OutputError::io("make", folder))?;
    }
    let staging = Staging(sibling(path, "partial"));
    let value = write(&staging.0)?;
    fs::rename(&staging.0, path).map_err(OutputError::io("publish", path))?;
    Ok(value)
}

fn replaceable(target: &Path) -> Result<(), OutputError> {
    let empty = |folder: &Path| folder.read_dir().is_ok_and(|mut entries| entries.next().is_none());
    let ours = !target.exists() || target.join(FILE_NAME).is_file() || (target.is_dir() && empty(target));
    if ours { Ok(()) } else { Err(OutputError::ForeignFolder { path: target.to_path_buf() }) }
}

/// A hidden name beside `path` that no other process uses.
fn sibling(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().map_or_else(|| "out".into(), |name| name.to_string_lossy());
    path.with_file_name(format!(".{name}.{}.{what}", std::process::id()))
}
