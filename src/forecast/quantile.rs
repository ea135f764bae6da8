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

/// The same of a sample in rising order.
#[must_use]
pub fn of_sorted(sorted: &[f64], tau: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = tau.clamp(0.0, 1.0) * last as f64;
    let below = (place as usize).min(last);
    sorted[below] + (place - below as f64) * (sorted[(below + 1).min(last)] - sorted[below])
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
        of_sample(&mut self.near(slot), tau)
    }

    /// The errors that are looked at for a slot, in rising order.
    #[must_use]
    pub fn sorted(&self, slot: usize) -> Vec<f64> {
        let mut sample = self.near(slot);
        sample.sort_unstable_by(f64::total_cmp);
        sample
    }

    fn near(&self, slot: usize) -> Vec<f64> {
        if self.slots == 0 {
            return Vec::new();
        }
        let near = [(slot + self.slots - 1) % self.slots, slot, (slot + 1) % self.slots];
        let days = self.values.chunks_exact(self.slots);
        days.flat_map(|day| near.map(|s| day[s])).filter(|e| !e.is_nan()).collect()
    }

    /// The errors of a sum whose parts erred at the same times. A part without a forecast leaves the sum without one, but days before
    /// the first of a part are those of the others.
    #[must_use]
    pub fn of_sum<'a>(parts: impl Iterator<Item = &'a Errors> + Clone) -> Errors {
        let Some(longest) = parts.clone().max_by_key(|e| e.values.len()) else { return Errors::default() };
        let mut sum = Errors { slots: longest.slots, values: vec![0.0; longest.values.len()] };
        for part in parts {
            let before = sum.values.len() - part.values.len();
            sum.values[before..].iter_mut().zip(&part.values).for_each(|(to, from)| *to += from);
        }
        sum
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
