//! On-load tap changers across the steps of a batch.
//!
//! ```text
//! outside the band since w, step of length Δ           while outside and time is left in the step
//! ────────────────────────────────────────             w + left ≥ delay: left −= delay − w, w = 0, one tap towards the band
//!                                                      else:             w += left, left = 0
//! inside the band                                      w = 0
//! ```
//!
//! The voltage regulator's rule (dead band and delay, as IEC 60214-1, 8.2 calls its settings) with power constant within a step,
//! so several taps may be needed in one. A step's result is that at its end. A regulator that would turn back within a
//! step stays: its band is narrower than a tap. A step without operating point moves nothing.
//!
//! Steps depend on each other through the positions alone. So the batch runs ahead with the present ones, and is taken up again
//! at the first step in which one moves.

use std::collections::BTreeMap;
use std::ops::Range;

use super::batch::{Workspace, run};
use super::injections::Injections;
use super::kernel::Task;
use super::network::Network;
use super::solution::{Options, Outputs, Solution, Summary};
use crate::grid::{Grid, TapChanger};
use crate::ids::BusIdx;

/// Steps solved ahead.
const AHEAD: usize = 64;

/// A grid whose tap changers act. Positions stay from batch to batch, as do the networks of positions met before.
pub struct Tapped<'a> {
    grid: Grid,
    network: Box<dyn Fn(&Grid) -> Network + Send + Sync + 'a>,
    networks: BTreeMap<Vec<i32>, Network>,
    step_s: f64,
    regulators: Vec<Regulator>,
}

/// A tap changer at work.
#[derive(Debug, Clone)]
struct Regulator {
    changer: TapChanger,
    /// By how many positions the regulated voltage rises: 1 or -1, or 0 if the transformer has no effect on it.
    raises: i32,
    position: i32,
    /// How long the voltage has been outside the band: on which side (1 above), s.
    outside: (i32, f64),
}

impl std::fmt::Debug for Tapped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tapped").field("regulators", &self.regulators).finish_non_exhaustive()
    }
}

impl<'a> Tapped<'a> {
    /// `grid` with the tap changers it names, in steps of `step_s` seconds; `network` prepares it for solving at given positions.
    pub fn new(grid: &Grid, step_s: f64, network: impl Fn(&Grid) -> Network + Send + Sync + 'a) -> Tapped<'a> {
        let regulator = |changer: &TapChanger| {
            let position = grid.transformers[changer.transformer].tap.position;
            let mut raised = grid.clone();
            raised.transformers[changer.transformer].tap.position += 1;
            let change = no_load_pu(&network(&raised), changer.bus) - no_load_pu(&network(grid), changer.bus);
            // A tap is some thousandths; rounding is no effect.
            let raises = if change.abs() > 1e-9 { change.signum() as i32 } else { 0 };
            Regulator { changer: changer.clone(), raises, position, outside: (0, 0.0) }
        };
        let regulators = grid.tap_changers.iter().map(regulator).collect();
        Tapped { grid: grid.clone(), network: Box::new(network), networks: BTreeMap::new(), step_s, regulators }
    }

    /// Rows of tap changers that have no effect on the bus they regulate.
    pub fn without_effect(&self) -> impl Iterator<Item = usize> {
        (0..self.regulators.len()).filter(|&k| self.regulators[k].raises == 0)
    }

    /// Positions of the tap changers now.
    pub fn positions(&self) -> impl Iterator<Item = i32> {
        self.regulators.iter().map(|r| r.position)
    }

    /// Solves step after step as [`super::solve`] does, and gives the positions at the end of each, `[step][tap changer]`.
    ///
    /// Panics as [`super::solve`] does.
    pub fn solve(
        &mut self,
        injections: Injections<'_>,
        options: Options,
        outputs: Outputs,
        workspace: &mut Workspace,
        solution: &mut Solution,
    ) -> (Summary, Vec<i32>) {
        let task = Task { injections, options, outputs: Outputs { voltage: true, ..outputs } };
        let (mut positions, mut first) = (Vec::new(), 0);
        let steps = injections.steps(self.network().injections());
        while first < steps {
            let ahead = first..usize::min(first + AHEAD, steps);
            self.run(&task, ahead.clone(), steps, workspace, solution);
            for step in ahead {
                let moved = self.follow(&task, step, steps, workspace, solution);
                positions.extend(self.positions());
                first = step + 1;
                if moved {
                    break;
                }
            }
        }
        (solution.summary(), positions)
    }

    /// The network at the present positions.
    pub fn network(&mut self) -> &Network {
        let key: Vec<i32> = self.positions().collect();
        if !self.networks.contains_key(&key) {
            for r in &self.regulators {
                self.grid.transformers[r.changer.transformer].tap.position = r.position;
            }
            self.networks.insert(key.clone(), (self.network)(&self.grid));
        }
        &self.networks[&key]
    }

    /// Solves `range` of `steps` steps at the present positions.
    fn run(&mut self, task: &Task<'_>, range: Range<usize>, steps: usize, workspace: &mut Workspace, solution: &mut Solution) {
        let network = self.network();
        let mut rows = solution.rows(steps, network.widths(), task.outputs);
        let _before = rows.take(range.start);
        let mut rows = rows.take(range.len());
        let _ = run(network, task, range, workspace, &mut rows);
    }

    /// Lets the regulators act in a step that has been solved at the present positions; whether one moved.
    fn follow(&mut self, task: &Task<'_>, step: usize, steps: usize, workspace: &mut Workspace, solution: &mut Solution) -> bool {
        let mut left: Vec<f64> = vec![self.step_s; self.regulators.len()];
        let mut turned: Vec<i32> = vec![0; self.regulators.len()];
        let mut moved = false;
        while solution.status[step].converged() {
            let mut moves = false;
            for ((r, left), turned) in self.regulators.iter_mut().zip(&mut left).zip(&mut turned) {
                let by = r.act(mean_pu(solution, step, r.changer.bus), left, *turned);
                (moves, *turned) = (moves || by != 0, if by == 0 { *turned } else { by });
            }
            if !moves {
                break;
            }
            moved = true;
            self.run(task, step..step + 1, steps, workspace, solution);
        }
        moved
    }
}

/// Voltage of a bus while nothing is taken.
fn no_load_pu(network: &Network, bus: BusIdx) -> f64 {
    let (zero, mut solution) = (vec![0.0; network.injections()], Solution::default());
    let injections = Injections::by_step(&zero, &zero);
    let _ = super::solve(network, injections, Options::default(), Outputs::VOLTAGE, &mut Workspace::default(), &mut solution);
    mean_pu(&solution, 0, bus)
}

/// Voltage of a bus, the mean of its phases.
fn mean_pu(solution: &Solution, step: usize, bus: BusIdx) -> f64 {
    let phases = solution.u_pu.len() / (solution.steps * solution.buses);
    let at = (step * solution.buses + bus.i()) * phases;
    solution.u_pu[at..at + phases].iter().sum::<f64>() / phases as f64
}

impl Regulator {
    /// Acts on `u_pu` with `left` seconds of the step, having last moved by `turned` in it: the taps it moves, -1, 0 or 1.
    fn act(&mut self, u_pu: f64, left: &mut f64, turned: i32) -> i32 {
        let deviation = u_pu - self.changer.set_pu;
        let side = if deviation.abs() <= 0.5 * self.changer.dead_band_pu { 0 } else { deviation.signum() as i32 };
        if side != self.outside.0 {
            self.outside = (side, 0.0);
        }
        let wait = self.changer.delay_s - self.outside.1;
        let by = -side * self.raises;
        let within = (self.changer.min_position..=self.changer.max_position).contains(&(self.position + by));
        if by == 0 || wait > *left || !within || by == -turned {
            self.outside.1 += *left;
            *left = 0.0;
            return 0;
        }
        *left -= wait.max(0.0);
        self.outside.1 = 0.0;
        self.position += by;
        by
    }
}
