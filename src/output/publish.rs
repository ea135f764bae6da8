//! Whole files and whole folders or nothing.
//!
//! Everything is written into a temporary sibling and renamed into place at the end; a reader never sees half of it. On an error,
//! a panic, a drop or a signal the sibling is removed.
//!
//! A folder may be replaced if an earlier run of ours wrote it, which its `manifest.json` tells, or if it is empty. Of what is in
//! it only the files that this manifest lists are replaced; everything else stays.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::output::OutputError;
use crate::output::manifest::{FILE_NAME, Manifest};

use super::staging::{Staging, dead, sibling, sweep_up};

/// The folder that holds the folders of runs; never one itself.
pub const OUTPUTS: &str = "outputs";

/// A folder in the making; its target changes only when it is published.
#[derive(Debug)]
pub struct RunFolder {
    target: PathBuf,
    staging: Staging,
}

impl RunFolder {
    /// Begins a folder that shall stand at `target`, or where the symbolic link of that name leads, making the folders above it.
    ///
    /// # Errors
    /// [`OutputError::ForeignFolder`] when something else is there, [`OutputError::NotForOneRun`] when it is no place for a run, or
    /// when the file system refuses.
    pub fn create(target: &Path) -> Result<RunFolder, OutputError> {
        let target = followed(target)?;
        is_for_one(&target)?;
        replaceable(&target)?;
        for folder in dead(&target, "replaced") {
            // A run was killed between its last two renames.
            if fs::exists(&target).is_ok_and(|there| !there) {
                fs::rename(&folder, &target).map_err(OutputError::io("restore", &target))?;
            } else {
                take_over(&folder, &target)?;
            }
        }
        if target.is_dir() {
            movable(&target, &kept(&target)?)?;
        }
        sweep_up(&target);
        let staging = Staging::beside(&target);
        staging.make(staging.path()).map_err(OutputError::io("make", staging.path()))?;
        Ok(RunFolder { target, staging })
    }

    /// Where to write the file called `name`, a path inside the folder. Panics if it leads out of it, which is a fault of the caller.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn file(&self, name: &str) -> Result<PathBuf, OutputError> {
        assert!(Path::new(name).components().all(|step| matches!(step, Component::Normal(_))), "'{name}' leads out of the folder");
        let path = self.staging.path().join(name);
        let folder = path.parent().expect("a joined path has a parent");
        self.staging.make(folder).map_err(OutputError::io("make", folder))?;
        Ok(path)
    }

    /// Writes the file called `name` with `bytes`.
    ///
    /// # Errors
    /// As [`RunFolder::file`], and when the file cannot be written.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), OutputError> {
        let path = self.file(name)?;
        fs::write(&path, bytes).map_err(OutputError::io("write", &path))
    }

    /// The folder being filled.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.staging.path()
    }

    /// Writes the manifest and puts the folder in place of what was there. Gives the paths inside of it, files and whole folders,
    /// that no run has written and that were kept.
    ///
    /// # Errors
    /// As [`RunFolder::create`], and [`OutputError::Kept`] when a file to be kept has the name of a new one; the target is then as
    /// it was.
    pub fn publish(self, manifest: &Manifest) -> Result<Vec<PathBuf>, OutputError> {
        manifest.write(&self.staging.path().join(FILE_NAME))?;
        let RunFolder { target, staging } = self;
        // Hours may have passed since the first look.
        replaceable(&target)?;
        if !fs::exists(&target).map_err(OutputError::io("read", &target))? {
            staging.publish(|new| fs::rename(new, &target)).map_err(OutputError::io("publish", &target))?;
            return Ok(Vec::new());
        }
        let kept = kept(&target)?;
        movable(&target, &kept)?;
        let taken = kept.into_iter().find(|path| staging.path().join(path).symlink_metadata().is_ok_and(|m| !m.is_dir()));
        if let Some(path) = taken {
            return Err(OutputError::Kept { path: target.join(path) });
        }
        let old = sibling(&target, "replaced");
        staging.publish(|new| {
            fs::rename(&target, &old).map_err(OutputError::io("replace", &target))?;
            if let Err(error) = fs::rename(new, &target) {
                // Back to how it was; if that fails too, the next run does it.
                let _ = fs::rename(&old, &target);
                return Err(OutputError::io("publish", &target)(error));
            }
            take_over(&old, &target)
        })
    }
}

/// Has `write` make a file whole: it gets the path of a temporary sibling, which then takes the name `path`.
///
/// # Errors
/// Those of `write`, or when the file system refuses; what was at `path` is then still there.
pub fn publish_file<T>(path: &Path, write: impl FnOnce(&Path) -> Result<T, OutputError>) -> Result<T, OutputError> {
    let path = followed(path)?;
    sweep_up(&path);
    publish_among_many(&path, write)
}

/// As [`publish_file`], in a folder of thousands of such files: links are not followed, and nobody looks through all the others
/// for what a killed process left of this one.
///
/// # Errors
/// As [`publish_file`].
pub fn publish_among_many<T>(path: &Path, write: impl FnOnce(&Path) -> Result<T, OutputError>) -> Result<T, OutputError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(OutputError::io("make", folder))?;
    }
    let staging = Staging::beside(path);
    let value = write(staging.path())?;
    staging.publish(|new| fs::rename(new, path)).map_err(OutputError::io("publish", path))?;
    Ok(value)
}

/// Refuses folders that hold more than the results of one run or sweep: `outputs`, where the user is, and what is above.
///
/// # Errors
/// [`OutputError::NotForOneRun`].
pub fn is_for_one(target: &Path) -> Result<(), OutputError> {
    let here = std::env::current_dir().and_then(fs::canonicalize).unwrap_or_default();
    let place = fs::canonicalize(target).unwrap_or_else(|_| here.join(target));
    if here.starts_with(&place) || place == here.join(OUTPUTS) || place.file_name().is_none() {
        return Err(OutputError::NotForOneRun { path: target.to_path_buf() });
    }
    Ok(())
}

/// `path`, or where the symbolic link there leads: results go where the user's link points, and the link stays.
fn followed(path: &Path) -> Result<PathBuf, OutputError> {
    /// As many as the system follows.
    const MOST_LINKS: usize = 40;
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(leads_to) => path = path.parent().unwrap_or(Path::new("")).join(leads_to),
            Err(_) => return Ok(path),
        }
    }
    Err(OutputError::io("follow", &path)(io::Error::other("too many symbolic links")))
}

/// What a run of ours says of itself, of whatever version: who wrote it, and which files.
#[derive(Deserialize)]
struct Ours {
    program: String,
    outputs: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    file: PathBuf,
}

/// The manifest of a folder that a run of ours has written.
fn ours(folder: &Path) -> Option<Ours> {
    let text = fs::read_to_string(folder.join(FILE_NAME)).ok()?;
    let manifest: Ours = serde_json::from_str(&text).ok()?;
    manifest.program.starts_with(concat!(env!("CARGO_PKG_NAME"), " ")).then_some(manifest)
}

fn replaceable(target: &Path) -> Result<(), OutputError> {
    let is_empty = |folder: &Path| folder.read_dir().is_ok_and(|mut entries| entries.next().is_none());
    let there = fs::exists(target).map_err(OutputError::io("look at", target))?;
    let free = !there || (target.is_dir() && (is_empty(target) || ours(target).is_some()));
    if free { Ok(()) } else { Err(OutputError::ForeignFolder { path: target.to_path_buf() }) }
}

/// What stands in a run's folder that the run has not written, as paths inside of it: files, and folders that hold nothing else.
fn kept(folder: &Path) -> Result<Vec<PathBuf>, OutputError> {
    let (files, folders) = written(folder);
    let (mut kept, mut open) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(inside) = open.pop() {
        let place = folder.join(&inside);
        for entry in place.read_dir().map_err(OutputError::io("read", &place))? {
            let entry = entry.map_err(OutputError::io("read", &place))?;
            // A symbolic link is not followed: what it leads to is nobody's output.
            let is_folder = entry.file_type().map_err(OutputError::io("read", &place))?.is_dir();
            let path = inside.join(entry.file_name());
            match is_folder {
                true if folders.contains(&path) => open.push(path),
                false if files.contains(&path) => {}
                _ => kept.push(path),
            }
        }
    }
    kept.sort();
    Ok(kept)
}

/// Moves what no run has written from the `old` folder to the new one at `target`, and removes the rest; the paths moved.
fn take_over(old: &Path, target: &Path) -> Result<Vec<PathBuf>, OutputError> {
    let kept = kept(old)?;
    for path in &kept {
        let (from, to) = (old.join(path), target.join(path));
        if to.symlink_metadata().is_ok() {
            // Nothing is lost: the old folder stays with what has no place in the new one.
            return Err(OutputError::Kept { path: from });
        }
        let folder = to.parent().expect("a joined path has a parent");
        fs::create_dir_all(folder).and_then(|()| fs::rename(&from, &to)).map_err(OutputError::io("keep", &from))?;
    }
    remove_written(old).map_err(OutputError::io("remove", old))?;
    Ok(kept)
}

/// Removes what a run has written, and the folder when nothing else is in it any more.
fn remove_written(old: &Path) -> io::Result<()> {
    let (files, folders) = written(old);
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    // The manifest last: without it the folder would be nobody's.
    files.iter().filter(|file| file.as_path() != Path::new(FILE_NAME)).try_for_each(|file| gone(fs::remove_file(old.join(file))))?;
    for folder in folders.iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
        gone(fs::remove_dir(old.join(folder)))?;
    }
    gone(fs::remove_file(old.join(FILE_NAME)))?;
    gone(fs::remove_dir(old))
}

/// What the manifest of a folder lists, with the manifest itself, and the folders these files are in, outer ones first.
fn written(folder: &Path) -> (BTreeSet<PathBuf>, BTreeSet<PathBuf>) {
    let inside = |file: &Path| file.components().all(|step| matches!(step, Component::Normal(_)));
    let listed = ours(folder).map(|manifest| manifest.outputs).unwrap_or_default();
    let mut files: BTreeSet<PathBuf> = listed.into_iter().map(|output| output.file).filter(|file| inside(file)).collect();
    files.insert(PathBuf::from(FILE_NAME));
    let folders = files.iter().flat_map(|file| file.ancestors().skip(1)).map(Path::to_path_buf).collect();
    (files, folders)
}

/// Whether everything in a run's folder can be moved or removed, before anything is.
fn movable(folder: &Path, kept: &[PathBuf]) -> Result<(), OutputError> {
    let (_, folders) = written(folder);
    let moved = kept.iter().map(|path| folder.join(path)).filter(|path| path.is_dir() && !path.is_symlink());
    let around = folders.iter().map(|path| folder.join(path)).filter(|path| path.is_dir());
    for place in around.chain(moved) {
        #[cfg(unix)]
        rustix::fs::access(&place, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
            .map_err(|error| OutputError::io("write into", &place)(error.into()))?;
    }
    Ok(())
}
