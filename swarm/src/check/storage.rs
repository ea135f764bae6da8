//! Batteries act where acting pays: a household's own plan earns at least what buying in the cheapest ISP of the day and selling in
//! the dearest earns.
//!
//! A battery that begins half full can do the two in either order, moving at most what its power moves in an ISP and half its
//! capacity; each stored watt-hour costs `price / η` and brings `price · η`.

use copperplate::sim::Variant;

use crate::finding::Found;
use crate::series::by_isp;
use crate::trial::{Run, Trial};

const NAME: &str = "storage";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in trial.runs.iter().filter(|r| r.witness.shows(Variant::Free)) {
        plans(trial, run, found);
    }
}

fn plans(trial: &Trial<'_>, run: &Run<'_>, found: &mut Found) {
    let study = trial.study;
    let isp_h = study.calendar.isp().as_hours();
    for (b, spec) in study.batteries.iter().enumerate() {
        let battery = spec.battery;
        let seen = run.witness.device(Variant::Free, study.battery_asset(b));
        for period in &study.periods {
            let price = by_isp(study, period, |k| study.prices.day_ahead_eur_per_mwh[k]);
            let (dear, cheap) = price.iter().fold((f64::MIN, f64::MAX), |(d, c), p| (d.max(*p), c.min(*p)));
            let per_mwh = dear * battery.efficiency - cheap / battery.efficiency;
            let per_isp_wh = battery.max_power_w * isp_h * battery.efficiency;
            let moved_wh = per_isp_wh.min(0.5 * battery.capacity_wh);
            let eur = per_mwh * moved_wh * 1e-6;
            let plan = by_isp(study, period, |k| seen[k].planned_w);
            let earned: f64 = plan.iter().zip(&price).map(|(w, p)| -w * isp_h * 1e-6 * p).sum();
            if per_mwh < 1.0 || eur < 1e-3 {
                continue;
            }
            let idle = plan.iter().all(|w| *w == 0.0);
            let kind = match (idle, per_isp_wh < 0.11 * battery.capacity_wh) {
                (true, false) => "idle",
                (true, true) => "idle-small",
                (false, _) => "missed",
            };
            if earned < eur - 1e-6 {
                found.say(NAME, kind, &run.strategy.name, || {
                    let (kw, kwh) = (battery.max_power_w * 1e-3, battery.capacity_wh * 1e-3);
                    format!("{} ({kw} kW, {kwh} kWh) earns {earned:.4} € on {}, one ISP would earn {eur:.4} €", spec.id, period.date)
                });
            }
        }
    }
}
