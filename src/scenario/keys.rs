//! What a key of a scenario means, and what a preset strategy does: the pages of `copperplate explain` on them.

use std::fmt::Write as _;

use super::example;
use super::schema::Scenario;
use super::shape::{Field, Header, Shape, Shapes};
use super::strategies::{PRESETS, preset_strategy};

/// A key of a scenario, with all that its page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Dotted path, without positions in lists; NAME stands for a name that the user chooses.
    pub path: String,
    page: String,
}

/// Every key, in the order of the schema.
#[must_use]
pub fn keys() -> Vec<Key> {
    let shapes = Shapes::new(&super::schema::<Scenario>());
    let mut keys = Vec::new();
    collect(&shapes, shapes.root(), &Header::default(), &mut keys);
    // Variants of a table share keys.
    keys.dedup_by(|a, b| a == b);
    keys
}

/// Pages of the keys that are called `name`: by the last step of their path, or by a path whose steps between the first and the last
/// may be left out (`contract.cap_kw`).
#[must_use]
pub fn pages(name: &str) -> Option<String> {
    let name = name.trim_matches(['[', ']']);
    let steps: Vec<&str> = name.split('.').map(|step| step.split('[').next().unwrap_or(step)).collect();
    let called = |key: &Key| {
        let own: Vec<&str> = key.path.split('.').collect();
        own.last() == steps.last() && (steps.len() == 1 || own.first() == steps.first() && own.len() >= steps.len())
    };
    let found: Vec<String> = keys().into_iter().filter(|key| called(key)).map(|key| key.page).collect();
    (!found.is_empty()).then(|| found.join("\n") + "\ndocs/model/scenario.md explains all keys.\n")
}

fn collect(shapes: &Shapes, shape: &Shape, header: &Header, keys: &mut Vec<Key>) {
    match shapes.resolve(shape) {
        Shape::Table(fields) => fields.iter().for_each(|field| key(shapes, field, header, None, keys)),
        Shape::Tagged { tag, variants, .. } => {
            for (name, fields) in variants {
                let kind = format!("{tag} = \"{name}\"");
                fields.iter().for_each(|field| key(shapes, field, header, Some(&kind), keys));
            }
        }
        Shape::List { item, .. } => collect(shapes, item, &header.of_list(), keys),
        Shape::Map(values) => collect(shapes, values, &header.below("NAME"), keys),
        Shape::Choice(shapes_of) => shapes_of.iter().for_each(|shape| collect(shapes, shape, header, keys)),
        _ => {}
    }
}

fn key(shapes: &Shapes, field: &Field, header: &Header, kind: Option<&str>, keys: &mut Vec<Key>) {
    let own = header.below(&field.name);
    let mut page = format!("## {}\n\n", own.path);
    if let Some(description) = &field.description {
        writeln!(page, "{description}.\n").expect("a text takes all");
    }
    let place = match header.text() {
        top if top.is_empty() => "the top of the file".to_owned(),
        place => place,
    };
    let under = kind.map_or_else(String::new, |kind| format!(" with {kind}"));
    let mut inside = Vec::new();
    collect(shapes, &field.shape, &own, &mut inside);
    let names: Vec<&str> =
        inside.iter().map(|key| key.path[own.path.len() + 1..].trim_start_matches("NAME.")).filter(|name| !name.contains('.')).collect();
    let default = match &field.default {
        Some(default) if names.is_empty() || default.is_array() => example::toml_text(default),
        Some(_) => "that of each of its keys".to_owned(),
        None if field.required => "none, it is required".to_owned(),
        None => "not set".to_owned(),
    };
    let mut line = |what: &str, text: &str| writeln!(page, "    {what:7}  {text}").expect("a text takes all");
    line("where", &format!("{place}{under}"));
    line("takes", &example::takes(&field.name, &field.shape, shapes));
    if !names.is_empty() {
        line("keys", &names.join(", "));
    }
    line("default", &default);
    keys.push(Key { path: own.path.clone(), page });
    keys.extend(inside);
}

/// Names of the preset strategies.
#[must_use]
pub fn presets() -> [&'static str; 4] {
    PRESETS.map(|(name, _)| name)
}

/// The page of a preset strategy.
#[must_use]
pub fn preset(name: &str) -> Option<String> {
    let (name, preset) = PRESETS.into_iter().find(|(preset, _)| *preset == name)?;
    let schema = super::schema::<Scenario>();
    let variants = schema["$defs"]["Preset"]["oneOf"].as_array().cloned().unwrap_or_default();
    let meaning = variants.iter().find(|v| v["const"] == name).and_then(|v| v["description"].as_str()).unwrap_or_default().to_owned();
    let s = preset_strategy(name, preset);
    let yes = |is: bool| if is { "yes" } else { "no" };
    let obligation = if s.obligation { "all" } else { "voluntary" };
    let mut page = format!("## {name}\n\nA preset strategy. {meaning}\n\n    buys flexibility           {}\n", yes(s.trades));
    if s.trades {
        page += &format!("    obligation                 {obligation}\n");
        page += &format!("    price_ceiling_eur_per_mwh  {:?}\n", s.price_ceiling_eur_per_mwh);
        page += &format!("    penalty_eur_per_mwh        {:?}\n", s.penalty_eur_per_mwh);
    }
    page += &format!("    orange                     {}\n", yes(s.orange));
    page += &format!("\n[strategy.{name}] changes it; docs/model/strategies.md explains the presets.\n");
    Some(page)
}
