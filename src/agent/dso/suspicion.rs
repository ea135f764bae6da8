//! The check of prognoses: whether an aggregator says more than the operator expects, just where congestion can be foreseen.
//!
//! For each aggregator and congestion point, with the prognosis `B` and the operator's own forecast `f` of the same connections, the day
//! gives one number. Days are clusters, because the errors of a day's ISPs go together:
//!
//! ```text
//! r(i) = s · (B(i) − f(i)) / mean |f|          s: +1 against consumption, −1 against feed-in; mean over the foreseen ISPs
//! d    = mean r over ISPs where congestion is foreseen − mean r over other like ISPs
//! z    = mean d / (s_d / √n)                  over the last 28 days, at least five
//! ```
//!
//! Like ISPs are loaded the same way by at least a quarter as much, and nothing is foreseen or asked for there: one vendor's optimism is in
//! both means and drops out. A day is flagged where `z > 1.645` (5 % false alarms) and the mean exceeds 2 %. Against inflation `δ` at noise `σ` that
//! takes about (2.49 σ/δ)² days. What follows is the strategy's: nothing, a weight `w = 1 / (1 + mean² / var)` on the prognosis, or, after
//! some flags, no trade and no trust.

use std::collections::{BTreeMap, VecDeque};

use crate::agent::foresight::Foresight;
use crate::ids::{CpIdx, Domain};
use crate::market::Direction;
use crate::units::Watts;

/// Days that count.
pub(super) const DAYS: usize = 28;
/// Fewest that tell anything.
const FEWEST: usize = 5;
/// Normal quantile of 95 %.
pub(super) const Z: f64 = 1.645;
/// Mean deviation that is left alone.
pub(super) const IMMATERIAL: f64 = 0.02;
/// Share of the foreseen ISPs' load from which on another is like them.
const LIKE: f64 = 0.25;

/// What the operator remembers of prognoses.
#[derive(Debug, Default)]
pub(super) struct Suspicion {
    pub(super) foresight: Foresight,
    /// `d` of the last days.
    pub(super) days: BTreeMap<(Domain, CpIdx), VecDeque<f64>>,
    pub(super) flags: BTreeMap<Domain, u32>,
}

/// Mean, sample variance and `z` of the days; `None` of too few.
pub(super) fn statistics(days: &VecDeque<f64>) -> Option<(f64, f64, f64)> {
    let n = days.len() as f64;
    if days.len() < FEWEST {
        return None;
    }
    let mean = days.iter().sum::<f64>() / n;
    let var = days.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
    let error = libm::sqrt(var / n).max(1e-9);
    Some((mean, var, mean / error))
}

/// `d` of a day: from prognosis, own forecast, and what is foreseen and asked for in each ISP. `None` where nothing is foreseen.
pub(super) fn deviation(prognosis: &[Watts], own_w: &[f64], foreseen: &[Option<Direction>], asked: &[bool]) -> Option<f64> {
    let against = foreseen.iter().find_map(|d| *d)?;
    let sign = -against.relief_sign();
    let congested: Vec<usize> = (0..own_w.len()).filter(|i| foreseen[*i] == Some(against)).collect();
    let scale = congested.iter().map(|i| own_w[*i].abs()).sum::<f64>() / congested.len() as f64;
    if scale < 1.0 {
        return None;
    }
    let like = |i: &usize| foreseen[*i].is_none() && !asked[*i] && own_w[*i] * sign >= LIKE * scale;
    let others: Vec<usize> = (0..own_w.len()).filter(like).collect();
    let mean = |isps: &[usize]| {
        let sum: f64 = isps.iter().map(|i| sign * (prognosis[*i].as_f64() - own_w[*i]) / scale).sum();
        if isps.is_empty() { 0.0 } else { sum / isps.len() as f64 }
    };
    Some(mean(&congested) - mean(&others))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    /// Consumption of 10 kW from the 40th ISP on, congested from the 60th to the 80th.
    fn day(noise: &mut Stream, n: u64, common: f64, inflation: f64) -> f64 {
        let own: Vec<f64> = (0..96).map(|i| if i < 40 { 500.0 } else { 10_000.0 }).collect();
        let foreseen: Vec<_> = (0..96).map(|i| (60..80).contains(&i).then_some(Direction::Consumption)).collect();
        // The error of the congested ISPs of a day and that of the others.
        let errors = [noise.at(2 * n).normal(), noise.at(2 * n + 1).normal()].map(|e| common + 0.1 * e);
        let told = |(i, own): (usize, &f64)| {
            let added = if (60..80).contains(&i) { errors[0] + inflation } else { errors[1] };
            Watts::from_f64(own * (1.0 + added))
        };
        let prognosis: Vec<Watts> = own.iter().enumerate().map(told).collect();
        deviation(&prognosis, &own, &foreseen, &[false; 96]).expect("congestion is foreseen")
    }

    fn flagged(seed: u64, common: f64, inflation: f64, days: u64) -> bool {
        let mut noise = Stream::new(seed, "prognosis", "test");
        let d: VecDeque<f64> = (0..days).map(|n| day(&mut noise, n, common, inflation)).collect();
        statistics(&d).is_some_and(|(mean, _, z)| z > Z && mean > IMMATERIAL)
    }

    /// Noise √2 · 10 % and inflation of 10 %: (2.49 · 0.141 / 0.1)² = 12.4 days for a power of 80 % at 5 % false alarms.
    #[test]
    fn inflation_is_found_in_the_days_that_it_takes() {
        let share = |common, inflation, days| (0..400).filter(|seed| flagged(*seed, common, inflation, days)).count() as f64 / 400.0;
        let power = share(0.0, 0.1, 13);
        assert!((0.74..0.9).contains(&power), "{power}");
        let (honest, optimist) = (share(0.0, 0.0, 13), share(0.3, 0.0, 13));
        assert!(honest < 0.09 && (optimist - honest).abs() < 1e-9, "{honest} {optimist}: optimism everywhere is no gaming");
        assert!(share(0.0, 0.2, 13) > 0.99);
    }

    #[test]
    fn nothing_foreseen_tells_nothing() {
        assert_eq!(deviation(&[Watts(5); 4], &[1.0; 4], &[None; 4], &[false; 4]), None);
        assert_eq!(statistics(&VecDeque::from([0.5; 4])), None);
    }
}
