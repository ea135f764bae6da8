//! `copperplate message sample`: one message of each type from one small trade, and the offer signed.

use std::path::PathBuf;

use super::{Outcome, files, print};
use crate::diagnostic::Findings;
use crate::ids::Role;
use crate::uftp::message::MessageType;
use crate::uftp::sample::{domain, sample};
use crate::uftp::sign::{SecretKey, SignedMessage};
use crate::uftp::xml;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The messages belong to one trade between agr.example.com and dso.example.com. SignedMessage.xml is FlexOffer.xml, signed; \
SignedMessage.pub holds the public key. The private key is public as well: never use it for real messages.

Example:
  copperplate message sample samples && copperplate message show samples"
)]
pub(super) struct Args {
    /// Folder to write
    dir: PathBuf,
}

/// Seed of the key that signs the sample; everybody knows it.
const SEED: [u8; 32] = *b"published sample key, not secret";

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let messages = MessageType::all().map(|t| (format!("{}.xml", t.name()), xml::write(&sample(t))));
    let key = SecretKey::from_seed(&SEED);
    let envelope = SignedMessage::seal(&xml::write(&sample(MessageType::FlexOffer)), domain(Role::Agr), Role::Agr, &key);
    let signed =
        [("SignedMessage.xml".to_owned(), envelope.write()), ("SignedMessage.pub".to_owned(), format!("{}\n", key.public_key().to_cs1()))];
    let texts: Vec<(String, String)> = messages.chain(signed).collect();
    let all: Vec<(&str, Vec<u8>)> = texts.iter().map(|(name, text)| (name.as_str(), text.clone().into_bytes())).collect();
    files::publish(&args.dir, &all)?;
    print(&format!("{} messages → {}\n", texts.len() - 1, args.dir.display()));
    Ok(Outcome::Done)
}
