//! Temporary siblings: what is being written, until it takes its name.
//!
//! A sibling is called `.NAME.HOST-PID.partial`. It is removed when it is dropped, and by [`abandon`] when the process is told to
//! end. One of a process that was killed is removed by the next that writes the same name on that machine.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Siblings of this process that are there now. A process that ends by a signal has no other way to know them.
static LIVE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A temporary sibling, removed when dropped.
#[derive(Debug)]
pub(super) struct Staging(PathBuf);

impl Staging {
    /// Takes the name for what shall stand at `target`.
    pub(super) fn beside(target: &Path) -> Staging {
        let path = sibling(target, "partial");
        live().insert(path.clone());
        Staging(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes a folder in it, which waits for ever once the process is to end.
    pub(super) fn make(&self, folder: &Path) -> io::Result<()> {
        let _live = live();
        fs::create_dir_all(folder)
    }

    /// Does `take_name`, which gives it its name, without being ended half-way.
    pub(super) fn publish<T>(self, take_name: impl FnOnce(&Path) -> T) -> T {
        let _live = live();
        take_name(&self.0)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let mut live = live();
        remove(&self.0);
        live.remove(&self.0);
    }
}

/// Removes everything this process has not finished writing. Whatever is written afterwards waits for ever, so the process must
/// end now.
pub fn abandon() {
    let live = live();
    for path in live.iter() {
        // Another thread may have been writing into it.
        (0..10).take_while(|_| path.symlink_metadata().is_ok()).for_each(|_| remove(path));
    }
    std::mem::forget(live);
}

fn live() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    // A set of names is right at any moment.
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remove(path: &Path) {
    // Nothing sensible is left to do if this fails; the name says that it is not a result.
    let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

/// A hidden name beside `target` that no other process uses.
pub(super) fn sibling(target: &Path, what: &str) -> PathBuf {
    target.with_file_name(format!("{}{}.{what}", prefix(target), std::process::id()))
}

/// Removes what killed processes have left of a file or folder `target`.
pub(super) fn sweep_up(target: &Path) {
    dead(target, "partial").iter().for_each(|path| remove(path));
}

/// The siblings of `target` called `what` whose process is gone.
pub(super) fn dead(target: &Path, what: &str) -> Vec<PathBuf> {
    let (prefix, suffix) = (prefix(target), format!(".{what}"));
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_dead = |name: &str| {
        let process = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(&suffix)).and_then(|id| id.parse().ok());
        process.is_some_and(|id| !is_alive(id))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| is_dead(&entry.file_name().to_string_lossy())).map(|entry| target.with_file_name(entry.file_name())).collect()
}

/// Removes what killed processes of this machine have left of any file in a folder.
pub fn sweep_up_all(folder: &Path) {
    let host = format!(".{}", host());
    let is_dead = |name: &str| {
        let (rest, id) = name.strip_prefix('.')?.strip_suffix(".partial")?.rsplit_once('-')?;
        Some(rest.ends_with(&host) && !is_alive(id.parse().ok()?))
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_dead(&entry.file_name().to_string_lossy()) == Some(true) {
            remove(&entry.path());
        }
    }
}

fn prefix(target: &Path) -> String {
    let name = target.file_name().map_or_else(|| "out".into(), |name| name.to_string_lossy());
    format!(".{name}.{}-", host())
}

/// The machine's name: a folder may be shared by several, and a process is known on its own machine only.
fn host() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let name = "host".to_owned();
    name.replace(['/', '\\'], "-")
}

fn is_alive(process: i32) -> bool {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, test_kill_process};
        let asked = Pid::from_raw(process).map(test_kill_process);
        // A process of somebody else is one.
        !matches!(asked, None | Some(Err(rustix::io::Errno::SRCH)))
    }
    #[cfg(not(unix))]
    {
        let _ = process;
        true
    }
}
