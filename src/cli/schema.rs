//! `copperplate schema`: the JSON Schema of scenarios, for editors.

use super::{Outcome, print};
use crate::diagnostic::Findings;
use crate::scenario::editor_schema;

/// Arguments of `schema`: none.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copperplate schema > scenario.schema.json\n\nEditors that know JSON Schema complete and check a scenario \
                  that begins with '#:schema scenario.schema.json' (docs/scenario-language.md)."
)]
pub(super) struct Args {}

pub(super) fn run(Args {}: &Args) -> Result<Outcome, Findings> {
    print(&schema_text());
    Ok(Outcome::Done)
}

/// The schema as it is shipped in `scenarios/scenario.schema.json`.
#[must_use]
pub fn schema_text() -> String {
    serde_json::to_string_pretty(&editor_schema()).expect("a schema is JSON") + "\n"
}
