//! The table of worked contracts in the shared folder: every case goes through the market's own arithmetic.
//!
//! A runner takes the inputs of a case and returns the keys of its `expected`. Numbers agree within the case's tolerance, lists and maps
//! member by member, everything else exactly.

mod examples;
mod inputs;
mod rights;
mod rules;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::uftp_samples::shared;
use inputs::Inputs;

/// From the inputs of a case to its results.
type Runner = fn(Inputs<'_>) -> Value;

/// Groups that are not held against the table yet, and what they wait for.
const LATER: [(&str, &str); 10] = [
    ("coordination", "there is no second operator"),
    ("cost-sharing", "there is no second operator"),
    ("platform-legs", "there is no trading platform"),
    ("deferral", "there is no planning over years"),
    ("break-even-fee", "there is no planning over years"),
    ("cvar", "there is no planning over years"),
    ("weeks", "there is no planning over years"),
    ("flexibility-or-reinforcement", "there is no planning over years"),
    ("fuse-time", "there is no protection"),
    ("fuse-steps", "there is no protection"),
];

/// The runner of a group.
fn runner(group: &str, name: &str) -> Option<Runner> {
    rights::runner(group).or_else(|| rules::runner(group)).or_else(|| examples::runner(group, name))
}

/// Where a result is not what is expected, as text.
fn differences(path: &str, result: &Value, expected: &Value, tolerance: f64, found: &mut Vec<String>) {
    let inside = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (result, expected) {
        (Value::Object(results), Value::Object(members)) => {
            for (key, expected) in members {
                differences(&inside(key), results.get(key).unwrap_or(&Value::Null), expected, tolerance, found);
            }
        }
        (Value::Array(results), Value::Array(members)) if results.len() == members.len() => {
            for (i, (result, expected)) in results.iter().zip(members).enumerate() {
                differences(&inside(&i.to_string()), result, expected, tolerance, found);
            }
        }
        (Value::Number(a), Value::Number(b)) if (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() <= tolerance => {}
        _ if result == expected => {}
        _ => found.push(format!("{path}: {result} instead of {expected} ± {tolerance}")),
    }
}

#[test]
fn contract_cases() {
    let Some(path) = shared("contract_cases.json") else { return };
    let table: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut wrong, mut ran) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for case in table["cases"].as_array().expect("cases") {
        let [group, name] = ["group", "name"].map(|key| case[key].as_str().unwrap_or_else(|| panic!("a case without a {key}")));
        if LATER.iter().any(|(later, _)| *later == group) {
            continue;
        }
        let Some(run) = runner(group, name) else {
            wrong.push(format!("{group} {name}: there is no runner for it"));
            continue;
        };
        let tolerance = case["tolerance"].as_f64().unwrap_or_else(|| panic!("{group} {name}: no tolerance"));
        assert!(case["expected"].as_object().is_some_and(|keys| !keys.is_empty()), "{group} {name}: nothing is expected");
        let mut found = Vec::new();
        differences("", &run(Inputs(&case["inputs"])), &case["expected"], tolerance, &mut found);
        wrong.extend(found.into_iter().map(|f| format!("{group} {name}: {f}")));
        *ran.entry(group).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{} differences, {ran:?} ran\n{}", wrong.len(), wrong.join("\n"));
    assert!(!ran.is_empty());
}

/// A key that is missing, a number beyond the tolerance, a list that is too long, a text: each is a difference.
#[test]
fn a_comparison_that_can_fail() {
    let differ = |result: &str, expected: &str| {
        let mut found = Vec::new();
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        differences("", &json(result), &json(expected), 0.1, &mut found);
        found.len()
    };
    assert_eq!(differ(r#"{"a": 1.05, "b": [1, null], "c": "x"}"#, r#"{"a": 1, "b": [1.0, null], "c": "x"}"#), 0);
    assert_eq!(differ(r#"{"a": 1.2, "b": [1, 2], "c": "y"}"#, r#"{"a": 1, "b": [1], "c": "x", "d": 0}"#), 4);
    assert_eq!(differ(r#"{"a": null, "b": 0}"#, r#"{"a": 0, "b": null}"#), 2);
}
