//! Where two strategies come to the same figure along a parameter.
//!
//! For each seed the difference of the figure between the two strategies is averaged over all sets that share a value of the
//! parameter; strategies of one seed share their draws, so the difference is far steadier than either figure. Between
//! neighbouring values it is taken as straight; every change of sign is a break-even. Crossings of different seeds between the
//! same two values, or next to them, are one break-even: mean, lowest and highest, and in how many of the seeds it occurs.

use std::collections::BTreeMap;

use crate::output::Column;
use crate::sweep::Results;

use super::groups::many_seeds;
use super::statistics::Statistics;

/// Most values of a parameter that are taken as a line; a drawn parameter has too many.
const MOST_VALUES: usize = 60;

/// Figures on which strategies are compared.
pub(super) const COSTS: [&str; 2] = ["paid_total_eur", "cost_total_eur"];

/// A break-even.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakEven {
    /// Key of the figure.
    pub kpi: &'static str,
    /// Dotted key of the parameter.
    pub parameter: String,
    /// The strategy with the lower figure below the break-even.
    pub below: String,
    /// The strategy with the lower figure above it.
    pub above: String,
    /// Value of the parameter: mean, lowest and highest over the seeds.
    pub at: [f64; 3],
    /// Seeds in which it occurs, and all.
    pub seeds: [usize; 2],
}

/// Break-evens of payments and system cost, for every pair of strategies and numeric parameter. None of a single seed: one draw
/// does not say how far the value moves with the next.
#[must_use]
pub fn break_evens(results: &Results) -> Vec<BreakEven> {
    let strategies = results.strategy_names();
    if !many_seeds(results) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for kpi in COSTS {
        for parameter in results.parameters() {
            let Some(Column::F64(x)) = results.parameter(parameter) else { continue };
            for (k, a) in strategies.iter().enumerate() {
                for b in &strategies[k + 1..] {
                    out.extend(crossings(&differences(results, kpi, x, a, b)).into_iter().map(|c| {
                        let (below, above) = if c.rising { (a, b) } else { (b, a) };
                        let (below, above) = ((*below).to_owned(), (*above).to_owned());
                        BreakEven { kpi, parameter: parameter.to_owned(), below, above, at: c.at, seeds: c.seeds }
                    }));
                }
            }
        }
    }
    out
}

/// By seed: value of the parameter and mean difference `a − b` there, values rising.
type Lines = Vec<Vec<(f64, f64)>>;

fn differences(results: &Results, kpi: &str, x: &[f64], a: &str, b: &str) -> Lines {
    let y = results.kpi(kpi);
    // Per seed and value (its bits sort as it does where it is not negative): sums of a and b by set.
    let mut sums: BTreeMap<i64, Vec<(f64, i64, [f64; 2])>> = BTreeMap::new();
    for case in 0..results.cases() {
        let strategy = results.strategies().get(case);
        let Some(side) = [a, b].iter().position(|s| *s == strategy) else { continue };
        let value = if results.succeeded(case) { y[case] } else { f64::NAN };
        let sets = sums.entry(results.seeds()[case]).or_default();
        let sample = results.samples()[case];
        match sets.iter_mut().rfind(|(v, s, _)| *s == sample && *v == x[case]) {
            Some((_, _, pair)) => pair[side] = value,
            None => {
                let mut pair = [f64::NAN; 2];
                pair[side] = value;
                sets.push((x[case], sample, pair));
            }
        }
    }
    sums.into_values().map(line).collect()
}

/// Mean difference by value of the parameter.
fn line(mut sets: Vec<(f64, i64, [f64; 2])>) -> Vec<(f64, f64)> {
    sets.retain(|(_, _, [a, b])| !(a - b).is_nan());
    sets.sort_by(|p, q| p.0.total_cmp(&q.0));
    let same = |p: &(f64, i64, [f64; 2]), q: &(f64, i64, [f64; 2])| p.0 == q.0;
    let points = sets.chunk_by(same).map(|chunk| (chunk[0].0, Statistics::of(chunk.iter().map(|(_, _, [a, b])| a - b)).mean));
    points.collect()
}

struct Crossing {
    rising: bool,
    at: [f64; 3],
    seeds: [usize; 2],
}

fn crossings(lines: &Lines) -> Vec<Crossing> {
    if lines.iter().any(|l| l.len() > MOST_VALUES) {
        return Vec::new();
    }
    // Interval between neighbouring values, direction, where.
    let mut found: Vec<(usize, bool, f64)> = Vec::new();
    for line in lines {
        for (k, w) in line.windows(2).enumerate() {
            let [(x0, y0), (x1, y1)] = [w[0], w[1]];
            if (y0 < 0.0 && y1 >= 0.0) || (y0 > 0.0 && y1 <= 0.0) {
                found.push((k, y0 < 0.0, x0 + (x1 - x0) * y0 / (y0 - y1)));
            }
        }
    }
    found.sort_by(|p, q| p.1.cmp(&q.1).then(p.2.total_cmp(&q.2)));
    let together = |p: &(usize, bool, f64), q: &(usize, bool, f64)| p.1 == q.1 && q.0.abs_diff(p.0) <= 1;
    let one = |chunk: &[(usize, bool, f64)]| {
        let s = Statistics::of(chunk.iter().map(|c| c.2));
        let (low, high) = (chunk[0].2, chunk[chunk.len() - 1].2);
        Crossing { rising: chunk[0].1, at: [s.mean, low, high], seeds: [chunk.len().min(lines.len()), lines.len()] }
    };
    found.chunk_by(together).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_sign_is_found_between_values() {
        let lines = vec![vec![(0.0, -2.0), (1.0, -1.0), (2.0, 1.0)], vec![(0.0, -2.0), (1.0, -0.5), (2.0, 1.5)]];
        let [c] = &crossings(&lines)[..] else { panic!("one break-even") };
        assert!(c.rising);
        assert_eq!((c.at, c.seeds), ([1.375, 1.25, 1.5], [2, 2]));
    }

    #[test]
    fn lines_that_only_touch_nothing_cross_nothing() {
        assert!(crossings(&vec![vec![(0.0, 0.0), (1.0, 2.0)], vec![(0.0, 1.0), (1.0, 2.0)]]).is_empty());
    }
}
