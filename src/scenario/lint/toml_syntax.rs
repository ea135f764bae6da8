//! Text that is not TOML.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{Finding, Findings, Rule, Severity, Source};

/// The rule.
pub const RULE: Rule = Rule {
    code: "toml-syntax",
    severity: Severity::Error,
    what: "The text is not TOML, or an override is not 'path=value'.",
    why: "A scenario is TOML 1.1: 'key = value' lines under '[table]' and '[[item of a list]]' headers, texts in quotes.",
    example: "[dso]\ndomain = grid.example.com",
    mend: "[dso]\ndomain = \"grid.example.com\"",
};

/// The parser's errors as findings: one a line, and none after a broken bracket or a bare key, whose consequences they may be.
pub(crate) fn findings(source: &Arc<Source>, errors: Vec<toml::de::Error>) -> Findings {
    let mut all: Vec<Finding> = errors.iter().map(|error| finding(source, error)).collect();
    all.sort_by_key(|f| f.location.as_ref().map(|l| l.span.start));
    let mut lines = BTreeSet::new();
    let mut kept = Findings::default();
    for fault in all {
        let goes_on = leaves_rest_readable(&fault);
        if lines.insert(fault.location.as_ref().map(|l| l.line_column().0)) {
            kept.push(fault);
        }
        if !goes_on {
            break;
        }
    }
    kept
}

/// Whether only one value is spoilt, so that the rest of the text can still be checked.
pub(crate) fn leaves_rest_readable(finding: &Finding) -> bool {
    ["text without quotes", "duplicate key", "invalid ", "number without"].iter().any(|start| finding.message.starts_with(start))
}

/// `expected …` goes under the mark, what is wrong into the sentence.
fn finding(source: &Arc<Source>, error: &toml::de::Error) -> Finding {
    let span = error.span().unwrap_or(0..0);
    let text = &source.text[span.clone()];
    let (what, expected) = match error.message().split_once(", expected ") {
        Some((what, expected)) => (what, Some(format!("expected {}", expected.replace('`', "'")))),
        None => (error.message(), None),
    };
    let quotes = what.starts_with("string values must be quoted");
    let (message, help) = match what {
        _ if quotes && text.is_empty() => ("missing value".to_owned(), "write the value after '='".to_owned()),
        _ if quotes => (format!("text without quotes: {text}"), format!("write \"{text}\"")),
        "duplicate key" if in_header(&source.text, span.start) => {
            let help = format!("write '[[{text}]]' above each if they are items of a list, else keep one table");
            (format!("the table '{text}' stands twice"), help)
        }
        "duplicate key" => (format!("duplicate key '{text}'"), "remove one of the two".to_owned()),
        _ if decimal_comma(&source.text, span.start) => ("decimal comma".to_owned(), "write decimals with a point, as in 0.8".to_owned()),
        "invalid mantissa" | "invalid fraction" => {
            ("number without a digit beside its point".to_owned(), "write digits on both sides of the point, as in 0.8 or 5.0".to_owned())
        }
        _ if what.starts_with("unclosed") => (what.to_owned(), "close the bracket that is open here".to_owned()),
        _ if what.starts_with("missing comma") => (what.to_owned(), "put a ',' between items, or close the list before here".to_owned()),
        _ if what.ends_with("string") => (what.to_owned(), "close the text with the quote it begins with".to_owned()),
        _ if what.ends_with("unquoted key") => (what.to_owned(), "a key has letters, digits, '_' and '-', then '='".to_owned()),
        _ => (what.to_owned(), "TOML has 'key = value', '[table]' and '[[item of a list]]' lines".to_owned()),
    };
    let finding = RULE.finding(message).at(source, span).help(help);
    match expected {
        Some(expected) if !quotes => finding.label(expected),
        _ => finding,
    }
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

/// A whole number beyond 64 bits.
pub(crate) fn too_long(digits: &str) -> Finding {
    RULE.finding(format!("invalid whole number: {digits} does not fit 64 bits")).help("the largest is 9223372036854775807")
}

/// An override that is not `path=value`.
pub(crate) fn override_form(text: &str) -> Finding {
    RULE.finding(format!("'{text}' is not 'path=value'")).help("write it like 'feeder.pv_scale=0.8' or 'congestion_point[0].planning=0.9'")
}
