//! Text of a file, or which of the ways in which there can be none it is.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::rules::{MISSING_FILE, NOT_UTF8, UNREADABLE_FILE};
use crate::diagnostic::{Finding, Source, nearest};

/// Reads a text file, or says why not.
///
/// # Errors
/// `missing-file` when nothing is there, `unreadable-file` when it is no regular file or cannot be opened, `not-utf8` when it holds no
/// UTF-8 text.
pub fn read_text(path: &Path) -> Result<Arc<Source>, Finding> {
    let name = path.display().to_string();
    let bytes = regular(path).and_then(|()| std::fs::read(path).map_err(|error| unreadable(path, &error)))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Arc::new(Source::new(name, text))),
        Err(error) => {
            let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
            let message = if wide { format!("'{name}' is UTF-16") } else { format!("'{name}' is not UTF-8 text, see line {line}") };
            Err(NOT_UTF8.finding(message).help("save it as UTF-8").of_file(name))
        }
    }
}

/// Whether `path` is a regular file: what waits for a writer, or never ends, is no input.
///
/// # Errors
/// `missing-file` or `unreadable-file`.
pub fn regular(path: &Path) -> Result<(), Finding> {
    match path.metadata() {
        Ok(found) if found.is_file() => Ok(()),
        Ok(found) => {
            let what = if found.is_dir() { "a folder" } else { "a device or pipe" };
            let finding = UNREADABLE_FILE.finding(format!("'{}' is {what}", path.display())).help("name a regular file");
            Err(finding.of_file(path.display().to_string()))
        }
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Why the file at `path` cannot be read.
#[must_use]
pub fn unreadable(path: &Path, error: &io::Error) -> Finding {
    match error.kind() {
        io::ErrorKind::NotFound => missing(path, "file"),
        _ => {
            let finding = UNREADABLE_FILE.finding(format!("cannot read '{}': {error}", path.display()));
            finding.help("check its permissions and the disk").of_file(path.display().to_string())
        }
    }
}

/// Says that a file or folder is not there.
#[must_use]
pub fn missing(path: &Path, kind: &str) -> Finding {
    MISSING_FILE.finding(format!("there is no {kind} '{}'", path.display())).help(hint(path)).of_file(path.display().to_string())
}

/// The nearest name in the folder.
fn hint(path: &Path) -> String {
    let beside = path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let entries = beside.and_then(|folder| folder.read_dir().ok());
    let mut names: Vec<String> = entries.into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let written = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    if path.to_string_lossy().contains(char::is_control) {
        return "in double quotes a backslash begins an escape, as '\\t' for a tab; write '/', or use single quotes".to_owned();
    }
    match nearest(&written, &names) {
        Some(name) if name != written => format!("did you mean '{name}'?"),
        _ => "a path in a file is relative to that file, one on the command line to where the command runs".to_owned(),
    }
}
