//! The grid safety analysis: what the DSO expects, as injections and as a load flow over the ISPs of a day.
//!
//! Expected power of a connection is the DSO's own forecast, corrected where an aggregator published a prognosis: for each
//! (aggregator, congestion point) the sum over its connections `c` is moved to the prognosis by worst-case weights
//! `w_c ∝ |own forecast|`, narrowest congestion point first. Accepted orders a prognosis does not reflect yet are added the
//! same way. Reactive power is the DSO's own forecast.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::agent::{Area, Expectation};
use crate::ids::{ConnectionIdx, CpIdx, Domain};
use crate::powerflow::{Injections, Options, Outputs, Solution, solve};
use crate::time::Period;
use crate::units::Watts;

use super::analysis::{Analysis, Solver, Through, spread, weight};
use super::{Dso, DsoVintage, OrderRecord, Watched};

/// ISPs solved at once: their results stay in the cache, and little of a large feeder's day in memory.
const ROWS: usize = 16;

impl Dso {
    /// Analyses a day on the latest forecast; `None` before one has come.
    pub(super) fn analyse(&mut self, period: &Period, with_prognoses: bool) -> Option<Analysis> {
        self.analysis(period, with_prognoses, &mut |_, _| {})
    }

    /// The same with what aggregators say, and what it means for every element.
    pub(super) fn look(&mut self, period: &Period) -> Option<(Analysis, Expectation)> {
        let mut expected = Expectation::default();
        let analysis = self.analysis(period, true, &mut |s, row| expected.keep(s, row))?;
        Some((analysis, expected))
    }

    fn analysis(&mut self, period: &Period, with_prognoses: bool, see: &mut dyn FnMut(&Solution, usize)) -> Option<Analysis> {
        let vintage = Arc::clone(self.vintages.get(&period.date)?);
        let mut p_w = vintage.p_w.clone();
        if with_prognoses {
            self.correct(period, &vintage, &mut p_w);
        }
        let isps: Vec<usize> = (0..period.isps()).collect();
        let through = self.load_flow(&isps, &p_w, &vintage.q_var, see);
        Some(Analysis { period: *period, vintage, p_w, through })
    }

    /// Moves the forecast of represented connections to what their aggregators say, and adds orders not yet in it. At a point around
    /// others only the connections outside those move: what they come to stands already.
    fn correct(&self, period: &Period, vintage: &DsoVintage, p_w: &mut Area) {
        let Some(book) = self.books.get(&period.date) else { return };
        let mut keys: Vec<&(Domain, CpIdx)> = book.prognoses.keys().collect();
        keys.sort_by_key(|(agr, cp)| (self.watched(*cp).public.connections.len(), *cp, agr.clone()));
        for key in keys {
            let own = self.portfolio(key);
            let outside = self.outside(key);
            let moves = if outside.is_empty() { own } else { &outside };
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
            let trust = self.trust(key);
            for (i, expected) in expected.iter().enumerate() {
                let sum: f64 = own.iter().map(|c| p_w.at(*c, i)).sum();
                spread(vintage, moves, i, trust * (expected - sum), p_w);
            }
        }
    }

    /// Connections of an aggregator at a point that lie in none of the points within it.
    fn outside(&self, key: &(Domain, CpIdx)) -> Vec<ConnectionIdx> {
        let (agr, cp) = key;
        let within = self.profile.within.iter().filter(|(_, outer)| outer == cp);
        let inside: BTreeSet<ConnectionIdx> = within.flat_map(|(inner, _)| self.portfolio(&(agr.clone(), *inner))).copied().collect();
        self.portfolio(key).iter().copied().filter(|c| !inside.contains(c)).collect()
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

    /// The load flow of some ISPs: what flows through the monitored elements, `[watched][of isps]`. `see` is shown each of them, with
    /// its row. A step that does not converge is NaN in every result; `bounds` then asks for nothing there.
    pub(super) fn load_flow(
        &mut self,
        isps: &[usize],
        p_w: &Area,
        q_var: &Area,
        see: &mut dyn FnMut(&Solution, usize),
    ) -> Vec<Vec<Through>> {
        let outputs = Outputs { angle: false, unbalance: false, ..Outputs::ALL };
        let Solver { workspace, solution, p_w: p, q_var: q } = &mut self.solver;
        let watched = &self.profile.watched;
        let mut through = vec![Vec::with_capacity(isps.len()); watched.len()];
        for rows in isps.chunks(ROWS) {
            p.clear();
            q.clear();
            rows.iter().for_each(|i| p.extend_from_slice(p_w.isp(*i)));
            rows.iter().for_each(|i| q.extend_from_slice(q_var.isp(*i)));
            let _ = solve(&self.profile.network, Injections::by_step(p, q), Options::default(), outputs, workspace, solution);
            for row in 0..rows.len() {
                through.iter_mut().zip(watched).for_each(|(through, w)| through.push(Through::of(solution, w, row)));
                see(solution, row);
            }
        }
        through
    }
}
