//! The cases of a sweep, numbered before anything runs.
//!
//! Case `((set · seeds) + seed) · strategies + strategy`: the strategies of one set and seed are neighbours, for they share a
//! study. Parts are fixed ranges of cases, whole groups of strategies, whoever runs them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Findings, Location};
use crate::import::{Feeder, read_folder};
use crate::output::Table;
use crate::output::manifest::Input;
use crate::scenario::build::build;
use crate::scenario::distribution::Level;
use crate::scenario::document::Document;
use crate::scenario::lint::sweep_design;
use crate::scenario::schema::Scenario;
use crate::scenario::study::Study;
use crate::scenario::sweep_table::{Design, Sweep};
use crate::scenario::{Language, Opened, open};

use super::design::{Sampler, Set};
use super::results;

/// Most cases of a part: what a killed process loses, and what waits in memory.
const MOST_CASES_OF_A_PART: u64 = 256;
/// Parts a sweep has, as long as parts stay small: enough for every core of a large machine or array.
const PARTS: u64 = 64;

/// Everything a case is made of, read once and shared.
#[derive(Debug)]
pub struct Plan {
    /// The scenario's file as given.
    pub scenario: PathBuf,
    /// What the command line laid over it.
    pub overrides: Vec<String>,
    /// Name of the scenario.
    pub name: String,
    /// The question it asks.
    pub description: String,
    /// The sweep.
    pub sweep: Sweep,
    /// Names of the strategies, in the order of cases.
    pub strategies: Vec<String>,
    /// Seeds, in the order of cases.
    pub seeds: Vec<u64>,
    /// Every file that was read.
    pub inputs: Vec<Input>,
    document: Document,
    language: Language<Scenario>,
    /// Feeders by folder; of one that cannot be read, why.
    feeders: BTreeMap<PathBuf, Result<Feeder, String>>,
    sampler: Sampler,
    /// Where the key of each parameter was written.
    places: Vec<Location>,
}

/// A case by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Number, from 0.
    pub number: u64,
    /// Number of its set of parameters.
    pub set: u64,
    /// Its seed.
    pub seed: u64,
    /// Position of its strategy.
    pub strategy: usize,
}

impl Plan {
    /// Reads a scenario with a sweep, what it refers to, and warnings.
    ///
    /// # Errors
    /// All that is wrong with the scenario as it stands, with its table `[sweep]`, or with its feeder.
    pub fn read(path: &Path, overrides: &[String]) -> Result<(Plan, Findings), Findings> {
        let Opened { scenario, document, feeder, folder: own, warnings: mut findings, .. } = open(path, overrides)?;
        let Some(sweep) = scenario.sweep.clone() else {
            let help = "add a table [sweep], see scenarios/sweep-pv.toml; 'copperplate run' takes scenarios without";
            return Err(sweep_design::RULE.finding(format!("'{}' has no sweep", path.display())).help(help).into());
        };
        let strategies = if sweep.strategies.is_empty() { scenario.strategies.clone() } else { sweep.strategies.clone() };
        findings.extend(first_study(&scenario, &strategies, &document, &feeder)?);
        let places: Vec<Location> = (0..sweep.parameter.len()).map(|i| document.nearest(&format!("sweep.parameter[{i}].key"))).collect();
        let bare = document.clone().without("sweep");
        let language = Language::new();
        let files = files(&language, &scenario, &bare, &sweep, &places);
        let others = files["feeder.path"].iter().filter(|folder| **folder != own);
        let mut feeders: BTreeMap<_, _> = others.map(|folder| (folder.clone(), read_feeder(folder))).collect();
        feeders.insert(own, Ok(feeder));
        let mut plan = Plan {
            scenario: path.to_path_buf(),
            overrides: overrides.to_vec(),
            name: scenario.name.clone(),
            description: scenario.description.clone(),
            seeds: sweep.seeds(scenario.seed),
            sampler: Sampler::new(&sweep, scenario.seed),
            strategies,
            inputs: Vec::new(),
            document: bare,
            language,
            feeders,
            places,
            sweep,
        };
        let texts = document.sources().map(|s| PathBuf::from(&s.name)).filter(|p| p.is_file());
        let files = texts.chain(files.into_values().flatten()).filter(|p| p.exists());
        plan.inputs = files.map(|p| Input::of(&p)).collect::<Result<Vec<_>, _>>()?.concat();
        Ok((plan, findings))
    }

    /// Number of cases.
    #[must_use]
    pub fn cases(&self) -> u64 {
        self.sweep.sets() * self.seeds.len() as u64 * self.strategies.len() as u64
    }

    /// The case called `number`, from 0.
    #[must_use]
    pub fn case(&self, number: u64) -> Case {
        let (strategies, seeds) = (self.strategies.len() as u64, self.seeds.len() as u64);
        let group = number / strategies;
        let seed = self.seeds[(group % seeds) as usize];
        Case { number, set: group / seeds, seed, strategy: (number % strategies) as usize }
    }

    /// The set of parameters called `number`, from 0.
    #[must_use]
    pub fn set(&self, number: u64) -> Set {
        self.sampler.set(number)
    }

    /// Cases of every part but the last.
    #[must_use]
    pub fn cases_of_part(&self) -> u64 {
        let group = self.strategies.len() as u64;
        let wanted = self.cases().div_ceil(PARTS).clamp(1, MOST_CASES_OF_A_PART);
        wanted.div_ceil(group) * group
    }

    /// Number of parts.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.cases().div_ceil(self.cases_of_part())
    }

    /// Cases of a part.
    #[must_use]
    pub fn part(&self, part: u64) -> Range<u64> {
        let n = self.cases_of_part();
        part * n..((part + 1) * n).min(self.cases())
    }

    /// Columns of results without rows.
    #[must_use]
    pub fn layout(&self) -> Table {
        results::layout(self.sweep.parameter.iter().map(|p| (p.key.as_str(), p.is_numeric())))
    }

    /// The scenario with a set of parameters, and the text it comes from; else why there is none.
    pub(super) fn scenario_of(&self, set: &Set) -> Result<(Scenario, Document), String> {
        let mut document = self.document.clone();
        for ((parameter, level), place) in self.sweep.parameter.iter().zip(&set.levels).zip(&self.places) {
            document.lay(&parameter.key, level.toml(), place).map_err(|finding| finding.message)?;
        }
        let (scenario, _) = self.language.read(&document).map_err(|findings| reason(&findings))?;
        Ok((Scenario { strategies: self.strategies.clone(), ..scenario }, document))
    }

    /// The study of a scenario of [`Plan::scenario_of`] and a seed; else why there is none.
    pub(super) fn study_of(&self, scenario: &Scenario, document: &Document, seed: u64) -> Result<Study, String> {
        let folder = document.file("feeder.path").unwrap_or_default();
        let feeder = self.feeders.get(&folder).ok_or("the feeder was not read")?.as_ref().map_err(Clone::clone)?;
        match build(scenario, feeder, seed, Path::new(""), &|path| document.locate(path)) {
            Ok((study, _)) => Ok(study),
            Err(findings) => Err(reason(&findings)),
        }
    }
}

/// The scenario as it stands must fit its feeder, and all strategies of its sweep be known: what is merely odd about that.
fn first_study(scenario: &Scenario, strategies: &[String], document: &Document, feeder: &Feeder) -> Result<Findings, Findings> {
    let own = scenario.strategies == strategies;
    let scenario = Scenario { strategies: strategies.to_vec(), ..scenario.clone() };
    let locate = |path: &str| match path.strip_prefix("strategies") {
        Some(item) if !own => document.locate(&format!("sweep.strategies{item}")),
        _ => document.locate(path),
    };
    build(&scenario, feeder, scenario.seed, Path::new(""), &locate).map(|(_, odd)| odd)
}

/// Files and folders the cases read, by the keys that name them: what the scenario says, then what parameters put in its place.
fn files(
    language: &Language<Scenario>,
    scenario: &Scenario,
    document: &Document,
    sweep: &Sweep,
    places: &[Location],
) -> BTreeMap<String, BTreeSet<PathBuf>> {
    let mut files: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    for (key, file) in language.files(scenario, document) {
        files.entry(key).or_default().insert(file);
    }
    for (parameter, place) in sweep.parameter.iter().zip(places).filter(|(p, _)| language.names_a_file(&p.key)) {
        let named = |level: Level| {
            let mut document = document.clone();
            document.lay(&parameter.key, level.toml(), place).ok()?;
            document.file(&parameter.key)
        };
        files.entry(parameter.key.clone()).or_default().extend(parameter.named_values().iter().cloned().filter_map(named));
    }
    files
}

fn read_feeder(folder: &Path) -> Result<Feeder, String> {
    read_folder(folder).map(|(feeder, _)| feeder).map_err(|findings| reason(&findings))
}

/// The sentences of findings, for a row.
fn reason(findings: &Findings) -> String {
    findings.0.iter().map(|f| f.message.as_str()).collect::<Vec<_>>().join("; ")
}

/// Name of a design, as scenarios write it.
pub(super) fn design_name(design: Design) -> String {
    serde_json::to_value(design).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
