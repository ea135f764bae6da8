//! The text of a scenario: files, layers and overrides merged into one tree that remembers where each value was written.
//!
//! - `extends = "base.toml"` at the top lays the file over another, relative to itself: tables merge key by key, lists and
//!   single values replace. A table over a list of tables changes items by their names: `[contract.midday-option]` lies over the
//!   item of `[[contract]]` with that `id` (or `domain`, or `element`). A base may extend a further one, without a cycle.
//! - An override `market.price_ceiling=90` is laid over the files and stands in the source "command line". Its value is TOML;
//!   what does not read as TOML is taken as text, so shells need no inner quotes.
//! - A layer that gives a table another kind (`prices.kind`) drops what the layers below say for their kind only.
//! - A path of a file inside a scenario is relative to the file that wrote it; one on the command line, to where the user is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Finding, Findings, Location, Source, meant, name_meant, nearest};
use crate::scenario::lint::{extends_cycle, toml_syntax, unknown_item, unknown_key, wrong_type};
use crate::scenario::node::{Node, Value, names, parse_table, parse_value};
use crate::scenario::path::{Step, steps};
use crate::table::read_text;

/// Name of the source of overrides.
pub(crate) const COMMAND_LINE: &str = "command line";

/// A scenario's text, merged, with the origin of every value.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    root: Node,
    /// Every text with the folder its paths are relative to: the scenario's file, its bases, then the overrides.
    origins: Vec<(Arc<Source>, PathBuf)>,
    faults: Findings,
}

impl Document {
    /// Reads the scenario at `path`, what it extends, and lays `overrides` (`path=value`) on top.
    ///
    /// Faults that leave the rest readable are kept in [`Document::faults`].
    ///
    /// # Errors
    /// What leaves no whole tree to check: `missing-file`, `extends-cycle`, and `toml-syntax` where brackets or keys are broken.
    pub fn read(path: &Path, overrides: &[String]) -> Result<Document, Findings> {
        Document::of(read_text(path)?, overrides)
    }

    /// As [`Document::read`], from a text that was not read from `name` but acts as if it had been.
    ///
    /// # Errors
    /// As [`Document::read`].
    pub fn parse(name: &str, text: String, overrides: &[String]) -> Result<Document, Findings> {
        Document::of(Arc::new(Source::new(name, text)), overrides)
    }

    fn of(source: Arc<Source>, overrides: &[String]) -> Result<Document, Findings> {
        let mut layers = Layers::default();
        let mut root = layers.file(&source, &mut Vec::new());
        for text in overrides {
            if let Err(fault) = layers.lay_override(&mut root, text) {
                layers.faults.push(fault);
            }
        }
        let Layers { origins, faults, broken } = layers;
        if broken { Err(faults.sorted()) } else { Ok(Document { root, origins, faults }) }
    }

    /// Faults of syntax and of overrides that left the rest readable; the scenario is not run with them.
    #[must_use]
    pub fn faults(&self) -> &Findings {
        &self.faults
    }

    /// Where the value at `path` (`market.price_ceiling`, `asset[2].power_kw`) was written; `None` when nobody wrote it.
    #[must_use]
    pub fn locate(&self, path: &str) -> Option<Location> {
        self.node(path).map(|node| node.at.clone())
    }

    /// Where the key at `path` was written, for findings about an entry as a whole.
    #[must_use]
    pub fn locate_key(&self, path: &str) -> Option<Location> {
        self.node(path).map(|node| node.entry().clone())
    }

    /// The value at `path`, or the innermost table or list around it that was written: a place for a finding about a default.
    #[must_use]
    pub fn nearest(&self, path: &str) -> Location {
        let mut node = &self.root;
        for (step, _) in steps(path).unwrap_or_default() {
            match child(node, &step) {
                Some(next) => node = next,
                None => break,
            }
        }
        node.at.clone()
    }

    /// The file or folder that the text at `path` names, relative to the file that wrote it; `None` when no text is there.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<PathBuf> {
        self.node(path).and_then(|node| self.resolve(node))
    }

    /// Every text the scenario was made of, overrides last.
    pub fn sources(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.origins.iter().map(|(source, _)| source)
    }

    /// Lays `value` over the tree at `path`, as if it had been written at `place` of one of the document's texts.
    ///
    /// # Errors
    /// `unknown-key` at `place` when no such path can be made: an item that a list does not have, a part of a single value.
    pub(crate) fn lay(&mut self, path: &str, value: Value, place: &Location) -> Result<(), Finding> {
        let mut target = &mut self.root;
        for (step, span) in steps(path).ok_or_else(|| unknown_key::no_path(path).located(place.clone()))? {
            target = descend(target, step, place, path.split_at(span.start)).map_err(|fault| fault.located(place.clone()))?;
        }
        let key = target.key.take();
        match target.overlay(Node { value, at: place.clone(), key }).0.into_iter().next() {
            Some(fault) => Err(fault.located(place.clone())),
            None => Ok(()),
        }
    }

    /// The document without the table or value called `key` at its top.
    pub(crate) fn without(mut self, key: &str) -> Document {
        if let Value::Table(entries) = &mut self.root.value {
            entries.remove(key);
        }
        self
    }

    /// The document without what is at fault, see [`Node::mended`].
    pub(crate) fn mended(&self, slips: &[(Location, String)], spoilt: &[Location], mends: &[(&Location, &Value)]) -> Document {
        self.with_root(self.root.mended(slips, spoilt, mends))
    }

    /// The document with another tree made of its texts.
    pub(crate) fn with_root(&self, root: Node) -> Document {
        Document { root, origins: self.origins.clone(), faults: self.faults.clone() }
    }

    /// The merged tree.
    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// Whether what stands at `lower` belongs to a layer below that of `upper`: a base, or a file under an override.
    pub(crate) fn is_below(&self, lower: &Location, upper: &Location) -> bool {
        // Files stand from the scenario down, overrides after them and up.
        let layer = |at: &Location| {
            let place = self.origins.iter().position(|(source, _)| Arc::ptr_eq(source, &at.source)).unwrap_or(0);
            if at.source.name == COMMAND_LINE { (1, place) } else { (0, self.origins.len() - place) }
        };
        layer(lower) < layer(upper)
    }

    /// As [`Document::file`], of a node in hand.
    pub(crate) fn resolve(&self, node: &Node) -> Option<PathBuf> {
        let (_, folder) = self.origins.iter().find(|(source, _)| Arc::ptr_eq(source, &node.at.source))?;
        node.text().map(|text| folder.join(text))
    }

    fn node(&self, path: &str) -> Option<&Node> {
        steps(path)?.iter().try_fold(&self.root, |node, (step, _)| child(node, step))
    }
}

/// The finding with its help as an override, if it is about one and asks for another name in its place.
pub(crate) fn in_override_form(finding: Finding) -> Finding {
    let mended = || {
        let at = finding.location.as_ref().filter(|at| at.source.name == COMMAND_LINE)?;
        let (meant, text) = (name_meant(finding.help.as_deref()?)?, &at.source.text);
        let written = text.get(at.span.clone()).filter(|written| !written.is_empty())?;
        let quote = written.chars().next().filter(|c| matches!(c, '"' | '\'')).map_or_else(String::new, String::from);
        // A key with dots is quoted where it stands in a path.
        let is_key = text.find('=').is_some_and(|sign| at.span.start < sign);
        let quote = if is_key && quote.is_empty() && meant.contains('.') { "\"".to_owned() } else { quote };
        Some(format!("write --set '{}{quote}{meant}{quote}{}'", &text[..at.span.start], &text[at.span.end..]))
    };
    match mended() {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// A document in the making.
#[derive(Default)]
struct Layers {
    origins: Vec<(Arc<Source>, PathBuf)>,
    faults: Findings,
    /// Whether a fault leaves the tree incomplete, so that checking it would blame what is right.
    broken: bool,
}

impl Layers {
    /// The text of `source` over all it extends. `above` holds the files that led here, outermost first.
    fn file(&mut self, source: &Arc<Source>, above: &mut Vec<PathBuf>) -> Node {
        let folder = Path::new(&source.name).parent().unwrap_or(Path::new("")).to_path_buf();
        self.origins.push((Arc::clone(source), folder.clone()));
        let (mut node, faults) = parse_table(source);
        self.broken |= !faults.0.iter().all(toml_syntax::leaves_rest_readable);
        self.faults.extend(faults);
        let Value::Table(entries) = &mut node.value else { return node };
        if let Some((slip, written)) = entries.iter().find(|(key, _)| *key != "extends" && nearest(key, &["extends"]).is_some()) {
            // Without its base nearly every key would be missing.
            self.broken = true;
            self.faults.push(unknown_key::finding("", slip, &["extends"]).located(written.entry().clone()));
        }
        let Some(extends) = entries.remove("extends") else { return node };
        let identity = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        above.push(identity(Path::new(&source.name)));
        let base = match extends.text() {
            None => Err(wrong_type::mismatch("extends", &extends, "a text", "extends = \"base.toml\"")),
            Some(written) if above.contains(&identity(&folder.join(written))) => Err(extends_cycle::finding(written)),
            Some(written) => read_text(&folder.join(written)),
        };
        match base {
            Ok(base) => {
                let mut below = self.file(&base, above);
                let faults = below.overlay(node);
                // What a broken text lies over says nothing.
                if !self.broken {
                    self.faults.extend(faults);
                }
                below
            }
            Err(fault) => {
                self.broken = true;
                self.faults.push(fault.located(extends.at));
                node
            }
        }
    }

    /// Lays one `path=value` over the tree.
    fn lay_override(&mut self, root: &mut Node, text: &str) -> Result<(), Finding> {
        let source = Arc::new(Source::new(COMMAND_LINE, text));
        self.origins.push((Arc::clone(&source), PathBuf::new()));
        let place = |span| Location { source: Arc::clone(&source), span };
        let form = || toml_syntax::override_form(text).located(place(0..text.len()));
        let (path, value) = text.split_once('=').ok_or_else(form)?;
        let begin = text.len() - value.trim_start().len();
        let bare = || toml_syntax::unquoted_items(path.trim(), value.trim()).map(|f| f.located(place(begin..begin + value.trim().len())));
        let (node, faults) = override_value(&source, value.trim(), begin).ok_or_else(|| bare().unwrap_or_else(form))?;
        self.faults.extend(faults);
        let (before, path) = (path.len() - path.trim_start().len(), path.trim());
        let mut target = root;
        for (step, span) in steps(path).ok_or_else(form)? {
            let key = place(span.start + before..span.end + before);
            if span.start == 0 && step == Step::Key("extends".to_owned()) {
                return Err(unknown_key::extends_override().located(key));
            }
            target = descend(target, step, &key, path.split_at(span.start)).map_err(|fault| fault.located(key))?;
        }
        let key = target.key.take();
        self.faults.extend(target.overlay(Node { key, ..node }));
        Ok(())
    }
}

/// `written`, standing at byte `from`, as TOML, or else as text; `None` where it begins like TOML and is not.
fn override_value(source: &Arc<Source>, written: &str, from: usize) -> Option<(Node, Findings)> {
    let span = from..from + written.len();
    parse_value(source, span.clone()).or_else(|| {
        let at = Location { source: Arc::clone(source), span };
        let broken_toml = written.is_empty() || written.starts_with(['[', '{', '"', '\'']) || written.starts_with(meant::CURLY);
        (!broken_toml).then(|| (Node { value: Value::Text(written.to_owned()), at, key: None }, Findings::default()))
    })
}

fn child<'a>(node: &'a Node, step: &Step) -> Option<&'a Node> {
    match (&node.value, step) {
        (Value::Table(entries), Step::Key(key)) => entries.get(key),
        (Value::List(items), Step::Item(i)) => items.get(*i),
        (Value::List(items), Step::Key(name)) => items.iter().find(|item| item.name() == Some(name)),
        _ => None,
    }
}

/// The node that `step` leads to; a table is made on the way where an override names a new key. `before` and `rest` are the parts of
/// the whole path before the step and from it on.
fn descend<'a>(node: &'a mut Node, step: Step, key: &Location, (before, rest): (&str, &str)) -> Result<&'a mut Node, Finding> {
    match (&mut node.value, step) {
        (Value::Table(entries), Step::Key(name)) => {
            let new = || Node { value: Value::Table(BTreeMap::new()), at: key.clone(), key: Some(key.clone()) };
            Ok(entries.entry(name).or_insert_with(new))
        }
        (Value::List(items), Step::Item(i)) => {
            let length = items.len();
            items.get_mut(i).ok_or_else(|| unknown_item::by_position(i, length))
        }
        (Value::List(items), Step::Key(name)) if items.iter().any(|item| item.name().is_some()) => {
            match items.iter().position(|item| item.name() == Some(&name)) {
                Some(i) => Ok(&mut items[i]),
                None => Err(unknown_item::in_path(&name, &names(items), before, rest)),
            }
        }
        (_, step) => Err(unknown_key::no_way(&step)),
    }
}
