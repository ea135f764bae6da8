//! `copperplate validate`: everything that is wrong with scenarios, before anything runs. Nothing is written.

use std::path::{Path, PathBuf};

use super::outcome::json;
use super::{Outcome, print, report};
use crate::diagnostic::Findings;
use crate::scenario::open;
use crate::scenario::study::Study;

/// Arguments of `validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copperplate validate scenarios/*.toml --set feeder.pv_scale=0.8")]
pub(super) struct Args {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// Override a value in each scenario, such as feeder.pv_scale=0.8 or 'strategies=["reinforce"]'; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Print one JSON object per scenario: scenario, ok, summary, and all findings with code, severity, message, file, line, column, label,
    /// help
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let mut faults = Findings::default();
    for path in &args.scenarios {
        let checked = open(path, &args.set).and_then(|opened| {
            let (study, mut odd) = opened.study(None)?;
            odd.extend(opened.warnings);
            Ok((described(&study), odd.sorted()))
        });
        if args.json {
            print(&object(path, &checked));
        }
        match checked {
            Ok(_) if args.json => {}
            Ok((summary, odd)) => {
                report(&odd);
                print(&format!("{}: {summary}\n", path.display()));
            }
            Err(found) => faults.extend(found),
        }
    }
    if args.json {
        return Ok(if faults.has_errors() { Outcome::Refused } else { Outcome::Done });
    }
    // Two scenarios on one base have its faults in common.
    let faults = faults.sorted();
    if !faults.has_errors() {
        return Ok(Outcome::Done);
    }
    Err(faults)
}

/// The line of a scenario for scripts.
fn object(path: &Path, checked: &Result<(String, Findings), Findings>) -> String {
    let (summary, findings) = match checked {
        Ok((summary, odd)) => (Some(summary), odd),
        Err(faults) => (None, faults),
    };
    format!(
        "{}\n",
        serde_json::json!({ "scenario": path.display().to_string(), "ok": checked.is_ok(), "summary": summary, "findings": json(findings) })
    )
}

/// What a scenario is, in a line.
fn described(study: &Study) -> String {
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let (first, last) = (study.periods.first().map(|p| p.date), study.periods.last().map(|p| p.date));
    let days = match (first, last) {
        (Some(first), Some(last)) if first != last => format!("{} from {first} to {last}", count(study.periods.len(), "day", "days")),
        (Some(first), _) => format!("1 day, {first}"),
        _ => "no days".to_owned(),
    };
    let strategies: Vec<&str> = study.strategies.iter().map(|s| s.name.as_str()).collect();
    format!(
        "'{}' is sound: {days}, {}, {}, {}, {} ({})",
        study.name,
        count(study.grid.connections.len(), "connection", "connections"),
        count(study.congestion_points.len(), "congestion point", "congestion points"),
        count(study.agrs.len(), "aggregator", "aggregators"),
        count(strategies.len(), "strategy", "strategies"),
        strategies.join(", ")
    )
}
