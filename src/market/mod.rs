//! The market's arithmetic as pure functions on values: contracts, selection of offers, settlement, the ledger.
//!
//! Nothing here knows time of day, messages or agents; the agents call it with what they know.

pub mod baseline;
pub mod contract;
mod direction;
pub mod ledger;
pub mod select;
pub mod settlement;

pub use direction::Direction;
