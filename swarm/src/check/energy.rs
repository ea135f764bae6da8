//! Every device closes its energy in every step of every variant.
//!
//! - A device does what its set point and its physics say (`answer`); only a limitation may take something from that, and only from
//!   what really happens.
//! - A battery's stored energy changes by `η·p·Δt` while it charges and by `p·Δt/η` while it discharges, and stays between empty
//!   and full.
//! - A vehicle draws only while it is plugged in, at most what its charger gives and what it still wants.
//! - What is left at the end is told: energy that vehicles left without, that they still want, and that batteries gained.

use copperplate::sim::{DeviceStep, Variant};
use copperplate::time::SimTime;

use crate::devices::{all_plain, batteries, profiled, vehicles};
use crate::finding::Found;
use crate::trial::{Run, Trial};

use super::answer::{self, Answer, change_wh, initial_wh};
use super::limits::Limits;

const NAME: &str = "energy";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in &trial.runs {
        let limits = Limits::of(trial, run);
        for variant in Variant::ALL.into_iter().filter(|v| run.witness.shows(*v)) {
            set_points(trial, run, variant, &limits, found);
            vehicle_energy(trial, run, variant, found);
            battery_energy(trial, run, variant, found);
        }
    }
}

/// Devices do what they are set to.
fn set_points(trial: &Trial<'_>, run: &Run<'_>, variant: Variant, limits: &Limits<'_>, found: &mut Found) {
    let study = trial.study;
    for device in profiled(study) {
        let touchable = device.source || device.heats();
        hold(trial, run, limits, ("profile", touchable), device.row.i(), &answer::profiled(trial, run, variant, &device), found);
    }
    for device in vehicles(study) {
        hold(trial, run, limits, ("vehicle", true), device.row.i(), &answer::vehicle(trial, run, variant, &device), found);
    }
    for device in batteries(study) {
        hold(trial, run, limits, ("battery", true), device.row.i(), &answer::battery(trial, run, variant, &device), found);
    }
}

fn hold(
    trial: &Trial<'_>,
    run: &Run<'_>,
    limits: &Limits<'_>,
    (kind, touchable): (&str, bool),
    row: usize,
    answers: &[Answer],
    found: &mut Found,
) {
    let study = trial.study;
    let spec = &study.devices[row];
    for (k, answer) in answers.iter().enumerate() {
        let Some(wish) = answer.wish_w else { continue };
        let DeviceStep { variant, planned_w, power_w, .. } = answer.seen;
        let off = power_w - wish;
        if off.abs() <= 1e-6 + 1e-9 * wish.abs() {
            continue;
        }
        let limited = touchable && variant == Variant::Actual && limits.on(spec.connection.i(), study.step_start(k)).next().is_some();
        // A limitation takes, and never turns anything round.
        let less = off * wish <= 0.0 && power_w * wish >= 0.0;
        if !(limited && less) {
            found.say(NAME, kind, &run.strategy.name, || {
                format!("{} has {power_w:.3} W in step {k} of {variant:?}, {wish:.3} W by its physics (set to {planned_w:.3} W)", spec.id)
            });
        }
    }
}

fn vehicle_energy(trial: &Trial<'_>, run: &Run<'_>, variant: Variant, found: &mut Found) {
    let study = trial.study;
    let h = study.step.as_hours();
    let (mut unserved_wh, mut owed_wh) = (0.0, 0.0);
    for vehicle in vehicles(study) {
        // Arrival of the session it is in, and what it still wanted after the step before.
        let mut before: Option<(SimTime, f64)> = None;
        for (k, seen) in run.witness.device(variant, vehicle.row).iter().enumerate() {
            let t = study.step_start(k);
            let session = vehicle.sessions.iter().find(|s| s.arrival <= t && t < s.departure);
            let mut fault = |kind: &str, what: &str| {
                found.say(NAME, kind, &run.strategy.name, || format!("{} {what} in step {k} of {variant:?}: {seen:?}", vehicle.spec.id));
            };
            let Some(session) = session else {
                if seen.power_w.abs() > 1e-9 || seen.content_wh != 0.0 {
                    fault("vehicle-away", "charges while it is away");
                }
                continue;
            };
            let wanted = before.map_or(session.energy_wh, |(_, left)| left);
            let drawn = seen.power_w * h;
            if seen.power_w < -1e-9 || seen.power_w > vehicle.max_power_w + 1e-6 || drawn > wanted + 1e-6 {
                fault("vehicle-power", &format!("leaves its bounds (charger {} W, wants {wanted:.3} Wh)", vehicle.max_power_w));
            }
            // Who leaves during a step leaves with what it had then.
            let left = (wanted - drawn).max(0.0);
            let leaves = session.departure <= t + study.step;
            if (seen.content_wh - if leaves { 0.0 } else { left }).abs() > 1e-6 {
                fault("vehicle-content", &format!("wanted {wanted:.3} Wh and drew {drawn:.3} Wh, what is left does not fit"));
            }
            unserved_wh += if leaves { left } else { 0.0 };
            before = (!leaves).then_some((session.arrival, left));
        }
        owed_wh += before.map_or(0.0, |(_, left)| left);
    }
    let totals = &run.result.totals;
    for (kind, told, own) in [("unserved", totals.unserved_wh, unserved_wh), ("owed", totals.owed_wh, owed_wh)] {
        let told = told[variant as usize];
        if all_plain(study) && (told - own).abs() > 1e-6 * (1.0 + own) {
            found.say(NAME, kind, &run.strategy.name, || {
                format!("vehicles in {variant:?}: {own:.3} Wh {kind}, the totals say {told:.3} Wh")
            });
        }
    }
}

fn battery_energy(trial: &Trial<'_>, run: &Run<'_>, variant: Variant, found: &mut Found) {
    let study = trial.study;
    let mut gained_wh = 0.0;
    for stored in batteries(study) {
        let battery = stored.battery;
        let mut before = initial_wh(&battery);
        let slack = 1e-6 * (1.0 + battery.capacity_wh);
        for (k, s) in run.witness.device(variant, stored.row).iter().enumerate() {
            let mut fault = |kind: &str, what: String| {
                found.say(NAME, kind, &run.strategy.name, || format!("{} {what} in step {k} of {variant:?}", stored.spec.id));
            };
            if s.content_wh < -slack || s.content_wh > battery.capacity_wh + slack {
                fault("battery-bounds", format!("holds {:.3} of {} Wh", s.content_wh, battery.capacity_wh));
            }
            let expected = before + change_wh(s.power_w, battery.efficiency, study.step);
            if (s.content_wh - expected).abs() > slack {
                fault("battery-content", format!("holds {:.3} Wh, {expected:.3} Wh by its power", s.content_wh));
            }
            before = s.content_wh;
        }
        gained_wh += before - initial_wh(&battery);
    }
    let told = run.result.totals.stored_change_wh[variant as usize];
    if all_plain(study) && (told - gained_wh).abs() > 1e-6 * (1.0 + gained_wh.abs()) {
        found.say(NAME, "gained", &run.strategy.name, || {
            format!("batteries gained {gained_wh:.3} Wh in {variant:?}, the totals say {told:.3} Wh")
        });
    }
}
