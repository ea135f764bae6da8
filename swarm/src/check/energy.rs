//! Every device closes its energy in every step of every variant.
//!
//! - A battery's stored energy changes by `η·p·Δt` while it charges and by `p·Δt/η` while it discharges, stays between empty and
//!   full, and its power within its rating.
//! - A vehicle draws only while it is plugged in, at most what its charger gives and what it still wants.
//! - A device with a profile draws its profile, averaged over the step; feed-in may be curtailed, heat pumps limited, in the
//!   variants where that can be.

use copperplate::asset::AssetKind;
use copperplate::sim::{DeviceStep, Variant};
use copperplate::time::{SimDuration, SimTime};

use crate::finding::Found;
use crate::series::{average_w, straddles};
use crate::trial::{Run, Trial};

const NAME: &str = "energy";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in &trial.runs {
        for variant in Variant::ALL.into_iter().filter(|v| run.witness.shows(*v)) {
            profiles(trial, run, variant, found);
            vehicles(trial, run, variant, found);
            batteries(trial, run, variant, found);
        }
    }
}

fn profiles(trial: &Trial<'_>, run: &Run<'_>, variant: Variant, found: &mut Found) {
    let study = trial.study;
    for (a, asset) in study.assets.iter().enumerate() {
        for (k, seen) in run.witness.device(variant, copperplate::ids::AssetIdx::new(a)).iter().enumerate() {
            let (planned, power) = (seen.planned_w, seen.power_w);
            let tolerance = 1e-6 + 1e-9 * asset.p_nominal_w.abs();
            let Some(expected) = average_w(asset, &study.truth, study.step_start(k), study.step) else { continue };
            let kind = if straddles(study) { "profile-straddled" } else { "profile" };
            if (planned - expected).abs() > tolerance {
                found.say(NAME, kind, &run.strategy.name, || {
                    format!("{} has {planned:.3} W in step {k}, the average of its profile is {expected:.3} W", asset.id)
                });
            }
            // What may be left of it: all of it where nothing may touch it.
            let touchable = match asset.kind {
                AssetKind::Pv | AssetKind::Plant => variant != Variant::Free,
                AssetKind::HeatPump => variant == Variant::Actual,
                AssetKind::Load | AssetKind::Charging => false,
            };
            let between = |x: f64| x >= planned.min(0.0) - tolerance && x <= planned.max(0.0) + tolerance;
            if (!touchable && (power - planned).abs() > tolerance) || (touchable && !between(power)) {
                found.say(NAME, "profile-power", &run.strategy.name, || {
                    format!("{} draws {power:.3} W of {planned:.3} W in step {k} of {variant:?}", asset.id)
                });
            }
        }
    }
}

fn vehicles(trial: &Trial<'_>, run: &Run<'_>, variant: Variant, found: &mut Found) {
    let study = trial.study;
    let h = study.step.as_hours();
    let mut unserved_wh = 0.0;
    for (v, spec) in study.vehicles.iter().enumerate() {
        // Arrival of the session it is in, and what it still wanted after the step before.
        let mut before: Option<(SimTime, f64)> = None;
        for (k, seen) in run.witness.device(variant, study.vehicle_asset(v)).iter().enumerate() {
            let t = study.step_start(k);
            let session = spec.evenings.iter().map(|e| e.real).find(|s| s.arrival <= t && t < s.departure);
            let mut fault = |kind: &str, what: &str| {
                found.say(NAME, kind, &run.strategy.name, || format!("{} {what} in step {k} of {variant:?}: {seen:?}", spec.id));
            };
            if let Some((arrival, left)) = before
                && session.is_none_or(|s| s.arrival != arrival)
            {
                unserved_wh += left;
                before = None;
            }
            let Some(session) = session else {
                if seen.power_w.abs() > 1e-9 || seen.content_wh != 0.0 {
                    fault("vehicle-away", "charges while it is away");
                }
                continue;
            };
            let wanted = before.map_or(session.energy_wh, |(_, left)| left);
            let drawn = seen.power_w * h;
            if seen.power_w < -1e-9 || seen.power_w > spec.max_power_w + 1e-6 || drawn > wanted + 1e-6 {
                fault("vehicle-power", &format!("leaves its bounds (charger {} W, wants {wanted:.3} Wh)", spec.max_power_w));
            }
            if (seen.content_wh - (wanted - drawn).max(0.0)).abs() > 1e-6 {
                fault("vehicle-content", &format!("wanted {wanted:.3} Wh and drew {drawn:.3} Wh, what is left does not fit"));
            }
            before = Some((session.arrival, seen.content_wh));
        }
    }
    let told = run.result.totals.unserved_wh[variant as usize];
    if (told - unserved_wh).abs() > 1e-6 * (1.0 + unserved_wh) {
        found.say(NAME, "unserved", &run.strategy.name, || {
            format!("vehicles left without {unserved_wh:.3} Wh in {variant:?}, the totals say {told:.3} Wh")
        });
    }
}

fn batteries(trial: &Trial<'_>, run: &Run<'_>, variant: Variant, found: &mut Found) {
    let study = trial.study;
    for (b, spec) in study.batteries.iter().enumerate() {
        let battery = spec.battery;
        let seen = run.witness.device(variant, study.battery_asset(b));
        let mut before = initial_wh(&seen, battery.efficiency, study.step);
        let slack = 1e-6 * (1.0 + battery.capacity_wh);
        for (k, s) in seen.iter().enumerate() {
            let mut fault = |kind: &str, what: String| {
                found.say(NAME, kind, &run.strategy.name, || format!("{} {what} in step {k} of {variant:?}", spec.id));
            };
            if s.power_w.abs() > battery.max_power_w + 1e-6 {
                fault("battery-power", format!("has {:.3} W, rated {} W", s.power_w, battery.max_power_w));
            }
            if s.content_wh < -slack || s.content_wh > battery.capacity_wh + slack {
                fault("battery-bounds", format!("holds {:.3} of {} Wh", s.content_wh, battery.capacity_wh));
            }
            let expected = before + change_wh(s.power_w, battery.efficiency, study.step);
            if (s.content_wh - expected).abs() > slack {
                fault("battery-content", format!("holds {:.3} Wh, {expected:.3} Wh by its power", s.content_wh));
            }
            before = s.content_wh;
        }
    }
}

/// What a power at the meter does to the energy stored, Wh.
pub(crate) fn change_wh(p_w: f64, efficiency: f64, span: SimDuration) -> f64 {
    let wh = p_w * span.as_hours();
    if wh > 0.0 { wh * efficiency } else { wh / efficiency }
}

/// What a battery held before its first step, Wh.
pub(crate) fn initial_wh(seen: &[DeviceStep], efficiency: f64, step: SimDuration) -> f64 {
    seen.first().map_or(0.0, |s| s.content_wh - change_wh(s.power_w, efficiency, step))
}
