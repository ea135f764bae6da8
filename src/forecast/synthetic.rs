//! Truth plus an error that grows with the horizon, is correlated in time and shares a factor between participants.
//!
//! For participant `q`, quantity kind `k` and quarter of an hour `t`, with vintage issued `h` hours before `t`,
//!
//! ```text
//! forecast = truth · (1 + ε)
//! ε        = σ_k(h) · (√ρ · S_k(t) + √(1 − ρ) · O_{q,k}(t))
//! σ_k(h)   = σ_k · √(h / 24), at most √1.5 · σ_k
//! S, O     : AR(1), X(t) = φ·X(t−1) + √(1−φ²)·n(t),  φ = exp(−Δt/τ),  Δt a quarter of an hour, n standard normal keyed by `t`
//! ```
//!
//! `S` is the weather everyone shares, `O` the participant's own model error; a later vintage shrinks the same error, as a
//! better look at the same weather would. The error is that of the quarter of an hour, by the clock, that holds an instant, whatever
//! the steps and ISPs of a run: finer ones share it, coarser ones average over theirs. Vintages are made on the world's side and
//! delivered as events.

use crate::rng::Stream;
use crate::time::{SimDuration, SimTime, Steps};

/// What one value of an error lasts.
pub const QUARTER: SimDuration = SimDuration::minutes(15);

/// What is forecast; each kind has its own error processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantity {
    /// Weather-driven feed-in.
    FeedIn,
    /// Everything that consumes.
    Load,
}

impl Quantity {
    const ALL: [Quantity; 2] = [Quantity::FeedIn, Quantity::Load];

    /// Name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Quantity::FeedIn => "feed-in",
            Quantity::Load => "load",
        }
    }
}

/// Parameters of the error process.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorModel {
    /// `σ` of feed-in at a horizon of 24 h, relative.
    pub feed_in_sigma: f64,
    /// `σ` of load at a horizon of 24 h, relative.
    pub load_sigma: f64,
    /// `ρ`: share of the variance that all participants have in common, 0…1.
    pub shared: f64,
    /// `τ`: correlation time.
    pub correlation: SimDuration,
}

/// The unit-variance error of one participant over a run.
#[derive(Debug, Clone)]
pub struct UnitError {
    quarters: Steps,
    /// `[quantity][quarter of an hour]`.
    values: [Vec<f64>; 2],
}

impl UnitError {
    /// The processes of several participants from `from` to `until`; they share the weather.
    #[must_use]
    pub fn each<'n>(m: &ErrorModel, seed: u64, names: impl Iterator<Item = &'n str>, from: SimTime, until: SimTime) -> Vec<UnitError> {
        let quarters = Steps::touching(from, until, QUARTER);
        let (a, b) = (libm::sqrt(m.shared), libm::sqrt(1.0 - m.shared));
        let weather = Quantity::ALL.map(|q| ar1(m.correlation, Stream::new(seed, "weather", q.name()), &quarters));
        let of = |participant: &str| {
            let values = Quantity::ALL.map(|q| {
                let own = ar1(m.correlation, Stream::new(seed, participant, q.name()), &quarters);
                weather[q as usize].iter().zip(&own).map(|(s, o)| a * s + b * o).collect()
            });
            UnitError { quarters, values }
        };
        names.map(of).collect()
    }
}

/// A stationary process of unit variance, a value a quarter of an hour, with the correlation time `tau`.
pub(super) fn ar1(tau: SimDuration, mut draws: Stream, quarters: &Steps) -> Vec<f64> {
    let phi = libm::exp(-(QUARTER.0 as f64) / (tau.0 as f64).max(1.0));
    let innovation = libm::sqrt(1.0 - phi * phi);
    let first = (quarters.start.0 / QUARTER.0).unsigned_abs();
    let mut x = draws.at(first).normal();
    let mut series = Vec::with_capacity(quarters.count);
    for i in 0..quarters.count as u64 {
        series.push(x);
        x = phi * x + innovation * draws.at(first + i + 1).normal();
    }
    series
}

/// The factor on truth at the instant `t` in a vintage issued at `issued`; never negative.
#[must_use]
#[inline]
pub fn factor(m: &ErrorModel, error: &UnitError, quantity: Quantity, t: SimTime, issued: SimTime) -> f64 {
    let quarter = error.quarters.index(t);
    let horizon = error.quarters.start_of(quarter) - issued;
    let sigma = match quantity {
        Quantity::FeedIn => m.feed_in_sigma,
        Quantity::Load => m.load_sigma,
    };
    let growth = libm::sqrt((horizon.as_hours() / 24.0).clamp(0.0, 1.5));
    (1.0 + sigma * growth * error.values[quantity as usize][quarter]).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> ErrorModel {
        ErrorModel { feed_in_sigma: 0.1, load_sigma: 0.2, shared: 0.5, correlation: SimDuration::hours(3) }
    }

    fn one(name: &str, from: SimTime, until: SimTime) -> UnitError {
        UnitError::each(&model(), 1, [name].into_iter(), from, until).remove(0)
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let n = a.len() as f64;
        let (ma, mb) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
        let cov: f64 = a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum();
        let (va, vb): (f64, f64) = (a.iter().map(|x| (x - ma).powi(2)).sum(), b.iter().map(|y| (y - mb).powi(2)).sum());
        cov / libm::sqrt(va * vb)
    }

    #[test]
    fn participants_share_the_stated_part_of_the_error() {
        let steps = 35_040;
        let e = |name| one(name, SimTime(0), SimTime(0) + SimDuration::hours(8760)).values;
        let (a, b) = (e("agr-a"), e("agr-b"));
        let r = correlation(&a[0], &b[0]);
        assert!((r - 0.5).abs() < 0.1, "{r}");
        let lag = correlation(&a[0][12..], &a[0][..steps - 12]);
        assert!((lag - libm::exp(-1.0)).abs() < 0.1, "correlation after 3 h is 1/e, got {lag}");
        let cross = correlation(&a[0], &a[1]);
        assert!(cross.abs() < 0.1, "{cross}");
    }

    #[test]
    fn the_error_shrinks_with_the_horizon_and_keeps_its_sign() {
        let e = one("dso", SimTime(0), SimTime(0) + SimDuration::hours(24));
        for t in (0..96).map(|k| SimTime(900 * k)) {
            let far = factor(&model(), &e, Quantity::FeedIn, t, t - SimDuration::hours(24)) - 1.0;
            let near = factor(&model(), &e, Quantity::FeedIn, t, t - SimDuration::hours(6)) - 1.0;
            assert!((near - 0.5 * far).abs() < 1e-12);
        }
    }

    #[test]
    fn instants_of_one_quarter_of_an_hour_share_its_error() {
        let (from, until) = (SimTime(1_000_000), SimTime(1_100_000));
        let e = one("dso", from, until);
        let issued = from - SimDuration::hours(10);
        for t in (from.0..until.0).step_by(60).map(SimTime) {
            let begin = SimTime((t.0 / 900 * 900).max(from.0));
            let at = |t| factor(&model(), &e, Quantity::Load, t, issued);
            assert!(at(t) == at(begin));
        }
    }
}
