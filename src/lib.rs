//! copperplate: a discrete-event grid congestion simulator.
//!
//! A distribution feeder with AC load flow is the physical truth. A DSO, aggregators and the common reference know only what
//! messages and meters tell them and trade flexibility with UFTP 3.1 message objects. See `ARCHITECTURE.md` for the map.

pub mod chart;
pub mod diagnostic;
pub mod grid;
pub mod ids;
pub mod rng;
pub mod time;
pub mod units;
