//! Typed reading: a serde deserialiser over [`Node`]s that knows where it is.
//!
//! An error takes the place of the innermost value it passes through. Inside internally tagged enums serde keeps values in a
//! buffer of its own, so there the innermost place is the enum's table.

use std::collections::btree_map;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::diagnostic::Location;
use crate::scenario::node::{Node, Value};

/// Why a value could not be read, and where.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub(crate) struct ReadError {
    /// serde's sentence.
    pub(crate) message: String,
    /// The innermost value around the fault.
    pub(crate) at: Option<Location>,
}

impl serde::de::Error for ReadError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), at: None }
    }
}

/// The entries of a table; an error of a value is placed at it.
struct Entries<'de> {
    entries: btree_map::Iter<'de, String, Node>,
    value: Option<&'de Node>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some((key, node)) = self.entries.next() else { return Ok(None) };
        self.value = Some(node);
        seed.deserialize(key.as_str().into_deserializer()).map(Some).map_err(|error: ReadError| node.placed(error))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let node = self.value.take().expect("serde asks for a value after its key");
        seed.deserialize(node).map_err(|error| node.placed(error))
    }
}

/// The items of a list; an error of an item is placed at it.
struct Items<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        self.0.next().map(|node| seed.deserialize(node).map_err(|error| node.placed(error))).transpose()
    }
}

impl Node {
    fn placed(&self, error: ReadError) -> ReadError {
        ReadError { at: error.at.or_else(|| Some(self.at.clone())), ..error }
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.value {
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::Integer(n) => visitor.visit_i64(*n),
            Value::Float(x) => visitor.visit_f64(*x),
            Value::Boolean(b) => visitor.visit_bool(*b),
            Value::Moment(moment) => visitor.visit_string(moment.to_string()),
            Value::List(items) => visitor.visit_seq(Items(items.iter())),
            Value::Table(entries) => visitor.visit_map(Entries { entries: entries.iter(), value: None }),
        }
    }

    /// TOML has no null: what is written is there.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, ReadError> {
        match &self.value {
            Value::Text(name) => visitor.visit_enum(name.as_str().into_deserializer()),
            Value::Table(entries) => visitor.visit_enum(MapAccessDeserializer::new(Entries { entries: entries.iter(), value: None })),
            _ => Err(ReadError::custom("expected a name or a table")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}
