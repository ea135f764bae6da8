//! What is solved: one face for all kernels.

use super::meshed::Mesh;
use super::tree::Tree;
use crate::grid::{Grid, RadialOrder, SpanningOrder};

/// A grid made ready to solve; immutable.
///
/// Injections are the rows of [`Grid::connections`]; buses and branches keep the rows of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Network(pub(super) Method);

/// The kernel a network is for, with its flat arrays.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Method {
    Radial(Box<Tree>),
    Meshed(Box<Mesh>),
}

impl Network {
    /// A radial grid in the given `order`, which must be its own. Phases are not looked at: every injection is balanced.
    #[must_use]
    pub fn new(grid: &Grid, order: &RadialOrder) -> Network {
        Network(Method::Radial(Box::new(Tree::new(grid, order))))
    }

    /// A grid with loops or several sources in an island, in the given `order`, which must be its own. Phases are not looked at.
    /// Without links it is solved as well, though faster by [`Network::new`].
    #[must_use]
    pub fn meshed(grid: &Grid, order: &SpanningOrder) -> Network {
        Network(Method::Meshed(Box::new(Mesh::new(grid, order))))
    }

    fn tree(&self) -> &Tree {
        match &self.0 {
            Method::Radial(tree) => tree,
            Method::Meshed(mesh) => &mesh.tree,
        }
    }

    /// Number of buses, supplied or not: the width of bus results.
    #[must_use]
    pub fn buses(&self) -> usize {
        self.tree().buses.len()
    }

    /// Number of branches, lines then transformers: the width of branch results.
    #[must_use]
    pub fn branches(&self) -> usize {
        self.tree().branches.len()
    }

    /// Number of injections: the width of the powers [`super::solve`] takes.
    #[must_use]
    pub fn injections(&self) -> usize {
        self.tree().injections
    }

    /// Short-circuit power at the bus of an injection, VA: voltage squared over the impedance of the way to the source. 1 MVA at
    /// the source itself and where nothing is supplied.
    #[must_use]
    pub fn short_circuit_va(&self, injection: usize) -> f64 {
        let path = self.tree().path_of(injection);
        if path > 0.0 { 1.0 / path } else { 1e6 }
    }

    /// Number of supplied nodes: buses after closed switches have fused theirs.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.tree().nodes.len()
    }
}
