//! Random studies of copperplate, run for real and held against checkers that use no code of agents or settlement; see
//! `docs/swarm.md`.

#![allow(clippy::print_stdout, reason = "findings are the answer of this program")]

mod case;
mod check;
mod devices;
mod dice;
mod draw;
mod finding;
mod made;
mod series;
mod shrink;
mod talk;
mod trial;
mod witness;
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::{Parser, Subcommand};

use finding::{Finding, Known};

/// Random studies of copperplate, held against checkers.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// How many cases to run.
    #[arg(long, default_value_t = 100)]
    cases: u64,
    /// Seed of the first; the others follow.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Cases side by side.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Ask this checker alone.
    #[arg(long)]
    only: Option<String>,
    /// Where failing scenarios are written.
    #[arg(long, global = true, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../outputs/swarm"))]
    out: PathBuf,
    /// Show known faults too, and shrink and write them.
    #[arg(long)]
    known: bool,
    /// Leave failing cases as large as they are.
    #[arg(long)]
    no_shrink: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Run the case of one seed, show all it finds, and keep its scenario as drawn.
    Replay {
        /// The seed.
        seed: u64,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    trial::keep_panics_quiet();
    if let Some(name) = &cli.only
        && !check::CHECKERS.iter().any(|c| c.name == name)
    {
        let names: Vec<&str> = check::CHECKERS.iter().map(|c| c.name).collect();
        println!("no checker is called '{name}'; there are {}", names.join(", "));
        return ExitCode::from(2);
    }
    match cli.command {
        Some(Command::Replay { seed }) => replay(seed, &cli.out),
        None => run(&cli),
    }
}

fn known() -> Known {
    Known::read(include_str!("../known.txt"))
}

fn replay(seed: u64, out: &Path) -> ExitCode {
    let folder = out.join(seed.to_string());
    let found = trial::examine(&draw::case(seed), &folder, None);
    let known = known();
    for f in &found.0 {
        println!("seed {seed}: {f}{}", if known.knows(f) { "  [known]" } else { "" });
    }
    println!("{} findings; the scenario is {}", found.0.len(), folder.join("scenario.toml").display());
    if found.0.iter().all(|f| known.knows(f)) { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Runs the cases on some threads; a line a finding, then how often each kind was found.
fn run(cli: &Cli) -> ExitCode {
    let known = known();
    let next = AtomicU64::new(cli.from);
    let until = cli.from + cli.cases;
    let counts: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());
    let worker = |number: usize| {
        let folder = std::env::temp_dir().join(format!("swarm-{}-{number}", std::process::id()));
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= until {
                break;
            }
            let case = draw::case(seed);
            let found = trial::examine(&case, &folder, cli.only.as_deref());
            for finding in &found.0 {
                let again = {
                    let mut counts = counts.lock().expect("no panic while counting");
                    let count = counts.entry(finding.name()).or_default();
                    *count += 1;
                    *count
                };
                if cli.known || !known.knows(finding) {
                    println!("seed {seed}: {finding}");
                    // The first few of a kind say enough.
                    if again <= 3 {
                        keep(cli, &case, finding, &folder);
                    }
                }
            }
        }
        let _ = fs::remove_dir_all(&folder);
    };
    std::thread::scope(|scope| {
        for number in 0..cli.threads.max(1) {
            let worker = &worker;
            scope.spawn(move || worker(number));
        }
    });
    summary(cli, &known, &counts.into_inner().expect("no panic while counting"))
}

/// Writes the failing scenario, as small as it gets.
fn keep(cli: &Cli, case: &case::Case, finding: &Finding, folder: &Path) {
    let small = if cli.no_shrink { case.clone() } else { shrink::shrink(case, finding, folder) };
    let kept = cli.out.join(case.seed.to_string());
    let written = fs::create_dir_all(&kept).and_then(|()| write::write(&small, &kept));
    match written {
        Ok(()) => println!("    {}", kept.join("scenario.toml").display()),
        Err(why) => println!("    not written to {}: {why}", kept.display()),
    }
}

fn summary(cli: &Cli, known: &Known, counts: &BTreeMap<String, u64>) -> ExitCode {
    println!("{} cases from seed {}", cli.cases, cli.from);
    let names: Vec<&str> = known.names().collect();
    let mut new = 0;
    for (name, count) in counts {
        let mark = if names.contains(&name.as_str()) { "known" } else { "NEW" };
        new += usize::from(mark == "NEW");
        println!("{count:7}  {name}  [{mark}]");
    }
    for name in names.iter().filter(|n| !counts.contains_key(**n)) {
        println!("      0  {name}  [known, not found]");
    }
    if new == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
