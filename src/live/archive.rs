//! The archive: every message sent and received as a file, byte for byte, numbered from first to last.
//!
//! Numbers follow from the journal, so a restart finds each file under its number, writes what is missing and overwrites nothing.
//! A number that another participant has given in the meantime is passed over. The folder is locked while it is in use.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::rules::JOURNAL_IN_USE;
use crate::diagnostic::Finding;

/// A folder of messages.
#[derive(Debug)]
pub(super) struct Archive {
    folder: PathBuf,
    number: usize,
    /// Held as long as the archive is.
    _lock: Option<File>,
}

impl Archive {
    /// The highest number in a folder; 0 if there is none.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn highest(folder: &Path) -> io::Result<usize> {
        let mut highest = 0;
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            highest = highest.max(number(&name.to_string_lossy()).unwrap_or(0));
        }
        Ok(highest)
    }

    /// Locks a folder, if it is there and its file system has locks: two that number messages in it would get in each other's way.
    ///
    /// # Errors
    /// `journal-in-use`.
    pub(super) fn lock(folder: &Path) -> Result<Option<File>, Finding> {
        let Ok(file) = File::open(folder) else { return Ok(None) };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let finding = JOURNAL_IN_USE.finding(format!("another participant keeps its messages in '{}'", folder.display()));
                Err(finding.help("stop it first, or name another folder"))
            }
            // A file system without locks protects nobody; that is no reason to trade with nobody.
            Err(TryLockError::Error(_)) => Ok(None),
            Ok(()) => Ok(Some(file)),
        }
    }

    /// The archive in `folder`, which goes on after `number` and keeps `lock`.
    pub(super) fn new(folder: PathBuf, number: usize, lock: Option<File>) -> Archive {
        Archive { folder, number, _lock: lock }
    }

    /// Keeps a message under the next number that no other message has, as a whole or not at all. What is there already is left
    /// as it is.
    ///
    /// # Errors
    /// What the system says, or that there is no number left.
    pub(super) fn keep(&mut self, way: &str, name: &str, payload: &[u8]) -> io::Result<()> {
        let path = loop {
            self.number = self.number.checked_add(1).ok_or_else(|| io::Error::other("the numbers are used up"))?;
            let path = self.folder.join(format!("{:05}-{way}-{name}.xml", self.number));
            if !path.exists() {
                break path;
            }
            if fs::read(&path)? == payload {
                return Ok(());
            }
        };
        let partial = self.folder.join(format!(".{:05}.partial", self.number));
        let written = File::create(&partial).and_then(|mut file| file.write_all(payload).and_then(|()| file.sync_data()));
        let kept = written.and_then(|()| fs::rename(&partial, &path));
        if kept.is_err() {
            // Nothing is left of what is not whole; a full disk may refuse even that, and the name says what it is.
            let _ = fs::remove_file(&partial);
        }
        kept
    }
}

/// The number of a file that an archive has written, such as `00007-in-FlexOrder.xml`.
fn number(name: &str) -> Option<usize> {
    let (digits, rest) = name.split_once('-')?;
    let kept = rest.ends_with(".xml") && (rest.starts_with("in-") || rest.starts_with("out-"));
    (kept && digits.len() >= 5 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_writes_what_is_missing_and_overwrites_nothing() {
        let folder = std::env::temp_dir().join(format!("copperplate-archive-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("00007-in-FlexOrder.xml"), "older").unwrap();
        let begin = Archive::highest(&folder).unwrap();
        assert_eq!(begin, 7);
        let mut archive = Archive::new(folder.clone(), begin, None);
        archive.keep("out", "FlexOffer", b"a").unwrap();
        archive.keep("in", "FlexOrder", b"b").unwrap();
        fs::remove_file(folder.join("00009-in-FlexOrder.xml")).unwrap();
        let mut again = Archive::new(folder.clone(), begin, None);
        again.keep("out", "FlexOffer", b"a").unwrap();
        again.keep("in", "FlexOrder", b"b").unwrap();
        let mut other = Archive::new(folder.clone(), begin, None);
        // Another participant's numbers are passed over, now and at every restart.
        other.keep("out", "FlexOffer", b"x").unwrap();
        other.keep("in", "FlexOrder", b"y").unwrap();
        let mut restarted = Archive::new(folder.clone(), begin, None);
        restarted.keep("out", "FlexOffer", b"x").unwrap();
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!((read("00008-out-FlexOffer.xml"), read("00009-in-FlexOrder.xml")), ("a".to_owned(), "b".to_owned()));
        assert_eq!((read("00009-out-FlexOffer.xml"), read("00010-in-FlexOrder.xml")), ("x".to_owned(), "y".to_owned()));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 5);
        fs::write(folder.join("18446744073709551615-in-FlexOrder.xml"), "").unwrap();
        let mut full = Archive::new(folder.clone(), Archive::highest(&folder).unwrap(), None);
        assert!(full.keep("in", "FlexOrder", b"z").is_err());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_no_archive_wrote_has_no_number() {
        for name in ["2026-03-notes.xml", "18446744073709551615.xml", "7-in-FlexOrder.xml", "00007-in-FlexOrder.txt", "notes.xml"] {
            assert_eq!(number(name), None, "{name}");
        }
        assert_eq!((number("00007-in-FlexOrder.xml"), number("123456-out-X.xml")), (Some(7), Some(123_456)));
    }

    #[test]
    fn one_at_a_time() {
        let folder = std::env::temp_dir().join(format!("copperplate-archive-lock-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let lock = Archive::lock(&folder).unwrap();
        assert_eq!(Archive::lock(&folder).unwrap_err().code, "journal-in-use");
        drop(lock);
        assert!(Archive::lock(&folder).is_ok());
        fs::remove_dir_all(&folder).unwrap();
    }
}
