//! The grid as flat arrays for three phases, in a frame without rated voltages.
//!
//! As in `tree.rs`, with `c = |C|` the product of the turns ratios on the way from the source, but phases keep
//! their own angles: those a transformer turns by stay in its element.
//!
//! ```text
//! U_f = v_f · u0/√3 / c                                     line-to-neutral volts of phase f = a, b, c
//! √3·I_f = j_f · c / u0                                     amperes; 3·U_f·conj(I_f) = v_f·conj(j_f)
//! v_child = M·v_parent − z·j_child,   j_parent ∋ Mᵀ·j_child     M of a transformer; a line has M = I
//! source    v = e^{jδ}·(1, a², a)
//! ```
//!
//! So a connection on one phase draws `3·(P + jQ)` there, one on all three `P + jQ` on each, and balanced power gives the same
//! `v` and `j` on each phase as the balanced load flow.
//!
//! A transformer that keeps the zero sequence from passing has `m0 = 0` and `z0` to earth behind its lv star point; its shunt
//! has no zero sequence, for `z0` is all there is. One that passes it has `m0 = ±1`, `z0` between its sides, and the shunt for
//! all sequences.

use super::super::response::NodeResponse;
use super::super::tree::{Complex, DEAD};
use super::sequence::{Coupled, Turn};
use crate::ids::BusIdx;

/// A kept node: the element from its kept parent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    pub(super) parent: u32,
    /// Whether `turns` says what its element does to voltages.
    pub(super) turned: bool,
    /// Whether `loads` says what is drawn here.
    pub(super) drawn: bool,
    /// Children, a run of node numbers.
    pub(super) children: (u32, u32),
    /// 1/VA; 0 for a root.
    pub(super) z: Coupled,
    /// Magnitudes of its diagonal and of its other entries.
    pub(super) reach: [f64; 2],
    pub(super) turn: Turn,
    /// Voltages if nothing flows, and their angles, rad.
    pub(super) at_rest: [Complex; 3],
    pub(super) angle_at_rest: [f64; 3],
}

/// Something drawn at a node: the points of its phases, and its shunt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Load {
    pub(super) node: u32,
    /// Point of each phase, or `DEAD`.
    pub(super) points: [u32; 3],
    /// All halves of shunts that meet here, VA; all three phases are points where it is not 0.
    pub(super) y: Coupled,
    pub(super) shunt: bool,
}

/// A phase of a node whose current depends on its voltage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) node: u32,
    pub(super) phase: u8,
}

/// What a supplied injection of constant power adds to a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Draw {
    /// Row of the injection.
    pub(super) row: u32,
    pub(super) point: u32,
    /// 3 for one phase, 1 for three.
    pub(super) factor: f64,
}

/// An injection that answers the voltage of each of its phases.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) response: NodeResponse,
    pub(super) points: Vec<u32>,
    /// As that of a [`Draw`].
    pub(super) factor: f64,
}

/// Where the voltage of a bus is found: `rest·j` above that of a kept node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::powerflow) struct BusView {
    /// Kept node, or `DEAD`.
    pub(super) node: u32,
    pub(super) rest: Coupled,
    /// pu of the bus's rating per unit of `|v|`.
    pub(super) per_unit: f64,
}

/// A branch within the chain above a kept node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::powerflow) struct Branch {
    /// Kept node whose element it is part of, or `DEAD`.
    pub(super) node: u32,
    /// Whether current can flow in it: not towards a part where nothing is drawn.
    pub(super) carries: bool,
    /// Whether from/hv is at the parent.
    pub(super) forward: bool,
    /// Whether it is a transformer, whose parent end sees `Mᵀ·j`.
    pub(super) turned: bool,
    /// Views of its parent and child ends.
    pub(super) above: (u32, Coupled),
    pub(super) below: (u32, Coupled),
    /// Share of the element's series current.
    pub(super) share: Coupled,
    /// Half of its shunt, VA.
    pub(super) half_y: Coupled,
    /// One over the rated currents at from/hv and to/lv, 1/A.
    pub(super) per_rated: (f64, f64),
    /// A per unit of `|j|` at from/hv and to/lv.
    pub(super) amperes: (f64, f64),
}

impl Branch {
    pub(super) const UNSUPPLIED: Branch = Branch {
        node: DEAD,
        carries: false,
        forward: true,
        turned: false,
        above: (DEAD, Coupled::ZERO),
        below: (DEAD, Coupled::ZERO),
        share: Coupled::ZERO,
        half_y: Coupled::ZERO,
        per_rated: (0.0, 0.0),
        amperes: (0.0, 0.0),
    };
}

/// A radial grid made ready to solve phase by phase; immutable. Injections, buses and branches keep the rows of the grid.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::powerflow) struct ThreePhase {
    /// Number of roots, which are the first nodes.
    pub(super) roots: usize,
    /// Kept nodes, parents before children, children of a node side by side.
    pub(super) nodes: Vec<Node>,
    pub(super) loads: Vec<Load>,
    pub(super) points: Vec<Point>,
    pub(super) draws: Vec<Draw>,
    /// Injections whose power is not constant, in table order.
    pub(super) answers: Vec<Answer>,
    /// Contraction by shunts, see `sweep.rs`.
    pub(super) shunt_gain: f64,
    pub(in crate::powerflow) branches: Vec<Branch>,
    pub(in crate::powerflow) buses: Vec<BusView>,
    pub(in crate::powerflow) injections: usize,
    /// Voltage change a VA of each injection makes at its bus at most, 1/VA; 0 if it is not supplied.
    pub(in crate::powerflow) paths: Vec<f64>,
    /// Supplied nodes before chains were merged.
    pub(in crate::powerflow) supplied: usize,
    /// A bus of each kept node, to name it.
    pub(super) bus_of_node: Vec<BusIdx>,
}
