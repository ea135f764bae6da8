//! AC load flow of radial and weakly meshed grids, or of radial grids phase by phase, one step or a year of steps at a time.
//!
//! ```text
//! Grid ──check──> RadialOrder or SpanningOrder ──> Network ──┐     (three phases: RadialOrder and ZeroSequence)
//!                               p_w, q_var [step][injection] ──> solve ──> Solution [step][bus | branch], a Status a step
//! ```
//!
//! A [`Network`] is made once and never changes; a [`Workspace`] and a [`Solution`] are reused, so that solving allocates
//! nothing after the first call. The methods are derived at the heads of `sweep.rs` (trees) and `meshed.rs` (closed loops,
//! several sources), and in `docs/algorithms`. Steps do not see each other: a batch gives the bits of a loop over its steps, on
//! one thread or many ([`solve_parallel`]), and a step without an operating point is marked and leaves the others alone.

mod batch;
mod ends;
mod injections;
mod kernel;
mod lanes;
mod meshed;
mod network;
mod phasor;
#[cfg(target_arch = "x86_64")]
mod processor;
mod radial;
mod response;
mod sensitivity;
mod solution;
mod sweep;
mod tap;
mod three_phase;
mod tree;
mod write;

pub use batch::{Workspace, solve, solve_parallel};
pub use injections::Injections;
pub use lanes::LANES;
pub use network::{Network, PhaseModel};
pub use sensitivity::{Sensitivities, sensitivities};
pub use solution::{Options, Outputs, Solution, Status, Summary};
pub use tap::Tapped;
