//! How good the forecasts of a run were, by participant, quantity and horizon.
//!
//! Truth is what devices with profiles would do without orders and limitations, as learners read it. Horizons are hours from the
//! moment at which a forecast is handed over to the beginning of an ISP.

use std::collections::BTreeMap;

use crate::agent::agenda::Handover;
use crate::forecast::quantile::Errors;
use crate::forecast::{Quantity, history, scores};
use crate::ids::{AgrIdx, Domain};
use crate::scenario::study::Study;
use crate::time::{Period, SimDuration, SimTime};

use super::learned::{Forecasts, profiled};

/// Length of a class of horizons, h.
const CLASS_H: i64 = 12;
/// Level of the quantile that is scored.
const TAU: f64 = 0.9;
/// How old the reference of skill is.
const WEEK: SimDuration = SimDuration::hours(24 * 7);

/// How good the learned forecasts of a run were.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastRecord {
    /// By participant, quantity and horizon.
    pub scores: Vec<ForecastScore>,
    /// The DSO's forecast of the day with the highest power.
    pub day: ForecastDay,
}

/// A forecast and what came, one value an ISP, kW.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastDay {
    /// The day.
    pub period: Period,
    /// Bands from the widest: share of cases in it, low and high end.
    pub bands: Vec<(f64, Vec<f64>, Vec<f64>)>,
    /// What was expected.
    pub expected_kw: Vec<f64>,
    /// What came.
    pub truth_kw: Vec<f64>,
}

impl ForecastRecord {
    pub(super) fn new(study: &Study, learned: &Forecasts) -> ForecastRecord {
        let devices: Vec<usize> = (0..study.devices.len()).filter(|d| profiled(&study.devices[*d].device).is_some()).collect();
        let truth = |period: &Period| {
            let isps = period.iter().map(|isp| truth_w(study, &devices, period.isp_start(isp)).expect("profiles cover the run"));
            isps.map(|w| w * 1e-3).collect::<Vec<f64>>()
        };
        let peak = |truth_kw: &[f64]| truth_kw.iter().fold(0.0_f64, |peak, kw| peak.max(kw.abs()));
        let days = study.periods.iter().map(|period| (period, truth(period)));
        let highest = days.reduce(|best, day| if peak(&day.1) > peak(&best.1) { day } else { best });
        let (period, truth_kw) = highest.expect("a run has days");
        ForecastRecord { scores: scores_of(study, learned), day: ForecastDay::new(study, learned, period, truth_kw) }
    }
}

/// Shares of cases in the bands of a day's forecast.
const BANDS: [f64; 2] = [0.9, 0.5];

impl ForecastDay {
    fn new(study: &Study, learned: &Forecasts, period: &Period, truth_kw: Vec<f64>) -> ForecastDay {
        let groups = learned.of(None, period);
        let mut errors = Errors::default();
        groups.iter().for_each(|g| errors.add(&g.errors, 1.0));
        let expected_kw: Vec<f64> = (0..period.isps()).map(|i| groups.iter().map(|g| g.power_w[i]).sum::<f64>() * 1e-3).collect();
        let slots_of = history::slots_of(&study.calendar, period);
        let end = |tau: f64| -> Vec<f64> {
            expected_kw.iter().zip(&slots_of).map(|(kw, slot)| kw + errors.quantile(*slot, tau) * 1e-3).collect()
        };
        let bands = BANDS.map(|share| (share, end(0.5 - 0.5 * share), end(0.5 + 0.5 * share)));
        ForecastDay { period: *period, bands: bands.to_vec(), truth_kw, expected_kw }
    }
}

/// The scores of a participant's forecasts of a quantity over the ISPs in a class of horizons.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastScore {
    /// Who forecast.
    pub participant: Domain,
    /// What.
    pub quantity: Quantity,
    /// Shortest and longest horizon, h.
    pub horizon_h: (i64, i64),
    /// ISPs scored.
    pub isps: usize,
    /// Mean absolute error, W.
    pub mae_w: f64,
    /// Root mean square error, W.
    pub rmse_w: f64,
    /// Mean of forecast less truth, consumption positive, W.
    pub bias_w: f64,
    /// Mean absolute error over the mean magnitude of truth.
    pub nmae: f64,
    /// Against the same hour of the week before; `None` where it is not in the profiles.
    pub skill: Option<f64>,
    /// Pinball loss of the 90 % quantile, W.
    pub pinball_w: f64,
    /// Share of truth at or below that quantile.
    pub coverage: f64,
}

/// What is compared, one value an ISP.
#[derive(Default)]
struct Series {
    forecast: Vec<f64>,
    truth: Vec<f64>,
    before: Vec<Option<f64>>,
    quantile: Vec<f64>,
}

/// The scores of a run's learned forecasts.
fn scores_of(study: &Study, learned: &Forecasts) -> Vec<ForecastScore> {
    let agrs = (0..study.agrs.len()).map(|a| (Some(AgrIdx::new(a)), study.agrs[a].domain.clone()));
    let mut rows = Vec::new();
    for (agr, domain) in std::iter::once((None, study.dso.clone())).chain(agrs) {
        for quantity in [Quantity::Load, Quantity::FeedIn] {
            let mut classes: BTreeMap<i64, Series> = BTreeMap::new();
            for period in &study.periods {
                add_day(study, learned, agr, quantity, period, &mut classes);
            }
            rows.extend(classes.into_iter().map(|(class, series)| series.score(&domain, quantity, class)));
        }
    }
    rows
}

fn add_day(
    study: &Study,
    learned: &Forecasts,
    agr: Option<AgrIdx>,
    quantity: Quantity,
    period: &Period,
    classes: &mut BTreeMap<i64, Series>,
) {
    let groups: Vec<_> = learned.of(agr, period).iter().filter(|g| g.quantity == quantity && !g.members.is_empty()).collect();
    if groups.is_empty() {
        return;
    }
    let mut errors = Errors::default();
    groups.iter().for_each(|g| errors.add(&g.errors, 1.0));
    let slots_of = history::slots_of(&study.calendar, period);
    let above: Vec<f64> = (0..errors.slots).map(|q| errors.quantile(q, TAU)).collect();
    let devices: Vec<usize> = groups.iter().flat_map(|g| g.members.iter().map(|m| m.device)).collect();
    let handovers: &[Handover] = if agr.is_none() { &[Handover::EarlyForecast, Handover::Forecast] } else { &[Handover::Forecast] };
    for (i, isp) in period.iter().enumerate() {
        let start = period.isp_start(isp);
        let forecast: f64 = groups.iter().map(|g| g.power_w[i]).sum();
        let truth = truth_w(study, &devices, start).expect("profiles cover the run");
        let before = truth_w(study, &devices, start - WEEK);
        for handover in handovers {
            let issued = study.timetable.known(*handover, &study.calendar, period);
            let series = classes.entry((start - issued).0 / (3600 * CLASS_H)).or_default();
            series.forecast.push(forecast);
            series.truth.push(truth);
            series.before.push(before);
            series.quantile.push(forecast + above[slots_of[i]]);
        }
    }
}

/// Mean power of some devices in the ISP that begins at `start`, W; `None` outside the profiles.
fn truth_w(study: &Study, devices: &[usize], start: SimTime) -> Option<f64> {
    let first = study.truth.step_at(start)?;
    let steps = study.steps_per_isp();
    let mean = |d: &usize| {
        let (series, _) = profiled(&study.devices[*d].device).expect("devices of a group have profiles");
        let [(nominal_w, profile), _] = series.parts(&study.truth);
        let share = |row: usize| profile.map_or(1.0, |p| p[row]);
        nominal_w * (first..first + steps).map(share).sum::<f64>() / steps as f64
    };
    Some(devices.iter().map(mean).sum())
}

impl Series {
    fn score(&self, participant: &Domain, quantity: Quantity, class: i64) -> ForecastScore {
        let before: Option<Vec<f64>> = self.before.iter().copied().collect();
        ForecastScore {
            participant: participant.clone(),
            quantity,
            horizon_h: (class * CLASS_H, (class + 1) * CLASS_H),
            isps: self.truth.len(),
            mae_w: scores::mae(&self.forecast, &self.truth),
            rmse_w: scores::rmse(&self.forecast, &self.truth),
            bias_w: scores::bias(&self.forecast, &self.truth),
            nmae: scores::nmae(&self.forecast, &self.truth),
            skill: before.map(|before| scores::skill(&self.forecast, &before, &self.truth)),
            pinball_w: scores::pinball(&self.quantile, &self.truth, TAU),
            coverage: scores::coverage(&self.quantile, &self.truth),
        }
    }
}
