//! Findings about what a user wrote: file, line, what, why and help, rendered with the source line underlined.
//!
//! A [`Finding`] is data; [`Findings`] collects all of them before anyone gives up, so a user mends a file in one round.
//! `docs` and tests hold the codes; wording follows STYLE.md.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A text that findings point into, with the name to show for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path as the user gave it.
    pub name: String,
    /// Whole text.
    pub text: String,
}

/// Where in which text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The text.
    pub source: Arc<Source>,
    /// Bytes of the culprit.
    pub span: Range<usize>,
}

impl Location {
    /// Line and column, both from 1, columns in characters.
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        let before = &self.source.text[..self.span.start.min(self.source.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the run goes on.
    Warning,
    /// The run does not start.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code of the rule, such as `unknown-key`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where, if it is in a text.
    pub location: Option<Location>,
    /// What stands under the underlined part.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Finding {
    /// An error without a place yet.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Finding {
        Finding { code, severity: Severity::Error, message: message.into(), location: None, label: None, help: None }
    }

    /// A warning without a place yet.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::error(code, message) }
    }

    /// Points at `span` of `source`.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: Range<usize>) -> Finding {
        self.location = Some(Location { source: Arc::clone(source), span });
        self
    }

    /// Says what the underlined part is.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Finding {
        self.label = Some(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Finding {
        self.help = Some(text.into());
        self
    }
}

/// All findings of one look at the input; the error type of everything that reads what a user wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds all of another look.
    pub fn extend(&mut self, other: Findings) {
        self.0.extend(other.0);
    }

    /// Whether any of them stops the run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|f| f.severity == Severity::Error)
    }

    /// `Err(self)` if anything stops the run, else the value and the warnings.
    ///
    /// # Errors
    /// The findings, when one of them is an error.
    pub fn or_ok<T>(self, value: T) -> Result<(T, Findings), Findings> {
        if self.has_errors() { Err(self) } else { Ok((value, self)) }
    }
}

impl From<Finding> for Findings {
    fn from(f: Finding) -> Findings {
        Findings(vec![f])
    }
}

impl fmt::Display for Findings {
    /// Plain rendering, one block a finding, as tests and logs keep it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.0 {
            writeln!(f, "{}", render(finding, false))?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

/// Renders a finding in rustc's manner; `colour` for a terminal.
#[must_use]
pub fn render(finding: &Finding, colour: bool) -> String {
    use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(finding.message.as_str()).id(finding.code);
    let mut group = match &finding.location {
        Some(at) => {
            let mut mark = AnnotationKind::Primary.span(at.span.clone());
            if let Some(label) = &finding.label {
                mark = mark.label(label.as_str());
            }
            title.element(Snippet::source(at.source.text.as_str()).path(at.source.name.as_str()).annotation(mark))
        }
        None => Group::with_title(title),
    };
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}
