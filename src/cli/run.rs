//! `copperplate run`: every strategy of a scenario on the same truth.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use rayon::prelude::*;

use super::Outcome;
use crate::diagnostic::Findings;
use crate::kpi;
use crate::scenario::build::build;
use crate::scenario::schema::Scenario;
use crate::sim::run_case;

/// Arguments of `run`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Scenario file
    scenario: PathBuf,
    /// Seed instead of the scenario's
    #[arg(long)]
    seed: Option<u64>,
    /// Only these strategies
    #[arg(long)]
    strategy: Vec<String>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let (scenario, document, warnings) = crate::scenario::load::<Scenario>(&args.scenario, &[])?;
    super::report(&warnings);
    let folder = args.scenario.parent().unwrap_or_else(|| std::path::Path::new("."));
    let (feeder, warnings) = crate::import::read_folder(&folder.join(&scenario.feeder.path))?;
    super::report(&warnings);
    let seed = args.seed.unwrap_or(scenario.seed);
    let (study, warnings) = build(&scenario, &feeder, seed, folder, &|p| document.locate(p))?;
    super::report(&warnings);
    let t = std::time::Instant::now();
    let results: Vec<_> = study.strategies.par_iter().map(|s| run_case(&study, s, &|_| {})).collect();
    eprintln!("{:?}", t.elapsed());
    let kpis: Vec<_> = results.iter().zip(&study.strategies).map(|(r, s)| kpi::compute(&study, s, r)).collect();
    for d in kpi::DEFINITIONS {
        print!("{:45} {:10}", d.label, d.unit);
        for k in &kpis {
            match k.get(d.key) {
                kpi::Value::Number(x) => print!("{:>14.*}", d.digits, x),
                kpi::Value::NotPriced => print!("{:>14}", "not priced"),
                kpi::Value::NotApplicable => print!("{:>14}", "–"),
            }
        }
        println!();
    }
    Ok(Outcome::Done)
}
