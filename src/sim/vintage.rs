//! Forecasts, made on the world's side from what is foreseen and the error model, and handed to agents as vintages.

use std::sync::Arc;

use crate::agent::{DsoVintage, PortfolioVintage};
use crate::asset::{AssetKind, AssetSpec};
use crate::forecast::{Model, PERSISTENCE, QUARTER, Quantity, UnitError, factor};
use crate::ids::AgrIdx;
use crate::scenario::study::{Study, asset_power, curtailable};
use crate::time::{IspIndex, Period, SimDuration, SimTime};

use super::world::{DayPlan, World, sessions_of};

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
    pub(super) fn portfolio(&self, agr: AgrIdx, world: &World<'_>, issued: SimTime, period: &Period) -> Arc<PortfolioVintage> {
        let study = self.study;
        let own = |c: crate::ids::ConnectionIdx| study.agr_of[c.i()] == Some(agr);
        let connections: Vec<usize> = (0..study.grid.connections.len()).filter(|c| study.agr_of[*c] == Some(agr)).collect();
        let mut inflexible_w = vec![vec![0.0; period.isps()]; connections.len()];
        for asset in study.assets.iter().filter(|a| own(a.connection) && !curtailable(a.kind)) {
            let row = connections.binary_search(&asset.connection.i()).expect("an own connection");
            self.add(&mut inflexible_w[row], asset, self.agrs[agr.i()].as_ref(), issued, period, 1.0);
        }
        let curtailables = world.sources.iter().filter(|s| s.agr == Some(agr));
        let available_w = curtailables
            .map(|s| {
                let mut w = vec![0.0; period.isps()];
                self.add(&mut w, &study.assets[s.asset], self.agrs[agr.i()].as_ref(), issued, period, -1.0);
                w
            })
            .collect();
        let vehicles = (0..study.vehicles.len()).filter(|v| own(study.vehicles[*v].connection));
        let sessions = vehicles.map(|v| sessions_of(study, v, period).collect()).collect();
        Arc::new(PortfolioVintage { period: *period, inflexible_w, available_w, sessions })
    }

    /// The DSO's forecast of every connection.
    pub(super) fn area(&self, plan: Option<&DayPlan>, issued: SimTime, period: &Period) -> Arc<DsoVintage> {
        let study = self.study;
        let n = study.grid.connections.len();
        let zeros = || vec![vec![0.0; period.isps()]; n];
        let (mut p_w, mut q_var, mut feed_in_w, mut device_w) = (zeros(), zeros(), zeros(), zeros());
        for asset in &study.assets {
            let c = asset.connection.i();
            let mut own = vec![0.0; period.isps()];
            self.add(&mut own, asset, self.dso.as_ref(), issued, period, 1.0);
            for (i, p) in own.iter().enumerate() {
                p_w[c][i] += p;
                match asset.kind {
                    kind if curtailable(kind) => feed_in_w[c][i] -= p,
                    AssetKind::HeatPump => device_w[c][i] += p,
                    AssetKind::Load | AssetKind::Charging | AssetKind::Pv | AssetKind::Plant => {}
                }
            }
            self.add_reactive(&mut q_var[c], asset, period);
        }
        for (v, plan) in plan.iter().flat_map(|p| p.vehicles.iter().enumerate()) {
            let c = study.vehicles[v].connection.i();
            for (i, p) in plan.iter().enumerate() {
                p_w[c][i] += p;
                device_w[c][i] += p;
            }
        }
        for (b, plan) in plan.iter().flat_map(|p| p.batteries.iter().enumerate()) {
            let c = study.batteries[b].connection.i();
            plan.iter().enumerate().for_each(|(i, p)| p_w[c][i] += p);
        }
        Arc::new(DsoVintage { period: *period, p_w, q_var, feed_in_w, device_w })
    }

    /// Adds `sign` times the forecast power of an asset, ISP averages.
    fn add(&self, into: &mut [f64], asset: &AssetSpec, error: Option<&UnitError>, issued: SimTime, period: &Period, sign: f64) {
        let study = self.study;
        let quantity = if curtailable(asset.kind) { Quantity::FeedIn } else { Quantity::Load };
        let parts = parts(period, if error.is_some() { common(study.step, QUARTER) } else { study.step });
        for (i, w) in into.iter_mut().enumerate() {
            let start = period.isp_start(IspIndex::from_offset(i));
            let mut sum = 0.0;
            for t in parts.clone().map(|d| start + d) {
                let truth = self.foreseen(asset, t).0;
                sum += match (&study.forecast, error) {
                    (Model::Synthetic(m), Some(e)) => truth * factor(m, e, quantity, t, issued),
                    _ => truth,
                };
            }
            *w += sign * sum / parts.len() as f64;
        }
    }

    fn add_reactive(&self, into: &mut [f64], asset: &AssetSpec, period: &Period) {
        let parts = parts(period, self.study.step);
        for (i, q) in into.iter_mut().enumerate() {
            let start = period.isp_start(IspIndex::from_offset(i));
            *q += parts.clone().map(|d| self.foreseen(asset, start + d).1).sum::<f64>() / parts.len() as f64;
        }
    }

    /// What forecasts start from: the truth of the moment, or of 48 h before under persistence (of the moment itself
    /// where the profiles begin).
    fn foreseen(&self, asset: &AssetSpec, t: SimTime) -> (f64, f64) {
        let profiles = &self.study.foreseen;
        let base = match self.study.forecast {
            Model::Persistence => t - PERSISTENCE,
            Model::Perfect | Model::Synthetic(_) => t,
        };
        let row = profiles.step_at(base).or_else(|| profiles.step_at(t)).expect("profiles cover the run");
        asset_power(asset, profiles, row)
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
