//! Forecasts, made on the world's side from what is foreseen and the error model, and handed to agents as vintages.

use std::sync::Arc;

use crate::agent::{DsoVintage, PortfolioVintage};
use crate::asset::fixed::Series;
use crate::asset::{Device, Outlook};
use crate::forecast::{Model, PERSISTENCE, QUARTER, Quantity, UnitError, factor};
use crate::ids::AgrIdx;
use crate::scenario::study::Study;
use crate::time::{IspIndex, Period, SimDuration, SimTime};

use super::household::Schedules;

/// The forecasters of a case.
pub(super) struct Forecaster<'a> {
    study: &'a Study,
    dso: Option<UnitError>,
    agrs: Vec<Option<UnitError>>,
}

impl<'a> Forecaster<'a> {
    pub(super) fn new(study: &'a Study) -> Forecaster<'a> {
        let error = |name: &str| match &study.forecast {
            Model::Synthetic(m) => Some(UnitError::new(m, study.seed, name, study.start, study.step_start(study.steps))),
            Model::Perfect | Model::Persistence => None,
        };
        Forecaster { study, dso: error(study.dso.as_str()), agrs: study.agrs.iter().map(|a| error(a.domain.as_str())).collect() }
    }

    /// An aggregator's forecast of its portfolio, in the order of its own tables.
    pub(super) fn portfolio(&self, agr: AgrIdx, issued: SimTime, period: &Period) -> Arc<PortfolioVintage> {
        let study = self.study;
        let error = self.agrs[agr.i()].as_ref();
        let connections: Vec<usize> = (0..study.grid.connections.len()).filter(|c| study.agr_of[*c] == Some(agr)).collect();
        let mut inflexible_w = vec![vec![0.0; period.isps()]; connections.len()];
        let mut outlook = Vec::new();
        for spec in study.devices.iter().filter(|d| study.agr_of[d.connection.i()] == Some(agr)) {
            match &spec.device {
                Device::Fixed(fixed) => {
                    let row = connections.binary_search(&spec.connection.i()).expect("an own connection");
                    self.add(&mut inflexible_w[row], &fixed.series, Quantity::Load, error, issued, period);
                }
                Device::Curtailable(plant) => {
                    let mut power = vec![0.0; period.isps()];
                    self.add(&mut power, &plant.series, Quantity::FeedIn, error, issued, period);
                    outlook.push(Outlook::Power(power));
                }
                _ => outlook.push(spec.outlook(period)),
            }
        }
        Arc::new(PortfolioVintage { period: *period, inflexible_w, outlook })
    }

    /// The DSO's forecast of every connection; `plans` is what it expects households to do with what they steer.
    pub(super) fn area(&self, plans: &Schedules, issued: SimTime, period: &Period) -> Arc<DsoVintage> {
        let study = self.study;
        let n = study.grid.connections.len();
        let zeros = || vec![vec![0.0; period.isps()]; n];
        let (mut p_w, mut q_var, mut feed_in_w, mut device_w) = (zeros(), zeros(), zeros(), zeros());
        for (spec, plan) in study.devices.iter().zip(plans) {
            let c = spec.connection.i();
            let (series, quantity) = match &spec.device {
                Device::Fixed(fixed) => (Some(&fixed.series), Quantity::Load),
                Device::Curtailable(plant) => (Some(&plant.series), Quantity::FeedIn),
                _ => (None, Quantity::Load),
            };
            let mut own = plan.as_ref().map_or_else(|| vec![0.0; period.isps()], |plan| plan.to_vec());
            if let Some(series) = series {
                self.add(&mut own, series, quantity, self.dso.as_ref(), issued, period);
                self.add_reactive(&mut q_var[c], series, period);
            }
            for (i, p) in own.iter().enumerate() {
                p_w[c][i] += p;
                if spec.device.limitable() {
                    feed_in_w[c][i] += (-p).max(0.0);
                    device_w[c][i] += p.max(0.0);
                }
            }
        }
        Arc::new(DsoVintage { period: *period, p_w, q_var, feed_in_w, device_w })
    }

    /// Adds the forecast power of a series, ISP averages.
    fn add(&self, into: &mut [f64], series: &Series, quantity: Quantity, error: Option<&UnitError>, issued: SimTime, period: &Period) {
        let study = self.study;
        let parts = parts(period, if error.is_some() { common(study.step, QUARTER) } else { study.step });
        for (i, w) in into.iter_mut().enumerate() {
            let start = period.isp_start(IspIndex::from_offset(i));
            let mut sum = 0.0;
            for t in parts.clone().map(|d| start + d) {
                let truth = self.foreseen(series, t).0;
                sum += match (&study.forecast, error) {
                    (Model::Synthetic(m), Some(e)) => truth * factor(m, e, quantity, t, issued),
                    _ => truth,
                };
            }
            *w += sum / parts.len() as f64;
        }
    }

    fn add_reactive(&self, into: &mut [f64], series: &Series, period: &Period) {
        let parts = parts(period, self.study.step);
        for (i, q) in into.iter_mut().enumerate() {
            let start = period.isp_start(IspIndex::from_offset(i));
            *q += parts.clone().map(|d| self.foreseen(series, start + d).1).sum::<f64>() / parts.len() as f64;
        }
    }

    /// What forecasts start from: the truth of the moment, or of 48 h before under persistence (of the moment itself
    /// where the profiles begin).
    fn foreseen(&self, series: &Series, t: SimTime) -> (f64, f64) {
        let profiles = &self.study.foreseen;
        let base = match self.study.forecast {
            Model::Persistence => t - PERSISTENCE,
            Model::Perfect | Model::Synthetic(_) => t,
        };
        let row = profiles.step_at(base).or_else(|| profiles.step_at(t)).expect("profiles cover the run");
        series.at(profiles, row)
    }
}

/// Where the parts of an ISP begin, which are `part` long, after its own beginning.
fn parts(period: &Period, part: SimDuration) -> impl ExactSizeIterator<Item = SimDuration> + Clone + use<> {
    (0..(period.isp().0 / part.0) as usize).map(move |k| SimDuration(part.0 * k as i64))
}

/// The longest time that divides both.
fn common(a: SimDuration, b: SimDuration) -> SimDuration {
    if b == SimDuration::ZERO { a } else { common(b, SimDuration(a.0 % b.0)) }
}
