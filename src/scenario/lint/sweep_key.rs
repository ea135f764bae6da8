//! Keys of sweep parameters that lead nowhere.

use crate::diagnostic::{Finding, Findings, Rule, Severity, did_you_mean};
use crate::scenario::document::Document;
use crate::scenario::lint::{missing_key, unknown_key, wrong_type};
use crate::scenario::path::{Step, steps};
use crate::scenario::schema::Scenario;
use crate::scenario::sweep_table::Sweep;
use crate::scenario::typed;

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

/// Lays a value of every parameter over the scenario and looks whether its key is one.
pub fn check(scenario: &Scenario, document: &Document, findings: &mut Findings) {
    let Some(sweep) = &scenario.sweep else { return };
    let mut laid = document.clone().without("sweep");
    let mut places = Vec::new();
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
            Ok(()) => places.push(place),
            Err(fault) => findings.push(Finding { code: RULE.code, ..fault }),
        }
    }
    let about_keys = [unknown_key::RULE.code, missing_key::RULE.code, wrong_type::RULE.code];
    let told = typed::<Scenario>(&laid).err().unwrap_or_default();
    let ours = told.0.into_iter().filter(|f| about_keys.contains(&f.code) && f.location.as_ref().is_some_and(|l| places.contains(l)));
    findings.0.extend(ours.map(|f| Finding { code: RULE.code, ..f }));
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
