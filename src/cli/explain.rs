//! `copperplate explain`: where each value of a scenario comes from, or what a rule is about.

use std::path::Path;

use super::rules::catalogue;
use super::{Outcome, print, report};
use crate::diagnostic::{self, Findings};
use crate::scenario::schema::Scenario;
use crate::scenario::{explain, load};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copperplate explain scenarios/quickstart.toml --set feeder.pv_scale=0.8\n  copperplate explain limits-order"
)]
pub(super) struct Args {
    /// Scenario file, or the code of a finding, such as limits-order
    #[arg(value_name = "SCENARIO|CODE")]
    subject: String,
    /// Lay a value over the scenario, such as feeder.pv_scale=0.8; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let rules = catalogue();
    let path = Path::new(&args.subject);
    let code = rules.iter().any(|rule| rule.code == args.subject);
    // No code has a dot or a slash.
    if !code && (path.is_file() || args.subject.contains(['.', '/', '\\'])) {
        let (scenario, document, warnings) = load::<Scenario>(path, &args.set)?;
        report(&warnings);
        print(&explain(&scenario, &document));
    } else {
        print(&diagnostic::explain(&rules, &args.subject)?);
    }
    Ok(Outcome::Done)
}
