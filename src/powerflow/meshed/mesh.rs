//! A grid with loops as flat arrays; `build.rs` makes them, and the symbols are those of the head of `meshed.rs`.

use crate::ids::BranchIdx;
use crate::powerflow::tree::{Complex, Tree};

/// A link in the frames of its ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    /// Ends, as joints.
    pub(super) a: u32,
    pub(super) b: u32,
    /// Last joint the ways from the root to both ends share; a root if they are in different trees.
    pub(super) fork: u32,
    pub(super) m: Complex,
}

/// A root above a link, an end of a link, or a node where the ways to such ends part. The nodes from a joint's parent, which is left
/// out, to the joint are its *stretch*: all of them carry the same currents of links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Joint {
    pub(super) node: u32,
    /// The joint above; a root is its own.
    pub(super) parent: u32,
}

/// A branch of a link, as its results need it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LinkBranch {
    pub(super) branch: BranchIdx,
    pub(super) link: u32,
    /// Whether its from/hv end is the link's `a`.
    pub(super) forward: bool,
    /// Share of the link's series current.
    pub(super) share: Complex,
    /// Half of its shunt at `a` and at `b`, VA.
    pub(super) half_y: [Complex; 2],
    /// One over the rated currents at `a` and `b`, 1/A.
    pub(super) per_rated: [f64; 2],
    /// A per unit of `|j|` at `a` and `b`.
    pub(super) amperes: [f64; 2],
}

/// A grid with loops or several sources in an island, made ready to solve; immutable.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::powerflow) struct Mesh {
    /// The forest, with the links' shunts at its nodes.
    pub(in crate::powerflow) tree: Tree,
    /// Parents before children; roots first.
    pub(super) joints: Vec<Joint>,
    /// Number of roots among the joints.
    pub(super) joint_roots: usize,
    /// The joint on whose stretch each node lies, or `DEAD`.
    pub(super) stretch: Vec<u32>,
    pub(super) links: Vec<Link>,
    /// `|m|` and `|1 − m|` of each link.
    pub(super) magnitudes: Vec<[f64; 2]>,
    /// `|z|` of each node's element.
    pub(super) lengths: Vec<f64>,
    /// `B`, row by row.
    pub(super) inverse: Vec<Complex>,
    pub(super) link_branches: Vec<LinkBranch>,
    /// `v` of each node while nothing is consumed and shunts are left out.
    pub(super) start: Vec<Complex>,
    /// `ρ` of the stopping rule.
    pub(super) spread: f64,
    /// `Y` of the stopping rule.
    pub(super) shunt_gain: f64,
}
