//! Key figures are finite, and the unbalance is the 95th percentile over the steps of its worst bus.

use copperplate::kpi::{DEFINITIONS, Value, compute};

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

fn unbalance(run: &Run<'_>, told: Value, found: &mut Found) {
    let rows: Vec<&Vec<f64>> = run.witness.unbalance.iter().filter(|row| row.first().is_some_and(|x| x.is_finite())).collect();
    let Some(first) = rows.first() else { return };
    // One rank to either side: how a percentile falls between two values is a convention.
    let (mut least, mut most) = (0.0_f64, 0.0_f64);
    for bus in 0..first.len() {
        let mut values: Vec<f64> = rows.iter().map(|row| 100.0 * row[bus]).collect();
        values.sort_by(f64::total_cmp);
        let rank = values.len() * 95 / 100;
        least = least.max(values[rank.saturating_sub(1)]);
        most = most.max(values[(rank + 1).min(values.len() - 1)]);
    }
    let Value::Number(x) = told else {
        return found.say(NAME, "unbalance", &run.strategy.name, || "there is no figure".to_owned());
    };
    if x < least * (1.0 - 1e-5) - 1e-9 || x > most * (1.0 + 1e-5) + 1e-9 {
        found.say(NAME, "unbalance", &run.strategy.name, || format!("{x} % told, {least} to {most} % at the worst bus"));
    }
}
