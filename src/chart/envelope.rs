//! Fewer points for long series, without losing an extreme.
//!
//! A series of steps is cut into stretches; each keeps its lowest and its highest value. Whatever is drawn from the result
//! therefore reaches exactly as far up and down as the series, however short the peak.

use std::ops::Range;

/// Lowest and highest value of a stretch of steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// The steps it stands for.
    pub steps: Range<usize>,
    /// Lowest value in them.
    pub min: f64,
    /// Highest value in them.
    pub max: f64,
}

/// The envelope of `values`, one [`Stretch`] between neighbouring `cuts` (step numbers, ascending; the ends of the series are
/// cuts by themselves). NaN is no value; a stretch without any value is left out.
///
/// ```
/// use copperplate::chart::envelope;
/// let stretches = envelope(&[0.2, 2.1, 0.1, 0.4], &[2]);
/// assert_eq!((stretches[0].min, stretches[0].max), (0.2, 2.1));
/// assert_eq!((stretches[1].steps.clone(), stretches[1].max), (2..4, 0.4));
/// ```
#[must_use]
pub fn envelope(values: &[f64], cuts: &[usize]) -> Vec<Stretch> {
    let ends = cuts.iter().copied().filter(|&c| c > 0 && c < values.len()).chain([values.len()]);
    let mut from = 0;
    let mut out = Vec::new();
    for to in ends {
        let known = values[from..to].iter().copied().filter(|v| !v.is_nan());
        let (min, max) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
        if min <= max {
            out.push(Stretch { steps: from..to, min, max });
        }
        from = to;
    }
    out
}
