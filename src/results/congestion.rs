//! `congestion.csv`: the figures of each congestion point.

use crate::ids::CpIdx;
use crate::kpi::{BY_POINT, definition};
use crate::output::table::{Column, Strings, Table};
use crate::scenario::study::Study;

use super::Finished;
use super::summary::cell;

/// Figures of congestion points: a row per strategy and point, a column per figure; empty where it has no meaning.
pub(super) fn table(study: &Study, cases: &[Finished<'_>]) -> Table {
    let (mut strategy, mut id, mut element) = (Strings::default(), Strings::default(), Strings::default());
    let mut figures = vec![Vec::new(); BY_POINT.len()];
    for c in cases {
        for (k, point) in study.congestion_points.iter().enumerate() {
            strategy.push(&c.strategy.name);
            id.push(&point.id);
            element.push(&study.grid.branch_name(point.branch));
            for (column, key) in figures.iter_mut().zip(BY_POINT) {
                column.push(cell(c.kpis.at(CpIdx::new(k), key), definition(key).digits.max(6)).parse().unwrap_or(f64::NAN));
            }
        }
    }
    let mut table =
        Table::new([("strategy", Column::Str(strategy)), ("congestion_point", Column::Str(id)), ("element", Column::Str(element))]);
    let figures = BY_POINT.iter().zip(figures).map(|(key, column)| ((*key).to_owned(), Column::F64(column)));
    table.columns.extend(figures);
    table
}
