//! `copperplate message`: UFTP messages as files, without a grid and without a network.

mod check;
mod clocks;
mod dossier;
mod key;
mod load;
pub(super) mod rules;
mod sample;
mod sheet;
mod show;

use clap::Subcommand;

#[cfg(feature = "http")]
pub(super) use key::secret_key;

use super::{Outcome, files, print};
use crate::diagnostic::Findings;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  copperplate message sample samples
  copperplate message check samples/FlexRequest.xml samples/FlexOffer.xml
  copperplate message show samples/FlexOffer.xml
  copperplate message keygen --out agr.key > agr.pub
  copperplate message seal --key agr.key samples/FlexOffer.xml > sealed.xml
  copperplate message open --key \"$(cat agr.pub)\" sealed.xml")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check messages against the schema and the rules
    Check(check::Args),
    /// Show messages as tables, in the order of their time stamps
    Show(show::Args),
    /// Write one message of each type, and a signed one
    Sample(sample::Args),
    /// Make a signing key
    Keygen(key::KeygenArgs),
    /// Sign a message
    Seal(key::SealArgs),
    /// Verify a signed message and print what is in it
    Open(key::OpenArgs),
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::Show(args) => show::run(args),
        Command::Sample(args) => sample::run(args),
        Command::Keygen(args) => key::keygen(args),
        Command::Seal(args) => key::seal(args),
        Command::Open(args) => key::open(args),
    }
}
