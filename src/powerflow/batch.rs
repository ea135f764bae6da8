//! Batches: steps go through a kernel in groups of lanes, each group loaded from powers and written to rows of steps.
//!
//! Steps share nothing: each starts from rest, stops by itself and has the same bits in any group, on any instruction set
//! and any number of threads. Hence groups and chunks are cut only for speed.

use std::ops::Range;

use rayon::prelude::*;

use super::injections::Injections;
use super::kernel::{Kernel, Task};
use super::lanes::LANES;
use super::meshed::Mesh;
use super::network::{Method, Network};
#[cfg(target_arch = "x86_64")]
use super::processor::{Avx2, Avx512};
use super::solution::{Options, Outputs, Rows, Solution, Summary};
use super::three_phase::ThreePhase;
use super::tree::Tree;

/// Steps a thread takes at once.
const CHUNK: usize = 32 * LANES;

/// Buffers of a solver, reused from call to call and from network to network.
#[derive(Default)]
pub struct Workspace {
    radial: Buffers<Tree>,
    meshed: Buffers<Mesh>,
    three_phase: Buffers<ThreePhase>,
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workspace").finish_non_exhaustive()
    }
}

/// State of whole groups, and of a single step.
struct Buffers<K: Kernel> {
    group: K::State<LANES>,
    single: K::State<1>,
}

impl<K: Kernel> Default for Buffers<K> {
    fn default() -> Buffers<K> {
        Buffers { group: Default::default(), single: Default::default() }
    }
}

/// Solves every step of `injections`. Results go to `solution`, whose shape is set here.
///
/// Panics if the injections are not whole steps of the network's width.
pub fn solve(
    network: &Network,
    injections: Injections<'_>,
    options: Options,
    outputs: Outputs,
    workspace: &mut Workspace,
    solution: &mut Solution,
) -> Summary {
    let task = Task { injections, options, outputs };
    let steps = injections.steps(network.injections());
    let mut rows = solution.rows(steps, network.widths(), outputs);
    run(network, &task, 0..steps, workspace, &mut rows)
}

/// [`solve`] on all threads of the current pool: the same bits, with buffers of its own.
///
/// Panics as [`solve`] does.
pub fn solve_parallel(
    network: &Network,
    injections: Injections<'_>,
    options: Options,
    outputs: Outputs,
    solution: &mut Solution,
) -> Summary {
    let task = Task { injections, options, outputs };
    let steps = injections.steps(network.injections());
    let mut rows = solution.rows(steps, network.widths(), outputs);
    let mut chunks: Vec<(Range<usize>, Rows<'_>)> = (0..steps)
        .step_by(CHUNK)
        .map(|first| first..usize::min(first + CHUNK, steps))
        .map(|chunk| (chunk.clone(), rows.take(chunk.len())))
        .collect();
    chunks
        .par_iter_mut()
        .map_init(Workspace::default, |workspace, (chunk, rows)| run(network, &task, chunk.clone(), workspace, rows))
        .reduce(Summary::default, Summary::and)
}

/// Solves a run of steps by the network's kernel.
pub(super) fn run(network: &Network, task: &Task<'_>, steps: Range<usize>, workspace: &mut Workspace, rows: &mut Rows<'_>) -> Summary {
    match &network.0 {
        Method::Radial(tree) => Instructions::best().run(&**tree, task, steps, &mut workspace.radial, rows),
        Method::Meshed(mesh) => Instructions::best().run(&**mesh, task, steps, &mut workspace.meshed, rows),
        Method::ThreePhase(three_phase) => Instructions::best().run(&**three_phase, task, steps, &mut workspace.three_phase, rows),
    }
    rows.summary()
}

/// Solves `steps` in whole groups.
#[inline(always)]
fn groups<K: Kernel>(kernel: &K, task: &Task<'_>, steps: Range<usize>, state: &mut K::State<LANES>, rows: &mut Rows<'_>) {
    for first in steps.clone().step_by(LANES) {
        kernel.group(task, first..usize::min(first + LANES, steps.end), state, first - steps.start, rows);
    }
}

/// Instruction sets the groups are compiled for. All give the same bits: the operations are the same, only more of them go at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instructions {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Instructions {
    /// Those this processor has, the widest last.
    fn available() -> impl Iterator<Item = Instructions> {
        [
            Some(Instructions::Portable),
            #[cfg(target_arch = "x86_64")]
            Avx2::here().map(Instructions::Avx2),
            #[cfg(target_arch = "x86_64")]
            Avx512::here().map(Instructions::Avx512),
        ]
        .into_iter()
        .flatten()
    }

    fn best() -> Instructions {
        Instructions::available().last().unwrap_or(Instructions::Portable)
    }

    /// Whether whole groups are compiled for them. On this family the portable set would only cost time to build: its steps are
    /// solved one by one.
    fn grouped(self) -> bool {
        !(cfg!(target_arch = "x86_64") && self == Instructions::Portable)
    }

    /// Groups of lanes, and a single step at the end by itself.
    fn run<K: Kernel>(self, kernel: &K, task: &Task<'_>, steps: Range<usize>, buffers: &mut Buffers<K>, rows: &mut Rows<'_>) {
        let grouped = match steps.len() {
            _ if !self.grouped() => steps.start..steps.start,
            n if n % LANES == 1 => steps.start..steps.end - 1,
            _ => steps.clone(),
        };
        if !grouped.is_empty() {
            kernel.prepare(&mut buffers.group);
            self.groups(kernel, task, grouped.clone(), &mut buffers.group, rows);
        }
        if grouped.end < steps.end {
            kernel.prepare(&mut buffers.single);
        }
        for step in grouped.end..steps.end {
            kernel.group(task, step..step + 1, &mut buffers.single, step - steps.start, rows);
        }
    }

    /// [`groups`] compiled for them.
    #[allow(unsafe_code, reason = "a function with a target feature may only run where the processor has it")]
    fn groups<K: Kernel>(self, kernel: &K, task: &Task<'_>, steps: Range<usize>, state: &mut K::State<LANES>, rows: &mut Rows<'_>) {
        match self {
            #[cfg(not(target_arch = "x86_64"))]
            Instructions::Portable => groups(kernel, task, steps, state, rows),
            #[cfg(target_arch = "x86_64")]
            Instructions::Portable => unreachable!("solved one by one"),
            // SAFETY: `groups_avx2` needs AVX2, and an `Avx2` is only made where the processor has it.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(_) => unsafe { groups_avx2(kernel, task, steps, state, rows) },
            // SAFETY: `groups_avx512` needs AVX-512 F, and an `Avx512` is only made where the processor has it.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(_) => unsafe { groups_avx512(kernel, task, steps, state, rows) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn groups_avx2<K: Kernel>(kernel: &K, task: &Task<'_>, steps: Range<usize>, state: &mut K::State<LANES>, rows: &mut Rows<'_>) {
    groups(kernel, task, steps, state, rows);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn groups_avx512<K: Kernel>(kernel: &K, task: &Task<'_>, steps: Range<usize>, state: &mut K::State<LANES>, rows: &mut Rows<'_>) {
    groups(kernel, task, steps, state, rows);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Bus, Connection, Grid, Line, LineZeroSequence, Phases, Places, Source, SpanningOrder, ZeroSequence};
    use crate::ids::{BusIdx, EntityAddress};

    /// A tree of 30 buses with a connection at each but the source, on one phase or on all, and with `rings` its ends joined.
    fn feeder(rings: bool) -> (Grid, SpanningOrder) {
        let mut grid = Grid { sources: vec![Source { bus: BusIdx(0), u_pu: 1.02, angle_deg: 30.0 }], ..Grid::default() };
        for i in 0..30_usize {
            grid.buses.push(Bus { id: i.to_string(), u_rated_v: 400.0, u_min_pu: 0.9, u_max_pu: 1.1, position: None });
            let Some(from) = i.checked_sub(1).map(|last| last / 2) else { continue };
            let (id, rated_current_a) = (i.to_string(), 200.0);
            let (from, to) = (BusIdx::new(from), BusIdx::new(i));
            let zero_sequence = Some(LineZeroSequence { r0_ohm: 0.07, x0_ohm: 0.04, b0_s: 5e-6, g0_s: 0.0 });
            grid.lines.push(Line { id, from, to, r_ohm: 0.02, x_ohm: 0.01, b_s: 1e-5, g_s: 1e-7, rated_current_a, zero_sequence });
            let id = i.to_string();
            let phases = [Phases::Abc, Phases::A, Phases::B, Phases::C][i % 4];
            grid.connections.push(Connection { address: EntityAddress::new(id.as_str()), id, bus: to, phases });
        }
        for i in if rings { 20..28 } else { 0..0 } {
            let (id, from, to) = (format!("tie {i}"), BusIdx::new(i), BusIdx::new(i + 1));
            let (rated_current_a, zero_sequence) = (200.0, None);
            grid.lines.push(Line { id, from, to, r_ohm: 0.03, x_ohm: 0.01, b_s: 1e-5, g_s: 0.0, rated_current_a, zero_sequence });
        }
        let (order, _) = SpanningOrder::new(&grid, &Places::default()).expect("a sound grid");
        (grid, order)
    }

    fn every_instruction_set_gives_the_same_bits<K: Kernel>(network: &Network, kernel: &K) {
        let value = |i: usize, scale: f64| (((i * 7919) % 1000) as f64 - 300.0) * scale;
        // Step 5 collapses beside its neighbours.
        let of = |scale: f64| -> Vec<f64> { (0..13 * 29).map(|i| value(i, if i / 29 == 5 { 1e4 } else { scale })).collect() };
        let (p_w, q_var) = (of(10.0), of(3.0));
        let run = |instructions: Instructions| {
            let injections = Injections::by_step(&p_w, &q_var);
            let task = Task { injections, options: Options::default(), outputs: Outputs::ALL };
            let mut solution = Solution::default();
            let mut rows = solution.rows(13, network.widths(), Outputs::ALL);
            instructions.run(kernel, &task, 0..13, &mut Buffers::default(), &mut rows);
            let summary = rows.summary();
            assert_eq!((summary.converged, summary.failed), (12, 1), "{:?}", solution.status);
            // As text: what is no number is equal to itself there, and each number has a text of its own.
            format!("{solution:?}")
        };
        let portable = run(Instructions::Portable);
        for instructions in Instructions::available() {
            assert!(run(instructions) == portable, "{instructions:?}");
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits_balanced() {
        let (grid, order) = feeder(false);
        let network = Network::new(&grid, order.tree());
        let Method::Radial(tree) = &network.0 else { unreachable!("a radial network") };
        every_instruction_set_gives_the_same_bits(&network, &**tree);
        let (grid, order) = feeder(true);
        assert_eq!(order.links().len(), 8);
        let network = Network::meshed(&grid, &order);
        let Method::Meshed(mesh) = &network.0 else { unreachable!("a meshed network") };
        every_instruction_set_gives_the_same_bits(&network, &**mesh);
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits_phase_by_phase() {
        let (grid, order) = feeder(false);
        let zero = ZeroSequence::of(&grid, order.tree(), &Places::default()).expect("all lines have it");
        let network = Network::three_phase(&grid, order.tree(), &zero);
        let Method::ThreePhase(kernel) = &network.0 else { unreachable!("an unbalanced network") };
        every_instruction_set_gives_the_same_bits(&network, &**kernel);
    }
}
