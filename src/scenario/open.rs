//! A scenario with its feeder: everything read, and all that is wrong told in one go.

use std::path::{Path, PathBuf};

use crate::diagnostic::Findings;
use crate::import::{Feeder, read_folder};

use super::document::{Document, in_override_form};
use super::schema::Scenario;
use super::{Language, Mended, build, lint};

/// A scenario without fault in its text, and its feeder.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The scenario.
    pub scenario: Scenario,
    /// Its text: where every value was written.
    pub document: Document,
    /// The feeder it names.
    pub feeder: Feeder,
    /// Folder of the feeder.
    pub folder: PathBuf,
    /// Every file and folder it names.
    pub files: Vec<PathBuf>,
    /// What is merely odd about the texts.
    pub warnings: Findings,
}

impl Opened {
    /// The study of `seed`, or of the scenario's own seed, with what is merely odd about its meaning.
    ///
    /// # Errors
    /// Everything about the scenario that does not fit its feeder or itself.
    pub fn study(&self, seed: Option<u64>) -> Result<(super::study::Study, Findings), Findings> {
        let seed = seed.unwrap_or(self.scenario.seed);
        build::build(&self.scenario, &self.feeder, seed, Path::new(""), &|path| self.document.locate(path)).map_err(told)
    }
}

/// Findings in the order and the form in which people read them.
fn told(findings: Findings) -> Findings {
    Findings(findings.0.into_iter().map(in_override_form).collect()).sorted()
}

/// Reads the scenario at `path` with `overrides` (`path=value`) laid on top, and its feeder.
///
/// # Errors
/// All findings at once: on the scenario's text, on the feeder's files and, as far as the text can be read, on its meaning. When
/// the texts are sound the meaning is left to [`Opened::study`].
pub fn open(path: &Path, overrides: &[String]) -> Result<Opened, Findings> {
    let document = Document::read(path, overrides).map_err(told)?;
    let language = Language::<Scenario>::new();
    let Mended { value, other, mut findings } = language.as_far_as_it_goes(&document);
    let is_text_sound = !findings.has_errors();
    if let Some((scenario, rest)) = &value {
        lint::sweep_key::check(&language, scenario, rest, &mut findings);
    }
    let place = value.as_ref().map_or(&document, |(_, rest)| rest).file("feeder.path");
    // A folder that is not there has been told.
    let folder = place.filter(|folder| folder.is_dir());
    let feeder = folder.and_then(|folder| match read_folder(&folder) {
        Ok((feeder, warnings)) => {
            findings.extend(warnings);
            Some((feeder, folder))
        }
        Err(faults) => {
            // A file that is not there has no line; the scenario that wants it has.
            let place = document.locate("feeder.path");
            findings.0.extend(faults.0.into_iter().map(|f| if f.location.is_none() { f.located(place.clone()) } else { f }));
            None
        }
    });
    match (value, feeder) {
        (Some((scenario, document)), Some((feeder, folder))) if !findings.has_errors() => {
            let files = language.files(&scenario, &document).into_iter().map(|(_, file)| file).collect();
            Ok(Opened { scenario, document, feeder, folder, files, warnings: findings.sorted() })
        }
        (Some((scenario, rest)), feeder) => {
            let feeder = feeder.as_ref().map(|(feeder, _)| feeder);
            let meaning =
                |s: &Scenario, rest: &Document| build::check(s, feeder, s.seed, Path::new(""), &|path| rest.locate(path)).findings;
            let mut found = meaning(&scenario, &rest);
            if let Some((scenario, rest)) = &other {
                found = found.also_in(&meaning(scenario, rest));
            }
            // On a line with a fault the meaning was guessed; what is odd about the rest can wait until the text is sound.
            let found = found.elsewhere_than(&findings);
            findings.extend(if is_text_sound { found } else { found.errors() });
            Err(told(findings))
        }
        (None, _) => Err(told(findings)),
    }
}
