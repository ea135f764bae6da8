//! Words and samples for what a key takes: its type in a sentence, an entry to copy, its unit.

use jiff::civil::DateTime;
use jiff::{Span, Timestamp};
use serde_json::Value as Json;

use crate::scenario::shape::{Field, Limits, Shape, Shapes};
use crate::time::written::{Moment, date, time_of_day};

/// The unit that `key` (or an item of it, `key[3]`) names, with a space before it, or nothing.
pub(crate) fn unit(key: &str) -> String {
    let key = key.split('[').next().unwrap_or(key);
    super::unit::of(key).map_or_else(String::new, |unit| format!(" {}", unit.symbol))
}

/// `key = value` for a key that is missing; a table's header where TOML would write one.
pub(crate) fn entry(field: &Field, path: &str, shapes: &Shapes) -> String {
    match &field.default {
        Some(default) => format!("{} = {}", field.name, toml_text(default)),
        None => of_shape(path, &field.name, &field.shape, shapes),
    }
}

/// An entry of the shape at `path`, ending in `key`.
pub(crate) fn of_shape(path: &str, key: &str, shape: &Shape, shapes: &Shapes) -> String {
    match shapes.resolve(shape) {
        Shape::Table(_) | Shape::Map(_) | Shape::Tagged { .. } if !path.contains('[') => format!("[{path}]"),
        Shape::List { item, .. } if !path.contains('[') && is_table(item, shapes) => format!("[[{path}]]"),
        shape => assigned(key, &sample(shape, shapes)),
    }
}

/// `key = value`, or the value alone if the key is an item of a list.
pub(crate) fn assigned(key: &str, value: &str) -> String {
    if key.contains('[') { value.to_owned() } else { format!("{key} = {value}") }
}

fn is_table(shape: &Shape, shapes: &Shapes) -> bool {
    matches!(shapes.resolve(shape), Shape::Table(_) | Shape::Map(_) | Shape::Tagged { .. })
}

/// A value of the shape as TOML writes it in one line.
pub(crate) fn sample(shape: &Shape, shapes: &Shapes) -> String {
    let fields = |fields: &[Field]| {
        let entries = fields.iter().filter(|f| f.required).map(|f| format!("{} = {}", f.name, sample(&f.shape, shapes)));
        format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
    };
    match shapes.resolve(shape) {
        Shape::Any | Shape::Text { format: None, .. } => "\"text\"".to_owned(),
        Shape::Boolean => "true".to_owned(),
        Shape::Number { whole: true, limits } => format!("{}", inside(limits)),
        Shape::Number { whole: false, limits } => format!("{:?}", inside(limits)),
        Shape::Text { format: Some(format), .. } => of_format(format).1.to_owned(),
        Shape::Names(names) => format!("\"{}\"", names[0]),
        Shape::List { item, .. } => format!("[{}]", sample(item, shapes)),
        Shape::Tuple(items) => format!("[{}]", items.iter().map(|item| sample(item, shapes)).collect::<Vec<_>>().join(", ")),
        Shape::Table(list) => fields(list),
        Shape::Map(values) => format!("{{ name = {} }}", sample(values, shapes)),
        Shape::Tagged { variants, .. } => fields(&variants[0].1),
        Shape::Choice(alternatives) => sample(&alternatives[0], shapes),
        Shape::Named(_) => unreachable!("resolved above"),
    }
}

/// One where it is allowed, else the nearest limit; between excluded limits their middle.
fn inside(limits: &Limits) -> f64 {
    nearest(1.0, limits)
}

/// `x` where it is allowed, else the nearest limit; between excluded limits their middle.
pub(crate) fn nearest(x: f64, limits: &Limits) -> f64 {
    let (min, max) = (limits.min.unwrap_or(f64::NEG_INFINITY), limits.max.unwrap_or(f64::INFINITY));
    let nearest = x.clamp(min.min(max), max);
    if limits.hold(nearest) { nearest } else { f64::midpoint(min.max(nearest - 2.0), max.min(nearest + 2.0)) }
}

/// What a value of the shape is called in a sentence.
pub(crate) fn name(shape: &Shape, shapes: &Shapes) -> String {
    match shapes.resolve(shape) {
        Shape::Boolean => "true or false".to_owned(),
        Shape::Number { whole: true, .. } => "a whole number".to_owned(),
        Shape::Number { whole: false, .. } => "a number".to_owned(),
        Shape::Text { format: Some(format), .. } => of_format(format).0.to_owned(),
        Shape::Any | Shape::Text { .. } => "a text".to_owned(),
        Shape::Names(names) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            if names.len() > 6 { "one of the known names".to_owned() } else { format!("one of {}", crate::diagnostic::quoted_list(&names)) }
        }
        Shape::List { .. } | Shape::Tuple(_) => "a list".to_owned(),
        Shape::Table(_) | Shape::Map(_) | Shape::Tagged { .. } => "a table".to_owned(),
        Shape::Choice(alternatives) => {
            let mut names: Vec<String> = alternatives.iter().map(|alternative| name(alternative, shapes)).collect();
            names.dedup();
            names.join(" or ")
        }
        Shape::Named(_) => unreachable!("resolved above"),
    }
}

/// What `key` takes: the name of its type, its limits with their unit, the names to choose from.
pub(crate) fn takes(key: &str, shape: &Shape, shapes: &Shapes) -> String {
    match shapes.resolve(shape) {
        Shape::Number { limits, .. } if limits.min.is_some() || limits.max.is_some() => {
            format!("{}, {}", name(shape, shapes), limits.allowed(&unit(key)))
        }
        Shape::Number { .. } => name(shape, shapes) + &unit(key),
        Shape::Names(names) => format!("one of {}", crate::diagnostic::quoted_list(&names.iter().map(String::as_str).collect::<Vec<_>>())),
        Shape::Tagged { tag, variants, .. } => {
            let kinds: Vec<&str> = variants.iter().map(|(name, _)| name.as_str()).collect();
            format!("a table whose '{tag}' is one of {}", crate::diagnostic::quoted_list(&kinds))
        }
        Shape::List { item, .. } => match shapes.resolve(item) {
            Shape::Table(_) | Shape::Tagged { .. } => "a list of tables".to_owned(),
            _ => format!("a list, each item {}", takes(key, item, shapes)),
        },
        Shape::Tuple(items) => {
            format!("a list of {} items, each {}", items.len(), items.first().map_or_else(String::new, |item| takes(key, item, shapes)))
        }
        _ => name(shape, shapes),
    }
}

/// What a text of the format is called, and a sample as TOML writes it. The formats are those of schemars for jiff's types.
pub(crate) fn of_format(format: &str) -> (&'static str, &'static str) {
    match format {
        "date" => ("a date", "2025-01-31"),
        "partial-time" => ("a time of day", "07:30:00"),
        "partial-date-time" | "moment" => ("a date with a time of day", "2025-01-31T07:30:00"),
        "date-time" => ("a date with a time and an offset", "2025-01-31T07:30:00Z"),
        "duration" => ("a duration", "\"PT15M\""),
        "file" => ("the path of a file", "\"folder/file.csv\""),
        "folder" => ("the path of a folder", "\"folder\""),
        _ => ("a text", "\"text\""),
    }
}

/// Whether `text` says an offset or a zone where the format has none.
pub(crate) fn says_an_offset(format: &str, text: &str) -> bool {
    let said = text.find(['+', 'Z', 'z', '[']).map(|at| &text[..at]);
    matches!(format, "partial-time" | "partial-date-time") && said.is_some_and(|rest| reads_as(format, rest))
}

/// Whether `text` reads as the format; formats nobody knows are left to the type itself.
pub(crate) fn reads_as(format: &str, text: &str) -> bool {
    match format {
        "date" => date(text).is_some(),
        "partial-time" => time_of_day(text).is_some(),
        "partial-date-time" => text.parse().is_ok_and(|moment: Moment| moment.offset.is_none()) && text.parse::<DateTime>().is_ok(),
        "moment" => text.parse::<Moment>().is_ok(),
        "date-time" => text.parse::<Timestamp>().is_ok(),
        "duration" => text.parse::<Span>().is_ok(),
        _ => true,
    }
}

/// A JSON value as TOML writes it in one line; null is `none`, which TOML cannot say.
pub(crate) fn toml_text(value: &Json) -> String {
    match value {
        Json::Null => "none".to_owned(),
        Json::Array(items) => format!("[{}]", items.iter().map(toml_text).collect::<Vec<_>>().join(", ")),
        Json::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{} = {}", crate::scenario::path::join("", key), toml_text(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}
