//! No truth before its time: with forecasts as they were, another truth from an instant on leaves every message before it as it was.

use std::sync::Arc;

use copperplate::forecast::Model;
use copperplate::profile::ProfileTable;
use copperplate::sim::LoggedMessage;
use copperplate::time::SimTime;

use crate::case::Again;
use crate::dice::Dice;
use crate::finding::Found;
use crate::trial::{Trial, watch, watch_reference};

const NAME: &str = "truth";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    if !trial.case.again.contains(&Again::Truth) {
        return;
    }
    let (table, from) = changed(&trial.study.truth, trial);
    let mut other = trial.study.clone();
    other.truth = Arc::new(table);
    // A perfect forecast of households is what the reference has them do: it stays, like every other forecast.
    let foretold = if trial.study.forecast == Model::Perfect { trial.study } else { &other };
    let (reference, witness) = watch_reference(foretold);
    for run in &trial.runs {
        let strategy = other.strategies.iter().find(|s| s.name == run.strategy.name).expect("the same strategies");
        let again = watch(&other, &reference, &witness, strategy);
        let (before, after) = (until(&run.result.messages, from), until(&again.result.messages, from));
        let same = before.iter().zip(&after).all(|(a, b)| a.sent == b.sent && a.fate == b.fate && a.message == b.message);
        if before.len() != after.len() || !same {
            let first = before.iter().zip(&after).find(|(a, b)| a.message != b.message).map(|(a, _)| a.message.message_type().name());
            found.say(NAME, "early", &run.strategy.name, || {
                format!("{} and {} messages before the truth changes at {}, first difference: {first:?}", before.len(), after.len(), from.0)
            });
        }
    }
}

fn until(log: &[LoggedMessage], t: SimTime) -> Vec<&LoggedMessage> {
    log.iter().filter(|m| m.sent < t).collect()
}

/// The table with other values from a drawn row of the run on, and when that row begins.
fn changed(table: &ProfileTable, trial: &Trial<'_>) -> (ProfileTable, SimTime) {
    let study = trial.study;
    let mut dice = Dice::new(trial.case.seed, "truth");
    let span = (study.step_start(study.steps) - study.start).0 as f64;
    let wished = SimTime(study.start.0 + (span * dice.unit()) as i64);
    let row = table.step_at(wished).unwrap_or(0);
    let from = SimTime(table.start().0 + table.step().0 * row as i64);
    let mut other = ProfileTable::new(table.start(), table.step());
    for name in table.names() {
        let mut values = table.column(table.find(name).expect("its own column")).to_vec();
        values[row..].iter_mut().for_each(|v| *v = 0.4 * *v + 0.2);
        other.push(name, &values);
    }
    (other, from)
}
