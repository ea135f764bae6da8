//! The grid safety analysis: what the DSO expects, as injections and as a load flow over the ISPs of a day.
//!
//! Expected power of a connection is the DSO's own forecast, corrected where an aggregator published a prognosis: for each
//! (aggregator, congestion point) the sum over its connections `c` is moved to the prognosis by worst-case weights
//! `w_c ∝ |own forecast|`, widest congestion point first. Accepted orders a prognosis does not reflect yet are added the
//! same way. Reactive power is the DSO's own forecast.

use std::sync::Arc;

use crate::ids::{ConnectionIdx, CpIdx, Domain};
use crate::market::contract::Bounds;
use crate::powerflow::{Injections, Options, Outputs, Solution, Workspace, solve};
use crate::time::Period;
use crate::units::Watts;

use super::{Dso, DsoVintage, Watched};

/// Buffers of the DSO's load flows.
#[derive(Debug, Default)]
pub(super) struct Solver {
    workspace: Workspace,
}

/// What the DSO expects of one day.
#[derive(Debug, Clone)]
pub(super) struct Analysis {
    pub period: Period,
    pub vintage: Arc<DsoVintage>,
    /// `[connection][isp]`, W.
    pub p_w: Vec<Vec<f64>>,
    pub solution: Arc<Solution>,
    branches: usize,
}

impl Dso {
    /// Analyses a day on the latest forecast; `None` before one has come.
    pub(super) fn analyse(&mut self, period: &Period, with_prognoses: bool) -> Option<Analysis> {
        let vintage = Arc::clone(self.vintages.get(&period.date)?);
        let mut p_w = vintage.p_w.clone();
        if with_prognoses {
            self.correct(period, &vintage, &mut p_w);
        }
        Some(self.load_flow(period, vintage, p_w))
    }

    /// Moves the forecast of represented connections to what their aggregators say, and adds orders not yet in it.
    fn correct(&self, period: &Period, vintage: &DsoVintage, p_w: &mut [Vec<f64>]) {
        let Some(book) = self.books.get(&period.date) else { return };
        let mut keys: Vec<&(Domain, CpIdx)> = book.prognoses.keys().collect();
        keys.sort_by_key(|(agr, cp)| (std::cmp::Reverse(self.watched(*cp).public.connections.len()), *cp, agr.clone()));
        for key in keys {
            let own = self.portfolio(key);
            let prognosis = &book.prognoses[key];
            let reflected = self.reflects(key, period.date);
            let mut expected: Vec<f64> = prognosis.latest.iter().map(|w| w.as_f64()).collect();
            if !reflected {
                for order in self.orders_at(key, period.date) {
                    expected.iter_mut().zip(&order.power).for_each(|(e, f)| *e += f.as_f64());
                }
            }
            // No prognosis can reflect an order before it is answered.
            for order in self.pending_at(key, period.date) {
                expected.iter_mut().zip(&order.power).for_each(|(e, f)| *e += f.as_f64());
            }
            for (i, expected) in expected.iter().enumerate() {
                let sum: f64 = own.iter().map(|c| p_w[c.i()][i]).sum();
                spread(vintage, own, i, expected - sum, p_w);
            }
        }
    }

    pub(super) fn watched(&self, cp: CpIdx) -> &Watched {
        self.profile.watched.iter().find(|w| w.public.cp == cp).expect("congestion points are the DSO's own")
    }

    /// Connections of an aggregator at a congestion point, as the common reference said.
    pub(super) fn portfolio(&self, key: &(Domain, CpIdx)) -> &[ConnectionIdx] {
        self.portfolios.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn load_flow(&mut self, period: &Period, vintage: Arc<DsoVintage>, p_w: Vec<Vec<f64>>) -> Analysis {
        let (n, isps) = (p_w.len(), period.isps());
        let (mut p, mut q) = (vec![0.0; n * isps], vec![0.0; n * isps]);
        for c in 0..n {
            for i in 0..isps {
                p[i * n + c] = p_w[c][i];
                q[i * n + c] = vintage.q_var[c][i];
            }
        }
        let mut solution = Solution::default();
        // A step that does not converge is NaN in every result; `bounds` then asks for nothing there.
        let _ = solve(
            &self.profile.network,
            Injections::by_step(&p, &q),
            Options::default(),
            Outputs::ALL,
            &mut self.solver.workspace,
            &mut solution,
        );
        Analysis { period: *period, vintage, p_w, solution: Arc::new(solution), branches: self.profile.network.branches() }
    }
}

/// Adds `delta_w` over `connections` in proportion to the magnitude of their own forecast.
pub(super) fn spread(vintage: &DsoVintage, connections: &[ConnectionIdx], isp: usize, delta_w: f64, p_w: &mut [Vec<f64>]) {
    let weight = |c: &ConnectionIdx| vintage.p_w[c.i()][isp].abs() + 1.0;
    let total: f64 = connections.iter().map(weight).sum();
    for c in connections {
        p_w[c.i()][isp] += delta_w * weight(c) / total;
    }
}

impl Analysis {
    /// Power through a congestion point's element, towards the customers, at its upstream end: (P W, Q var, loading).
    pub(super) fn through(&self, w: &Watched, isp: usize) -> (f64, f64, f64) {
        let k = isp * self.branches + w.branch.i();
        let s = &self.solution;
        let (p, q) = if w.from_is_upstream { (s.p_from_w[k], s.q_from_var[k]) } else { (s.p_to_w[k], s.q_to_var[k]) };
        (p, q, s.loading[k])
    }

    /// Active power that a loading limit allows at the operating point of an ISP, W: `L = √(S² − Q²)`, with `S` the apparent
    /// power at which the present voltage gives that loading.
    pub(super) fn allowed_w(&self, w: &Watched, isp: usize, limit: f64) -> f64 {
        let (p, q, loading) = self.through(w, isp);
        let s = if loading > 1e-3 { libm::sqrt(p * p + q * q) / loading * limit } else { w.rated_va * limit };
        libm::sqrt((s * s - q * q).max(0.0))
    }

    /// The flexibility a limit asks for and leaves room for: `MinPower = −L − f`, `MaxPower = L − f`, with `f` the forecast net
    /// power; Requested where zero lies outside (Shapeshifter specification, "FlexRequest").
    pub(super) fn bounds(&self, w: &Watched, limit: f64) -> Vec<Bounds> {
        (0..self.period.isps())
            .map(|i| {
                let (f, _, _) = self.through(w, i);
                let l = self.allowed_w(w, i, limit);
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
