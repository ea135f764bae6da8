//! Key figures are finite, and the unbalance is the 95th percentile over the steps of its worst bus.

use copperplate::kpi::{DEFINITIONS, Value, compute};
use copperplate::sim::Variant;

use crate::finding::Found;
use crate::trial::{Run, Trial};

const NAME: &str = "figures";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in &trial.runs {
        let kpis = compute(trial.study, run.strategy, &run.result);
        for definition in DEFINITIONS {
            if let Value::Number(x) = kpis.get(definition.key)
                && !x.is_finite()
            {
                found.say(NAME, "not-finite", &run.strategy.name, || format!("{} is {x}", definition.key));
            }
        }
        unbalance(run, kpis.get("unbalance_p95_percent"), found);
    }
}

/// The smallest of some values that 95 (or `percent`) in a hundred of them do not exceed.
pub(crate) fn percentile(mut values: Vec<f64>, percent: usize) -> Option<f64> {
    values.retain(|x| x.is_finite());
    values.sort_by(f64::total_cmp);
    values.get((values.len() * percent).div_ceil(100).max(1) - 1).copied()
}

fn unbalance(run: &Run<'_>, told: Value, found: &mut Found) {
    let flows = run.witness.flows(Variant::Actual);
    let Some(buses) = flows.iter().map(|f| f.unbalance.len()).find(|n| *n > 0) else { return };
    let of_bus = |bus: usize| percentile(flows.iter().map(|f| 100.0 * f.unbalance[bus]).collect(), 95);
    let Some(own) = (0..buses).filter_map(of_bus).reduce(f64::max) else { return };
    if !run.witness.all_solved() {
        if told != Value::NotApplicable {
            found.say(NAME, "unbalance", &run.strategy.name, || format!("{told:?} told, and not every step has a load flow"));
        }
        return;
    }
    let Value::Number(x) = told else {
        return found.say(NAME, "unbalance", &run.strategy.name, || "there is no figure".to_owned());
    };
    if (x - own).abs() > 1e-5 * own + 1e-9 {
        found.say(NAME, "unbalance", &run.strategy.name, || format!("{x} % told, {own} % at the worst bus"));
    }
}
