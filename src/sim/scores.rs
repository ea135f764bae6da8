//! How good the forecasts of a run were, by participant, quantity and horizon.
//!
//! Truth is what devices do without orders and limitations, as learners read it. Horizons are hours from the moment at which a forecast
//! is handed over to the beginning of an ISP. Peaks are the twentieth of the ISPs with the most power. The ensemble of a forecast is it
//! and its past errors in the slot and those beside it.

use std::collections::BTreeMap;

use crate::agent::agenda::Handover;
use crate::forecast::quantile::{self, Errors};
use crate::forecast::{Quantity, history, scores};
use crate::ids::{AgrIdx, Domain};
use crate::scenario::study::Study;
use crate::time::{Period, SimDuration};

use super::learned::{Forecasts, Group};
use super::readings::Readings;

/// Length of a class of horizons, h.
const CLASS_H: i64 = 12;
/// Level of the quantile that is scored.
const TAU: f64 = 0.9;
/// What households steer.
const METERED: &str = "metered";
/// Of so many ISPs one is a peak.
const PEAKS: usize = 20;
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
    pub(super) fn new(study: &Study, learned: &Forecasts, readings: &Readings<'_>) -> ForecastRecord {
        let truth = |period: &Period| {
            let devices = devices_of(learned.of(None, period).iter());
            let isps = period.iter().map(|isp| readings.isp_w(&devices, period.isp_start(isp)).expect("the run is read"));
            isps.map(|w| w * 1e-3).collect::<Vec<f64>>()
        };
        let peak = |truth_kw: &[f64]| truth_kw.iter().fold(0.0_f64, |peak, kw| peak.max(kw.abs()));
        let days = study.periods.iter().map(|period| (period, truth(period)));
        let highest = days.reduce(|best, day| if peak(&day.1) > peak(&best.1) { day } else { best });
        let (period, truth_kw) = highest.expect("a run has days");
        ForecastRecord { scores: scores_of(study, learned, readings), day: ForecastDay::new(study, learned, period, truth_kw) }
    }
}

/// What a kind counts as.
fn name(group: &Group) -> &'static str {
    if group.profiled { group.quantity.name() } else { METERED }
}

fn devices_of<'a>(groups: impl Iterator<Item = &'a Group>) -> Vec<usize> {
    groups.flat_map(|g| g.members.iter().map(|m| m.device)).collect()
}

/// Shares of cases in the bands of a day's forecast.
const BANDS: [f64; 2] = [0.9, 0.5];

impl ForecastDay {
    fn new(study: &Study, learned: &Forecasts, period: &Period, truth_kw: Vec<f64>) -> ForecastDay {
        let groups = learned.of(None, period);
        let errors = Errors::of_sum(groups.iter().map(|g| &g.errors));
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
    /// What: `load` and `feed-in` of devices that follow profiles, or `metered`, what households steer.
    pub quantity: &'static str,
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
    /// Continuous ranked probability score, W.
    pub crps_w: f64,
    /// Mean absolute error at peaks, W.
    pub peak_mae_w: f64,
    /// Mean of forecast less truth at peaks, consumption positive, W.
    pub peak_bias_w: f64,
}

/// What is compared, one value an ISP.
#[derive(Default)]
struct Series {
    forecast: Vec<f64>,
    truth: Vec<f64>,
    before: Vec<Option<f64>>,
    quantile: Vec<f64>,
    crps: Vec<f64>,
}

/// The scores of a run's learned forecasts.
fn scores_of(study: &Study, learned: &Forecasts, readings: &Readings<'_>) -> Vec<ForecastScore> {
    let agrs = (0..study.agrs.len()).map(|a| (Some(AgrIdx::new(a)), study.agrs[a].domain.clone()));
    let mut rows = Vec::new();
    for (agr, domain) in std::iter::once((None, study.dso.clone())).chain(agrs) {
        for quantity in [Quantity::Load.name(), Quantity::FeedIn.name(), METERED] {
            let mut classes: BTreeMap<i64, Series> = BTreeMap::new();
            for period in &study.periods {
                add_day(study, learned, readings, (agr, quantity), period, &mut classes);
            }
            rows.extend(classes.into_iter().map(|(class, series)| series.score(&domain, quantity, class)));
        }
    }
    rows
}

fn add_day(
    study: &Study,
    learned: &Forecasts,
    readings: &Readings<'_>,
    (agr, quantity): (Option<AgrIdx>, &'static str),
    period: &Period,
    classes: &mut BTreeMap<i64, Series>,
) {
    let groups: Vec<_> = learned.of(agr, period).iter().filter(|g| name(g) == quantity && !g.members.is_empty()).collect();
    if groups.is_empty() {
        return;
    }
    let errors = Errors::of_sum(groups.iter().map(|g| &g.errors));
    let slots_of = history::slots_of(&study.calendar, period);
    let past: Vec<Vec<f64>> = (0..errors.slots).map(|q| errors.sorted(q)).collect();
    let above: Vec<f64> = past.iter().map(|sorted| quantile::of_sorted(sorted, TAU)).collect();
    let devices = devices_of(groups.iter().copied());
    let handovers: &[Handover] = if agr.is_none() { &[Handover::EarlyForecast, Handover::Forecast] } else { &[Handover::Forecast] };
    for (i, isp) in period.iter().enumerate() {
        let start = period.isp_start(isp);
        let forecast: f64 = groups.iter().map(|g| g.power_w[i]).sum();
        let truth = readings.isp_w(&devices, start).expect("the run is read");
        let before = readings.isp_w(&devices, start - WEEK);
        let past = &past[slots_of[i]];
        let crps = if past.is_empty() { (forecast - truth).abs() } else { scores::crps_of_sorted(past, truth - forecast) };
        for handover in handovers {
            let issued = study.timetable.known(*handover, &study.calendar, period);
            let series = classes.entry((start - issued).0 / (3600 * CLASS_H)).or_default();
            series.forecast.push(forecast);
            series.truth.push(truth);
            series.before.push(before);
            series.quantile.push(forecast + above[slots_of[i]]);
            series.crps.push(crps);
        }
    }
}

impl Series {
    fn score(&self, participant: &Domain, quantity: &'static str, class: i64) -> ForecastScore {
        let before: Option<Vec<f64>> = self.before.iter().copied().collect();
        let (peak, peak_truth) = self.peaks();
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
            crps_w: self.crps.iter().sum::<f64>() / self.crps.len() as f64,
            peak_mae_w: scores::mae(&peak, &peak_truth),
            peak_bias_w: scores::bias(&peak, &peak_truth),
        }
    }

    /// Forecast and truth of the ISPs with the most power.
    fn peaks(&self) -> (Vec<f64>, Vec<f64>) {
        let mut rows: Vec<usize> = (0..self.truth.len()).collect();
        rows.sort_by(|a, b| self.truth[*b].abs().total_cmp(&self.truth[*a].abs()));
        rows.truncate(self.truth.len().div_ceil(PEAKS));
        rows.iter().map(|k| (self.forecast[*k], self.truth[*k])).unzip()
    }
}
