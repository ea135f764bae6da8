//! Dotted paths into a scenario: `market.price_ceiling`, `asset[2].power_kw`, `weights."week 3"`.
//!
//! A step is a key or, in brackets, the position in a list counted from 0. A key that TOML would quote is quoted here too.

use std::ops::Range;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Key of a table.
    Key(String),
    /// Position in a list, from 0.
    Item(usize),
}

/// Steps of `path` with the bytes each was written in; `None` when it is not a path.
pub(crate) fn steps(path: &str) -> Option<Vec<(Step, Range<usize>)>> {
    let mut steps = Vec::new();
    let mut at = 0;
    while at < path.len() {
        let rest = &path[at..];
        let (step, length) = if let Some(inside) = rest.strip_prefix('[') {
            let digits = &inside[..inside.find(']')?];
            (Step::Item(digits.parse().ok()?), digits.len() + 2)
        } else {
            let dot = usize::from(!steps.is_empty());
            let (key, length) = key(rest.get(dot..).filter(|_| dot == 0 || rest.starts_with('.'))?)?;
            at += dot;
            (Step::Key(key), length)
        };
        steps.push((step, at..at + length));
        at += length;
    }
    (!steps.is_empty()).then_some(steps)
}

/// The key `text` starts with and the bytes it takes.
fn key(text: &str) -> Option<(String, usize)> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let inside = &text[1..];
        let end = inside.find(quote)?;
        return Some((inside[..end].to_owned(), end + 2));
    }
    let end = text.find(|c| !is_bare(c)).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), end))
}

/// Path of `key` in the table at `path`; the empty path is the document.
pub(crate) fn join(path: &str, key: &str) -> String {
    let key = if !key.is_empty() && key.chars().all(is_bare) { key.to_owned() } else { format!("\"{key}\"") };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// Whether TOML takes the character in a key without quotes.
fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_back_as_written() {
        let read = |path| steps(path).map(|s| s.into_iter().map(|(step, span)| (step, &path[span])).collect::<Vec<_>>());
        let key = |k: &str| Step::Key(k.to_owned());
        assert_eq!(read("a.b-c[12].d"), Some(vec![(key("a"), "a"), (key("b-c"), "b-c"), (Step::Item(12), "[12]"), (key("d"), "d")]));
        assert_eq!(read("w.\"week 3\""), Some(vec![(key("w"), "w"), (key("week 3"), "\"week 3\"")]));
        assert_eq!(read("w.'week 3'.d"), Some(vec![(key("w"), "w"), (key("week 3"), "'week 3'"), (key("d"), "d")]));
        assert_eq!(join("w", "week 3"), "w.\"week 3\"");
        for wrong in ["", ".a", "a.", "a..b", "a b", "a[x]", "a[1", "a[-1]"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
