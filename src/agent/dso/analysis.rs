//! What the operator expects of a day, as a load flow over its ISPs, and what limits make of it.

use std::sync::Arc;

use crate::agent::DsoVintage;
use crate::ids::ConnectionIdx;
use crate::market::contract::Bounds;
use crate::powerflow::{Solution, Workspace};
use crate::time::Period;
use crate::units::Watts;

use super::profile::Watched;

/// Buffers of the DSO's load flows.
#[derive(Debug, Default)]
pub(super) struct Solver {
    pub(super) workspace: Workspace,
}

/// What the DSO expects of one day.
#[derive(Debug, Clone)]
pub(super) struct Analysis {
    pub period: Period,
    pub vintage: Arc<DsoVintage>,
    /// `[connection][isp]`, W.
    pub p_w: Vec<Vec<f64>>,
    pub solution: Arc<Solution>,
    pub(super) branches: usize,
}

/// Adds `delta_w` over `connections` in proportion to the magnitude of their own forecast.
pub(super) fn spread(vintage: &DsoVintage, connections: &[ConnectionIdx], isp: usize, delta_w: f64, p_w: &mut [Vec<f64>]) {
    let weight = |c: &ConnectionIdx| vintage.p_w[c.i()][isp].abs() + 1.0;
    let total: f64 = connections.iter().map(weight).sum();
    for c in connections {
        p_w[c.i()][isp] += delta_w * weight(c) / total;
    }
}

/// What flows through a congestion point's element in an ISP, towards the customers, at its upstream end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Through {
    /// Active power, W.
    pub p_w: f64,
    /// Reactive power, var.
    pub q_var: f64,
    /// Loading, fraction of the rating.
    pub loading: f64,
}

impl Through {
    /// Active power that a loading limit allows at this operating point, W: `L = √(S² − Q²)`, with `S` the apparent power at which
    /// the present voltage gives that loading.
    pub(super) fn allowed_w(self, w: &Watched, limit: f64) -> f64 {
        let Through { p_w, q_var, loading } = self;
        let s = if loading > 1e-3 { libm::sqrt(p_w * p_w + q_var * q_var) / loading * limit } else { w.rated_va * limit };
        libm::sqrt((s * s - q_var * q_var).max(0.0))
    }
}

impl Analysis {
    /// What flows through a congestion point's element in an ISP.
    pub(super) fn through(&self, w: &Watched, isp: usize) -> Through {
        let k = isp * self.branches + w.branch.i();
        let s = &self.solution;
        let (p_w, q_var) = if w.from_is_upstream { (s.p_from_w[k], s.q_from_var[k]) } else { (s.p_to_w[k], s.q_to_var[k]) };
        Through { p_w, q_var, loading: s.loading[k] }
    }

    /// The flexibility a limit asks for and leaves room for: `MinPower = −L − f`, `MaxPower = L − f`, with `f` the forecast net
    /// power; Requested where zero lies outside (Shapeshifter specification, "FlexRequest").
    pub(super) fn bounds(&self, w: &Watched, limit: f64) -> Vec<Bounds> {
        (0..self.period.isps())
            .map(|i| {
                let through = self.through(w, i);
                let (f, l) = (through.p_w, through.allowed_w(w, limit));
                let (min, max) = (libm::ceil(-l - f), libm::floor(l - f));
                // Nothing satisfies both limits, or the load flow has no solution here.
                if min > max || min.is_nan() || max.is_nan() {
                    return Bounds { min: Watts::ZERO, max: Watts::ZERO, requested: false };
                }
                Bounds { min: Watts(min as i64), max: Watts(max as i64), requested: min > 0.0 || max < 0.0 }
            })
            .collect()
    }
}
