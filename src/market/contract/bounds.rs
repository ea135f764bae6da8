//! What a request asks for on one ISP.

use crate::units::Watts;

/// A request's bounds on one ISP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// `MinPower`.
    pub min: Watts,
    /// `MaxPower`.
    pub max: Watts,
    /// Disposition `Requested`, else `Available`.
    pub requested: bool,
}

impl Bounds {
    /// The same room where nothing is asked for: zero lies in it.
    #[must_use]
    pub fn unasked(self) -> Bounds {
        Bounds { min: self.min.min(Watts::ZERO), max: self.max.max(Watts::ZERO), requested: false }
    }

    /// The bound nearer zero of a requested ISP, with sign: the shortage to be solved; zero elsewhere.
    #[must_use]
    pub fn near(&self) -> Watts {
        match (self.requested, self.min.0 > 0, self.max.0 < 0) {
            (true, true, _) => self.min,
            (true, _, true) => self.max,
            _ => Watts::ZERO,
        }
    }
}
