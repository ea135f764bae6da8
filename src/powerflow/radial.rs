//! Batches: steps go through the sweeps in groups of lanes, each group loaded from and written to rows of steps.
//!
//! Steps share nothing: each starts from `v = 1`, stops by itself and has the same bits in any group, on any instruction set
//! and any number of threads. Hence groups and chunks are cut only for speed.

use rayon::prelude::*;

use super::lanes::Lanes;
use super::network::Network;
use super::solution::{Options, Outputs, Rows, Solution, Status, Summary};
use super::sweep::{self, Cell, End};
use super::write;
use crate::ids::BusIdx;

/// Steps side by side: a vector of AVX-512, two of AVX2, whose operations then overlap.
const LANES: usize = 8;

/// Steps a thread takes at once.
const CHUNK: usize = 32 * LANES;

/// Buffers of a solver, reused from call to call and from network to network.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    group: Vec<Cell<LANES>>,
    single: Vec<Cell<1>>,
}

/// Steps to solve.
#[derive(Clone, Copy)]
struct Job<'a> {
    network: &'a Network,
    p_w: &'a [f64],
    q_var: &'a [f64],
    options: Options,
    outputs: Outputs,
}

/// Solves every step of `p_w`, `q_var`: `[step][injection]`, consumption positive, injections as rows of the grid's
/// connections. Results go to `solution`, whose shape is set here.
///
/// Panics if the two arrays differ in length or are not whole steps.
pub fn solve(
    network: &Network,
    p_w: &[f64],
    q_var: &[f64],
    options: Options,
    outputs: Outputs,
    workspace: &mut Workspace,
    solution: &mut Solution,
) -> Summary {
    let job = Job { network, p_w, q_var, options, outputs };
    let mut rows = solution.rows(job.steps(), 1, network.buses(), network.branches(), outputs);
    job.run(Instructions::best(), workspace, &mut rows)
}

/// [`solve`] on all threads of the current pool: the same bits, with buffers of its own.
///
/// Panics as [`solve`] does.
pub fn solve_parallel(
    network: &Network,
    p_w: &[f64],
    q_var: &[f64],
    options: Options,
    outputs: Outputs,
    solution: &mut Solution,
) -> Summary {
    let whole = Job { network, p_w, q_var, options, outputs };
    let mut rows = solution.rows(whole.steps(), 1, network.buses(), network.branches(), outputs);
    let length = CHUNK * network.injections();
    let mut chunks: Vec<(Job<'_>, Rows<'_>)> = (p_w.chunks(length).zip(q_var.chunks(length)))
        .map(|(p_w, q_var)| Job { p_w, q_var, ..whole })
        .map(|job| (job, rows.take(job.steps())))
        .collect();
    chunks
        .par_iter_mut()
        .map_init(Workspace::default, |workspace, (job, rows)| job.run(Instructions::best(), workspace, rows))
        .reduce(Summary::default, Summary::and)
}

impl Job<'_> {
    fn steps(&self) -> usize {
        let width = self.network.injections();
        assert_eq!(self.p_w.len(), self.q_var.len(), "as much reactive as active power");
        assert!(width > 0 && self.p_w.len().is_multiple_of(width), "whole steps of {width} injections");
        self.p_w.len() / width
    }

    /// Groups of lanes, and a single step at the end by itself.
    fn run(&self, instructions: Instructions, workspace: &mut Workspace, rows: &mut Rows<'_>) -> Summary {
        let steps = self.steps();
        let grouped = if steps % LANES == 1 { steps - 1 } else { steps };
        if grouped > 0 {
            workspace.group.resize(self.network.nodes(), Cell::ZERO);
            instructions.groups(self, grouped, &mut workspace.group, rows);
        }
        if grouped < steps {
            workspace.single.resize(self.network.nodes(), Cell::ZERO);
            self.group(grouped, 1, &mut workspace.single, rows);
        }
        rows.summary()
    }

    /// Solves the first `steps` steps in groups.
    #[inline(always)]
    fn groups(&self, steps: usize, cells: &mut [Cell<LANES>], rows: &mut Rows<'_>) {
        for first in (0..steps).step_by(LANES) {
            self.group(first, usize::min(LANES, steps - first), cells, rows);
        }
    }

    /// Solves `steps` steps from `first` on, at most `W`.
    #[inline(always)]
    fn group<const W: usize>(&self, first: usize, steps: usize, cells: &mut [Cell<W>], rows: &mut Rows<'_>) {
        self.load(first, steps, cells);
        let ends = sweep::solve(self.network, self.options, cells);
        if self.outputs.voltage || self.outputs.angle {
            write::voltages(self.network, cells, first, steps, rows);
        }
        if self.outputs.totals || self.outputs.branch {
            sweep::flows(self.network, cells);
        }
        if self.outputs.totals {
            write::totals(self.network, cells, first, steps, rows);
        }
        if self.outputs.branch {
            write::branches(self.network, cells, first, steps, rows);
        }
        for (l, end) in ends.into_iter().enumerate().take(steps) {
            rows.status[first + l] = match end {
                End::Converged { sweeps, error_pu } => Status::Converged { iterations: sweeps, error_pu },
                End::Moving { change_pu } => Status::IterationLimit { change_pu },
                End::Collapsed => Status::Collapsed { bus: self.lowest(first, steps, l, cells) },
            };
            if !rows.status[first + l].converged() {
                rows.blank(first + l);
            }
        }
    }

    /// The bus with the lowest voltage in lane `l` if nothing were lost; one that is no number is lower than all.
    #[cold]
    fn lowest<const W: usize>(&self, first: usize, steps: usize, l: usize, cells: &mut [Cell<W>]) -> BusIdx {
        self.load(first, steps, cells);
        sweep::without_losses(self.network, cells);
        let key = |node: &usize| if cells[*node].u.0[l].is_finite() { cells[*node].u.0[l] } else { f64::NEG_INFINITY };
        let node = (0..cells.len()).min_by(|a, b| key(a).total_cmp(&key(b))).expect("a network has nodes");
        self.network.bus_of_node[node]
    }

    /// Begins each node with the sum of its injections. Lanes without a step repeat the last one.
    #[inline(always)]
    fn load<const W: usize>(&self, first: usize, steps: usize, cells: &mut [Cell<W>]) {
        let (p_w, q_var) = (self.rows(self.p_w, first, steps), self.rows(self.q_var, first, steps));
        for &node in &self.network.bare {
            cells[node as usize] = Cell::at_rest(Lanes::ZERO, Lanes::ZERO, &self.network.nodes[node as usize]);
        }
        for load in &self.network.loads {
            let cell = &mut cells[load.node as usize];
            let (mut p, mut q) = (Lanes::gather(&p_w, load.row as usize), Lanes::gather(&q_var, load.row as usize));
            if !load.first {
                (p, q) = (cell.p + p, cell.q + q);
            }
            if load.last {
                *cell = Cell::at_rest(p, q, &self.network.nodes[load.node as usize]);
            } else {
                (cell.p, cell.q) = (p, q);
            }
        }
    }

    /// A row of injections for each lane.
    #[inline(always)]
    fn rows<'a, const W: usize>(&self, all: &'a [f64], first: usize, steps: usize) -> [&'a [f64]; W] {
        let width = self.network.injections();
        let mut rows = [&all[..0]; W];
        for (l, row) in rows.iter_mut().enumerate() {
            let step = first + usize::min(l, steps - 1);
            *row = &all[step * width..][..width];
        }
        rows
    }
}

/// Instruction sets the groups are compiled for. All give the same bits: the operations are the same, only more of them go at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instructions {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Instructions {
    /// Those this processor has, the widest last.
    fn available() -> impl Iterator<Item = Instructions> {
        [
            Some(Instructions::Portable),
            #[cfg(target_arch = "x86_64")]
            std::arch::is_x86_feature_detected!("avx2").then_some(Instructions::Avx2),
            #[cfg(target_arch = "x86_64")]
            std::arch::is_x86_feature_detected!("avx512f").then_some(Instructions::Avx512),
        ]
        .into_iter()
        .flatten()
    }

    fn best() -> Instructions {
        Instructions::available().last().unwrap_or(Instructions::Portable)
    }

    /// [`Job::groups`] compiled for them.
    #[allow(unsafe_code, reason = "a function with a target feature may only run where the processor has it")]
    fn groups(self, job: &Job<'_>, steps: usize, cells: &mut [Cell<LANES>], rows: &mut Rows<'_>) {
        match self {
            Instructions::Portable => job.groups(steps, cells, rows),
            // SAFETY: `available`, which alone names these, has asked the processor.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { groups_avx2(job, steps, cells, rows) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { groups_avx512(job, steps, cells, rows) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn groups_avx2(job: &Job<'_>, steps: usize, cells: &mut [Cell<LANES>], rows: &mut Rows<'_>) {
    job.groups(steps, cells, rows);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn groups_avx512(job: &Job<'_>, steps: usize, cells: &mut [Cell<LANES>], rows: &mut Rows<'_>) {
    job.groups(steps, cells, rows);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Bus, Connection, Grid, Line, Phases, Places, RadialOrder, Source};
    use crate::ids::EntityAddress;

    /// A tree of 30 buses with a connection at each but the source, loads and generators.
    fn feeder() -> Network {
        let mut grid = Grid { sources: vec![Source { bus: BusIdx(0), u_pu: 1.02, angle_deg: 30.0 }], ..Grid::default() };
        for i in 0..30_usize {
            grid.buses.push(Bus { id: i.to_string(), u_rated_v: 400.0, u_min_pu: 0.9, u_max_pu: 1.1, position: None });
            let Some(from) = i.checked_sub(1).map(|last| last / 2) else { continue };
            let (id, rated_current_a) = (i.to_string(), 200.0);
            let (from, to) = (BusIdx::new(from), BusIdx::new(i));
            grid.lines.push(Line { id, from, to, r_ohm: 0.02, x_ohm: 0.01, b_s: 1e-5, g_s: 1e-7, rated_current_a, zero_sequence: None });
            let id = i.to_string();
            grid.connections.push(Connection { address: EntityAddress::new(id.as_str()), id, bus: to, phases: Phases::Abc });
        }
        let (order, _) = RadialOrder::new(&grid, &Places::default()).expect("a radial grid");
        Network::new(&grid, &order)
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let network = feeder();
        let value = |i: usize, scale: f64| (((i * 7919) % 1000) as f64 - 300.0) * scale;
        // Step 5 collapses beside its neighbours.
        let of = |scale: f64| -> Vec<f64> { (0..13 * 29).map(|i| value(i, if i / 29 == 5 { 1e4 } else { scale })).collect() };
        let (p_w, q_var) = (of(10.0), of(3.0));
        let run = |instructions: Instructions| {
            let job = Job { network: &network, p_w: &p_w, q_var: &q_var, options: Options::default(), outputs: Outputs::ALL };
            let mut solution = Solution::default();
            let mut rows = solution.rows(13, 1, network.buses(), network.branches(), Outputs::ALL);
            let summary = job.run(instructions, &mut Workspace::default(), &mut rows);
            assert_eq!((summary.converged, summary.failed), (12, 1), "{:?}", solution.status);
            // As text: what is no number is equal to itself there, and each number has a text of its own.
            format!("{solution:?}")
        };
        let portable = run(Instructions::Portable);
        for instructions in Instructions::available() {
            assert!(run(instructions) == portable, "{instructions:?}");
        }
    }
}
