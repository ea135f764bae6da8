//! What every kernel is to the driver of batches: a method that takes a group of steps from powers to results.

use std::ops::Range;

use super::injections::Injections;
use super::solution::{Options, Outputs, Rows};

/// A method of solving, compiled for each set of instructions.
pub(super) trait Kernel: Sync {
    /// State of a group of `W` steps.
    type State<const W: usize>: Default;

    /// Gives `state` the size this network needs, allocating only when it never was that large.
    fn prepare<const W: usize>(&self, state: &mut Self::State<W>);

    /// Solves `steps`, at most `W` of those of `task`, and writes their results at `row` and after.
    fn group<const W: usize>(&self, task: &Task<'_>, steps: Range<usize>, state: &mut Self::State<W>, row: usize, rows: &mut Rows<'_>);
}

/// What all groups of a batch share.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) injections: Injections<'a>,
    pub(super) options: Options,
    pub(super) outputs: Outputs,
}
