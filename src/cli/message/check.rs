//! `copperplate message check`: one line, or one JSON object, a file.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::dossier::Dossier;
use super::load::{self, Loaded};
use super::{Outcome, print};
use crate::diagnostic::{Findings, visible, visible_json};
use crate::uftp::message::{IspRun, MessageType};
use crate::uftp::validate::Fault;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Checks each message by itself and against the others given: an order against its offer, an offer against its request. \
The message's time stamp is the current time. Signatures are not verified: see `copperplate message open`.

Examples:
  copperplate message check offer.xml
  copperplate message check request.xml offer.xml order.xml
  copperplate message check outputs/quickstart/messages/congestion-management
  curl … | copperplate message check --json -

Exit code 0: no faults; 1: at least one message has a fault; 2: a file cannot be read."
)]
pub(super) struct Args {
    /// Print one JSON object per file: file, type, ok, faults with rule, position and text
    #[arg(long)]
    json: bool,
    /// Message files, folders of them, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What is wrong with a file, and where.
struct Blame {
    rule: &'static str,
    position: Option<String>,
    text: String,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let loaded = load::all(&args.files)?;
    let faults = faults(&loaded);
    for (file, faults) in loaded.iter().zip(&faults) {
        print(&if args.json { object(file, faults) } else { line(file, faults) });
    }
    Ok(if faults.iter().all(Vec::is_empty) { Outcome::Done } else { Outcome::CaseFailed })
}

/// Faults of every file, found in the order of time stamps.
fn faults(loaded: &[Loaded]) -> Vec<Vec<Blame>> {
    let mut dossier = Dossier::new(loaded.iter().filter_map(|l| l.message.as_ref().ok()));
    let mut order: Vec<usize> = (0..loaded.len()).collect();
    order.sort_by_key(|&k| loaded[k].message.as_ref().ok().map(|m| (m.header().time_stamp.instant(), m.message_type().is_response())));
    let mut faults: Vec<Vec<Blame>> = loaded.iter().map(|_| Vec::new()).collect();
    for k in order {
        faults[k] = match &loaded[k].message {
            Ok(message) => dossier.check(message, loaded[k].envelope.as_ref()).into_iter().map(blame).collect(),
            Err(e) => {
                let position = Some(format!("line {}, column {}", e.line, e.column));
                vec![Blame { rule: "syntax", position, text: e.problem.to_string() }]
            }
        };
    }
    faults
}

fn blame(fault: Fault) -> Blame {
    let run = |r: &IspRun| if r.duration == 1 { r.start.to_string() } else { format!("{}-{}", r.start, r.end() - 1) };
    let isps: Vec<String> = fault.isps.iter().map(run).collect();
    Blame { rule: fault.rule, position: (!isps.is_empty()).then(|| format!("ISP {}", isps.join(", "))), text: fault.text }
}

fn name(file: &Loaded) -> Option<&'static str> {
    file.message.as_ref().ok().map(|m| MessageType::name(m.message_type()))
}

fn line(file: &Loaded, faults: &[Blame]) -> String {
    let said = |b: &Blame| match (&b.position, b.rule) {
        (Some(position), "syntax") => format!("{position}: {} [syntax]", visible(&b.text)),
        _ => format!("{} [{}]", visible(&b.text), b.rule),
    };
    let verdict = if faults.is_empty() { "ok".to_owned() } else { faults.iter().map(said).collect::<Vec<_>>().join("; ") };
    format!("{}: {}: {verdict}\n", visible(&file.file), name(file).unwrap_or("no message"))
}

fn object(file: &Loaded, faults: &[Blame]) -> String {
    let fault = |b: &Blame| json!({ "rule": b.rule, "position": b.position, "text": b.text });
    let faults: Vec<Json> = faults.iter().map(fault).collect();
    let object = json!({ "file": file.file, "type": name(file), "ok": faults.is_empty(), "faults": faults });
    format!("{}\n", visible_json(&object.to_string()))
}
