//! The folder of a sweep: what was planned, and the parts that are done.
//!
//! | file | what |
//! |---|---|
//! | `sweep.json` | [`Record`]: written last when planning, so a folder that has it has all of the plan |
//! | `cases.csv` | every case with its parameters |
//! | `parts/part-000000.parquet` … | rows of a fixed range of cases; there whole or not at all |
//! | `results.parquet` | all rows, once merged |
//! | `….blake3` | the seal of a part, of the cases or of the results, see [`seal`]; the record holds its own |
//!
//! A part is done when it is as its seal says. Nothing else is remembered, so a killed sweep is continued by doing the parts that
//! are not.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::plan::{Plan, design_name};
use super::seal::State;
use super::{results, rules, seal};
use crate::diagnostic::Findings;
use crate::output::manifest::{Input, PROGRAM};
use crate::output::{OutputError, is_for_one, publish_file, sweep_up_all};

/// Name of the record.
const RECORD: &str = "sweep.json";
/// Name of the list of cases.
pub(super) const CASES: &str = "cases.csv";
const PARTS: &str = "parts";
/// Names of the seals of all results and of the list of cases.
const SEALS: [&str; 2] = ["results.blake3", "cases.blake3"];

/// What was planned, as `sweep.json` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Program and version.
    pub program: String,
    /// The scenario's file as given.
    pub scenario: PathBuf,
    /// What the command line laid over it.
    pub overrides: Vec<String>,
    /// Name of the scenario.
    pub name: String,
    /// The question it asks.
    pub description: String,
    /// The design.
    pub design: String,
    /// Dotted keys of the parameters.
    pub parameters: Vec<String>,
    /// Names of the strategies, in the order of cases.
    pub strategies: Vec<String>,
    /// Seeds, in the order of cases.
    pub seeds: Vec<u64>,
    /// Number of cases.
    pub cases: u64,
    /// Cases of every part but the last.
    pub cases_of_part: u64,
    /// Number of parts.
    pub parts: u64,
    /// Every file that was read.
    pub inputs: Vec<Input>,
    /// Checksum of all that stands above, as it was planned.
    #[serde(default)]
    pub seal: String,
}

impl Record {
    fn of(plan: &Plan) -> Record {
        Record {
            program: PROGRAM.to_owned(),
            scenario: plan.scenario.clone(),
            overrides: plan.overrides.clone(),
            name: plan.name.clone(),
            description: plan.description.clone(),
            design: design_name(plan.sweep.design),
            parameters: plan.sweep.parameter.iter().map(|p| p.key.clone()).collect(),
            strategies: plan.strategies.clone(),
            seeds: plan.seeds.clone(),
            cases: plan.cases(),
            cases_of_part: plan.cases_of_part(),
            parts: plan.parts(),
            inputs: plan.inputs.clone(),
            seal: String::new(),
        }
        .sealed()
    }

    /// The record with the checksum of what it says.
    #[must_use]
    pub fn sealed(self) -> Record {
        Record { seal: self.checksum(), ..self }
    }

    /// The checksum of everything but itself.
    fn checksum(&self) -> String {
        let unsealed = Record { seal: String::new(), ..self.clone() };
        blake3::hash(&serde_json::to_vec(&unsealed).expect("a record serialises")).to_hex().to_string()
    }

    /// What a result must share with this sweep to belong to it: everything of it but where files lie.
    fn fingerprint(&self) -> String {
        let contents: Vec<_> = self.inputs.iter().map(|input| (input.bytes, &input.blake3)).collect();
        let all =
            (&self.program, &self.overrides, contents, &self.strategies, &self.seeds, &self.parameters, self.cases, self.cases_of_part);
        blake3::hash(&serde_json::to_vec(&all).expect("a record serialises")).to_hex().to_string()
    }

    /// What makes results of `self` and `now` different sweeps. Where files lie does not matter, what is in them does.
    fn differences(&self, now: &Record) -> Vec<String> {
        let mut told = Vec::new();
        if self.program != now.program {
            told.push(format!("the program was {}, now it is {}", self.program, now.program));
        }
        if self.overrides != now.overrides {
            let list = |texts: &[String]| if texts.is_empty() { "none".to_owned() } else { texts.join(" ") };
            told.push(format!("the overrides were {}, they are {}", list(&self.overrides), list(&now.overrides)));
        }
        let content = |input: &Input| (input.bytes, input.blake3.clone());
        for (before, after) in self.inputs.iter().zip(&now.inputs).filter(|(a, b)| content(a) != content(b)) {
            let path = if before.path == after.path { after.path.clone() } else { format!("{} (was {})", after.path, before.path) };
            told.push(format!("'{path}' has changed"));
        }
        if self.inputs.len() != now.inputs.len() {
            told.push(format!("{} files were read, now {}", self.inputs.len(), now.inputs.len()));
        }
        let layout = |r: &Record| (r.strategies.clone(), r.seeds.clone(), r.parameters.clone(), r.cases, r.cases_of_part);
        if told.is_empty() && layout(self) != layout(now) {
            told.push("the cases are others".to_owned());
        }
        told
    }
}

/// The folder of a sweep whose record is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// What was planned.
    pub record: Record,
    fingerprint: String,
}

impl Folder {
    fn new(path: &Path, record: Record) -> Folder {
        Folder { path: path.to_path_buf(), fingerprint: record.fingerprint(), record }
    }

    /// Opens the folder of a planned sweep.
    ///
    /// # Errors
    /// `no-sweep`, when its record is not there or does not read; `damaged-part`, when it is not as it was planned.
    pub fn open(path: &Path) -> Result<Folder, Findings> {
        let folder = Folder::found(path)?;
        if folder.record.seal == folder.record.checksum() {
            return Ok(folder);
        }
        let finding = rules::DAMAGED_PART.finding(format!("'{}' has changed since this sweep was planned", path.join(RECORD).display()));
        Err(finding.help("put the file back as it was, or plan the sweep again with --fresh").into())
    }

    /// The folder of a sweep, whatever its record says.
    fn found(path: &Path) -> Result<Folder, Findings> {
        let file = path.join(RECORD);
        let none = |why: String| Findings::from(rules::NO_SWEEP.finding(why).help("plan one: copperplate sweep plan SCENARIO --out DIR"));
        let text = fs::read_to_string(&file).map_err(|e| none(format!("'{}' is not the folder of a sweep: {e}", path.display())))?;
        let record: Record =
            serde_json::from_str(&text).map_err(|e| none(format!("'{}' is not the record of a sweep: {e}", file.display())))?;
        if record.parts != record.cases.div_ceil(record.cases_of_part.max(1)) {
            return Err(none(format!("'{}' is not the record of a sweep: its parts do not hold its cases", file.display())));
        }
        Ok(Folder::new(path, record))
    }

    /// Makes the folder of a plan, or takes the one that is there if it holds the same sweep. `fresh` forgets what is there.
    ///
    /// # Errors
    /// `sweep-changed` when it holds another sweep, `foreign-folder` when it holds something else, and what the file system says.
    pub fn prepare(path: &Path, plan: &Plan, fresh: bool) -> Result<Folder, Findings> {
        let record = Record::of(plan);
        is_for_one(path)?;
        // Looked at before the record, which another process may write meanwhile: what it writes later is then no stranger's.
        let free = is_ours_to_fill(path)?;
        if path.join(RECORD).is_file() {
            if fresh {
                // Only a folder that is a sweep's is emptied.
                Folder::found(path)?.clear()?;
            } else {
                let folder = Folder::open(path)?;
                folder.agrees(&record)?;
                if folder.cases() != State::Whole {
                    folder.write_cases(plan)?;
                }
                return Ok(folder);
            }
        } else if !free {
            return Err(OutputError::ForeignFolder { path: path.to_path_buf() }.into());
        }
        let folder = Folder::new(path, record);
        folder.write_cases(plan)?;
        let text = serde_json::to_string_pretty(&folder.record).expect("a record serialises") + "\n";
        publish_file(&path.join(RECORD), |file| fs::write(file, text).map_err(OutputError::io("write", file)))?;
        Ok(folder)
    }

    /// Reads the plan again, for a shard on whatever machine.
    ///
    /// # Errors
    /// As [`Plan::read`], and `sweep-changed` when it is not what was planned.
    pub fn plan(&self) -> Result<Plan, Findings> {
        let (plan, _) = Plan::read(&self.record.scenario, &self.record.overrides)?;
        self.agrees(&Record::of(&plan))?;
        Ok(plan)
    }

    fn agrees(&self, now: &Record) -> Result<(), Findings> {
        let told = self.record.differences(now);
        if told.is_empty() {
            return Ok(());
        }
        let message = format!("'{}' holds another sweep: {}", self.path.display(), told.join("; "));
        Err(rules::CHANGED.finding(message).help("name another folder, or start again with 'sweep' or 'sweep plan' and --fresh").into())
    }

    /// File of a part.
    #[must_use]
    pub fn part(&self, part: u64) -> PathBuf {
        self.path.join(part_name(part))
    }

    /// Has `write` make the file of a part, and seals it.
    ///
    /// # Errors
    /// Those of `write`, and when the file system refuses.
    pub fn publish_part<T>(&self, part: u64, write: impl FnOnce(&Path) -> Result<T, OutputError>) -> Result<T, OutputError> {
        seal::publish(&self.path, &self.fingerprint, &part_name(part), write)
    }

    /// Has `write` make the file of all results, and seals it.
    ///
    /// # Errors
    /// Those of `write`, and when the file system refuses.
    pub fn publish_results<T>(&self, write: impl FnOnce(&Path) -> Result<T, OutputError>) -> Result<T, OutputError> {
        seal::publish(&self.path, &self.fingerprint, results::FILE_NAME, write)
    }

    /// How the file of all results stands.
    #[must_use]
    pub fn results(&self) -> State {
        seal::state(&self.path, &self.fingerprint, results::FILE_NAME)
    }

    /// How the list of cases stands.
    #[must_use]
    pub fn cases(&self) -> State {
        seal::state(&self.path, &self.fingerprint, CASES)
    }

    /// Writes the list of cases again if it is gone and the scenario is still there.
    pub(super) fn restore_cases(&self) -> Result<(), OutputError> {
        match (self.cases(), self.plan()) {
            (State::Missing, Ok(plan)) => self.write_cases(&plan),
            _ => Ok(()),
        }
    }

    /// Number of cases of a part.
    #[must_use]
    pub fn cases_of(&self, part: u64) -> u64 {
        self.record.cases_of_part.min(self.record.cases - part * self.record.cases_of_part)
    }

    /// How the parts stand, in order.
    #[must_use]
    pub fn parts(&self) -> Vec<State> {
        (0..self.record.parts).into_par_iter().map(|part| seal::state(&self.path, &self.fingerprint, &part_name(part))).collect()
    }

    /// Writes and seals `cases.csv`: number, sample, block, strategy, seed, and a column a parameter.
    fn write_cases(&self, plan: &Plan) -> Result<(), OutputError> {
        let write = |file: &Path| -> csv::Result<()> {
            let mut writer = csv::Writer::from_path(file)?;
            let fixed = ["case", "sample", "block", "strategy", "seed"];
            writer.write_record(fixed.into_iter().chain(plan.sweep.parameter.iter().map(|p| p.key.as_str())))?;
            for number in 0..plan.cases() {
                let case = plan.case(number);
                let set = plan.set(case.set);
                let strategy = plan.strategies[case.strategy].clone();
                let fixed = [number.to_string(), set.sample.to_string(), set.block, strategy, case.seed.to_string()];
                writer.write_record(fixed.into_iter().chain(set.levels.iter().map(ToString::to_string)))?;
            }
            writer.flush().map_err(csv::Error::from)
        };
        let written = |file: &Path| write(file).map_err(|error| OutputError::io("write", file)(error.into()));
        seal::publish(&self.path, &self.fingerprint, CASES, written)
    }

    /// Removes what killed processes left half-written; to be called when all parts are done.
    pub(super) fn sweep_out(&self) {
        // Another process may still be writing a part of its own.
        [self.path.clone(), self.path.join(PARTS)].iter().for_each(|place| sweep_up_all(place));
    }

    /// Removes the files of a sweep and nothing else, the record last: a folder without it would be nobody's.
    fn clear(&self) -> Result<(), OutputError> {
        remove_if(&self.path.join(PARTS), |name| {
            let number = name.strip_prefix("part-").and_then(|rest| rest.split_once('.'));
            number.is_some_and(|(n, kind)| n.bytes().all(|b| b.is_ascii_digit()) && matches!(kind, "parquet" | "blake3"))
        });
        // Something of the user's own may lie there.
        let _ = fs::remove_dir(self.path.join(PARTS));
        for name in [results::FILE_NAME, CASES].into_iter().chain(SEALS).chain([RECORD]) {
            match fs::remove_file(self.path.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(OutputError::io("remove", &self.path.join(name))(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn part_name(part: u64) -> String {
    format!("{PARTS}/part-{part:06}.parquet")
}

/// The numbers of the parts that stand so.
#[must_use]
pub fn numbers(parts: &[State], wanted: impl Fn(State) -> bool) -> Vec<u64> {
    (0..).zip(parts).filter(|(_, state)| wanted(**state)).map(|(part, _)| part).collect()
}

fn remove_if(folder: &Path, wanted: impl Fn(&str) -> bool) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| wanted(&entry.file_name().to_string_lossy())) {
        // A part that stays has no seal of the next sweep, and a half-written file harms nobody.
        let _ = fs::remove_file(entry.path());
    }
}

/// Whether nothing is at `path` but what a killed planning may have left.
fn is_ours_to_fill(path: &Path) -> Result<bool, OutputError> {
    let planned = |name: &str| name == CASES || name == SEALS[1] || name.ends_with(".partial");
    match fs::read_dir(path) {
        Ok(entries) => Ok(entries.flatten().all(|e| planned(&e.file_name().to_string_lossy()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(OutputError::io("look at", path)(error)),
    }
}
