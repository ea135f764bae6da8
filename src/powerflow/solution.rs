//! What a load flow takes and gives: options, outputs, a status a step, flat result arrays.

use std::ops::Range;

use crate::ids::BusIdx;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// A step has converged when no voltage, referred to the source and in pu of its voltage, moves by more than this in a sweep.
    pub tolerance_pu: f64,
    /// Sweeps after which a step is given up.
    pub max_iterations: u32,
}

impl Default for Options {
    /// 1e-8 pu, 100 sweeps.
    fn default() -> Options {
        Options { tolerance_pu: 1e-8, max_iterations: 100 }
    }
}

/// Which results to write; losses, source power and status always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outputs {
    /// `u_pu` and `angle_rad`.
    pub voltage: bool,
    /// Everything per branch.
    pub branch: bool,
}

impl Outputs {
    /// All of them.
    pub const ALL: Outputs = Outputs { voltage: true, branch: true };
}

/// How a step ended. A step that did not converge has NaN in all its results.
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub enum Status {
    /// Found within the tolerance.
    Converged {
        /// Sweeps it took.
        iterations: u32,
    },
    /// Still moving after [`Options::max_iterations`].
    IterationLimit {
        /// Largest change of voltage in the last sweep, pu.
        mismatch_pu: f64,
    },
    /// A voltage, referred to the source, fell below a tenth of it: no operating point holds this constant power.
    Collapsed {
        /// Bus with the lowest voltage.
        bus: BusIdx,
    },
}

impl Status {
    /// Whether the step has results.
    #[must_use]
    pub fn converged(self) -> bool {
        matches!(self, Status::Converged { .. })
    }
}

/// Totals over a batch.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[must_use]
pub struct Summary {
    /// Steps that converged.
    pub converged: usize,
    /// Steps that did not.
    pub failed: usize,
    /// Sweeps of all converged steps together.
    pub iterations: u64,
    /// Largest last change of voltage of a converged step, pu; at most the tolerance.
    pub max_mismatch_pu: f64,
}

/// Results, step after step: `[step][bus]`, `[step][branch]` or `[step]`. Buses and branches are rows of the grid.
///
/// A bus without supply has voltage 0, a branch without supply power and current 0. Branch power is positive from the named
/// end into the branch. Arrays that were not asked for are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Solution {
    /// Number of steps.
    pub steps: usize,
    /// Width of bus results.
    pub buses: usize,
    /// Width of branch results.
    pub branches: usize,
    /// `[step][bus]` voltage, pu of the bus's rating.
    pub u_pu: Vec<f64>,
    /// `[step][bus]` voltage angle, rad, in (−π, π].
    pub angle_rad: Vec<f64>,
    /// `[step][branch]` active power into the from/hv end, W.
    pub p_from_w: Vec<f64>,
    /// `[step][branch]` reactive power into the from/hv end, var.
    pub q_from_var: Vec<f64>,
    /// `[step][branch]` active power into the to/lv end, W.
    pub p_to_w: Vec<f64>,
    /// `[step][branch]` reactive power into the to/lv end, var.
    pub q_to_var: Vec<f64>,
    /// `[step][branch]` current at the from/hv end, A.
    pub i_from_a: Vec<f64>,
    /// `[step][branch]` current at the to/lv end, A.
    pub i_to_a: Vec<f64>,
    /// `[step][branch]` larger of the two currents over its rating: the ampacity of a line, the rated current of that
    /// winding at the present tap of a transformer.
    pub loading: Vec<f64>,
    /// `[step]` losses of all branches, shunts included, W.
    pub losses_w: Vec<f64>,
    /// `[step]` active power the sources deliver together, W.
    pub source_p_w: Vec<f64>,
    /// `[step]` reactive power the sources deliver together, var.
    pub source_q_var: Vec<f64>,
    /// `[step]` how it ended.
    pub status: Vec<Status>,
}

impl Solution {
    /// Where step `step` is in arrays per bus.
    #[must_use]
    pub fn bus_row(&self, step: usize) -> Range<usize> {
        step * self.buses..(step + 1) * self.buses
    }

    /// Where step `step` is in arrays per branch.
    #[must_use]
    pub fn branch_row(&self, step: usize) -> Range<usize> {
        step * self.branches..(step + 1) * self.branches
    }

    /// Gives every array the length of `steps` steps; allocates only when it never was that long.
    pub(super) fn reshape(&mut self, steps: usize, buses: usize, branches: usize, outputs: Outputs) {
        (self.steps, self.buses, self.branches) = (steps, buses, branches);
        for array in [&mut self.u_pu, &mut self.angle_rad] {
            array.resize(if outputs.voltage { steps * buses } else { 0 }, 0.0);
        }
        for array in self.branch_arrays() {
            array.resize(if outputs.branch { steps * branches } else { 0 }, 0.0);
        }
        for array in [&mut self.losses_w, &mut self.source_p_w, &mut self.source_q_var] {
            array.resize(steps, 0.0);
        }
        self.status.resize(steps, Status::IterationLimit { mismatch_pu: f64::NAN });
    }

    /// Writes NaN in everything of `step`.
    pub(super) fn blank(&mut self, step: usize, outputs: Outputs) {
        let (buses, branches) = (self.bus_row(step), self.branch_row(step));
        if outputs.voltage {
            self.u_pu[buses.clone()].fill(f64::NAN);
            self.angle_rad[buses].fill(f64::NAN);
        }
        if outputs.branch {
            for array in self.branch_arrays() {
                array[branches.clone()].fill(f64::NAN);
            }
        }
        for array in [&mut self.losses_w, &mut self.source_p_w, &mut self.source_q_var] {
            array[step] = f64::NAN;
        }
    }

    fn branch_arrays(&mut self) -> [&mut Vec<f64>; 7] {
        [
            &mut self.p_from_w,
            &mut self.q_from_var,
            &mut self.p_to_w,
            &mut self.q_to_var,
            &mut self.i_from_a,
            &mut self.i_to_a,
            &mut self.loading,
        ]
    }
}
