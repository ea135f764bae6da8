//! Baselines from meter readings: what would have been, where no prognosis says it.
//!
//! `P(d, i)` is the reading of past like day `d` in slot `i`, `P₀` that of today, `E` the slots of the event, `A` those of the adjustment:
//!
//! ```text
//! mean 10           B(i) = mean over ten days of P(d, i)
//! high 5 of 10      B(i) = mean over the five of ten days with most Σ_E P(d, ·)      biased upwards by its choice
//! adjusted          B(i) + mean over A of (P₀ − B)                                    additive, open to gaming before the event
//! meter before      the reading of the slot before the event                          for short, flat loads only
//! ```
//!
//! Figures in any unit of power. Every event is one run of slots.

use std::ops::Range;

/// Days that a high baseline keeps.
const HIGHEST: usize = 5;

/// Mean of the days in each slot of the event.
#[must_use]
pub fn mean_of_days(days: &[&[f64]], event: Range<usize>) -> Vec<f64> {
    event.map(|i| days.iter().map(|day| day[i]).sum::<f64>() / days.len() as f64).collect()
}

/// Mean of the five days with most energy in the event; of days with equal energy the earlier ones count.
#[must_use]
pub fn high_five(days: &[&[f64]], event: Range<usize>) -> Vec<f64> {
    let energy = |day: &[f64]| day[event.clone()].iter().sum::<f64>();
    let mut order = days.to_vec();
    order.sort_by(|a, b| energy(b).total_cmp(&energy(a)));
    order.truncate(HIGHEST);
    mean_of_days(&order, event)
}

/// The mean of the days moved by how much today differs from them in the slots `before`.
#[must_use]
pub fn adjusted(days: &[&[f64]], today: &[f64], event: Range<usize>, before: &[usize]) -> Vec<f64> {
    let mean = |i: usize| days.iter().map(|day| day[i]).sum::<f64>() / days.len() as f64;
    let shift = before.iter().map(|i| today[*i] - mean(*i)).sum::<f64>() / before.len() as f64;
    mean_of_days(days, event).into_iter().map(|b| b + shift).collect()
}

/// Today's reading in the slot before the event; `None` where the event is the first thing of the day.
#[must_use]
pub fn meter_before(today: &[f64], event: &Range<usize>) -> Option<f64> {
    event.start.checked_sub(1).map(|i| today[i])
}
