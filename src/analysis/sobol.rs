//! Which parameter explains how much of a key figure's variance: Sobol indices from the blocks of a Saltelli scheme.
//!
//! With `f` the figure (mean over seeds), rows `A`, `B`, and `ABᵢ` = `A` with parameter `i` from `B`, over `N` base samples:
//!
//! ```text
//! V   = variance of f over A and B together
//! Sᵢ  = (1/N) Σ f(B)·(f(ABᵢ) − f(A)) / V          first order: parameter i alone
//! STᵢ = (1/2N) Σ (f(A) − f(ABᵢ))² / V              total: with everything i takes part in
//! ```
//! Source: Saltelli et al., Comput. Phys. Commun. 181 (2010) 259, table 2 (b) and (f, after Jansen). Figures are centred first, which
//! changes no index and lowers the error of `Sᵢ`. The band is the 95 % percentile interval of resampled base samples, with
//! keyed draws. `Sᵢ` may come out slightly negative: that is its error, not cut off.

use std::collections::BTreeMap;

use crate::rng::Stream;
use crate::sweep::Results;

use super::groups::telling;
use super::statistics::Statistics;

/// Resamplings for the band.
const RESAMPLINGS: u64 = 200;

/// Indices of one parameter for one figure and strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Name of the strategy.
    pub strategy: String,
    /// Key of the figure.
    pub kpi: &'static str,
    /// Dotted key of the parameter.
    pub parameter: String,
    /// Base samples it rests on.
    pub samples: usize,
    /// First order with its band: value, low, high.
    pub first: [f64; 3],
    /// Total with its band: value, low, high.
    pub total: [f64; 3],
}

/// One base sample: `f(A)`, `f(B)` and `f(ABᵢ)` by parameter.
#[derive(Debug, Clone)]
struct Row {
    a: f64,
    b: f64,
    ab: Vec<f64>,
}

/// Indices of every parameter for every figure that varies, by strategy; none if the sweep is no Saltelli scheme.
#[must_use]
pub fn indices(results: &Results) -> Vec<Index> {
    let parameters: Vec<&str> = results.parameters().collect();
    if !results.blocks().iter().any(|block| block == "A") {
        return Vec::new();
    }
    let mut out = Vec::new();
    for strategy in results.strategy_names() {
        for kpi in telling(results) {
            let rows = rows(results, strategy, kpi, &parameters);
            for (i, parameter) in parameters.iter().enumerate() {
                let Some([first, total]) = banded(&rows, i) else { continue };
                let (strategy, parameter) = (strategy.to_owned(), (*parameter).to_owned());
                out.push(Index { strategy, kpi, parameter, samples: rows.len(), first, total });
            }
        }
    }
    out
}

/// Complete base samples in their order, each figure averaged over its seeds.
fn rows(results: &Results, strategy: &str, kpi: &str, parameters: &[&str]) -> Vec<Row> {
    let values = results.kpi(kpi);
    let mut blocks: BTreeMap<i64, BTreeMap<&str, Vec<f64>>> = BTreeMap::new();
    for case in (0..results.cases()).filter(|c| results.strategies().get(*c) == strategy) {
        let value = if results.succeeded(case) { values[case] } else { f64::NAN };
        blocks.entry(results.samples()[case]).or_default().entry(results.blocks().get(case)).or_default().push(value);
    }
    let mean = |of: &BTreeMap<&str, Vec<f64>>, block: &str| {
        let v = of.get(block)?;
        let m = v.iter().sum::<f64>() / v.len() as f64;
        (!m.is_nan()).then_some(m)
    };
    let row = |of: &BTreeMap<&str, Vec<f64>>| {
        let ab = parameters.iter().map(|p| mean(of, &format!("AB:{p}"))).collect::<Option<Vec<f64>>>()?;
        Some(Row { a: mean(of, "A")?, b: mean(of, "B")?, ab })
    };
    blocks.values().filter_map(row).collect()
}

/// `[Sᵢ, STᵢ]` with their bands; `None` where the figure does not vary.
fn banded(rows: &[Row], i: usize) -> Option<[[f64; 3]; 2]> {
    let value = estimate(rows, i)?;
    let n = rows.len() as u64;
    let mut stream = Stream::new(0, "sobol", "resampling");
    let mut resampled: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for r in 0..RESAMPLINGS {
        let sample: Vec<Row> = (0..n).map(|k| rows[(stream.at(r * n + k).bits() % n) as usize].clone()).collect();
        if let Some(estimate) = estimate(&sample, i) {
            resampled.iter_mut().zip(estimate).for_each(|(of, e)| of.push(e));
        }
    }
    let band = |k: usize| {
        let mut sorted = resampled[k].clone();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| sorted[(share * (sorted.len() - 1) as f64) as usize];
        if sorted.is_empty() { [value[k], f64::NAN, f64::NAN] } else { [value[k], at(0.025), at(0.975)] }
    };
    Some([band(0), band(1)])
}

fn estimate(rows: &[Row], i: usize) -> Option<[f64; 2]> {
    let both = Statistics::of(rows.iter().flat_map(|r| [r.a, r.b]));
    let (mean, variance) = (both.mean, both.deviation * both.deviation);
    if variance.is_nan() || variance <= 0.0 {
        return None;
    }
    let n = rows.len() as f64;
    let first: f64 = rows.iter().map(|r| (r.b - mean) * (r.ab[i] - r.a)).sum::<f64>() / n;
    let total: f64 = rows.iter().map(|r| (r.a - r.ab[i]) * (r.a - r.ab[i])).sum::<f64>() / (2.0 * n);
    Some([first / variance, total / variance])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ishigami and Homma's function with a = 7, b = 0.1, whose indices are known in closed form (Saltelli et al., Global Sensitivity
    /// Analysis: The Primer, 2008): S = 0.3139, 0.4424, 0; ST = 0.5576, 0.4424, 0.2437.
    #[test]
    fn the_ishigami_function() {
        let f = |x: [f64; 3]| {
            let s = libm::sin(x[1]);
            libm::sin(x[0]) + 7.0 * s * s + 0.1 * x[2] * x[2] * x[2] * x[2] * libm::sin(x[0])
        };
        let mut stream = Stream::new(7, "test", "ishigami");
        let mut point = |k: u64| -> [f64; 3] {
            let mut draw = stream.at(k);
            std::array::from_fn(|_| (2.0 * draw.uniform() - 1.0) * std::f64::consts::PI)
        };
        let rows: Vec<Row> = (0..8192)
            .map(|k| {
                let (a, b) = (point(2 * k), point(2 * k + 1));
                let with = |i: usize| std::array::from_fn(|j| if j == i { b[j] } else { a[j] });
                Row { a: f(a), b: f(b), ab: (0..3).map(|i| f(with(i))).collect() }
            })
            .collect();
        for (i, (s, st)) in [(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)].into_iter().enumerate() {
            let [first, total] = estimate(&rows, i).unwrap();
            assert!((first - s).abs() < 0.03, "S{i} = {first}, not {s}");
            assert!((total - st).abs() < 0.03, "ST{i} = {total}, not {st}");
        }
        let [first, _] = banded(&rows[..512], 0).unwrap();
        assert!(first[1] < 0.3139 && 0.3139 < first[2], "the band {first:?} holds the known index");
    }

    #[test]
    fn what_does_not_vary_has_no_index() {
        let row = Row { a: 1.0, b: 1.0, ab: vec![1.0] };
        assert_eq!(estimate(&[row.clone(), row], 0), None);
    }
}
