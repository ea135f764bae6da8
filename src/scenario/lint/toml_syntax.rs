//! Text that is not TOML.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{Finding, Findings, Rule, Severity, Source, TomlFault, meant, toml_fault};

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
    let one_value =
        ["text without quotes", "duplicate key", "invalid ", "number without"].iter().any(|start| finding.message.starts_with(start));
    one_value && !finding.message.ends_with("unquoted key")
}

fn finding(source: &Arc<Source>, error: &toml::de::Error) -> Finding {
    let TomlFault { message, label, help, span } = toml_fault(&source.text, error);
    let finding = RULE.finding(message).at(source, span).help(help);
    Finding { label, ..finding }
}

/// A whole number beyond 64 bits.
pub(crate) fn too_long(digits: &str) -> Finding {
    RULE.finding(format!("invalid whole number: {digits} does not fit 64 bits")).help("the largest is 9223372036854775807")
}

/// An override that is not `path=value`.
pub(crate) fn override_form(text: &str) -> Finding {
    let finding = RULE.finding(format!("'{text}' is not 'path=value'"));
    match text.split_once('=') {
        Some((path, value)) if value.trim().starts_with(meant::CURLY) => {
            let help = format!("the quotes are those of a word processor: write {path}={}", value.trim().trim_matches(meant::CURLY));
            finding.help(help)
        }
        _ => finding.help("write it like --set 'feeder.pv_scale=0.8' or --set 'congestion_point[0].planning=0.9'"),
    }
}

/// Texts without quotes inside the list of an override `path=[…]`, if quotes are all it lacks.
pub(crate) fn unquoted_items(path: &str, value: &str) -> Option<Finding> {
    let is_toml = |text: &str| toml::de::DeValue::parse(text).is_ok();
    let items = value.strip_prefix('[')?.strip_suffix(']')?.split(',').map(str::trim);
    let quoted: Vec<String> = items.clone().map(|item| if is_toml(item) { item.to_owned() } else { format!("\"{item}\"") }).collect();
    let list = format!("[{}]", quoted.join(", "));
    let bare = items.into_iter().find(|item| !is_toml(item))?;
    let finding = RULE.finding(format!("text without quotes inside a list: {bare}"));
    (is_toml(&list) && !list.contains('\'')).then(|| finding.help(format!("the shell takes quotes away: write --set '{path}={list}'")))
}
