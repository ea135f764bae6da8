//! Findings about what a user wrote: file, line, what, why and help, rendered with the source line underlined.
//!
//! A [`Finding`] is data; [`Findings`] collects all of them before anyone gives up, so a user mends a file in one round.
//! Every code has a [`Rule`] with its page; `docs/diagnostics.md` is made of them. Wording follows STYLE.md.

mod gathered;
pub mod meant;
mod toml_fault;
mod visible;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use toml_fault::{TomlFault, toml_fault};
pub use visible::{acts, visible, visible_json, visible_lines};

/// A text that findings point into, with the name to show for it.
#[derive(Clone)]
pub struct Source {
    /// Path as the user gave it.
    pub name: String,
    /// Whole text.
    pub text: String,
    /// First byte of every line, once somebody asks.
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    /// `text`, to be shown under `name`.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        Source { name: name.into(), text: text.into(), lines: OnceLock::new() }
    }

    /// Number of the line that holds byte `at`, from 0, and the line's first byte.
    fn line_of(&self, at: usize) -> (usize, usize) {
        let ends = || self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(end, _)| end + 1);
        let starts = self.lines.get_or_init(|| std::iter::once(0).chain(ends()).collect());
        let line = starts.partition_point(|start| *start <= at) - 1;
        (line, starts[line])
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Source) -> bool {
        (&self.name, &self.text) == (&other.name, &other.text)
    }
}

impl Eq for Source {}

impl fmt::Debug for Source {
    /// The name alone; a text may be long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.name)
    }
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
        let (line, start) = self.source.line_of(self.start());
        (line + 1, self.source.text[start..self.start()].chars().count() + 1)
    }

    /// Whether the file as a whole is meant: it has no text to point into.
    fn is_whole_file(&self) -> bool {
        self.source.text.is_empty()
    }

    /// `file:line`, as listings of where a value came from print it.
    #[must_use]
    pub fn file_line(&self) -> String {
        format!("{}:{}", self.source.name, self.line_column().0)
    }

    /// Start of the span, inside the text whatever was given.
    fn start(&self) -> usize {
        floor_char(&self.source.text, self.span.start)
    }

    /// Byte at which the line of the span's start begins.
    fn line_start(&self) -> usize {
        self.source.line_of(self.start()).1
    }

    /// What the span holds, up to the end of its first line.
    fn first_line_span(&self) -> &str {
        let (line, span) = self.first_line();
        &line[span]
    }

    /// The first line of the span, without its end, and the span within it.
    fn first_line(&self) -> (&str, Range<usize>) {
        let (text, from, start) = (&self.source.text, self.line_start(), self.start());
        let to = text[start..].find('\n').map_or(text.len(), |n| start + n);
        let line = text[from..to].trim_end_matches('\r');
        let end = floor_char(text, self.span.end).saturating_sub(from).min(line.len());
        let start = (start - from).min(line.len());
        (line, start..end.max(start))
    }
}

/// The last character boundary at or before `at`, inside the text whatever was given.
fn floor_char(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the run goes on.
    Warning,
    /// The run does not start.
    Error,
}

/// What a finding is about, as far as others of its rule may have the same cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kin {
    /// Something of its own.
    Alone,
    /// A whole row of a table.
    Row,
    /// A cell in the column of this number.
    Cell(u16),
    /// A cell that names something that is not there; the same sentence in another column or table has the same cause.
    Name(u16),
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
    /// Which others have the same cause: [`Findings::gathered`] makes one of them.
    pub kin: Kin,
}

impl Finding {
    /// Key of [`Findings::sorted`].
    fn order(&self) -> impl Ord + '_ {
        let place = self.location.as_ref();
        (place.is_none(), place.map(|l| (l.source.name.as_str(), l.span.start)), std::cmp::Reverse(self.severity))
    }

    /// An error without a place yet.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Finding {
        Finding { code, severity: Severity::Error, message: message.into(), location: None, label: None, help: None, kin: Kin::Alone }
    }

    /// A warning without a place yet.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::error(code, message) }
    }

    /// Points at `span` of `source`.
    #[must_use]
    pub fn at(self, source: &Arc<Source>, span: Range<usize>) -> Finding {
        self.located(Location { source: Arc::clone(source), span })
    }

    /// Points at a place found by someone else.
    #[must_use]
    pub fn located(mut self, place: impl Into<Option<Location>>) -> Finding {
        self.location = place.into();
        self
    }

    /// Says that it is about a whole row of a table.
    #[must_use]
    pub fn of_row(self) -> Finding {
        Finding { kin: Kin::Row, ..self }
    }

    /// Says that it is about a cell of a table, in the column of this number.
    #[must_use]
    pub fn of_cell(self, column: usize) -> Finding {
        Finding { kin: Kin::Cell(u16::try_from(column).unwrap_or(u16::MAX)), ..self }
    }

    /// Says that the cell it is about names something that is not there.
    #[must_use]
    pub fn of_name(self) -> Finding {
        match self.kin {
            Kin::Cell(column) => Finding { kin: Kin::Name(column), ..self },
            _ => self,
        }
    }

    /// About the file or folder called `name` as a whole, unless it has a place already.
    #[must_use]
    pub fn of_file(self, name: impl Into<String>) -> Finding {
        match &self.location {
            Some(_) => self,
            None => self.at(&Arc::new(Source::new(name, "")), 0..0),
        }
    }

    /// Says what the underlined part is.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Finding {
        self.label = Some(text.into());
        self
    }

    /// For scripts: `code`, `severity`, `message`, `file`, `line`, `column`, `label`, `help`; null where there is none. A finding about
    /// a file as a whole has a file and no line.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let place = self.location.as_ref().map(|at| (at.source.name.as_str(), (!at.is_whole_file()).then(|| at.line_column())));
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        serde_json::json!({
            "code": self.code,
            "severity": severity,
            "message": self.message,
            "file": place.map(|(file, _)| file),
            "line": place.and_then(|(_, place)| place).map(|(line, _)| line),
            "column": place.and_then(|(_, place)| place).map(|(_, column)| column),
            "label": self.label,
            "help": self.help,
        })
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Finding {
        self.help = Some(text.into());
        self
    }
}

/// So many findings of one rule are shown to a person; the rest is counted.
pub const SHOWN_OF_A_KIND: usize = 20;

/// All findings of one look at the input; the error type of everything that reads what a user wrote.
#[derive(Clone, Default, PartialEq, Eq)]
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

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order a reader mends them: by file and position, errors first at one position, else as found; those without a
    /// place come last. A finding said twice is kept once, and one slip in many rows is one finding.
    #[must_use]
    pub fn sorted(mut self) -> Findings {
        self.0.sort_by(|a, b| a.order().cmp(&b.order()));
        let mut told = BTreeSet::new();
        let place = |f: &Finding| f.location.as_ref().map(|l| (l.source.name.clone(), l.span.start));
        self.0.retain(|f| told.insert((place(f), f.code, f.message.clone())));
        self.gathered()
    }

    /// Those that stand on other lines than all of `told`.
    #[must_use]
    pub fn elsewhere_than(mut self, told: &Findings) -> Findings {
        let line = |f: &Finding| f.location.as_ref().map(|l| (l.source.name.clone(), l.line_column().0));
        let lines: BTreeSet<_> = told.0.iter().filter_map(line).collect();
        self.0.retain(|f| line(f).is_none_or(|line| !lines.contains(&line)));
        self
    }

    /// Those that `other` has, too: of the same rule at the same place.
    #[must_use]
    pub fn also_in(mut self, other: &Findings) -> Findings {
        let key = |f: &Finding| (f.code, f.location.as_ref().map(|l| (l.source.name.clone(), l.span.start)));
        let there: BTreeSet<_> = other.0.iter().map(key).collect();
        self.0.retain(|f| there.contains(&key(f)));
        self
    }

    /// Those that stop the run.
    #[must_use]
    pub fn errors(mut self) -> Findings {
        self.0.retain(|f| f.severity == Severity::Error);
        self
    }

    /// The findings for a person to read: the first [`SHOWN_OF_A_KIND`] of each rule, and behind the last of them how many more there
    /// are.
    pub fn shown(&self) -> impl Iterator<Item = (&Finding, usize)> {
        let mut all: BTreeMap<&str, usize> = BTreeMap::new();
        self.0.iter().for_each(|f| *all.entry(f.code).or_default() += 1);
        let mut told: BTreeMap<&str, usize> = BTreeMap::new();
        self.0.iter().filter_map(move |f| {
            let told = told.entry(f.code).or_default();
            *told += 1;
            let more = if *told == SHOWN_OF_A_KIND { all[f.code] - *told } else { 0 };
            (*told <= SHOWN_OF_A_KIND).then_some((f, more))
        })
    }

    /// `2 errors, 1 warning`, the last line of a report.
    #[must_use]
    pub fn summary(&self) -> String {
        let count = |severity, word: &str| match self.0.iter().filter(|f| f.severity == severity).count() {
            0 => None,
            1 => Some(format!("1 {word}")),
            n => Some(format!("{n} {word}s")),
        };
        let parts: Vec<String> = [count(Severity::Error, "error"), count(Severity::Warning, "warning")].into_iter().flatten().collect();
        if parts.is_empty() { "nothing found".to_owned() } else { parts.join(", ") }
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
    /// Plain rendering, one block and an empty line a finding, as tests and logs keep it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.0 {
            writeln!(f, "{}\n", render(finding, false))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Findings {
    /// As shown to the user, so that a failed `unwrap` reads well.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Findings {}

/// Renders a finding in rustc's manner; `colour` for a terminal. Only the first line of the span is shown.
#[must_use]
pub fn render(finding: &Finding, colour: bool) -> String {
    use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    // A message quotes what somebody wrote, and so may a help.
    let (message, help) = (visible(&finding.message), finding.help.as_deref().map(visible_lines));
    let title = level.primary_title(&*message).id(finding.code);
    let mut group = match &finding.location {
        Some(at) if at.is_whole_file() => title.element(Origin::path(at.source.name.as_str())),
        Some(at) => {
            // Handing over one line keeps the cost of a thousand findings in a large table linear.
            let (line, span) = at.first_line();
            let mut mark = AnnotationKind::Primary.span(span);
            if let Some(label) = &finding.label {
                mark = mark.label(label.as_str());
            }
            title.element(Snippet::source(line).line_start(at.line_column().0).path(at.source.name.as_str()).annotation(mark))
        }
        None => Group::with_title(title),
    };
    let page = format!("'copperplate explain {}' says more", finding.code);
    group = group.element(Level::HELP.message(help.as_deref().unwrap_or(&page)));
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// A rule that findings come from: its code and its page in the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable code, such as `unknown-key`.
    pub code: &'static str,
    /// Severity of its findings.
    pub severity: Severity,
    /// What the rule finds, one sentence.
    pub what: &'static str,
    /// Why it matters, one or two sentences.
    pub why: &'static str,
    /// Smallest text that breaks the rule.
    pub example: &'static str,
    /// The same text put right, or what to do.
    pub mend: &'static str,
}

impl Rule {
    /// A finding of this rule, without a place yet.
    #[must_use]
    pub fn finding(&self, message: impl Into<String>) -> Finding {
        Finding { severity: self.severity, ..Finding::error(self.code, message) }
    }

    /// The page in Markdown, under a heading of level 2.
    #[must_use]
    pub fn page(&self) -> String {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let Rule { code, what, why, example, mend, .. } = self;
        format!("## {code}\n\n{what} ({severity})\n\n{why}\n\nExample:\n\n{}\nMended:\n\n{}", indented(example), indented(mend))
    }
}

fn indented(block: &str) -> String {
    block.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

/// The rule on codes that no rule has.
pub const UNKNOWN_CODE: Rule = Rule {
    code: "unknown-code",
    severity: Severity::Error,
    what: "The argument of 'explain' is no file, no code of a finding, no key of a scenario, no key figure and no strategy.",
    why: "A finding shows its code in brackets after 'error' or 'warning'. 'docs/diagnostics.md' lists all codes, \
          'docs/model/scenario.md' the keys, 'docs/model/kpi.md' the key figures.",
    example: "copperplate explain unknown-kye",
    mend: "copperplate explain unknown-key",
};

/// The page of the rule called `code`, in capitals or not, as `copperplate explain` prints it.
#[must_use]
pub fn explain(rules: &[&Rule], code: &str) -> Option<String> {
    rules.iter().find(|rule| rule.code.eq_ignore_ascii_case(code)).map(|rule| rule.page())
}

/// A word that `copperplate explain` does not know, with the most similar ones it knows.
#[must_use]
pub fn unknown_word(word: &str, known: &[&str]) -> Finding {
    let lower = word.to_lowercase();
    let finding = UNKNOWN_CODE.finding(format!("'explain' does not know '{word}'"));
    if let Some(name) = nearest(&lower, known) {
        return finding.help(format!("did you mean '{name}'?"));
    }
    // Words that share a part with it come first, then those that differ in less than half of their letters.
    let part = |name: &str| lower.len() > 2 && (name.contains(&*lower) || lower.contains(name) && name.len() > 2);
    let distance = |name: &str| strsim::osa_distance(&lower, name);
    let mut similar: Vec<&str> = known.iter().copied().filter(|name| part(name) || distance(name) * 2 < name.chars().count()).collect();
    similar.sort_by_key(|name| (!part(name), distance(name), *name));
    similar.dedup();
    similar.truncate(4);
    finding.help(match similar[..] {
        [] => "name a scenario's file, the code of a finding, a key, a key figure, a strategy, or a result or feeder file".to_owned(),
        _ => format!("similar are {}", quoted_list(&similar)),
    })
}

/// All pages in the order of their codes: the text of `docs/diagnostics.md`.
#[must_use]
pub fn handbook(rules: &[&Rule]) -> String {
    let codes: BTreeSet<&str> = rules.iter().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), rules.len(), "two rules share a code");
    let pages = codes.iter().filter_map(|code| rules.iter().find(|rule| rule.code == *code)).map(|rule| rule.page());
    let head = "# Diagnostics\n\nEvery finding carries the code of its rule. `copperplate explain CODE` prints one of these pages.\n";
    pages.fold(head.to_owned(), |text, page| text + "\n" + &page)
}

/// The name among `known` that `written` is most likely a slip of: at most a third of its letters away (one at least), whether they
/// are capitals or not.
#[must_use]
pub fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let written = written.to_lowercase();
    let distance = |name: &str| strsim::osa_distance(&written, &name.to_lowercase());
    let best = known.iter().copied().min_by_key(|name| (distance(name), *name))?;
    (distance(best) <= (best.chars().count() / 3).max(1)).then_some(best)
}

/// Help for a name nobody knows: the nearest one, else all of them behind `intro`.
#[must_use]
pub fn did_you_mean(written: &str, known: &[&str], intro: &str) -> String {
    match nearest(written, known) {
        Some(name) => format!("did you mean '{name}'?"),
        None => format!("{intro} {}", quoted_list(known)),
    }
}

/// The name that a help asks about with [`did_you_mean`].
#[must_use]
pub fn name_meant(help: &str) -> Option<&str> {
    help.strip_prefix("did you mean '")?.strip_suffix("'?")
}

/// `'a', 'b' and 'c'`.
#[must_use]
pub fn quoted_list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    match quoted.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
