//! Namespaces (Namespaces in XML 1.0) as far as messages meet them: their elements and attributes are in none.
//!
//! A declaration alone puts nothing into a namespace, so those that nobody uses are passed over: prefixes that no name has, and the
//! default `xmlns=""`, which is none. Two attributes of a declared prefix mean nothing to a reader either: `schemaLocation` and
//! `noNamespaceSchemaLocation` of XML Schema tell a validator where a schema might lie. Nothing is ever fetched.

/// What XML Schema puts its own attributes into.
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// What the prefixes `xml` and `xmlns` are bound to, and nothing else may be.
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The prefixes declared by the elements that are open, innermost last.
#[derive(Debug, Default)]
pub(super) struct Prefixes {
    declared: Vec<(usize, String, String)>,
}

impl Prefixes {
    /// Takes a declaration `xmlns:prefix="name"` or `xmlns="name"` of an element within `depth` others; whether it is passed over.
    pub(super) fn declare(&mut self, depth: usize, attribute: &str, name: &str) -> bool {
        let Some(prefix) = attribute.strip_prefix("xmlns:") else { return name.is_empty() };
        let allowed = match prefix {
            "xml" => name == XML,
            "xmlns" => false,
            _ => is_prefix(prefix) && is_reference(name) && name != XML && name != XMLNS,
        };
        if allowed {
            self.declared.push((depth, prefix.to_owned(), name.to_owned()));
        }
        allowed
    }

    /// Whether the attribute `prefix:name` says nothing but where a schema lies.
    pub(super) fn is_schema_location(&self, attribute: &str) -> bool {
        let Some((prefix, name)) = attribute.split_once(':') else { return false };
        let bound = self.declared.iter().rev().find(|(_, declared, _)| declared == prefix);
        matches!(name, "schemaLocation" | "noNamespaceSchemaLocation") && bound.is_some_and(|(_, _, name)| name == SCHEMA_INSTANCE)
    }

    /// Leaves elements: `depth` of them stay open.
    pub(super) fn leave(&mut self, depth: usize) {
        while self.declared.last().is_some_and(|(declared_at, ..)| *declared_at >= depth) {
            self.declared.pop();
        }
    }
}

/// Whether an attribute declares a namespace.
pub(super) fn is_declaration(attribute: &str) -> bool {
    attribute == "xmlns" || attribute.starts_with("xmlns:")
}

/// Whether a text can be the name of a namespace: a URI reference that is not empty, as far as its characters tell.
fn is_reference(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`'))
}

/// A name without colon, as letters and digits go in ASCII; others stand for themselves.
fn is_prefix(text: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && c.is_alphabetic());
    let goes_on = |c: char| begins(c) || c.is_ascii_digit() || matches!(c, '-' | '.' | '\u{b7}') || (!c.is_ascii() && c.is_alphanumeric());
    text.starts_with(begins) && text.chars().all(goes_on)
}
