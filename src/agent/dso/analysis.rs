//! What the operator expects of a day, as a load flow over its ISPs, and what limits make of it.

use std::sync::Arc;

use crate::agent::{Area, DsoVintage};
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
    pub(super) solution: Solution,
    /// Powers of the ISPs solved at once, connection by connection.
    pub(super) p_w: Vec<f64>,
    pub(super) q_var: Vec<f64>,
}

/// What the DSO expects of one day.
#[derive(Debug, Clone)]
pub(super) struct Analysis {
    pub period: Period,
    pub vintage: Arc<DsoVintage>,
    /// Net active power, W.
    pub p_w: Area,
    /// `[watched][isp]` what flows through the monitored elements.
    pub through: Vec<Vec<Through>>,
}

/// Adds `delta_w` over `connections` in proportion to the magnitude of their own forecast.
pub(super) fn spread(vintage: &DsoVintage, connections: &[ConnectionIdx], isp: usize, delta_w: f64, p_w: &mut Area) {
    let (forecast, p_w) = (vintage.p_w.isp(isp), p_w.isp_mut(isp));
    let total = weight(forecast, connections);
    for c in connections {
        p_w[c.i()] += delta_w * weight(forecast, &[*c]) / total;
    }
}

/// Weight of connections when power of unknown place is spread over them: the magnitude of their own forecast.
pub(super) fn weight(forecast_w: &[f64], connections: &[ConnectionIdx]) -> f64 {
    connections.iter().map(|c| forecast_w[c.i()].abs() + 1.0).sum()
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
    /// What a load flow says of an ISP.
    pub(super) fn of(s: &Solution, w: &Watched, isp: usize) -> Through {
        let k = s.branch_row(isp).start + w.branch.i();
        let (p_w, q_var) = if w.from_is_upstream { (s.p_from_w[k], s.q_from_var[k]) } else { (s.p_to_w[k], s.q_to_var[k]) };
        Through { p_w, q_var, loading: s.loading[k] }
    }

    /// Active power that a loading limit allows at this operating point, W: `L = √(S² − Q²)`, with `S` the apparent power at which
    /// the present voltage gives that loading.
    pub(super) fn allowed_w(self, w: &Watched, limit: f64) -> f64 {
        let Through { p_w, q_var, loading } = self;
        let s = if loading > 1e-3 { libm::sqrt(p_w * p_w + q_var * q_var) / loading * limit } else { w.rated_va * limit };
        libm::sqrt((s * s - q_var * q_var).max(0.0))
    }

    /// The flexibility a limit asks for and leaves room for: `MinPower = −L − f`, `MaxPower = L − f`, with `f` the forecast net
    /// power; Requested where zero lies outside (Shapeshifter specification, "FlexRequest"). `range_w` is how far below and above `f`
    /// power has to be reckoned with.
    pub(super) fn bounds(self, w: &Watched, limit: f64, (below_w, above_w): (f64, f64)) -> Bounds {
        let (f, l) = (self.p_w, self.allowed_w(w, limit));
        let (min, max) = (libm::ceil(-l - (f + below_w)), libm::floor(l - (f + above_w)));
        // Nothing satisfies both limits, or the load flow has no solution here.
        if min > max || min.is_nan() || max.is_nan() {
            return Bounds { min: Watts::ZERO, max: Watts::ZERO, requested: false };
        }
        Bounds { min: Watts(min as i64), max: Watts(max as i64), requested: min > 0.0 || max < 0.0 }
    }
}

impl Analysis {
    /// What a limit asks for and leaves room for, ISP by ISP.
    pub(super) fn bounds(&self, w: &Watched, limit: f64) -> Vec<Bounds> {
        self.through[w.public.cp.i()].iter().map(|through| through.bounds(w, limit, (0.0, 0.0))).collect()
    }

    /// What the planning limit asks for, with the range of the forecast.
    pub(super) fn sized(&self, w: &Watched) -> Vec<Bounds> {
        let bounds = |(i, through): (usize, &Through)| through.bounds(w, w.planning, self.range_w(w, i));
        self.through[w.public.cp.i()].iter().enumerate().map(bounds).collect()
    }

    /// How far below and above the forecast power at a congestion point has to be reckoned with, W.
    pub(super) fn range_w(&self, w: &Watched, isp: usize) -> (f64, f64) {
        self.vintage.range_w.as_ref().map_or((0.0, 0.0), |range| range[w.public.cp.i()][isp])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::PublicCp;
    use crate::ids::{BranchIdx, CpIdx, EntityAddress};

    /// An element of 100 kVA.
    fn watched() -> Watched {
        let address = EntityAddress::new("ea1.2024-01.com.example.dso:t".to_owned());
        Watched {
            public: PublicCp { cp: CpIdx::new(0), address, mutex_offers: true, connections: Vec::new() },
            branch: BranchIdx::new(0),
            from_is_upstream: true,
            rated_va: 100e3,
            planning: 1.0,
            rating: 1.0,
            emergency: 1.3,
        }
    }

    fn through(p_w: f64, q_var: f64) -> Through {
        Through { p_w, q_var, loading: libm::sqrt(p_w * p_w + q_var * q_var) / 100e3 }
    }

    #[test]
    fn a_request_asks_for_what_is_above_the_limit() {
        let b = through(120_000.4, 0.0).bounds(&watched(), 1.0, (0.0, 0.0));
        assert_eq!((b.min, b.max, b.requested), (Watts(-220_000), Watts(-20_001), true));
        let b = through(60e3, 80e3).bounds(&watched(), 1.0, (0.0, 0.0));
        assert_eq!((b.min, b.max, b.requested), (Watts(-120_000), Watts(0), false), "at the limit nothing is asked for");
    }

    #[test]
    fn where_reactive_power_alone_exceeds_the_limit_no_active_power_is_asked_for() {
        let b = through(10_000.5, 120e3).bounds(&watched(), 1.0, (0.0, 0.0));
        assert_eq!((b.min, b.max, b.requested), (Watts::ZERO, Watts::ZERO, false));
    }
}
