//! `weather.parquet`: the weather of the run, where the scenario has one.

use crate::asset::AssetKind;
use crate::output::table::{Column, Table};
use crate::scenario::study::Study;

/// The table; `None` without weather.
pub(super) fn table(study: &Study) -> Option<Table> {
    let weather = study.weather.as_ref()?;
    let first = weather.grid.index(study.start);
    let of = |values: &[f64]| Column::F64(values[first..first + study.steps].to_vec());
    Some(Table::new([
        ("time", Column::Time((0..study.steps).map(|k| study.step_start(k)).collect())),
        ("air_c", of(&weather.air_c)),
        ("wind_m_s", of(&weather.wind_m_s)),
        ("ghi_w_m2", of(&weather.ghi_w_m2)),
        ("dhi_w_m2", of(&weather.dhi_w_m2)),
    ]))
}

/// Which world the results are of, as a sentence; `None` without weather.
#[must_use]
pub fn world(study: &Study) -> Option<String> {
    let weather = study.weather.as_ref()?;
    let profiled = [(AssetKind::HeatPump, "heat pumps"), (AssetKind::Plant, "PV-battery plants")];
    let there = profiled.iter().filter(|(kind, _)| study.devices.iter().any(|d| d.kind == kind.name()));
    let names: Vec<&str> = there.map(|(_, name)| *name).collect();
    let rest =
        if names.is_empty() { String::new() } else { format!("; {} follow published profiles of other weather", names.join(" and ")) };
    Some(format!("Weather: {}; PV systems and transformers follow it{rest}", weather.name))
}
