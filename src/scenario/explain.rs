//! The resolved scenario: every value with where it comes from.

use serde::Serialize;
use serde_json::Value as Json;

use crate::scenario::document::Document;
use crate::scenario::example::toml_text;
use crate::scenario::path::join;

/// One value of a resolved scenario.
struct Line {
    path: String,
    value: String,
}

/// Every value as `path = value  # file:line`, in the order of the types' fields; `# default` where nobody wrote it.
///
/// A value that is not set prints `none`. Lists of single values stay on one line.
#[must_use]
pub fn explain<T: Serialize>(scenario: &T, document: &Document) -> String {
    let mut lines = Vec::new();
    let tree = serde_json::to_value(scenario).expect("a scenario's types serialise to JSON");
    collect("", &tree, &mut lines);
    // A long list shall not push every comment out of sight.
    let width = |length: fn(&Line) -> usize, most: usize| lines.iter().map(length).max().unwrap_or(0).min(most);
    let (paths, values) = (width(|l| l.path.chars().count(), 60), width(|l| l.value.chars().count(), 40));
    let origin = |path: &str| match document.locate(path) {
        Some(place) if place.source.name == "command line" => "command line".to_owned(),
        Some(place) => place.file_line(),
        None => "default".to_owned(),
    };
    lines.iter().map(|Line { path, value }| format!("{path:paths$} = {value:values$}  # {}\n", origin(path))).collect()
}

fn collect(path: &str, value: &Json, lines: &mut Vec<Line>) {
    match value {
        Json::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                collect(&join(path, key), value, lines);
            }
        }
        Json::Array(items) if items.iter().any(Json::is_object) => {
            for (i, value) in items.iter().enumerate() {
                collect(&format!("{path}[{i}]"), value, lines);
            }
        }
        _ => lines.push(Line { path: path.to_owned(), value: toml_text(value) }),
    }
}
