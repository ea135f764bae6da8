//! What a device does at its set point when nothing caps it, by the physics of docs/model/assets.md, written here once more.
//!
//! ```text
//! profile      what the profile says, averaged over the step
//! feed-in      the set point, between all of it and nothing
//! vehicle      the set point; all it can once waiting another step would miss the departure; never more than it wants
//! battery      the set point, as far as power, room and charge have it
//! ```

use copperplate::asset::battery::Battery;
use copperplate::sim::{DeviceStep, Variant};
use copperplate::time::SimDuration;

use crate::devices::{Parked, Profiled, Stored};
use crate::trial::{Run, Trial};

/// A step of a device with what it would have done without a cap, W; none outside the profiles.
pub(crate) struct Answer {
    pub(crate) seen: DeviceStep,
    pub(crate) wish_w: Option<f64>,
}

impl Answer {
    /// What a cap took, W, not negative.
    pub(crate) fn taken_w(&self) -> f64 {
        self.wish_w.map_or(0.0, |wish| (wish - self.seen.power_w).abs())
    }
}

/// What follows a profile.
pub(crate) fn profiled(trial: &Trial<'_>, run: &Run<'_>, variant: Variant, device: &Profiled<'_>) -> Vec<Answer> {
    let study = trial.study;
    let steps = run.witness.device(variant, device.row).into_iter().enumerate();
    steps
        .map(|(k, seen)| {
            let available = trial.profiles.average_w(study, device.series, study.step_start(k), study.step);
            let wish = |w: f64| if device.source && w < 0.0 { seen.planned_w.clamp(w, 0.0) } else { w };
            Answer { seen, wish_w: available.map(wish) }
        })
        .collect()
}

/// Vehicles; a step away from the charger is a wish of nothing.
pub(crate) fn vehicle(trial: &Trial<'_>, run: &Run<'_>, variant: Variant, vehicle: &Parked<'_>) -> Vec<Answer> {
    let study = trial.study;
    let h = study.step.as_hours();
    let mut before = None;
    let steps = run.witness.device(variant, vehicle.row).into_iter().enumerate();
    steps
        .map(|(k, seen)| {
            let t = study.step_start(k);
            let session = vehicle.sessions.iter().find(|s| s.arrival <= t && t < s.departure);
            let wish = session.map_or(0.0, |s| {
                let wanted_wh = before.filter(|(arrival, _)| *arrival == s.arrival).map_or(s.energy_wh, |(_, left)| left);
                let later_h = ((s.departure - t).as_hours() - h).max(0.0);
                let late = wanted_wh > vehicle.max_power_w * later_h;
                let w = if late { vehicle.max_power_w } else { seen.planned_w.min(vehicle.max_power_w) };
                w.max(0.0).min(wanted_wh / h)
            });
            before = session.map(|s| (s.arrival, seen.content_wh));
            Answer { seen, wish_w: Some(wish) }
        })
        .collect()
}

/// Batteries, which begin half full.
pub(crate) fn battery(trial: &Trial<'_>, run: &Run<'_>, variant: Variant, stored: &Stored<'_>) -> Vec<Answer> {
    let (study, battery) = (trial.study, &stored.battery);
    let h = study.step.as_hours();
    let mut before = initial_wh(battery);
    let steps = run.witness.device(variant, stored.row).into_iter();
    steps
        .map(|seen| {
            let most = ((battery.capacity_wh - before) / battery.efficiency / h).min(battery.max_power_w).max(0.0);
            let least = (-before * battery.efficiency / h).max(-battery.max_power_w).min(0.0);
            before = seen.content_wh;
            Answer { seen, wish_w: Some(seen.planned_w.clamp(least, most)) }
        })
        .collect()
}

/// What a power at the meter does to the energy stored, Wh.
pub(crate) fn change_wh(p_w: f64, efficiency: f64, span: SimDuration) -> f64 {
    let wh = p_w * span.as_hours();
    if wh > 0.0 { wh * efficiency } else { wh / efficiency }
}

/// What a battery holds before its first step, Wh.
pub(crate) fn initial_wh(battery: &Battery) -> f64 {
    0.5 * battery.capacity_wh
}
