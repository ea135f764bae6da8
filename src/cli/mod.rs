//! The command line: one file a command, findings on standard error, results on standard output.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | a case failed, such as a load flow without an operating point |
//! | 2 | usage or input wrong, or output that cannot be written; the findings say what |
//! | 130 | interrupted by Ctrl-C or SIGTERM; nothing half-written is left |

pub mod columns;
mod explain;
mod files;
mod import;
mod init;
mod message;
mod outcome;
mod participant;
mod powerflow;
mod progress;
mod report_page;
pub mod rules;
mod run;
mod schema;
mod sweep;
mod validate;

pub use schema::schema_text;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::diagnostic::Findings;
use outcome::{Outcome, all_printed, print, report};

/// Exit code of a command that was told to end.
const INTERRUPTED: i32 = 130;

/// Simulate congestion in a distribution feeder and what an operator can do about it
#[derive(Debug, Parser)]
#[command(
    name = "copperplate",
    version,
    after_help = "Example:\n  copperplate run scenarios/quickstart.toml\n\nExit codes: 0 done, 1 a case failed, 2 wrong usage or input, or \
                  output that could not be written, 130 interrupted."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a commented scenario to start from
    Init(init::Args),
    /// Check scenarios and report all faults at once, without running them
    Validate(validate::Args),
    /// List every value of a scenario and its origin, or explain a word: code, file, key, key figure, strategy
    Explain(explain::Args),
    /// Print the JSON Schema of scenarios, for editors
    Schema(schema::Args),
    /// Compare the strategies of a scenario
    Run(run::Args),
    /// Write the HTML report of a run or a sweep
    Report(report_page::Args),
    /// Run many cases of a scenario: parameters, seeds, strategies
    Sweep(sweep::Args),
    /// Solve the load flow of a grid
    Powerflow(powerflow::Args),
    /// Write a feeder folder from a public data set
    Import(import::Args),
    /// Check, show, write, sign and open UFTP messages
    Message(message::Args),
    /// Trade over HTTP as an aggregator or operator
    Participant(participant::Args),
}

/// Parses the arguments of the process, runs the command and gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(asked) if !asked.use_stderr() => {
            let help = asked.render();
            print(&if std::io::stdout().is_terminal() { help.ansi().to_string() } else { help.to_string() });
            return ended(Ok(Outcome::Done));
        }
        Err(wrong) => wrong.exit(),
    };
    let end = || {
        crate::output::abandon();
        std::process::exit(INTERRUPTED);
    };
    // Without the handler the process ends all the same, and leaves what is half-written to the next run.
    let _ = ctrlc::set_handler(end);
    let result = match command {
        Command::Init(args) => init::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Report(args) => report_page::run(&args),
        Command::Sweep(args) => sweep::run(&args),
        Command::Powerflow(args) => powerflow::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Message(args) => message::run(&args),
        Command::Participant(args) => participant::run(&args),
    };
    ended(result)
}

/// The exit code, after the findings are told.
fn ended(result: Result<Outcome, Findings>) -> ExitCode {
    match result {
        Ok(_) if !all_printed() => ExitCode::from(2),
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::CaseFailed) => ExitCode::from(1),
        Ok(Outcome::Refused) => ExitCode::from(2),
        Err(findings) => {
            report(&findings);
            if findings.0.len() > 1 {
                // Nobody is left to tell when standard error is closed.
                let _ = writeln!(std::io::stderr(), "{}", findings.summary());
            }
            ExitCode::from(2)
        }
    }
}
