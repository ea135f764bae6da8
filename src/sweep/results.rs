//! `results.parquet`: a row a case, in the order of cases, and how to read it back.
//!
//! Columns: `case, sample, block, strategy, seed`, one a parameter under its dotted key (f64, or text where a value is none),
//! one a key figure of [`DEFINITIONS`] (f64), `status` (`ok` or `failed`), `reason`. A key figure is NaN where it has no
//! meaning, is not priced, or the case failed.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::kpi::DEFINITIONS;
use crate::output::{Column, Strings, Table};

/// Name of the results in a sweep's folder.
pub const FILE_NAME: &str = "results.parquet";

/// Status of a case that ran to its end.
pub const OK: &str = "ok";
/// Status of a case that did not; its row says why.
pub const FAILED: &str = "failed";

const BEFORE: [&str; 5] = ["case", "sample", "block", "strategy", "seed"];
const AFTER: [&str; 2] = ["status", "reason"];

/// Columns of results without rows. `parameters` are dotted keys, each with whether its values are numbers.
#[must_use]
pub(crate) fn layout<'a>(parameters: impl IntoIterator<Item = (&'a str, bool)>) -> Table {
    let (number, whole, text) = (|| Column::F64(Vec::new()), || Column::I64(Vec::new()), || Column::Str(Strings::default()));
    let before = BEFORE.into_iter().zip([whole(), whole(), text(), text(), whole()]);
    let parameters = parameters.into_iter().map(|(key, numeric)| (key, if numeric { number() } else { text() }));
    let figures = DEFINITIONS.iter().map(|d| (d.key, number()));
    let after = AFTER.into_iter().zip([text(), text()]);
    let columns = before.chain(parameters).chain(figures).chain(after);
    Table { columns: columns.map(|(name, column)| (name.to_owned(), column)).collect() }
}

/// Results of a sweep in memory. Rows count from 0 and are the numbers of the cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    table: Table,
    parameters: Range<usize>,
}

impl Results {
    /// A table in the form of `results.parquet`.
    ///
    /// # Errors
    /// The first column that should be there and is not, or has another type.
    pub fn of(table: Table) -> Result<Results, String> {
        let first_figure = table.columns.iter().position(|(name, _)| name == DEFINITIONS[0].key);
        let parameters = BEFORE.len()..first_figure.filter(|k| *k >= BEFORE.len()).ok_or(DEFINITIONS[0].key)?;
        let numeric = table.columns[parameters.clone()].iter().map(|(name, c)| (name.as_str(), matches!(c, Column::F64(_))));
        for (k, (name, column)) in layout(numeric).columns.iter().enumerate() {
            let there = table.columns.get(k).filter(|(known, _)| known == name).map(|(_, column)| column);
            if !there.is_some_and(|c| std::mem::discriminant(c) == std::mem::discriminant(column)) {
                return Err(name.clone());
            }
        }
        Ok(Results { table, parameters })
    }

    /// Number of cases.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.table.rows()
    }

    /// The table itself.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Dotted keys of the parameters, in the scenario's order.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.table.columns[self.parameters.clone()].iter().map(|(name, _)| name.as_str())
    }

    /// Values of a parameter by case: `F64`, or `Str` where one of its values is no number. `None` for a key that did not vary.
    #[must_use]
    pub fn parameter(&self, key: &str) -> Option<&Column> {
        self.table.columns[self.parameters.clone()].iter().find(|(name, _)| name == key).map(|(_, column)| column)
    }

    /// Number of the set of parameters by case; of a Saltelli scheme, the number of the base sample. From 0.
    #[must_use]
    pub fn samples(&self) -> &[i64] {
        self.whole("sample")
    }

    /// Block of a Saltelli scheme by case: `A`, `B`, or `AB:key` for A with the column `key` of B; empty in other designs.
    #[must_use]
    pub fn blocks(&self) -> &Strings {
        self.text("block")
    }

    /// Name of the strategy by case.
    #[must_use]
    pub fn strategies(&self) -> &Strings {
        self.text("strategy")
    }

    /// Each strategy once, in the order of cases.
    #[must_use]
    pub fn strategy_names(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        self.strategies().iter().filter(|name| seen.insert(*name)).collect()
    }

    /// Seed by case.
    #[must_use]
    pub fn seeds(&self) -> &[i64] {
        self.whole("seed")
    }

    /// A key figure by case, NaN where there is none. Panics for a key without a definition in [`DEFINITIONS`].
    #[must_use]
    pub fn kpi(&self, key: &str) -> &[f64] {
        match self.table.column(key) {
            Some(Column::F64(values)) if DEFINITIONS.iter().any(|d| d.key == key) => values,
            _ => panic!("key figure '{key}' has no definition"),
        }
    }

    /// Whether a case ran to its end.
    #[must_use]
    pub fn succeeded(&self, case: usize) -> bool {
        self.text("status").get(case) == OK
    }

    /// Why a case failed; empty if it did not.
    #[must_use]
    pub fn reason(&self, case: usize) -> &str {
        self.text("reason").get(case)
    }

    fn whole(&self, name: &str) -> &[i64] {
        match self.table.column(name) {
            Some(Column::I64(values)) => values,
            _ => unreachable!("checked when read"),
        }
    }

    fn text(&self, name: &str) -> &Strings {
        match self.table.column(name) {
            Some(Column::Str(values)) => values,
            _ => unreachable!("checked when read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_between_seed_and_figures() {
        let results = Results::of(layout([("feeder.pv_scale", true), ("prices.kind", false)])).unwrap();
        assert_eq!(results.parameters().collect::<Vec<_>>(), ["feeder.pv_scale", "prices.kind"]);
        assert!(matches!(results.parameter("prices.kind"), Some(Column::Str(_))));
        assert_eq!((results.parameter("seed"), results.cases()), (None, 0));
        assert!(results.kpi("paid_total_eur").is_empty());
    }

    #[test]
    fn a_table_without_its_columns_is_told() {
        let mut table = layout([]);
        table.columns.retain(|(name, _)| name != "status");
        assert_eq!(Results::of(table), Err("status".to_owned()));
        assert_eq!(Results::of(Table::default()), Err(DEFINITIONS[0].key.to_owned()));
    }
}
