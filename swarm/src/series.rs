//! Averages over time, reckoned from the profiles as they were written.

use std::collections::BTreeMap;

use copperplate::asset::fixed::Series;
use copperplate::scenario::study::Study;
use copperplate::time::{Period, SimDuration, SimTime};
use jiff::civil::Time;

use crate::case::{Case, Feeder};

/// The profiles of a feeder by name, before anything is done to them.
pub(crate) struct Profiles {
    start: SimTime,
    step: i64,
    columns: BTreeMap<String, Vec<f64>>,
}

impl Profiles {
    /// Those of a made feeder as they were drawn; of a shipped one the study's, whose steps are no longer than the profiles'.
    pub(crate) fn of(case: &Case, study: &Study) -> Profiles {
        match &case.feeder {
            Feeder::Made(made) => Profiles {
                start: study.calendar.at(made.start, Time::midnight()),
                step: made.step_minutes as i64 * 60,
                columns: made.profiles.iter().map(|(name, values)| ((*name).to_owned(), values.clone())).collect(),
            },
            Feeder::Shipped(_) => {
                let table = &study.truth;
                let column = |name: &String| table.column(table.find(name).expect("its own column")).to_vec();
                let columns = table.names().iter().map(|name| (name.clone(), column(name))).collect();
                Profiles { start: table.start(), step: table.step().0, columns }
            }
        }
    }

    /// When they begin.
    pub(crate) fn start(&self) -> SimTime {
        self.start
    }

    /// How long a value holds, s.
    pub(crate) fn step(&self) -> i64 {
        self.step
    }

    /// Average active power of a series of the study over a span, W, by how long each value of its profile holds; `None` outside
    /// the profiles.
    pub(crate) fn average_w(&self, study: &Study, series: &Series, from: SimTime, span: SimDuration) -> Option<f64> {
        let Some(profile) = series.p_profile else { return Some(series.p_nominal_w) };
        let column = self.columns.get(&study.truth.names()[profile.i()])?;
        let end = from + span;
        let mut sum = 0.0;
        let mut t = from;
        while t < end {
            let row = (t - self.start).0.div_euclid(self.step);
            let until = (self.start + SimDuration((row + 1) * self.step)).min(end);
            sum += column.get(usize::try_from(row).ok()?)? * (until - t).0 as f64;
            t = until;
        }
        Some(series.p_nominal_w * sum / span.0 as f64)
    }
}

/// ISP averages of a series of the run on one day.
pub(crate) fn by_isp(study: &Study, period: &Period, of_step: impl Fn(usize) -> f64) -> Vec<f64> {
    let per_isp = (study.calendar.isp().0 / study.step.0) as usize;
    let first = first_step(study, period);
    let average = |i: usize| (0..per_isp).map(|k| of_step(first + i * per_isp + k)).sum::<f64>() / per_isp as f64;
    (0..period.isps()).map(average).collect()
}

/// The step of the run that begins with a day.
pub(crate) fn first_step(study: &Study, period: &Period) -> usize {
    ((period.start - study.start).0 / study.step.0) as usize
}

/// The nearest whole watt, halves to even.
pub(crate) fn watts(p_w: f64) -> i64 {
    p_w.round_ties_even() as i64
}
