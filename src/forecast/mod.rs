//! Forecasts: of truth with an error ([`synthetic`]), or learned from what a participant has read.
//!
//! | file | what |
//! |---|---|
//! | [`synthetic`] | truth times an error process, for studies of forecast quality |
//! | [`history`] | what was read of a series, as local days in slots of the clock |
//! | [`profile`], [`smoothing`], [`regression`] | the learners; [`ridge`] is the arithmetic of the last |
//! | [`clear_sky`] | feed-in of PV from clear sky and a forecast cloud index |
//! | [`weather`] | forecasts of the weather, the same for everybody |
//! | [`quantile`], [`scores`] | what past errors say of the next, and how good a forecast was |
//!
//! A learner sees nothing but a [`History`]. The world's side keeps the histories and hands forecasts over as vintages.

pub mod clear_sky;
pub mod history;
mod learner;
pub mod profile;
pub mod quantile;
pub mod regression;
pub mod ridge;
pub mod scores;
pub mod smoothing;
pub mod synthetic;
pub mod weather;

pub use history::History;
pub use learner::{Learned, Learner};
pub use synthetic::{ErrorModel, QUARTER, Quantity, UnitError, factor};

use crate::time::SimDuration;

/// How old what persistence foresees is.
pub const PERSISTENCE: SimDuration = SimDuration::hours(48);

/// How forecasts are made.
#[derive(Debug, Clone, PartialEq)]
pub enum Model {
    /// Truth itself.
    Perfect,
    /// What was 48 h before, on the last whole day known when a day is planned.
    Persistence,
    /// Truth plus an error process.
    Synthetic(ErrorModel),
    /// Learned from what was read.
    Learned(Learned),
}
