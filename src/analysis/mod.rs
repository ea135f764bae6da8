//! What the cases of a sweep say together: statistics by strategy, which parameter matters, where two strategies cost the same.
//!
//! Everything reads [`Results`](crate::sweep::Results) and nothing else; failed cases and figures that are NaN are left out and
//! counted. Tables and pictures are computed from the rows in their order, so equal results give equal bytes.

mod break_even;
pub mod columns;
mod groups;
mod pictures;
mod sobol;
mod statistics;
mod swing;
mod write;

pub use break_even::{BreakEven, break_evens};
pub use groups::{Group, by_set, by_strategy};
pub use sobol::{Index, indices};
pub use statistics::{Statistics, t_975};
pub use swing::{Swing, swings};
pub use write::{FOLDER, write};
