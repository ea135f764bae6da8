//! A table that does not say its kind has the kind that holds where the whole table is left out.
//!
//! `[forecast]` left out is synthetic; `--set forecast.feed_in_sigma=0.3` or a `[forecast]` without `kind` is so, too. The schema
//! says it by not requiring the tag in that variant; the typed reader, which needs the tag, gets it written in.
//!
//! A layer may give a table another kind. What the layers below say for their kind only (the `path` of prices from a file, under
//! `--set prices.kind=synthetic`) is then dropped.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::diagnostic::{Location, nearest};
use crate::scenario::node::{Node, Value};
use crate::scenario::shape::{Field, Shape, Shapes};

/// Takes the tag from what the variant requires that a property has by default.
pub(crate) fn ease(schema: &mut Json) {
    let tables = std::iter::once(&*schema).chain(schema["$defs"].as_object().into_iter().flat_map(|all| all.values()));
    let properties = tables.filter_map(|table| table["properties"].as_object()).flat_map(|all| all.values());
    let named = |property: &Json| Some((property["$ref"].as_str()?.strip_prefix("#/$defs/")?.to_owned(), property["default"].clone()));
    let defaults: Vec<(String, Json)> = properties.filter_map(named).filter(|(_, default)| default.is_object()).collect();
    for (name, default) in defaults {
        // `get_mut`, for an index would make what is not there.
        let variants = schema["$defs"].get_mut(&name).and_then(|table| table.get_mut("oneOf")).and_then(Json::as_array_mut);
        for variant in variants.into_iter().flatten() {
            let held = |key: &Json| key.as_str().is_some_and(|key| is_const(&variant["properties"][key], &default[key]));
            let Some(tag) = variant["required"].as_array().and_then(|required| required.iter().position(held)) else { continue };
            variant["required"].as_array_mut().map(|required| required.remove(tag));
        }
    }
}

fn is_const(property: &Json, value: &Json) -> bool {
    property["const"].is_string() && property["const"] == *value
}

/// The tree with prices of the weather's hours where measured weather is written and no other prices are: one world, unless somebody
/// says otherwise.
pub(crate) fn prices_of_the_weather(root: &Node) -> Node {
    let mut root = root.clone();
    let Value::Table(entries) = &mut root.value else { return root };
    let Some(Node { value: Value::Table(weather), at, .. }) = entries.get("weather") else { return root };
    if weather.get("kind").and_then(Node::text) != Some("measured") {
        return root;
    }
    let at = at.clone();
    let empty = || Node { value: Value::Table(BTreeMap::new()), at: at.clone(), key: None };
    if let Value::Table(prices) = &mut entries.entry("prices".to_owned()).or_insert_with(empty).value
        && prices.keys().all(|key| key == "imbalance_spread_eur_per_mwh" || key == "retail")
    {
        prices.insert("kind".to_owned(), Node { value: Value::Text("weather".to_owned()), at, key: None });
    }
    root
}

/// Whether what stands at the first place belongs to a layer below that of the second.
type Below<'a> = &'a dyn Fn(&Location, &Location) -> bool;

/// The tree with every kind that is not said and has a default written in, at the place of its table; without what lower layers say
/// of a table for another kind than the one it has now.
pub(crate) fn written(node: &Node, shape: &Shape, shapes: &Shapes, below: Below<'_>) -> Node {
    let value = match (shapes.resolve(shape), &node.value) {
        (Shape::List { item, .. }, Value::List(items)) => {
            Value::List(items.iter().map(|node| written(node, item, shapes, below)).collect())
        }
        (Shape::Map(shape), Value::Table(entries)) => {
            Value::Table(entries.iter().map(|(key, node)| (key.clone(), written(node, shape, shapes, below))).collect())
        }
        (Shape::Table(fields), Value::Table(entries)) => Value::Table(table(entries, fields, shapes, below)),
        (Shape::Tagged { tag, default: Some(kind), variants }, Value::Table(entries)) if said(tag, variants, entries).is_none() => {
            let mut entries = entries.clone();
            entries.insert(tag.clone(), Node { value: Value::Text(kind.clone()), at: node.at.clone(), key: None });
            Value::Table(entries)
        }
        (Shape::Tagged { tag, variants, .. }, Value::Table(entries)) if entries.contains_key(tag) => {
            Value::Table(of_its_kind(entries, tag, variants, below))
        }
        (_, value) => value.clone(),
    };
    Node { value, at: node.at.clone(), key: node.key.clone() }
}

/// The entries of a table without those that only other kinds have and a layer below the one that says the kind wrote.
fn of_its_kind(entries: &BTreeMap<String, Node>, tag: &str, variants: &[(String, Vec<Field>)], below: Below<'_>) -> BTreeMap<String, Node> {
    let kind = &entries[tag];
    let has = |fields: &[Field], key: &str| fields.iter().any(|field| field.name == key);
    let own = variants.iter().find(|(name, _)| kind.text() == Some(name));
    let stays = |(key, node): &(&String, &Node)| {
        let of_another = own.is_some_and(|(_, fields)| !has(fields, key)) && variants.iter().any(|(_, fields)| has(fields, key));
        !(of_another && below(&node.at, &kind.at))
    };
    entries.iter().filter(stays).map(|(key, node)| (key.clone(), node.clone())).collect()
}

fn table(entries: &BTreeMap<String, Node>, fields: &[Field], shapes: &Shapes, below: Below<'_>) -> BTreeMap<String, Node> {
    let entry = |(key, node): (&String, &Node)| match fields.iter().find(|field| field.name == *key) {
        Some(field) => (key.clone(), written(node, &field.shape, shapes, below)),
        None => (key.clone(), node.clone()),
    };
    entries.iter().map(entry).collect()
}

/// The key that says the kind: the tag, or a slip of it, which is a key that no variant has.
pub(crate) fn said<'e>(tag: &str, variants: &[(String, Vec<Field>)], entries: &'e BTreeMap<String, Node>) -> Option<&'e String> {
    let foreign = |key: &&String| !variants.iter().any(|(_, fields)| fields.iter().any(|field| field.name == **key));
    let slip = || entries.keys().filter(foreign).find(|key| nearest(key, &[tag]).is_some());
    entries.get_key_value(tag).map(|(key, _)| key).or_else(slip)
}
