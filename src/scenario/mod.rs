//! The scenario language: TOML with layers and overrides, checked against the Rust types it is read into.
//!
//! One description serves all: the types derive `Deserialize`, `Serialize` and `JsonSchema`; from the schema come the checker,
//! `copperplate schema` and the samples in help texts. What the derive understands of it stands in `shape.rs`. Beyond it, a text
//! whose schema has `format` `file` or `folder` (`#[schemars(extend("format" = "file"))]`) must name one that is there, and one
//! with `refers_to` (`#[schemars(extend("refers_to" = "contract.id"))]`) an item of the table called so in `lint/references.rs`.
//!
//! ```text
//! text ── node (tree with spans) ── document (layers, overrides) ── check (shape) ── read (serde) ── lint (meaning) ── build (study)
//! ```

mod annotation;
pub mod build;
mod check;
mod default_kind;
pub mod distribution;
pub mod document;
mod editor;
mod example;
mod explain;
pub mod keys;
pub mod lint;
mod node;
mod open;
mod overlay;
mod path;
mod portfolio;
mod prosumers;
mod read;
pub mod schema;
mod sessions;
mod shape;
pub mod strategies;
pub mod study;
pub mod sweep_table;
mod unit;
mod weather;

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

pub use document::Document;
pub use editor::editor_schema;
pub use explain::{explain, explain_scenario};
pub use open::{Opened, open};

use crate::diagnostic::{Findings, Location};

/// Reads the scenario at `path` with `overrides` (`path=value`) laid on top: the typed value, its text, and warnings.
///
/// # Errors
/// All findings at once, in the order of the text.
pub fn load<T: DeserializeOwned + JsonSchema>(path: &Path, overrides: &[String]) -> Result<(T, Document, Findings), Findings> {
    let document = Document::read(path, overrides)?;
    let (value, warnings) = typed(&document)?;
    Ok((value, document, warnings))
}

/// Checks a document against `T` and reads it.
///
/// # Errors
/// All findings at once, in the order of the text.
pub fn typed<T: DeserializeOwned + JsonSchema>(document: &Document) -> Result<(T, Findings), Findings> {
    Language::new().read(document)
}

/// What documents of type `T` may say: made once by whoever reads many of them.
#[derive(Debug)]
pub struct Language<T> {
    shapes: shape::Shapes,
    read_into: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + JsonSchema> Language<T> {
    /// The language of `T`.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it is work, not a value to begin from")]
    pub fn new() -> Language<T> {
        Language { shapes: shape::Shapes::new(&schema::<T>()), read_into: PhantomData }
    }

    /// As [`typed`].
    ///
    /// # Errors
    /// All findings at once, in the order of the text.
    pub fn read(&self, document: &Document) -> Result<(T, Findings), Findings> {
        match self.as_far_as_it_goes(document) {
            Mended { value: Some((value, _)), findings, .. } if !findings.has_errors() => Ok((value, findings)),
            Mended { findings, .. } => Err(findings),
        }
    }

    /// Every file and folder that `value`, read from `document`, names: the path of its key, and where it lies.
    pub(crate) fn files(&self, value: &T, document: &Document) -> Vec<(String, PathBuf)>
    where
        T: Serialize,
    {
        let value = serde_json::to_value(value).expect("what was read can be written");
        let texts = annotation::texts(&self.shapes, &value).into_iter();
        let paths = texts.filter(|text| matches!(text.format, Some("file" | "folder"))).map(|text| text.path);
        paths.filter_map(|path| Some((document.file(&path)?, path))).map(|(file, path)| (path, file)).collect()
    }

    /// Whether the text at `path` names a file or a folder.
    pub(crate) fn names_a_file(&self, path: &str) -> bool {
        annotation::names_a_file(&self.shapes, path)
    }

    /// Checks a document and reads what is left of it without the faults found.
    pub(crate) fn as_far_as_it_goes(&self, document: &Document) -> Mended<T> {
        let mut findings = document.faults().clone();
        let spoilt = findings.clone();
        let root = default_kind::prices_of_the_weather(document.root());
        let whole = document.with_root(default_kind::written(&root, self.shapes.root(), &self.shapes, &|a, b| document.is_below(a, b)));
        let check::Checked { findings: checked, slips, mends } = check::check(&whole, &self.shapes);
        // What stands on a line with a fault of syntax was guessed by the parser; blaming it again would be a second finding.
        findings.extend(checked.elsewhere_than(&spoilt));
        if findings.has_errors() {
            let at = |codes: &[&str]| -> Vec<Location> {
                findings.0.iter().filter(|f| codes.contains(&f.code)).filter_map(|f| f.location.clone()).collect()
            };
            let with = |is_limit: bool| -> Vec<_> {
                mends.iter().filter(|mend| mend.is_limit == is_limit).map(|mend| (&mend.at, &mend.value)).collect()
            };
            let read = |rest: Document| T::deserialize(rest.root()).ok().map(|value| (value, rest));
            let unreadable = [lint::unknown_key::RULE.code, lint::wrong_type::RULE.code, lint::unknown_value::RULE.code];
            let value = read(whole.mended(&slips, &at(&unreadable), &with(true)));
            let other = read(whole.mended(&slips, &at(&[lint::unknown_key::RULE.code, lint::out_of_range::RULE.code]), &with(false)));
            return Mended { value, other, findings: findings.sorted() };
        }
        match T::deserialize(whole.root()) {
            Ok(value) => Mended { value: Some((value, document.clone())), other: None, findings: findings.sorted() },
            Err(error) => {
                findings.push(lint::wrong_type::refused(&error.message).located(error.at));
                Mended { value: None, other: None, findings: findings.sorted() }
            }
        }
    }
}

/// What could be read of a document without its faults, mended in two ways: what is said of the meaning of one but not of the other
/// comes from the mending and not from what somebody wrote.
pub(crate) struct Mended<T> {
    /// Misspelt keys have the name they were meant for, values that are too large or small are at their limit, others at fault are at
    /// their default. `None` where that is not enough for a `T`.
    pub(crate) value: Option<(T, Document)>,
    /// Values that are too large or small are at their default, others at fault are what was probably meant, or a sample.
    pub(crate) other: Option<(T, Document)>,
    pub(crate) findings: Findings,
}

/// The JSON Schema of scenarios of type `T`, with the key `extends` that every file may begin with.
#[must_use]
pub fn schema<T: JsonSchema>() -> Json {
    let mut schema = schemars::schema_for!(T).to_value();
    schema["properties"]["extends"] = json!({ "type": "string", "description": "File this one is laid over, relative to itself." });
    default_kind::ease(&mut schema);
    schema
}
