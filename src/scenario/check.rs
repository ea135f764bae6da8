//! The checker: a document against the shape of the Rust types, all faults in one walk.
//!
//! One cause gives one finding. A misspelt key is an unknown key and not also a missing one; a table whose kind is unknown is
//! not checked further, for its keys depend on the kind; a value of the wrong type is not also out of range.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Finding, Findings, Location, Source, meant, nearest};
use crate::scenario::default_kind;
use crate::scenario::document::{COMMAND_LINE, Document};
use crate::scenario::example;
use crate::scenario::lint::{missing_file, missing_key, out_of_range, unknown_key, unknown_value, wrong_type, wrong_unit};
use crate::scenario::node::{Node, Value, parse_value};
use crate::scenario::path::join;
use crate::scenario::shape::{Field, Limits, Shape, Shapes};
use crate::scenario::unit;

/// What a walk found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) findings: Findings,
    /// Keys that are slips, and what they were meant for.
    pub(crate) slips: Vec<(Location, String)>,
    /// Values at fault, and sound ones in their place.
    pub(crate) mends: Vec<Mend>,
}

/// A sound value in place of one at fault: what was probably meant, else one of the right kind.
#[derive(Debug)]
pub(crate) struct Mend {
    pub(crate) at: Location,
    pub(crate) value: Value,
    /// Whether the value was only beyond its limits; then this is the nearest within.
    pub(crate) is_limit: bool,
}

/// All faults of `document` against `shapes`.
pub(crate) fn check(document: &Document, shapes: &Shapes) -> Checked {
    let mut checker = Checker::new(document, shapes);
    checker.value(&Spot { node: document.root(), path: "", key: "the file", description: None }, shapes.root());
    let Checker { mut findings, slips, mends, misplaced, missing, .. } = checker;
    // A key below the wrong table is not also missing from its own.
    findings.0.extend(missing.into_iter().filter(|(path, _)| !misplaced.contains(path)).map(|(_, finding)| finding));
    Checked { findings, slips, mends }
}

struct Checker<'a> {
    document: &'a Document,
    shapes: &'a Shapes,
    findings: Findings,
    slips: Vec<(Location, String)>,
    mends: Vec<Mend>,
    /// Paths that keys in the wrong table have where they belong.
    misplaced: Vec<String>,
    /// Missing keys by their paths.
    missing: Vec<(String, Finding)>,
}

/// A value on the way: its path, the key that leads to it, and what that key means.
struct Spot<'a> {
    node: &'a Node,
    path: &'a str,
    key: &'a str,
    description: Option<&'a str>,
}

/// What a table's kind has to do with its keys; nothing of a table that has no kind.
#[derive(Default)]
struct Kind<'a> {
    /// Keys whose faults are already told.
    settled: Vec<&'a str>,
    tag: &'a str,
    variants: &'a [(String, Vec<Field>)],
}

impl Kind<'_> {
    /// The kinds that have the key.
    fn others_with(&self, key: &str) -> Vec<&str> {
        let has = |(_, fields): &&(String, Vec<Field>)| fields.iter().any(|field| field.name == key);
        self.variants.iter().filter(has).map(|(name, _)| name.as_str()).collect()
    }
}

impl<'a> Checker<'a> {
    fn new(document: &'a Document, shapes: &'a Shapes) -> Checker<'a> {
        Checker {
            document,
            shapes,
            findings: Findings::default(),
            slips: Vec::new(),
            mends: Vec::new(),
            misplaced: Vec::new(),
            missing: Vec::new(),
        }
    }

    fn value(&mut self, spot: &Spot<'_>, shape: &Shape) {
        let shape = self.shapes.resolve(shape);
        match (shape, &spot.node.value) {
            (Shape::Any, _) | (Shape::Boolean, Value::Boolean(_)) => {}
            (Shape::Number { limits, .. }, Value::Integer(n)) => self.limits(spot, *n as f64, limits),
            (Shape::Number { limits, whole: false }, Value::Float(x)) if x.is_finite() => self.limits(spot, *x, limits),
            (Shape::Text { format: None, length, .. }, Value::Text(text)) => self.length(spot, text.chars().count(), length, "character"),
            (Shape::Text { format: Some(format), .. }, Value::Text(text)) => self.format(spot, format, text),
            (Shape::Text { format: Some(format), .. }, Value::Moment(moment)) => self.format(spot, format, &moment.to_string()),
            (Shape::Names(names), Value::Text(text)) => self.name(spot, text, names),
            (Shape::List { item, length }, Value::List(items)) => {
                self.length(spot, items.len(), length, "item");
                self.items(spot, items.iter().map(|node| (node, &**item)));
            }
            (Shape::Tuple(shapes), Value::List(items)) => {
                let length = Limits { min: Some(shapes.len() as f64), max: Some(shapes.len() as f64), ..Limits::default() };
                self.length(spot, items.len(), &length, "item");
                self.items(spot, items.iter().zip(shapes));
            }
            (Shape::Table(fields), Value::Table(entries)) => self.table(spot, entries, fields, &Kind::default()),
            (Shape::Map(shape), Value::Table(entries)) => {
                for (key, node) in entries {
                    self.value(&Spot { node, path: &join(spot.path, key), key, description: spot.description }, shape);
                }
            }
            (Shape::Tagged { tag, variants, .. }, Value::Table(entries)) => self.tagged(spot, entries, tag, variants),
            (Shape::Choice(shapes), _) => self.choice(spot, shape, shapes),
            _ => self.wrong_type(spot, shape),
        }
    }

    fn items<'n>(&mut self, spot: &Spot<'_>, items: impl Iterator<Item = (&'n Node, &'n Shape)>) {
        for (i, (node, shape)) in items.enumerate() {
            let (path, key) = (format!("{}[{i}]", spot.path), format!("{}[{i}]", spot.key));
            self.value(&Spot { node, path: &path, key: &key, description: spot.description }, shape);
        }
    }

    fn table(&mut self, spot: &Spot<'_>, entries: &BTreeMap<String, Node>, fields: &[Field], kind: &Kind<'_>) {
        let settled = &kind.settled;
        // Where a key of another kind stands, the kind may be what is wrong, and then no key of this one is missing.
        let mut is_kind_doubted = false;
        let mut misspelt: BTreeMap<&str, &Node> = BTreeMap::new();
        for (key, node) in entries.iter().filter(|(key, _)| !settled.contains(&key.as_str())) {
            if !fields.iter().any(|field| field.name == *key) {
                if let Some(finding) = unknown_key::moved(spot.path, key) {
                    self.findings.push(finding.located(node.entry().clone()));
                    continue;
                }
                let known = likely_meant(key, entries, fields);
                let other_unit = unit::other_unit(key, &known);
                let meant = other_unit.map(|(name, ..)| name).or_else(|| nearest(key, &known));
                misspelt.extend(meant.map(|name| (name, node)));
                self.slips.extend(meant.map(|name| (node.entry().clone(), name.to_owned())));
                let finding = match other_unit {
                    Some((name, from, to)) => wrong_unit::finding(spot.path, key, name, node, (from, to)),
                    None if meant.is_some() => unknown_key::finding(spot.path, key, &known),
                    None => match (kind.others_with(key), self.shapes.homes(key, node.holds_tables())) {
                        (others, _) if !others.is_empty() => {
                            is_kind_doubted = true;
                            unknown_key::of_other_kind(spot.path, key, kind.tag, &others)
                        }
                        (_, homes) if !homes.is_empty() => {
                            let path = |home: &str| home.trim_matches(['[', ']']).to_owned();
                            let own = |home: &String| path(home) == *key || path(home).ends_with(&format!(".{key}"));
                            self.misplaced.extend(homes.iter().map(|home| if own(home) { path(home) } else { join(&path(home), key) }));
                            match homes.iter().all(own) {
                                false if override_of(node, key, &homes).is_some() => {
                                    let form = override_of(node, key, &homes).unwrap_or_default();
                                    unknown_key::misplaced_override(spot.path, key, &form)
                                }
                                true => unknown_key::misplaced_table(spot.path, key, &homes),
                                false => unknown_key::misplaced(spot.path, key, &homes),
                            }
                        }
                        _ => unknown_key::finding(spot.path, key, &known),
                    },
                };
                self.findings.push(finding.located(node.entry().clone()));
            }
        }
        let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
        if spot.path.is_empty() && entries.is_empty() && !required.is_empty() {
            self.findings.push(missing_key::nothing(&required).located(spot.node.at.clone()));
            return;
        }
        for field in fields.iter().filter(|field| !settled.contains(&field.name.as_str())) {
            let path = join(spot.path, &field.name);
            let check = |checker: &mut Self, node| {
                checker.value(&Spot { node, path: &path, key: &field.name, description: field.description.as_deref() }, &field.shape);
            };
            match (entries.get(&field.name), misspelt.get(field.name.as_str()).copied()) {
                // A table under a misspelt header is checked as the one it was meant to be, or the start of it.
                (present, Some(slip)) if slip.is_table() && present.is_none_or(Node::is_table) => {
                    let mut whole = slip.clone();
                    present.into_iter().for_each(|node| drop(whole.overlay(node.clone())));
                    check(self, &whole);
                }
                (Some(node), _) => check(self, node),
                (None, None) if field.required && !is_kind_doubted => {
                    let entry = in_place(spot.node, &path, &example::entry(field, &path, self.shapes));
                    let finding = missing_key::finding(spot.path, &field.name, &entry, field.description.as_deref());
                    self.missing.push((path, finding.located(spot.node.at.clone())));
                }
                (None, _) => {}
            }
        }
    }

    fn tagged(&mut self, spot: &Spot<'_>, entries: &BTreeMap<String, Node>, tag: &str, variants: &[(String, Vec<Field>)]) {
        let names: Vec<&str> = variants.iter().map(|(name, _)| name.as_str()).collect();
        let Some(written) = default_kind::said(tag, variants, entries) else {
            let entry = format!("{tag} = \"{}\"", names[0]);
            let choose = format!("choose from {}", crate::diagnostic::quoted_list(&names));
            self.findings.push(missing_key::finding(spot.path, tag, &entry, Some(&choose)).located(spot.node.at.clone()));
            return;
        };
        let node = &entries[written];
        if written != tag {
            self.slips.push((node.entry().clone(), tag.to_owned()));
            self.findings.push(unknown_key::finding(spot.path, written, &[tag]).located(node.entry().clone()));
        }
        let kind = Spot { node, path: &join(spot.path, tag), key: tag, description: None };
        match node.text() {
            None => self.wrong_type(&kind, &Shape::Names(names.iter().map(|&name| name.to_owned()).collect())),
            Some(name) => match variants.iter().find(|(variant, _)| variant == name) {
                Some((_, fields)) => self.table(spot, entries, fields, &Kind { settled: vec![tag, written], tag, variants }),
                None => self.unknown_value(&kind, name, &names),
            },
        }
    }

    /// The faults under the alternative that fits best: none, else the fewest among those of the value's type.
    fn choice(&mut self, spot: &Spot<'_>, whole: &Shape, shapes: &[Shape]) {
        let attempts = shapes.iter().filter(|shape| admits(self.shapes, shape, spot.node)).map(|shape| {
            let mut attempt = Checker::new(self.document, self.shapes);
            attempt.value(spot, shape);
            attempt
        });
        match attempts.min_by_key(|attempt| attempt.findings.0.len() + attempt.missing.len()) {
            Some(best) => {
                self.findings.extend(best.findings);
                self.slips.extend(best.slips);
                self.mends.extend(best.mends);
                self.misplaced.extend(best.misplaced);
                self.missing.extend(best.missing);
            }
            None => self.wrong_type(spot, whole),
        }
    }

    fn limits(&mut self, spot: &Spot<'_>, x: f64, limits: &Limits) {
        if !limits.hold(x) {
            let unit = example::unit(spot.key);
            // A number of hundreds of digits helps nobody.
            let written = if x != 0.0 && !(1e-6..1e15).contains(&x.abs()) { format!("{x:e}") } else { x.to_string() };
            let (is, allowed) = (format!("is {written}{unit}"), limits.allowed(&unit));
            // A key without a unit is a fraction or a factor.
            let share = Some(x / 100.0).filter(|share| unit.is_empty() && limits.max.is_some_and(|max| max <= 10.0) && limits.hold(*share));
            match share {
                // A factor of eleven is hardly eleven per cent.
                Some(share) if x >= 20.0 || (x > 0.0 && limits.max == Some(1.0)) => {
                    let entry = in_place(spot.node, spot.path, &example::assigned(spot.key, &share.to_string()));
                    let finding = out_of_range::per_cent(spot.key, &is, &allowed, spot.description, &entry);
                    self.findings.push(finding.located(spot.node.at.clone()));
                }
                _ => self.out_of_range(spot, &is, &allowed),
            }
            let nearest = example::nearest(x, limits);
            let value = if matches!(spot.node.value, Value::Integer(_)) { Value::Integer(nearest as i64) } else { Value::Float(nearest) };
            self.mends.push(Mend { at: spot.node.at.clone(), value, is_limit: true });
        }
    }

    fn length(&mut self, spot: &Spot<'_>, length: usize, limits: &Limits, what: &str) {
        if !limits.hold(length as f64) {
            let plural = if length == 1 { "" } else { "s" };
            self.out_of_range(spot, &format!("has {length} {what}{plural}"), &limits.allowed(""));
        }
    }

    fn out_of_range(&mut self, spot: &Spot<'_>, is: &str, allowed: &str) {
        let finding = out_of_range::finding(spot.key, is, allowed, spot.description);
        self.findings.push(finding.located(spot.node.at.clone()));
    }

    fn name(&mut self, spot: &Spot<'_>, text: &str, names: &[String]) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if !names.contains(&text) {
            self.unknown_value(spot, text, &names);
        }
    }

    fn unknown_value(&mut self, spot: &Spot<'_>, text: &str, names: &[&str]) {
        let meant = nearest(text, names).unwrap_or(names[0]);
        self.mends.push(Mend { at: spot.node.at.clone(), value: Value::Text(meant.to_owned()), is_limit: false });
        self.findings.push(unknown_value::finding(spot.key, text, names).located(spot.node.at.clone()));
    }

    /// Dates and times must read; `file` and `folder` must be there.
    fn format(&mut self, spot: &Spot<'_>, format: &str, text: &str) {
        let fault: Option<Finding> = match format {
            "file" | "folder" => match self.document.resolve(spot.node) {
                Some(path) => missing_file::check(&path, format == "folder").err(),
                None => return self.wrong_type(spot, &Shape::Text { format: None, refers_to: None, length: Limits::default() }),
            },
            _ if example::reads_as(format, text) => None,
            _ => {
                let (expected, sample) = example::of_format(format);
                let expected =
                    if example::says_an_offset(format, text) { format!("{expected} without an offset") } else { expected.to_owned() };
                let entry = |value: &str| in_place(spot.node, spot.path, &example::assigned(spot.key, value));
                let meant = match format {
                    "date" => meant::date(text),
                    "partial-time" => {
                        meant::clock_time(text).map(|time| format!("write {}", wrong_type::shown(&entry(&format!("\"{time}\"")))))
                    }
                    _ => None,
                };
                Some(match (text, meant) {
                    ("24:00" | "24:00:00", _) => {
                        let ends_window = spot.key == "until" && spot.path.contains("windows[");
                        let entry = |time: &str| in_place(spot.node, spot.path, &example::assigned(spot.key, &format!("\"{time}\"")));
                        wrong_type::end_of_day(spot.key, text, &entry("00:00"), &entry("23:59"), ends_window)
                    }
                    (_, Some(write)) => wrong_type::misread(spot.key, text, &expected, &write),
                    (_, None) => wrong_type::unreadable(spot.key, text, &expected, &entry(sample)),
                })
            }
        };
        self.findings.0.extend(fault.map(|fault| fault.located(spot.node.at.clone())));
    }

    fn wrong_type(&mut self, spot: &Spot<'_>, expected: &Shape) {
        let meant = mended(self.shapes, expected, spot.node);
        let sample = meant.clone().unwrap_or_else(|| example::sample(expected, self.shapes));
        let value = value_of(&sample);
        self.mends.extend(value.map(|value| Mend { at: spot.node.at.clone(), value, is_limit: false }));
        let entry = match meant {
            Some(value) => example::assigned(spot.key, &value),
            None => example::of_shape(spot.path, spot.key, expected, self.shapes),
        };
        let entry = in_place(spot.node, spot.path, &entry);
        let finding = wrong_type::mismatch(spot.key, spot.node, &example::name(expected, self.shapes), &entry);
        self.findings.push(finding.located(spot.node.at.clone()));
    }
}

/// An entry as it is written where the faulty one stands: on the command line it is an override of the value at `path`.
fn in_place(node: &Node, path: &str, entry: &str) -> String {
    match entry.split_once(" = ") {
        Some((_, value)) if node.at.source.name == COMMAND_LINE => format!("--set '{path}={value}'"),
        _ => entry.to_owned(),
    }
}

/// The override that a key on the command line is meant for, if only one table has the key.
fn override_of(node: &Node, key: &str, homes: &[String]) -> Option<String> {
    let (at, [home]) = (node.entry(), homes) else { return None };
    let rest = at.source.text.get(at.span.end..).filter(|_| at.source.name == COMMAND_LINE)?;
    let path = home.trim_matches(['[', ']']);
    let is_list = home.starts_with("[[");
    (!path.contains("NAME")).then(|| format!("--set '{}{rest}'", join(&format!("{path}{}", if is_list { "[0]" } else { "" }), key)))
}

/// What was written, put right, where its meaning is plain: a number in quotes, a text or the one item of a list without.
fn mended(shapes: &Shapes, expected: &Shape, node: &Node) -> Option<String> {
    let written = node.at.source.text.get(node.at.span.clone())?;
    // What stands where the value is said to be may be the name of its key.
    if !matches!(node.value, Value::Text(_)) && value_of(written).as_ref() != Some(&node.value) {
        return None;
    }
    match (shapes.resolve(expected), &node.value) {
        (Shape::Number { whole: false, .. }, Value::Text(text)) => {
            let plain = text.parse::<f64>().ok().filter(|x| x.is_finite()).map(|x| number(text, x));
            plain.or_else(|| meant::number(text)?.write)
        }
        (Shape::Number { whole: true, .. }, Value::Text(text)) => text.parse::<i64>().ok().map(|_| text.clone()),
        (Shape::Text { format: None, .. }, Value::Integer(_) | Value::Float(_)) => Some(format!("\"{written}\"")),
        (Shape::List { item, .. }, Value::Text(text)) => list_in_a_text(shapes, item, text, admits(shapes, item, node)),
        // A figure in place of a table is meant for one of its keys.
        (Shape::Table(fields), Value::Integer(_) | Value::Float(_)) if fields.iter().all(|field| !field.required) => {
            let is_number = |field: &&Field| admits(shapes, &field.shape, node) && !matches!(shapes.resolve(&field.shape), Shape::Any);
            fields.iter().find(is_number).map(|field| format!("{{ {} = {written} }}", field.name))
        }
        (Shape::List { item, .. }, _) if admits(shapes, item, node) && !node.is_table() => Some(format!("[{written}]")),
        _ => None,
    }
}

/// The list that one text with commas is meant as: of numbers where all its parts are, else of texts where `takes_texts`.
fn list_in_a_text(shapes: &Shapes, item: &Shape, text: &str, takes_texts: bool) -> Option<String> {
    let unwrapped = text.trim().trim_start_matches('[').trim_end_matches(']');
    let parts: Vec<&str> = unwrapped.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let number = |part: &&str| part.parse::<f64>().is_ok_and(f64::is_finite) && toml::de::DeValue::parse(part).is_ok();
    let takes_numbers = value_of("1").is_some_and(|value| admits_value(shapes, item, &value));
    if takes_numbers && !parts.is_empty() && parts.iter().all(number) {
        return Some(format!("[{}]", parts.join(", ")));
    }
    let quoted: Vec<String> = parts.iter().map(|part| format!("\"{}\"", part.trim_matches(['"', '\'']))).collect();
    takes_texts.then(|| format!("[{}]", quoted.join(", ")))
}

/// A text of TOML as a value.
fn value_of(text: &str) -> Option<Value> {
    parse_value(&Arc::new(Source::new("", text)), 0..text.len()).map(|(node, _)| node.value)
}

/// A number as it was written, unless TOML does not take it so: `.8` is 0.8.
fn number(written: &str, x: f64) -> String {
    if toml::de::DeValue::parse(written).is_ok() { written.to_owned() } else { format!("{x:?}") }
}

/// The keys that an unknown one may be a slip of: those not there yet if one of them is near, else all.
fn likely_meant<'f>(key: &str, entries: &BTreeMap<String, Node>, fields: &'f [Field]) -> Vec<&'f str> {
    let all: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let absent: Vec<&str> = all.iter().copied().filter(|name| !entries.contains_key(*name)).collect();
    if nearest(key, &absent).is_some() { absent } else { all }
}

/// Whether the node has the type of the shape, whatever lies inside.
fn admits(shapes: &Shapes, shape: &Shape, node: &Node) -> bool {
    admits_value(shapes, shape, &node.value)
}

fn admits_value(shapes: &Shapes, shape: &Shape, value: &Value) -> bool {
    match (shapes.resolve(shape), value) {
        (Shape::Choice(alternatives), _) => alternatives.iter().any(|alternative| admits_value(shapes, alternative, value)),
        (Shape::Any, _)
        | (Shape::Boolean, Value::Boolean(_))
        | (Shape::Number { .. }, Value::Integer(_))
        | (Shape::Number { whole: false, .. }, Value::Float(_))
        | (Shape::Text { .. } | Shape::Names(_), Value::Text(_))
        | (Shape::Text { format: Some(_), .. }, Value::Moment(_))
        | (Shape::List { .. } | Shape::Tuple(_), Value::List(_))
        | (Shape::Table(_) | Shape::Map(_) | Shape::Tagged { .. }, Value::Table(_)) => true,
        _ => false,
    }
}
