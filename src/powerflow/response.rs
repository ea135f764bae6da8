//! Loads that answer voltage, and the reactive power of inverters.
//!
//! With `U = k·√u` in pu of the bus's rating, a response adds to the given power `P`, `Q` of its injection
//!
//! ```text
//! ΔP = P·(z_p·(U² − 1) + i_p·(U − 1))        ΔQ = Q·(z_q·(U² − 1) + i_q·(U − 1)) + Σ_k m_k·clamp(U − U_k, 0, w_k)
//! ```
//!
//! where the sum is a characteristic Q(U) of straight lines, which begins with its level at the first point. For the stopping
//! rule, `|dΔS/du| ≤ k²·|z·S| + (|i·S| + max|m|)·k/(2·√u)`.

use super::lanes::Lanes;
use crate::grid::{Control, Mix, Response};

/// A response at a node of a network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NodeResponse {
    /// Row of the injection.
    pub(super) row: u32,
    pub(super) node: u32,
    /// pu of the bus's rating per unit of `|v|`.
    per_unit: f64,
    active: Mix,
    reactive: Mix,
    control: Option<Control>,
    /// Reactive power below the first point of Q(U), then (`U_k`, `w_k`, `m_k`) of each piece.
    level: f64,
    pieces: Vec<(f64, f64, f64)>,
    /// Magnitude of the impedance of the path to the node, 1/VA.
    pub(super) path: f64,
}

impl NodeResponse {
    /// `response` at `node`.
    pub(super) fn new(response: &Response, node: u32, per_unit: f64) -> NodeResponse {
        let points: &[(f64, f64)] = match &response.control {
            Some(Control::Voltage(points)) => points,
            _ => &[],
        };
        let piece = |pair: &[(f64, f64)]| {
            let width = pair[1].0 - pair[0].0;
            (pair[0].0, width, (pair[1].1 - pair[0].1) / width)
        };
        NodeResponse {
            row: response.connection.i() as u32,
            node,
            per_unit,
            active: response.active,
            reactive: response.reactive,
            control: response.control.clone(),
            level: points.first().map_or(0.0, |point| point.1),
            pieces: points.windows(2).map(piece).collect(),
            path: 0.0,
        }
    }

    /// Powers as given, with the reactive power a characteristic over feed-in asks for.
    #[inline(always)]
    pub(super) fn given<const W: usize>(&self, (p, mut q): (Lanes<W>, Lanes<W>)) -> [Lanes<W>; 2] {
        if let Some(control) = &self.control {
            for l in 0..W {
                q.0[l] = control.reactive_var(p.0[l], q.0[l]);
            }
        }
        [p, q]
    }

    /// What the power is more than `given` at voltage `√u` of the source's.
    #[inline(always)]
    pub(super) fn extra<const W: usize>(&self, [p, q]: &[Lanes<W>; 2], u: Lanes<W>) -> [Lanes<W>; 2] {
        let v = self.per_unit * u.sqrt();
        let (square, linear) = (v * v - Lanes::ONE, v - Lanes::ONE);
        let answer = |mix: Mix| mix.impedance * square + mix.current * linear;
        let mut curve = Lanes::all(self.level);
        for &(from, width, slope) in &self.pieces {
            let within = (v - Lanes::all(from)).max(Lanes::ZERO).min(Lanes::all(width));
            curve += slope * within;
        }
        [*p * answer(self.active), *q * answer(self.reactive) + curve]
    }

    /// `2·max|dΔS/du|` at `√u ≥ 1`, to be divided by the lowest `√u` below that.
    #[inline(always)]
    pub(super) fn steepness<const W: usize>(&self, [p, q]: &[Lanes<W>; 2]) -> Lanes<W> {
        let slope = |mix: Mix| self.per_unit * (self.per_unit * mix.impedance.abs() + 0.5 * mix.current.abs());
        let steepest = self.pieces.iter().fold(0.0, |most: f64, piece| most.max(piece.2.abs()));
        2.0 * (slope(self.active) * p.abs() + slope(self.reactive) * q.abs() + Lanes::all(0.5 * self.per_unit * steepest))
    }
}
