//! The market's arithmetic as pure functions on values: contracts, selection of offers, settlement, the ledger.
//!
//! Nothing here knows time of day, messages or agents; the agents call it with what they know.

pub mod baseline;
pub mod contract;
pub mod device_cap;
mod direction;
pub mod intraday;
pub mod ledger;
pub mod obligation;
pub mod passive;
pub mod performance;
pub mod redispatch;
pub mod reserved_hours;
pub mod select;
pub mod settlement;
pub mod sharing;

pub use direction::Direction;
