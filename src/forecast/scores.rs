//! How good forecasts were.
//!
//! With truth `y`, forecast `f`, reference `r`, quantile forecast `q` of level `τ`, ensemble `X` of `m` members:
//!
//! ```text
//! MAE      mean |f − y|                         RMSE  √ mean (f − y)²          bias  mean (f − y)
//! nMAE     MAE / mean |y|                       skill 1 − MAE(f) / MAE(r)
//! pinball  mean τ (y − q)⁺ + (1 − τ) (q − y)⁺   coverage  share of y ≤ q
//! CRPS     mean |X − y| − ½ mean |X − X′|       over all m² pairs, pairs of a member with itself too; then over times
//! ```
//!
//! Koenker and Bassett 1978 (pinball); Gneiting and Raftery 2007 (CRPS). Every function takes series of one length that are not empty.

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

fn pairs<'a>(a: &'a [f64], b: &'a [f64]) -> impl ExactSizeIterator<Item = (f64, f64)> + 'a {
    assert_eq!(a.len(), b.len(), "series of one length");
    a.iter().copied().zip(b.iter().copied())
}

/// Mean absolute error, in the unit of the series.
#[must_use]
pub fn mae(forecast: &[f64], truth: &[f64]) -> f64 {
    mean(pairs(forecast, truth).map(|(f, y)| (f - y).abs()))
}

/// Root mean square error.
#[must_use]
pub fn rmse(forecast: &[f64], truth: &[f64]) -> f64 {
    libm::sqrt(mean(pairs(forecast, truth).map(|(f, y)| (f - y) * (f - y))))
}

/// Mean of forecast less truth: positive where too much is expected.
#[must_use]
pub fn bias(forecast: &[f64], truth: &[f64]) -> f64 {
    mean(pairs(forecast, truth).map(|(f, y)| f - y))
}

/// Mean absolute error as a fraction of the mean magnitude of truth; not finite where there is none.
#[must_use]
pub fn nmae(forecast: &[f64], truth: &[f64]) -> f64 {
    mae(forecast, truth) / mean(truth.iter().map(|y| y.abs()))
}

/// By how much the error is less than that of a reference: 1 perfect, 0 as good, negative worse.
#[must_use]
pub fn skill(forecast: &[f64], reference: &[f64], truth: &[f64]) -> f64 {
    1.0 - mae(forecast, truth) / mae(reference, truth)
}

/// Mean pinball loss of quantile forecasts of level `tau`.
#[must_use]
pub fn pinball(quantile: &[f64], truth: &[f64], tau: f64) -> f64 {
    mean(pairs(quantile, truth).map(|(q, y)| tau * (y - q).max(0.0) + (1.0 - tau) * (q - y).max(0.0)))
}

/// Share of truth at or below the quantile.
#[must_use]
pub fn coverage(quantile: &[f64], truth: &[f64]) -> f64 {
    mean(pairs(quantile, truth).map(|(q, y)| f64::from(u8::from(y <= q))))
}

/// Continuous ranked probability score of an ensemble, `[time][member]`.
#[must_use]
pub fn crps(ensemble: &[Vec<f64>], truth: &[f64]) -> f64 {
    assert_eq!(ensemble.len(), truth.len(), "an ensemble for each time");
    let at = |(members, y): (&Vec<f64>, &f64)| {
        let mut sorted = members.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        crps_of_sorted(&sorted, *y)
    };
    mean(ensemble.iter().zip(truth).map(at))
}

/// The score of one time, of members in rising order: with `m` of them, `Σ_ij |X_i − X_j| = 2 Σ_i (2 i − m + 1) X_i`, counted from 0.
#[must_use]
pub fn crps_of_sorted(members: &[f64], y: f64) -> f64 {
    let m = members.len() as f64;
    let spread = members.iter().enumerate().map(|(i, x)| (2.0 * i as f64 - m + 1.0) * x).sum::<f64>() / (m * m);
    mean(members.iter().map(|x| (x - y).abs())) - spread
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// No constant beats the quantile of the sample in pinball loss, and an ensemble of one member has its error as CRPS.
        #[test]
        fn scores_are_proper(mut y in prop::collection::vec(-50.0..50.0_f64, 1..40), other in -60.0..60.0_f64, k in 0..20_usize) {
            let tau = f64::from(u8::try_from(k).expect("few")) / 20.0;
            let single: Vec<Vec<f64>> = y.iter().map(|y| vec![0.5 * y]).collect();
            let half: Vec<f64> = y.iter().map(|y| 0.5 * y).collect();
            prop_assert!((crps(&single, &y) - mae(&half, &y)).abs() < 1e-9);
            y.sort_by(f64::total_cmp);
            let best = y[((tau * y.len() as f64) as usize).min(y.len() - 1)];
            let loss = |q: f64| pinball(&vec![q; y.len()], &y, tau);
            prop_assert!(loss(best) <= loss(other) + 1e-9);
            prop_assert!(mae(&half, &y) <= rmse(&half, &y) + 1e-9 && bias(&half, &y).abs() <= mae(&half, &y) + 1e-9);
        }
    }
}
