//! Households' own plans: what devices do that nobody steers.
//!
//! A household plans its devices one after the other. Where its tariff tells energy from the grid from energy fed in, each sees what
//! stands behind the meter beside it: base load and sun as foreseen, and what is planned already.

use std::sync::Arc;

use crate::agent::agenda::Handover;
use crate::asset::fixed::Series;
use crate::asset::model::WeatherOutlook;
use crate::asset::{Device, Flexibility, Reading, Task};
use crate::scenario::study::Study;
use crate::time::SimTime;

use super::outlook::{self, Skies};

/// Planned power per ISP, W, device by device; none of devices that are not planned.
pub(super) type Schedules = Vec<Option<Arc<[f64]>>>;

/// What households plan for Period `k` at `price` from what their devices show; `before` is their plan of the Period before.
pub(super) fn plan(
    study: &Study,
    skies: &Skies<'_>,
    k: usize,
    price: &[f64],
    readings: &[Reading],
    before: Option<&Schedules>,
) -> Schedules {
    let mut planning = Planning::new(study, skies, k, price);
    (0..study.devices.len()).map(|d| planning.device(readings, before, d)).collect()
}

/// Plans of a Period in the making.
pub(super) struct Planning<'a> {
    study: &'a Study,
    k: usize,
    price: &'a [f64],
    free: [Vec<f64>; 2],
    sky: Option<Arc<WeatherOutlook>>,
    /// What stands behind each meter with a tariff of its own, W per ISP.
    behind_w: Vec<Option<Vec<f64>>>,
}

impl<'a> Planning<'a> {
    pub(super) fn new(study: &'a Study, skies: &Skies<'_>, k: usize, price: &'a [f64]) -> Planning<'a> {
        let period = &study.periods[k];
        let issued = study.timetable.known(Handover::Prices, &study.calendar, period);
        let mut behind_w: Vec<Option<Vec<f64>>> = study.retail_of.iter().map(|r| r.map(|_| vec![0.0; period.isps()])).collect();
        for spec in &study.devices {
            if let (Some(behind), Some(series)) = (&mut behind_w[spec.connection.i()], follows(&spec.device)) {
                behind.iter_mut().zip(foreseen_w(study, k, series)).for_each(|(sum, w)| *sum += w);
            }
        }
        let free = [f64::NEG_INFINITY, f64::INFINITY].map(|w| vec![w; period.isps()]);
        Planning { study, k, price, free, sky: skies.outlook(issued, period), behind_w }
    }

    /// The plan of one device; those before it in the study are planned.
    pub(super) fn device(&mut self, readings: &[Reading], before: Option<&Schedules>, d: usize) -> Option<Arc<[f64]>> {
        let (study, k) = (self.study, self.k);
        let spec = &study.devices[d];
        if spec.device.flexibility() != Flexibility::Shiftable {
            return None;
        }
        let period = &study.periods[k];
        let earlier = k.checked_sub(1).map(|b| study.periods[b]).zip(before.and_then(|plans| plans[d].as_deref()));
        let before_w = |t: SimTime| earlier.and_then(|(p, plan)| p.isp_at(t).map(|isp| plan[isp.offset()])).unwrap_or(0.0);
        let behind = self.behind_w[spec.connection.i()].as_mut();
        let retail = study.retail_of[spec.connection.i()].map(|r| &study.retail[r]);
        let import: Vec<f64> =
            retail.map_or_else(|| self.price.to_vec(), |r| self.price.iter().map(|p| r.import_eur_per_mwh(*p)).collect());
        let export: Vec<f64> = retail.map_or_else(Vec::new, |r| self.price.iter().map(|p| r.export_eur_per_mwh(*p)).collect());
        let task = Task {
            period,
            price: &import,
            feed_in_price: &export,
            others_w: behind.as_ref().map_or(&[], |w| w.as_slice()),
            least_w: &self.free[0],
            most_w: &self.free[1],
            before_w: &before_w,
        };
        let mut seen = spec.device.unread();
        spec.device.read(&mut seen, &readings[d]);
        let outlook = outlook::of(spec, period, self.sky.as_ref(), |series| foreseen_w(study, k, series));
        let plan = match spec.steered {
            true => spec.device.plan(&seen, &outlook, &task),
            false => spec.device.unsteered(&seen, &outlook, &task),
        };
        self.keep(d, &plan);
        Some(plan.into())
    }

    /// Takes a plan that stands as what is behind the meter.
    pub(super) fn keep(&mut self, d: usize, plan_w: &[f64]) {
        if let Some(behind) = &mut self.behind_w[self.study.devices[d].connection.i()] {
            behind.iter_mut().zip(plan_w).for_each(|(sum, w)| *sum += w);
        }
    }
}

/// The series that a device follows which is not planned.
fn follows(device: &Device) -> Option<&Series> {
    match device {
        Device::Fixed(fixed) => Some(&fixed.series),
        Device::Curtailable(plant) => Some(&plant.series),
        _ => None,
    }
}

/// Power of a series as foreseen in Period `k`, ISP averages, W.
fn foreseen_w(study: &Study, k: usize, series: &Series) -> Vec<f64> {
    let per_isp = study.steps_per_isp();
    let first = study.foreseen.step_at(study.periods[k].start).expect("profiles cover the run");
    let step_w = |row: usize| series.at(&study.foreseen, row).0;
    (0..study.periods[k].isps()).map(|i| (0..per_isp).map(|s| step_w(first + i * per_isp + s)).sum::<f64>() / per_isp as f64).collect()
}

/// Day-ahead price of a Period per ISP, the mean of its steps.
pub(super) fn isp_prices(study: &Study, k: usize) -> Vec<f64> {
    let per_isp = study.steps_per_isp();
    let prices = &study.prices.day_ahead_eur_per_mwh[study.steps_of(&study.periods[k])];
    prices.chunks(per_isp).map(|steps| steps.iter().sum::<f64>() / per_isp as f64).collect()
}

/// What is expected of the price before the auction: the day before repeats; a flat price where nothing came before.
pub(super) fn expected_prices(study: &Study, k: usize) -> Vec<f64> {
    let isps = study.periods[k].isps();
    let Some(before) = k.checked_sub(1).map(|b| isp_prices(study, b)) else { return vec![0.0; isps] };
    (0..isps).map(|i| before[i.min(before.len() - 1)]).collect()
}
