//! Texts that name an item of another table, by the annotation `refers_to` of the schema: one rule for all of them.
//!
//! A table that can be referred to is a [`Table`] in the file of its rule and a line in [`TABLES`].

use std::sync::LazyLock;

use super::{
    Faults, Subject, Table, unknown_aggregator, unknown_congestion_point, unknown_connection, unknown_contract, unknown_element,
    unknown_participant, unknown_strategy,
};
use crate::scenario::annotation::texts;
use crate::scenario::schema::Scenario;
use crate::scenario::shape::Shapes;

/// In the order in which they are looked at.
const TABLES: [&Table; 7] = [
    &unknown_element::TABLE,
    &unknown_connection::TABLE,
    &unknown_aggregator::TABLE,
    &unknown_participant::TABLE,
    &unknown_congestion_point::TABLE,
    &unknown_strategy::TABLE,
    &unknown_contract::TABLE,
];

/// Shapes of scenarios; they do not change while the program runs.
static SHAPES: LazyLock<Shapes> = LazyLock::new(|| Shapes::new(&crate::scenario::schema::<Scenario>()));

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let scenario = serde_json::to_value(subject.scenario).expect("a scenario serialises");
    let texts = texts(&SHAPES, &scenario);
    for table in TABLES {
        let Some(items) = (table.items)(subject) else { continue };
        let names: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        let references = texts.iter().filter(|t| t.refers_to == Some(table.name));
        for reference in references.filter(|r| sorted.binary_search(&r.text).is_err()) {
            faults.at(&reference.path, (table.unknown)(reference.text, &names));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of tables in the annotations of a schema.
    fn annotations(schema: &serde_json::Value, found: &mut Vec<String>) {
        if let Some(name) = schema.get("refers_to") {
            found.push(name.as_str().expect("a name").to_owned());
        }
        let inside: Vec<&serde_json::Value> = match schema {
            serde_json::Value::Object(entries) => entries.values().collect(),
            serde_json::Value::Array(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        inside.into_iter().for_each(|schema| annotations(schema, found));
    }

    #[test]
    fn annotations_name_tables_and_tables_are_named() {
        let mut found = Vec::new();
        annotations(&crate::scenario::schema::<Scenario>(), &mut found);
        found.sort();
        found.dedup();
        let mut tables = TABLES.map(|t| t.name);
        tables.sort_unstable();
        assert_eq!(found, tables);
    }
}
