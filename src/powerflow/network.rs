//! What is solved: one face for all kernels.

use super::three_phase::ThreePhase;
use super::tree::Tree;
use crate::grid::{Grid, RadialOrder, ZeroSequence};

/// A grid made ready to solve; immutable.
///
/// Injections are the rows of [`Grid::connections`]; buses and branches keep the rows of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Network(pub(super) Method);

/// The kernel a network is for, with its flat arrays.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Method {
    Radial(Tree),
    ThreePhase(ThreePhase),
}

impl Network {
    /// A radial grid in the given `order`, which must be its own. Phases are not looked at: every injection is balanced.
    #[must_use]
    pub fn new(grid: &Grid, order: &RadialOrder) -> Network {
        Network(Method::Radial(Tree::new(grid, order)))
    }

    /// A radial grid in the given `order`, phase by phase; `order` and `zero` must be its own. A connection on one phase draws
    /// all its power there, one on three phases a third on each.
    #[must_use]
    pub fn three_phase(grid: &Grid, order: &RadialOrder, zero: &ZeroSequence) -> Network {
        Network(Method::ThreePhase(ThreePhase::new(grid, order, zero)))
    }

    /// Phases of a voltage: 1 if the grid is solved balanced, else 3.
    #[must_use]
    pub fn phases(&self) -> usize {
        match &self.0 {
            Method::Radial(_) => 1,
            Method::ThreePhase(_) => 3,
        }
    }

    /// Number of buses, supplied or not: the width of bus results.
    #[must_use]
    pub fn buses(&self) -> usize {
        match &self.0 {
            Method::Radial(tree) => tree.buses.len(),
            Method::ThreePhase(three_phase) => three_phase.buses.len(),
        }
    }

    /// Number of branches, lines then transformers: the width of branch results.
    #[must_use]
    pub fn branches(&self) -> usize {
        match &self.0 {
            Method::Radial(tree) => tree.branches.len(),
            Method::ThreePhase(three_phase) => three_phase.branches.len(),
        }
    }

    /// Number of injections: the width of the powers [`super::solve`] takes.
    #[must_use]
    pub fn injections(&self) -> usize {
        match &self.0 {
            Method::Radial(tree) => tree.injections,
            Method::ThreePhase(three_phase) => three_phase.injections,
        }
    }

    /// Short-circuit power at the bus of an injection, VA: voltage squared over the impedance of the way to the source. 1 MVA at
    /// the source itself and where nothing is supplied.
    #[must_use]
    pub fn short_circuit_va(&self, injection: usize) -> f64 {
        let path = match &self.0 {
            Method::Radial(tree) => tree.path_of(injection),
            Method::ThreePhase(three_phase) => three_phase.paths[injection],
        };
        if path > 0.0 { 1.0 / path } else { 1e6 }
    }

    /// Number of supplied nodes: buses after closed switches have fused theirs.
    #[must_use]
    pub fn nodes(&self) -> usize {
        match &self.0 {
            Method::Radial(tree) => tree.nodes.len(),
            Method::ThreePhase(three_phase) => three_phase.supplied,
        }
    }
}
