//! A configuration opened: read, checked as a scenario is, and held against its files; all that is wrong is told in one go.

use std::path::Path;

use super::business::Business;
use super::check;
use super::config::Config;
use super::loaded::Loaded;
use crate::diagnostic::{Finding, Findings};
use crate::ids::Role;
use crate::scenario::lint::missing_file;
use crate::scenario::{Document, Language, Mended};
use crate::table::read::regular;
use crate::time::SimTime;
use crate::uftp::sign::SecretKey;

/// Reads the configuration at `path` of a participant in `role`, and its private key by `read_key`.
///
/// # Errors
/// All findings at once: on its text, on its meaning, and on the files it names.
pub fn load(path: &Path, role: Role, read_key: &dyn Fn(&Path) -> Result<SecretKey, Finding>) -> Result<(Loaded, SecretKey), Findings> {
    let document = Document::read(path, &[])?;
    let Mended { value, other, mut findings } = Language::<Config>::new().as_far_as_it_goes(&document);
    let Some((config, document)) = value else { return Err(findings) };
    let loaded = Loaded { config, document, role, file: path.to_path_buf() };
    let mut meaning = check::all(&loaded);
    if let Some((config, document)) = other {
        meaning = meaning.also_in(&check::all(&Loaded { config, document, role, file: path.to_path_buf() }));
    }
    // A key that is not there has been told.
    let key = loaded.document.file("private_key").filter(|file| file.exists() && !file.is_dir());
    let key = key.and_then(|file| match regular(&file).and_then(|()| read_key(&file)) {
        Ok(key) => Some(key),
        Err(finding) => {
            meaning.push(loaded.at("private_key", finding));
            None
        }
    });
    if let Some(key) = &key {
        check::peers::strangers_to(&loaded, key, &mut meaning);
    }
    // Files are read by the market's calendar, so it has to be one.
    if let Some((calendar, currency)) = loaded.market().filter(|_| !meaning.0.iter().any(check::spoils_the_calendar))
        && let Err(files) = Business::new(&loaded, calendar, currency, 0, SimTime(0))
    {
        // A file that is not there has been told, at the line that names it; what else has no line gets that of the role's table.
        let missing = findings.0.iter().any(|f| f.code == missing_file::RULE.code);
        let untold = files.0.into_iter().filter(|f| !missing || f.code != missing_file::RULE.code);
        let (placed, unplaced): (Vec<Finding>, Vec<Finding>) = untold.partition(|f| f.location.is_some());
        meaning.0.extend(placed);
        let table = if role == Role::Dso { "operator" } else { "aggregator" };
        meaning.0.extend(unplaced.into_iter().filter(|_| !missing).map(|f| loaded.at(table, f)));
    }
    // On a line with a fault the meaning was guessed.
    let meaning = meaning.elsewhere_than(&findings);
    findings.extend(meaning);
    let (key, _) = findings.sorted().or_ok(key)?;
    Ok((loaded, key.expect("a key that cannot be read was found")))
}
