//! Forecasts, made on the world's side from what is foreseen and the error model, and handed to agents as vintages.

use std::sync::Arc;

use crate::agent::{Area, DsoVintage, PortfolioVintage};
use crate::asset::Device;
use crate::asset::fixed::Series;
use crate::forecast::{Model, PERSISTENCE, QUARTER, Quantity, UnitError, factor};
use crate::ids::AgrIdx;
use crate::profile::ProfileTable;
use crate::scenario::study::Study;
use crate::time::{Period, SimDuration, SimTime};

use super::household::Schedules;
use super::learned::{Forecasts, Group, Member};
use super::outlook::{self, Skies};
use super::readings::tan_phi;
use super::reference::Reference;

/// The forecasters of a case.
pub(super) struct Forecaster<'a> {
    study: &'a Study,
    reference: &'a Reference,
    skies: Skies<'a>,
    learned: Option<&'a Forecasts>,
    /// Probability with which the DSO sizes its requests.
    request_quantile: Option<f64>,
    dso: Option<UnitError>,
    agrs: Vec<Option<UnitError>>,
}

impl<'a> Forecaster<'a> {
    pub(super) fn new(study: &'a Study, reference: &'a Reference, request_quantile: Option<f64>) -> Forecaster<'a> {
        let names = [study.dso.as_str()].into_iter().chain(study.agrs.iter().map(|a| a.domain.as_str()));
        let errors = match &study.forecast {
            Model::Synthetic(m) => UnitError::each(m, study.seed, names, study.start, study.step_start(study.steps)),
            Model::Perfect | Model::Persistence | Model::Learned(_) => Vec::new(),
        };
        let mut errors = errors.into_iter();
        Forecaster {
            study,
            reference,
            skies: Skies::new(study),
            learned: reference.learned.as_ref(),
            request_quantile,
            dso: errors.next(),
            agrs: study.agrs.iter().map(|_| errors.next()).collect(),
        }
    }

    /// An aggregator's forecast of its portfolio, in the order of its own tables.
    pub(super) fn portfolio(&self, agr: AgrIdx, issued: SimTime, period: &Period) -> Arc<PortfolioVintage> {
        let study = self.study;
        let look = self.look(Some(agr), self.agrs[agr.i()].as_ref(), issued, period);
        let connections: Vec<usize> = (0..study.grid.connections.len()).filter(|c| study.agr_of[*c] == Some(agr)).collect();
        let mut inflexible_w = vec![vec![0.0; period.isps()]; connections.len()];
        let mut outlook = Vec::new();
        let sky = self.skies.outlook(issued, period);
        for (d, spec) in study.devices.iter().enumerate().filter(|(_, spec)| study.agr_of[spec.connection.i()] == Some(agr)) {
            match &spec.device {
                Device::Fixed(fixed) => {
                    let row = connections.binary_search(&spec.connection.i()).expect("an own connection");
                    look.add_active(&mut inflexible_w[row], d, &fixed.series, Quantity::Load);
                }
                device => {
                    let quantity = if matches!(device, Device::Process(_)) { Quantity::Load } else { Quantity::FeedIn };
                    let power_w = |series: &Series| {
                        let mut power = vec![0.0; period.isps()];
                        look.add_active(&mut power, d, series, quantity);
                        power
                    };
                    outlook.push(outlook::of(spec, period, sky.as_ref(), power_w));
                }
            }
        }
        Arc::new(PortfolioVintage { period: *period, inflexible_w, outlook })
    }

    /// The DSO's forecast of every connection; `plans` is what it expects households to do with what they steer, where it has not
    /// learned that from their meters, nor knows what they do without orders.
    pub(super) fn area(&self, plans: &Schedules, issued: SimTime, period: &Period) -> Arc<DsoVintage> {
        let study = self.study;
        let look = self.look(None, self.dso.as_ref(), issued, period);
        let zero = || Area::zero(study.grid.connections.len(), period.isps());
        let (mut p_w, mut q_var, mut feed_in_w, mut device_w) = (zero(), zero(), zero(), zero());
        let (mut own, mut reactive) = (vec![0.0; period.isps()], vec![0.0; period.isps()]);
        for (d, (spec, plan)) in study.devices.iter().zip(plans).enumerate() {
            let c = spec.connection.i();
            let (series, quantity) = match &spec.device {
                Device::Fixed(fixed) => (Some(&fixed.series), Quantity::Load),
                Device::Curtailable(plant) => (Some(&plant.series), Quantity::FeedIn),
                _ => (None, Quantity::Load),
            };
            own.fill(0.0);
            reactive.fill(0.0);
            match (series, plan) {
                (Some(series), _) => {
                    look.add_active(&mut own, d, series, quantity);
                    look.add_reactive(&mut reactive, d, series);
                    q_var.add(c, &reactive);
                }
                (None, Some(plan)) => {
                    if study.forecast == Model::Perfect {
                        self.as_it_happens(&mut own, d, period);
                    } else if !look.add_metered(&mut own, d) {
                        own.copy_from_slice(plan);
                    }
                    let tan_phi = tan_phi(&spec.device);
                    if tan_phi != 0.0 {
                        reactive.iter_mut().zip(&own).for_each(|(q, p)| *q = tan_phi * p);
                        q_var.add(c, &reactive);
                    }
                }
                (None, None) => {}
            }
            p_w.add(c, &own);
            if spec.device.limitable() {
                let parts: (Vec<f64>, Vec<f64>) = own.iter().map(|p| ((-p).max(0.0), p.max(0.0))).unzip();
                feed_in_w.add(c, &parts.0);
                device_w.add(c, &parts.1);
            }
        }
        let range_w = self.learned.zip(self.request_quantile).and_then(|(learned, tau)| learned.range_w(study, period, tau));
        Arc::new(DsoVintage { period: *period, p_w, q_var, feed_in_w, device_w, range_w })
    }

    /// What device `d` does in a Period without flexibility, ISP averages, W: drivers come when they do, whatever they announced.
    fn as_it_happens(&self, into: &mut [f64], d: usize, period: &Period) {
        let (first, per_isp) = (self.study.steps_of(period).start, self.study.steps_per_isp());
        let mean = |i: usize| (0..per_isp).map(|s| f64::from(self.reference.device_w(d, first + i * per_isp + s))).sum::<f64>();
        into.iter_mut().enumerate().for_each(|(i, w)| *w = mean(i) / per_isp as f64);
    }

    fn look(&self, agr: Option<AgrIdx>, error: Option<&UnitError>, issued: SimTime, period: &Period) -> Look<'a> {
        match self.learned {
            Some(learned) => Look::Learned(Expected::new(self.study, learned.of(agr, period))),
            None => Look::Foreseen(Foreseen::new(self.study, error, issued, period)),
        }
    }
}

/// How a Period looks from one moment.
enum Look<'a> {
    /// As truth or what stands for it, with errors.
    Foreseen(Foreseen<'a>),
    /// As it was learned.
    Learned(Expected<'a>),
}

impl Look<'_> {
    /// Adds the forecast active power of a device that follows a series, ISP averages.
    fn add_active(&self, into: &mut [f64], device: usize, series: &Series, quantity: Quantity) {
        match self {
            Look::Foreseen(foreseen) => foreseen.add_active(into, series, quantity),
            Look::Learned(expected) => expected.add(into, device, |m| m.share),
        }
    }

    /// Adds the power that was learned of a device which follows none, if any was.
    fn add_metered(&self, into: &mut [f64], device: usize) -> bool {
        match self {
            Look::Foreseen(_) => false,
            Look::Learned(expected) => {
                let known = expected.0[device].is_some();
                if known {
                    expected.add(into, device, |m| m.share);
                }
                known
            }
        }
    }

    /// Adds its reactive power.
    fn add_reactive(&self, into: &mut [f64], device: usize, series: &Series) {
        match self {
            Look::Foreseen(foreseen) => foreseen.add_reactive(into, series),
            Look::Learned(expected) => expected.add(into, device, |m| m.share * m.var_per_w),
        }
    }
}

/// What is learned of each device's kind, and its part in it.
struct Expected<'a>(Vec<Option<(&'a Group, Member)>>);

impl<'a> Expected<'a> {
    fn new(study: &Study, groups: &'a [Group]) -> Expected<'a> {
        let mut of_device = vec![None; study.devices.len()];
        for group in groups {
            group.members.iter().for_each(|m| of_device[m.device] = Some((group, *m)));
        }
        Expected(of_device)
    }

    fn add(&self, into: &mut [f64], device: usize, part: impl Fn(&Member) -> f64) {
        let (group, member) = self.0[device].as_ref().expect("devices with a series are learned");
        let part = part(member);
        into.iter_mut().zip(&group.power_w).for_each(|(to, w)| *to += part * w);
    }
}

/// The rows of the profiles that stand for each part of an ISP, and what errors make of them.
struct Foreseen<'a> {
    profiles: &'a ProfileTable,
    /// Parts in an ISP: of active power, which errors change from quarter to quarter, and of reactive power.
    parts: usize,
    steps: usize,
    /// `[isp · parts + part]` row, and factor by quantity.
    rows: Vec<usize>,
    factors: [Vec<f64>; 2],
    /// `[isp · steps + step]` row.
    step_rows: Vec<usize>,
}

impl<'a> Foreseen<'a> {
    fn new(study: &'a Study, error: Option<&UnitError>, issued: SimTime, period: &Period) -> Foreseen<'a> {
        let starts = |part: SimDuration| {
            let inside = parts(period, part);
            period.iter().flat_map(move |isp| inside.clone().map(move |d| period.isp_start(isp) + d))
        };
        let part = if error.is_some() { common(study.step, QUARTER) } else { study.step };
        let factors = |quantity| match (&study.forecast, error) {
            (Model::Synthetic(m), Some(e)) => starts(part).map(|t| factor(m, e, quantity, t, issued)).collect(),
            _ => Vec::new(),
        };
        Foreseen {
            profiles: &study.foreseen,
            parts: parts(period, part).len(),
            steps: parts(period, study.step).len(),
            rows: starts(part).map(|t| foreseen(study, t)).collect(),
            factors: [factors(Quantity::FeedIn), factors(Quantity::Load)],
            step_rows: starts(study.step).map(|t| foreseen(study, t)).collect(),
        }
    }

    /// Adds the forecast active power of a series, ISP averages.
    fn add_active(&self, into: &mut [f64], series: &Series, quantity: Quantity) {
        let factors = &self.factors[usize::from(quantity == Quantity::Load)];
        let [(nominal_w, profile), _] = series.parts(self.profiles);
        for (i, w) in into.iter_mut().enumerate() {
            let parts = i * self.parts..(i + 1) * self.parts;
            let truth = |k: usize| nominal_w * profile.map_or(1.0, |p| p[self.rows[k]]);
            let part = |k: usize| factors.get(k).map_or_else(|| truth(k), |f| truth(k) * f);
            *w += parts.map(part).fold(0.0, |sum, p| sum + p) / self.parts as f64;
        }
    }

    /// Adds the reactive power of a series, ISP averages.
    fn add_reactive(&self, into: &mut [f64], series: &Series) {
        let [_, (nominal_var, profile)] = series.parts(self.profiles);
        for (i, q) in into.iter_mut().enumerate() {
            let steps = i * self.steps..(i + 1) * self.steps;
            let truth = |k: usize| nominal_var * profile.map_or(1.0, |p| p[self.step_rows[k]]);
            *q += steps.map(truth).sum::<f64>() / self.steps as f64;
        }
    }
}

/// Row of what a forecast starts from: the truth of the moment, or of 48 h before under persistence (of the moment itself where
/// the profiles begin).
fn foreseen(study: &Study, t: SimTime) -> usize {
    let base = match study.forecast {
        Model::Persistence => t - PERSISTENCE,
        Model::Perfect | Model::Synthetic(_) | Model::Learned(_) => t,
    };
    study.foreseen.step_at(base).or_else(|| study.foreseen.step_at(t)).expect("profiles cover the run")
}

/// Where the parts of an ISP begin, which are `part` long, after its own beginning.
fn parts(period: &Period, part: SimDuration) -> impl ExactSizeIterator<Item = SimDuration> + Clone + use<> {
    (0..(period.isp().0 / part.0) as usize).map(move |k| SimDuration(part.0 * k as i64))
}

/// The longest time that divides both.
fn common(a: SimDuration, b: SimDuration) -> SimDuration {
    if b == SimDuration::ZERO { a } else { common(b, SimDuration(a.0 % b.0)) }
}
