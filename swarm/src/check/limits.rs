//! Limitations outside the market: where every device is reached and obeys, every heat pump, vehicle, battery and PV system behind
//! a limited congestion point keeps the limit. That nothing is held back without one holds `energy`.

use std::collections::BTreeMap;

use copperplate::agent::{Action, Limit};
use copperplate::sim::Variant;
use copperplate::time::{Period, SimDuration, SimTime};

use crate::devices::{batteries, profiled, vehicles};
use crate::finding::Found;
use crate::series::first_step;
use crate::trial::{Run, Trial};

use super::answer::{self, Answer};

const NAME: &str = "limits";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    if trial.case.orange.share == 1.0 && trial.case.orange.compliance == 1.0 {
        trial.runs.iter().for_each(|run| kept(trial, run, found));
    }
}

/// Limitations with the instant from which they act, in the order in which they were sent.
pub(crate) struct Limits<'a> {
    sent: Vec<(SimTime, &'a Limit)>,
    /// `[congestion point]` its connections.
    points: Vec<Vec<usize>>,
}

impl<'a> Limits<'a> {
    pub(crate) fn of(trial: &Trial<'_>, run: &'a Run<'_>) -> Limits<'a> {
        let delay = SimDuration::minutes(trial.case.orange.delay_minutes as i64);
        let sent = run.witness.wanted().filter_map(|(t, _, a)| if let Action::Limit(l) = a { Some((t + delay, l)) } else { None });
        let points = &trial.study.congestion_points;
        Limits { sent: sent.collect(), points: points.iter().map(|p| p.public.connections.iter().map(|c| c.i()).collect()).collect() }
    }

    /// Limitations on a connection in the step that begins at `t`.
    pub(crate) fn on(&self, connection: usize, t: SimTime) -> impl Iterator<Item = &'a Limit> {
        let points = self.points.iter().enumerate().filter(move |(_, cs)| cs.contains(&connection));
        points.filter_map(move |(k, _)| {
            let latest = self.sent.iter().rev().find(|(from, l)| l.cp.i() == k && *from <= t);
            latest.map(|(_, l)| *l).filter(|l| l.feed_in_fraction < 1.0 || l.device_cap_w.is_finite())
        })
    }
}

fn kept(trial: &Trial<'_>, run: &Run<'_>, found: &mut Found) {
    let study = trial.study;
    let limits = Limits::of(trial, run);
    if limits.sent.is_empty() {
        return;
    }
    // Kind, row, installed feed-in of what a limitation can reach.
    let of_profiles = profiled(study).filter_map(|d| match (d.source, d.heats()) {
        (true, _) => Some(("feed-in", d.row, d.series.p_nominal_w.abs())),
        (_, true) => Some(("heat-pump", d.row, 0.0)),
        _ => None,
    });
    let of_vehicles = vehicles(study).map(|v| ("vehicle", v.row, 0.0));
    let of_batteries = batteries(study).map(|b| ("battery", b.row, b.battery.max_power_w));
    for (kind, row, installed_w) in of_profiles.chain(of_vehicles).chain(of_batteries) {
        let spec = &study.devices[row.i()];
        for (k, seen) in run.witness.device(Variant::Actual, row).iter().enumerate() {
            let t = study.step_start(k);
            for limit in limits.on(spec.connection.i(), t) {
                let least = if limit.feed_in_fraction < 1.0 { -limit.feed_in_fraction * installed_w } else { f64::NEG_INFINITY };
                if seen.power_w > limit.device_cap_w + 1e-6 || seen.power_w < least - 1e-6 {
                    found.say(NAME, kind, &run.strategy.name, || {
                        format!("{} has {:.1} W in step {k} under {limit:?}", spec.id, seen.power_w)
                    });
                }
            }
        }
    }
}

/// Energy that limitations took from the devices at each connection on a day, Wh.
pub(crate) fn taken_wh(trial: &Trial<'_>, run: &Run<'_>) -> BTreeMap<(usize, jiff::civil::Date), f64> {
    let study = trial.study;
    let h = study.step.as_hours();
    let mut taken: BTreeMap<_, f64> = BTreeMap::new();
    if !run.witness.wanted().any(|(_, _, a)| matches!(a, Action::Limit(_))) {
        return taken;
    }
    let steps = |period: &Period| {
        let first = first_step(study, period);
        first..first + ((period.end() - period.start).0 / study.step.0) as usize
    };
    let mut add = |connection: usize, answers: &[Answer]| {
        for period in &study.periods {
            let wh: f64 = answers[steps(period)].iter().map(|a| a.taken_w() * h).sum();
            *taken.entry((connection, period.date)).or_default() += wh;
        }
    };
    let actual = Variant::Actual;
    profiled(study).for_each(|d| add(d.connection(), &answer::profiled(trial, run, actual, &d)));
    vehicles(study).for_each(|v| add(v.spec.connection.i(), &answer::vehicle(trial, run, actual, &v)));
    batteries(study).for_each(|b| add(b.spec.connection.i(), &answer::battery(trial, run, actual, &b)));
    taken
}
