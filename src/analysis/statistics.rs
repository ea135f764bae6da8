//! Statistics of a sample.
//!
//! ```text
//! x̄ = Σx/n        s² = Σ(x − x̄)²/(n − 1)        x̄ ± t₀.₉₇₅(n − 1) · s/√n   (95 % confidence band of the mean)
//! ```
//! Percentiles interpolate between order statistics (Hyndman and Fan, Am. Stat. 50 (1996) 361, type 7). The band is of the mean over
//! draws: it says nothing of a single year.

/// What is said of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// Number of values; without them everything else is NaN.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation; NaN of less than two values, as is the band.
    pub deviation: f64,
    /// Lower end of the 95 % confidence band of the mean.
    pub low: f64,
    /// Upper end of the 95 % confidence band of the mean.
    pub high: f64,
    /// 5th percentile.
    pub p5: f64,
    /// Median.
    pub median: f64,
    /// 95th percentile.
    pub p95: f64,
}

impl Statistics {
    /// Of the values that are numbers.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Statistics {
        let mut sorted: Vec<f64> = values.into_iter().filter(|v| !v.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let mean = sorted.iter().sum::<f64>() / n as f64;
        let squares: f64 = sorted.iter().map(|x| (x - mean) * (x - mean)).sum();
        let deviation = if n > 1 { libm::sqrt(squares / (n - 1) as f64) } else { f64::NAN };
        let half = t_975(n.saturating_sub(1)) * deviation / libm::sqrt(n as f64);
        let at = |share| percentile(&sorted, share);
        Statistics { n, mean, deviation, low: mean - half, high: mean + half, p5: at(0.05), median: at(0.5), p95: at(0.95) }
    }
}

/// A percentile of sorted values; NaN of none.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share * last as f64;
    let (below, above) = (libm::floor(place) as usize, libm::ceil(place) as usize);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// 97.5 % quantile of Student's t for `freedom` degrees of freedom; NaN for none.
///
/// Exact for one and two degrees, tabulated to four, then the expansion of Cornish and Fisher (Abramowitz and Stegun 26.7.5),
/// which is within 2e-3 there.
#[must_use]
pub fn t_975(freedom: usize) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    match freedom {
        0 => f64::NAN,
        1 => 12.706_204_736_174_7,
        2 => 4.302_652_729_749_46,
        3 => 3.182_446_305_283_71,
        4 => 2.776_445_105_197_79,
        n => {
            let n = n as f64;
            let (z3, z5, z7) = (Z * Z * Z, Z * Z * Z * Z * Z, Z * Z * Z * Z * Z * Z * Z);
            let (a, b) = ((z3 + Z) / 4.0, (5.0 * z5 + 16.0 * z3 + 3.0 * Z) / 96.0);
            let c = (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * Z) / 384.0;
            let d = (79.0 * z7 * Z * Z + 776.0 * z7 + 1482.0 * z5 - 1920.0 * z3 - 945.0 * Z) / 92_160.0;
            Z + a / n + b / (n * n) + c / (n * n * n) + d / (n * n * n * n)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Percentage points of t as printed in statistical tables.
    #[test]
    fn students_t_is_the_tabulated_one() {
        for (freedom, t) in [(1, 12.706), (2, 4.303), (4, 2.776), (5, 2.571), (7, 2.365), (10, 2.228), (30, 2.042), (120, 1.980)] {
            assert!((t_975(freedom) - t).abs() < 1.1e-3, "{freedom}: {} is not {t}", t_975(freedom));
        }
        assert!(t_975(0).is_nan());
    }

    #[test]
    fn a_small_sample_by_hand() {
        let s = Statistics::of([4.0, f64::NAN, 1.0, 3.0, 2.0]);
        assert_eq!((s.n, s.mean, s.median), (4, 2.5, 2.5));
        assert!((s.deviation - 1.290_994).abs() < 1e-6);
        assert!((s.high - (2.5 + 3.182_446 * 1.290_994 / 2.0)).abs() < 1e-5);
        assert!((s.p5 - 1.15).abs() < 1e-12 && (s.p95 - 3.85).abs() < 1e-12);
    }

    #[test]
    fn without_values_there_is_nothing_to_say() {
        let none = Statistics::of([f64::NAN]);
        assert_eq!(none.n, 0);
        assert!(none.mean.is_nan() && none.median.is_nan());
        let one = Statistics::of([7.0]);
        assert_eq!((one.mean, one.p5, one.p95), (7.0, 7.0, 7.0));
        assert!(one.low.is_nan(), "one draw has no band");
    }
}
