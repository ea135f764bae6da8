//! What a scenario may look like: the JSON Schema that schemars derives from the Rust types, in the form the checker walks.
//!
//! The derive emits a small part of JSON Schema, and only that part is read:
//!
//! | Rust | JSON Schema | [`Shape`] |
//! |---|---|---|
//! | struct | `properties`, `required` | `Table` |
//! | map | `additionalProperties` with a schema | `Map` |
//! | `Option<T>` | `type: [T, null]` or `anyOf: [T, null]` | that of `T` |
//! | enum of names | `enum`, or `oneOf` of `const` | `Names` |
//! | internally tagged enum | `oneOf` of objects that share a property with a `const` | `Tagged` |
//! | other enum | `oneOf`, `anyOf` | `Choice` |
//! | flattened enum | `properties` beside `oneOf` | the shared keys go into every variant |
//! | named type | `$ref` | `Named` |
//!
//! Two annotations are read of texts: `format` and, of texts or lists of them, `refers_to` (`annotation.rs`).
//!
//! A table is closed: keys it does not name are unknown, whether or not the type says `deny_unknown_fields`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

/// Shape of a document: the root and the types it names.
#[derive(Debug)]
pub(crate) struct Shapes {
    root: Shape,
    named: BTreeMap<String, Shape>,
}

/// What a value may be.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// Anything.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A number; whole if so said.
    Number { whole: bool, limits: Limits },
    /// A text, with what it must read as, or the table whose items it names.
    Text { format: Option<String>, refers_to: Option<String>, length: Limits },
    /// One of several names.
    Names(Vec<String>),
    /// A list of alike items.
    List { item: Box<Shape>, length: Limits },
    /// A list with one shape for each position.
    Tuple(Vec<Shape>),
    /// A table with named keys.
    Table(Vec<Field>),
    /// A table of any keys with alike values.
    Map(Box<Shape>),
    /// A table whose keys depend on the name that `tag` holds; `default` where it is not said.
    Tagged { tag: String, default: Option<String>, variants: Vec<(String, Vec<Field>)> },
    /// Any one of these.
    Choice(Vec<Shape>),
    /// A type of the schema's definitions.
    Named(String),
}

/// A key of a table.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    /// First sentence of the documentation, without its full stop.
    pub(crate) description: Option<String>,
    pub(crate) default: Option<Json>,
}

/// Least and greatest value, each allowed or not.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Limits {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) min_excluded: bool,
    pub(crate) max_excluded: bool,
}

impl Limits {
    /// Whether `x` lies inside.
    pub(crate) fn hold(&self, x: f64) -> bool {
        self.min.is_none_or(|min| if self.min_excluded { x > min } else { x >= min })
            && self.max.is_none_or(|max| if self.max_excluded { x < max } else { x <= max })
    }

    /// `0 to 1000 kW`, `above 0`, `at most 96`; `unit` begins with a blank.
    pub(crate) fn allowed(&self, unit: &str) -> String {
        let least = self.min.map(|min| if self.min_excluded { format!("above {min}") } else { format!("at least {min}") });
        let greatest = self.max.map(|max| if self.max_excluded { format!("below {max}") } else { format!("at most {max}") });
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("exactly {min}{unit}"),
            (Some(min), Some(max)) if !self.min_excluded && !self.max_excluded => format!("{min} to {max}{unit}"),
            _ => [least, greatest].into_iter().flatten().collect::<Vec<_>>().join(" and ") + unit,
        }
    }
}

impl Shapes {
    /// Shapes of a schema made by schemars. Panics on a schema of another make, which is a fault of the Rust types.
    pub(crate) fn new(schema: &Json) -> Shapes {
        let none = Map::new();
        let reader = Reader { definitions: schema["$defs"].as_object().unwrap_or(&none) };
        let named = reader.definitions.iter().map(|(name, schema)| (name.clone(), reader.shape(schema))).collect();
        Shapes { root: reader.shape(schema), named }
    }

    /// Shape of the document.
    pub(crate) fn root(&self) -> &Shape {
        &self.root
    }

    /// Headers of the tables that have a key called so: `[feeder]`, `[[contract]]`, `[strategy.NAME]`; the empty one is the top of the
    /// document. With `of_tables`, the headers of such keys themselves where these hold tables: `[[sweep.parameter]]`.
    pub(crate) fn homes(&self, key: &str, of_tables: bool) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_homes(&self.root, &Header::default(), (key, of_tables), &mut found);
        found.dedup();
        found
    }

    fn collect_homes(&self, shape: &Shape, header: &Header, key: (&str, bool), found: &mut Vec<String>) {
        let mut fields = |fields: &[Field]| {
            if let Some(field) = fields.iter().find(|field| field.name == key.0) {
                let own = header.below(key.0);
                let is_table = |shape: &Shape| matches!(self.resolve(shape), Shape::Table(_) | Shape::Map(_) | Shape::Tagged { .. });
                found.push(match self.resolve(&field.shape) {
                    Shape::List { item, .. } if key.1 && is_table(item) => own.of_list().text(),
                    shape if key.1 && is_table(shape) => own.text(),
                    _ => header.text(),
                });
            }
            for field in fields {
                self.collect_homes(&field.shape, &header.below(&field.name), key, found);
            }
        };
        match self.resolve(shape) {
            Shape::Table(list) => fields(list),
            Shape::Tagged { variants, .. } => variants.iter().for_each(|(_, list)| fields(list)),
            Shape::List { item, .. } => self.collect_homes(item, &header.of_list(), key, found),
            Shape::Map(values) => self.collect_homes(values, &header.below("NAME"), key, found),
            Shape::Choice(shapes) => shapes.iter().for_each(|shape| self.collect_homes(shape, header, key, found)),
            _ => {}
        }
    }

    /// The shape itself behind names.
    pub(crate) fn resolve<'a>(&'a self, mut shape: &'a Shape) -> &'a Shape {
        while let Shape::Named(name) = shape {
            shape = &self.named[name];
        }
        shape
    }
}

/// The header of a table as TOML writes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    /// Dotted path; empty at the top of the file.
    pub(crate) path: String,
    /// Whether it begins an item of a list.
    list: bool,
}

impl Header {
    /// That of a table inside.
    pub(crate) fn below(&self, key: &str) -> Header {
        Header { path: crate::scenario::path::join(&self.path, key), list: false }
    }

    /// That of an item, where this is a list.
    pub(crate) fn of_list(&self) -> Header {
        Header { list: true, ..self.clone() }
    }

    /// `[feeder]` or `[[contract]]`; nothing at the top of the file.
    pub(crate) fn text(&self) -> String {
        match (self.path.as_str(), self.list) {
            ("", _) => String::new(),
            (path, false) => format!("[{path}]"),
            (path, true) => format!("[[{path}]]"),
        }
    }
}

/// Reads schemas; holds the definitions that they refer to.
struct Reader<'a> {
    definitions: &'a Map<String, Json>,
}

impl Reader<'_> {
    fn shape(&self, schema: &Json) -> Shape {
        let Some(object) = schema.as_object() else { return Shape::Any };
        if let Some(names) = names(object) {
            return Shape::Names(names);
        }
        if let Some(name) = referred(object).filter(|_| !object.contains_key("properties")) {
            return Shape::Named(name.to_owned());
        }
        if let Some(branches) = object.get("oneOf").or_else(|| object.get("anyOf")).and_then(Json::as_array) {
            return self.choice(object, branches);
        }
        let mut types: Vec<Shape> = types(object).into_iter().map(|name| self.of_type(object, name)).collect();
        match types.len() {
            0 => Shape::Any,
            1 => types.remove(0),
            _ => Shape::Choice(types),
        }
    }

    fn of_type(&self, schema: &Map<String, Json>, name: &str) -> Shape {
        match name {
            "boolean" => Shape::Boolean,
            "number" => Shape::Number { whole: false, limits: limits(schema, "minimum", "maximum") },
            "integer" => Shape::Number { whole: true, limits: whole_limits(schema) },
            "string" => Shape::Text {
                format: text(schema, "format"),
                refers_to: text(schema, "refers_to"),
                length: limits(schema, "minLength", "maxLength"),
            },
            "array" => match schema.get("prefixItems").and_then(Json::as_array) {
                Some(items) => Shape::Tuple(items.iter().map(|schema| self.shape(schema)).collect()),
                None => {
                    let mut item = schema.get("items").map_or(Shape::Any, |schema| self.shape(schema));
                    // The derive can annotate a list, not its items.
                    if let Shape::Text { refers_to, .. } = &mut item {
                        *refers_to = text(schema, "refers_to");
                    }
                    Shape::List { item: Box::new(item), length: limits(schema, "minItems", "maxItems") }
                }
            },
            "object" => match schema.get("additionalProperties") {
                Some(values) if !values.is_boolean() => Shape::Map(Box::new(self.shape(values))),
                Some(Json::Bool(true)) => Shape::Map(Box::new(Shape::Any)),
                _ => Shape::Table(self.fields(schema)),
            },
            other => panic!("the schema has a type '{other}' that the checker does not know"),
        }
    }

    fn choice(&self, schema: &Map<String, Json>, branches: &[Json]) -> Shape {
        let branches: Vec<&Json> = branches.iter().filter(|branch| branch["type"] != "null").collect();
        if let [only] = branches[..] {
            return self.shape(only);
        }
        if let Some(tag) = branches[0]["properties"].as_object().and_then(|keys| keys.keys().find(|key| tags(&branches, key))) {
            let shared = self.fields(schema);
            let variant = |branch: &&Json| {
                let own = branch.as_object().map(|schema| self.fields(schema)).unwrap_or_default();
                let name = branch["properties"][tag]["const"].as_str().unwrap_or_default().to_owned();
                (name, [own, shared.clone()].concat())
            };
            let variants: Vec<(String, Vec<Field>)> = branches.iter().map(variant).collect();
            let unsaid = |fields: &[Field]| fields.iter().any(|field| field.name == *tag && !field.required);
            let default = variants.iter().find(|(_, fields)| unsaid(fields)).map(|(name, _)| name.clone());
            return Shape::Tagged { tag: tag.clone(), default, variants };
        }
        Shape::Choice(branches.into_iter().map(|schema| self.shape(schema)).collect())
    }

    /// Keys of an object: its own and, of a variant that wraps a struct, those of the struct.
    fn fields(&self, schema: &Map<String, Json>) -> Vec<Field> {
        let required = |name: &String| schema.get("required").and_then(Json::as_array).is_some_and(|r| r.iter().any(|n| n == name));
        let properties = schema.get("properties").and_then(Json::as_object);
        let field = |(name, property): (&String, &Json)| Field {
            name: name.clone(),
            shape: self.shape(property),
            required: required(name),
            description: property["description"].as_str().map(first_sentence),
            default: property.get("default").filter(|value| !value.is_null()).cloned(),
        };
        let mut fields: Vec<Field> = properties.into_iter().flatten().map(field).collect();
        if let Some(inner) = referred(schema).and_then(|name| self.definitions[name].as_object()) {
            fields.extend(self.fields(inner));
        }
        fields
    }
}

/// The definition that the schema refers to.
fn referred(schema: &Map<String, Json>) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// Types other than null.
fn types(schema: &Map<String, Json>) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).filter(|name| *name != "null").collect(),
        _ => Vec::new(),
    }
}

/// The names of an `enum`, a `const`, or a choice of such.
fn names(schema: &Map<String, Json>) -> Option<Vec<String>> {
    let text = |value: &Json| value.as_str().map(str::to_owned);
    if let Some(name) = schema.get("const") {
        return Some(vec![text(name)?]);
    }
    if let Some(list) = schema.get("enum") {
        return list.as_array()?.iter().filter(|name| !name.is_null()).map(text).collect();
    }
    let branches = schema.get("oneOf")?.as_array()?;
    let lists: Option<Vec<Vec<String>>> = branches.iter().map(|branch| names(branch.as_object()?)).collect();
    lists.map(|lists| lists.concat())
}

/// Whether `key` holds one fixed name in every branch.
fn tags(branches: &[&Json], key: &str) -> bool {
    branches.iter().all(|branch| branch["properties"][key]["const"].is_string())
}

fn first_sentence(text: &str) -> String {
    let text = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let end = text.find(". ").unwrap_or(text.len());
    text[..end].trim_end_matches('.').to_owned()
}

fn text(schema: &Map<String, Json>, key: &str) -> Option<String> {
    schema.get(key).and_then(Json::as_str).map(str::to_owned)
}

fn limits(schema: &Map<String, Json>, min: &str, max: &str) -> Limits {
    let number = |key: &str| schema.get(key).and_then(Json::as_f64);
    let (above, below) = (number("exclusiveMinimum"), number("exclusiveMaximum"));
    Limits {
        min: above.or_else(|| number(min)),
        max: below.or_else(|| number(max)),
        min_excluded: above.is_some(),
        max_excluded: below.is_some(),
    }
}

/// Limits of a whole number, those of its Rust type included.
fn whole_limits(schema: &Map<String, Json>) -> Limits {
    let own = limits(schema, "minimum", "maximum");
    let (least, greatest) = match schema.get("format").and_then(Json::as_str) {
        Some("int8") => (Some(i8::MIN.into()), Some(i8::MAX.into())),
        Some("int16") => (Some(i16::MIN.into()), Some(i16::MAX.into())),
        Some("int32") => (Some(i32::MIN.into()), Some(i32::MAX.into())),
        Some("uint8") => (Some(0.0), Some(u8::MAX.into())),
        Some("uint16") => (Some(0.0), Some(u16::MAX.into())),
        Some("uint32") => (Some(0.0), Some(u32::MAX.into())),
        Some("uint64" | "uint") => (Some(0.0), None),
        _ => (None, None),
    };
    Limits { min: own.min.or(least), max: own.max.or(greatest), ..own }
}
