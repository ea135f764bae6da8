//! Files a command writes: published whole or not at all, and never over a file that is somebody's own.

use std::path::Path;

use super::rules::FILE_EXISTS;
use crate::diagnostic::Findings;
use crate::output::manifest::{Input, Manifest, Output, PROGRAM, Status};
use crate::output::{OutputError, RunFolder, publish_file};

/// Writes `files` into `dir`, which is made when it is not there. Files that are there already with another content are somebody's
/// own.
///
/// # Errors
/// `file-exists`, and `cannot-write` with what the system says; nothing was written then unless the system refused a later file.
pub(super) fn publish(dir: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), Findings> {
    let mut findings = Findings::default();
    for (name, bytes) in files {
        let path = dir.join(name);
        if path.symlink_metadata().is_ok() && std::fs::read(&path).is_ok_and(|there| there != *bytes) {
            findings.push(FILE_EXISTS.finding(format!("'{}' already exists", path.display())).help("move it away, or name another folder"));
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    for (name, bytes) in files {
        publish_file(&dir.join(name), |file| std::fs::write(file, bytes).map_err(OutputError::io("write", file)))?;
    }
    Ok(())
}

/// Writes `files` as the folder of results `dir`, made from `inputs`; it replaces results that are there already.
///
/// # Errors
/// `foreign-folder` when something else is there, and `cannot-write`; nothing was written then.
pub(super) fn publish_results(dir: &Path, inputs: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), Findings> {
    let folder = RunFolder::create(dir)?;
    for (name, bytes) in files {
        folder.write(name, bytes)?;
    }
    let manifest = Manifest {
        program: PROGRAM.to_owned(),
        status: Status::Complete,
        scenario: inputs.display().to_string(),
        overrides: Vec::new(),
        seeds: Vec::new(),
        strategies: Vec::new(),
        inputs: Input::of(inputs)?,
        outputs: files.iter().map(|(name, _)| Output::of(folder.path(), name, None)).collect::<Result<_, _>>()?,
        started: None,
        durations: Vec::new(),
    };
    folder.publish(&manifest)?;
    Ok(())
}

/// A CSV text with a header.
pub(super) fn csv(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let in_memory = "writing to memory does not fail";
    writer.write_record(columns).expect(in_memory);
    rows.for_each(|row| writer.write_record(row).expect(in_memory));
    writer.into_inner().expect(in_memory)
}
