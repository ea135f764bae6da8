//! Forecasts that participants learn from what they have read, made once for all strategies.
//!
//! A participant reads the devices that follow profiles: the DSO all of them, an aggregator those of its connections. Instruments show
//! what a device would draw or feed in without orders and limitations, as inverters and control boxes report it, so one forecast serves
//! every strategy. Devices of a kind are learned as one series and spread by their shares of the energy read; reactive power follows
//! by the ratio read. On the day of a forecast, days up to `data_delay_days` before are known, at most eight weeks of them, those before
//! the run too.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::asset::Device;
use crate::asset::fixed::Series;
use crate::forecast::history::{self, DAYS, History, Target};
use crate::forecast::quantile::Errors;
use crate::forecast::{Learned, Quantity};
use crate::ids::AgrIdx;
use crate::scenario::study::Study;
use crate::time::Period;

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
    pub(super) quantity: Quantity,
    /// Power, W per ISP.
    pub(super) power_w: Vec<f64>,
    /// Errors of past forecasts with the same lead.
    pub(super) errors: Errors,
    /// Row of each device, its share of the power, and its reactive per active power.
    pub(super) members: Vec<Member>,
}

impl Group {
    fn devices(&self, of: impl Fn(usize) -> bool) -> Vec<usize> {
        self.members.iter().map(|m| m.device).filter(|d| of(*d)).collect()
    }
}

/// A device's part in its group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) device: usize,
    pub(super) share: f64,
    pub(super) var_per_w: f64,
}

/// The profile of a device that has one, and what it is.
pub(super) fn profiled(device: &Device) -> Option<(&Series, Quantity)> {
    match device {
        Device::Fixed(fixed) => Some((&fixed.series, Quantity::Load)),
        Device::Process(process) => Some((&process.series, Quantity::Load)),
        Device::Curtailable(plant) => Some((&plant.series, Quantity::FeedIn)),
        _ => None,
    }
}

impl Forecasts {
    /// What everybody learns in a run; `None` where forecasts are not learned.
    pub(super) fn new(study: &Study) -> Option<Forecasts> {
        let crate::forecast::Model::Learned(learned) = &study.forecast else { return None };
        let readings = Readings::new(study, learned);
        let owned = |owner: Option<AgrIdx>| readings.forecasts(study, learned, |c| owner.is_none() || study.agr_of[c] == owner);
        let dso = owned(None);
        let sized = study.strategies.iter().any(|s| s.request_quantile.is_some());
        Some(Forecasts {
            first: study.periods[0].date,
            behind: if sized { readings.behind(study, learned, &dso) } else { Vec::new() },
            dso,
            agrs: (0..study.agrs.len()).map(|a| owned(Some(AgrIdx::new(a)))).collect(),
        })
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

/// Days that can be read, with what each device does on them.
struct Readings {
    days: Vec<Day>,
    /// Row among the days of the run's first.
    first: usize,
    slots: usize,
    /// `[device]` energy read up to each day, Wh·(1/ISP): Σ|p| and Σp, Σq; empty for devices without a profile.
    sums: Vec<Vec<Sums>>,
}

struct Day {
    date: Date,
    /// Rows of its steps in the table.
    rows: std::ops::Range<usize>,
    slots_of: Vec<usize>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    magnitude: f64,
    active: f64,
    reactive: f64,
}

impl Readings {
    fn new(study: &Study, learned: &Learned) -> Readings {
        let calendar = &study.calendar;
        let day = |date: Date| {
            let period = calendar.period(date);
            let first = study.truth.step_at(period.start)?;
            let steps = ((period.end() - period.start).0 / study.truth.step().0) as usize;
            (first + steps <= study.truth.steps()).then(|| Day {
                date,
                rows: first..first + steps,
                slots_of: history::slots_of(calendar, &period),
            })
        };
        let before = std::iter::successors(study.periods[0].date.yesterday().ok(), |d| d.yesterday().ok());
        let mut days: Vec<Day> = before.take(DAYS + learned.data_delay_days).map_while(day).collect();
        days.reverse();
        let first = days.len();
        days.extend(study.periods.iter().map_while(|p| day(p.date)));
        let sums = study.devices.iter().map(|spec| {
            let Some((series, _)) = profiled(&spec.device) else { return Vec::new() };
            let [(p_w, p), (q_var, q)] = series.parts(&study.truth);
            let of_day = |day: &Day| {
                let mut sums = Sums::default();
                for row in day.rows.clone() {
                    let active = p_w * p.map_or(1.0, |p| p[row]);
                    sums.magnitude += active.abs();
                    sums.active += active;
                    sums.reactive += q_var * q.map_or(1.0, |q| q[row]);
                }
                sums
            };
            days.iter().map(of_day).collect()
        });
        Readings { sums: sums.collect(), slots: history::slots(calendar), first, days }
    }

    /// Forecasts of the devices behind some connections, day by day of the run, kind by kind.
    fn forecasts(&self, study: &Study, learned: &Learned, own: impl Fn(usize) -> bool) -> Vec<Vec<Group>> {
        let mut kinds: BTreeMap<(&'static str, Quantity), Vec<usize>> = BTreeMap::new();
        for (d, spec) in study.devices.iter().enumerate().filter(|(_, spec)| own(spec.connection.i())) {
            if let Some((_, quantity)) = profiled(&spec.device) {
                kinds.entry((spec.kind, quantity)).or_default().push(d);
            }
        }
        let histories: Vec<History> = kinds.values().map(|devices| self.history(study, learned, devices)).collect();
        let day = |k: usize| {
            let groups = kinds
                .iter()
                .zip(&histories)
                .map(|(((_, quantity), devices), history)| self.group(learned, self.first + k, *quantity, devices, history));
            groups.collect()
        };
        (0..study.periods.len()).map(day).collect()
    }

    /// Errors of the DSO's past forecasts of what lies behind each congestion point, day by day: kinds are spread by their shares, so
    /// that what is there errs otherwise than the whole kind.
    fn behind(&self, study: &Study, learned: &Learned, groups: &[Vec<Group>]) -> Vec<Vec<Errors>> {
        let mut days: Vec<Vec<Errors>> = vec![Vec::new(); study.periods.len()];
        let whole: Vec<History> = groups[0].iter().map(|g| self.history(study, learned, &g.devices(|_| true))).collect();
        for cp in &study.congestion_points {
            let mut here = vec![false; study.grid.connections.len()];
            cp.public.connections.iter().for_each(|c| here[c.i()] = true);
            let lies = |d: usize| here[study.devices[d].connection.i()];
            let part: Vec<History> = groups[0].iter().map(|g| self.history(study, learned, &g.devices(lies))).collect();
            for (k, groups) in groups.iter().enumerate() {
                let known = (self.first + k + 1).saturating_sub(learned.data_delay_days + 1);
                let read = known.saturating_sub(DAYS) * self.slots..known * self.slots;
                let mut sum = Errors { slots: self.slots, values: vec![0.0; read.len()] };
                for ((group, whole), part) in groups.iter().zip(&whole).zip(&part) {
                    let share: f64 = group.members.iter().filter(|m| lies(m.device)).map(|m| m.share).sum();
                    let (whole, part) = (&whole.values[read.clone()], &part.values[read.clone()]);
                    for (i, error) in group.errors.values.iter().enumerate() {
                        sum.values[i] += part[i] - share * (whole[i] - error);
                    }
                }
                days[k].push(sum);
            }
        }
        days
    }

    /// What the devices of a kind do together, day by day.
    fn history(&self, study: &Study, learned: &Learned, devices: &[usize]) -> History {
        let mut history = History::new(self.slots);
        let per_isp = study.steps_per_isp();
        let mut steps = Vec::new();
        for day in &self.days {
            steps.clear();
            steps.resize(day.rows.len(), 0.0);
            for d in devices {
                let (series, _) = profiled(&study.devices[*d].device).expect("devices of a kind have profiles");
                let [(nominal_w, profile), _] = series.parts(&study.truth);
                match profile {
                    Some(profile) => steps.iter_mut().zip(&profile[day.rows.clone()]).for_each(|(s, share)| *s += nominal_w * share),
                    None => steps.iter_mut().for_each(|s| *s += nominal_w),
                }
            }
            let isps: Vec<f64> = steps.chunks_exact(per_isp).map(|isp| isp.iter().sum::<f64>() / per_isp as f64).collect();
            history.push(day.date, &learned.holidays, &history::by_slot(self.slots, &day.slots_of, &isps));
        }
        history
    }

    /// The forecast of a kind for a day, from the days known on its eve.
    fn group(&self, learned: &Learned, day: usize, quantity: Quantity, devices: &[usize], history: &History) -> Group {
        let lead = learned.data_delay_days + 1;
        let known = (day + 1).saturating_sub(lead);
        let read = known.saturating_sub(DAYS)..known;
        let target = Target { lead, ..history.target(day, lead) };
        let known_days = history.last(known, DAYS);
        let (by_slot, errors) = learned.learner.forecast(&known_days, &target, None).expect("checked by no-history");
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
        let sums: Vec<Sums> = devices.iter().map(sum).collect();
        let all: f64 = sums.iter().map(|s| s.magnitude).sum();
        let ratio = |a: f64, b: f64| if b == 0.0 { 0.0 } else { a / b };
        let member = |(device, s): (&usize, &Sums)| Member {
            device: *device,
            share: ratio(s.magnitude, all),
            var_per_w: ratio(s.reactive, s.active),
        };
        Group {
            quantity,
            power_w: self.days[day].slots_of.iter().map(|slot| by_slot[*slot].clamp(least, most)).collect(),
            errors,
            members: devices.iter().zip(&sums).map(member).collect(),
        }
    }
}
