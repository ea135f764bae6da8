//! The feeder as a graph: buses, lines, two-winding transformers, switches, sources and connections, with their limits.
//!
//! SI units throughout. What the model means is said in `docs/model/grid.md`.

pub mod check;
pub mod model;
pub mod response;
pub mod rules;
pub mod spanning;
pub mod topology;
mod unlikely_unit;
pub mod zero_sequence;

pub use model::*;
pub use response::{Control, Mix, Response};
pub use spanning::{Link, SpanningOrder};
pub use topology::RadialOrder;
pub use unlikely_unit::unlikely_loss;
pub use zero_sequence::ZeroSequence;
