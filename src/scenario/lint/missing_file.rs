//! Files and folders that a scenario names and that are not there.

use std::io;
use std::path::Path;

use crate::diagnostic::{Finding, Rule, Severity, nearest};

/// The rule.
pub const RULE: Rule = Rule {
    code: "missing-file",
    severity: Severity::Error,
    what: "A file or folder is not there or cannot be read.",
    why: "A path in a scenario is relative to the file that wrote it, not to where the command runs; on the command line it is \
          relative to where the command runs.",
    example: "extends = \"vilage.toml\"",
    mend: "extends = \"village.toml\"",
};

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Finding {
    let finding = match error.kind() {
        io::ErrorKind::NotFound => RULE.finding(format!("there is no file '{}'", path.display())),
        io::ErrorKind::InvalidData => RULE.finding(format!("'{}' is not UTF-8 text", path.display())),
        _ => RULE.finding(format!("cannot read '{}': {error}", path.display())),
    };
    finding.help(hint(path))
}

/// Whether `path` is a folder (`folder`) or a file that can be opened; else why not.
pub(crate) fn check(path: &Path, folder: bool) -> Result<(), Finding> {
    let kind = if folder { "folder" } else { "file" };
    match path.metadata() {
        Ok(found) if found.is_dir() == folder => Ok(()),
        Ok(_) => Err(RULE.finding(format!("'{}' is not a {kind}", path.display())).help(format!("name a {kind}"))),
        Err(_) => Err(RULE.finding(format!("there is no {kind} '{}'", path.display())).help(hint(path))),
    }
}

/// The nearest name in the folder, or the innermost folder that is there.
fn hint(path: &Path) -> String {
    let beside = path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let entries = beside.and_then(|folder| folder.read_dir().ok());
    let mut names: Vec<String> = entries.into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let written = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    match nearest(&written, &names) {
        Some(name) if name != written => format!("did you mean '{name}'?"),
        _ => "paths in a scenario are relative to the file that wrote them".to_owned(),
    }
}
