//! Which offers to buy: least cost subject to the congestion point's limits after flexibility, rebound included.

pub mod greedy;

use crate::units::{ActivationFactor, Money, Watts};

use super::contract::Bounds;

/// The limits of one congestion point in watts of flexibility, one per ISP of the Period.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// Bounds as requested; indexed by ISP offset.
    pub bounds: Vec<Bounds>,
    /// Value of a relieved MWh: the price ceiling, €/MWh.
    pub ceiling_eur_per_mwh: f64,
    /// Length of an ISP in hours.
    pub isp_h: f64,
}

/// One option of one offer; options of the same `offer` exclude each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Which offer it belongs to.
    pub offer: usize,
    /// Which option of that offer.
    pub option: usize,
    /// Flexibility by ISP offset; ISPs not listed are zero.
    pub power: Vec<(usize, Watts)>,
    /// Asking price for full activation.
    pub price: Money,
    /// Least share that may be activated.
    pub min_factor: ActivationFactor,
}

/// A purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Row among the candidates.
    pub candidate: usize,
    /// Activated share.
    pub factor: ActivationFactor,
}
