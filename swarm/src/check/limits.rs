//! Limitations outside the market: where every device is reached and obeys, every heat pump, vehicle and PV system behind a limited
//! congestion point keeps the limit; where no limitation acts, no heat pump is held back.

use copperplate::agent::{Action, Limit};
use copperplate::asset::AssetKind;
use copperplate::ids::AssetIdx;
use copperplate::sim::Variant;
use copperplate::time::{SimDuration, SimTime};

use crate::finding::Found;
use crate::trial::{Run, Trial};

const NAME: &str = "limits";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in trial.runs.iter().filter(|r| r.witness.shows(Variant::Actual)) {
        let limits = Limits::of(trial, run);
        profiles(trial, run, &limits, found);
        if obeyed(trial) {
            vehicles(trial, run, &limits, found);
        }
    }
}

fn obeyed(trial: &Trial<'_>) -> bool {
    trial.case.orange.share == 1.0 && trial.case.orange.compliance == 1.0
}

/// Limitations with the instant from which they act, in the order in which they were sent.
struct Limits<'a> {
    sent: Vec<(SimTime, &'a Limit)>,
    /// `[congestion point]` its connections.
    points: Vec<Vec<usize>>,
}

impl<'a> Limits<'a> {
    fn of(trial: &Trial<'_>, run: &'a Run<'_>) -> Limits<'a> {
        let delay = SimDuration::minutes(trial.case.orange.delay_minutes as i64);
        let sent = run.witness.wanted().filter_map(|(t, _, a)| if let Action::Limit(l) = a { Some((t + delay, l)) } else { None });
        let points = &trial.study.congestion_points;
        Limits { sent: sent.collect(), points: points.iter().map(|p| p.public.connections.iter().map(|c| c.i()).collect()).collect() }
    }

    /// Whether at `t` a limitation may hold from the day before while the next one is already sent.
    fn over_midnight(&self, trial: &Trial<'_>, t: SimTime) -> bool {
        let midnight = trial.study.calendar.period(trial.study.calendar.date_of(t)).start;
        let delay = SimDuration::minutes(trial.case.orange.delay_minutes as i64);
        self.sent.iter().any(|(from, _)| *from > t && SimTime(from.0 - delay.0) < midnight)
    }

    /// Limitations on a connection in the step that begins at `t`.
    fn on(&self, connection: usize, t: SimTime) -> impl Iterator<Item = &'a Limit> {
        let points = self.points.iter().enumerate().filter(move |(_, cs)| cs.contains(&connection));
        points.filter_map(move |(k, _)| {
            let latest = self.sent.iter().rev().find(|(from, l)| l.cp.i() == k && *from <= t);
            latest.map(|(_, l)| *l).filter(|l| l.feed_in_fraction < 1.0 || l.device_cap_w.is_finite())
        })
    }
}

fn profiles(trial: &Trial<'_>, run: &Run<'_>, limits: &Limits<'_>, found: &mut Found) {
    let study = trial.study;
    for (a, asset) in study.assets.iter().enumerate() {
        let source = matches!(asset.kind, AssetKind::Pv | AssetKind::Plant);
        if !source && asset.kind != AssetKind::HeatPump {
            continue;
        }
        for (k, seen) in run.witness.device(Variant::Actual, AssetIdx::new(a)).iter().enumerate() {
            let mut acts = false;
            for limit in limits.on(asset.connection.i(), study.step_start(k)) {
                acts = true;
                let most = if source { limit.feed_in_fraction * asset.p_nominal_w.abs() } else { limit.device_cap_w };
                if obeyed(trial) && seen.power_w.abs() > most + 1e-6 {
                    let kind = if source { "feed-in" } else { "heat-pump" };
                    let kind = if limits.over_midnight(trial, study.step_start(k)) { "over-midnight" } else { kind };
                    found.say(NAME, kind, &run.strategy.name, || {
                        format!("{} has {:.1} W in step {k} under a limit of {most:.1} W", asset.id, seen.power_w)
                    });
                }
            }
            if !acts && !source && seen.power_w != seen.planned_w {
                found.say(NAME, "no-limit", &run.strategy.name, || format!("{} is held back in step {k} by no limitation", asset.id));
            }
        }
    }
}

fn vehicles(trial: &Trial<'_>, run: &Run<'_>, limits: &Limits<'_>, found: &mut Found) {
    let study = trial.study;
    for (v, spec) in study.vehicles.iter().enumerate() {
        for (k, seen) in run.witness.device(Variant::Actual, study.vehicle_asset(v)).iter().enumerate() {
            for limit in limits.on(spec.connection.i(), study.step_start(k)) {
                if seen.power_w > limit.device_cap_w + 1e-6 {
                    let kind = if limits.over_midnight(trial, study.step_start(k)) { "over-midnight" } else { "vehicle" };
                    found.say(NAME, kind, &run.strategy.name, || {
                        format!("{} draws {:.1} W in step {k} under a limit of {:.1} W", spec.id, seen.power_w, limit.device_cap_w)
                    });
                }
            }
        }
    }
}

/// Energy that limitations took from the devices of an owner, Wh: at least and at most.
pub(crate) fn taken_wh(trial: &Trial<'_>, run: &Run<'_>, own: &dyn Fn(usize) -> bool) -> (f64, f64) {
    if !run.witness.shows(Variant::Actual) {
        return (0.0, 0.0);
    }
    let study = trial.study;
    let h = study.step.as_hours();
    let limits = Limits::of(trial, run);
    // Orders hold feed-in and charging back too, so there only an upper bound is known.
    let (mut least, mut most) = (0.0, 0.0);
    for (a, asset) in study.assets.iter().enumerate().filter(|(_, a)| own(a.connection.i())) {
        for (k, seen) in run.witness.device(Variant::Actual, AssetIdx::new(a)).iter().enumerate() {
            if limits.on(asset.connection.i(), study.step_start(k)).next().is_none() {
                continue;
            }
            let missing = (seen.planned_w - seen.power_w).abs() * h;
            most += missing;
            if asset.kind == AssetKind::HeatPump || !run.strategy.trades {
                least += missing;
            }
        }
    }
    for (v, spec) in study.vehicles.iter().enumerate().filter(|(_, v)| own(v.connection.i())) {
        for (k, seen) in run.witness.device(Variant::Actual, study.vehicle_asset(v)).iter().enumerate() {
            if limits.on(spec.connection.i(), study.step_start(k)).next().is_some() {
                most += (seen.content_wh).min((spec.max_power_w - seen.power_w) * h);
            }
        }
    }
    (least, most)
}
