//! `copperplate participant`: an aggregator or operator on a network.

use std::path::PathBuf;

use super::Outcome;
use crate::diagnostic::Findings;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The configuration names the address book, keys, congestion points and the files that forecasts, prices and meter readings come from; \
see docs/protocol/participant.md. The participant prints one line per message on standard output.

Examples:
  copperplate message keygen --out agr.key > agr.pub
  copperplate participant --role agr --config agr.toml

Needs a build with the feature `http`: cargo build --release --features http

Exit code 0: every day is settled; 1: a message got no answer and was given up, an order was not settled in time, or the participant had to stop; 2: wrong usage, configuration or journal."
)]
pub(super) struct Args {
    /// Role of the participant
    #[arg(long, value_name = "ROLE")]
    role: PlayedRole,
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum PlayedRole {
    /// Aggregator
    Agr,
    /// System operator
    Dso,
}

/// What to do about a participant that stopped.
#[cfg(feature = "http")]
const STOPPED_HELP: &str = "remove the cause and start the participant again: it continues from its journal";

#[cfg(feature = "http")]
pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    use crate::ids::Role;
    use crate::live::rules::NO_RANDOMNESS;
    use crate::live::{self, Ended, Participant};

    let role = match args.role {
        PlayedRole::Agr => Role::Agr,
        PlayedRole::Dso => Role::Dso,
    };
    let (loaded, key) = live::load(&args.config, role, &super::message::secret_key)?;
    let seed = getrandom::u64().map_err(|e| NO_RANDOMNESS.finding(format!("the system gives no random bytes: {e}")))?;
    let participant = Participant::start(&loaded, key, seed, Box::new(super::print))?;
    Ok(match participant.run() {
        Ended::Settled { given_up: 0, unsettled: 0 } => Outcome::Done,
        Ended::Settled { .. } => Outcome::CaseFailed,
        Ended::Stopped(why) => {
            super::report(&crate::live::rules::STOPPED.finding(why).help(STOPPED_HELP).into());
            Outcome::CaseFailed
        }
    })
}

#[cfg(not(feature = "http"))]
pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let finding = crate::live::rules::NO_HTTP
        .finding(format!("this build has no HTTP, so it cannot run the participant of '{}'", args.config.display()));
    Err(finding.help("cargo build --release --features http").into())
}
