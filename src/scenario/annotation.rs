//! What the schema says of single texts beyond their type: that they name a file (`format`), or an item of another table
//! (`refers_to`).
//!
//! A value is walked together with its shape; both lists of a run, the files it reads and the references it has to follow, come
//! from this walk, so that a key has to be annotated and nothing else.

use serde_json::Value as Json;

use crate::scenario::path::{Step, join, steps};
use crate::scenario::shape::{Field, Shape, Shapes};

/// A text in a value, and what the schema says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Annotated<'a> {
    /// Where it stands: `contract[0].aggregator`.
    pub(crate) path: String,
    /// The text.
    pub(crate) text: &'a str,
    /// What it must read as: `file` and `folder` are to be there.
    pub(crate) format: Option<&'a str>,
    /// The table whose items it may name.
    pub(crate) refers_to: Option<&'a str>,
}

/// All texts of `value`, table by table in the order of keys.
pub(crate) fn texts<'a>(shapes: &'a Shapes, value: &'a Json) -> Vec<Annotated<'a>> {
    let mut walk = Walk { shapes, found: Vec::new() };
    walk.value(String::new(), shapes.root(), value);
    walk.found
}

/// Whether the text at `path` names a file or a folder.
pub(crate) fn names_a_file(shapes: &Shapes, path: &str) -> bool {
    let steps = steps(path).unwrap_or_default();
    reached(shapes, shapes.root(), &steps.iter().map(|(step, _)| step).collect::<Vec<_>>())
}

struct Walk<'a> {
    shapes: &'a Shapes,
    found: Vec<Annotated<'a>>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, path: String, shape: &'a Shape, value: &'a Json) {
        match (self.shapes.resolve(shape), value) {
            (Shape::Text { format, refers_to, .. }, Json::String(text)) => {
                self.found.push(Annotated { path, text, format: format.as_deref(), refers_to: refers_to.as_deref() });
            }
            (Shape::List { item, .. }, Json::Array(items)) => {
                for (i, value) in items.iter().enumerate() {
                    self.value(format!("{path}[{i}]"), item, value);
                }
            }
            (Shape::Table(fields), Json::Object(_)) => self.fields(&path, fields, value),
            (Shape::Map(shape), Json::Object(entries)) => {
                for (key, value) in entries {
                    self.value(join(&path, key), shape, value);
                }
            }
            (Shape::Tagged { tag, variants, .. }, Json::Object(entries)) => {
                let variant = variants.iter().find(|(name, _)| entries.get(tag).and_then(Json::as_str) == Some(name));
                if let Some((_, fields)) = variant {
                    self.fields(&path, fields, value);
                }
            }
            _ => {}
        }
    }

    fn fields(&mut self, path: &str, fields: &'a [Field], value: &'a Json) {
        for field in fields {
            if let Some(value) = value.get(&field.name) {
                self.value(join(path, &field.name), &field.shape, value);
            }
        }
    }
}

/// Whether the steps lead from `shape` to the text of a path.
fn reached(shapes: &Shapes, shape: &Shape, way: &[&Step]) -> bool {
    let fields = |fields: &[Field], name: &str, rest: &[&Step]| {
        fields.iter().filter(|field| field.name == name).any(|field| reached(shapes, &field.shape, rest))
    };
    match (shapes.resolve(shape), way) {
        (Shape::Text { format: Some(format), .. }, []) => matches!(format.as_str(), "file" | "folder"),
        (Shape::List { item, .. }, [_, rest @ ..]) | (Shape::Map(item), [Step::Key(_), rest @ ..]) => reached(shapes, item, rest),
        (Shape::Table(list), [Step::Key(name), rest @ ..]) => fields(list, name, rest),
        (Shape::Tagged { variants, .. }, [Step::Key(name), rest @ ..]) => variants.iter().any(|(_, list)| fields(list, name, rest)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::schema::Scenario;

    #[test]
    fn files_are_known_by_their_keys() {
        let shapes = Shapes::new(&crate::scenario::schema::<Scenario>());
        for key in ["feeder.path", "prices.path"] {
            assert!(names_a_file(&shapes, key), "{key}");
        }
        for key in ["feeder", "feeder.pv_scale", "prices.kind", "contract[0].id", "strategies[0]", "no.such", ""] {
            assert!(!names_a_file(&shapes, key), "{key}");
        }
    }
}
