//! Forecasts that participants learn from what they have read, made once for all strategies.
//!
//! The DSO reads all devices, an aggregator those of its connections that follow profiles; what it plans itself it need not learn.
//! Readings show what devices do without orders and limitations ([`readings`](super::readings)), so one forecast serves
//! every strategy. Devices of a kind are learned as one series and spread by their shares of the energy read; reactive power follows
//! by the ratio read. On the day of a forecast, days up to `data_delay_days` before are known, at most eight weeks of them, those before
//! the run too. Where no day of a kind is known, there is no forecast of it.
//!
//! Regression knows the weather: temperature for what is consumed, irradiance for PV.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::asset::AssetKind;
use crate::forecast::history::{self, DAYS, History, Target};
use crate::forecast::quantile::Errors;
use crate::forecast::{Learned, Learner, Quantity, clear_sky};
use crate::ids::AgrIdx;
use crate::scenario::study::Study;
use crate::time::Period;

use super::readings::{Readings, Sums, profiled};

/// Forecasts of everybody, day by day.
#[derive(Debug, Clone)]
pub(super) struct Forecasts {
    /// First day that is forecast.
    first: Date,
    dso: Vec<Vec<Group>>,
    /// `[day][congestion point]` errors of past forecasts of what lies behind, where a strategy sizes requests by them.
    behind: Vec<Vec<Errors>>,
    agrs: Vec<Vec<Vec<Group>>>,
}

/// The forecast of the devices of a kind for one day.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Row of the kind among those of its participant.
    kind: usize,
    pub(super) quantity: Quantity,
    /// Whether its devices follow profiles; the others are metered.
    pub(super) profiled: bool,
    /// Power, W per ISP.
    pub(super) power_w: Vec<f64>,
    /// Errors of past forecasts with the same lead.
    pub(super) errors: Errors,
    /// Row of each device, its share of the power, and its reactive per active power.
    pub(super) members: Vec<Member>,
}

/// A device's part in its group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) device: usize,
    pub(super) share: f64,
    pub(super) var_per_w: f64,
}

impl Forecasts {
    /// What everybody learns in a run.
    pub(super) fn new(study: &Study, learned: &Learned, readings: &Readings<'_>) -> Forecasts {
        let sums: Vec<Vec<Sums>> = (0..study.devices.len()).map(|d| readings.sums(d)).collect();
        let school = School { study, learned, readings, sums };
        let kinds = school.kinds(None);
        let dso = school.forecasts(&kinds);
        let sized = study.strategies.iter().any(|s| s.request_quantile.is_some());
        Forecasts {
            first: study.periods[0].date,
            behind: if sized { school.behind(&kinds, &dso) } else { Vec::new() },
            dso,
            agrs: (0..study.agrs.len()).map(|a| school.forecasts(&school.kinds(Some(AgrIdx::new(a))))).collect(),
        }
    }

    /// What a participant expects of a day: an aggregator, or the DSO.
    pub(super) fn of(&self, agr: Option<AgrIdx>, period: &Period) -> &[Group] {
        &agr.map_or(&self.dso, |a| &self.agrs[a.i()])[self.day(period)]
    }

    fn day(&self, period: &Period) -> usize {
        (period.date - self.first).get_days() as usize
    }

    /// How far below and above what the DSO expects power is with probability `tau`, `[congestion point][isp]`, W.
    pub(super) fn range_w(&self, study: &Study, period: &Period, tau: f64) -> Option<Vec<Vec<(f64, f64)>>> {
        let slots_of = history::slots_of(&study.calendar, period);
        let range = |errors: &Errors| {
            let by_slot: Vec<(f64, f64)> = (0..errors.slots).map(|q| (errors.quantile(q, 1.0 - tau), errors.quantile(q, tau))).collect();
            slots_of.iter().map(|q| by_slot.get(*q).copied().unwrap_or((0.0, 0.0))).collect()
        };
        self.behind.get(self.day(period)).map(|points| points.iter().map(range).collect())
    }
}

/// Devices that are learned as one series.
struct Kind {
    quantity: Quantity,
    devices: Vec<usize>,
    /// Whether it follows the sun.
    sunny: bool,
    /// Whether its readings begin where the days begin; else nothing may be known yet.
    profiled: bool,
    /// The first day with readings, and what was read from it on.
    begins: usize,
    history: History,
}

/// Where forecasts are learned.
struct School<'a> {
    study: &'a Study,
    learned: &'a Learned,
    readings: &'a Readings<'a>,
    /// `[device][day]`.
    sums: Vec<Vec<Sums>>,
}

impl School<'_> {
    /// What a participant learns: an aggregator, or the DSO.
    fn kinds(&self, owner: Option<AgrIdx>) -> Vec<Kind> {
        let study = self.study;
        let mut kinds: BTreeMap<(&'static str, Quantity), Vec<usize>> = BTreeMap::new();
        for (d, spec) in study.devices.iter().enumerate() {
            let profile = profiled(&spec.device);
            let reads = match owner {
                None => self.readings.shows(d),
                Some(_) => profile.is_some() && study.agr_of[spec.connection.i()] == owner,
            };
            if reads {
                kinds.entry((spec.kind, profile.map_or(Quantity::Load, |p| p.1))).or_default().push(d);
            }
        }
        let kind = |((name, quantity), devices): ((&str, Quantity), Vec<usize>)| {
            let begins = devices.iter().map(|d| self.readings.begins(*d)).max().unwrap_or(0);
            Kind {
                quantity,
                sunny: name == AssetKind::Pv.name(),
                profiled: devices.iter().all(|d| profiled(&study.devices[*d].device).is_some()),
                begins,
                history: self.readings.history(self.learned, begins, &devices),
                devices,
            }
        };
        kinds.into_iter().map(kind).collect()
    }

    /// Forecasts of some kinds, day by day of the run.
    fn forecasts(&self, kinds: &[Kind]) -> Vec<Vec<Group>> {
        let day = |k: usize| kinds.iter().enumerate().filter_map(|(row, kind)| self.group(row, kind, self.readings.first + k)).collect();
        (0..self.study.periods.len()).map(day).collect()
    }

    /// Days that are known on the eve of a day.
    fn known(&self, day: usize) -> usize {
        day.saturating_sub(self.learned.data_delay_days)
    }

    /// Errors of the DSO's past forecasts of what lies behind each congestion point, day by day: kinds are spread by their shares, so
    /// that what is there errs otherwise than the whole kind.
    fn behind(&self, kinds: &[Kind], groups: &[Vec<Group>]) -> Vec<Vec<Errors>> {
        let (study, slots) = (self.study, self.readings.slots);
        let mut days: Vec<Vec<Errors>> = vec![Vec::new(); study.periods.len()];
        for cp in &study.congestion_points {
            let mut here = vec![false; study.grid.connections.len()];
            cp.public.connections.iter().for_each(|c| here[c.i()] = true);
            let lies = |d: usize| here[study.devices[d].connection.i()];
            let part = |kind: &Kind| {
                let devices: Vec<usize> = kind.devices.iter().copied().filter(|d| lies(*d)).collect();
                self.readings.history(self.learned, kind.begins, &devices)
            };
            let parts: Vec<History> = kinds.iter().map(part).collect();
            for (k, groups) in groups.iter().enumerate() {
                let known = self.known(self.readings.first + k);
                let mut sum = Errors { slots, values: vec![0.0; known.min(DAYS) * slots] };
                for group in groups {
                    let (kind, part) = (&kinds[group.kind], &parts[group.kind]);
                    let share: f64 = group.members.iter().filter(|m| lies(m.device)).map(|m| m.share).sum();
                    let until = (known - kind.begins) * slots;
                    let from = until - group.errors.values.len();
                    let (whole, part) = (&kind.history.values[from..until], &part.values[from..until]);
                    let last = sum.values.len() - group.errors.values.len();
                    for (i, error) in group.errors.values.iter().enumerate() {
                        let error = part[i] - share * (whole[i] - error);
                        // What is metered since a few days only must not hide how the rest errs.
                        sum.values[last + i] += if kind.profiled || !error.is_nan() { error } else { 0.0 };
                    }
                }
                days[k].push(sum);
            }
        }
        days
    }

    /// The forecast of a kind for a day, from the days known on its eve.
    fn group(&self, row: usize, kind: &Kind, day: usize) -> Option<Group> {
        let (learned, readings) = (self.learned, self.readings);
        let (lead, known) = (learned.data_delay_days + 1, self.known(day));
        let read = known.saturating_sub(DAYS).max(kind.begins)..known.max(kind.begins);
        if read.is_empty() {
            return None;
        }
        let target = Target { lead, ..kind.history.target(day - kind.begins, lead) };
        let known_days = kind.history.last(known - kind.begins, DAYS);
        let weather = learned.learner == Learner::Ridge;
        let light = readings.light(read.clone(), day).filter(|_| weather && kind.sunny);
        let temperature = readings.temperature(read.clone(), day).filter(|_| weather && kind.quantity == Quantity::Load);
        let (by_slot, errors) = match &light {
            Some(light) => clear_sky::forecast(&known_days, light),
            None => learned.learner.forecast(&known_days, &target, temperature),
        }?;
        // What has only ever been consumption is not expected to feed in, and the other way round.
        let (least, most) = known_days.values.iter().fold((0.0_f64, 0.0_f64), |(least, most), v| (least.min(*v), most.max(*v)));
        let (least, most) = (if least < 0.0 { f64::NEG_INFINITY } else { 0.0 }, if most > 0.0 { f64::INFINITY } else { 0.0 });
        let sum = |d: &usize| {
            self.sums[*d][read.clone()].iter().fold(Sums::default(), |a, b| Sums {
                magnitude: a.magnitude + b.magnitude,
                active: a.active + b.active,
                reactive: a.reactive + b.reactive,
            })
        };
        let sums: Vec<Sums> = kind.devices.iter().map(sum).collect();
        let all: f64 = sums.iter().map(|s| s.magnitude).sum();
        let ratio = |a: f64, b: f64| if b == 0.0 { 0.0 } else { a / b };
        let member = |(device, s): (&usize, &Sums)| Member {
            device: *device,
            share: ratio(s.magnitude, all),
            var_per_w: ratio(s.reactive, s.active),
        };
        Some(Group {
            kind: row,
            quantity: kind.quantity,
            profiled: kind.profiled,
            power_w: readings.slots_of(day).iter().map(|slot| by_slot[*slot].clamp(least, most)).collect(),
            errors,
            members: kind.devices.iter().zip(&sums).map(member).collect(),
        })
    }
}
