//! The weekly profile: a day is expected to be as the mean of the last four known days of its kind.
//!
//! Where fewer of the kind are known the mean is over those; where none is, the last known day stands in. Its simpler relative, the
//! same weekday a week before, is the reference of skill.

use super::history::{History, Target};
use super::quantile::Errors;

/// Days of a kind that are averaged.
const WEEKS: usize = 4;

/// What is expected of a day when the first `known` days of a history are; no days, no forecast.
#[must_use]
pub fn weekly(history: &History, known: usize, target: &Target) -> Option<Vec<f64>> {
    let last = known.checked_sub(1)?;
    let alike: Vec<usize> = (0..known).rev().filter(|d| history.kinds[*d] == target.kind).take(WEEKS).collect();
    let days = if alike.is_empty() { vec![last] } else { alike };
    let mut mean = vec![0.0; history.slots];
    for d in &days {
        mean.iter_mut().zip(history.day(*d)).for_each(|(m, v)| *m += v / days.len() as f64);
    }
    Some(mean)
}

/// The same weekday of the last week known: what was seven days before the target, or a multiple of that; the last known day where
/// the history is shorter.
#[must_use]
pub fn week_before(history: &History, known: usize, lead: usize) -> Option<Vec<f64>> {
    let last = known.checked_sub(1)?;
    let back = (7 - lead % 7) % 7;
    Some(history.day(last.checked_sub(back).unwrap_or(last)).to_vec())
}

/// The weekly profile of the day after a history, with the errors it made on the days of the history.
#[must_use]
pub fn with_errors(history: &History, target: &Target) -> Option<(Vec<f64>, Errors)> {
    let forecast = weekly(history, history.days(), target)?;
    let mut errors = Errors { slots: history.slots, values: vec![f64::NAN; history.values.len()] };
    for day in target.lead..history.days() {
        let past = weekly(history, day + 1 - target.lead, &history.target(day, target.lead))?;
        let here = day * history.slots..(day + 1) * history.slots;
        errors.values[here].iter_mut().zip(history.day(day)).zip(past).for_each(|((e, y), f)| *e = y - f);
    }
    Some((forecast, errors))
}
