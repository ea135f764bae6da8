//! `copperplate explain`: every value of a scenario and where it comes from, or what a word means: a finding's code, a file's
//! columns, a key, a key figure, a strategy.

use std::fmt::Write as _;
use std::path::Path;

use super::rules::catalogue;
use super::{Outcome, columns, print, report};
use crate::diagnostic::{self, Findings};
use crate::kpi::{BY_POINT, DEFINITIONS};
use crate::scenario::schema::Scenario;
use crate::scenario::{explain_scenario, keys, load};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copperplate explain scenarios/quickstart.toml --set feeder.pv_scale=0.8\n  copperplate explain limits-order\n  copperplate explain ledger.csv\n  copperplate explain isp_minutes\n  copperplate explain paid_total_eur\n  copperplate explain congestion-management"
)]
pub(super) struct Args {
    /// Scenario file, or a word: code of a finding, name of a result or feeder file, key, key figure, strategy
    #[arg(value_name = "SCENARIO|WORD")]
    subject: String,
    /// Override a value of the scenario, such as feeder.pv_scale=0.8 or 'strategies=["reinforce"]'; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let (word, path) = (args.subject.as_str(), Path::new(&args.subject));
    if !path.is_file() {
        let rules = catalogue();
        let lower = word.to_lowercase();
        let pages = [diagnostic::explain(&rules, word), columns::about(word), key_figure(&lower), keys::preset(&lower), keys::pages(word)];
        let pages: Vec<String> = pages.into_iter().flatten().collect();
        if !pages.is_empty() {
            print(pages.join("\n").trim_start_matches('\n'));
            return Ok(Outcome::Done);
        }
        let columns = ["toml", "csv"].iter().any(|kind| path.extension().is_some_and(|e| e == *kind));
        if !columns && !word.contains(['/', '\\']) {
            let paths = keys::keys();
            let names = paths.iter().flat_map(|key| [key.path.as_str(), key.path.rsplit('.').next().unwrap_or_default()]);
            let codes = rules.iter().map(|rule| rule.code);
            let figures = DEFINITIONS.iter().map(|d| d.key);
            let known: Vec<&str> = codes.chain(columns::file_names()).chain(figures).chain(keys::presets()).chain(names).collect();
            return Err(diagnostic::unknown_word(word, &known).into());
        }
    }
    let (scenario, document, warnings) = load::<Scenario>(path, &args.set)?;
    report(&warnings);
    print(&explain_scenario(&scenario, &document));
    Ok(Outcome::Done)
}

/// The page of the key figure called `key`.
fn key_figure(key: &str) -> Option<String> {
    let d = DEFINITIONS.iter().find(|d| d.key == key)?;
    let unit = if d.unit.is_empty() { "none" } else { d.unit };
    let mut page = format!("## {}\n\n{}: {}.\n\n", d.key, d.label, d.meaning);
    writeln!(
        page,
        "    unit    {unit}\n    from    {}\n    files   kpi.csv{}",
        d.source,
        if BY_POINT.contains(&d.key) { ", congestion.csv" } else { "" }
    )
    .expect("a text takes all");
    Some(page + "\ndocs/model/kpi.md explains all key figures.\n")
}
