//! `copperplate message keygen`, `seal`, `open`: signing keys and envelopes.
//!
//! A private key is a file that only its owner may read; it never stands on a command line, where every process of the
//! machine could see it. Public keys may.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::load;
use super::rules::{BAD_SIGNATURE, NO_MESSAGE, SENDER_ROLE};
use super::{Outcome, print};
use crate::diagnostic::{Finding, Findings};
use crate::ids::Role;
use crate::live::rules::{BAD_KEY, EXPOSED_KEY, NO_RANDOMNESS};
use crate::output::error::CANNOT_WRITE;
use crate::uftp::message::Message;
use crate::uftp::sign::{OpenError, PublicKey, SecretKey, SignedMessage, open as open_envelope};
use crate::uftp::xml;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Only the owner can read the file (mode 0600); an existing file is never overwritten. The public key goes to standard output.

Example:
  copperplate message keygen --out agr.key > agr.pub"
)]
pub(super) struct KeygenArgs {
    /// File to write the private key to
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Signs the bytes of the message as they are. The sender of the envelope is the sender of the message.

Example:
  copperplate message seal --key agr.key offer.xml > sealed.xml")]
pub(super) struct SealArgs {
    /// File with the sender's private key, as `keygen` writes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Role of the sender: AGR, DSO or CRO; needed for TestMessage and TestMessageResponse only
    #[arg(long, value_parser = role)]
    role: Option<Role>,
    /// Message, or - for standard input
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A sender that replaces its key publishes the old and the new one for a while. Give both: the message may be signed with either.

Examples:
  copperplate message open --key \"$(cat agr.pub)\" sealed.xml
  copperplate message open --key cs1.OLD --key cs1.NEW sealed.xml | copperplate message show -

Exit code 1: none of the keys made the signature, or the envelope holds no message."
)]
pub(super) struct OpenArgs {
    /// Public key of the sender: cs1.… or base64 of 32 bytes; repeat it while a new key replaces an old one
    #[arg(long, value_name = "KEY", required = true)]
    key: Vec<String>,
    /// Signed message, or - for standard input
    file: PathBuf,
}

fn role(text: &str) -> Result<Role, String> {
    let of_name = |role: &Role| role.as_str().eq_ignore_ascii_case(text);
    [Role::Agr, Role::Cro, Role::Dso].into_iter().find(of_name).ok_or_else(|| "not one of AGR, CRO, DSO".to_owned())
}

pub(super) fn keygen(args: &KeygenArgs) -> Result<Outcome, Findings> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| NO_RANDOMNESS.finding(format!("the system gives no random bytes: {e}")))?;
    let key = SecretKey::from_seed(&seed);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&args.out).and_then(|mut file| writeln!(file, "{}", key.to_base64()));
    written.map_err(|e| {
        let finding = CANNOT_WRITE.finding(format!("cannot write '{}': {e}", args.out.display()));
        if e.kind() == std::io::ErrorKind::AlreadyExists {
            finding.help("a key is never overwritten; choose another file")
        } else {
            finding
        }
    })?;
    print(&format!("{}\n", key.public_key().to_cs1()));
    Ok(Outcome::Done)
}

pub(super) fn seal(args: &SealArgs) -> Result<Outcome, Findings> {
    let key = secret_key(&args.key)?;
    let payload = load::bytes(&args.file)?;
    let no_message = |what: String| NO_MESSAGE.finding(format!("'{}' is no message: {what}", args.file.display()));
    let message = xml::read(&payload).map_err(|e| no_message(e.to_string()))?;
    let text = std::str::from_utf8(&payload).map_err(|e| no_message(e.to_string()))?;
    let role = sender_role(&message, args.role)?;
    print(&SignedMessage::seal(text, message.header().sender_domain.clone(), role, &key).write());
    Ok(Outcome::Done)
}

fn sender_role(message: &Message, given: Option<Role>) -> Result<Role, Finding> {
    let (name, may) = (message.message_type().name(), message.message_type().sender_roles());
    match given {
        Some(role) if may.contains(&role) => Ok(role),
        Some(role) => Err(SENDER_ROLE
            .finding(format!("{} does not send {name}", role.as_str()))
            .help(format!("the sender of {name} is {}", may.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(", ")))),
        None if may.len() == 1 => Ok(may[0]),
        None => Err(SENDER_ROLE.finding(format!("a {name} can come from any role")).help("state the role: --role AGR")),
    }
}

pub(super) fn open(args: &OpenArgs) -> Result<Outcome, Findings> {
    let mut findings = Findings::default();
    let mut keys = Vec::new();
    for text in &args.key {
        match PublicKey::parse(text) {
            Ok(key) => keys.push(key),
            Err(e) => findings.push(BAD_KEY.finding(format!("'{text}' is no public key: {e}"))),
        }
    }
    let (keys, _) = findings.or_ok(keys)?;
    let text = load::bytes(&args.file)?;
    match open_envelope(&text, |_, _| keys) {
        Ok(opened) => {
            print(&String::from_utf8_lossy(opened.envelope.unverified()));
            Ok(Outcome::Done)
        }
        Err(error) => {
            let rule = if matches!(error, OpenError::Signature { .. }) { BAD_SIGNATURE } else { NO_MESSAGE };
            super::super::report(&rule.finding(format!("'{}': {error}", args.file.display())).into());
            Ok(Outcome::CaseFailed)
        }
    }
}

/// The private key in a file that nobody else may read.
///
/// # Errors
/// `unreadable-file`, `exposed-key`, `bad-key`.
pub(in crate::cli) fn secret_key(path: &Path) -> Result<SecretKey, Finding> {
    #[cfg(unix)]
    if let Ok(metadata) = std::fs::metadata(path) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        if mode & 0o077 != 0 {
            let finding = EXPOSED_KEY.finding(format!("other users may read the private key '{}'", path.display()));
            return Err(finding.help(format!("chmod 600 {}", path.display())));
        }
    }
    let bytes = load::bytes(path)?;
    let text = String::from_utf8_lossy(&bytes);
    SecretKey::from_base64(&text).map_err(|e| BAD_KEY.finding(format!("'{}' is no private key: {e}", path.display())))
}
