//! Averages over time, reckoned from the tables themselves.

use copperplate::asset::AssetSpec;
use copperplate::profile::ProfileTable;
use copperplate::scenario::study::Study;
use copperplate::time::{Period, SimDuration, SimTime};

/// Average active power of an asset over a span, W, by how long each value of its profile holds; `None` outside the table.
pub(crate) fn average_w(asset: &AssetSpec, profiles: &ProfileTable, from: SimTime, span: SimDuration) -> Option<f64> {
    let Some(profile) = asset.p_profile else { return Some(asset.p_nominal_w) };
    let (column, step) = (profiles.column(profile), profiles.step().0);
    let end = from + span;
    let mut sum = 0.0;
    let mut t = from;
    while t < end {
        let offset = (t - profiles.start()).0;
        let row = offset.div_euclid(step);
        let until = (profiles.start() + SimDuration((row + 1) * step)).min(end);
        sum += column.get(usize::try_from(row).ok()?)? * (until - t).0 as f64;
        t = until;
    }
    Some(asset.p_nominal_w * sum / span.0 as f64)
}

/// Whether some step takes in more than one value of the profiles.
pub(crate) fn straddles(study: &Study) -> bool {
    study.truth.step().0 % study.step.0 != 0
}

/// ISP averages of a series of the run on one day.
pub(crate) fn by_isp(study: &Study, period: &Period, of_step: impl Fn(usize) -> f64) -> Vec<f64> {
    let per_isp = (study.calendar.isp().0 / study.step.0) as usize;
    let first = ((period.start - study.start).0 / study.step.0) as usize;
    let average = |i: usize| (0..per_isp).map(|k| of_step(first + i * per_isp + k)).sum::<f64>() / per_isp as f64;
    (0..period.isps()).map(average).collect()
}

/// The nearest whole watt, halves to even.
pub(crate) fn watts(p_w: f64) -> i64 {
    p_w.round_ties_even() as i64
}
