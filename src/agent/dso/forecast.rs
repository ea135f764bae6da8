//! The grid safety analysis: what the DSO expects, as injections and as a load flow over the ISPs of a day.
//!
//! Expected power of a connection is the DSO's own forecast, corrected where an aggregator published a prognosis: for each
//! (aggregator, congestion point) the sum over its connections `c` is moved to the prognosis by worst-case weights
//! `w_c ∝ |own forecast|`, widest congestion point first. Accepted orders a prognosis does not reflect yet are added the
//! same way. Reactive power is the DSO's own forecast.

use std::sync::Arc;

use crate::agent::Area;
use crate::ids::{ConnectionIdx, CpIdx, Domain};
use crate::powerflow::{Injections, Options, Outputs, Solution, solve};
use crate::time::Period;
use crate::units::Watts;

use super::analysis::{Analysis, Solver, Through, spread, weight};
use super::{Dso, DsoVintage, OrderRecord, Watched};

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
    fn correct(&self, period: &Period, vintage: &DsoVintage, p_w: &mut Area) {
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
            self.add_orders_around(key, vintage, &mut expected);
            for (i, expected) in expected.iter().enumerate() {
                let sum: f64 = own.iter().map(|c| p_w.at(*c, i)).sum();
                spread(vintage, own, i, expected - sum, p_w);
            }
        }
    }

    /// Adds what orders at wider congestion points move here, by the same worst-case weights: nobody but the aggregator knows.
    fn add_orders_around(&self, key: &(Domain, CpIdx), vintage: &DsoVintage, expected: &mut [f64]) {
        let (agr, cp) = key;
        let around = |o: &OrderRecord| self.within(*cp, o.cp) && !self.within(o.cp, *cp);
        let concerns = |o: &&OrderRecord| o.agr == *agr && o.period.date == vintage.period.date && o.stacks() && around(o);
        for order in self.orders.iter().chain(self.pending.values()).filter(concerns) {
            let wide = self.portfolio(&(agr.clone(), order.cp));
            for (i, (e, f)) in expected.iter_mut().zip(&order.power).enumerate().filter(|(_, (_, f))| **f != Watts::ZERO) {
                let forecast_w = vintage.p_w.isp(i);
                *e += f.as_f64() * weight(forecast_w, self.portfolio(key)) / weight(forecast_w, wide);
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

    /// The load flow of every ISP.
    pub(super) fn load_flow(&mut self, period: &Period, vintage: Arc<DsoVintage>, p_w: Area) -> Analysis {
        let Solver { workspace, solution } = &mut self.solver;
        let outputs = Outputs { angle: false, unbalance: false, ..Outputs::ALL };
        // A step that does not converge is NaN in every result; `bounds` then asks for nothing there.
        let injections = Injections::by_step(p_w.values(), vintage.q_var.values());
        let _ = solve(&self.profile.network, injections, Options::default(), outputs, workspace, solution);
        let through = |w: &Watched| (0..period.isps()).map(|i| Through::of(solution, w, i)).collect();
        Analysis { period: *period, through: self.profile.watched.iter().map(through).collect(), vintage, p_w }
    }

    /// The load flow that was made last, to be kept by somebody else.
    pub(super) fn take_solution(&mut self) -> Arc<Solution> {
        Arc::new(std::mem::take(&mut self.solver.solution))
    }
}
