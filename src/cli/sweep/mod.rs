//! `copperplate sweep`: many cases of one scenario, here or in shards on several machines.
#![allow(clippy::disallowed_methods, reason = "the command shows how long things take and asks a scheduler which shard it is")]

mod shard;
mod slurm;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::{Args as ClapArgs, Subcommand};

use super::progress::Progress;
use super::{Outcome, print, report};
use crate::analysis;
use crate::diagnostic::{Finding, Findings, Severity, visible};
use crate::output::{OUTPUTS, file_name};
use crate::sweep::{self, Folder, Plan, Results, State, Tally, numbers, ranges};

/// Arguments of `sweep`: a scenario to be run here from beginning to end, or a step of a sharded sweep.
#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Example:\n  copperplate sweep scenarios/sweep-pv.toml --set sweep.seeds=20 --out outputs/twenty-seeds")]
pub(super) struct Args {
    #[command(subcommand)]
    step: Option<Step>,
    #[command(flatten)]
    here: Option<Planned>,
    #[command(flatten)]
    threads: Threads,
}

/// What is swept and where to.
#[derive(Debug, ClapArgs)]
struct Planned {
    /// Scenario file with a table [sweep], such as scenarios/sweep-pv.toml
    scenario: PathBuf,
    /// Folder of the sweep; if it holds this sweep already, the command continues it [default: outputs/<name of the scenario>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Override a value of the scenario, such as sweep.samples=64; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Discard the results in the folder and start again
    #[arg(long)]
    fresh: bool,
}

#[derive(Debug, ClapArgs)]
struct Threads {
    /// Number of cases to run in parallel [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), allow_negative_numbers = true)]
    threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Number the cases and write the plan, without running any
    #[command(after_help = "Example:\n  copperplate sweep plan scenarios/sweep-pv.toml --out outputs/pv")]
    Plan(Planned),
    /// Run one shard of a planned sweep
    #[command(after_help = "Example:\n  copperplate sweep work outputs/pv --shard 0/4")]
    Work(Work),
    /// Show the progress of a sweep
    #[command(after_help = "Example:\n  copperplate sweep status outputs/pv\n\nExit code 2: a file has changed since the sweep wrote it.")]
    Status {
        /// Folder of the sweep
        dir: PathBuf,
    },
    /// Merge all parts into results.parquet and analyse them
    #[command(
        after_help = "Example:\n  copperplate sweep merge outputs/pv\n\nExit code 1: a case failed; 2: a part is missing or has changed."
    )]
    Merge {
        /// Folder of the sweep
        dir: PathBuf,
    },
    /// Submit a planned sweep to a job scheduler as an array of shards
    #[command(after_help = "Example:\n  SBATCH_PARTITION=short copperplate sweep submit outputs/pv --backend slurm")]
    Submit(Submit),
}

/// A shard runs every n-th part. In a job array of Slurm, Kubernetes or AWS Batch the command reads its number from the environment.
#[derive(Debug, ClapArgs)]
struct Work {
    /// Folder of the sweep
    dir: PathBuf,
    /// Run shard I of N, where I counts from 0
    #[arg(long, value_name = "I/N", conflicts_with = "shards")]
    shard: Option<shard::Shard>,
    /// Number of shards, if the scheduler states only the number of this one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), allow_negative_numbers = true)]
    shards: Option<u64>,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Debug, ClapArgs)]
struct Submit {
    /// Folder of the sweep, under the path that the machines of the cluster use
    dir: PathBuf,
    /// Job scheduler to submit to
    #[arg(long, value_enum, value_name = "SCHEDULER")]
    backend: Backend,
    /// Number of shards [default: one per part, at most 20]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), allow_negative_numbers = true)]
    shards: Option<u64>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Backend {
    /// Writes DIR/slurm.sh and calls sbatch, which takes account and limits from SBATCH_… variables
    Slurm,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    match (&args.step, &args.here) {
        (Some(Step::Plan(planned)), _) => plan(planned).map(|(_, folder)| {
            let Folder { path, record, .. } = &folder;
            print(&format!("{}: {} cases in {} parts, planned in {}\n", record.name, record.cases, record.parts, path.display()));
            Outcome::Done
        }),
        (Some(Step::Work(work)), _) => share(work),
        (Some(Step::Status { dir }), _) => status(dir),
        (Some(Step::Merge { dir }), _) => merged(&Folder::open(dir)?, None),
        (Some(Step::Submit(submit)), _) => match submit.backend {
            Backend::Slurm => slurm::submit(&submit.dir, submit.shards),
        },
        (None, Some(here)) => all(here, &args.threads),
        (None, None) => unreachable!("clap asks for a scenario or a step"),
    }
}

/// Plans, runs what is missing, merges.
fn all(args: &Planned, threads: &Threads) -> Result<Outcome, Findings> {
    let began = Instant::now();
    let (plan, folder) = plan(args)?;
    execute(&folder, &plan, &undone(&folder), threads)?;
    merged(&folder, Some(began.elapsed().as_secs_f64()))
}

fn plan(args: &Planned) -> Result<(Plan, Folder), Findings> {
    let (plan, warnings) = Plan::read(&args.scenario, &args.set)?;
    report(&warnings);
    let target = args.out.clone().unwrap_or_else(|| Path::new(OUTPUTS).join(file_name(&plan.name)));
    let folder = Folder::prepare(&target, &plan, args.fresh)?;
    Ok((plan, folder))
}

/// One shard.
fn share(args: &Work) -> Result<Outcome, Findings> {
    let folder = Folder::open(&args.dir)?;
    let shard = shard::of(args.shard, args.shards, &|name| std::env::var(name).ok())?;
    let missing: Vec<u64> = undone(&folder).into_iter().filter(|part| shard.takes(*part)).collect();
    let plan = folder.plan()?;
    let failed = execute(&folder, &plan, &missing, &args.threads)?;
    let cases: u64 = missing.iter().map(|part| folder.cases_of(*part)).sum();
    print(&format!("shard {shard}: {cases} cases run, {failed} of them failed\n"));
    // Failed cases are rows; a scheduler shall not run the shard again for them. Merging tells.
    Ok(Outcome::Done)
}

/// The parts that are to be run: those that are not there, and, as is said, those that are damaged.
fn undone(folder: &Folder) -> Vec<u64> {
    let parts = folder.parts();
    let again = |mut finding: Finding| {
        finding.severity = Severity::Warning;
        finding.help("the command runs it again")
    };
    report(&Findings(sweep::damaged_parts(folder, &parts).0.into_iter().map(again).collect()));
    numbers(&parts, |state| state != State::Whole)
}

/// Runs parts with a bar on standard error; the number of cases that failed.
fn execute(folder: &Folder, plan: &Plan, parts: &[u64], threads: &Threads) -> Result<u64, Findings> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.threads.map_or(0, usize::from)).build();
    let pool = pool.map_err(|e| Findings::from(sweep::rules::NO_THREADS.finding(format!("cannot start threads: {e}"))))?;
    let wanted: u64 = parts.iter().map(|part| folder.cases_of(*part)).sum();
    let progress = Progress::new(&plan.name, folder.record.cases, folder.record.cases - wanted, "cases");
    let failed = AtomicU64::new(0);
    // A panic is a row with its reason; its trace would tear the bar apart.
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = pool.install(|| {
        sweep::work(folder, plan, parts, &|bad| {
            if bad {
                let n = failed.fetch_add(1, Ordering::Relaxed) + 1;
                progress.say(format!(", {n} failed"));
            }
            progress.inc(1);
        })
    });
    std::panic::set_hook(loud);
    progress.finish();
    result?;
    Ok(failed.into_inner())
}

/// Merges and says what came of it.
fn merged(folder: &Folder, seconds: Option<f64>) -> Result<Outcome, Findings> {
    let tally = sweep::merge(folder)?;
    let took = seconds.map_or_else(String::new, |s| format!(" in {s:.1} s"));
    print(&format!("{}: {} cases{took}, {}", folder.record.name, tally.cases, failures(&tally)));
    let results = Results::read(folder)?;
    let files = analysis::write(&results, &folder.record.design, &folder.path)?;
    let path = folder.path.display().to_string();
    let path = visible(&path);
    print(&format!(
        "Results are in {path}/{}, {} tables and charts in {path}/{}\nRead them in a browser: copperplate report {path}\n",
        sweep::results::FILE_NAME,
        files.len(),
        analysis::FOLDER
    ));
    Ok(if tally.failed == 0 { Outcome::Done } else { Outcome::CaseFailed })
}

fn status(dir: &Path) -> Result<Outcome, Findings> {
    let folder = Folder::open(dir)?;
    let parts = folder.parts();
    let missing = numbers(&parts, |state| state == State::Missing);
    let damaged = sweep::damaged(&folder, &parts);
    let tally = sweep::tally(&folder, &parts)?;
    let record = &folder.record;
    print(&format!("{}: {} of {} cases run, {}", record.name, tally.cases, record.cases, failures(&tally)));
    let merged = match folder.results() {
        State::Whole => "merged",
        State::Missing => "not merged yet",
        State::Damaged => "results.parquet is damaged, merge again",
    };
    print(&match missing.len() {
        0 => format!("all {} parts are there, {merged}\n", record.parts),
        n => format!("{n} of {} parts are missing: {}\n", record.parts, ranges(&missing)),
    });
    if damaged.is_empty() { Ok(Outcome::Done) } else { Err(damaged) }
}

/// `none failed`, or how many with the first reasons.
fn failures(tally: &Tally) -> String {
    if tally.failed == 0 {
        return "none failed\n".to_owned();
    }
    let lines: String = tally.examples.iter().map(|(case, reason)| format!("  case {case}: {reason}\n")).collect();
    let more = if tally.failed > tally.examples.len() as u64 { "  …\n" } else { "" };
    format!("{} failed\n{lines}{more}", tally.failed)
}
