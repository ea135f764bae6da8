//! The archive: every message sent and received as a file, byte for byte, numbered from first to last.
//!
//! Numbers follow from the journal, so a restart finds each file under its number, writes what is missing and overwrites nothing.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

/// A folder of messages.
#[derive(Debug)]
pub(super) struct Archive {
    folder: PathBuf,
    number: usize,
}

impl Archive {
    /// The highest number in a folder; 0 if there is none.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn highest(folder: &std::path::Path) -> io::Result<usize> {
        let mut highest = 0;
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            let digits: String = name.to_string_lossy().chars().take_while(char::is_ascii_digit).collect();
            highest = highest.max(digits.parse().unwrap_or(0));
        }
        Ok(highest)
    }

    /// The archive in `folder`, which goes on after `number`.
    pub(super) fn new(folder: PathBuf, number: usize) -> Archive {
        Archive { folder, number }
    }

    /// Keeps a message under the next number, as a whole or not at all. What is there already is left as it is.
    ///
    /// # Errors
    /// What the system says, or [`io::ErrorKind::AlreadyExists`] if another message has the number.
    pub(super) fn keep(&mut self, way: &str, name: &str, payload: &[u8]) -> io::Result<()> {
        self.number += 1;
        let path = self.folder.join(format!("{:05}-{way}-{name}.xml", self.number));
        if path.exists() {
            let same = fs::read(&path)? == payload;
            return if same {
                Ok(())
            } else {
                Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("'{}' is another message", path.display())))
            };
        }
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
        let mut archive = Archive::new(folder.clone(), begin);
        archive.keep("out", "FlexOffer", b"a").unwrap();
        archive.keep("in", "FlexOrder", b"b").unwrap();
        fs::remove_file(folder.join("00009-in-FlexOrder.xml")).unwrap();
        let mut again = Archive::new(folder.clone(), begin);
        again.keep("out", "FlexOffer", b"a").unwrap();
        again.keep("in", "FlexOrder", b"b").unwrap();
        let mut other = Archive::new(folder.clone(), begin);
        assert_eq!(other.keep("out", "FlexOffer", b"x").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!((read("00008-out-FlexOffer.xml"), read("00009-in-FlexOrder.xml")), ("a".to_owned(), "b".to_owned()));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
        fs::remove_dir_all(&folder).unwrap();
    }
}
