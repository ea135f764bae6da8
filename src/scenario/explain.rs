//! Every value that holds in a resolved scenario, with where it comes from.

use serde::Serialize;
use serde_json::Value as Json;

use crate::scenario::document::{COMMAND_LINE, Document};
use crate::scenario::example::toml_text;
use crate::scenario::path::join;
use crate::scenario::schema::Scenario;
use crate::scenario::strategies::written_out;

/// One value of a resolved scenario.
struct Line {
    path: String,
    value: String,
}

/// Every value of a scenario as [`explain`] lists them, with every switch of the strategies it compares: `# preset` where
/// nobody wrote one.
#[must_use]
pub fn explain_scenario(scenario: &Scenario, document: &Document) -> String {
    let switch = |path: &str| path.starts_with("strategy.") && !path.contains(".replacement");
    listed(&written_out(scenario), document, &|path| if switch(path) { "preset" } else { "default" })
}

/// Every value as `path = value  # file:line`, in the order of the types' fields; `# default` where nobody wrote it.
///
/// Items of a list of tables that have names are called by them, as after `--set`; tables at the top are set apart by an empty line. A
/// value that is not set prints `none`. Lists of single values stay on one line.
#[must_use]
pub fn explain<T: Serialize>(value: &T, document: &Document) -> String {
    listed(value, document, &|_| "default")
}

fn listed<T: Serialize>(value: &T, document: &Document, unwritten: &dyn Fn(&str) -> &'static str) -> String {
    let mut lines = Vec::new();
    let tree = serde_json::to_value(value).expect("a scenario's types serialise to JSON");
    collect("", &tree, &mut lines);
    let origin = |path: &str| match document.locate(path) {
        Some(place) if place.source.name == COMMAND_LINE => "command line".to_owned(),
        Some(place) => place.file_line(),
        None => unwritten(path).to_owned(),
    };
    let table = |line: &Line| line.path.find(['.', '[']).map(|end| line.path[..end].to_owned());
    let block = |lines: &[Line]| {
        let paths = lines.iter().map(|line| line.path.chars().count()).max().unwrap_or(0);
        // A long list shall not push every comment out of sight.
        let values = lines.iter().map(|line| line.value.chars().count()).filter(|length| *length <= 40).max().unwrap_or(0);
        let text = |Line { path, value }: &Line| format!("{path:paths$} = {value:values$}  # {}\n", origin(path));
        lines.iter().map(text).collect::<String>()
    };
    lines.chunk_by(|a, b| table(a) == table(b)).map(block).collect::<Vec<_>>().join("\n")
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
                // A name that stands twice leads to the first item only.
                let unique = name(value).filter(|own| items.iter().filter(|item| name(item) == Some(own)).count() == 1);
                collect(&unique.map_or_else(|| format!("{path}[{i}]"), |name| join(path, name)), value, lines);
            }
        }
        _ => lines.push(Line { path: path.to_owned(), value: toml_text(value) }),
    }
}

/// As [`Node::name`](crate::scenario::node::Node::name).
fn name(item: &Json) -> Option<&str> {
    ["id", "domain", "element"].iter().find_map(|key| item.get(key)?.as_str())
}
