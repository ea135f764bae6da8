//! A series of one step length on steps of another: energy is kept.
//!
//! The value of a step is the mean of the series over it, so a finer series is averaged and a coarser one held. Steps that
//! straddle values weigh each by the time it lasts within the step.

use super::{SimDuration, SimTime};

/// Steps of equal length, one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// Instant at which the first begins.
    pub start: SimTime,
    /// Length of each; more than nothing.
    pub step: SimDuration,
    /// How many.
    pub count: usize,
}

impl Steps {
    /// The steps of length `step`, counted from 1970-01-01T00:00:00Z, that `from` to `until` touches.
    #[must_use]
    pub fn touching(from: SimTime, until: SimTime, step: SimDuration) -> Steps {
        let first = from.0.div_euclid(step.0);
        let after = (until.0 + step.0 - 1).div_euclid(step.0);
        Steps { start: SimTime(first * step.0), step, count: (after - first).max(0) as usize }
    }

    /// Instant at which step `k` begins.
    #[must_use]
    pub fn start_of(&self, k: usize) -> SimTime {
        self.start + SimDuration(self.step.0 * k as i64)
    }

    /// Instant at which the last ends.
    #[must_use]
    pub fn end(&self) -> SimTime {
        self.start_of(self.count)
    }

    /// The step that holds `t`, which must not lie before the first.
    #[must_use]
    #[inline]
    pub fn index(&self, t: SimTime) -> usize {
        ((t - self.start).0 / self.step.0) as usize
    }

    /// Whether no step of one straddles steps of the other.
    #[must_use]
    pub fn nests(&self, other: &Steps) -> bool {
        let (fine, coarse) = (self.step.0.min(other.step.0), self.step.0.max(other.step.0));
        coarse % fine == 0 && (self.start - other.start).0 % fine == 0
    }

    /// A series with one value for each of these steps as means over the steps `onto`, which lie within these.
    #[must_use]
    pub fn averaged(&self, values: &[f64], onto: &Steps) -> Vec<f64> {
        assert!(values.len() == self.count, "one value a step");
        assert!(onto.count == 0 || (onto.start >= self.start && onto.end() <= self.end()), "steps within the series");
        let mean = |k: usize| {
            let (from, until) = (onto.start_of(k), onto.start_of(k + 1));
            let (first, last) = (self.index(from), self.index(SimTime(until.0 - 1)));
            if first == last {
                return values[first];
            }
            let seconds = |j: usize| (self.start_of(j + 1).0.min(until.0) - self.start_of(j).0.max(from.0)) as f64;
            (first..=last).map(|j| values[j] * seconds(j)).sum::<f64>() / onto.step.0 as f64
        };
        (0..onto.count).map(mean).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps(start_s: i64, minutes: i64, count: usize) -> Steps {
        Steps { start: SimTime(start_s), step: SimDuration::minutes(minutes), count }
    }

    #[test]
    fn finer_values_are_averaged_and_coarser_ones_held() {
        let given = steps(0, 5, 6);
        assert_eq!(given.averaged(&[0.0, 0.0, 3.0, 6.0, 6.0, 0.0], &steps(0, 15, 2)), [1.0, 4.0]);
        assert_eq!(steps(0, 15, 2).averaged(&[0.1, 0.7], &steps(300, 5, 4)), [0.1, 0.1, 0.7, 0.7]);
        // Ten minutes under a quarter of an hour: the middle value counts half in each.
        assert_eq!(steps(0, 10, 3).averaged(&[3.0, 6.0, 9.0], &steps(0, 15, 2)), [4.0, 8.0]);
    }

    #[test]
    fn steps_nest_where_none_straddles() {
        let quarter = steps(0, 15, 4);
        assert!(quarter.nests(&steps(0, 5, 12)) && quarter.nests(&steps(-2700, 60, 1)) && quarter.nests(&quarter));
        assert!(!quarter.nests(&steps(0, 10, 6)) && !quarter.nests(&steps(60, 5, 12)));
    }

    #[test]
    fn touching_steps_hold_both_ends() {
        assert_eq!(Steps::touching(SimTime(1000), SimTime(1801), SimDuration(900)), steps(900, 15, 2));
        assert_eq!(Steps::touching(SimTime(-1), SimTime(900), SimDuration(900)), steps(-900, 15, 2));
    }

    proptest! {
        #[test]
        fn energy_is_kept(values in prop::collection::vec(-5.0..5.0_f64, 60), given_min in 1..20_i64, onto_min in 1..20_i64) {
            let count = (60 * given_min / onto_min) as usize;
            let onto = steps(0, onto_min, count);
            let averaged = steps(0, given_min, 60).averaged(&values, &onto);
            let whole = count as i64 * onto_min;
            let energy: f64 = averaged.iter().map(|v| v * onto_min as f64).sum();
            let lasts = |j: i64| ((j + 1) * given_min).min(whole) - (j * given_min).min(whole);
            let given: f64 = values.iter().zip(0..).map(|(v, j)| v * lasts(j) as f64).sum();
            prop_assert!((energy - given).abs() < 1e-9);
        }
    }
}
