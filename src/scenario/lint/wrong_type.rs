//! Values of another type than the key takes.

use crate::diagnostic::{Finding, Rule, Severity};
use crate::scenario::node::{Node, Value};

/// The rule.
pub const RULE: Rule = Rule {
    code: "wrong-type",
    severity: Severity::Error,
    what: "A value has another type than its key takes.",
    why: "The program converts no types: a number in quotes is a text, and '3.0' is not a whole number.",
    example: "[feeder]\npv_scale = \"0.8\"",
    mend: "[feeder]\npv_scale = 0.8",
};

/// `entry` is the entry as it could be written.
pub(crate) fn mismatch(key: &str, node: &Node, expected: &str, entry: &str) -> Finding {
    RULE.finding(format!("'{key}' is {}, expected {expected}", type_name(node))).help(format!("write it like {}", shown(entry)))
}

/// A text or moment that does not read as what it should be, such as a date.
pub(crate) fn unreadable(key: &str, text: &str, expected: &str, entry: &str) -> Finding {
    RULE.finding(format!("'{key}' is '{text}', expected {expected}")).help(format!("write it like {}", shown(entry)))
}

/// An entry in quotes; an override has its own.
pub(crate) fn shown(entry: &str) -> String {
    if entry.starts_with("--set") { entry.to_owned() } else { format!("'{entry}'") }
}

/// As [`unreadable`], of a text whose meaning is plain: `write` says how to write it.
pub(crate) fn misread(key: &str, text: &str, expected: &str, write: &str) -> Finding {
    RULE.finding(format!("'{key}' is '{text}', expected {expected}")).help(write)
}

/// The end of a day, which clocks call the begin of the next; only a window may end there. `start` and `last` are entries for the
/// first and the last minute of the day.
pub(crate) fn end_of_day(key: &str, text: &str, start: &str, last: &str, ends_window: bool) -> Finding {
    let finding = RULE.finding(format!("'{key}' is '{text}', expected a time of day from 00:00 to 23:59:59"));
    finding.help(match ends_window {
        true => format!("write {}; at the end of a window it means the following midnight", shown(start)),
        false => format!("write {} for the start of the day or {} for its last minute", shown(start), shown(last)),
    })
}

/// What the typed reading refuses although types and limits fit; `reason` is its sentence.
pub(crate) fn refused(reason: &str) -> Finding {
    RULE.finding(reason.trim_end_matches('.').to_owned()).help("'copperplate schema' shows what this key allows")
}

/// What a value is, in words.
pub(crate) fn type_name(node: &Node) -> &'static str {
    match &node.value {
        Value::Text(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(x) if x.is_finite() => "a number",
        Value::Float(_) => "not finite",
        Value::Boolean(_) => "true or false",
        Value::Moment(moment) => match (moment.date, moment.time) {
            (Some(_), None) => "a date",
            (None, Some(_)) => "a time of day",
            _ => "a date with a time",
        },
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
    }
}
