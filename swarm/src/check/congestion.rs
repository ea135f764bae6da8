//! Congestion figures of each point, and of all together, are what the currents through their branches say.
//!
//! With currents `I` at both ends of a branch, reckoned from power and voltage there, rated currents `Iᵣ` of today's or the strategy's
//! own grid, and the limit `r`,
//!
//! ```text
//! l = max over the ends of I / Iᵣ        E = Σ max(0, l − r) · S · Δt        hours = Σ Δt where l > r
//! ```
//! for what happens without flexibility (today's grid), with orders alone, and as it was. The loading that the tables keep has 24
//! bits: a step that close to the limit may count or not. Where a step has no load flow, none of these figures is known.

use copperplate::grid::Grid;
use copperplate::ids::CpIdx;
use copperplate::kpi::{Kpis, Value, compute};
use copperplate::scenario::study::CongestionPoint;
use copperplate::sim::Variant;

use crate::finding::Found;
use crate::trial::{Run, Trial};

use super::figures::percentile;

const NAME: &str = "congestion";
/// What 24 bits leave of a loading.
const NARROW: f64 = 2e-7;

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in &trial.runs {
        let told = compute(trial.study, run.strategy, &run.result);
        let points: Vec<Figures> = trial.study.congestion_points.iter().enumerate().map(|(k, cp)| Figures::of(trial, run, k, cp)).collect();
        for (k, figures) in points.iter().enumerate() {
            let at = |key: &'static str| told.at(CpIdx::new(k), key);
            hold(run, &trial.study.congestion_points[k].id, figures, &at, found);
        }
        let of_all = |key: &'static str| told.get(key);
        hold(run, "all points", &Figures::total(&points), &of_all, found);
        rest(trial, run, &told, found);
    }
}

/// Time and energy above a limit: at least and at most.
#[derive(Debug, Clone, Copy, Default)]
struct Overload {
    h: (f64, f64),
    mwh: f64,
    /// What rounding of loadings may add or take, MWh.
    slack: f64,
}

/// The figures of a point.
#[derive(Debug, Clone)]
struct Figures {
    without: Overload,
    own_grid: Overload,
    orders: Overload,
    actual: Overload,
    largest: [f64; 2],
    percentiles: [Option<f64>; 2],
}

/// Rated currents at both ends, A, and apparent power at them, VA.
fn rating(grid: &Grid, cp: &CongestionPoint) -> ([f64; 2], f64) {
    let root = 3.0_f64.sqrt();
    match cp.branch.i().checked_sub(grid.lines.len()) {
        None => {
            let line = &grid.lines[cp.branch.i()];
            ([line.rated_current_a; 2], root * grid.buses[line.from.i()].u_rated_v * line.rated_current_a)
        }
        Some(t) => {
            let t = &grid.transformers[t];
            let (hv_v, lv_v) = t.effective_voltages_v();
            ([hv_v, lv_v].map(|u_v| t.rated_power_va / (root * u_v)), t.rated_power_va)
        }
    }
}

impl Figures {
    fn of(trial: &Trial<'_>, run: &Run<'_>, k: usize, cp: &CongestionPoint) -> Figures {
        let study = trial.study;
        let own = run.strategy.reinforcement.as_ref().map_or(&study.grid, |r| &r.grid);
        let (today, new) = (rating(&study.grid, cp), rating(own, cp));
        // Without trade and limitations, orders alone are what happens.
        let orders = if run.witness.shows(Variant::Orders) { Variant::Orders } else { Variant::Actual };
        let loadings = |variant: Variant, rated: [f64; 2]| -> Vec<f64> {
            let flows = run.witness.flows(variant).iter().filter(|f| f.converged).map(|f| f.current_a[k]);
            flows.map(|i| (i[0] / rated[0]).max(i[1] / rated[1])).collect()
        };
        let h = study.step.as_hours();
        let overload = |loadings: &[f64], va: f64| {
            let limit = cp.limits.rating;
            let hours = |shift: f64| loadings.iter().filter(|l| **l > limit + shift * NARROW * **l).count() as f64 * h;
            let mwh = loadings.iter().map(|l| (l - limit).max(0.0)).sum::<f64>() * va * h * 1e-6;
            let slack = loadings.iter().filter(|l| **l > 0.99 * limit).sum::<f64>() * NARROW * va * h * 1e-6;
            Overload { h: (hours(1.0), hours(-1.0)), mwh, slack }
        };
        let (free, actual) = (loadings(Variant::Free, today.0), loadings(Variant::Actual, new.0));
        let with_orders = overload(&loadings(orders, new.0), new.1);
        let without = overload(&free, today.1);
        let own_grid = match (run.strategy.reinforcement.is_some(), run.strategy.trades) {
            (false, _) => without,
            (true, false) => with_orders,
            // Today's current against the new rating.
            (true, true) => overload(&free.iter().map(|l| l * today.1 / new.1).collect::<Vec<f64>>(), new.1),
        };
        let most = |loadings: &[f64]| loadings.iter().copied().fold(0.0, f64::max);
        Figures {
            without,
            own_grid,
            orders: with_orders,
            actual: overload(&actual, new.1),
            largest: [most(&free), most(&actual)],
            percentiles: [95, 99].map(|p| percentile(actual.clone(), p)),
        }
    }

    /// Overload summed, loading the largest.
    fn total(points: &[Figures]) -> Figures {
        let sum = |of: fn(&Figures) -> Overload| {
            points.iter().map(of).fold(Overload::default(), |a, b| Overload {
                h: (a.h.0 + b.h.0, a.h.1 + b.h.1),
                mwh: a.mwh + b.mwh,
                slack: a.slack + b.slack,
            })
        };
        Figures {
            without: sum(|p| p.without),
            own_grid: sum(|p| p.own_grid),
            orders: sum(|p| p.orders),
            actual: sum(|p| p.actual),
            largest: [0, 1].map(|i| points.iter().map(|p| p.largest[i]).fold(0.0, f64::max)),
            percentiles: [0, 1].map(|i| points.iter().filter_map(|p| p.percentiles[i]).reduce(f64::max)),
        }
    }
}

fn hold(run: &Run<'_>, place: &str, own: &Figures, told: &dyn Fn(&'static str) -> Value, found: &mut Found) {
    let solved = run.witness.all_solved();
    let mut compare = |key: &'static str, least: Option<f64>, most: Option<f64>| {
        let (least, most) = (least.filter(|_| solved), most.filter(|_| solved));
        let agrees = match (told(key), least, most) {
            (Value::Number(x), Some(least), Some(most)) => x >= least && x <= most,
            (Value::NotApplicable, None, None) => true,
            _ => false,
        };
        if !agrees {
            found.say(NAME, key, &run.strategy.name, || format!("{place}: {:?} told, {least:?} to {most:?} by the currents", told(key)));
        }
    };
    let near = |x: f64, slack: f64| (Some(x - slack), Some(x + slack));
    let tiny = |x: f64| 1e-9 + 1e-6 * x.abs();
    for (hours, mwh, o) in [
        ("overload_ex_ante_h", "overload_ex_ante_mwh", own.without),
        ("overload_after_orders_h", "overload_after_orders_mwh", own.orders),
        ("overload_realised_h", "overload_realised_mwh", own.actual),
    ] {
        compare(hours, Some(o.h.0 - 1e-9), Some(o.h.1 + 1e-9));
        let (least, most) = near(o.mwh, o.slack + tiny(o.mwh));
        compare(mwh, least, most);
    }
    let avoided = own.without.mwh - own.actual.mwh;
    let (least, most) = near(avoided, own.without.slack + own.actual.slack + tiny(own.without.mwh));
    compare("overload_avoided_mwh", least, most);
    let shares = [
        ("relieved_by_replacement_percent", own.without, own.own_grid),
        ("relieved_by_orders_percent", own.own_grid, own.orders),
        ("relieved_by_orange_percent", own.orders, own.actual),
    ];
    // A share of next to nothing says nothing.
    for (key, from, to) in shares.into_iter().filter(|_| own.without.mwh > 1e-6) {
        // An error of what a share is of counts as often as the share is large.
        let times = 1.0 + (from.mwh - to.mwh).abs() / own.without.mwh;
        let slack = 100.0 * (from.slack + to.slack + times * (2.0 * own.without.slack + tiny(own.without.mwh))) / own.without.mwh;
        let (least, most) = near(100.0 * (from.mwh - to.mwh) / own.without.mwh, slack * 2.0);
        compare(key, least, most);
    }
    let loadings = [
        ("max_loading_ex_ante_percent", Some(own.largest[0])),
        ("max_loading_realised_percent", Some(own.largest[1])),
        ("p95_loading_realised_percent", own.percentiles[0]),
        ("p99_loading_realised_percent", own.percentiles[1]),
    ];
    for (key, loading) in loadings {
        compare(key, loading.map(|l| 100.0 * l * (1.0 - 1e-6) - 1e-9), loading.map(|l| 100.0 * l * (1.0 + 1e-6) + 1e-9));
    }
}

/// What is owed when the run ends, and what it is worth at the mean price.
fn rest(trial: &Trial<'_>, run: &Run<'_>, told: &Kpis, found: &mut Found) {
    let (study, totals) = (trial.study, &run.result.totals);
    let actual = Variant::Actual as usize;
    let prices = &study.prices.day_ahead_eur_per_mwh[..study.steps];
    let mean = prices.iter().sum::<f64>() / study.steps as f64;
    let own = [
        ("owed_vehicle_kwh", totals.owed_wh[actual] * 1e-3),
        ("stored_change_kwh", totals.stored_change_wh[actual] * 1e-3),
        ("vehicle_unserved_kwh", totals.unserved_wh[actual] * 1e-3),
        ("cost_owed_eur", (totals.owed_wh[actual] - totals.stored_change_wh[actual]) * 1e-6 * mean),
    ];
    for (key, own) in own {
        let told = told.get(key).number().unwrap_or(f64::NAN);
        if (told - own).abs() > 1e-9 * (1.0 + own.abs()) || told.is_nan() {
            found.say(NAME, key, &run.strategy.name, || format!("{told} told, {own} by the devices"));
        }
    }
}
