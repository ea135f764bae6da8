//! `copperplate powerflow`: one load flow of a grid as tables, or a timed batch.

mod batch;
pub(super) mod columns;
mod sensitivity;
mod series;

use std::path::PathBuf;

use super::rules::{COLLAPSED, ITERATION_LIMIT, OUTSIDE_PROFILES, PHASES_SPREAD, TOO_LARGE};
use super::{Outcome, files, print, report};
use crate::diagnostic::{Finding, Findings};
use crate::grid::{Bus, Grid, Phases, RadialOrder, SpanningOrder, ZeroSequence};
use crate::ids::BranchIdx;
use crate::import::rules::{UNKNOWN_ZONE, skipped_time};
use crate::import::{ConnectionPower, Feeder, read_folder};
use crate::powerflow::{Injections, Network, Options, Outputs, Solution, Status, Workspace, sensitivities, solve};
use crate::table::rules::UNKNOWN_COLUMN;
use crate::time::written::{Moment, NoInstant};
use crate::time::{IspCalendar, YEARS};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copperplate powerflow scenarios/feeders/lv-rural1-2 --at 2016-07-24T13:00\n  copperplate powerflow scenarios/feeders/lv-rural1-2 --series --out year\n  copperplate powerflow scenarios/feeders/ieee-eu-lv --phases three-phase --out snapshot"
)]
pub(super) struct Args {
    /// Feeder folder, with feeder.toml or in neutral CSV
    grid: PathBuf,
    /// Write bus.csv and branch.csv into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "batch")]
    out: Option<PathBuf>,
    /// Time whose profile values to use: local, such as 2016-07-24T13:00, or with an offset, such as 2016-10-30T02:15+01:00 [default:
    /// nominal powers]
    #[arg(long, value_name = "DATE-TIME", conflicts_with = "batch")]
    at: Option<Moment>,
    /// Solve every step of the feeder's profiles, with tap changers in operation; --out writes steps.csv
    #[arg(long, conflicts_with_all = ["at", "batch"])]
    series: bool,
    /// Compute the effect of a little more power at each connection; --out writes sensitivity.csv
    #[arg(long, conflicts_with_all = ["series", "batch"])]
    sensitivities: bool,
    /// Solve a balanced load flow, or each phase by itself, which needs zero-sequence data
    #[arg(long, value_enum, value_name = "PHASES", default_value_t = Solved::Balanced)]
    phases: Solved,
    /// Largest error of a voltage, in pu of the source voltage [default: 1e-8]
    #[arg(long, value_name = "PU", default_value_t = Options::default().tolerance_pu, hide_default_value = true,
          value_parser = tolerance, allow_negative_numbers = true)]
    tolerance: f64,
    /// Solve this many steps of nominal power times pseudo-random factors, and measure the time
    #[arg(long, value_name = "STEPS", value_parser = at_least_one, allow_negative_numbers = true)]
    batch: Option<usize>,
    /// With --batch: take its powers from the start of the feeder's profiles instead
    #[arg(long, requires = "batch")]
    profiles: bool,
    /// With --batch: write its powers and voltages into this folder as little-endian f64, step after step
    #[arg(long, value_name = "DIR", requires = "batch")]
    raw: Option<PathBuf>,
    /// With --batch: print its figures as one JSON object
    #[arg(long, requires = "batch")]
    json: bool,
}

/// A number of steps that gives figures.
fn at_least_one(text: &str) -> Result<usize, String> {
    let what = "a whole number of steps, 1 or more";
    text.parse().map_err(|_| what.to_owned()).and_then(|steps| if steps > 0 { Ok(steps) } else { Err(what.to_owned()) })
}

/// An error that a voltage may have.
fn tolerance(text: &str) -> Result<f64, String> {
    let sound = |pu: &f64| pu.is_finite() && *pu > 0.0;
    text.parse().ok().filter(sound).ok_or_else(|| "a number above 0, such as 1e-8".to_owned())
}

/// How a grid is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Solved {
    Balanced,
    ThreePhase,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let (feeder, warnings) = read_folder(&args.grid)?;
    report(&warnings);
    // What is odd about the tables may be why there is no operating point; a column that is not read is not.
    let doubtful = warnings.0.iter().any(|f| f.code != UNKNOWN_COLUMN.code);
    let (order, warnings) = SpanningOrder::new(&feeder.grid, &feeder.places)?;
    report(&warnings);
    let loops = order.links().len();
    let prepare: Box<dyn Fn(&Grid) -> Network + Send + Sync + '_> = match args.phases {
        Solved::Balanced => {
            report(&phases_spread(&feeder.grid));
            Box::new(|grid| if loops == 0 { Network::new(grid, order.tree()) } else { Network::meshed(grid, &order) })
        }
        Solved::ThreePhase => {
            // Its warnings have been told.
            let (radial, _) = RadialOrder::new(&feeder.grid, &feeder.places)?;
            let zero = ZeroSequence::of(&feeder.grid, &radial, &feeder.places)?;
            Box::new(move |grid| Network::three_phase(grid, &radial, &zero))
        }
    };
    let network = prepare(&feeder.grid);
    let options = Options { tolerance_pu: args.tolerance, ..Options::default() };
    if let Some(steps) = args.batch {
        fits(steps, &feeder.grid, network.phases())?;
        let power = match (args.profiles, feeder.profiles.steps()) {
            (false, _) => batch::scaled(&feeder.nominal_power(), steps),
            (true, there) if steps <= there => feeder.power(0..steps),
            (true, there) => {
                let finding = OUTSIDE_PROFILES.finding(format!("the feeder's profiles have {there} steps, not {steps}"));
                return Err(finding.help("ask for fewer steps").into());
            }
        };
        return batch::run(&feeder, &network, options, &power, args.raw.as_deref().map(|dir| (dir, args.grid.as_path())), args.json);
    }
    if args.series {
        return series::run(&feeder, prepare, options, args.out.as_deref().map(|dir| (dir, args.grid.as_path())));
    }
    let (power, when) = match args.at {
        Some(at) => power_at(&feeder, &at)?,
        None => (feeder.nominal_power(), "at nominal power".to_owned()),
    };
    let (mut solution, mut workspace) = (Solution::default(), Workspace::default());
    // The status of the one step says it all.
    let _ = solve(&network, Injections::by_step(&power.p_w, &power.q_var), options, Outputs::ALL, &mut workspace, &mut solution);
    let Status::Converged { iterations, .. } = solution.status[0] else {
        report(&no_operating_point(&feeder.grid, solution.status[0], doubtful).into());
        return Ok(Outcome::CaseFailed);
    };
    let found = match args.sensitivities.then(|| sensitivities(&network, &power.p_w, &power.q_var, &mut workspace)) {
        Some(Err(status)) => {
            report(&no_operating_point(&feeder.grid, status, doubtful).into());
            return Ok(Outcome::CaseFailed);
        }
        found => found.and_then(Result::ok),
    };
    if let Some(dir) = &args.out {
        let mut tables = vec![("bus.csv", bus_csv(&feeder.grid, &solution)), ("branch.csv", branch_csv(&feeder.grid, &solution))];
        tables.extend(found.as_ref().map(|s| ("sensitivity.csv", sensitivity::csv(&feeder.grid, s))));
        files::publish_results(dir, &args.grid, &tables)?;
    }
    print(&summary(&feeder.grid, &network, loops, &solution, &when, iterations));
    if let Some(s) = &found {
        print(&sensitivity::table(&feeder.grid, s, &solution));
    }
    Ok(Outcome::Done)
}

/// Refuses a batch whose input and results would not fit into memory, before any is taken.
fn fits(steps: usize, grid: &Grid, phases: usize) -> Result<(), Findings> {
    const MOST_BYTES: usize = 16 << 30;
    let values = 2 * grid.connections.len() + 2 * phases * grid.buses.len();
    if steps.checked_mul(8 * values.max(1)).is_some_and(|bytes| bytes <= MOST_BYTES) {
        return Ok(());
    }
    let finding = TOO_LARGE.finding(format!("{steps} steps of {} values each are more than 16 GiB", values));
    Err(finding.help("ask for fewer steps; the time of a step does not depend on their number").into())
}

/// Says that a balanced load flow does not look at phases, if there is something to see.
fn phases_spread(grid: &Grid) -> Findings {
    let single = grid.connections.iter().filter(|connection| connection.phases != Phases::Abc).count();
    if single == 0 {
        return Findings::default();
    }
    let finding = PHASES_SPREAD.finding(format!("the balanced load flow spreads {single} single-phase connections over three phases"));
    finding.help("'--phases three-phase' solves each phase by itself").into()
}

/// Power at a moment, and the moment on the feeder's clock.
fn power_at(feeder: &Feeder, at: &Moment) -> Result<(ConnectionPower, String), Findings> {
    let calendar = IspCalendar::new(&feeder.zone, 15).map_err(|e| Findings::from(UNKNOWN_ZONE.finding(e.to_string())))?;
    let instant = calendar.instant(at).map_err(|fault| match fault {
        NoInstant::Skipped { later } => skipped_time(at, &feeder.zone, later),
        NoInstant::Year => {
            let years = format!("no feeder has values before {} or after {}", YEARS.start(), YEARS.end());
            OUTSIDE_PROFILES.finding(format!("the feeder has no profile values at {at}")).help(years)
        }
    })?;
    let profiles = &feeder.profiles;
    match profiles.step_at(instant) {
        Some(step) => Ok((feeder.power(step..step + 1), format!("at {} {}", calendar.moment(instant), feeder.zone))),
        None => {
            let finding = OUTSIDE_PROFILES.finding(format!("the feeder has no profile values at {at}"));
            let help = match profiles.steps() {
                0 => "it has no profiles; leave --at out".to_owned(),
                _ => format!("they go from {} to {}", calendar.rfc3339(profiles.start()), calendar.rfc3339(profiles.end())),
            };
            Err(finding.help(help).into())
        }
    }
}

/// `doubtful`: figures of the tables are odd, such as those of another unit, and that has been told.
fn no_operating_point(grid: &Grid, status: Status, doubtful: bool) -> Finding {
    let finding = match status {
        Status::Collapsed { bus } => {
            let message = format!("the load flow has no operating point: the voltage of bus '{}' collapses", grid.buses[bus.i()].id);
            COLLAPSED.finding(message).help("the power is more than the branches can carry")
        }
        Status::IterationLimit { change_pu } => {
            ITERATION_LIMIT.finding(format!("the load flow did not converge: voltages still move by {change_pu:.1e} pu"))
        }
        Status::Converged { .. } => unreachable!("a converged step has an operating point"),
    };
    if doubtful { finding.help("first correct what the warnings above name") } else { finding }
}

fn bus_csv(grid: &Grid, solution: &Solution) -> Vec<u8> {
    if solution.phases == 3 {
        return three_phase_bus_csv(grid, solution);
    }
    let rows = grid.buses.iter().zip(solution.u_pu.iter().zip(&solution.angle_rad));
    files::csv(
        &["id", "u_pu", "angle_deg"],
        rows.map(|(bus, (u, angle))| vec![bus.id.clone(), u.to_string(), angle.to_degrees().to_string()]),
    )
}

fn three_phase_bus_csv(grid: &Grid, s: &Solution) -> Vec<u8> {
    let columns = ["id", "u_a_pu", "u_b_pu", "u_c_pu", "angle_a_deg", "angle_b_deg", "angle_c_deg", "unbalance", "displacement_pu"];
    let row = |(i, bus): (usize, &Bus)| {
        let (u, angle) = (&s.u_pu[3 * i..3 * i + 3], s.angle_rad[3 * i..3 * i + 3].iter().map(|angle| angle.to_degrees()));
        let values = u.iter().copied().chain(angle).chain([s.unbalance[i], s.displacement_pu[i]]);
        std::iter::once(bus.id.clone()).chain(values.map(|value| value.to_string())).collect()
    };
    files::csv(&columns, grid.buses.iter().enumerate().map(row))
}

fn branch_csv(grid: &Grid, s: &Solution) -> Vec<u8> {
    let columns = ["kind", "id", "p_from_w", "q_from_var", "i_from_a", "i_to_a", "loading"];
    let row = |k: usize| {
        let name = grid.branch_name(BranchIdx::new(k));
        let (kind, id) = name.split_once(':').expect("a branch is named kind:id");
        let values = [s.p_from_w[k], s.q_from_var[k], s.i_from_a[k], s.i_to_a[k], s.loading[k]];
        [kind.to_owned(), id.to_owned()].into_iter().chain(values.map(|v| v.to_string())).collect()
    };
    files::csv(&columns, (0..grid.branches()).map(row))
}

/// The short table a person reads.
fn summary(grid: &Grid, network: &Network, loops: usize, s: &Solution, when: &str, iterations: u32) -> String {
    let supplied = || (0..s.u_pu.len()).filter(|&i| s.u_pu[i] > 0.0);
    let at = |i: usize| {
        let phase = if s.phases == 3 { [", phase a", ", phase b", ", phase c"][i % 3] } else { "" };
        format!("bus {}{phase}", grid.buses[i / s.phases].id)
    };
    let by = |a: &f64, b: &f64| a.total_cmp(b);
    let closed = match loops {
        0 => String::new(),
        1 => ", 1 loop".to_owned(),
        n => format!(", {n} loops"),
    };
    let mut text = format!("{} {when}: {} nodes, {} branches{closed}, {iterations} sweeps\n", grid.name, network.nodes(), grid.branches());
    let mut row = |what: &str, value: String, unit: &str, of: &str| {
        text += format!("  {what:<24}{value:>12} {unit:<5}{of}").trim_end();
        text.push('\n');
    };
    row("losses", format!("{:.3}", s.losses_w[0] / 1e3), "kW", "");
    row("active power, source", format!("{:.3}", s.source_p_w[0] / 1e3), "kW", "");
    row("reactive power, source", format!("{:.3}", s.source_q_var[0] / 1e3), "kvar", "");
    if let Some(i) = supplied().min_by(|&a, &b| by(&s.u_pu[a], &s.u_pu[b])) {
        row("lowest voltage", format!("{:.5}", s.u_pu[i]), "pu", &at(i));
    }
    if let Some(i) = supplied().max_by(|&a, &b| by(&s.u_pu[a], &s.u_pu[b])) {
        row("highest voltage", format!("{:.5}", s.u_pu[i]), "pu", &at(i));
    }
    let most = |values: &[f64]| (0..values.len()).max_by(|&a, &b| by(&values[a], &values[b]));
    if let Some(bus) = most(&s.unbalance) {
        row("highest unbalance", format!("{:.3}", s.unbalance[bus] * 100.0), "%", &format!("bus {}", grid.buses[bus].id));
    }
    if let Some(bus) = most(&s.displacement_pu) {
        row("highest displacement", format!("{:.5}", s.displacement_pu[bus]), "pu", &format!("bus {}, of the neutral", grid.buses[bus].id));
    }
    if let Some(k) = (0..grid.branches()).max_by(|&a, &b| by(&s.loading[a], &s.loading[b])) {
        row("highest loading", format!("{:.1}", s.loading[k] * 100.0), "%", &grid.branch_name(BranchIdx::new(k)));
    }
    text
}
