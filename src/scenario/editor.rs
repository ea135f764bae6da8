//! The JSON Schema of scenarios for editors: that of [`Scenario`] for files that may lie over another.
//!
//! Every type is there twice. In full it is what a file has to say that lies over nothing. In part, under its name with `Part`, it
//! is what a layer may say: nothing is required, and a list of tables that have names may be a table, which changes items by
//! them. A file with `extends` is held against the parts; one without, against the types in full, too. Editors complete by the
//! parts, which know every key.

use serde_json::{Map, Value as Json, json};

use super::schema::Scenario;

const DEFINITIONS: &str = "#/$defs/";

/// Texts of formats that validators of JSON Schema do not know or do not hold.
const PATTERNS: [(&str, &str); 3] = [
    ("date", "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
    ("partial-time", "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"),
    ("moment", "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2})?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?$"),
];

/// Keys that name an item of a list of tables, see [`super::document`].
const NAMES: [&str; 3] = ["id", "domain", "element"];

/// The schema that `copperplate schema` prints.
#[must_use]
pub fn editor_schema() -> Json {
    let mut schema = super::schema::<Scenario>();
    plain(&mut schema);
    let whole = schema["$defs"].as_object().cloned().unwrap_or_default();
    let mut document = part(&schema, &whole);
    document["anyOf"] = json!([{ "required": ["extends"] }, { "required": schema["required"], "properties": in_full(&schema) }]);
    let parts = whole.iter().map(|(name, definition)| (part_of(name), part(definition, &whole)));
    let all: Map<String, Json> = whole.iter().map(|(name, definition)| (name.clone(), definition.clone())).chain(parts).collect();
    let used = reachable(&document, &all);
    document["$defs"] = Json::Object(all.into_iter().filter(|(name, _)| used.contains(name)).collect());
    document
}

/// The properties that say more in full than in part, without what the parts say already.
fn in_full(schema: &Json) -> Map<String, Json> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let shape = |(name, property): (&String, &Json)| {
        let keywords = ["$ref", "type", "items", "minItems", "anyOf", "additionalProperties"].into_iter();
        let said = keywords.filter_map(|key| Some((key.to_owned(), property.get(key)?.clone()))).collect();
        (name.clone(), Json::Object(said))
    };
    properties.filter(|(_, property)| property.to_string().contains(DEFINITIONS)).map(shape).collect()
}

fn part_of(name: &str) -> String {
    format!("{name}Part")
}

/// What a layer may say of `schema`.
fn part(schema: &Json, whole: &Map<String, Json>) -> Json {
    let Some(object) = schema.as_object() else { return schema.clone() };
    if let Some(item) = object.get("items").and_then(|items| definition(items, whole)) {
        return list(object, item);
    }
    let each = |schemas: &Json| schemas.as_array().into_iter().flatten().map(|schema| part(schema, whole)).collect::<Vec<Json>>();
    let mut eased = Map::new();
    for (key, value) in object.iter().filter(|(key, _)| !matches!(key.as_str(), "required" | "$defs")) {
        // Without its tag a table may fit several kinds.
        let (key, value) = match (key.as_str(), value) {
            ("$ref", Json::String(reference)) => (key.as_str(), json!(part_of(reference))),
            ("properties", Json::Object(all)) => {
                (key.as_str(), Json::Object(all.iter().map(|(name, schema)| (name.clone(), part(schema, whole))).collect()))
            }
            ("oneOf" | "anyOf", alternatives) => ("anyOf", Json::Array(each(alternatives))),
            ("additionalProperties", values) => (key.as_str(), part(values, whole)),
            _ => (key.as_str(), value.clone()),
        };
        eased.insert(key.to_owned(), value);
    }
    Json::Object(eased)
}

/// A list replaces the one below, so its items are whole; a table changes items by their names.
fn list(schema: &Map<String, Json>, (name, item): (&str, &Json)) -> Json {
    if !NAMES.iter().any(|key| item["properties"].get(key).is_some()) {
        return Json::Object(schema.clone());
    }
    let (said, list): (Map<String, Json>, Map<String, Json>) = schema
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .partition(|(key, _)| matches!(key.as_str(), "description" | "default"));
    let by_name = json!({ "type": "object", "additionalProperties": { "$ref": format!("{DEFINITIONS}{}", part_of(name)) } });
    let mut either = json!({ "anyOf": [list, by_name] });
    said.into_iter().for_each(|(key, value)| either[key] = value);
    either
}

/// The definition that `schema` refers to, with its name.
fn definition<'a>(schema: &'a Json, whole: &'a Map<String, Json>) -> Option<(&'a str, &'a Json)> {
    let name = schema.get("$ref")?.as_str()?.strip_prefix(DEFINITIONS)?;
    Some((name, whole.get(name)?))
}

/// Names of the definitions that `schema` leads to.
fn reachable(schema: &Json, all: &Map<String, Json>) -> Vec<String> {
    fn references(schema: &Json, found: &mut Vec<String>) {
        match schema {
            Json::Object(entries) => {
                found.extend(entries.get("$ref").and_then(|r| Some(r.as_str()?.strip_prefix(DEFINITIONS)?.to_owned())));
                entries.values().for_each(|value| references(value, found));
            }
            Json::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let mut names: Vec<String> = Vec::new();
    let mut next = vec![];
    references(schema, &mut next);
    while let Some(name) = next.pop() {
        if !names.contains(&name) {
            references(&all[&name], &mut next);
            names.push(name);
        }
    }
    names
}

/// Takes out what TOML cannot say, null, and says the limits of integers that only the type knows.
fn plain(schema: &mut Json) {
    match schema {
        Json::Object(entries) => {
            if entries.get("default") == Some(&Json::Null) {
                entries.remove("default");
            }
            if let Some(Json::Array(types)) = entries.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = &types[..] {
                    let only = only.clone();
                    entries.insert("type".to_owned(), only);
                }
            }
            if let Some(Json::Array(alternatives)) = entries.get_mut("anyOf") {
                alternatives.retain(|schema| schema["type"] != "null");
                if let [Json::Object(only)] = &alternatives[..] {
                    let only = only.clone();
                    entries.remove("anyOf");
                    entries.extend(only);
                }
            }
            if entries.get("format").is_some_and(|format| format == "uint32") && !entries.contains_key("maximum") {
                entries.insert("maximum".to_owned(), json!(u32::MAX));
            }
            let format = entries.get("format").and_then(Json::as_str);
            if let Some((_, pattern)) = PATTERNS.iter().find(|(name, _)| format == Some(*name)) {
                entries.insert("pattern".to_owned(), json!(pattern));
            }
            entries.values_mut().for_each(plain);
        }
        Json::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}
