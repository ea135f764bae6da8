//! `tap_changers.csv`, in either form of folder: transformers whose taps move on load.
//!
//! | column | meaning |
//! |---|---|
//! | transformer | id of the transformer; its tap step and present position are in its own table |
//! | [bus] | id of the bus whose voltage is regulated; the lv bus without it |
//! | set_pu, dead_band_pu | voltage it holds, and the width of the band around it in which it rests |
//! | delay_s | how long the voltage has to be outside before it moves, and between two moves |
//! | min_position, max_position | range of its positions |
//! | [tap_side, tap_step_pu, tap_position] | of the transformer, where its own table has no such columns (neutral form) |

use std::collections::BTreeMap;
use std::path::Path;

use super::rules;
use super::tables::{SIDES, read_table};
use crate::diagnostic::Findings;
use crate::grid::{Grid, Tap, TapChanger};
use crate::ids::BusIdx;
use crate::table::{Row, Sign};

pub(super) const FILE: &str = "tap_changers.csv";
pub(super) const REQUIRED: [&str; 6] = ["transformer", "set_pu", "dead_band_pu", "delay_s", "min_position", "max_position"];
pub(super) const OPTIONAL: [&str; 4] = ["bus", "tap_side", "tap_step_pu", "tap_position"];

/// Reads the file of folder `dir` into `grid`, if there is one.
pub(super) fn read(dir: &Path, grid: &mut Grid, findings: &mut Findings) {
    if !dir.join(FILE).exists() {
        return;
    }
    let Some(table) = read_table(dir, FILE, &REQUIRED, &OPTIONAL, findings) else { return };
    // Of twin ids, which are told elsewhere, the first counts.
    let known: BTreeMap<String, usize> = grid.transformers.iter().enumerate().rev().map(|(k, t)| (t.id.clone(), k)).collect();
    for row in table.rows() {
        let id = row.text("transformer", findings);
        let Some(&transformer) = known.get(&id) else {
            let finding = rules::UNKNOWN_TRANSFORMER.finding(format!("there is no transformer '{id}' in transformers.csv"));
            findings.push(row.at("transformer", finding.help("use an id of that table")).of_name());
            continue;
        };
        if let Some(tap) = tap(row, findings) {
            grid.transformers[transformer].tap = tap;
        }
        if let Some(changer) = changer(row, grid, transformer, findings) {
            grid.tap_changers.push(changer);
        }
    }
}

fn tap(row: Row<'_>, findings: &mut Findings) -> Option<Tap> {
    row.optional("tap_step_pu")?;
    let position = if row.optional("tap_position").is_some() { row.integer("tap_position", findings) } else { 0 };
    Some(Tap { side: row.choice("tap_side", &SIDES, findings), position, step_pu: row.number("tap_step_pu", Sign::Positive, findings) })
}

fn changer(row: Row<'_>, grid: &Grid, transformer: usize, findings: &mut Findings) -> Option<TapChanger> {
    let bus = match row.optional("bus") {
        None => grid.transformers[transformer].lv,
        Some(id) => grid.bus(id).unwrap_or_else(|| {
            findings.push(row.at("bus", crate::grid::rules::UNKNOWN_BUS.finding(format!("there is no bus '{id}' among the buses"))));
            BusIdx(0)
        }),
    };
    let changer = TapChanger {
        transformer,
        bus,
        set_pu: row.number("set_pu", Sign::Positive, findings),
        dead_band_pu: row.number("dead_band_pu", Sign::Positive, findings),
        delay_s: row.number("delay_s", Sign::NotNegative, findings),
        min_position: row.integer("min_position", findings),
        max_position: row.integer("max_position", findings),
    };
    let (id, tap) = (&grid.transformers[transformer].id, grid.transformers[transformer].tap);
    let mut wrong = |column: &str, message: String, help: &str| {
        findings.push(row.at(column, rules::TAP_CHANGER.finding(message).help(help)));
    };
    if grid.tap_changers.iter().any(|other| other.transformer == transformer) {
        wrong("transformer", format!("transformer '{id}' has two tap changers"), "use one row for all of it");
    } else if tap.step_pu == 0.0 {
        wrong("transformer", format!("a tap of transformer '{id}' changes nothing"), "give tap_step_pu, such as 0.025");
    } else if !(changer.min_position..=changer.max_position).contains(&tap.position) {
        let message =
            format!("position {} of transformer '{id}' is not from {} to {}", tap.position, changer.min_position, changer.max_position);
        wrong("min_position", message, "the present position lies within the range");
    } else if changer.dead_band_pu < tap.step_pu.abs() {
        let message = format!("the dead band, {} pu, is narrower than a tap, {} pu", changer.dead_band_pu, tap.step_pu.abs());
        wrong("dead_band_pu", message, "the voltage would leave it on the other side; usual are 1.2 to 2 taps");
    }
    Some(changer)
}

/// The cells of a tap changer, in the order of [`REQUIRED`] and then its bus.
pub(super) fn cells(grid: &Grid, changer: &TapChanger) -> Vec<String> {
    let numbers = [changer.set_pu, changer.dead_band_pu, changer.delay_s].map(|x| x.to_string());
    let range = [changer.min_position, changer.max_position].map(|x| x.to_string());
    let ids = |bus: BusIdx| grid.buses[bus.i()].id.clone();
    std::iter::once(grid.transformers[changer.transformer].id.clone()).chain(numbers).chain(range).chain([ids(changer.bus)]).collect()
}
