//! Synthetic forecasts: truth plus an error that grows with the horizon, is correlated in time and shares a factor between
//! participants; or perfect; or the truth of 48 h before.
//!
//! For participant `q`, quantity kind `k` and step `t`, with vintage issued `h` hours before `t`,
//!
//! ```text
//! forecast = truth · (1 + ε)
//! ε        = σ_k(h) · (√ρ · S_k(t) + √(1 − ρ) · O_{q,k}(t))
//! σ_k(h)   = σ_k · √(h / 24), at most √1.5 · σ_k
//! S, O     : AR(1), X(t) = φ·X(t−1) + √(1−φ²)·n(t),  φ = exp(−Δt/τ),  n standard normal keyed by the step
//! ```
//!
//! `S` is the weather everyone shares, `O` the participant's own model error; a later vintage shrinks the same error, as a
//! better look at the same weather would. Vintages are made on the world's side and delivered as events.

use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};

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

    fn name(self) -> &'static str {
        match self {
            Quantity::FeedIn => "feed-in",
            Quantity::Load => "load",
        }
    }
}

/// How forecasts are made.
#[derive(Debug, Clone, PartialEq)]
pub enum Model {
    /// Truth itself.
    Perfect,
    /// What was 48 h before, on the last whole day known when a day is planned.
    Persistence,
    /// Truth plus the error process of the module's head.
    Synthetic(ErrorModel),
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

/// The unit-variance error of one participant over a run, `[quantity][step]`.
#[derive(Debug, Clone)]
pub struct UnitError([Vec<f64>; 2]);

impl UnitError {
    /// The process of `participant` for `steps` steps of `step` from `start`.
    #[must_use]
    pub fn new(m: &ErrorModel, seed: u64, participant: &str, start: SimTime, step: SimDuration, steps: usize) -> UnitError {
        let (a, b) = (libm::sqrt(m.shared), libm::sqrt(1.0 - m.shared));
        UnitError(Quantity::ALL.map(|q| {
            let shared = ar1(m, Stream::new(seed, "weather", q.name()), start, step, steps);
            let own = ar1(m, Stream::new(seed, participant, q.name()), start, step, steps);
            shared.iter().zip(&own).map(|(s, o)| a * s + b * o).collect()
        }))
    }
}

fn ar1(m: &ErrorModel, mut draws: Stream, start: SimTime, step: SimDuration, steps: usize) -> Vec<f64> {
    let phi = libm::exp(-(step.0 as f64) / (m.correlation.0 as f64).max(1.0));
    let innovation = libm::sqrt(1.0 - phi * phi);
    let first = (start.0 / step.0).unsigned_abs();
    let mut x = draws.at(first).normal();
    let mut series = Vec::with_capacity(steps);
    for i in 0..steps as u64 {
        series.push(x);
        x = phi * x + innovation * draws.at(first + i + 1).normal();
    }
    series
}

/// The factor on truth for a vintage with horizon `horizon` at step `t` of the run; never negative.
#[must_use]
#[inline]
pub fn factor(m: &ErrorModel, error: &UnitError, quantity: Quantity, t: usize, horizon: SimDuration) -> f64 {
    let sigma = match quantity {
        Quantity::FeedIn => m.feed_in_sigma,
        Quantity::Load => m.load_sigma,
    };
    let growth = libm::sqrt((horizon.as_hours() / 24.0).clamp(0.0, 1.5));
    (1.0 + sigma * growth * error.0[quantity as usize][t]).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> ErrorModel {
        ErrorModel { feed_in_sigma: 0.1, load_sigma: 0.2, shared: 0.5, correlation: SimDuration::hours(3) }
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
        let e = |name| UnitError::new(&model(), 1, name, SimTime(0), SimDuration::minutes(15), steps);
        let (a, b) = (e("agr-a"), e("agr-b"));
        let r = correlation(&a.0[0], &b.0[0]);
        assert!((r - 0.5).abs() < 0.1, "{r}");
        let lag = correlation(&a.0[0][12..], &a.0[0][..steps - 12]);
        assert!((lag - libm::exp(-1.0)).abs() < 0.1, "correlation after 3 h is 1/e, got {lag}");
        let cross = correlation(&a.0[0], &a.0[1]);
        assert!(cross.abs() < 0.1, "{cross}");
    }

    #[test]
    fn the_error_shrinks_with_the_horizon_and_keeps_its_sign() {
        let e = UnitError::new(&model(), 1, "dso", SimTime(0), SimDuration::minutes(15), 96);
        for t in 0..96 {
            let far = factor(&model(), &e, Quantity::FeedIn, t, SimDuration::hours(24)) - 1.0;
            let near = factor(&model(), &e, Quantity::FeedIn, t, SimDuration::hours(6)) - 1.0;
            assert!((near - 0.5 * far).abs() < 1e-12);
        }
    }
}
