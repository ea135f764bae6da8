//! Quantiles of the next error from the last ones: errors of the last eight weeks in the same slot of the clock and the slots beside
//! it, as an empirical distribution (linear between order statistics, Hyndman and Fan 1996, type 7).

/// The quantile of a sample of level `tau` in 0…1; zero of an empty one. The order of the sample changes.
#[must_use]
pub fn of_sample(sample: &mut [f64], tau: f64) -> f64 {
    let Some(last) = sample.len().checked_sub(1) else { return 0.0 };
    let place = tau.clamp(0.0, 1.0) * last as f64;
    let below = (place as usize).min(last);
    let (_, low, rest) = sample.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let high = rest.iter().copied().reduce(f64::min).unwrap_or(low);
    low + (place - below as f64) * (high - low)
}

/// Errors of past forecasts, truth less forecast, `[day][slot]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Errors {
    /// Slots of a day.
    pub slots: usize,
    /// `[day · slots + slot]`; NaN where there was no forecast.
    pub values: Vec<f64>,
}

impl Errors {
    /// What to add to a forecast so that truth is at or below it with probability `tau`, in a slot.
    #[must_use]
    pub fn quantile(&self, slot: usize, tau: f64) -> f64 {
        if self.slots == 0 {
            return 0.0;
        }
        let near = [(slot + self.slots - 1) % self.slots, slot, (slot + 1) % self.slots];
        let days = self.values.chunks_exact(self.slots);
        let mut sample: Vec<f64> = days.flat_map(|day| near.map(|s| day[s])).filter(|e| !e.is_nan()).collect();
        of_sample(&mut sample, tau)
    }

    /// The errors of a sum whose parts erred at the same times; where a part had no forecast, the sum has none.
    pub fn add(&mut self, other: &Errors, share: f64) {
        if self.values.is_empty() {
            self.slots = other.slots;
            self.values = vec![0.0; other.values.len()];
        }
        self.values.iter_mut().zip(&other.values).for_each(|(to, from)| *to += share * from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_order_statistics() {
        let mut sample = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(of_sample(&mut sample, 0.0), 1.0);
        assert_eq!(of_sample(&mut sample, 1.0), 4.0);
        assert!((of_sample(&mut sample, 0.5) - 2.5).abs() < 1e-12);
        assert_eq!(of_sample(&mut [], 0.3), 0.0);
    }

    #[test]
    fn a_slot_learns_from_itself_and_its_neighbours_around_midnight() {
        let errors = Errors { slots: 4, values: vec![1.0, 9.0, 9.0, 3.0, 2.0, 9.0, f64::NAN, 9.0] };
        // Slot 0: 3, 1, 9 of the first day and 9, 2, 9 of the second.
        assert!((errors.quantile(0, 0.5) - 6.0).abs() < 1e-12);
    }
}
