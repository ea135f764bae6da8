//! Congestion figures point by point: a table for each congestion point, strategies as columns.

use crate::kpi::{BY_POINT, definition};

use super::figures::{decimal, heading, words};
use super::folder::Folder;
use super::html::Html;
use super::question::table;

/// No more points than these have a table: those with the highest loading without flexibility.
const MOST: usize = 12;

/// The section of the page.
pub(super) fn section(h: &mut Html, folder: &Folder) {
    let points = &folder.record.congestion_points;
    let shown = shown(folder);
    h.el("section", &[("id", "points")], |h| {
        h.leaf("h2", &[], "Congestion points");
        h.el("p", &[], |h| {
            h.text(
                "Each row is one element. Its reference is today's grid without flexibility. Overload after orders and realised overload use the strategy's own ratings. The key figures below are sums or largest values over the points; \
                power that overloads two nested points counts in both. All points are in ",
            );
            h.leaf("code", &[], "congestion.csv");
            h.text(".");
        });
        if shown.len() < points.len() {
            let text = format!("The {} of {} congestion points with the highest loading without flexibility.", shown.len(), points.len());
            h.leaf("p", &[("class", "note")], &text);
        }
        for k in shown {
            let title = format!("{}: {}", points[k].id, points[k].title);
            h.leaf("h3", &[], &title);
            point(h, folder, &points[k].id, &title);
        }
    });
}

/// Rows of the points with a table, in the scenario's order.
fn shown(folder: &Folder) -> Vec<usize> {
    let points = &folder.record.congestion_points;
    let first = folder.strategies().next().unwrap_or_default();
    let highest = |id: &str| folder.point_figure(first, id, "max_loading_ex_ante_percent").unwrap_or(0.0);
    let highest: Vec<f64> = points.iter().map(|p| highest(&p.id)).collect();
    let mut shown: Vec<usize> = (0..points.len()).collect();
    shown.sort_by(|a, b| highest[*b].total_cmp(&highest[*a]));
    shown.truncate(MOST);
    shown.sort_unstable();
    shown
}

fn point(h: &mut Html, folder: &Folder, id: &str, title: &str) {
    let row = |key: &&str| {
        let d = definition(key);
        let cell = |s: &str| folder.point_figure(s, id, key).map_or_else(|| "–".to_owned(), |x| decimal(x, d.digits));
        std::iter::once(heading(d)).chain(folder.strategies().map(cell)).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = BY_POINT.iter().map(row).collect();
    let columns: Vec<(String, String)> = folder.strategies().enumerate().map(|(k, s)| (words(s), format!("num s{k}"))).collect();
    let columns = columns.iter().map(|(name, class)| (name.as_str(), class.as_str()));
    let heads: Vec<(&str, &str)> = std::iter::once(("Figure (unit)", "")).chain(columns).collect();
    table(h, title, &heads, &rows);
}
