//! Overload and loading of each congestion point, and totals over the points.
//!
//! With loading `l`, the limit `r` that overload counts above, rated apparent power `S` and steps of length `Δt`:
//!
//! ```text
//! E = Σ max(0, l − r) · S · Δt                            overload energy
//! E₀   without flexibility: l and S of today's grid, whatever the strategy
//! E₁   without flexibility on the strategy's own grid
//! E₂   after orders, E₃ realised: l and S of the strategy's own grid
//! E₀ − E₁ replacement,   E₁ − E₂ orders,   E₂ − E₃ orange,   E₀ − E₃ avoided
//! ```
//!
//! `E₁` is `E₀` where nothing is replaced, and `E₂` where nothing is traded; else today's current held against the new rating
//! stands for it.

use crate::grid::Grid;
use crate::ids::CpIdx;
use crate::scenario::study::{CongestionPoint, Strategy, Study};
use crate::sim::{CaseResult, Variant};

use super::{Kpis, Value, percentile};

/// Time and energy above the rating.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Overload {
    h: f64,
    mwh: f64,
}

impl std::iter::Sum for Overload {
    fn sum<I: Iterator<Item = Overload>>(all: I) -> Overload {
        all.fold(Overload::default(), |a, b| Overload { h: a.h + b.h, mwh: a.mwh + b.mwh })
    }
}

/// A congestion point, or all of them together.
struct Congestion {
    /// `E₀`.
    without: Overload,
    /// `E₁`.
    own_grid: Overload,
    /// `E₂`.
    after_orders: Overload,
    /// `E₃`.
    realised: Overload,
    /// Largest loading without flexibility and realised, fractions.
    largest: [f64; 2],
    /// 95th and 99th percentile of the loading realised, fractions; none without a solution.
    percentiles: [Option<f64>; 2],
}

/// Sets the figures of every congestion point and the totals; returns the avoided overload energy, MWh.
pub(super) fn compute(k: &mut Kpis, study: &Study, strategy: &Strategy, own: &Grid, case: &CaseResult) -> f64 {
    let points: Vec<Congestion> = study.congestion_points.iter().map(|cp| Congestion::of(study, strategy, own, case, cp)).collect();
    for (cp, point) in points.iter().enumerate() {
        point.tell(|key, value| k.set_at(CpIdx::new(cp), key, value));
    }
    let total = Congestion::total(&points);
    total.tell(|key, value| k.set(key, value));
    k.number("not_converged_steps", case.recording.of(Variant::Actual).not_converged as f64);
    total.without.mwh - total.realised.mwh
}

impl Congestion {
    fn of(study: &Study, strategy: &Strategy, own: &Grid, case: &CaseResult, cp: &CongestionPoint) -> Congestion {
        let loadings = |v: Variant| case.recording.of(v).loading.of(cp.branch.i()).map(f64::from).filter(|l| l.is_finite());
        let h = study.step.as_hours();
        let overload = |loading: &mut dyn Iterator<Item = f64>, rated_va: f64| {
            let above = loading.map(|l| (l - cp.limits.rating).max(0.0)).filter(|x| *x > 0.0);
            above.map(|x| Overload { h, mwh: x * rated_va * h * 1e-6 }).sum::<Overload>()
        };
        let (today_va, own_va) = (rated_va(&study.grid, cp), rated_va(own, cp));
        let without = overload(&mut loadings(Variant::Free), today_va);
        let after_orders = overload(&mut loadings(Variant::Orders), own_va);
        let own_grid = match (strategy.reinforcement.is_some(), strategy.trades) {
            (false, _) => without,
            (true, false) => after_orders,
            (true, true) => overload(&mut loadings(Variant::Free).map(|l| l * today_va / own_va), own_va),
        };
        let mut sorted: Vec<f64> = loadings(Variant::Actual).collect();
        sorted.sort_by(f64::total_cmp);
        Congestion {
            without,
            own_grid,
            after_orders,
            realised: overload(&mut loadings(Variant::Actual), own_va),
            largest: [Variant::Free, Variant::Actual].map(|v| loadings(v).fold(0.0, f64::max)),
            percentiles: [percentile(&sorted, 95), percentile(&sorted, 99)],
        }
    }

    /// Overload summed over the points, loading as the largest of them.
    fn total(points: &[Congestion]) -> Congestion {
        let sum = |of: fn(&Congestion) -> Overload| points.iter().map(of).sum();
        Congestion {
            without: sum(|p| p.without),
            own_grid: sum(|p| p.own_grid),
            after_orders: sum(|p| p.after_orders),
            realised: sum(|p| p.realised),
            largest: [0, 1].map(|i| points.iter().map(|p| p.largest[i]).fold(0.0, f64::max)),
            percentiles: [0, 1].map(|i| points.iter().filter_map(|p| p.percentiles[i]).reduce(f64::max)),
        }
    }

    fn tell(&self, mut set: impl FnMut(&'static str, Value)) {
        let percent = |loading: Option<f64>| loading.map_or(Value::NotApplicable, |l| Value::Number(100.0 * l));
        let share = |from: Overload, to: Overload| Value::ratio(100.0 * (from.mwh - to.mwh), self.without.mwh);
        set("overload_ex_ante_h", Value::Number(self.without.h));
        set("overload_after_orders_h", Value::Number(self.after_orders.h));
        set("overload_realised_h", Value::Number(self.realised.h));
        set("overload_ex_ante_mwh", Value::Number(self.without.mwh));
        set("overload_after_orders_mwh", Value::Number(self.after_orders.mwh));
        set("overload_realised_mwh", Value::Number(self.realised.mwh));
        set("overload_avoided_mwh", Value::Number(self.without.mwh - self.realised.mwh));
        set("relieved_by_replacement_percent", share(self.without, self.own_grid));
        set("relieved_by_orders_percent", share(self.own_grid, self.after_orders));
        set("relieved_by_orange_percent", share(self.after_orders, self.realised));
        set("max_loading_ex_ante_percent", percent(Some(self.largest[0])));
        set("max_loading_realised_percent", percent(Some(self.largest[1])));
        set("p95_loading_realised_percent", percent(self.percentiles[0]));
        set("p99_loading_realised_percent", percent(self.percentiles[1]));
    }
}

/// Apparent power at loading 1 and rated voltage, VA.
/// Rated apparent power of a congestion point on a grid, VA.
pub(crate) fn rated_va(grid: &Grid, cp: &CongestionPoint) -> f64 {
    match cp.branch.i().checked_sub(grid.lines.len()) {
        Some(t) => grid.transformers[t].rated_power_va,
        None => {
            let line = &grid.lines[cp.branch.i()];
            libm::sqrt(3.0) * grid.buses[line.from.i()].u_rated_v * line.rated_current_a
        }
    }
}
