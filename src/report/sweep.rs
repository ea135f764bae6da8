//! The page of a sweep: what was varied, what it does to the key figures, which cases failed, and what was analysed since.
//!
//! `results.parquet` has a row per case: `case, sample, block, strategy, seed`, a column per parameter under its dotted key, one
//! per key figure, `status`, `reason`. `sweep.json` says what was planned. Drawings and tables in `analysis/` are shown as they are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use crate::kpi::DEFINITIONS;
use crate::output::read_parquet;
use crate::output::table::{Column, Strings};
use crate::sweep::State;
use crate::sweep::results::FILE_NAME as RESULTS;

use super::ReportError;
use super::figures::{decimal, heading, words};
use super::folder::{Columns, json as read_json};
use super::html::Html;
use super::page::Page;
use super::picture::image_address;
use super::question::table;

/// The file that marks the folder of a sweep.
pub(super) const PLAN: &str = "sweep.json";

/// Columns of `results.parquet` that are neither parameters nor key figures.
const FIXED: [&str; 7] = ["case", "sample", "block", "strategy", "seed", "status", "reason"];

/// Rows of a table that are shown; the rest is in its file.
const MOST: usize = 200;

const SCRIPTS: [&str; 3] = [include_str!("page.js"), include_str!("chart.js"), include_str!("sweep.js")];

/// What a sweep's folder holds.
struct Sweep {
    path: PathBuf,
    plan: Json,
    results: Columns,
    strategies: Vec<String>,
    /// Positions of the parameters' columns.
    parameters: Vec<usize>,
}

/// The page of the sweep in `dir`.
pub(super) fn page(dir: &Path) -> Result<String, ReportError> {
    let sweep = Sweep::read(dir)?;
    let mut sections = vec![("question", "Question"), ("response", "Response"), ("summary", "Summary"), ("failed", "Failed cases")];
    let files = sweep.analysis();
    let mut h = Html::default();
    sweep.question(&mut h);
    sweep.response(&mut h);
    sweep.summary(&mut h)?;
    sweep.failed(&mut h)?;
    if !files.is_empty() {
        sections.push(("analysis", "Analysis"));
        analysis(&mut h, &files);
    }
    sections.push(("provenance", "Provenance"));
    sweep.provenance(&mut h);
    let said = |key: &str| sweep.plan[key].as_str().unwrap_or_default();
    let page = Page {
        title: if said("name").is_empty() { "sweep" } else { said("name") },
        kind: "Sweep",
        question: said("description"),
        facts: format!("{} cases · {} · {}", sweep.results.table.rows(), said("design"), plural(sweep.parameters.len(), "parameter")),
        strategies: sweep.strategies.iter().map(String::as_str).collect(),
        sections: &sections,
        colours: BTreeSet::new(),
        data: sweep.pack()?,
        scripts: &SCRIPTS,
        program: said("program"),
    };
    Ok(page.document(h))
}

fn plural(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

impl Sweep {
    fn read(dir: &Path) -> Result<Sweep, ReportError> {
        let folder = crate::sweep::Folder::open(dir)?;
        let path = dir.join(RESULTS);
        if folder.results() == State::Damaged {
            return Err(ReportError::Changed { path });
        }
        if folder.cases() == State::Damaged {
            return Err(ReportError::Changed { path: dir.join("cases.csv") });
        }
        let results = Columns { table: read_parquet(&path)?, path };
        let mut seen = BTreeSet::new();
        let strategies = results.texts("strategy")?.iter().filter(|s| seen.insert(*s)).map(str::to_owned).collect();
        let is_parameter = |name: &str| !FIXED.contains(&name) && DEFINITIONS.iter().all(|d| d.key != name);
        let parameters = (0..results.table.columns.len()).filter(|&k| is_parameter(&results.table.columns[k].0)).collect();
        Ok(Sweep { path: dir.to_path_buf(), plan: read_json(&dir.join(PLAN))?, strategies, parameters, results })
    }

    fn parameter(&self, k: usize) -> (&str, &Column) {
        let (name, column) = &self.results.table.columns[k];
        (name, column)
    }

    fn question(&self, h: &mut Html) {
        let distinct = |column: &Column| -> (usize, String) {
            match column {
                Column::F64(values) => {
                    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
                    sorted.sort_by(f64::total_cmp);
                    sorted.dedup();
                    let span = match (&sorted[..], sorted.len()) {
                        ([], _) => "–".to_owned(),
                        (_, 1..=12) => sorted.iter().map(|v| text(*v)).collect::<Vec<_>>().join(", "),
                        _ => format!("{} to {}", text(sorted[0]), text(sorted[sorted.len() - 1])),
                    };
                    (sorted.len(), span)
                }
                Column::Str(texts) => {
                    let all: BTreeSet<&str> = texts.iter().collect();
                    (all.len(), all.into_iter().take(12).collect::<Vec<_>>().join(", "))
                }
                _ => (0, "–".to_owned()),
            }
        };
        let rows: Vec<Vec<String>> = self
            .parameters
            .iter()
            .map(|&k| {
                let (name, column) = self.parameter(k);
                let (count, span) = distinct(column);
                vec![name.to_owned(), count.to_string(), span]
            })
            .collect();
        h.el("section", &[("id", "question")], |h| {
            h.leaf("h2", &[], "Varied parameters");
            if rows.is_empty() {
                let text = match self.seeds() {
                    1 => "No parameter: one set of parameters and one seed, with one case per strategy.",
                    _ => "Only the seed: the cases show how much results depend on the random draw.",
                };
                h.leaf("p", &[], text);
            } else {
                table(h, "Parameters", &[("Parameter", ""), ("distinct values", "num"), ("values", "")], &rows);
            }
            let names: Vec<String> = self.strategies.iter().map(|s| words(s)).collect();
            h.leaf(
                "p",
                &[],
                &format!("Strategies: {}. Cases with the same parameters and seed use the same random draws.", names.join(", ")),
            );
        });
    }

    /// How many seeds there are.
    fn seeds(&self) -> usize {
        self.results.i64s("seed").map_or(0, |seeds| seeds.iter().collect::<BTreeSet<_>>().len())
    }

    fn response(&self, h: &mut Html) {
        // A line has a band where a strategy has several cases at a value.
        let text = match (self.seeds(), self.parameters.len()) {
            (1, 0 | 1) => "Each strategy has one case per value.".to_owned(),
            (seeds, _) => format!(
                "Lines are means over all cases at a value; bands reach from the lowest to the highest case: \
                {} and all parameters that are not fixed.",
                plural(seeds, "seed")
            ),
        };
        h.el("section", &[("id", "response")], |h| {
            h.leaf("h2", &[], "A key figure over a parameter");
            h.leaf("p", &[], &text);
            h.el("div", &[("id", "explorer"), ("class", "js-only")], |_| {});
            h.leaf("p", &[("class", "no-js")], "The chart needs scripts; the summary below does not.");
        });
    }

    /// Rows of the cases that ran, by strategy.
    fn good(&self) -> Result<Vec<Vec<usize>>, ReportError> {
        let (strategy, status) = (self.results.texts("strategy")?, self.results.texts("status")?);
        let of = |name: &String| (0..strategy.len()).filter(|&r| strategy.get(r) == name && status.get(r) == "ok").collect();
        Ok(self.strategies.iter().map(of).collect())
    }

    fn summary(&self, h: &mut Html) -> Result<(), ReportError> {
        let good = self.good()?;
        let mut rows = Vec::new();
        for d in DEFINITIONS {
            let Ok(values) = self.results.f64s(d.key) else { continue };
            let of = |rows: &Vec<usize>| rows.iter().map(|&r| values[r]).filter(|v| v.is_finite()).collect::<Vec<f64>>();
            let all: Vec<Vec<f64>> = good.iter().map(of).collect();
            if all.iter().flatten().all(|v| *v == 0.0) {
                continue;
            }
            let cell = |v: &Vec<f64>| -> String {
                let (low, high) = v.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)));
                let mean = v.iter().sum::<f64>() / v.len() as f64;
                match (v.is_empty(), decimal(low, d.digits) == decimal(high, d.digits)) {
                    (true, _) => "–".to_owned(),
                    (_, true) => decimal(mean, d.digits),
                    _ => format!("{} ({} … {})", decimal(mean, d.digits), decimal(low, d.digits), decimal(high, d.digits)),
                }
            };
            rows.push(std::iter::once(heading(d)).chain(all.iter().map(cell)).collect::<Vec<_>>());
        }
        let names: Vec<String> = self.strategies.iter().map(|s| words(s)).collect();
        let classes: Vec<String> = (0..names.len()).map(|k| format!("num s{k}")).collect();
        let columns = names.iter().zip(&classes).map(|(n, c)| (n.as_str(), c.as_str()));
        let heads: Vec<(&str, &str)> = std::iter::once(("Figure (unit)", "")).chain(columns).collect();
        h.el("section", &[("id", "summary")], |h| {
            h.leaf("h2", &[], "Summary");
            h.leaf(
                "p",
                &[],
                "Mean over the completed cases, with the lowest and the highest. Figures that are zero \
                everywhere are left out.",
            );
            table(h, "Key figures over all cases", &heads, &rows);
        });
        Ok(())
    }

    fn failed(&self, h: &mut Html) -> Result<(), ReportError> {
        let (status, reason, strategy) = (self.results.texts("status")?, self.results.texts("reason")?, self.results.texts("strategy")?);
        let (case, seed) = (self.results.i64s("case")?, self.results.i64s("seed")?);
        let failed: Vec<usize> = (0..status.len()).filter(|&r| status.get(r) != "ok").collect();
        let row = |&r: &usize| {
            let values = self.parameters.iter().map(|&k| cell(self.parameter(k).1, r));
            let head = [case[r].to_string(), words(strategy.get(r)), seed[r].to_string()];
            head.into_iter().chain(values).chain([reason.get(r).to_owned()]).collect::<Vec<_>>()
        };
        let mut heads = vec![("Case", "num"), ("strategy", ""), ("seed", "num")];
        heads.extend(self.parameters.iter().map(|&k| self.parameter(k)).map(|(name, c)| (name, class(matches!(c, Column::F64(_))))));
        heads.push(("reason", ""));
        h.el("section", &[("id", "failed")], |h| {
            h.leaf("h2", &[], "Failed cases");
            if failed.is_empty() {
                h.leaf("p", &[], "Every case was completed.");
                return;
            }
            h.leaf("p", &[], &format!("{} of {} cases failed. The figures above leave them out.", failed.len(), status.len()));
            let rows: Vec<Vec<String>> = failed.iter().take(MOST).map(row).collect();
            table(h, "Failed cases", &heads, &rows);
            if failed.len() > MOST {
                h.leaf("p", &[("class", "note")], &format!("The first {MOST}; the rest is in results.parquet."));
            }
        });
        Ok(())
    }

    /// Drawings and tables of `analysis/`, by name.
    fn analysis(&self) -> Vec<PathBuf> {
        let Ok(entries) = self.path.join("analysis").read_dir() else { return Vec::new() };
        let mut files: Vec<PathBuf> =
            entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.extension().is_some_and(|x| x == "svg" || x == "csv")).collect();
        files.sort();
        files
    }

    fn provenance(&self, h: &mut Html) {
        h.el("section", &[("id", "provenance")], |h| {
            h.leaf("h2", &[], "Provenance");
            h.el("dl", &[("class", "facts")], |h| {
                for (key, value) in self.plan.as_object().into_iter().flatten().filter(|(key, _)| *key != "inputs") {
                    h.el("div", &[], |h| {
                        h.leaf("dt", &[], &words(key));
                        h.leaf("dd", &[], &plain(value));
                    });
                }
            });
            let field = |i: &Json, key: &str| plain(&i[key]);
            let inputs = self.plan["inputs"].as_array().into_iter().flatten();
            let rows: Vec<Vec<String>> = inputs.map(|i| vec![field(i, "path"), field(i, "bytes"), field(i, "blake3")]).collect();
            table(h, "Inputs", &[("File", ""), ("bytes", "num"), ("BLAKE3", "")], &rows);
        });
    }

    /// Cases by column for the page's script.
    fn pack(&self) -> Result<Json, ReportError> {
        let strategy = self.results.texts("strategy")?;
        let status = self.results.texts("status")?;
        let code = |s: &str| self.strategies.iter().position(|known| known == s);
        let parameters: Vec<Json> = self.parameters.iter().map(|&k| self.parameter(k)).filter_map(|(name, c)| parameter(name, c)).collect();
        let mut figures = Vec::new();
        for d in DEFINITIONS {
            let Ok(values) = self.results.f64s(d.key) else { continue };
            if values.iter().any(|v| v.is_finite() && *v != 0.0) {
                figures.push(json!({
                    "key": d.key, "label": d.label, "unit": d.unit, "digits": d.digits, "section": d.section.title(),
                    "meaning": d.meaning, "source": d.source, "values": values.iter().map(|v| short(*v)).collect::<Vec<_>>(),
                }));
            }
        }
        Ok(json!({
            "strategies": self.strategies.iter().map(|s| words(s)).collect::<Vec<_>>(),
            "sweep": {
                "strategy": strategy.iter().map(code).collect::<Vec<_>>(),
                "ok": status.iter().map(|s| u8::from(s == "ok")).collect::<Vec<_>>(),
                "seed": self.results.i64s("seed")?,
                "parameters": parameters,
                "figures": figures,
            },
        }))
    }
}

fn parameter(name: &str, column: &Column) -> Option<Json> {
    match column {
        Column::F64(values) => Some(json!({ "key": name, "values": values.iter().map(|v| short(*v)).collect::<Vec<_>>() })),
        Column::Str(texts) => Some(json!({ "key": name, "texts": dictionary(texts), "codes": texts.codes() })),
        _ => None,
    }
}

fn dictionary(texts: &Strings) -> Vec<&str> {
    texts.dictionary().iter().map(|t| &**t).collect()
}

/// The class of a column's cells.
fn class(numeric: bool) -> &'static str {
    if numeric { "num" } else { "" }
}

/// Six significant digits; nothing for what is not known.
fn short(x: f64) -> Option<f64> {
    if x.is_finite() { format!("{x:.5e}").parse().ok() } else { None }
}

fn text(x: f64) -> String {
    short(x).map_or_else(|| "–".to_owned(), |x| x.to_string())
}

fn cell(column: &Column, row: usize) -> String {
    match column {
        Column::F64(v) => text(v[row]),
        Column::Str(v) => v.get(row).to_owned(),
        _ => String::new(),
    }
}

/// A JSON value as people write it.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) => {
            let shown: Vec<String> = items.iter().take(MOST).map(plain).collect();
            shown.join(", ")
        }
        other => other.to_string(),
    }
}

/// What lies in `analysis/`.
fn analysis(h: &mut Html, files: &[PathBuf]) {
    h.el("section", &[("id", "analysis")], |h| {
        h.leaf("h2", &[], "Analysis");
        for path in files {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            h.leaf("h3", &[], &words(&name));
            if path.extension().is_some_and(|x| x == "svg") {
                if let Ok(svg) = std::fs::read(path) {
                    h.el("figure", &[("class", "drawing paper")], |h| {
                        h.void("img", &[("alt", &words(&name)), ("src", &image_address(&svg))]);
                    });
                }
            } else {
                csv_table(h, path, &name);
            }
        }
    });
}

fn csv_table(h: &mut Html, path: &Path, name: &str) {
    let Ok(mut reader) = csv::ReaderBuilder::new().flexible(true).from_path(path) else { return };
    let heads: Vec<String> = reader.headers().map(|r| r.iter().map(str::to_owned).collect()).unwrap_or_default();
    let mut rows: Vec<Vec<String>> =
        reader.records().filter_map(Result::ok).map(|r| r.iter().take(heads.len()).map(str::to_owned).collect()).collect();
    let total = rows.len();
    rows.truncate(MOST);
    let numeric = |k: usize| rows.iter().all(|r| r.get(k).is_none_or(|c| c.is_empty() || c.parse::<f64>().is_ok()));
    let marked: Vec<(&str, &str)> = heads.iter().enumerate().map(|(k, head)| (head.as_str(), class(numeric(k)))).collect();
    for row in &mut rows {
        for (k, cell) in row.iter_mut().enumerate() {
            if marked[k].1 == "num" && cell.len() > 9 {
                *cell = cell.parse::<f64>().ok().and_then(short).map_or_else(|| cell.clone(), |x| x.to_string());
            }
        }
    }
    table(h, name, &marked, &rows);
    if total > MOST {
        h.leaf("p", &[("class", "note")], &format!("The first {MOST} of {total} rows; the rest is in analysis/{name}.csv."));
    }
}
