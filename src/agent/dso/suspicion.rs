//! The check of prognoses: whether an aggregator says more than the operator expects, just where congestion can be foreseen.
//!
//! For each aggregator and congestion point, with the prognosis `B`, the operator's own forecast `f` of the same connections and what they
//! were metered at, `A`, the day gives two numbers. Days are clusters, because the errors of a day's ISPs go together:
//!
//! ```text
//! ε(I, x) = s · Σ_I (B − x) / Σ_I |f|          s: +1 against consumption, −1 against feed-in
//! d_f     = ε(C, f) − ε(O, f)                 C: ISPs in which congestion is foreseen, O: like ISPs in which it is not
//! d_A     = ε(C', A) − ε(O', A)               the same without ISPs in which something was ordered
//! t       = mean d / (s_d / √n)               over the last 28 days, at least five
//! z       = (8ν + 1)/(8ν + 3) · √(ν ln(1 + t²/ν)),   ν = n − 1: the normal quantile of t (Wallace 1959)
//! ```
//!
//! Like ISPs are loaded the same way by at least half as much, by the mean of `B` and `x`: neither is then chosen for being high. What was
//! asked for there does not matter, since requests rest on the prognoses. One vendor's optimism is a share of the load, in both
//! terms, and drops out. A day is flagged where `z > 2.4` and the mean of `d_f` exceeds 2 %, unless the meters of at least five days say
//! otherwise: mean `d_A` below half of mean `d_f`. One look at `z > 1.645` would be wrong in 5 % of cases, and finds inflation `δ` at
//! noise `σ` in (2.49 σ/δ)² days; but the operator looks every day, and 2.4 holds the 5 % over the looks of a month (Pocock 1977).
//! That takes about (3.24 σ/δ)² days. What follows is the strategy's: nothing, a weight `w = 1 / (1 + mean² / var)` on the prognosis, or, after
//! some flags, no trade and no trust.

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;

use crate::agent::foresight::Foresight;
use crate::ids::{CpIdx, Domain};
use crate::market::Direction;
use crate::units::Watts;

/// Days that count.
const DAYS: usize = 28;
/// Fewest that tell anything.
const FEWEST: usize = 5;
/// Bound of a test of 5 % that is looked at on each day of a month (Pocock 1977, one-sided, some 20 looks).
const Z: f64 = 2.4;
/// Mean deviation that is left alone.
const IMMATERIAL: f64 = 0.02;
/// Share of the foreseen ISPs' load from which on another is like them.
const LIKE: f64 = 0.5;
/// Days that evidence waits for its meters.
const WAITS: usize = 14;

/// What the operator remembers of prognoses.
#[derive(Debug, Default)]
pub(super) struct Suspicion {
    pub(super) foresight: Foresight,
    /// `d` of the last days.
    pub(super) days: BTreeMap<(Domain, CpIdx), VecDeque<f64>>,
    pub(super) flags: BTreeMap<Domain, u32>,
    /// The same by meters.
    pub(super) metered: BTreeMap<(Domain, CpIdx), VecDeque<f64>>,
    /// What waits for meters, day by day.
    pub(super) waiting: BTreeMap<Date, Vec<Evidence>>,
}

/// A prognosis to hold against its meters.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) key: (Domain, CpIdx),
    pub(super) prognosis: Vec<Watts>,
    pub(super) own_w: Vec<f64>,
    pub(super) foreseen: Vec<Option<Direction>>,
    pub(super) ordered: Vec<bool>,
}

impl Suspicion {
    /// Takes in `d` of a day.
    pub(super) fn take(days: &mut VecDeque<f64>, d: f64) {
        days.push_back(d);
        if days.len() > DAYS {
            days.pop_front();
        }
    }

    /// Keeps evidence until its meters come, for some days.
    pub(super) fn wait(&mut self, date: Date, evidence: Vec<Evidence>) {
        self.waiting.insert(date, evidence);
        while self.waiting.len() > WAITS {
            self.waiting.pop_first();
        }
    }

    /// Mean, variance and `z` of an aggregator's forecast deviations, and whether they make a flag.
    pub(super) fn verdict(&self, key: &(Domain, CpIdx)) -> (Option<(f64, f64, f64)>, bool) {
        let of = |days: &BTreeMap<(Domain, CpIdx), VecDeque<f64>>| days.get(key).and_then(statistics);
        let (own, metered) = (of(&self.days), of(&self.metered));
        let flag =
            own.is_some_and(|(mean, _, z)| z > Z && mean > IMMATERIAL && metered.is_none_or(|(by_meter, ..)| by_meter >= 0.5 * mean));
        (own, flag)
    }
}

/// Mean, sample variance and `z` of the days; `None` of too few.
pub(super) fn statistics(days: &VecDeque<f64>) -> Option<(f64, f64, f64)> {
    let n = days.len() as f64;
    if days.len() < FEWEST {
        return None;
    }
    let mean = days.iter().sum::<f64>() / n;
    let var = days.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
    let t = mean / libm::sqrt(var / n).max(1e-9);
    let nu = n - 1.0;
    let z = (8.0 * nu + 1.0) / (8.0 * nu + 3.0) * libm::sqrt(nu * libm::log(1.0 + t * t / nu));
    Some((mean, var, if t < 0.0 { -z } else { z }))
}

/// `d` of a day: of a prognosis against `other_w`, the own forecast or the meters, where congestion is foreseen and not `ordered`.
/// `None` where nothing is foreseen or nothing is left to compare.
pub(super) fn deviation(
    prognosis: &[Watts],
    other_w: &[f64],
    own_w: &[f64],
    foreseen: &[Option<Direction>],
    ordered: &[bool],
) -> Option<f64> {
    let against = foreseen.iter().find_map(|d| *d)?;
    let sign = -against.relief_sign();
    let congested: Vec<usize> = (0..own_w.len()).filter(|i| foreseen[*i] == Some(against) && !ordered[*i]).collect();
    let scale = congested.iter().map(|i| own_w[*i].abs()).sum::<f64>() / congested.len() as f64;
    if congested.is_empty() || scale < 1.0 {
        return None;
    }
    let level = |i: usize| 0.5 * sign * (prognosis[i].as_f64() + other_w[i]);
    let like = |i: &usize| foreseen[*i].is_none() && !ordered[*i] && level(*i) >= LIKE * scale;
    let others: Vec<usize> = (0..own_w.len()).filter(like).collect();
    let share = |isps: &[usize]| {
        let over: f64 = isps.iter().map(|i| sign * (prognosis[*i].as_f64() - other_w[*i])).sum();
        let of: f64 = isps.iter().map(|i| own_w[*i].abs()).sum();
        if of < 1.0 { 0.0 } else { over / of }
    };
    Some(share(&congested) - share(&others))
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
        deviation(&prognosis, &own, &own, &foreseen, &[false; 96]).expect("congestion is foreseen")
    }

    /// Whether the statistic of some days exceeds a bound.
    fn exceeds(bound: f64, seed: u64, common: f64, inflation: f64, days: u64) -> bool {
        let mut noise = Stream::new(seed, "prognosis", "test");
        let d: VecDeque<f64> = (0..days).map(|n| day(&mut noise, n, common, inflation)).collect();
        statistics(&d).is_some_and(|(mean, _, z)| z > bound && mean > IMMATERIAL)
    }

    fn share(mut of: impl FnMut(u64) -> bool) -> f64 {
        (0..400).filter(|seed| of(*seed)).count() as f64 / 400.0
    }

    /// One look, noise √2 · 10 % and inflation of 10 %: (2.49 · 0.141 / 0.1)² = 12.4 days for a power of 80 % at 5 % false alarms, and
    /// z²/2 = 1.4 because the noise is estimated (Guenther 1981). With the bound of daily looks (3.24 · 0.141 / 0.1)² = 21 days and 2.9.
    #[test]
    fn inflation_is_found_in_the_days_that_it_takes() {
        for (bound, days) in [(1.645, 14), (Z, 24)] {
            let power = share(|seed| exceeds(bound, seed, 0.0, 0.1, days));
            assert!((0.74..0.9).contains(&power), "{power}");
        }
        let [honest, optimist] = [0.0, 0.3].map(|common| share(|seed| exceeds(1.645, seed, common, 0.0, 13)));
        assert!(honest < 0.09 && (optimist - honest).abs() < 1e-9, "{honest} {optimist}: optimism everywhere is no gaming");
        assert!(share(|seed| exceeds(Z, seed, 0.0, 0.2, 13)) > 0.95);
    }

    /// Looked at on every day of four weeks, an honest prognosis is flagged in about 5 % of the months.
    #[test]
    fn looking_every_day_raises_few_false_alarms() {
        let month = |bound: f64| share(|seed| (5..=28).any(|days| exceeds(bound, seed, 0.0, 0.0, days)));
        let (one_look, daily) = (month(1.645), month(Z));
        assert!(one_look > 0.12 && daily < 0.07, "{one_look} {daily}");
    }

    #[test]
    fn nothing_foreseen_tells_nothing() {
        assert_eq!(deviation(&[Watts(5); 4], &[1.0; 4], &[1.0; 4], &[None; 4], &[false; 4]), None);
        assert_eq!(statistics(&VecDeque::from([0.5; 4])), None);
    }
}
