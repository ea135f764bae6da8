//! Running cases: parts side by side, the cases of a part one after the other on one thread.
//!
//! A case that cannot be built, panics or has steps without a load-flow solution is a row with its reason; the sweep goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::design::Set;
use super::folder::Folder;
use super::plan::{Case, Plan};
use super::results::{FAILED, OK};
use crate::kpi::{self, DEFINITIONS, Kpis};
use crate::output::{Column, OutputError, Table, write_parquet};
use crate::scenario::document::Document;
use crate::scenario::schema::Scenario;
use crate::scenario::study::Study;
use crate::sim::{Reference, run_case};

/// Called after each case with whether it failed.
pub type Progress<'a> = &'a (dyn Fn(bool) + Sync);

/// Runs `parts` on the threads of the current pool; each is published whole as soon as it is done.
///
/// # Errors
/// When a part cannot be written; others may have been.
pub fn work(folder: &Folder, plan: &Plan, parts: &[u64], progress: Progress<'_>) -> Result<(), OutputError> {
    parts.par_iter().try_for_each(|part| {
        let table = run_part(plan, *part, progress);
        folder.publish_part(*part, |file| write_parquet(&table, file)).map(drop)
    })
}

/// Rows of a part.
#[must_use]
pub fn run_part(plan: &Plan, part: u64, progress: Progress<'_>) -> Table {
    let mut table = plan.layout();
    let mut bench = Bench::default();
    for number in plan.part(part) {
        let case = plan.case(number);
        let outcome = bench.run(plan, &case);
        let set = bench.set.as_ref().map(|(_, set, _)| set).expect("the case was set up");
        progress(outcome.is_err());
        push(&mut table, plan, &case, set, outcome);
    }
    table
}

/// The scenario of a set and the text it comes from, or why there is none.
type Prepared = Result<(Scenario, Document), String>;

/// A study with its reference, or why there is none.
type Built = Result<(Study, Reference), String>;

/// What neighbouring cases share: the scenario of a set, the study of a set and seed with its reference.
#[derive(Default)]
struct Bench {
    set: Option<(u64, Set, Prepared)>,
    study: Option<(u64, u64, Built)>,
}

impl Bench {
    /// Key figures of a case, or why it has none.
    fn run(&mut self, plan: &Plan, case: &Case) -> Result<Kpis, String> {
        if self.set.as_ref().is_none_or(|(number, ..)| *number != case.set) {
            let set = plan.set(case.set);
            let scenario = guarded(|| plan.scenario_of(&set));
            self.set = Some((case.set, set, scenario));
        }
        let Some((_, _, scenario)) = &self.set else { unreachable!("set above") };
        let (scenario, document) = scenario.as_ref().map_err(Clone::clone)?;
        if self.study.as_ref().is_none_or(|(set, seed, _)| (*set, *seed) != (case.set, case.seed)) {
            let with_reference = |study: Study| {
                let reference = Reference::new(&study);
                (study, reference)
            };
            let study = guarded(|| plan.study_of(scenario, document, case.seed).map(with_reference));
            self.study = Some((case.set, case.seed, study));
        }
        let Some((_, _, study)) = &self.study else { unreachable!("set above") };
        let (study, reference) = study.as_ref().map_err(Clone::clone)?;
        guarded(|| figures(study, reference, case))
    }
}

fn figures(study: &Study, reference: &Reference, case: &Case) -> Result<Kpis, String> {
    let strategy = &study.strategies[case.strategy];
    let result = run_case(study, reference, strategy, &|_| {});
    let unsolved = result.recording.unsolved_steps();
    if unsolved > 0 {
        return Err(format!("the load flow has no solution in {unsolved} of {} steps", study.steps));
    }
    Ok(kpi::compute(study, strategy, &result))
}

/// What `f` gives; a panic is its sentence.
fn guarded<T>(f: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
        Err(format!("panicked: {}", text.unwrap_or_else(|| "without a message".to_owned())))
    })
}

/// Adds the row of a case.
fn push(table: &mut Table, plan: &Plan, case: &Case, set: &Set, outcome: Result<Kpis, String>) {
    let whole = |n: u64| Cell::Whole(i64::try_from(n).expect("TOML's integers are of 63 bits"));
    let strategy = plan.strategies[case.strategy].clone();
    let before = [whole(case.number), whole(set.sample), Cell::Text(set.block.clone()), Cell::Text(strategy), whole(case.seed)];
    let parameter = |(level, p): (&crate::scenario::distribution::Level, &crate::scenario::sweep_table::Parameter)| match level.number() {
        Some(x) if p.is_numeric() => Cell::Number(x),
        _ => Cell::Text(level.to_string()),
    };
    let parameters = set.levels.iter().zip(&plan.sweep.parameter).map(parameter);
    let figure = |key| outcome.as_ref().ok().and_then(|kpis| kpis.get(key).number()).unwrap_or(f64::NAN);
    let figures = DEFINITIONS.iter().map(|d| Cell::Number(figure(d.key)));
    let status = if outcome.is_ok() { OK } else { FAILED };
    let reason = outcome.as_ref().err().cloned().unwrap_or_default();
    let after = [Cell::Text(status.to_owned()), Cell::Text(reason)];
    let cells = before.into_iter().chain(parameters).chain(figures).chain(after);
    for ((name, column), cell) in table.columns.iter_mut().zip(cells) {
        match (column, cell) {
            (Column::I64(values), Cell::Whole(n)) => values.push(n),
            (Column::F64(values), Cell::Number(x)) => values.push(x),
            (Column::Str(values), Cell::Text(text)) => values.push(&text),
            _ => unreachable!("column '{name}' is laid out for its values"),
        }
    }
}

/// A value of a row.
enum Cell {
    Whole(i64),
    Number(f64),
    Text(String),
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_is_a_reason() {
        assert_eq!(guarded(|| Ok(1)), Ok(1));
        assert_eq!(guarded::<()>(|| Err("no".to_owned())), Err("no".to_owned()));
        assert_eq!(guarded::<()>(|| panic!("boom")), Err("panicked: boom".to_owned()));
        assert_eq!(guarded::<()>(|| panic!("boom {}", 2)), Err("panicked: boom 2".to_owned()));
    }
}
