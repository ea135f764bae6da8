//! Sweeps without cases: nothing to vary, nothing to draw, lists that do not match.

use std::collections::BTreeSet;

use super::{Faults, Subject};
use crate::diagnostic::{Finding, Rule, Severity};
use crate::scenario::sweep_table::{Design, Parameter, Seeds, Sweep};

/// The rule.
pub const RULE: Rule = Rule {
    code: "sweep-design",
    severity: Severity::Error,
    what: "The design of a sweep is incomplete or contradicts itself.",
    why: "A grid needs values for each parameter, a list needs lists of equal length, and a drawn design needs 'samples'.",
    example: "[sweep]\ndesign = \"sobol\"\n\n[[sweep.parameter]]\nkey = \"feeder.pv_scale\"\ndistribution = { kind = \"uniform\", low = 0.5, high = 1.5 }",
    mend: "[sweep]\ndesign = \"sobol\"\nsamples = 128\n\n[[sweep.parameter]]\nkey = \"feeder.pv_scale\"\ndistribution = { kind = \"uniform\", low = 0.5, high = 1.5 }",
};

/// Points of the Sobol generator, and its dimensions.
const SOBOL_POINTS: u32 = 1 << 16;
const SOBOL_DIMENSIONS: usize = 256;

/// Most cases of a sweep.
const MOST_CASES: u64 = 10_000_000;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let scenario = subject.scenario;
    let Some(sweep) = &scenario.sweep else { return };
    let undrawn = undrawn(sweep, faults);
    let is_undrawn = undrawn.is_some();
    let mut tell = |path: &str, finding: Finding| faults.at(path, finding);
    if let Some(finding) = undrawn {
        tell("sweep.design", finding);
    }
    for (i, parameter) in sweep.parameter.iter().enumerate() {
        if let Some((key, message, help)) = parameter_fault(sweep.design, parameter)
            && !(is_undrawn && key == "distribution")
        {
            tell(&format!("sweep.parameter[{i}].{key}"), RULE.finding(message).help(help));
        }
    }
    for (key, message, help) in table_faults(sweep).into_iter().filter(|(key, ..)| !(is_undrawn && matches!(*key, "samples" | "saltelli"))) {
        tell(&format!("sweep.{key}"), RULE.finding(message).help(help));
    }
    let strategies = if sweep.strategies.is_empty() { &scenario.strategies } else { &sweep.strategies };
    let cases = [sweep.sets(), sweep.seed_count(), strategies.len() as u64].into_iter().try_fold(1, u64::checked_mul);
    if cases.is_none_or(|n| n > MOST_CASES) {
        tell("sweep", RULE.finding(format!("the sweep has more than {MOST_CASES} cases")).help("vary fewer keys, or draw a design"));
    }
}

/// One finding for all that a design should draw and does not: where 'design' is missing or none, or draws none of several things.
fn undrawn(sweep: &Sweep, faults: &Faults<'_>) -> Option<Finding> {
    let to_draw = sweep.parameter.iter().filter(|p| p.distribution.is_some()).count()
        + usize::from(sweep.samples.is_some())
        + usize::from(sweep.saltelli);
    if sweep.design.draws() || to_draw == 0 {
        return None;
    }
    let written = faults.written("sweep.design");
    let said = written.as_ref().and_then(|at| at.source.text.get(at.span.clone())).map(|text| text.trim_matches(['"', '\'']));
    let drawn = "design = \"latin-hypercube\", \"sobol\" or \"monte-carlo\"";
    match said {
        None => {
            let finding = RULE.finding("the sweep has 'samples' or distributions, but no 'design' that draws them");
            Some(finding.help(format!("add {drawn}; without 'design' the sweep is a grid")))
        }
        Some("grid" | "list") if to_draw == 1 => None,
        Some(design) => {
            let finding = RULE.finding(format!("the design '{design}' draws neither 'samples' nor distributions, and the sweep has them"));
            Some(finding.help(format!("write {drawn}, or give every parameter 'values'")))
        }
    }
}

/// A fault: key, sentence, help.
type Fault = (&'static str, String, &'static str);

fn parameter_fault(design: Design, p: &Parameter) -> Option<Fault> {
    let key = &p.key;
    let range = [p.from.is_some(), p.to.is_some(), p.steps.is_some()];
    let ways = usize::from(p.values.is_some()) + usize::from(range.contains(&true)) + usize::from(p.distribution.is_some());
    let three = "give it one of 'values', 'from', 'to' and 'steps', or 'distribution'";
    match ways {
        0 => Some(("key", format!("'{key}' has no values"), three)),
        1 if range.contains(&true) && range.contains(&false) => {
            Some(("key", format!("the range of '{key}' is incomplete"), "a range needs 'from', 'to' and 'steps'"))
        }
        1 if p.values.as_ref().is_some_and(Vec::is_empty) => Some(("values", format!("'{key}' has no values"), "name at least one")),
        1 if !design.draws() && p.distribution.is_some() => {
            let help = "give it 'values', or draw the design: latin-hypercube, sobol or monte-carlo";
            Some(("distribution", format!("'{key}' has a distribution, but the design does not draw"), help))
        }
        1 => None,
        _ => Some(("key", format!("'{key}' states its values more than once"), three)),
    }
}

fn table_faults(sweep: &Sweep) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let draws = sweep.design.draws();
    match sweep.samples {
        None if draws => {
            faults.push(("design", "a drawn design needs a number of samples".to_owned(), "add 'samples', such as samples = 128"))
        }
        Some(_) if !draws => {
            let message = "'samples' has no effect in a grid or list".to_owned();
            faults.push(("samples", message, "leave it out, or draw the design: latin-hypercube, sobol or monte-carlo"));
        }
        Some(n) if sweep.design == Design::Sobol && n > SOBOL_POINTS => {
            faults.push(("samples", format!("there are {n} samples, a Sobol design has at most {SOBOL_POINTS}"), "use a Latin hypercube for more"));
        }
        _ => {}
    }
    if draws && sweep.parameter.is_empty() {
        faults.push(("design", "the design has no parameter to draw".to_owned(), "add [[sweep.parameter]] with a key and a distribution"));
    }
    if sweep.saltelli && sweep.design != Design::Sobol {
        faults.push(("saltelli", "only a Sobol design has a Saltelli scheme".to_owned(), "write design = \"sobol\""));
    }
    if sweep.design == Design::Sobol && sweep.dimensions() > SOBOL_DIMENSIONS {
        let message = format!("the design needs {} dimensions, the limit is {SOBOL_DIMENSIONS}", sweep.dimensions());
        faults.push(("design", message, "vary fewer keys; a Saltelli scheme takes two dimensions for each"));
    }
    let mut lengths: Vec<u64> = sweep.parameter.iter().map(Parameter::level_count).collect();
    lengths.dedup();
    if sweep.design == Design::List && lengths.len() > 1 && !lengths.contains(&0) {
        let message = format!("the lists have {} values", lengths.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
        faults.push(("design", message, "give every parameter the same number of values; for all combinations write design = \"grid\""));
    }
    match &sweep.seeds {
        Some(Seeds::Count(0)) => faults.push(("seeds", "there are no seeds".to_owned(), "one seed is enough for a draw")),
        Some(Seeds::List(list)) if list.is_empty() => faults.push(("seeds", "there are no seeds".to_owned(), "name at least one")),
        Some(Seeds::List(list)) if list.iter().collect::<BTreeSet<_>>().len() < list.len() => {
            faults.push(("seeds", "a seed appears twice".to_owned(), "its cases would be the same; name each seed once"));
        }
        _ => {}
    }
    let names = &sweep.strategies;
    if (1..names.len()).any(|i| names[..i].contains(&names[i])) {
        faults.push(("strategies", "a strategy appears twice".to_owned(), "name each once"));
    }
    faults
}
