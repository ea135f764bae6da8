//! What happened behind the meters: devices by kind, and the drawings of a household, a fleet and a rebound.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::ReportError;
use super::figures::{decimal, words};
use super::folder::Folder;
use super::html::Html;
use super::question::table;

/// A row of `devices.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct DeviceRow {
    strategy: String,
    kind: String,
    drawn_kwh: f64,
    fed_in_kwh: f64,
    peak_kw: f64,
    curtailed_kwh: Option<f64>,
    cold_kh: Option<f64>,
    sessions: Option<f64>,
    short_sessions: Option<f64>,
    unserved_kwh: Option<f64>,
    cycles: Option<f64>,
}

/// The devices of a run; none where it follows no single households.
pub(super) fn devices(folder: &Folder) -> Result<Vec<DeviceRow>, ReportError> {
    if folder.holds("devices.csv") { folder.rows("devices.csv") } else { Ok(Vec::new()) }
}

/// The table of devices by kind, with the strategies side by side in a cell where they differ.
pub(super) fn devices_table(h: &mut Html, folder: &Folder, rows: &[DeviceRow]) {
    let heads = [
        ("Kind", ""),
        ("Devices", "num"),
        ("consumption (MWh)", "num"),
        ("feed-in (MWh)", "num"),
        ("highest peak (kW)", "num"),
        ("curtailed (kWh)", "num"),
        ("comfort deficit (K·h)", "num"),
        ("sessions, of them short", "num"),
        ("not charged (kWh)", "num"),
        ("cycles each", "num"),
    ];
    let kinds: BTreeSet<&str> = rows.iter().map(|r| r.kind.as_str()).collect();
    let line = |kind: &&str| -> Vec<String> {
        let of = |strategy: &str| rows.iter().filter(|r| r.strategy == strategy && r.kind == *kind).collect::<Vec<_>>();
        let cells: Vec<Vec<String>> =
            folder.strategies().map(of).filter(|devices| !devices.is_empty()).map(|devices| figures(&devices)).collect();
        let cell = |k: usize| match cells.iter().all(|c| c[k] == cells[0][k]) {
            true => cells[0][k].clone(),
            false => cells.iter().map(|c| c[k].as_str()).collect::<Vec<_>>().join(" / "),
        };
        std::iter::once(words(kind)).chain((0..heads.len() - 1).map(cell)).collect()
    };
    let lines: Vec<Vec<String>> = kinds.iter().map(line).collect();
    table(h, "Devices by kind", &heads, &lines);
    let strategies: Vec<String> = folder.strategies().map(words).collect();
    if strategies.len() > 1 {
        h.leaf("p", &[("class", "note")], &format!("Where strategies differ, a cell has a value for each: {}.", strategies.join(" / ")));
    }
}

fn figures(devices: &[&DeviceRow]) -> Vec<String> {
    let sum = |of: fn(&DeviceRow) -> f64| devices.iter().map(|d| of(d)).sum::<f64>();
    // A figure that no device of the kind has is left out.
    let known = |of: fn(&DeviceRow) -> Option<f64>| -> Option<f64> {
        let all: Vec<f64> = devices.iter().filter_map(|d| of(d)).filter(|x| x.is_finite()).collect();
        (!all.is_empty()).then(|| all.iter().sum())
    };
    let shown = |x: Option<f64>, digits: usize| x.map_or_else(|| "–".to_owned(), |x| decimal(x, digits));
    let sessions = known(|d| d.sessions).zip(known(|d| d.short_sessions));
    vec![
        devices.len().to_string(),
        decimal(sum(|d| d.drawn_kwh) * 1e-3, 2),
        decimal(sum(|d| d.fed_in_kwh) * 1e-3, 2),
        decimal(devices.iter().map(|d| d.peak_kw).fold(0.0, f64::max), 1),
        shown(known(|d| d.curtailed_kwh), 1),
        shown(known(|d| d.cold_kh), 1),
        sessions.map_or_else(|| "–".to_owned(), |(all, short)| format!("{}, {}", decimal(all, 0), decimal(short, 0))),
        shown(known(|d| d.unserved_kwh), 1),
        shown(known(|d| d.cycles).map(|c| c / devices.len() as f64), 2),
    ]
}
