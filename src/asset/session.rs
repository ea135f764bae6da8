//! Stays at a charger.

use crate::time::SimTime;

/// One stay at the charger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Session {
    /// Plugged in.
    pub arrival: SimTime,
    /// Unplugged.
    pub departure: SimTime,
    /// Energy wanted until departure, Wh at the charger's grid side.
    pub energy_wh: f64,
}
