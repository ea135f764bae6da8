//! The table of cases of the shared folder: weather, devices and forecasts against values from independent tools.
//!
//! Each runner takes the inputs of a case and returns the keys of its `expected`; |result − expected| ≤ tolerance, element by element.

mod devices;
mod forecasts;
mod weather;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::uftp_samples::shared;

/// From the inputs of a case to its results.
type Runner = fn(&Value) -> Value;

/// What came out, by the names of `expected`; a single number is a list of one.
type Outcome = BTreeMap<&'static str, Vec<f64>>;

/// Kinds that are not built.
const LEFT_OUT: [&str; 2] = ["cop_hplib", "building_5r1c"];

/// Perez's sky is not built: a table of 48 numbers within the weather's own error.
const NOT_BUILT: &str = "perez_w_m2";

/// The results of a case; none of a kind without a runner.
fn results(kind: &str, inputs: &Value) -> Option<Value> {
    let outcome = devices::runner(kind).or_else(|| weather::runner(kind)).map(|run| serde_json::json!(run(inputs)));
    outcome.or_else(|| forecasts::runner(kind).map(|run| run(inputs)))
}

/// A number of the inputs.
pub(crate) fn number(inputs: &Value, key: &str) -> f64 {
    inputs[key].as_f64().unwrap_or_else(|| panic!("'{key}' is a number"))
}

/// A list of numbers.
pub(crate) fn list(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

/// A list of lists of numbers.
pub(crate) fn lists(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("a list").iter().map(list).collect()
}

/// Every difference between a result and what is expected, as text.
fn differences(result: &Value, expected: &Value, tolerance: &Value) -> Vec<String> {
    let keys = expected.as_object().expect("expected is an object").keys();
    keys.filter(|key| *key != NOT_BUILT)
        .filter_map(|key| {
            let flat = |v: &Value| if v.is_array() { list(v) } else { v.as_f64().into_iter().collect() };
            let (got, want) = (flat(&result[key]), flat(&expected[key]));
            let within = tolerance[key].as_f64().unwrap_or_else(|| panic!("a tolerance of '{key}'"));
            let near = got.len() == want.len() && got.iter().zip(&want).all(|(a, b)| (a - b).abs() <= within);
            (!near).then(|| format!("{key}: {got:?} instead of {want:?} ± {within}"))
        })
        .collect()
}

#[test]
fn prosumer_cases() {
    let Some(path) = shared("prosumers_cases.json") else { return };
    let text = std::fs::read_to_string(path).expect("the table of cases");
    let table: Value = serde_json::from_str(&text).expect("JSON");
    let (mut wrong, mut ran) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for case in table["cases"].as_array().expect("cases") {
        let (id, kind) = (case["id"].as_str().expect("an id"), case["kind"].as_str().expect("a kind"));
        if LEFT_OUT.contains(&kind) {
            continue;
        }
        let results = results(kind, &case["inputs"]).unwrap_or_else(|| panic!("{id}: no runner of kind '{kind}'"));
        *ran.entry(kind).or_insert(0) += 1;
        let found = differences(&results, &case["expected"], &case["tolerance"]);
        wrong.extend(found.into_iter().map(|f| format!("{id}: {f}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!ran.is_empty());
}
