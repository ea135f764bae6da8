//! `copperplate explain`: every value of a scenario and where it comes from, what a finding is about, what stands in a file's columns.

use std::path::Path;

use super::rules::catalogue;
use super::{Outcome, columns, print, report};
use crate::diagnostic::{self, Findings};
use crate::scenario::schema::Scenario;
use crate::scenario::{explain_scenario, load};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copperplate explain scenarios/quickstart.toml --set feeder.pv_scale=0.8\n  copperplate explain limits-order\n  copperplate explain ledger.csv"
)]
pub(super) struct Args {
    /// Scenario file, code of a finding (limits-order), or name of a result or feeder file (ledger.csv)
    #[arg(value_name = "SCENARIO|CODE|FILE")]
    subject: String,
    /// Override a value of the scenario, such as feeder.pv_scale=0.8; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let rules = catalogue();
    let path = Path::new(&args.subject);
    let code = rules.iter().any(|rule| rule.code == args.subject);
    if let Some(text) = (!path.is_file()).then(|| columns::about(&args.subject)).flatten() {
        print(text.trim_start_matches('\n'));
        return Ok(Outcome::Done);
    }
    // No code has a dot or a slash.
    if !code && (path.is_file() || args.subject.contains(['.', '/', '\\'])) {
        let (scenario, document, warnings) = load::<Scenario>(path, &args.set)?;
        report(&warnings);
        print(&explain_scenario(&scenario, &document));
    } else {
        print(&diagnostic::explain(&rules, &args.subject)?);
    }
    Ok(Outcome::Done)
}
