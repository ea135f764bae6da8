//! Files a command writes: published whole or not at all, all under temporary names first, then renamed.

use std::path::Path;

use crate::diagnostic::Findings;
use crate::output::error::CANNOT_WRITE;

/// Writes `files` into `dir`, which is made when it is not there.
///
/// # Errors
/// `cannot-write`, with what the system says; then no file of that name was changed unless a rename itself failed.
pub(super) fn publish(dir: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), Findings> {
    let failed = |what: &Path, e: std::io::Error| Findings::from(CANNOT_WRITE.finding(format!("cannot write '{}': {e}", what.display())));
    std::fs::create_dir_all(dir).map_err(|e| failed(dir, e))?;
    let temporary = |name: &str| dir.join(format!(".{name}.partial"));
    for (name, bytes) in files {
        if let Err(e) = std::fs::write(temporary(name), bytes) {
            for (name, _) in files {
                // What was not written cannot be removed either.
                let _ = std::fs::remove_file(temporary(name));
            }
            return Err(failed(&dir.join(name), e));
        }
    }
    for (name, _) in files {
        std::fs::rename(temporary(name), dir.join(name)).map_err(|e| failed(&dir.join(name), e))?;
    }
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
