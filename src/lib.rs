//! copperplate: a discrete-event grid congestion simulator.
//!
//! A distribution feeder with AC load flow is the physical truth. A DSO, aggregators and the common reference know only what
//! messages and meters tell them and trade flexibility with UFTP 3.1 message objects. See `ARCHITECTURE.md` for the map.

pub mod ageing;
pub mod agent;
pub mod analysis;
pub mod asset;
pub mod chart;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod forecast;
pub mod grid;
pub mod ids;
pub mod import;
pub mod kpi;
pub mod live;
pub mod market;
pub mod output;
pub mod powerflow;
pub mod price;
pub mod profile;
pub mod report;
pub mod results;
pub mod rng;
pub mod scenario;
pub mod sim;
pub mod sweep;
pub mod table;
pub mod time;
pub mod uftp;
pub mod units;
pub mod weather;
