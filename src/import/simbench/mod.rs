//! Imports one grid of the SimBench data set (Meinecke et al., "SimBench — A Benchmark Dataset of Electric Power Systems to
//! Compare Innovative Solutions Based on Power Flow Analysis", Energies 13(12), 2020).
//!
//! The data folder holds `1-complete_data-mixed-all-{0,1,2}-sw`, one a scenario (today, 2024, 2034), each with all grids in
//! one set of CSV files. A code such as `1-LV-rural1--2-sw` names one: version, level, type, no lower level, scenario, with
//! switches. Rows belong to a grid by their `subnet`: own rows begin with its name, and nodes and switches towards the
//! grid above carry it second.
//!
//! | SimBench | here |
//! |---|---|
//! | MW, Mvar, MVA, kV, kW, km, Ω/km, µS/km, %, A | SI units and fractions |
//! | closed switch to an auxiliary node | the auxiliary node is its neighbour |
//! | open switch to an auxiliary node, switch between real nodes | a bus, a switch |
//! | `tappos`, `dVm`, `tapside`, `tapNeutr` | the tap, as it stands; `autoTap` is not followed (a warning) |
//! | external net | slack at its node's `vmSetp`, `vaSetp` |
//! | load, profiles `<name>_pload`, `<name>_qload` | consumption: heat pump (`Soil_…`, `Air_…`), charging (`HLS_…`, `APLS_…`), else load |
//! | renewable, profile `PV…` | PV, nominal power negative; other profiles: plant |
//! | storage | plant: its profile is net PV and battery feed-in, never charging; `pStor` is negative |
//! | time stamps | rows in order are quarter hours elapsed since local midnight of 2016-01-01 in Germany: the stamps repeat and skip an hour at DST |

mod assets;
mod profiles;
mod tables;

use std::path::Path;
use std::sync::Arc;

use super::Feeder;
use crate::diagnostic::Findings;
use crate::grid::{Grid, Places, check};
use crate::import::rules;

const ORIGIN: &str = "SimBench 1.0 (University of Kassel, Fraunhofer IEE, RWTH Aachen University, TU Dortmund), grid";
const LICENCE: &str = "Open Database License (ODbL) 1.0; contents: Database Contents License (DbCL) 1.0";

/// Single grids: level, type, subnet.
const GRIDS: [(&str, &str, &str); 10] = [
    ("LV", "rural1", "LV1.101"),
    ("LV", "rural2", "LV2.101"),
    ("LV", "rural3", "LV3.101"),
    ("LV", "semiurb4", "LV4.101"),
    ("LV", "semiurb5", "LV5.201"),
    ("LV", "urban6", "LV6.201"),
    ("MV", "rural", "MV1.101"),
    ("MV", "semiurb", "MV2.101"),
    ("MV", "urban", "MV3.101"),
    ("MV", "comm", "MV4.101"),
];

/// What a code names.
struct Code {
    subnet: &'static str,
    scenario: String,
    /// `lv-rural1-2`.
    name: String,
}

/// Imports the grid `code` names from the data folder `data`.
///
/// # Errors
/// `simbench-code` for a code that is not a single LV or MV grid with switches; findings of the reader and of the grid check
/// for data that are not as they should be.
pub fn import(data: &Path, code: &str) -> Result<(Feeder, Findings), Findings> {
    let code_text = code;
    let code = parse(code)?;
    let dir = data.join(format!("1-complete_data-mixed-all-{}-sw", code.scenario));
    if !dir.is_dir() {
        let finding = rules::NO_SIMBENCH_DATA.finding(format!("there is no folder '{}'", dir.display()));
        return Err(finding.help("the data folder is 'simbench/networks' of the PyPI package simbench").into());
    }
    let mut findings = Findings::default();
    let mut grid = Grid { name: code.name, ..Grid::default() };
    let buses = tables::read_grid(&dir, code.subnet, &mut grid, &mut findings);
    let elements = assets::read_elements(&dir, code.subnet, &buses, &mut findings);
    if findings.has_errors() {
        return Err(findings);
    }
    let profiles = profiles::read(&dir, &elements, &mut findings);
    let assets = assets::behind_meters(&mut grid, code.subnet, &elements, &profiles);
    let places = Places::default();
    findings.extend(check::check(&grid, &places));
    let feeder = Feeder {
        grid,
        places,
        assets,
        profiles: Arc::new(profiles),
        zone: profiles::ZONE.into(),
        origin: format!("{ORIGIN} {code_text}"),
        licence: LICENCE.into(),
    };
    findings.or_ok(feeder)
}

fn parse(code: &str) -> Result<Code, Findings> {
    let parts: Vec<&str> = code.split('-').collect();
    let found = match parts[..] {
        ["1", level, kind, "", scenario @ ("0" | "1" | "2"), "sw"] => GRIDS
            .iter()
            .find(|(l, k, _)| *l == level && *k == kind)
            .map(|(_, _, subnet)| Code { subnet, scenario: scenario.into(), name: format!("{}-{kind}-{scenario}", level.to_lowercase()) }),
        _ => None,
    };
    found.ok_or_else(|| {
        let kinds = |level: &str| GRIDS.iter().filter(|g| g.0 == level).map(|g| g.1).collect::<Vec<_>>().join(", ");
        let help = format!(
            "single grids with switches are read: 1-LV-TYPE--SCENARIO-sw with TYPE {}, or 1-MV-TYPE--SCENARIO-sw with TYPE {}; SCENARIO 0, 1 or 2",
            kinds("LV"),
            kinds("MV")
        );
        rules::SIMBENCH_CODE.finding(format!("'{code}' is not a SimBench grid that can be imported")).help(help).into()
    })
}
