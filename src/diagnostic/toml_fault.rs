//! What a fault of TOML's syntax is in words, and what to do about it.

use std::ops::Range;

use super::meant;

/// A fault in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TomlFault {
    /// What is wrong.
    pub message: String,
    /// What the parser expected there.
    pub label: Option<String>,
    /// What to do.
    pub help: String,
    /// Where.
    pub span: Range<usize>,
}

/// `expected …` goes under the mark, what is wrong into the sentence.
#[must_use]
pub fn toml_fault(source: &str, error: &toml::de::Error) -> TomlFault {
    let span = error.span().unwrap_or(0..0);
    let (what, expected) = match error.message().split_once(", expected ") {
        Some((what, expected)) => (what, Some(format!("expected {}", expected.replace('`', "'")))),
        None => (error.message(), None),
    };
    if let Some(fault) = foreign(source, span.start, what) {
        return fault;
    }
    // What begins like a number, a date or a truth value is none as a whole.
    let begun = ["invalid float", "invalid integer", "invalid boolean", "invalid date", "invalid time", "invalid number", "invalid hexa"];
    let whole = begun.iter().any(|start| what.starts_with(start)).then(|| bare_value(source, span.start)).flatten();
    let quotes = what.starts_with("string values must be quoted") || whole.as_ref().is_some_and(|bare| is_text(&source[bare.clone()]));
    let span = whole.filter(|_| quotes || !what.starts_with("invalid date") && !what.starts_with("invalid time")).unwrap_or(span);
    let text = &source[span.clone()];
    let number = meant::number(text).filter(|_| quotes && text.contains(|c: char| c.is_ascii_digit()) && !is_text(text));
    let date = meant::date(text).filter(|_| quotes || what.starts_with("invalid float"));
    let (message, help) = match what {
        _ if quotes && text.is_empty() => ("missing value".to_owned(), "write the value after '='".to_owned()),
        _ if quotes && text.starts_with(meant::CURLY) => {
            let help = format!("the quotes are those of a word processor: write \"{}\"", text.trim_matches(meant::CURLY));
            (format!("text without quotes: {text}"), help)
        }
        _ if date.is_some() => ("invalid date".to_owned(), date.unwrap_or_default()),
        _ if quotes && number.is_some() => (format!("invalid number: {text}"), number.map_or_else(String::new, |meant| meant.help())),
        _ if quotes => (format!("text without quotes: {text}"), format!("write \"{text}\"")),
        "duplicate key" if in_header(source, span.start) => {
            let help = format!("write '[[{text}]]' above each if they are items of a list, else keep one table");
            (format!("the table '{text}' stands twice"), help)
        }
        "duplicate key" => (format!("duplicate key '{text}'"), "remove one of the two".to_owned()),
        "invalid date" | "invalid datetime" if meant::date(text).is_some() => (what.to_owned(), meant::date(text).unwrap_or_default()),
        "invalid time" if meant::clock_time(text).is_some() => {
            (what.to_owned(), format!("write {}", meant::clock_time(text).unwrap_or_default()))
        }
        _ if decimal_comma(source, span.start) => ("decimal comma".to_owned(), decimal_help(source, span.start)),
        "invalid mantissa" | "invalid fraction" => {
            ("number without a digit beside its point".to_owned(), "write digits on both sides of the point, as in 0.8 or 5.0".to_owned())
        }
        _ if escape(what) => ("backslash in double quotes".to_owned(), backslash_help(source, span.start)),
        _ if what.starts_with("unclosed") => (what.to_owned(), "close the bracket that is open here".to_owned()),
        _ if what.starts_with("missing comma") => (what.to_owned(), "put a ',' between items, or close the list before here".to_owned()),
        _ if what.ends_with("string") => (what.to_owned(), "close the text with the quote it begins with".to_owned()),
        _ if what.ends_with("unquoted key") => (what.to_owned(), "a key has letters, digits, '_' and '-', then '='".to_owned()),
        _ => (what.to_owned(), "TOML has 'key = value', '[table]' and '[[item of a list]]' lines".to_owned()),
    };
    let label = expected.filter(|_| !quotes && !escape(what));
    TomlFault { message, label, help, span }
}

/// A comment, an end of a value or an assignment of another language: TOML has '#', the end of the line and '='.
fn foreign(source: &str, at: usize, what: &str) -> Option<TomlFault> {
    let fault = |message: String, help: String, span: Range<usize>| Some(TomlFault { message, label: None, help, span });
    let from = source[..at].rfind('\n').map_or(0, |n| n + 1);
    let line = source[from..].lines().next().unwrap_or("");
    let indent = line.len() - line.trim_start().len();
    let sign = |text: &str| [";", "//", "/*", "--"].into_iter().find(|sign| text.starts_with(sign));
    if let Some(sign) = sign(line.trim_start()).filter(|_| what.ends_with("unquoted key")) {
        let message = format!("'{sign}' begins no comment in TOML");
        return fault(message, "a comment begins with '#'".to_owned(), from + indent..from + line.trim_end().len());
    }
    if what.ends_with("unquoted key")
        && let Some((key, value)) = line.split_once(':')
        && !key.trim().is_empty()
        && key.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"'))
    {
        let (key, value) = (key.trim(), value.split(" #").next().unwrap_or("").trim());
        let line_help = format!("write '{key} = {}'", if value.is_empty() { "…" } else { value });
        let colon = from + line.find(':').unwrap_or(0);
        let message = format!("a colon stands between the key '{key}' and its value");
        return fault(message, format!("TOML has 'key = value': {line_help}, and so on every such line"), colon..colon + 1);
    }
    let behind = |text: &str, end: usize, sign: &str| match sign {
        ";" => (
            format!("text without quotes or a sign behind a value: {text}"),
            format!("a value ends with its line, without ';': write {}", &text[..end]),
        ),
        _ => (
            format!("text without quotes or a sign behind a value: {text}"),
            format!("a comment begins with '#': write {} # …", &text[..end]),
        ),
    };
    if what.starts_with("unexpected key or value")
        && let Some(sign) = sign(&source[at..])
        && let Some((_, value)) = source[from..at].split_once('=')
    {
        let text = format!("{}{}", value.trim_start(), source[at..].lines().next().unwrap_or("").trim_end());
        let (_, help) = behind(&text, value.trim().len(), sign);
        return fault(format!("'{sign}' stands behind a value"), help, at..at + sign.len());
    }
    let bare = bare_value(source, at)?;
    let text = &source[bare.clone()];
    let (end, sign) = text.char_indices().find_map(|(k, _)| {
        let sign = sign(&text[k..])?;
        let before = &text[..k];
        let apart = before.ends_with(char::is_whitespace) || sign == ";";
        (apart && toml::de::DeValue::parse(before.trim()).is_ok()).then(|| (before.trim_end().len(), sign))
    })?;
    let (_, help) = behind(text, end, sign);
    fault(format!("invalid value: '{sign}' stands behind {}", &text[..end]), help, bare)
}

/// The value without quotes that holds byte `at`: up to the end of its line, or of its item inside brackets, or a comment.
fn bare_value(source: &str, at: usize) -> Option<Range<usize>> {
    let from = source[..at].rfind('\n').map_or(0, |n| n + 1);
    let before = &source[from..at];
    let assigned = before.find('=').map(|n| n + 1);
    let listed = assigned.is_none() || before[assigned.unwrap_or(0)..].contains(['[', '{']);
    let start = if listed { before.rfind(['[', '{', ',', '=']).map_or(0, |n| n + 1) } else { assigned.unwrap_or(0) };
    let rest = &source[from + start..];
    let end = rest.find(|c| matches!(c, '\n' | '#') || listed && matches!(c, ',' | ']' | '}')).unwrap_or(rest.len());
    let value = &rest[..end];
    let start = from + start + (value.len() - value.trim_start().len());
    let value = value.trim();
    (!value.is_empty() && !value.contains(['"', '\'']) && start <= at).then(|| start..start + value.len())
}

/// Whether a value without quotes is meant as a text: it has letters, and is neither a number with its unit nor a date or time.
fn is_text(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | ' '));
    let missing = meant::number(text).is_some() && !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    let is_number =
        text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | '−')) && (unit.is_empty() || meant::is_unit(unit));
    let moment = meant::date(text).is_some() || meant::clock_time(text).is_some();
    text.contains(char::is_alphabetic) && !missing && !is_number && !moment && text.parse::<f64>().is_err()
}

/// Whether `at` stands in the header of a table.
fn in_header(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.rsplit('\n').next().unwrap_or("").trim_start().starts_with('['))
}

/// Whether a comma between two digits stands at `at`, outside brackets as far as its line shows.
fn decimal_comma(text: &str, at: usize) -> bool {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let line = text.get(..at).map_or("", |before| before.rsplit('\n').next().unwrap_or(""));
    bytes.get(at) == Some(&b',') && digit(bytes.get(at.wrapping_sub(1))) && digit(bytes.get(at + 1)) && !line.contains(['[', '{'])
}

/// The number around the comma at `at` with a point.
fn decimal_help(text: &str, at: usize) -> String {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+');
    let from = text[..at].rfind(|c| !part(c)).map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
    let to = text[at..].find(|c| !part(c)).map_or(text.len(), |n| at + n);
    match meant::number(&text[from..to]).and_then(|meant| meant.write) {
        Some(number) => format!("write decimals with a point: {number}"),
        None => "write decimals with a point, as in 0.8".to_owned(),
    }
}

/// Whether the parser stumbled over what follows a backslash.
fn escape(what: &str) -> bool {
    what.contains("escape") || what.contains("unicode")
}

/// The text around `at` in single quotes, in which a backslash is itself.
fn backslash_help(source: &str, at: usize) -> String {
    let start = source[..at].rfind('\n').map_or(0, |n| n + 1);
    let line = source[start..].lines().next().unwrap_or("");
    let inside = line.split_once('"').map_or("", |(_, rest)| rest.rsplit_once('"').map_or(rest, |(inside, _)| inside));
    let plain = !inside.is_empty() && !inside.contains(['\'', '"']);
    let form = if plain { format!(": '{inside}'") } else { String::new() };
    format!("in double quotes a backslash begins an escape; write '/', or use single quotes{form}")
}
