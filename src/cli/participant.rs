//! `copperplate participant`: an aggregator or operator on a network.

use std::path::PathBuf;

use super::Outcome;
use crate::diagnostic::Findings;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The configuration names the address book, keys, congestion points and the files that forecasts, prices and meter readings come from; \
docs/protocol/participant.md describes it. What happens is told on standard output, a line a message.

Examples:
  copperplate message keygen --out agr.key > agr.pub
  copperplate participant --role agr --config agr.toml

Needs a build with the feature `http`: cargo build --release --features http

Exit code 0: every day is settled; 1: a message was given up without an answer, or the participant could not go on; 2: usage, \
configuration or journal wrong."
)]
pub(super) struct Args {
    /// Which part to play
    #[arg(long)]
    role: PlayedRole,
    /// Configuration (TOML)
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
const STOPPED_HELP: &str = "mend that and start it again: what it knows is in its journal";

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
        Ended::Settled { given_up: 0 } => Outcome::Done,
        Ended::Settled { .. } => Outcome::CaseFailed,
        Ended::Stopped(why) => {
            super::report(&crate::live::rules::STOPPED.finding(why).help(STOPPED_HELP).into());
            Outcome::CaseFailed
        }
    })
}

#[cfg(not(feature = "http"))]
pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let finding =
        crate::live::rules::NO_HTTP.finding(format!("this build cannot go on a network, so '{}' is not played", args.config.display()));
    Err(finding.help("cargo build --release --features http").into())
}
