//! Message files: a payload message or an envelope around one, from files, folders or standard input.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::rules::NO_MESSAGE;
use crate::diagnostic::{Finding, Findings};
use crate::table::rules::UNREADABLE_FILE;
use crate::uftp::message::Message;
use crate::uftp::sign::SignedMessage;
use crate::uftp::xml::{self, Problem, ReadError};

/// A file and the message in it.
pub(super) struct Loaded {
    /// Path as the user gave it, or `-`.
    pub file: String,
    /// The envelope, if it has one; its signature is not verified.
    pub envelope: Option<SignedMessage>,
    /// The message, or why there is none.
    pub message: Result<Arc<Message>, ReadError>,
}

/// Reads files, the `.xml` files of folders (in the order of their names) and `-`, standard input.
///
/// # Errors
/// `unreadable-file`, for all that cannot be read at once, and `no-message` for folders without any.
pub(super) fn all(paths: &[PathBuf]) -> Result<Vec<Loaded>, Findings> {
    let (mut loaded, mut findings) = (Vec::new(), Findings::default());
    for path in paths {
        match expand(path).and_then(|files| files.iter().map(|file| Ok(parse(&name(file), &bytes(file)?))).collect::<Result<Vec<_>, _>>()) {
            Ok(some) => loaded.extend(some),
            Err(finding) => findings.push(finding),
        }
    }
    findings.or_ok(loaded).map(|(loaded, _)| loaded)
}

/// The bytes of a file, or of standard input.
///
/// # Errors
/// `unreadable-file`, with what the system says.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, Finding> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") { std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes) } else { std::fs::read(path) };
    read.map_err(|e| unreadable(path, &e))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Finding {
    UNREADABLE_FILE.finding(format!("cannot read '{}': {error}", path.display()))
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn expand(path: &Path) -> Result<Vec<PathBuf>, Finding> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let entries = std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(|e| unreadable(path, &e))?;
    let mut files: Vec<PathBuf> =
        entries.iter().map(std::fs::DirEntry::path).filter(|p| p.extension().is_some_and(|e| e == "xml")).collect();
    files.sort();
    if files.is_empty() {
        return Err(NO_MESSAGE.finding(format!("'{}' holds no .xml files", path.display())).help("name a folder of messages"));
    }
    Ok(files)
}

fn parse(file: &str, text: &[u8]) -> Loaded {
    let file = file.to_owned();
    match SignedMessage::read(text) {
        Ok(envelope) => {
            let message = xml::read(envelope.unverified()).map(Arc::new);
            Loaded { file, envelope: Some(envelope), message }
        }
        Err(ReadError { problem: Problem::UnknownRoot { .. }, .. }) => {
            Loaded { file, envelope: None, message: xml::read(text).map(Arc::new) }
        }
        Err(error) => Loaded { file, envelope: None, message: Err(error) },
    }
}
