//! A scenario as a tree of values, each with the place it was written at.
//!
//! TOML is parsed once. Everything later (layers, checks, typed reading, the listing of resolved values) works on this tree, so
//! a value keeps its file and bytes through layering and overrides.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use crate::diagnostic::{Findings, Location, Source, meant};
use crate::scenario::lint::{toml_syntax, unknown_item};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// The value.
    pub(crate) value: Value,
    /// The value's bytes; of a table its header, or the braces of an inline one.
    pub(crate) at: Location,
    /// Bytes of its key; `None` for items of lists and the document itself.
    pub(crate) key: Option<Location>,
}

/// What TOML can say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    /// Date, time or both, in the form RFC 3339 gives them.
    Moment(Datetime),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

/// Parses the whole of `source`: what could be read, and the faults of syntax.
pub(crate) fn parse_table(source: &Arc<Source>) -> (Node, Findings) {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    // The document has no header of its own: a fault of the whole is shown before its first entry.
    let top = table.get_ref().keys().map(|key| source.text[..key.span().start].rfind('\n').map_or(0, |n| n + 1)).min().unwrap_or(0);
    let mut reader = Reader { source, shift: 0, faults: toml_syntax::findings(source, errors) };
    let value = reader.table(table.into_inner());
    (Node { value, at: Location { source: Arc::clone(source), span: top..top }, key: None }, reader.faults)
}

/// Parses one TOML value standing at `span` of `source`, with what cannot be held of it; `None` if it is not one.
pub(crate) fn parse_value(source: &Arc<Source>, span: Range<usize>) -> Option<(Node, Findings)> {
    let value = DeValue::parse(&source.text[span.clone()]).ok()?;
    let mut reader = Reader { source, shift: span.start, faults: Findings::default() };
    Some((reader.node(value, None), reader.faults))
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    shift: usize,
    faults: Findings,
}

impl Reader<'_> {
    fn location(&self, span: Range<usize>) -> Location {
        Location { source: Arc::clone(self.source), span: span.start + self.shift..span.end + self.shift }
    }

    fn table(&mut self, table: DeTable<'_>) -> Value {
        let entry = |(key, value): (toml::Spanned<_>, _)| {
            let place = self.location(key.span());
            let name: std::borrow::Cow<'_, str> = key.into_inner();
            (name.into_owned(), self.node(value, Some(place)))
        };
        Value::Table(table.into_iter().map(entry).collect())
    }

    fn node(&mut self, value: toml::Spanned<DeValue<'_>>, key: Option<Location>) -> Node {
        let at = self.location(value.span());
        let value = match value.into_inner() {
            // Quotes of word processors are told; what stands between them is the text.
            DeValue::String(text) if self.source.text[at.span.clone()].starts_with(meant::CURLY) => {
                Value::Text(text.trim_matches(meant::CURLY).to_owned())
            }
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) => Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or_else(|_| {
                self.faults.push(toml_syntax::too_long(number.as_str()).located(at.clone()));
                0
            })),
            // The parser has checked the digits; `inf` and `nan` read too and are refused by the checker.
            // Zero has no sign.
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN) + 0.0),
            DeValue::Boolean(b) => Value::Boolean(b),
            DeValue::Datetime(moment) => Value::Moment(moment),
            DeValue::Array(items) => Value::List(items.into_iter().map(|item| self.node(item, None)).collect()),
            DeValue::Table(table) => self.table(table),
        };
        Node { value, at, key }
    }
}

impl Node {
    /// Lays `over` on top: tables merge key by key, a table over a list of named tables changes the items it names, anything else
    /// is replaced. A merged table stands where `over` wrote it. Gives the faults: items that are not there.
    pub(crate) fn overlay(&mut self, over: Node) -> Findings {
        let mut faults = Findings::default();
        match (&mut self.value, over.value) {
            (Value::Table(base), Value::Table(entries)) => {
                for (key, node) in entries {
                    match base.get_mut(&key) {
                        Some(below) => faults.extend(below.overlay(node)),
                        None => drop(base.insert(key, node)),
                    }
                }
            }
            (Value::List(items), Value::Table(entries)) if items.iter().any(|item| item.name().is_some()) => {
                if !entries.is_empty() && entries.values().all(|node| !node.is_table()) {
                    faults.push(unknown_item::for_list(&names(items)).located(over.at));
                    return faults;
                }
                for (key, node) in entries {
                    match items.iter_mut().find(|item| item.name() == Some(&key)) {
                        Some(item) => faults.extend(item.overlay(node)),
                        None => faults.push(unknown_item::by_name(&key, &names(items)).located(node.entry().clone())),
                    }
                }
                return faults;
            }
            (value, replacement) => *value = replacement,
        }
        self.at = over.at;
        self.key = over.key;
        faults
    }

    /// What tells an item of a list of tables from the others: its `id`, `domain` or `element`.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.value {
            Value::Table(entries) => ["id", "domain", "element"].iter().find_map(|key| entries.get(*key)?.text()),
            _ => None,
        }
    }

    /// The tree without what is at fault: keys of `slips` under the name they were meant for, values at `spoilt` left out, and those
    /// at places of `mends` replaced.
    pub(crate) fn mended(&self, slips: &[(Location, String)], spoilt: &[Location], mends: &[(&Location, &Value)]) -> Node {
        let same = |a: &Location, b: &Location| Arc::ptr_eq(&a.source, &b.source) && a.span == b.span;
        let sound = |node: &&Node| !spoilt.iter().any(|at| same(at, &node.at) || node.key.as_ref().is_some_and(|key| same(at, key)));
        let mend = mends.iter().find(|(at, _)| same(at, &self.at)).map(|(_, value)| *value);
        let value = match mend.unwrap_or(&self.value) {
            mended if mend.is_some() => mended.clone(),
            Value::List(items) => Value::List(items.iter().filter(sound).map(|item| item.mended(slips, spoilt, mends)).collect()),
            Value::Table(entries) => {
                let meant = |node: &Node| slips.iter().find(|(at, _)| node.key.as_ref().is_some_and(|key| same(at, key)));
                let entries = entries.iter().filter(|(_, node)| meant(node).is_some() || sound(node));
                let entry =
                    |(key, node): (&String, &Node)| (meant(node).map_or(key, |(_, name)| name).clone(), node.mended(slips, spoilt, mends));
                Value::Table(entries.map(entry).collect())
            }
            single => single.clone(),
        };
        Node { value, at: self.at.clone(), key: self.key.clone() }
    }

    /// Whether it is a table.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.value, Value::Table(_))
    }

    /// Whether it is a table or a list of them, so that TOML writes it under headers.
    pub(crate) fn holds_tables(&self) -> bool {
        match &self.value {
            Value::List(items) => items.iter().any(Node::is_table),
            _ => self.is_table(),
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Where the key stands, or the value if it has none: what a finding about the entry as a whole underlines.
    pub(crate) fn entry(&self) -> &Location {
        self.key.as_ref().unwrap_or(&self.at)
    }
}

/// Names of the items that have one.
pub(crate) fn names(items: &[Node]) -> Vec<&str> {
    items.iter().filter_map(Node::name).collect()
}
