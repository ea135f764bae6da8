//! How the lanes of a group end, the same for every kernel.

use super::lanes::{Lanes, Mask};
use super::solution::{Rows, Status};
use crate::ids::BusIdx;

/// How a lane ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End {
    /// Sweeps, the last one included, and the bound of the voltage error, pu.
    Converged {
        sweeps: u32,
        error_pu: f64,
    },
    /// Still moving, by this much voltage, pu.
    Moving {
        change_pu: f64,
    },
    Collapsed,
}

/// The lanes of a group from sweep to sweep.
pub(super) struct Ends<const W: usize> {
    pub(super) of: [End; W],
    /// Lanes that have not ended.
    pub(super) moving: Mask<W>,
    /// Largest changes of the last two sweeps, the latest first.
    before: [Lanes<W>; 2],
}

impl<const W: usize> Ends<W> {
    #[inline(always)]
    pub(super) fn open() -> Ends<W> {
        Ends { of: [End::Moving { change_pu: f64::NAN }; W], moving: Mask::ALL, before: [Lanes::all(f64::INFINITY); 2] }
    }

    /// Judges each lane that moves, after a sweep with these largest changes, by its number and the last two changes before;
    /// whether all have ended.
    #[inline(always)]
    pub(super) fn judge(&mut self, change: Lanes<W>, judge: impl Fn(usize, [f64; 2]) -> End) -> bool {
        for l in 0..W {
            if self.moving.has(l) {
                self.of[l] = judge(l, [self.before[0].0[l], self.before[1].0[l]]);
                if !matches!(self.of[l], End::Moving { .. }) {
                    self.moving.clear(l);
                }
            }
        }
        self.before = [change, self.before[0]];
        self.moving == Mask::NONE
    }
}

/// Writes the status of `steps` lanes at `row` and after; one that did not converge has no results. `lowest` names the bus of a
/// lane that collapsed.
#[inline(always)]
pub(super) fn settle<const W: usize>(
    ends: [End; W],
    steps: usize,
    row: usize,
    rows: &mut Rows<'_>,
    mut lowest: impl FnMut(usize) -> BusIdx,
) {
    for (l, end) in ends.into_iter().enumerate().take(steps) {
        rows.status[row + l] = match end {
            End::Converged { sweeps, error_pu } => Status::Converged { iterations: sweeps, error_pu },
            End::Moving { change_pu } => Status::IterationLimit { change_pu },
            End::Collapsed => Status::Collapsed { bus: lowest(l) },
        };
        if !rows.status[row + l].converged() {
            rows.blank(row + l);
        }
    }
}
