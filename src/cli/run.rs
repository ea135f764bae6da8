//! `copperplate run`: every strategy of a scenario on the same truth.
#![allow(clippy::disallowed_methods, reason = "the command shows how long things take")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Args as ClapArgs;
use rayon::prelude::*;
use serde_json::{Value as Json, json};

use super::outcome::json as findings_json;
use super::progress::Progress;
use super::rules::{COLLAPSED, UNBOOKED, UNSOLVED_STEPS};
use super::{Outcome, print, report};
use crate::diagnostic::{Findings, did_you_mean, visible};
use crate::kpi;
use crate::output::manifest::{Duration, Output};
use crate::output::{Manifest, OUTPUTS, RunFolder, file_name};
use crate::report as html_report;
use crate::results::{Finished, Run, Selection, stage, summary, unmatched, unrecorded};
use crate::scenario::document::Document;
use crate::scenario::lint::{unknown_element, unknown_strategy};
use crate::scenario::study::{Strategy, Study};
use crate::sim::{Reference, run_case};
use crate::units::Money;

/// Arguments of `run`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  copperplate run scenarios/quickstart.toml --set feeder.pv_scale=0.8 --out outputs/less-sun")]
pub(super) struct Args {
    /// Scenario file, such as scenarios/quickstart.toml
    scenario: PathBuf,
    /// Folder for the results [default: outputs/<name of the scenario>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Run only this strategy; may be repeated
    #[arg(long, value_name = "NAME")]
    strategy: Vec<String>,
    /// Seed to use instead of the scenario's
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Override a value of the scenario, such as feeder.pv_scale=0.8 or 'strategies=["reinforce"]'; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Record only elements with this name, where * stands for any text, such as 'transformer:*'; may be repeated [default: all; in a
    /// feeder with more than 2000 elements, the congestion points and the 400 elements nearest to their limits]
    #[arg(long, value_name = "PATTERN")]
    select: Vec<String>,
    /// Also write every message to an XML file
    #[arg(long)]
    messages_xml: bool,
    /// Print one JSON object instead of the table: scenario, ok, all findings, and results with folder, report and kpis
    #[arg(long)]
    json: bool,
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let mut odd = Findings::default();
    let ran = results(args, &mut |found| if args.json { odd.extend(found) } else { report(&found) });
    if !args.json {
        return ran.map(|_| Outcome::Done);
    }
    let (found, ok) = match ran {
        Ok(found) => (found, true),
        Err(faults) => {
            odd.extend(faults);
            (Json::Null, false)
        }
    };
    print(&format!(
        "{}\n",
        json!({ "scenario": args.scenario.display().to_string(), "ok": ok, "findings": findings_json(&odd), "results": found })
    ));
    Ok(if ok { Outcome::Done } else { Outcome::Refused })
}

/// Runs the scenario and publishes its folder; what scripts are told of it. `warn` takes what is merely odd.
fn results(args: &Args, warn: &mut dyn FnMut(Findings)) -> Result<Json, Findings> {
    let say = |text: &str| {
        if !args.json {
            print(text)
        }
    };
    let began = Instant::now();
    let opened = crate::scenario::open(&args.scenario, &args.set)?;
    warn(opened.warnings.clone());
    let (study, warnings) = opened.study(args.seed)?;
    warn(warnings);
    let strategies = chosen(&study, &args.strategy)?;
    let selection = selected(&study, &args.select)?;
    let target = args.out.clone().unwrap_or_else(|| Path::new(OUTPUTS).join(file_name(&study.name)));
    // Begun now, so that hours of work are not lost to a folder that cannot be written.
    let folder = RunFolder::create(&target)?;
    let read_s = began.elapsed().as_secs_f64();

    let began = Instant::now();
    let reference = Reference::new(&study);
    if reference.flows.not_converged == study.steps {
        return Err(no_solution(&opened.document));
    }
    let cases = simulate(&study, &reference, &strategies);
    let simulated_s = began.elapsed().as_secs_f64();
    say(&summary(&study, &cases, terminal_width()));
    warn(unsolved(&study, &cases));
    warn(unbooked(&cases));

    let texts = opened.document.sources().map(|s| PathBuf::from(&s.name)).filter(|p| p.is_file());
    let sources: Vec<PathBuf> = texts.chain(opened.files).collect();
    let run = Run {
        scenario: &args.scenario,
        document: &opened.scenario,
        overrides: &args.set,
        inputs: &sources,
        selection: &selection,
        xml: args.messages_xml,
        started: jiff::Timestamp::now().to_string(),
        durations: vec![phase("read", read_s), phase("simulate", simulated_s)],
    };
    let (staged, mut manifest) = stage(&study, &cases, run, folder)?;
    let left_out = unrecorded(&study, &selection).map_or_else(String::new, |sentence| format!("\nNote: {sentence}\n"));
    let figures = figures(&cases);
    // The page is made from the files; a year of four strategies need not wait in memory for it.
    drop(cases);
    drop(study);
    manifest.outputs.push(add_page(&staged, &manifest)?);
    let kept = staged.publish(&manifest)?;
    let page = target.join(html_report::FILE_NAME);
    say(&format!(
        "{left_out}{}\nResults are in {}: tables (CSV, Parquet), charts (SVG), manifest.json\nRead them in a browser: {}\n",
        kept_sentence(&kept),
        visible(&target.display().to_string()),
        visible(&page.display().to_string())
    ));
    let shown = |path: &Path| path.display().to_string();
    let kept: Vec<String> = kept.iter().map(|path| shown(path)).collect();
    Ok(json!({ "folder": shown(&target), "report": shown(&page), "kept": kept, "kpis": figures }))
}

/// Key figures by strategy and key; null where one has no meaning or no price.
fn figures(cases: &[Finished<'_>]) -> Json {
    let of = |c: &Finished<'_>| {
        kpi::listed(cases.iter().map(|c| &c.kpis)).map(|d| (d.key.to_owned(), json!(c.kpis.get(d.key).number()))).collect()
    };
    cases.iter().map(|c| (c.strategy.name.clone(), Json::Object(of(c)))).collect::<serde_json::Map<_, _>>().into()
}

/// Says which files of the user's own stay in the folder.
fn kept_sentence(kept: &[PathBuf]) -> String {
    const SHOWN: usize = 5;
    if kept.is_empty() {
        return String::new();
    }
    let names: Vec<String> = kept.iter().take(SHOWN).map(|path| format!("'{}'", visible(&path.to_string_lossy()))).collect();
    let more = kept.len().checked_sub(SHOWN + 1).map_or_else(String::new, |n| format!(" and {} more", n + 1));
    format!("\nNote: the folder keeps files that no run wrote: {}{more}\n", names.join(", "))
}

/// Writes the page of a run into its folder in the making.
fn add_page(folder: &RunFolder, manifest: &Manifest) -> Result<Output, Findings> {
    folder.write(html_report::FILE_NAME, html_report::page_of_run(folder.path(), manifest)?)?;
    Ok(Output::of(folder.path(), html_report::FILE_NAME, None)?)
}

fn phase(name: &str, seconds: f64) -> Duration {
    Duration { phase: name.to_owned(), seconds }
}

/// The strategies to run: all, or those named.
fn chosen<'s>(study: &'s Study, names: &[String]) -> Result<Vec<&'s Strategy>, Findings> {
    let mut findings = Findings::default();
    for name in names {
        let known: Vec<&str> = study.strategies.iter().map(|s| s.name.as_str()).collect();
        if !known.contains(&name.as_str()) {
            let finding = unknown_strategy::RULE.finding(format!("the scenario does not compare '{name}'"));
            findings.push(finding.help(did_you_mean(name, &known, "it has")));
        }
    }
    let wanted = study.strategies.iter().filter(|s| names.is_empty() || names.contains(&s.name)).collect();
    if findings.has_errors() { Err(findings) } else { Ok(wanted) }
}

/// The selection, if every pattern of it holds an element.
fn selected(study: &Study, patterns: &[String]) -> Result<Selection, Findings> {
    let selection = Selection(patterns.to_vec());
    let mut findings = Findings::default();
    for pattern in unmatched(study, &selection) {
        let finding = unknown_element::RULE.finding(format!("no element matches '--select {pattern}'"));
        findings.push(finding.help("names are 'transformer:ID', 'line:ID' and 'bus:ID', with '*' for any text"));
    }
    if findings.has_errors() { Err(findings) } else { Ok(selection) }
}

/// Says that no step has an operating point: there is nothing to compare.
fn no_solution(document: &Document) -> Findings {
    let finding = COLLAPSED.finding("the load flow has no solution in any step of the run").located(document.locate("feeder.path"));
    let help = "check powers (assets.csv, profiles.csv or profiles.parquet), impedances (lines.csv, transformers.csv), voltages (buses.csv, \
                sources.csv) and their units; 'copperplate powerflow FEEDER' solves the feeder alone";
    finding.help(help).into()
}

/// Warns of every strategy with steps that have no operating point.
fn unsolved(study: &Study, cases: &[Finished<'_>]) -> Findings {
    let mut findings = Findings::default();
    for c in cases {
        let steps = c.case.recording.unsolved_steps();
        if steps > 0 {
            let message = format!("the load flow of '{}' has no solution in {steps} of {} steps", c.strategy.name, study.steps);
            let help = "figures that rest on load flows are not given; the branches cannot carry the power of these steps";
            findings.push(UNSOLVED_STEPS.finding(message).help(help));
        }
    }
    findings
}

/// Warns of every strategy with something settled that is not booked.
fn unbooked(cases: &[Finished<'_>]) -> Findings {
    let mut findings = Findings::default();
    for c in cases.iter().filter(|c| !c.case.unbooked.is_empty()) {
        let payees: BTreeSet<&str> = c.case.unbooked.iter().map(|u| u.payee.as_str()).collect();
        let eur: Money = c.case.unbooked.iter().map(|u| u.amount).sum();
        let message = format!("{:.2} € of '{}' are settled but not booked", eur.as_f64(), c.strategy.name);
        let payees = payees.into_iter().collect::<Vec<_>>().join(", ");
        findings.push(UNBOOKED.finding(message).help(format!("see unbooked.csv: {payees} did not accept the bill")));
    }
    findings
}

/// Runs the cases side by side; results stand in the order of the strategies.
fn simulate<'s>(study: &'s Study, reference: &Reference, strategies: &[&'s Strategy]) -> Vec<Finished<'s>> {
    let steps = study.steps as u64;
    let progress = Progress::new(&study.name, steps * strategies.len() as u64, 0, "");
    let run = |strategy: &&'s Strategy| {
        let done = AtomicU64::new(0);
        let case = run_case(study, reference, strategy, &|step| {
            let before = done.swap(step as u64, Ordering::Relaxed);
            progress.inc((step as u64).saturating_sub(before));
        });
        let kpis = kpi::compute(study, strategy, &case);
        Finished { strategy, case, kpis }
    };
    let cases = strategies.par_iter().map(run).collect();
    progress.finish();
    cases
}

/// Columns of the terminal; a table that goes into a file is as wide as it likes.
fn terminal_width() -> usize {
    terminal_size::terminal_size_of(std::io::stdout()).map_or(200, |(columns, _)| usize::from(columns.0))
}
