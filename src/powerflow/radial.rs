//! The radial kernel: one group of steps from powers to results.

use std::ops::Range;

use super::ends::settle;
use super::injections::Group;
use super::kernel::{Kernel, Task};
use super::lanes::Lanes;
use super::solution::Rows;
use super::sweep::{self, Cell, State};
use super::tree::Tree;
use super::write;
use crate::ids::BusIdx;

impl Kernel for Tree {
    type State<const W: usize> = State<W>;

    fn prepare<const W: usize>(&self, state: &mut State<W>) {
        state.cells.resize(self.nodes.len(), Cell::ZERO);
        state.given.resize(self.responses.len(), [Lanes::ZERO; 2]);
    }

    #[inline(always)]
    fn group<const W: usize>(&self, task: &Task<'_>, steps: Range<usize>, state: &mut State<W>, row: usize, rows: &mut Rows<'_>) {
        let powers = task.injections.group(steps.clone(), self.injections);
        self.load(&powers, state);
        let ends = sweep::solve(self, task.options, state);
        let width = steps.len();
        if task.outputs.voltage || task.outputs.angle {
            write::voltages(self, &state.cells, row, width, rows);
        }
        if task.outputs.totals || task.outputs.branch {
            sweep::flows(self, state);
        }
        if task.outputs.totals {
            write::totals(self, &state.cells, row, width, rows);
        }
        if task.outputs.branch {
            write::branches(self, &state.cells, row, width, rows);
        }
        settle(ends, width, row, rows, |l| self.lowest(&powers, l, state));
    }
}

impl Tree {
    /// The bus with the lowest voltage in lane `l` if nothing were lost; one that is no number is lower than all.
    #[cold]
    fn lowest<const W: usize>(&self, powers: &Group<'_, W>, l: usize, state: &mut State<W>) -> BusIdx {
        self.load(powers, state);
        sweep::without_losses(self, state);
        let key = |node: &usize| {
            let u = state.cells[*node].u.0[l];
            if u.is_finite() { u } else { f64::NEG_INFINITY }
        };
        let node = (0..state.cells.len()).min_by(|a, b| key(a).total_cmp(&key(b))).expect("a network has nodes");
        self.bus_of_node[node]
    }

    /// Begins each node with the sum of its injections.
    #[inline(always)]
    fn load<const W: usize>(&self, powers: &Group<'_, W>, state: &mut State<W>) {
        match powers {
            // Named apart so that each loop is compiled for itself.
            Group::Rows(..) => self.load_from(powers, state),
            Group::Lanes { .. } => self.load_from(powers, state),
        }
        state.response_gain = Lanes::ZERO;
        for (response, given) in self.responses.iter().zip(&mut state.given) {
            let asked = powers.power(response.row as usize);
            *given = response.given(asked);
            state.response_gain += response.path * response.steepness(given);
            // The rest of the node's power has been summed from what was asked.
            state.cells[response.node as usize].q += given[1] - asked.1;
            state.cells[response.node as usize].b += given[1] - asked.1;
        }
        sweep::respond(self, state);
    }

    #[inline(always)]
    fn load_from<const W: usize>(&self, powers: &Group<'_, W>, state: &mut State<W>) {
        for &node in &self.bare {
            state.cells[node as usize] = Cell::at_rest(Lanes::ZERO, Lanes::ZERO);
        }
        for load in &self.loads {
            let cell = &mut state.cells[load.node as usize];
            let (mut p, mut q) = powers.power(load.row as usize);
            if !load.first {
                (p, q) = (cell.p + p, cell.q + q);
            }
            if load.last {
                *cell = Cell::at_rest(p, q);
            } else {
                (cell.p, cell.q) = (p, q);
            }
        }
    }
}
