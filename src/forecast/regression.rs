//! A day from ridge regression on the calendar, past values and temperature, each slot of the clock by itself.
//!
//! With `y(d, q)` the value of day `d` in slot `q`, `k` the last known day, `L` the days from it to the day `t` that is forecast, so that
//! `k = t − L`:
//!
//! ```text
//! x = y(k, q) · y(t − 7⌈L/7⌉, q) · mean of the last four days of the kind of t · mean of y(k−4…k, q) · mean of y(k, ·)
//!   · weekend · cos and sin of the day of the year · with temperature T: (15 − T(t, q))⁺ / 15 · mean of T(t, ·) / 15
//! ```
//!
//! Values are divided by the mean magnitude of the history first, so that one λ fits every size. Rows are the days of the last eight
//! weeks, in the slot and the two beside it. Past errors are those of rows left out. A history with fewer than 14 rows
//! a slot is left to the weekly profile.

use super::history::{History, Target};
use super::profile;
use super::quantile::Errors;
use super::ridge::Moments;

/// `λ`.
const LAMBDA: f64 = 4.0;
/// Days of which a mean tells the level.
const LEVEL: usize = 5;
/// Fewest days to learn from.
const FEWEST: usize = 14;
/// Heating begins below this, °C.
const HEATING_C: f64 = 15.0;

/// Temperature of the known days and of the day to forecast, °C, in slots.
#[derive(Debug, Clone, Copy)]
pub struct Temperature<'a> {
    /// `[day · slots + slot]`, as measured.
    pub known: &'a [f64],
    /// As foreseen for the target, by slot.
    pub target: &'a [f64],
}

/// What stands in the columns for one day, slot by slot.
struct Features {
    /// `[column][slot]`.
    columns: Vec<Vec<f64>>,
}

/// The features of a day whose last known day is `last`; `None` where too little came before.
fn features(h: &History, last: usize, target: &Target, temperature_c: Option<&[f64]>) -> Option<Features> {
    let t = last + target.lead;
    let week = t.checked_sub(7 * target.lead.div_ceil(7))?;
    let alike = profile::weekly(h, last + 1, target)?;
    let first = (last + 1).checked_sub(LEVEL)?;
    let level = |q: usize| (first..=last).map(|d| h.day(d)[q]).sum::<f64>() / LEVEL as f64;
    let day_mean = h.day(last).iter().sum::<f64>() / h.slots as f64;
    let angle = 2.0 * std::f64::consts::PI * f64::from(target.day_of_year) / 365.25;
    let same = |value: f64| vec![value; h.slots];
    let mut columns = vec![
        h.day(last).to_vec(),
        h.day(week).to_vec(),
        alike,
        (0..h.slots).map(level).collect(),
        same(day_mean),
        same(f64::from(u8::from(target.kind >= 5))),
        same(libm::cos(angle)),
        same(libm::sin(angle)),
    ];
    if let Some(c) = temperature_c {
        columns.push(c.iter().map(|c| (HEATING_C - c).max(0.0) / HEATING_C).collect());
        columns.push(same(c.iter().sum::<f64>() / h.slots as f64 / HEATING_C));
    }
    Some(Features { columns })
}

/// What is expected of the day after a history, with the errors that the same method made before; no days, no forecast.
#[must_use]
pub fn forecast(history: &History, target: &Target, temperature: Option<Temperature<'_>>) -> Option<(Vec<f64>, Errors)> {
    let slots = history.slots;
    let mean = history.values.iter().map(|v| v.abs()).sum::<f64>() / history.values.len().max(1) as f64;
    let scale = if mean > 0.0 { mean } else { 1.0 };
    let scaled = History { values: history.values.iter().map(|v| v / scale).collect(), ..history.clone() };
    let known_c = |day: usize| temperature.map(|t| &t.known[day * slots..][..slots]);
    let past: Vec<(usize, Features)> = (target.lead..history.days())
        .filter_map(|t| Some((t, features(&scaled, t - target.lead, &history.target(t, target.lead), known_c(t))?)))
        .collect();
    let here = history.days().checked_sub(1).and_then(|last| features(&scaled, last, target, temperature.map(|t| t.target)));
    let (Some(here), true) = (here, past.len() >= FEWEST) else {
        return profile::with_errors(history, target);
    };
    let columns = here.columns.len();
    // `[slot][row][column]`: each slot is one stretch of memory.
    let mut x = Vec::with_capacity(slots * past.len() * columns);
    for q in 0..slots {
        past.iter().for_each(|(_, f)| x.extend(f.columns.iter().map(|c| c[q])));
    }
    let rows = |q: usize| x[q * past.len() * columns..][..past.len() * columns].chunks_exact(columns).zip(&past);
    let moments = |q: usize| {
        let mut moments = Moments::new(columns);
        rows(q).for_each(|(x, (t, _))| moments.take(x, scaled.day(*t)[q]));
        moments
    };
    let by_slot: Vec<Moments> = (0..slots).map(moments).collect();
    let mut errors = Errors { slots, values: vec![f64::NAN; history.values.len()] };
    let mut forecast = Vec::with_capacity(slots);
    let (mut work, mut target_x) = (Vec::with_capacity(columns), Vec::with_capacity(columns));
    for q in 0..slots {
        let mut pooled = by_slot[q].clone();
        pooled.pool(&by_slot[(q + slots - 1) % slots]);
        pooled.pool(&by_slot[(q + 1) % slots]);
        let fitted = pooled.fit(LAMBDA)?;
        target_x.clear();
        target_x.extend(here.columns.iter().map(|c| c[q]));
        forecast.push(fitted.at(&target_x) * scale);
        for (x, (t, _)) in rows(q) {
            errors.values[t * slots + q] = fitted.left_out(x, scaled.day(*t)[q], &mut work) * scale;
        }
    }
    Some((forecast, errors))
}
