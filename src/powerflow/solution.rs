//! What a load flow takes and gives: options, outputs, a status a step, flat result arrays.

use std::ops::Range;

use crate::ids::BusIdx;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Largest error of a voltage, magnitude and angle together, in pu of the source's: a step has converged when the bound of
    /// its error is no larger.
    pub tolerance_pu: f64,
    /// Sweeps after which a step is given up, two at least.
    pub max_iterations: u32,
}

impl Default for Options {
    /// 1e-8 pu, 100 sweeps.
    fn default() -> Options {
        Options { tolerance_pu: 1e-8, max_iterations: 100 }
    }
}

/// Which results to write; the status always is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outputs {
    /// `u_pu`.
    pub voltage: bool,
    /// `angle_rad`.
    pub angle: bool,
    /// `unbalance` and `displacement_pu`, of three phases.
    pub unbalance: bool,
    /// Everything per branch.
    pub branch: bool,
    /// Losses and source power.
    pub totals: bool,
}

impl Outputs {
    /// All of them.
    pub const ALL: Outputs = Outputs { voltage: true, angle: true, unbalance: true, branch: true, totals: true };

    /// Nothing but the status.
    pub const NONE: Outputs = Outputs { voltage: false, angle: false, unbalance: false, branch: false, totals: false };

    /// Magnitudes of voltages.
    pub const MAGNITUDE: Outputs = Outputs { voltage: true, ..Outputs::NONE };

    /// Voltages, magnitude and angle.
    pub const VOLTAGE: Outputs = Outputs { voltage: true, angle: true, ..Outputs::NONE };
}

/// How a step ended. A step that did not converge has NaN in all its results.
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub enum Status {
    /// Found within the tolerance.
    Converged {
        /// Sweeps it took.
        iterations: u32,
        /// Bound of the error of its voltages, pu; at most the tolerance.
        error_pu: f64,
    },
    /// Still moving after [`Options::max_iterations`].
    IterationLimit {
        /// Largest change of voltage in the last sweep, pu.
        change_pu: f64,
    },
    /// A voltage, referred to the source, fell below a tenth of it: no operating point holds this constant power.
    Collapsed {
        /// Bus whose voltage would be the lowest if nothing were lost on the way; in a meshed grid, with the currents at no-load
        /// voltages.
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
    /// Largest bound of the voltage error of a converged step, pu; at most the tolerance.
    pub max_error_pu: f64,
}

impl Summary {
    /// With one more step.
    fn with(self, status: &Status) -> Summary {
        match *status {
            Status::Converged { iterations, error_pu } => {
                self.and(Summary { converged: 1, iterations: u64::from(iterations), max_error_pu: error_pu, ..Summary::default() })
            }
            _ => Summary { failed: self.failed + 1, ..self },
        }
    }

    /// Of two batches together.
    pub(super) fn and(self, other: Summary) -> Summary {
        Summary {
            converged: self.converged + other.converged,
            failed: self.failed + other.failed,
            iterations: self.iterations + other.iterations,
            max_error_pu: self.max_error_pu.max(other.max_error_pu),
        }
    }
}

/// Results, step after step: `[step][bus][phase]`, `[step][bus]`, `[step][branch]` or `[step]`. Buses and branches are rows of
/// the grid; there is one phase if the grid was solved balanced, and a, b, c if phase by phase.
///
/// A bus without supply has voltage 0, a branch without supply power and current 0. Branch power is positive from the named
/// end into the branch. Arrays that were not asked for are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Solution {
    /// Number of steps.
    pub steps: usize,
    /// Phases of a voltage: 1 if the grid was solved balanced, else 3.
    pub phases: usize,
    /// Width of bus results.
    pub buses: usize,
    /// Width of branch results.
    pub branches: usize,
    /// `[step][bus][phase]` voltage, pu of the bus's rating: of each phase to neutral, of that over √3.
    pub u_pu: Vec<f64>,
    /// `[step][bus][phase]` voltage angle, rad, in (−π, π].
    pub angle_rad: Vec<f64>,
    /// `[step][bus]` negative over positive sequence voltage, `|U₂|/|U₁|` (EN 50160, IEC 61000-3-14); empty if balanced.
    pub unbalance: Vec<f64>,
    /// `[step][bus]` displacement of the neutral, the zero-sequence voltage `|U_a + U_b + U_c|/3`, pu of the bus's rating over √3;
    /// empty if balanced.
    pub displacement_pu: Vec<f64>,
    /// `[step][branch]` active power into the from/hv end, all phases together, W.
    pub p_from_w: Vec<f64>,
    /// `[step][branch]` reactive power into the from/hv end, var.
    pub q_from_var: Vec<f64>,
    /// `[step][branch]` active power into the to/lv end, W.
    pub p_to_w: Vec<f64>,
    /// `[step][branch]` reactive power into the to/lv end, var.
    pub q_to_var: Vec<f64>,
    /// `[step][branch]` current at the from/hv end, of the phase that has most, A.
    pub i_from_a: Vec<f64>,
    /// `[step][branch]` current at the to/lv end, of the phase that has most, A.
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
    /// Voltages of the buses in a step, pu; of three phases the one farthest from rated.
    pub fn farthest_u_pu(&self, step: usize) -> impl Iterator<Item = f64> + '_ {
        let farther = |a: f64, b: f64| if (b - 1.0).abs() > (a - 1.0).abs() { b } else { a };
        self.u_pu[self.phase_row(step)].chunks(self.phases).map(move |u| u.iter().copied().reduce(farther).unwrap_or(f64::NAN))
    }

    /// Where step `step` is in arrays per bus and phase.
    #[must_use]
    pub fn phase_row(&self, step: usize) -> Range<usize> {
        step * self.buses * self.phases..(step + 1) * self.buses * self.phases
    }

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

    /// Totals over its steps.
    pub(super) fn summary(&self) -> Summary {
        summary(&self.status)
    }

    /// Gives every array the length of `steps` steps, allocating only when it never was that long, and lends them.
    pub(super) fn rows(&mut self, steps: usize, widths: Widths, outputs: Outputs) -> Rows<'_> {
        let Widths { phases, buses, branches } = widths;
        (self.steps, self.phases, self.buses, self.branches) = (steps, phases, buses, branches);
        for (array, wanted) in [(&mut self.u_pu, outputs.voltage), (&mut self.angle_rad, outputs.angle)] {
            array.resize(if wanted { steps * buses * phases } else { 0 }, 0.0);
        }
        for array in [&mut self.unbalance, &mut self.displacement_pu] {
            array.resize(if outputs.unbalance && phases == 3 { steps * buses } else { 0 }, 0.0);
        }
        let of_branches = [
            &mut self.p_from_w,
            &mut self.q_from_var,
            &mut self.p_to_w,
            &mut self.q_to_var,
            &mut self.i_from_a,
            &mut self.i_to_a,
            &mut self.loading,
        ];
        for array in of_branches {
            array.resize(if outputs.branch { steps * branches } else { 0 }, 0.0);
        }
        for array in [&mut self.losses_w, &mut self.source_p_w, &mut self.source_q_var] {
            array.resize(if outputs.totals { steps } else { 0 }, 0.0);
        }
        self.status.resize(steps, Status::IterationLimit { change_pu: f64::NAN });
        Rows {
            bus: [&mut self.u_pu, &mut self.angle_rad, &mut self.unbalance, &mut self.displacement_pu],
            branch: [
                &mut self.p_from_w,
                &mut self.q_from_var,
                &mut self.p_to_w,
                &mut self.q_to_var,
                &mut self.i_from_a,
                &mut self.i_to_a,
                &mut self.loading,
            ],
            total: [&mut self.losses_w, &mut self.source_p_w, &mut self.source_q_var],
            status: &mut self.status,
        }
    }
}

fn summary(status: &[Status]) -> Summary {
    status.iter().fold(Summary::default(), Summary::with)
}

/// Widths of the results of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Widths {
    pub(super) phases: usize,
    pub(super) buses: usize,
    pub(super) branches: usize,
}

/// Rows of a [`Solution`] for consecutive steps. Arrays that were not asked for are empty.
pub(super) struct Rows<'a> {
    /// `u_pu`, `angle_rad`, `unbalance`, `displacement_pu`.
    pub(super) bus: [&'a mut [f64]; 4],
    /// `p_from_w`, `q_from_var`, `p_to_w`, `q_to_var`, `i_from_a`, `i_to_a`, `loading`.
    pub(super) branch: [&'a mut [f64]; 7],
    /// `losses_w`, `source_p_w`, `source_q_var`.
    pub(super) total: [&'a mut [f64]; 3],
    pub(super) status: &'a mut [Status],
}

impl<'a> Rows<'a> {
    /// The first `steps` steps, taken off the front.
    pub(super) fn take(&mut self, steps: usize) -> Rows<'a> {
        let of = self.status.len();
        Rows {
            bus: self.bus.each_mut().map(|array| front(array, steps, of)),
            branch: self.branch.each_mut().map(|array| front(array, steps, of)),
            total: self.total.each_mut().map(|array| front(array, steps, of)),
            status: self.status.split_off_mut(..steps).expect("as many steps"),
        }
    }

    pub(super) fn summary(&self) -> Summary {
        summary(self.status)
    }

    /// Writes NaN in every result of `step`.
    pub(super) fn blank(&mut self, step: usize) {
        let of = self.status.len();
        for array in self.bus.iter_mut().chain(&mut self.branch).chain(&mut self.total) {
            let width = array.len() / of;
            array[step * width..(step + 1) * width].fill(f64::NAN);
        }
    }
}

/// The first `steps` of `of` rows of `array`, taken off its front.
fn front<'a>(array: &mut &'a mut [f64], steps: usize, of: usize) -> &'a mut [f64] {
    let width = array.len() / of;
    array.split_off_mut(..steps * width).expect("whole rows")
}
