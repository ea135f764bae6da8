//! Keys of sweep parameters that lead nowhere, and values that the scenario does not allow there.

use crate::diagnostic::{Finding, Findings, Location, Rule, Severity, did_you_mean};
use crate::scenario::Language;
use crate::scenario::document::Document;
use crate::scenario::lint::{missing_key, unknown_key, wrong_type};
use crate::scenario::node::Value;
use crate::scenario::path::{Step, steps};
use crate::scenario::schema::Scenario;
use crate::scenario::sweep_table::Sweep;

/// The rule.
pub const RULE: Rule = Rule {
    code: "sweep-key",
    severity: Severity::Error,
    what: "A parameter of a sweep varies a key that the scenario does not have or cannot vary.",
    why: "Every case would fail, or all cases would be equal.",
    example: "[[sweep.parameter]]\nkey = \"feeder.pv_scal\"\nvalues = [0.5, 1.0]",
    mend: "[[sweep.parameter]]\nkey = \"feeder.pv_scale\"\nvalues = [0.5, 1.0]",
};

/// What is said elsewhere in the table, or is the sweep itself.
const ELSEWHERE: [(&str, &str); 4] = [
    ("seed", "write 'seeds' in [sweep]"),
    ("strategies", "write 'strategies' in [sweep]"),
    ("sweep", "a sweep cannot vary itself"),
    ("extends", "sweep each file by itself"),
];

/// Lays a value of every parameter over the scenario and looks whether its key is one; then, one parameter at a time, whether the
/// scenario allows every value that it names, and the ends of its range.
pub fn check(language: &Language<Scenario>, scenario: &Scenario, document: &Document, findings: &mut Findings) {
    let Some(sweep) = &scenario.sweep else { return };
    let mut laid = document.clone().without("sweep");
    let mut sound = Vec::new();
    for (i, parameter) in sweep.parameter.iter().enumerate() {
        let place = document.nearest(&format!("sweep.parameter[{i}].key"));
        if sweep.parameter[..i].iter().any(|other| other.key == parameter.key) {
            let twice = RULE.finding(format!("two parameters vary '{}'", parameter.key)).help("use one parameter with all values");
            findings.push(twice.located(place));
            continue;
        }
        if let Some(finding) = out_of_reach(scenario, sweep, &parameter.key) {
            findings.push(finding.located(place));
            continue;
        }
        let Some(value) = parameter.some_value() else { continue };
        match laid.lay(&parameter.key, value.toml(), &place) {
            Ok(()) => sound.push((i, place)),
            Err(fault) => findings.push(Finding { code: RULE.code, ..fault }),
        }
    }
    let about_keys = [unknown_key::RULE.code, missing_key::RULE.code, wrong_type::RULE.code];
    let told = language.read(&laid).err().unwrap_or_default();
    let at = |f: &Finding, place: &Location| f.location.as_ref() == Some(place);
    let about_key = |f: &Finding| about_keys.contains(&f.code);
    // Where a value of another type would do, the value is at fault and not the key.
    let other_types = [Value::Float(0.5), Value::Integer(1), Value::Boolean(true), Value::Text("text".to_owned())];
    let takes_values = |i: usize, place: &Location| {
        other_types.iter().any(|value| {
            let mut tried = laid.clone();
            let told = tried.lay(&sweep.parameter[i].key, value.clone(), place).map(|()| language.read(&tried).err().unwrap_or_default());
            told.is_ok_and(|told| !told.0.iter().any(|f| about_key(f) && at(f, place)))
        })
    };
    let of_value = |f: &Finding| {
        let parameter = sound.iter().find(|(_, place)| at(f, place));
        f.code == wrong_type::RULE.code
            && parameter.is_some_and(|(i, place)| !sweep.parameter[*i].named_values().is_empty() && takes_values(*i, place))
    };
    let about_key = |f: &Finding| about_key(f) && !of_value(f);
    let faulty = |place: &Location| told.0.iter().any(|f| about_key(f) && at(f, place));
    let ours = told.0.iter().filter(|f| about_key(f) && sound.iter().any(|(_, place)| at(f, place)));
    findings.0.extend(ours.map(|f| Finding { code: RULE.code, ..f.clone() }));
    // A key that is none has no values; the others are held against the scenario with all other parameters as they were laid.
    for (i, _) in sound.iter().filter(|(_, place)| !faulty(place)) {
        let parameter = &sweep.parameter[*i];
        for (path, value) in parameter.extremes() {
            let place = document.nearest(&format!("sweep.parameter[{i}].{path}"));
            let mut laid = laid.clone();
            if laid.lay(&parameter.key, value.toml(), &place).is_ok() {
                let told = language.read(&laid).err().unwrap_or_default();
                findings.0.extend(told.0.into_iter().filter(|f| at(f, &place)));
            }
        }
    }
}

/// A key that a parameter may not have, whatever its value.
fn out_of_reach(scenario: &Scenario, sweep: &Sweep, key: &str) -> Option<Finding> {
    let steps = steps(key)?;
    let name = |k: usize| match steps.get(k) {
        Some((Step::Key(name), _)) => name.as_str(),
        _ => "",
    };
    if let Some((_, help)) = ELSEWHERE.iter().find(|(top, _)| *top == name(0)) {
        return Some(RULE.finding(format!("'{}' cannot be a parameter of a sweep", name(0))).help(*help));
    }
    let run = if sweep.strategies.is_empty() { &scenario.strategies } else { &sweep.strategies };
    if name(0) == "strategy" && !run.iter().any(|s| s == name(1)) {
        let known: Vec<&str> = run.iter().map(String::as_str).collect();
        let finding = RULE.finding(format!("the sweep runs no strategy '{}'", name(1)));
        return Some(finding.help(did_you_mean(name(1), &known, "it runs")));
    }
    None
}
