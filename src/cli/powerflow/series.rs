//! `powerflow --series`: every step of the feeder's profiles, tap changers acting from step to step.

use std::path::Path;

use super::super::rules::OUTSIDE_PROFILES;
use super::super::{Outcome, files, print};
use crate::diagnostic::Findings;
use crate::grid::Grid;
use crate::ids::BranchIdx;
use crate::import::Feeder;
use crate::import::rules::TAP_WITHOUT_EFFECT;
use crate::powerflow::{Injections, Network, Options, Outputs, Solution, Tapped, Workspace};
use crate::time::{IspCalendar, SimTime};

/// Steps in memory at once.
const CHUNK: usize = 7 * 96;

/// Extremes of a step and where they are.
struct Step {
    lowest: (f64, usize),
    highest: (f64, usize),
    loading: (f64, usize),
    losses_w: f64,
    source_w: f64,
    source_var: f64,
}

/// What a person wants to know of all steps.
#[derive(Default)]
struct Total {
    failed: usize,
    lowest: Option<(f64, usize, usize)>,
    highest: Option<(f64, usize, usize)>,
    loading: Option<(f64, usize, usize)>,
    overloaded: usize,
    losses_wh: f64,
    moves: Vec<usize>,
}

pub(super) fn run(
    feeder: &Feeder,
    network: impl Fn(&Grid) -> Network + Send + Sync,
    options: Options,
    out: Option<(&Path, &Path)>,
) -> Result<Outcome, Findings> {
    let (grid, profiles) = (&feeder.grid, &feeder.profiles);
    if profiles.steps() == 0 {
        return Err(OUTSIDE_PROFILES.finding("the feeder has no profiles").help("leave --series out").into());
    }
    let minutes = u16::try_from(profiles.step().0 / 60).unwrap_or(15);
    let calendar =
        IspCalendar::new(&feeder.zone, minutes).map_err(|e| Findings::from(crate::import::rules::UNKNOWN_ZONE.finding(e.to_string())))?;
    let when = |step: usize| calendar.rfc3339(SimTime(profiles.start().0 + profiles.step().0 * step as i64));
    let mut tapped = Tapped::new(grid, profiles.step().0 as f64, network);
    super::super::report(&inert(grid, &tapped));
    let (mut workspace, mut solution) = (Workspace::default(), Solution::default());
    let mut total = Total { moves: vec![0; grid.tap_changers.len()], ..Total::default() };
    let mut before: Vec<i32> = tapped.positions().collect();
    let mut rows = Vec::new();
    for first in (0..profiles.steps()).step_by(CHUNK) {
        let power = feeder.power(first..usize::min(first + CHUNK, profiles.steps()));
        let injections = Injections::by_step(&power.p_w, &power.q_var);
        let (_, positions) = tapped.solve(injections, options, Outputs::ALL, &mut workspace, &mut solution);
        for step in 0..solution.steps {
            let at = &positions[step * before.len()..][..before.len()];
            at.iter().zip(&before).zip(&mut total.moves).for_each(|((now, before), moves)| *moves += now.abs_diff(*before) as usize);
            before.copy_from_slice(at);
            let found = solution.status[step].converged().then(|| extremes(&solution, step));
            total.add(first + step, found.as_ref(), profiles.step().0 as f64 / 3600.0);
            rows.push(row(grid, when(first + step), found.as_ref(), at));
        }
    }
    if let Some((dir, grid_path)) = out {
        files::publish_results(dir, grid_path, &[("steps.csv", files::csv(&columns(grid), rows.into_iter()))])?;
    }
    print(&total.text(grid, profiles.steps(), when));
    Ok(if total.failed == 0 { Outcome::Done } else { Outcome::CaseFailed })
}

fn inert(grid: &Grid, tapped: &Tapped<'_>) -> Findings {
    let finding = |k: usize| {
        let changer = &grid.tap_changers[k];
        let (id, bus) = (&grid.transformers[changer.transformer].id, &grid.buses[changer.bus.i()].id);
        TAP_WITHOUT_EFFECT.finding(format!("the tap changer of transformer '{id}' has no effect on bus '{bus}'")).help("it does not move")
    };
    let mut findings = Findings::default();
    tapped.without_effect().for_each(|k| findings.push(finding(k)));
    findings
}

/// Extremes of a converged step; buses without supply are left out.
fn extremes(s: &Solution, step: usize) -> Step {
    let phases = s.u_pu.len() / (s.steps * s.buses);
    let voltages = s.u_pu[step * s.buses * phases..][..s.buses * phases].iter().enumerate();
    let (mut lowest, mut highest) = ((f64::INFINITY, 0), (0.0, 0));
    for (i, &u) in voltages.filter(|(_, u)| **u > 0.0) {
        lowest = if u < lowest.0 { (u, i / phases) } else { lowest };
        highest = if u > highest.0 { (u, i / phases) } else { highest };
    }
    let loading = s.loading[s.branch_row(step)].iter().enumerate().fold((0.0, 0), |most, (k, &x)| if x > most.0 { (x, k) } else { most });
    Step { lowest, highest, loading, losses_w: s.losses_w[step], source_w: s.source_p_w[step], source_var: s.source_q_var[step] }
}

fn columns(grid: &Grid) -> Vec<&str> {
    let mut columns = vec![
        "time",
        "u_min_pu",
        "u_min_bus",
        "u_max_pu",
        "u_max_bus",
        "loading_max",
        "loading_branch",
        "losses_w",
        "source_p_w",
        "source_q_var",
    ];
    columns.extend(grid.tap_changers.iter().map(|t| grid.transformers[t.transformer].id.as_str()));
    columns
}

/// A step's row; one without operating point has empty cells.
fn row(grid: &Grid, time: String, step: Option<&Step>, positions: &[i32]) -> Vec<String> {
    let mut cells = vec![time];
    match step {
        Some(s) => {
            let bus = |i: usize| grid.buses[i].id.clone();
            cells.extend([s.lowest.0.to_string(), bus(s.lowest.1), s.highest.0.to_string(), bus(s.highest.1)]);
            let branch = if grid.branches() > 0 { grid.branch_name(BranchIdx::new(s.loading.1)) } else { String::new() };
            cells.extend([s.loading.0.to_string(), branch]);
            cells.extend([s.losses_w, s.source_w, s.source_var].map(|x| x.to_string()));
        }
        None => cells.extend(vec![String::new(); 9]),
    }
    cells.extend(positions.iter().map(i32::to_string));
    cells
}

impl Total {
    fn add(&mut self, step: usize, found: Option<&Step>, step_h: f64) {
        let Some(s) = found else {
            self.failed += 1;
            return;
        };
        if self.lowest.is_none_or(|(u, ..)| s.lowest.0 < u) {
            self.lowest = Some((s.lowest.0, s.lowest.1, step));
        }
        if self.highest.is_none_or(|(u, ..)| s.highest.0 > u) {
            self.highest = Some((s.highest.0, s.highest.1, step));
        }
        if self.loading.is_none_or(|(x, ..)| s.loading.0 > x) {
            self.loading = Some((s.loading.0, s.loading.1, step));
        }
        self.overloaded += usize::from(s.loading.0 > 1.0);
        self.losses_wh += s.losses_w * step_h;
    }

    fn text(&self, grid: &Grid, steps: usize, when: impl Fn(usize) -> String) -> String {
        let mut text = format!("{}: {steps} steps, {} without operating point\n", grid.name, self.failed);
        let mut row = |what: &str, value: String, unit: &str, of: String| {
            text += format!("  {what:<24}{value:>12} {unit:<5}{of}").trim_end();
            text.push('\n');
        };
        for (what, found) in [("lowest voltage", self.lowest), ("highest voltage", self.highest)] {
            if let Some((u, bus, step)) = found {
                row(what, format!("{u:.5}"), "pu", format!("bus {}, {}", grid.buses[bus].id, when(step)));
            }
        }
        if let Some((loading, branch, step)) = self.loading.filter(|_| grid.branches() > 0) {
            row(
                "highest loading",
                format!("{:.1}", loading * 100.0),
                "%",
                format!("{}, {}", grid.branch_name(BranchIdx::new(branch)), when(step)),
            );
            row("steps above rating", self.overloaded.to_string(), "", String::new());
        }
        row("losses", format!("{:.3}", self.losses_wh / 1e6), "MWh", String::new());
        for (changer, moves) in grid.tap_changers.iter().zip(&self.moves) {
            row("tap operations", moves.to_string(), "", format!("transformer {}", grid.transformers[changer.transformer].id));
        }
        text
    }
}
