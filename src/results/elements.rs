//! `elements.parquet`: loading, voltage and regime of elements in every step.
//!
//! Which elements: those the user selects, else all; of a feeder with more than [`MOST_ELEMENTS`] the congestion points and
//! those that came closest to their limits or went farthest beyond, [`MOST_BRANCHES`] branches and [`MOST_BUSES`] buses, the
//! same ones in every strategy. The charts and key figures of a run know all elements, whatever is recorded.

use crate::output::OutputError;
use crate::output::TableWriter;
use crate::output::table::{Column, Strings, Table};
use crate::scenario::study::Study;
use crate::sim::{Recording, Regime, Variant};

use super::Finished;
use super::extremes::Extremes;
use super::selection::Selection;

/// A recorded element: a branch with its loading or a bus with its voltage.
struct Element {
    name: String,
    quantity: &'static str,
    row: usize,
    congestion_point: Option<usize>,
}

/// A feeder with more elements is recorded in part unless the user selects.
const MOST_ELEMENTS: usize = 2000;

/// Branches recorded of a large feeder, beside the congestion points.
const MOST_BRANCHES: usize = 200;

/// Buses recorded of a large feeder.
const MOST_BUSES: usize = 200;

/// Steps written at a time: flat memory however long the run.
const CHUNK: usize = 4096;

/// Writes the file; returns its rows.
pub(super) fn write(study: &Study, cases: &[Finished<'_>], selection: &Selection, path: &std::path::Path) -> Result<usize, OutputError> {
    let elements = recorded(study, cases, selection);
    let layout = layout(cases, &elements);
    let mut writer = TableWriter::create(path, &layout)?;
    for (strategy, finished) in cases.iter().enumerate() {
        for from in (0..study.steps).step_by(CHUNK) {
            let to = (from + CHUNK).min(study.steps);
            writer.append(&chunk(study, strategy, &finished.case.recording, &elements, from..to, &layout))?;
        }
    }
    writer.finish()
}

/// What is left out of `elements.parquet` though nobody asked for it, as a sentence; `None` if nothing is.
#[must_use]
pub fn unrecorded(study: &Study, selection: &Selection) -> Option<String> {
    (selection.0.is_empty() && is_large(study)).then(|| {
        format!(
            "elements.parquet holds the congestion points and the {MOST_BRANCHES} branches and {MOST_BUSES} buses with the least room to \
             their limits, of {} elements; --select '*' records all, --select 'transformer:*' those with matching names",
            elements_of(study)
        )
    })
}

fn elements_of(study: &Study) -> usize {
    study.grid.branches() + study.grid.buses.len()
}

fn is_large(study: &Study) -> bool {
    elements_of(study) > MOST_ELEMENTS
}

/// Patterns of a selection that no element's name matches.
#[must_use]
pub fn unmatched<'s>(study: &Study, selection: &'s Selection) -> Vec<&'s str> {
    let elements = elements(study);
    let idle = |pattern: &&String| !elements.iter().any(|e| Selection(vec![(*pattern).clone()]).holds(&e.name));
    selection.0.iter().filter(idle).map(String::as_str).collect()
}

fn recorded(study: &Study, cases: &[Finished<'_>], selection: &Selection) -> Vec<Element> {
    let all = elements(study).into_iter();
    if !selection.0.is_empty() || !is_large(study) {
        return all.filter(|e| selection.holds(&e.name)).collect();
    }
    let (mut branches, mut buses) = (vec![f64::NEG_INFINITY; study.grid.branches()], vec![f64::NEG_INFINITY; study.grid.buses.len()]);
    for variant in [Variant::Free, Variant::Actual] {
        for case in cases {
            let extremes = Extremes::of(&case.case.recording, variant);
            branches.iter_mut().zip(&extremes.loading).for_each(|(nearest, &loading)| *nearest = nearest.max(loading));
            for ((nearest, &(low, high)), bus) in buses.iter_mut().zip(&extremes.u_pu).zip(&study.grid.buses) {
                // Of the way from the middle of the band to its edge.
                let (middle, half) = (0.5 * (bus.u_min_pu + bus.u_max_pu), 0.5 * (bus.u_max_pu - bus.u_min_pu));
                *nearest = nearest.max((middle - low) / half).max((high - middle) / half);
            }
        }
    }
    let (branches, buses) = (highest(&branches, MOST_BRANCHES), highest(&buses, MOST_BUSES));
    let holds = |e: &Element| if e.quantity == "loading" { branches[e.row] } else { buses[e.row] };
    all.filter(|e| e.congestion_point.is_some() || holds(e)).collect()
}

/// Marks the `count` highest of `values`; of equal ones the first.
fn highest(values: &[f64], count: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let mut marked = vec![false; values.len()];
    order.into_iter().take(count).for_each(|i| marked[i] = true);
    marked
}

fn elements(study: &Study) -> Vec<Element> {
    let branches = (0..study.grid.branches()).map(|b| {
        let branch = crate::ids::BranchIdx::new(b);
        let congestion_point = study.congestion_points.iter().position(|cp| cp.branch == branch);
        Element { name: study.grid.branch_name(branch), quantity: "loading", row: b, congestion_point }
    });
    let buses = study.grid.buses.iter().enumerate();
    let buses = buses.map(|(row, b)| Element { name: format!("bus:{}", b.id), quantity: "u_pu", row, congestion_point: None });
    branches.chain(buses).collect()
}

fn layout(cases: &[Finished<'_>], elements: &[Element]) -> Table {
    let floats = || Column::F32(Vec::new());
    Table::new([
        ("strategy", Column::Str(Strings::over(cases.iter().map(|c| c.strategy.name.as_str())))),
        ("time", Column::Time(Vec::new())),
        ("element", Column::Str(Strings::over(elements.iter().map(|e| e.name.as_str())))),
        ("quantity", Column::Str(Strings::over(["loading", "u_pu"]))),
        ("forecast", floats()),
        ("after_orders", floats()),
        ("without_flexibility", floats()),
        ("orders_only", floats()),
        ("realised", floats()),
        ("regime", Column::Str(Strings::over(["", "green", "yellow", "orange"]))),
    ])
}

fn chunk(study: &Study, strategy: usize, r: &Recording, elements: &[Element], steps: std::ops::Range<usize>, layout: &Table) -> Table {
    let mut table = layout.clone();
    for step in steps {
        for (k, e) in elements.iter().enumerate() {
            let values = match e.quantity {
                "loading" => loading(r, step, e.row),
                _ => voltage(r, step, e.row),
            };
            let regime = e.congestion_point.map_or(0, |cp| match r.regime[cp][step] {
                Regime::Green => 1,
                Regime::Yellow => 2,
                Regime::Orange => 3,
            });
            let codes = [strategy as u32, k as u32, u32::from(e.quantity == "u_pu"), regime];
            push(&mut table, study.step_start(step), codes, values);
        }
    }
    table
}

/// Forecast, after orders, without flexibility, orders only, realised.
fn loading(r: &Recording, step: usize, branch: usize) -> [f32; 5] {
    let [free, orders, actual] = Variant::ALL.map(|v| r.of(v).loading.at(step, branch));
    [r.forecast.loading.at(step, branch), r.planned.loading.at(step, branch), free, orders, actual]
}

fn voltage(r: &Recording, step: usize, bus: usize) -> [f32; 5] {
    let [free, orders, actual] = Variant::ALL.map(|v| r.of(v).u_pu.at(step, bus));
    [r.forecast.u_pu.at(step, bus), r.planned.u_pu.at(step, bus), free, orders, actual]
}

fn push(table: &mut Table, time: crate::time::SimTime, [strategy, element, quantity, regime]: [u32; 4], values: [f32; 5]) {
    let mut floats = values.into_iter();
    let mut codes = [strategy, element, quantity, regime].into_iter();
    for (_, column) in &mut table.columns {
        match column {
            Column::Time(c) => c.push(time),
            Column::Str(c) => c.push_code(codes.next().expect("four texts")),
            Column::F32(c) => c.push(floats.next().expect("five floats")),
            Column::F64(_) | Column::I64(_) | Column::Bool(_) => unreachable!("the layout has none"),
        }
    }
}
