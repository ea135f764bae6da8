//! `analysis/` in the folder of a sweep: tables for notebooks, pictures for people.
//!
//! | file | a row |
//! |---|---|
//! | `by_strategy.csv` | a strategy and figure: statistics over all its cases |
//! | `by_set.csv` | a set of parameters, strategy and figure: statistics over seeds; not written for a single seed |
//! | `swings.csv` | a strategy, figure and parameter: the figure at the parameter's low and high end |
//! | `sobol.csv` | a strategy, figure and parameter: first-order and total index; Saltelli schemes only |
//! | `break_even.csv` | a change of the cheaper of two strategies along a parameter |

use std::path::Path;

use crate::chart::{Figure, Style};
use crate::kpi::DEFINITIONS;
use crate::output::{Column, OutputError, Strings, Table, publish_file, write_csv};
use crate::sweep::Results;

use super::groups::{Group, by_set, by_strategy, many_seeds, telling};
use super::statistics::Statistics;
use super::{BreakEven, Swing, break_evens, indices, pictures, swings};

/// Name of the folder in a sweep's folder.
pub const FOLDER: &str = "analysis";

/// Writes tables and pictures of `results` into `folder`/analysis, each whole; names of the files, in order. What `design` cannot
/// tell is left out: along a list of several parameters all of them change at once, so that no swing is that of one alone; of several
/// drawn ones each value occurs once, with others that were drawn beside it, so that a line through the values is only noise.
///
/// # Errors
/// When the file system refuses.
pub fn write(results: &Results, design: &str, folder: &Path) -> Result<Vec<String>, OutputError> {
    let mut files = Vec::new();
    let one = results.parameters().count() < 2;
    let swings = if one || design != "list" { swings(results) } else { Vec::new() };
    let lines = one || chosen(design);
    let break_evens = if lines { break_evens(results) } else { Vec::new() };
    let tables = [
        ("by_strategy.csv", Some(by_strategy_table(results, design))),
        ("by_set.csv", many_seeds(results).then(|| statistics(results, &by_set(results), true))),
        ("swings.csv", some(swing_table(&swings))),
        ("sobol.csv", some(sobol_table(results))),
        ("break_even.csv", some(break_even_table(&break_evens))),
    ];
    for (name, table) in tables {
        let Some(table) = table else { continue };
        publish_file(&folder.join(FOLDER).join(name), |file| write_csv(&table, file))?;
        files.push(name.to_owned());
    }
    for (name, figure) in pictures::all(results, lines.then_some(&break_evens[..]), &swings, &Style::light()) {
        let file = format!("{name}.svg");
        publish_file(&folder.join(FOLDER).join(&file), |path| svg(path, &figure))?;
        files.push(file);
    }
    Ok(files)
}

fn svg(path: &Path, figure: &Figure) -> Result<(), OutputError> {
    std::fs::write(path, figure.svg()).map_err(OutputError::io("write", path))
}

fn some(table: Table) -> Option<Table> {
    (table.rows() > 0).then_some(table)
}

/// A table in the making: texts and numbers by column name.
struct Columns {
    texts: Vec<(String, Strings)>,
    numbers: Vec<(String, Vec<f64>)>,
}

impl Columns {
    fn new(texts: &[&str], numbers: &[&str]) -> Columns {
        Columns {
            texts: texts.iter().map(|name| ((*name).to_owned(), Strings::default())).collect(),
            numbers: numbers.iter().map(|name| ((*name).to_owned(), Vec::new())).collect(),
        }
    }

    fn row<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>, numbers: impl IntoIterator<Item = f64>) {
        self.texts.iter_mut().zip(texts).for_each(|((_, column), text)| column.push(text));
        self.numbers.iter_mut().zip(numbers).for_each(|((_, column), number)| column.push(number));
    }

    fn table(self) -> Table {
        let texts = self.texts.into_iter().map(|(name, column)| (name, Column::Str(column)));
        Table { columns: texts.chain(self.numbers.into_iter().map(|(name, column)| (name, Column::F64(column)))).collect() }
    }
}

const STATISTICS: [&str; 9] = ["cases", "failed", "mean", "standard_deviation", "mean_low", "mean_high", "p5", "median", "p95"];

fn numbers(s: &Statistics, failed: usize) -> [f64; 9] {
    [s.n as f64, failed as f64, s.mean, s.deviation, s.low, s.high, s.p5, s.median, s.p95]
}

/// Whether sets of parameters are chosen, not drawn.
fn chosen(design: &str) -> bool {
    matches!(design, "grid" | "list")
}

/// Statistics by strategy. A confidence band is of draws: the sets of a grid or a list are chosen, and their mean has none.
fn by_strategy_table(results: &Results, design: &str) -> Table {
    let mut table = statistics(results, &by_strategy(results), false);
    let several = results.samples().iter().any(|sample| *sample != results.samples()[0]);
    let bandless = |name: &str| chosen(design) && several && matches!(name, "mean_low" | "mean_high");
    let bands = table.columns.iter_mut().filter(|(name, _)| bandless(name));
    for (_, column) in bands {
        if let Column::F64(values) = column {
            values.fill(f64::NAN);
        }
    }
    table
}

/// Statistics of every telling figure by group; with the group's parameters if its cases share them.
fn statistics(results: &Results, groups: &[Group], share_parameters: bool) -> Table {
    let parameters: Vec<&str> = if share_parameters { results.parameters().collect() } else { Vec::new() };
    let texts: Vec<&str> = ["strategy"].into_iter().chain(parameters.iter().copied()).chain(["kpi", "unit"]).collect();
    let mut columns = Columns::new(&texts, &STATISTICS);
    for group in groups {
        let Some(first) = group.cases.first() else { continue };
        let values: Vec<String> = parameters.iter().map(|p| level(results, p, *first)).collect();
        for kpi in telling(results) {
            let s = Statistics::of(group.cases.iter().map(|c| results.kpi(kpi)[*c]));
            let row = [group.strategy.as_str()].into_iter().chain(values.iter().map(String::as_str)).chain([kpi, unit(kpi)]);
            columns.row(row, numbers(&s, group.failed));
        }
    }
    columns.table()
}

/// The value of a parameter in a case, as text.
fn level(results: &Results, parameter: &str, case: usize) -> String {
    match results.parameter(parameter) {
        Some(Column::F64(values)) => values[case].to_string(),
        Some(Column::Str(values)) => values.get(case).to_owned(),
        _ => String::new(),
    }
}

pub(super) fn unit(kpi: &str) -> &'static str {
    DEFINITIONS.iter().find(|d| d.key == kpi).map_or("", |d| d.unit)
}

fn swing_table(swings: &[Swing]) -> Table {
    let figures = ["parameter_low", "parameter_high", "kpi_low", "kpi_high", "change"];
    let mut columns = Columns::new(&["strategy", "kpi", "unit", "parameter"], &figures);
    for s in swings {
        let row = [s.at[0], s.at[1], s.kpi_at[0].mean, s.kpi_at[1].mean, s.change()];
        columns.row([s.strategy.as_str(), s.kpi, unit(s.kpi), s.parameter.as_str()], row);
    }
    columns.table()
}

fn sobol_table(results: &Results) -> Table {
    let figures = ["samples", "first", "first_low", "first_high", "total", "total_low", "total_high"];
    let mut columns = Columns::new(&["strategy", "kpi", "parameter"], &figures);
    for i in indices(results) {
        let row = [i.samples as f64].into_iter().chain(i.first).chain(i.total);
        columns.row([i.strategy.as_str(), i.kpi, &i.parameter], row);
    }
    columns.table()
}

fn break_even_table(break_evens: &[BreakEven]) -> Table {
    let figures = ["at", "at_low", "at_high", "seeds", "of_seeds"];
    let mut columns = Columns::new(&["kpi", "parameter", "cheaper_below", "cheaper_above"], &figures);
    for b in break_evens {
        let row = b.at.into_iter().chain(b.seeds.map(|n| n as f64));
        columns.row([b.kpi, b.parameter.as_str(), b.below.as_str(), b.above.as_str()], row);
    }
    columns.table()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::results::layout;

    /// Two strategies, three seeds, five values: `a` pays 10 whatever happens, `b` pays 4·x plus the seed.
    fn results() -> Results {
        seeds(3)
    }

    fn seeds(seeds: i32) -> Results {
        let mut table = layout([("feeder.pv_scale", true), ("feeder.load_scale", true)]);
        let mut case = 0_i64;
        for x in 0..5_i32 {
            for seed in 1..=seeds {
                for strategy in ["a", "b"] {
                    for (name, column) in &mut table.columns {
                        match (name.as_str(), column) {
                            ("case", Column::I64(v)) => v.push(case),
                            ("sample", Column::I64(v)) => v.push(i64::from(x)),
                            ("seed", Column::I64(v)) => v.push(i64::from(seed)),
                            ("strategy", Column::Str(v)) => v.push(strategy),
                            ("status", Column::Str(v)) => v.push("ok"),
                            ("feeder.pv_scale", Column::F64(v)) => v.push(f64::from(x)),
                            ("feeder.load_scale", Column::F64(v)) => v.push(f64::from((x * 2) % 5)),
                            ("paid_total_eur", Column::F64(v)) => {
                                v.push(if strategy == "a" { 10.0 } else { 4.0 * f64::from(x) + f64::from(seed) });
                            }
                            (_, Column::Str(v)) => v.push(""),
                            (_, Column::F64(v)) => v.push(f64::NAN),
                            (name, _) => panic!("column {name}"),
                        }
                    }
                    case += 1;
                }
            }
        }
        Results::of(table).unwrap()
    }

    #[test]
    fn everything_is_written_twice_alike_and_says_what_is_known() {
        let folder = std::env::temp_dir().join(format!("copperplate-analysis-{}", std::process::id()));
        let read = |files: &[String]| -> Vec<String> {
            files.iter().map(|f| std::fs::read_to_string(folder.join(FOLDER).join(f)).unwrap()).collect()
        };
        let files = write(&results(), "grid", &folder).unwrap();
        let first = read(&files);
        assert_eq!(write(&results(), "grid", &folder).map(|f| read(&f)).unwrap(), first);
        let of = |name: &str| &first[files.iter().position(|f| f == name).unwrap_or_else(|| panic!("{name} in {files:?}"))];
        assert!(of("by_strategy.csv").contains("b,paid_total_eur,€,15,0,10,"), "{}", of("by_strategy.csv"));
        assert!(of("by_set.csv").contains("b,2,4,paid_total_eur,€,3,0,10,1,"), "{}", of("by_set.csv"));
        // 4·x + seed = 10 at x = 2.25, 2 and 1.75.
        assert!(of("break_even.csv").contains("paid_total_eur,feeder.pv_scale,b,a,2,1.75,2.25,3,3"), "{}", of("break_even.csv"));
        assert!(of("swings.csv").contains("b,paid_total_eur,€,feeder.pv_scale,0,4,2,18,16"), "{}", of("swings.csv"));
        for name in ["along-feeder-pv_scale.svg", "tornado-b-paid_total_eur.svg"] {
            assert!(of(name).starts_with("<svg"), "{name}");
        }
        assert!(!files.contains(&"sobol.csv".to_owned()), "no Saltelli scheme, no indices");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_a_design_cannot_tell_is_left_out() {
        let folder = std::env::temp_dir().join(format!("copperplate-analysis-designs-{}", std::process::id()));
        let written = |results: &Results, design: &str| {
            let files = write(results, design, &folder).unwrap();
            let by_strategy = std::fs::read_to_string(folder.join(FOLDER).join("by_strategy.csv")).unwrap();
            (files, by_strategy.lines().find(|line| line.starts_with("b,paid_total_eur")).unwrap().to_owned())
        };
        let has = |files: &[String], part: &str| files.iter().any(|file| file.contains(part));
        // Chosen sets: a mean over them has no confidence band; each parameter varies by itself.
        let (files, row) = written(&results(), "grid");
        assert!(row.contains(",,,") && has(&files, "swings") && has(&files, "tornado") && has(&files, "break_even"), "{row} {files:?}");
        // Both parameters of a list move together, so neither has a swing of its own.
        let (files, row) = written(&results(), "list");
        assert!(row.contains(",,,") && !has(&files, "swings") && !has(&files, "tornado"), "{row} {files:?}");
        // Drawn sets: a mean has its band, but no line leads through values that others were drawn beside.
        let (files, row) = written(&results(), "monte-carlo");
        assert!(!row.contains(",,") && has(&files, "swings") && !has(&files, "along") && !has(&files, "break_even"), "{row} {files:?}");
        // A single seed has neither statistics over seeds nor break-evens.
        let (files, _) = written(&seeds(1), "grid");
        assert!(!has(&files, "by_set") && !has(&files, "break_even"), "{files:?}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
