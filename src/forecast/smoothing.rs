//! Exponential smoothing with an additive season and no trend (Holt 1957, Winters 1960).
//!
//! With level `l`, season `s` of the slot, new value `y`; the old level is used in both:
//!
//! ```text
//! l' = α (y − s) + (1 − α) l        s' = γ (y − l) + (1 − γ) s        forecast: l + latest s of the slot
//! ```
//!
//! As a learner of loads the season is a week of slots of the clock, by kind of day, and starts from the first known day of each; the
//! level follows over five days, the season over four weeks.

use super::history::{History, Target};
use super::profile;
use super::quantile::Errors;

/// Days over which the level follows.
const LEVEL_DAYS: f64 = 5.0;
/// `γ`, a week.
const GAMMA: f64 = 0.25;
/// Kinds of days.
const KINDS: usize = 7;

/// A level and a season that follow a series.
#[derive(Debug, Clone, PartialEq)]
pub struct HoltWinters {
    /// Weight of a new value in the level, 0…1.
    pub alpha: f64,
    /// Weight of a new value in its slot of the season, 0…1.
    pub gamma: f64,
    /// `l`.
    pub level: f64,
    /// `s`, by slot.
    pub season: Vec<f64>,
}

impl HoltWinters {
    /// Takes in the value of a slot.
    #[inline]
    pub fn take(&mut self, slot: usize, y: f64) {
        let (l, s) = (self.level, self.season[slot]);
        self.level = self.alpha * (y - s) + (1.0 - self.alpha) * l;
        self.season[slot] = self.gamma * (y - l) + (1.0 - self.gamma) * s;
    }

    /// What a later value in a slot is expected to be.
    #[must_use]
    #[inline]
    pub fn forecast(&self, slot: usize) -> f64 {
        self.level + self.season[slot]
    }
}

/// What is expected of the day after a history, with the errors that the same method made before. A history of less than a week is
/// left to the weekly profile; no days, no forecast.
#[must_use]
pub fn forecast(history: &History, target: &Target) -> Option<(Vec<f64>, Errors)> {
    let slots = history.slots;
    if history.days() < KINDS {
        return profile::with_errors(history, target);
    }
    let first_week = &history.values[..KINDS * slots];
    let level = first_week.iter().sum::<f64>() / first_week.len() as f64;
    let mut season = vec![0.0; KINDS * slots];
    for kind in 0..KINDS {
        // A kind that the first week does not show begins as its last day.
        let day = (0..KINDS).find(|d| history.kinds[*d] == kind).unwrap_or(KINDS - 1);
        season[kind * slots..][..slots].iter_mut().zip(history.day(day)).for_each(|(s, y)| *s = y - level);
    }
    let alpha = 1.0 - libm::exp(-1.0 / (LEVEL_DAYS * slots as f64));
    let mut model = HoltWinters { alpha, gamma: GAMMA, level, season };
    let expected = |model: &HoltWinters, kind: usize| -> Vec<f64> { (0..slots).map(|q| model.forecast(kind * slots + q)).collect() };
    let mut errors = Errors { slots, values: vec![f64::NAN; history.values.len()] };
    for day in KINDS..history.days() {
        for (q, y) in history.day(day).iter().enumerate() {
            model.take(history.kinds[day] * slots + q, *y);
        }
        let then = day + target.lead;
        if then < history.days() {
            let past = expected(&model, history.kinds[then]);
            errors.values[then * slots..][..slots].iter_mut().zip(history.day(then)).zip(past).for_each(|((e, y), f)| *e = y - f);
        }
    }
    Some((expected(&model, target.kind), errors))
}
