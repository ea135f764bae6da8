//! Pages of `docs/model` that list what the code defines are complete: `kpi.md` is made from the definitions, `scenario.md` names
//! every key.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use copperplate::kpi::{BY_POINT, DEFINITIONS};
use copperplate::scenario::schema::Scenario;
use serde_json::Value;

fn read(page: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/model").join(page)).unwrap_or_default()
}

fn kpi_page() -> String {
    let mut page = String::from(
        "# Key figures\n\
         Generated from the definitions in `src/kpi/definition.rs`; a test keeps it current. Amounts of money come from the ledger. On the\n\
         terminal, \"–\" means that a figure has no meaning in the case, and \"not priced\" that the scenario states no value for it. The terminal\n\
         leaves out rows that are zero in all strategies; `kpi.csv` has all rows.\n\n\
         For figures marked •, `congestion.csv` has a value for each congestion point, for its element alone.\n",
    );
    let mut section = None;
    for d in DEFINITIONS {
        if section != Some(d.section) {
            section = Some(d.section);
            write!(page, "\n## {}\n| figure | unit | meaning | source | key |\n|---|---|---|---|---|\n", d.section.title()).unwrap();
        }
        let mark = if BY_POINT.contains(&d.key) { " •" } else { "" };
        writeln!(page, "| {}{mark} | {} | {} | {} | `{}` |", d.label, d.unit, d.meaning, d.source, d.key).unwrap();
    }
    page
}

#[test]
fn the_page_of_key_figures_is_current() {
    if read("kpi.md") != kpi_page() {
        let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kpi.md");
        std::fs::write(&new, kpi_page()).unwrap();
        panic!("the key figures have changed: copy {} to docs/model/kpi.md", new.display());
    }
}

#[test]
fn the_page_of_columns_is_current() {
    if read("columns.md") != copperplate::cli::columns::page() {
        let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("columns.md");
        std::fs::write(&new, copperplate::cli::columns::page()).unwrap();
        panic!("the columns have changed: copy {} to docs/model/columns.md", new.display());
    }
}

/// Names of all properties anywhere in a schema.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Object(properties)) = map.get("properties") {
                found.extend(properties.keys().cloned());
            }
            map.values().for_each(|v| keys(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| keys(v, found)),
        _ => {}
    }
}

#[test]
fn the_page_of_scenarios_names_every_key() {
    let mut found = BTreeSet::new();
    keys(schemars::schema_for!(Scenario).as_value(), &mut found);
    assert!(found.len() > 70, "the schema was read: {}", found.len());
    let page = read("scenario.md");
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let named: BTreeSet<&str> = page.split(|c| !word(c)).collect();
    let missing: Vec<&String> = found.iter().filter(|k| !named.contains(k.as_str())).collect();
    assert!(missing.is_empty(), "docs/model/scenario.md does not mention {missing:?}");
}
