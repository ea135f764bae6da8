//! What participants have read: the power of every device, day by day, and the weather with what was expected of it on the eve.
//!
//! | device | what shows its power |
//! |---|---|
//! | follows a profile | instruments: what it would draw or feed in without orders and limitations |
//! | planned by its household | the meter, in the reference; that is what it does without orders |
//! | a house with a thermostat, before the run | the meter, in the weather before the run |
//!
//! Of vehicles, batteries and houses that follow the price nothing is known before the run: prices before it are not.

use std::ops::Range;

use jiff::civil::Date;

use crate::agent::agenda::Handover;
use crate::asset::fixed::Series;
use crate::asset::house::House;
use crate::asset::{Cap, Device, Model, Moment};
use crate::forecast::clear_sky::Light;
use crate::forecast::history::{self, BEFORE, DAYS, History};
use crate::forecast::regression::Temperature;
use crate::forecast::{Learned, Quantity};
use crate::scenario::study::Study;
use crate::time::{Period, SimDuration, SimTime};

use super::outlook::Skies;

/// The profile of a device that has one, and what it is.
pub(super) fn profiled(device: &Device) -> Option<(&Series, Quantity)> {
    match device {
        Device::Fixed(fixed) => Some((&fixed.series, Quantity::Load)),
        Device::Process(process) => Some((&process.series, Quantity::Load)),
        Device::Curtailable(plant) => Some((&plant.series, Quantity::FeedIn)),
        _ => None,
    }
}

/// Reactive per active power of a device that follows no profile.
pub(super) fn tan_phi(device: &Device) -> f64 {
    match device {
        Device::House(house) => house.pump.tan_phi,
        Device::Generator(generator) => generator.tan_phi,
        _ => 0.0,
    }
}

/// Metered powers of a device that follows no profile, W, from a row of the table of profiles on.
#[derive(Debug, Clone, Default)]
struct Meter {
    from: usize,
    power_w: Vec<f32>,
}

/// Days that can be read, with what each device does on them.
pub(super) struct Readings<'a> {
    study: &'a Study,
    days: Vec<Day>,
    /// Row among the days of the run's first.
    pub(super) first: usize,
    pub(super) slots: usize,
    /// By device; nothing of those with a profile.
    meters: Vec<Option<Meter>>,
    sky: Option<Sky>,
}

struct Day {
    date: Date,
    /// Rows of its steps in the table.
    rows: Range<usize>,
    slots_of: Vec<usize>,
}

/// Weather of each day by slot, `[day · slots + slot]`: as it was, and as it was expected on the eve.
#[derive(Default)]
struct Sky {
    air_c: [Vec<f64>; 2],
    light_w_m2: [Vec<f64>; 2],
}

impl<'a> Readings<'a> {
    /// What was read; `shiftable_w` is the power of the devices `shiftable` in the reference, step by step.
    pub(super) fn new(study: &'a Study, learned: &Learned, skies: &Skies<'_>, shiftable: &[usize], shiftable_w: &[f32]) -> Readings<'a> {
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
        let mut meters = vec![None; study.devices.len()];
        for (k, &d) in shiftable.iter().enumerate().filter(|(_, d)| profiled(&study.devices[**d].device).is_none()) {
            let mut meter = match &study.devices[d].device {
                Device::House(house) if !study.devices[d].steered => under_thermostat(study, &study.devices[d].id, house),
                _ => Meter { from: run_row(study), power_w: Vec::new() },
            };
            meter.power_w.extend((0..study.steps).map(|step| shiftable_w[step * shiftable.len() + k]));
            meters[d] = Some(meter);
        }
        let slots = history::slots(calendar);
        let sky = study.weather.as_ref().map(|_| Sky::new(study, skies, slots, &days));
        Readings { study, slots, first, meters, sky, days }
    }

    /// Slots in which the ISPs of a day begin.
    pub(super) fn slots_of(&self, day: usize) -> &[usize] {
        &self.days[day].slots_of
    }

    /// The first day of which everything about a device can be read.
    pub(super) fn begins(&self, d: usize) -> usize {
        self.meters[d].as_ref().map_or(0, |m| self.days.partition_point(|day| day.rows.start < m.from))
    }

    /// Whether there is anything to read.
    pub(super) fn shows(&self, d: usize) -> bool {
        self.meters[d].is_some() || profiled(&self.study.devices[d].device).is_some()
    }

    /// Adds the power of a device in some rows of the table of profiles.
    fn add(&self, d: usize, rows: Range<usize>, into: &mut [f64]) {
        if let Some(meter) = &self.meters[d] {
            let read = &meter.power_w[rows.start - meter.from..rows.end - meter.from];
            into.iter_mut().zip(read).for_each(|(sum, w)| *sum += f64::from(*w));
            return;
        }
        let (series, _) = profiled(&self.study.devices[d].device).expect("what is not metered has a profile");
        let [(nominal_w, profile), _] = series.parts(&self.study.truth);
        match profile {
            Some(profile) => into.iter_mut().zip(&profile[rows]).for_each(|(sum, share)| *sum += nominal_w * share),
            None => into.iter_mut().for_each(|sum| *sum += nominal_w),
        }
    }

    /// Σ|p|, Σp and Σq of a device over some days, a row each.
    pub(super) fn sums(&self, d: usize) -> Vec<Sums> {
        let of_day = |day: &Day| {
            let mut sums = Sums::default();
            if let Some(meter) = &self.meters[d] {
                if day.rows.start >= meter.from {
                    for w in &meter.power_w[day.rows.start - meter.from..day.rows.end - meter.from] {
                        sums.magnitude += f64::from(w.abs());
                        sums.active += f64::from(*w);
                    }
                    sums.reactive = sums.active * tan_phi(&self.study.devices[d].device);
                }
            } else if let Some((series, _)) = profiled(&self.study.devices[d].device) {
                let [(p_w, p), (q_var, q)] = series.parts(&self.study.truth);
                for row in day.rows.clone() {
                    let active = p_w * p.map_or(1.0, |p| p[row]);
                    sums.magnitude += active.abs();
                    sums.active += active;
                    sums.reactive += q_var * q.map_or(1.0, |q| q[row]);
                }
            }
            sums
        };
        self.days.iter().map(of_day).collect()
    }

    /// What some devices do together, day by day from day `begins` on.
    pub(super) fn history(&self, learned: &Learned, begins: usize, devices: &[usize]) -> History {
        let mut history = History::new(self.slots);
        let per_isp = self.study.steps_per_isp();
        let mut steps = Vec::new();
        for day in &self.days[begins..] {
            steps.clear();
            steps.resize(day.rows.len(), 0.0);
            devices.iter().for_each(|d| self.add(*d, day.rows.clone(), &mut steps));
            let isps: Vec<f64> = steps.chunks_exact(per_isp).map(|isp| isp.iter().sum::<f64>() / per_isp as f64).collect();
            history.push(day.date, &learned.holidays, &history::by_slot(self.slots, &day.slots_of, &isps));
        }
        history
    }

    /// Mean power of some devices in the ISP that begins at `start`, W; `None` where that was not read.
    pub(super) fn isp_w(&self, devices: &[usize], start: SimTime) -> Option<f64> {
        let first = self.study.truth.step_at(start)?;
        let per_isp = self.study.steps_per_isp();
        let read = |d: &usize| self.meters[*d].as_ref().is_none_or(|m| first >= m.from);
        if first + per_isp > self.study.truth.steps() || !devices.iter().all(read) {
            return None;
        }
        let mut steps = vec![0.0; per_isp];
        devices.iter().for_each(|d| self.add(*d, first..first + per_isp, &mut steps));
        Some(steps.iter().sum::<f64>() / per_isp as f64)
    }

    /// Temperature of some known days and as expected of another.
    pub(super) fn temperature(&self, known: Range<usize>, day: usize) -> Option<Temperature<'_>> {
        let [was, expected] = &self.sky.as_ref()?.air_c;
        Some(Temperature { known: self.of(was, known), target: self.of(expected, day..day + 1) })
    }

    /// Irradiance of some known days and as expected of them and another.
    pub(super) fn light(&self, known: Range<usize>, day: usize) -> Option<Light<'_>> {
        let [was, expected] = &self.sky.as_ref()?.light_w_m2;
        Some(Light { known: self.of(was, known.clone()), foreseen: self.of(expected, known), target: self.of(expected, day..day + 1) })
    }

    fn of<'b>(&self, values: &'b [f64], days: Range<usize>) -> &'b [f64] {
        &values[days.start * self.slots..days.end * self.slots]
    }
}

/// Sums over the steps of a day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) magnitude: f64,
    pub(super) active: f64,
    pub(super) reactive: f64,
}

impl Sky {
    fn new(study: &Study, skies: &Skies<'_>, slots: usize, days: &[Day]) -> Sky {
        let mut sky = Sky::default();
        for day in days {
            let period: Period = study.calendar.period(day.date);
            let issued = study.timetable.known(Handover::EarlyForecast, &study.calendar, &period);
            for (row, seen_from) in [None, Some(issued)].into_iter().enumerate() {
                let (air_c, light_w_m2) = skies.means(seen_from, &period);
                sky.air_c[row].extend(history::by_slot(slots, &day.slots_of, &air_c));
                sky.light_w_m2[row].extend(history::by_slot(slots, &day.slots_of, &light_w_m2));
            }
        }
        sky
    }
}

/// Row of the run's first step in the table of profiles.
fn run_row(study: &Study) -> usize {
    study.truth.step_at(study.start).expect("profiles cover the run")
}

/// What the heat pump of a house drew before the run, under its thermostat in the weather that was.
fn under_thermostat(study: &Study, id: &str, house: &House) -> Meter {
    let (until, step) = (run_row(study), study.truth.step());
    let Some(weather) = study.weather.as_deref() else { return Meter { from: until, power_w: Vec::new() } };
    let earliest = (study.start - BEFORE).max(weather.grid.start).max(study.truth.start());
    // Steps of the table, of which the run's first is one.
    let from = until - ((study.start - earliest).0 / step.0) as usize;
    let start_of = |row: usize| study.start - SimDuration(step.0 * (until - row) as i64);
    let mut state = house.begins(study.seed, id, start_of(from));
    let power_w = (from..until).map(|row| {
        let moment = Moment { start: start_of(row), step, profiles: &study.truth, row, weather: Some(weather), others_w: f64::NAN };
        house.step(&mut state, &moment, f64::NAN, Cap::NONE).0.p_w as f32
    });
    Meter { from, power_w: power_w.collect() }
}
