//! Which way a congestion point is overloaded, and the sign of what relieves it.

use serde::{Deserialize, Serialize};

use crate::units::Watts;

/// Which way a congestion point is overloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Too much consumption: relief is negative flexibility.
    Consumption,
    /// Too much feed-in: relief is positive flexibility.
    FeedIn,
}

impl Direction {
    /// Sign of the flexibility that relieves: −1 for consumption, +1 for feed-in.
    #[must_use]
    pub fn relief_sign(self) -> f64 {
        match self {
            Direction::Consumption => -1.0,
            Direction::FeedIn => 1.0,
        }
    }

    /// The congestion that flexibility of this sign relieves; `None` for zero.
    #[must_use]
    pub fn relieved_by(power: Watts) -> Option<Direction> {
        match power.0.signum() {
            -1 => Some(Direction::Consumption),
            1 => Some(Direction::FeedIn),
            _ => None,
        }
    }
}
