//! The scenario language: TOML with layers and overrides, checked against the Rust types it is read into.
//!
//! One description serves all: the types derive `Deserialize`, `Serialize` and `JsonSchema`; from the schema come the checker,
//! `copperplate schema` and the samples in help texts. What the derive understands of it stands in `shape.rs`. Beyond it, a text
//! whose schema has `format` `file` or `folder` (`#[schemars(extend("format" = "file"))]`) must name one that is there.
//!
//! ```text
//! text ── node (tree with spans) ── document (layers, overrides) ── check (shape) ── read (serde) ── lints on values
//! ```

pub mod build;
mod check;
pub mod distribution;
pub mod document;
mod example;
mod explain;
pub mod lint;
mod node;
mod overlay;
mod path;
mod read;
pub mod schema;
mod shape;
mod strategies;
pub mod study;
pub mod sweep_table;
pub mod wire;

use std::marker::PhantomData;
use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

pub use document::Document;
pub use explain::explain;

use crate::diagnostic::Findings;

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
        let mut findings = document.faults().clone();
        let spoilt = findings.clone();
        let line = |f: &crate::diagnostic::Finding| f.location.as_ref().map(|l| (l.source.name.clone(), l.line_column().0));
        // What stands on a line with a fault of syntax was guessed by the parser; blaming it again would be a second finding.
        let told = |f: &crate::diagnostic::Finding| spoilt.0.iter().any(|s| line(s) == line(f));
        findings.0.extend(check::check(document, &self.shapes).0.into_iter().filter(|f| !told(f)));
        if findings.has_errors() {
            return Err(findings.sorted());
        }
        match T::deserialize(document.root()) {
            Ok(value) => findings.sorted().or_ok(value),
            Err(error) => {
                findings.push(lint::wrong_type::refused(&error.message).located(error.at));
                Err(findings.sorted())
            }
        }
    }
}

/// The JSON Schema of scenarios of type `T`, with the key `extends` that every file may begin with.
#[must_use]
pub fn schema<T: JsonSchema>() -> Json {
    let mut schema = schemars::schema_for!(T).to_value();
    schema["properties"]["extends"] = json!({ "type": "string", "description": "File this one is laid over, relative to itself." });
    schema
}
