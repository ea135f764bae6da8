//! Households' own plans: what devices do that nobody steers.

use std::sync::Arc;

use crate::asset::{Flexibility, Reading, Task};
use crate::scenario::study::Study;
use crate::time::SimTime;

/// Planned power per ISP, W, device by device; none of devices that are not planned.
pub(super) type Schedules = Vec<Option<Arc<[f64]>>>;

/// What households plan for Period `k` at `price` from what their devices show; `before` is their plan of the Period before.
pub(super) fn plan(study: &Study, k: usize, price: &[f64], readings: &[Reading], before: Option<&Schedules>) -> Schedules {
    (0..study.devices.len()).map(|d| plan_device(study, k, price, readings, before, d)).collect()
}

/// The plan of one device.
pub(super) fn plan_device(
    study: &Study,
    k: usize,
    price: &[f64],
    readings: &[Reading],
    before: Option<&Schedules>,
    d: usize,
) -> Option<Arc<[f64]>> {
    let spec = &study.devices[d];
    if spec.device.flexibility() != Flexibility::Shiftable {
        return None;
    }
    let period = &study.periods[k];
    let (least_w, most_w) = (vec![f64::NEG_INFINITY; period.isps()], vec![f64::INFINITY; period.isps()]);
    let earlier = k.checked_sub(1).map(|b| study.periods[b]).zip(before.and_then(|plans| plans[d].as_deref()));
    let before_w = |t: SimTime| earlier.and_then(|(p, plan)| p.isp_at(t).map(|isp| plan[isp.offset()])).unwrap_or(0.0);
    let task = Task { period, price, feed_in_price: &[], others_w: &[], least_w: &least_w, most_w: &most_w, before_w: &before_w };
    let mut seen = spec.device.unread();
    spec.device.read(&mut seen, &readings[d]);
    Some(spec.device.plan(&seen, &spec.outlook(period), &task).into())
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
