//! A table that does not say its kind has the kind that holds where the whole table is left out.
//!
//! `[forecast]` left out is synthetic; `--set forecast.feed_in_sigma=0.3` or a `[forecast]` without `kind` is so, too. The schema
//! says it by not requiring the tag in that variant; the typed reader, which needs the tag, gets it written in.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::diagnostic::nearest;
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
        && prices.keys().all(|key| key == "imbalance_spread_eur_per_mwh")
    {
        prices.insert("kind".to_owned(), Node { value: Value::Text("weather".to_owned()), at, key: None });
    }
    root
}

/// The tree with every kind that is not said and has a default written in, at the place of its table.
pub(crate) fn written(node: &Node, shape: &Shape, shapes: &Shapes) -> Node {
    let value = match (shapes.resolve(shape), &node.value) {
        (Shape::List { item, .. }, Value::List(items)) => Value::List(items.iter().map(|node| written(node, item, shapes)).collect()),
        (Shape::Map(shape), Value::Table(entries)) => {
            Value::Table(entries.iter().map(|(key, node)| (key.clone(), written(node, shape, shapes))).collect())
        }
        (Shape::Table(fields), Value::Table(entries)) => Value::Table(table(entries, fields, shapes)),
        (Shape::Tagged { tag, default: Some(kind), variants }, Value::Table(entries)) if said(tag, variants, entries).is_none() => {
            let mut entries = entries.clone();
            entries.insert(tag.clone(), Node { value: Value::Text(kind.clone()), at: node.at.clone(), key: None });
            Value::Table(entries)
        }
        (_, value) => value.clone(),
    };
    Node { value, at: node.at.clone(), key: node.key.clone() }
}

fn table(entries: &BTreeMap<String, Node>, fields: &[Field], shapes: &Shapes) -> BTreeMap<String, Node> {
    let entry = |(key, node): (&String, &Node)| match fields.iter().find(|field| field.name == *key) {
        Some(field) => (key.clone(), written(node, &field.shape, shapes)),
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
