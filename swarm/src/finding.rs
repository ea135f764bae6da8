//! What checkers say, and which of it is known.

use std::collections::BTreeMap;
use std::fmt;

/// Something that must not be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding {
    pub(crate) checker: &'static str,
    /// What kind of fault; with the checker it is what the list of known faults names.
    pub(crate) kind: String,
    /// In which strategy, if in one.
    pub(crate) strategy: String,
    /// What was seen.
    pub(crate) what: String,
}

impl Finding {
    /// `checker kind`, as the list of known faults has it.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.checker, self.kind)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.strategy.is_empty() { String::new() } else { format!(" ({})", self.strategy) };
        write!(f, "{} {}{place}: {}", self.checker, self.kind, self.what)
    }
}

/// The findings of a case, one of each kind.
#[derive(Debug, Default)]
pub(crate) struct Found(pub(crate) Vec<Finding>);

impl Found {
    /// Notes a finding unless there is one of its kind.
    pub(crate) fn say(&mut self, checker: &'static str, kind: &str, strategy: &str, what: impl FnOnce() -> String) {
        if !self.0.iter().any(|f| f.checker == checker && f.kind == kind) {
            self.0.push(Finding { checker, kind: kind.to_owned(), strategy: strategy.to_owned(), what: what() });
        }
    }
}

/// The faults that are known: `checker kind — why`, a line each. The list may only shrink.
pub(crate) struct Known(BTreeMap<String, String>);

impl Known {
    /// Reads the list; empty lines and those that begin with `#` say nothing.
    pub(crate) fn read(text: &str) -> Known {
        let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
        Known(lines.filter_map(|l| l.split_once('—')).map(|(name, why)| (name.trim().to_owned(), why.trim().to_owned())).collect())
    }

    /// Whether a finding is of a known kind.
    pub(crate) fn knows(&self, finding: &Finding) -> bool {
        self.0.contains_key(&finding.name())
    }

    /// Names of all known kinds.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
