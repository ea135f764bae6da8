//! Weather as it was measured or drawn, on its own steps, and the same on finer or coarser ones.
//!
//! - Coarser steps take the mean.
//! - Finer steps: temperature and wind are linear between the middles of the given steps. Irradiance is clear-sky irradiance times an
//!   index that is linear between the middles, scaled so that each given step keeps its mean; the diffuse share is held.

use super::clear_sky;
use super::sun::{Place, Sun};
use crate::time::{SimDuration, SimTime, Steps};

/// Means over steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its steps.
    pub grid: Steps,
    /// Where it was measured.
    pub place: Place,
    /// Air temperature, °C.
    pub air_c: Vec<f64>,
    /// Wind speed, m/s.
    pub wind_m_s: Vec<f64>,
    /// Global irradiance on the horizontal, W/m².
    pub ghi_w_m2: Vec<f64>,
    /// Diffuse irradiance on the horizontal, W/m².
    pub dhi_w_m2: Vec<f64>,
}

/// Clear-sky irradiance below which its index says nothing, W/m².
const FAINT_W_M2: f64 = 5.0;

/// Middle of a step.
pub(super) fn middle(grid: &Steps, k: usize) -> SimTime {
    SimTime(grid.start_of(k).0 + grid.step.0 / 2)
}

impl Series {
    /// The same weather on steps within these.
    #[must_use]
    pub fn on(&self, steps: &Steps) -> Series {
        if steps.count > 0 && steps.step < self.grid.step {
            let whole = gcd(gcd(self.grid.step.0, steps.step.0), (steps.start - self.grid.start).0);
            return self.refined(steps.start, steps.end(), SimDuration(whole)).averaged(steps);
        }
        self.averaged(steps)
    }

    fn averaged(&self, steps: &Steps) -> Series {
        let of = |values: &[f64]| self.grid.averaged(values, steps);
        Series {
            grid: *steps,
            place: self.place,
            air_c: of(&self.air_c),
            wind_m_s: of(&self.wind_m_s),
            ghi_w_m2: of(&self.ghi_w_m2),
            dhi_w_m2: of(&self.dhi_w_m2),
        }
    }

    /// The given steps that `from` to `until` touches, each in parts of `part`, which divides them.
    fn refined(&self, from: SimTime, until: SimTime, part: SimDuration) -> Series {
        let (first, last) = (self.grid.index(from), self.grid.index(SimTime(until.0 - 1)));
        let parts = (self.grid.step.0 / part.0) as usize;
        let grid = Steps { start: self.grid.start_of(first), step: part, count: parts * (last + 1 - first) };
        // Clear sky of the parts, and the index of each given step, with one step more on both sides.
        let lowest = first.saturating_sub(1);
        let highest = (last + 1).min(self.grid.count - 1);
        let clear_of = |j: usize, i: usize| {
            let t = SimTime(self.grid.start_of(j).0 + part.0 * i as i64 + part.0 / 2);
            clear_sky::global_w_m2(&Sun::at(self.place, t), t)
        };
        let clear: Vec<f64> = (lowest..=highest).flat_map(|j| (0..parts).map(move |i| clear_of(j, i))).collect();
        let clear_in = |j: usize| &clear[(j - lowest) * parts..][..parts];
        let index = |j: usize| {
            let mean = clear_in(j).iter().sum::<f64>() / parts as f64;
            (mean > FAINT_W_M2).then(|| self.ghi_w_m2[j] / mean)
        };
        let index: Vec<Option<f64>> = (lowest..=highest).map(index).collect();
        let mut fine = Series { grid, place: self.place, air_c: vec![], wind_m_s: vec![], ghi_w_m2: vec![], dhi_w_m2: vec![] };
        for j in first..=last {
            let begins = fine.ghi_w_m2.len();
            for i in 0..parts {
                // Place of the part's middle between the middles of given steps, in steps from that of j.
                let x = (i as f64 + 0.5) / parts as f64 - 0.5;
                let near = if x < 0.0 { j.saturating_sub(1) } else { (j + 1).min(self.grid.count - 1) };
                let between = |own: f64, other: f64| own + (other - own) * x.abs();
                fine.air_c.push(between(self.air_c[j], self.air_c[near]));
                fine.wind_m_s.push(between(self.wind_m_s[j], self.wind_m_s[near]));
                let own = index[j - lowest];
                let blend = own.map(|own| between(own, index[near - lowest].unwrap_or(own)));
                fine.ghi_w_m2.push(blend.map_or(1.0, |k| k * clear_in(j)[i]));
            }
            let drawn = &mut fine.ghi_w_m2[begins..];
            let mean = drawn.iter().sum::<f64>() / parts as f64;
            for g in drawn {
                *g = if mean > 0.0 { *g * self.ghi_w_m2[j] / mean } else { self.ghi_w_m2[j] };
                fine.dhi_w_m2.push(if self.ghi_w_m2[j] > 0.0 { *g * self.dhi_w_m2[j] / self.ghi_w_m2[j] } else { 0.0 });
            }
        }
        fine
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(minutes: i64) -> Series {
        let grid = Steps { start: SimTime(1_469_059_200), step: SimDuration::minutes(minutes), count: (1440 / minutes) as usize };
        let place = Place { latitude_deg: 51.0, longitude_deg: 6.5 };
        // Clouds that come and go: an index of 0.2 to 1.
        let ghi: Vec<f64> = (0..grid.count)
            .map(|k| {
                let t = middle(&grid, k);
                clear_sky::global_w_m2(&Sun::at(place, t), t) * (0.6 + 0.4 * libm::sin(k as f64 * 1.7))
            })
            .collect();
        let air_c = (0..grid.count).map(|k| 15.0 - 5.0 * libm::cos(k as f64 * std::f64::consts::TAU / grid.count as f64)).collect();
        Series { grid, place, air_c, wind_m_s: vec![3.0; grid.count], dhi_w_m2: ghi.iter().map(|g| 0.4 * g).collect(), ghi_w_m2: ghi }
    }

    #[test]
    fn finer_steps_keep_the_mean_of_each_given_step() {
        for (given, fine) in [(15, 5), (15, 1), (10, 3), (60, 15), (15, 10)] {
            let series = day(given);
            let steps = Steps { step: SimDuration::minutes(fine), count: (1440 / fine) as usize, ..series.grid };
            let finer = series.on(&steps);
            let whole = (given * fine) / gcd(given, fine);
            let common = Steps { step: SimDuration::minutes(whole), count: (1440 / whole) as usize, ..series.grid };
            for (a, b) in [(&series.ghi_w_m2, &finer.ghi_w_m2), (&series.dhi_w_m2, &finer.dhi_w_m2)] {
                let (before, after) = (series.grid.averaged(a, &common), steps.averaged(b, &common));
                for (x, y) in before.iter().zip(&after) {
                    assert!((x - y).abs() <= 0.005 * x + 1e-9, "{given} to {fine}: {x} {y}");
                }
            }
            assert!(finer.air_c.iter().all(|t| (10.0..=20.0).contains(t)));
        }
    }

    #[test]
    fn finer_steps_follow_the_sun_under_a_steady_sky() {
        // Under a clear sky the finer steps are the clear sky itself, not steps of a quarter.
        let mut series = day(15);
        for k in 0..series.grid.count {
            let t = |i: i64| SimTime(series.grid.start_of(k).0 + 60 * i + 30);
            series.ghi_w_m2[k] = (0..15).map(|i| clear_sky::global_w_m2(&Sun::at(series.place, t(i)), t(i))).sum::<f64>() / 15.0;
        }
        let steps = Steps { step: SimDuration::minutes(1), count: 1440, ..series.grid };
        let finer = series.on(&steps);
        for k in 0..steps.count {
            let t = middle(&steps, k);
            let clear = clear_sky::global_w_m2(&Sun::at(series.place, t), t);
            if clear > 50.0 {
                assert!((finer.ghi_w_m2[k] - clear).abs() < 0.001 * clear, "{k}: {} {clear}", finer.ghi_w_m2[k]);
            }
        }
    }

    #[test]
    fn temperature_and_clouds_change_evenly_between_the_middles() {
        let mut series = day(15);
        for k in 0..series.grid.count {
            let t = |i: i64| SimTime(series.grid.start_of(k).0 + 60 * i + 30);
            let minutes = |i: i64| (15 * k as i64 + i) as f64 + 0.5;
            series.air_c[k] = 0.01 * (15.0 * k as f64 + 7.5);
            // An index that grows from 0.2 at midnight to 1 at the next.
            let clouded = |i: i64| clear_sky::global_w_m2(&Sun::at(series.place, t(i)), t(i)) * (0.2 + 0.8 * minutes(i) / 1440.0);
            series.ghi_w_m2[k] = (0..15).map(clouded).sum::<f64>() / 15.0;
        }
        let steps = Steps { step: SimDuration::minutes(1), count: 1440, ..series.grid };
        let finer = series.on(&steps);
        for k in 8..1432 {
            let t = middle(&steps, k);
            assert!((finer.air_c[k] - 0.01 * (k as f64 + 0.5)).abs() < 1e-9);
            let clear = clear_sky::global_w_m2(&Sun::at(series.place, t), t);
            let index = 0.2 + 0.8 * (k as f64 + 0.5) / 1440.0;
            if clear > 50.0 {
                assert!((finer.ghi_w_m2[k] - index * clear).abs() < 0.001 * clear, "{k}: {} {clear}", finer.ghi_w_m2[k]);
            }
        }
    }

    #[test]
    fn coarser_steps_take_the_mean() {
        let series = day(10);
        let steps = Steps { step: SimDuration::hours(1), count: 24, ..series.grid };
        let hours = series.on(&steps);
        assert!((hours.ghi_w_m2[12] - series.ghi_w_m2[72..78].iter().sum::<f64>() / 6.0).abs() < 1e-9);
    }
}
