//! Batteries act where acting pays: a household's own plan earns at least what the best plan does that moves the charge by whole levels of
//! what the battery can move in an ISP.
//!
//! With levels `E₀ + k·δ` of the charge, which begins the day at `E₀`, and one-way efficiency `η`,
//!
//! ```text
//! V(i, k) = max over l of  V(i+1, l) − price(i) · g((l − k)·δ)      g(x) = x/η charging, x·η discharging
//! ```
//! where `|g| / Δt` stays within the rated power and a day ends at least half full. Each such plan is one the battery has, so its
//! own may not earn less.

use copperplate::asset::battery::Battery;
use copperplate::sim::Variant;

use crate::devices::batteries;
use crate::finding::Found;
use crate::series::{by_isp, first_step};
use crate::trial::{Run, Trial};

use super::answer::initial_wh;

const NAME: &str = "storage";
/// Levels of charge at most on either side of where a day begins: enough to see that something is missed, few enough to be quick.
const LEVELS: usize = 24;

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    // Without flexibility all strategies are the same.
    if let Some(run) = trial.runs.first() {
        plans(trial, run, found);
    }
}

fn plans(trial: &Trial<'_>, run: &Run<'_>, found: &mut Found) {
    let study = trial.study;
    let isp_h = study.calendar.isp().as_hours();
    let mut known: Vec<(Battery, usize, f64, f64)> = Vec::new();
    for stored in batteries(study) {
        let battery = stored.battery;
        let seen = run.witness.device(Variant::Free, stored.row);
        for (day, period) in study.periods.iter().enumerate() {
            let price = by_isp(study, period, |k| study.prices.day_ahead_eur_per_mwh[k]);
            let plan = by_isp(study, period, |k| seen[k].planned_w);
            let earned: f64 = plan.iter().zip(&price).map(|(w, p)| -w * isp_h * 1e-6 * p).sum();
            let begins = match first_step(study, period) {
                0 => initial_wh(&battery),
                k => seen[k - 1].content_wh,
            };
            // Batteries of a feeder are alike; so are their best plans.
            let same = known.iter().find(|(b, d, e, _)| *b == battery && *d == day && (e - begins).abs() < 1e-9);
            let best = same.map_or_else(|| best_eur(&battery, begins, &price, isp_h), |k| k.3);
            known.push((battery, day, begins, best));
            if earned < best - 1e-6 * (1.0 + best.abs()) {
                let kind = if plan.iter().all(|w| *w == 0.0) { "idle" } else { "missed" };
                found.say(NAME, kind, &run.strategy.name, || {
                    let (kw, kwh) = (battery.max_power_w * 1e-3, battery.capacity_wh * 1e-3);
                    format!("{} ({kw} kW, {kwh} kWh) earns {earned:.4} € on {}, {best:.4} € could be had", stored.spec.id, period.date)
                });
            }
        }
    }
}

/// What the best plan over levels of charge earns.
fn best_eur(battery: &Battery, begins: f64, price: &[f64], isp_h: f64) -> f64 {
    // A level is what an ISP can charge; two are enough where that is more than half the battery.
    let step = (battery.max_power_w * isp_h * battery.efficiency).min(0.5 * battery.capacity_wh);
    let below = ((begins / step) as usize).min(LEVELS);
    let above = (((battery.capacity_wh - begins) / step) as usize).min(LEVELS);
    let level = |k: usize| begins + (k as f64 - below as f64) * step;
    let ends = |k: usize| level(k) >= (0.5 * battery.capacity_wh).min(begins) - 1e-9;
    let count = below + above + 1;
    let reach = ((battery.max_power_w * isp_h * battery.efficiency / step + 1e-9) as usize).max(1);
    let eur = |levels: i64, price: f64| {
        let wh = levels as f64 * step;
        let grid_wh = if wh > 0.0 { wh / battery.efficiency } else { wh * battery.efficiency };
        -grid_wh * 1e-6 * price
    };
    let mut value: Vec<f64> = (0..count).map(|k| if ends(k) { 0.0 } else { f64::NEG_INFINITY }).collect();
    for p in price.iter().rev() {
        let best = |k: usize| {
            let reachable = k.saturating_sub(reach)..(k + reach + 1).min(count);
            reachable.map(|l| value[l] + eur(l as i64 - k as i64, *p)).fold(f64::NEG_INFINITY, f64::max)
        };
        value = (0..count).map(best).collect();
    }
    value[below]
}
