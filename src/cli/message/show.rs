//! `copperplate message show`: a message as a table; several as a conversation.

use std::path::PathBuf;
use std::sync::Arc;

use super::clocks::Clocks;
use super::load::{self, Loaded};
use super::rules::NO_MESSAGE;
use super::sheet::{sheet, stamp};
use super::{Outcome, print};
use crate::cli::report;
use crate::diagnostic::Findings;
use crate::output::text_table::TextTable;
use crate::uftp::message::{Message, MessageId};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Lists the messages, then shows each in the order of their time stamps. Times are local in the zone of the message, or of the \
message it refers to. Power is in W, consumption is positive. Signatures are not verified: see `copperplate message open`.

Examples:
  copperplate message show offer.xml
  copperplate message show request.xml offer.xml order.xml
  copperplate message show outputs/quickstart/messages/congestion-management | less

Exit code 1: a file holds no message."
)]
pub(super) struct Args {
    /// Message files, folders of them, or - for standard input
    #[arg(required = true, value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let loaded = load::all(&args.files)?;
    let mut faults = Findings::default();
    let mut messages: Vec<Arc<Message>> = Vec::new();
    for Loaded { file, message, .. } in loaded {
        match message {
            Ok(message) => messages.push(message),
            Err(e) => faults.push(NO_MESSAGE.finding(format!("'{file}' is no message: {e}"))),
        }
    }
    messages.sort_by_key(|m| (m.header().time_stamp.instant(), m.message_type().is_response()));
    let clocks = Clocks::new(messages.iter());
    if messages.len() > 1 {
        print(&overview(&messages, &clocks));
        print("\n");
    }
    let sheets: Vec<String> = messages.iter().map(|m| sheet(m, &clocks)).collect();
    print(&sheets.join("\n"));
    report(&faults);
    Ok(if faults.is_empty() { Outcome::Done } else { Outcome::CaseFailed })
}

/// A line a message.
fn overview(messages: &[Arc<Message>], clocks: &Clocks) -> String {
    let columns = ["", "sent", "from", "to", "message", "answers", "result"];
    let mut table = TextTable::new(&columns.map(|c| (c, "")), &[]);
    let number = |id: MessageId| messages.iter().position(|m| m.header().message_id == id);
    for (k, message) in messages.iter().enumerate() {
        let header = message.header();
        let response = message.response();
        let answers = response.map(|r| number(r.reference).map_or_else(|| "elsewhere".to_owned(), |n| format!("{}", n + 1)));
        table.row([
            format!("{}", k + 1),
            stamp(header.time_stamp, clocks.of(message).as_ref()),
            header.sender_domain.to_string(),
            header.recipient_domain.to_string(),
            message.message_type().name().to_owned(),
            answers.unwrap_or_default(),
            response.map(|r| r.result.as_str().to_owned()).unwrap_or_default(),
        ]);
    }
    table.render(usize::MAX)
}
