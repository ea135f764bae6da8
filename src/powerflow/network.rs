//! What is solved: one face for all kernels.

use super::meshed::Mesh;
use super::solution::Widths;
use super::three_phase::ThreePhase;
use super::tree::Tree;
use crate::grid::{Grid, Places, RadialOrder, SpanningOrder, ZeroSequence};

/// What the load flow of a radial grid knows of the phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhaseModel {
    /// One phase stands for all: power is spread evenly.
    Balanced,
    /// Each phase by itself, with the currents in the neutral.
    ThreePhase,
}

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
    ThreePhase(Box<ThreePhase>),
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

    /// A radial grid in the given `order`, phase by phase; `order` and `zero` must be its own. A connection on one phase draws
    /// all its power there, one on three phases a third on each.
    #[must_use]
    pub fn three_phase(grid: &Grid, order: &RadialOrder, zero: &ZeroSequence) -> Network {
        Network(Method::ThreePhase(Box::new(ThreePhase::new(grid, order, zero))))
    }

    /// A radial grid in the given `order`, which must be its own; phase by phase it must have zero-sequence data.
    ///
    /// # Panics
    /// If zero-sequence data are asked for and missing.
    #[must_use]
    pub fn by_phases(grid: &Grid, order: &RadialOrder, phases: PhaseModel) -> Network {
        match phases {
            PhaseModel::Balanced => Network::new(grid, order),
            PhaseModel::ThreePhase => {
                let zero = ZeroSequence::of(grid, order, &Places::default()).expect("checked with the feeder");
                Network::three_phase(grid, order, &zero)
            }
        }
    }

    /// Phases of a voltage: 1 if the grid is solved balanced, else 3.
    #[must_use]
    pub fn phases(&self) -> usize {
        match &self.0 {
            Method::Radial(_) | Method::Meshed(_) => 1,
            Method::ThreePhase(_) => 3,
        }
    }

    /// Widths of results.
    pub(super) fn widths(&self) -> Widths {
        let Shape { buses, branches, .. } = self.shape();
        Widths { phases: self.phases(), buses, branches }
    }

    /// Number of buses, supplied or not: the width of bus results.
    #[must_use]
    pub fn buses(&self) -> usize {
        self.shape().buses
    }

    /// Number of branches, lines then transformers: the width of branch results.
    #[must_use]
    pub fn branches(&self) -> usize {
        self.shape().branches
    }

    /// Number of injections: the width of the powers [`super::solve`] takes.
    #[must_use]
    pub fn injections(&self) -> usize {
        self.shape().injections
    }

    /// Short-circuit power at the bus of an injection, VA: voltage squared over the impedance of the way to the source. 1 MVA at
    /// the source itself and where nothing is supplied.
    #[must_use]
    pub fn short_circuit_va(&self, injection: usize) -> f64 {
        let path = match &self.0 {
            Method::Radial(tree) => tree.path_of(injection),
            Method::Meshed(mesh) => mesh.tree.path_of(injection),
            Method::ThreePhase(three_phase) => three_phase.paths[injection],
        };
        if path > 0.0 { 1.0 / path } else { 1e6 }
    }

    /// Number of supplied nodes: buses after closed switches have fused theirs.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.shape().nodes
    }

    fn shape(&self) -> Shape {
        let of = |tree: &Tree| Shape {
            buses: tree.buses.len(),
            branches: tree.branches.len(),
            injections: tree.injections,
            nodes: tree.nodes.len(),
        };
        match &self.0 {
            Method::Radial(tree) => of(tree),
            Method::Meshed(mesh) => of(&mesh.tree),
            Method::ThreePhase(three_phase) => Shape {
                buses: three_phase.buses.len(),
                branches: three_phase.branches.len(),
                injections: three_phase.injections,
                nodes: three_phase.supplied,
            },
        }
    }
}

/// Numbers of things.
struct Shape {
    buses: usize,
    branches: usize,
    injections: usize,
    nodes: usize,
}
