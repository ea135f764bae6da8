//! The folder of a run: data files, charts and the manifest, published whole or not at all.

use std::path::Path;

use crate::output::manifest::{Duration, Input, Manifest, Output, PROGRAM, Status};
use crate::output::{OutputError, RunFolder};
use crate::output::{write_csv, write_parquet};
use crate::scenario::schema::Scenario;
use crate::scenario::study::Study;

use super::record::{RECORD_FILE, Record};
use super::selection::Selection;
use super::{Finished, congestion, delivery, devices, elements, flexibility, forecasts, messages, money, pictures, weather};

/// What is said of a run beside its results.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// The scenario file as given.
    pub scenario: &'a Path,
    /// What it says, every default set.
    pub document: &'a Scenario,
    /// What the command line laid over it.
    pub overrides: &'a [String],
    /// Every file or folder that was read.
    pub inputs: &'a [std::path::PathBuf],
    /// Which elements to record.
    pub selection: &'a Selection,
    /// Whether messages are written as XML too.
    pub xml: bool,
    /// When it began, as text.
    pub started: String,
    /// Wall time by phase so far.
    pub durations: Vec<Duration>,
}

/// Writes everything but the manifest, which is returned, into a folder in the making.
///
/// # Errors
/// When the file system refuses; nothing is left then.
pub fn stage(study: &Study, cases: &[Finished<'_>], run: Run<'_>, folder: RunFolder) -> Result<(RunFolder, Manifest), OutputError> {
    let mut outputs: Vec<(String, Option<usize>)> = Vec::new();
    let mut csv = |name: &str, table| -> Result<(), OutputError> {
        outputs.push((name.to_owned(), Some(write_csv(&table, &folder.file(name)?)?)));
        Ok(())
    };
    csv("kpi.csv", money::kpi(cases))?;
    csv("congestion.csv", congestion::table(study, cases))?;
    csv("ledger.csv", money::ledger(study, cases))?;
    csv("settlement.csv", money::settlement(study, cases))?;
    csv("unbooked.csv", money::unbooked(cases))?;
    if let Some(scores) = forecasts::scores(cases) {
        csv("forecasts.csv", scores)?;
    }
    if let Some(checks) = forecasts::checks(study, cases) {
        csv("prognosis_checks.csv", checks)?;
    }
    if let Some(totals) = devices::totals(study, cases) {
        csv("devices.csv", totals)?;
    }
    if let Some(hours) = flexibility::by_hour(study, cases) {
        csv("flexibility.csv", hours)?;
    }
    if let Some(missed) = delivery::table(study, cases) {
        csv("delivery.csv", missed)?;
    }
    let rows = elements::write(study, cases, run.selection, &folder.file("elements.parquet")?)?;
    outputs.push(("elements.parquet".to_owned(), Some(rows)));
    let rows = messages::write(cases, &folder.file("messages.parquet")?)?;
    outputs.push(("messages.parquet".to_owned(), Some(rows)));
    let rows = messages::write_isps(cases, &folder.file("message_isps.parquet")?)?;
    outputs.push(("message_isps.parquet".to_owned(), Some(rows)));
    let tables = [("household.parquet", devices::household(study, cases)), ("weather.parquet", weather::table(study))];
    for (file, table) in tables.into_iter().filter_map(|(file, table)| Some((file, table?))) {
        outputs.push((file.to_owned(), Some(write_parquet(&table, &folder.file(file)?)?)));
    }
    for (name, figure) in pictures::all(study, cases) {
        let file = format!("{name}.svg");
        folder.write(&file, figure.svg())?;
        outputs.push((file, None));
        #[cfg(feature = "png")]
        {
            let file = format!("{name}.png");
            let path = folder.file(&file)?;
            let source =
                |e: crate::chart::PngError| OutputError::Io { action: "draw", path: path.clone(), source: std::io::Error::other(e) };
            figure.write_png(&path).map_err(source)?;
            outputs.push((file, None));
        }
    }
    let record = serde_json::to_string_pretty(&Record::new(run.document, study, cases)).expect("a record serialises") + "\n";
    folder.write(RECORD_FILE, record)?;
    outputs.push((RECORD_FILE.to_owned(), None));
    if run.xml {
        outputs.extend(messages::write_xml(&folder, cases)?.into_iter().map(|file| (file, None)));
    }
    let manifest = Manifest {
        program: PROGRAM.to_owned(),
        status: Status::Complete,
        scenario: run.scenario.display().to_string(),
        overrides: run.overrides.to_vec(),
        seeds: vec![study.seed],
        strategies: cases.iter().map(|c| c.strategy.name.clone()).collect(),
        inputs: run.inputs.iter().map(|p| Input::of(p)).collect::<Result<Vec<_>, _>>()?.concat(),
        outputs: outputs.iter().map(|(file, rows)| Output::of(folder.path(), file, *rows)).collect::<Result<_, _>>()?,
        started: Some(run.started),
        durations: run.durations,
    };
    Ok((folder, manifest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_hold_names() {
        let s = Selection(vec!["transformer:*".to_owned(), "bus:*Bus 4".to_owned()]);
        assert!(s.holds("transformer:T1") && s.holds("bus:LV1.101 Bus 4"));
        assert!(!s.holds("line:1") && !s.holds("bus:LV1.101 Bus 42"));
        assert!(Selection::default().holds("anything"));
    }
}
