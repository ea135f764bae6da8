//! Sets of parameters, by number: a design gives points of the unit cube, quantiles make values of them.
//!
//! | design | point of sample `i` in dimension `j` |
//! |---|---|
//! | grid | none: digit of `i` in the mixed radix of the lists' lengths, the last parameter fastest |
//! | list | none: row `i` of every list |
//! | Latin hypercube | `(πⱼ(i) + r)/n`, `πⱼ` a random permutation of the `n` slices, `r` uniform in the slice |
//! | Sobol | `(x + ½)/2³²`, `x` the 32 bits of the Owen-scrambled sequence with the direction numbers of Joe and Kuo |
//! | Monte Carlo | uniform |
//!
//! A Saltelli scheme (Saltelli et al., Comput. Phys. Commun. 181 (2010) 259, table 2) takes points of twice the dimensions: the
//! first half is row `A`, the second row `B`; then for each parameter row `A` with that one value of `B`.
//!
//! Draws are keyed by the scenario's seed and the parameter's key, so another parameter leaves them as they are; Sobol's
//! dimensions go by position.

use crate::rng::Stream;
use crate::scenario::distribution::{Distribution, Level};
use crate::scenario::sweep_table::{Design, Sweep};

/// A set of parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// Number of the set; of a Saltelli scheme, of its base sample.
    pub sample: u64,
    /// Block of a Saltelli scheme: `A`, `B`, `AB:key`; else empty.
    pub block: String,
    /// A value for each parameter.
    pub levels: Vec<Level>,
}

/// A design ready to be asked for any of its sets.
#[derive(Debug)]
pub(crate) struct Sampler {
    design: Design,
    saltelli: bool,
    axes: Vec<Axis>,
    samples: u64,
    seed: u64,
}

/// A parameter.
#[derive(Debug)]
struct Axis {
    key: String,
    /// Values to take in turn or with equal chances; none if there is a distribution.
    levels: Vec<Level>,
    distribution: Option<Distribution>,
    /// Of a Latin hypercube: the slice of each sample.
    slices: Vec<u32>,
}

impl Sampler {
    /// The design of a checked sweep of a scenario with `seed`.
    pub(crate) fn new(sweep: &Sweep, seed: u64) -> Sampler {
        let samples = sweep.samples.unwrap_or(0);
        let axis = |p: &crate::scenario::sweep_table::Parameter| Axis {
            key: p.key.clone(),
            levels: p.levels(),
            distribution: p.distribution.clone(),
            slices: if sweep.design == Design::LatinHypercube { permutation(samples, seed, &p.key) } else { Vec::new() },
        };
        let axes = sweep.parameter.iter().map(axis).collect();
        Sampler { design: sweep.design, saltelli: sweep.saltelli, axes, samples: u64::from(samples), seed }
    }

    /// The set called `number`.
    pub(crate) fn set(&self, number: u64) -> Set {
        let plain = |levels| Set { sample: number, block: String::new(), levels };
        match self.design {
            Design::Grid => plain(self.combination(number)),
            Design::List => plain(self.axes.iter().map(|axis| axis.levels[number as usize].clone()).collect()),
            Design::Sobol if self.saltelli => self.saltelli_set(number),
            _ => plain((0..self.axes.len()).map(|j| self.axes[j].value(self.point(number, j))).collect()),
        }
    }

    fn combination(&self, number: u64) -> Vec<Level> {
        let mut rest = number;
        let mut levels: Vec<Level> = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            let n = axis.levels.len() as u64;
            levels.push(axis.levels[(rest % n) as usize].clone());
            rest /= n;
        }
        levels.reverse();
        levels
    }

    fn saltelli_set(&self, number: u64) -> Set {
        let d = self.axes.len();
        let (sample, row) = (number / (d as u64 + 2), (number % (d as u64 + 2)) as usize);
        let value = |j: usize, from_b: bool| self.axes[j].value(self.point(sample, if from_b { d + j } else { j }));
        let block = match row {
            0 => "A".to_owned(),
            1 => "B".to_owned(),
            _ => format!("AB:{}", self.axes[row - 2].key),
        };
        Set { sample, block, levels: (0..d).map(|j| value(j, row == 1 || row == j + 2)).collect() }
    }

    /// Coordinate `j` of a sample's point, inside (0, 1).
    fn point(&self, sample: u64, j: usize) -> f64 {
        match self.design {
            Design::Sobol => {
                let scramble = Stream::new(self.seed, "sweep", "sobol").at(j as u64).bits() as u32;
                sobol(sample as u32, j as u32, Some(scramble))
            }
            Design::LatinHypercube => {
                let axis = &self.axes[j];
                let r = Stream::new(self.seed, &axis.key, "latin-hypercube").at(sample).uniform();
                inside((f64::from(axis.slices[sample as usize]) + r) / self.samples as f64)
            }
            _ => inside(Stream::new(self.seed, &self.axes[j].key, "monte-carlo").at(sample).uniform()),
        }
    }
}

impl Axis {
    /// The value at `u` of the unit interval.
    fn value(&self, u: f64) -> Level {
        match &self.distribution {
            Some(distribution) => distribution.quantile(u),
            None => self.levels[((u * self.levels.len() as f64) as usize).min(self.levels.len() - 1)].clone(),
        }
    }
}

/// A quantile at 0 or 1 may be infinite.
fn inside(u: f64) -> f64 {
    u.clamp(f64::EPSILON / 4.0, 1.0 - f64::EPSILON / 2.0)
}

/// A random permutation of `0..n` (Fisher and Yates).
fn permutation(n: u32, seed: u64, key: &str) -> Vec<u32> {
    let mut draws = Stream::new(seed, key, "latin-hypercube-slices");
    let mut order: Vec<u32> = (0..n).collect();
    for i in (1..order.len()).rev() {
        let j = (draws.at(i as u64).uniform() * (i + 1) as f64) as usize;
        order.swap(i, j);
    }
    order
}

/// The middle of the cell that point `i` of the Sobol sequence lies in, in one dimension; `i` below 2¹⁶.
fn sobol(i: u32, dimension: u32, scramble: Option<u32>) -> f64 {
    use sobol_burley::parts::{owen_scramble_rev, sobol_rev};
    let x = sobol_rev(i.reverse_bits(), dimension);
    let x = scramble.map_or(x, |scramble| owen_scramble_rev(x, scramble)).reverse_bits();
    (f64::from(x) + 0.5) * libm::exp2(-32.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::sweep_table::Parameter;

    fn parameter(key: &str, values: Option<&[f64]>) -> Parameter {
        let values = values.map(|v| v.iter().map(|x| Level::Number(*x)).collect());
        let distribution = if values.is_none() { Some(Distribution::Uniform { low: 0.0, high: 1.0 }) } else { None };
        Parameter { key: key.to_owned(), values, from: None, to: None, steps: None, distribution }
    }

    fn sweep(design: Design, samples: Option<u32>, parameter: Vec<Parameter>) -> Sweep {
        Sweep { design, samples, seeds: None, strategies: Vec::new(), saltelli: false, parameter }
    }

    fn numbers(sampler: &Sampler, set: u64) -> Vec<f64> {
        sampler.set(set).levels.iter().filter_map(Level::number).collect()
    }

    #[test]
    fn sobol_points_are_those_of_the_literature() {
        // The first ten points in three dimensions as Joe and Kuo publish them with their direction numbers (new-joe-kuo-6; SIAM J.
        // Sci. Comput. 30 (2008) 2635), in the order of the Gray code.
        #[rustfmt::skip]
        let known = [
            [0.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75], [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125], [0.625, 0.125, 0.875], [0.125, 0.625, 0.375], [0.1875, 0.3125, 0.9375], [0.6875, 0.8125, 0.4375],
        ];
        for (k, point) in (0_u32..).zip(&known) {
            for (j, x) in (0_u32..).zip(point) {
                assert_eq!(sobol(k ^ (k >> 1), j, None), x + 0.5 * libm::exp2(-32.0), "point {k}, dimension {j}");
            }
        }
    }

    #[test]
    fn scrambling_keeps_one_point_in_each_dyadic_slice() {
        let sampler = Sampler::new(&sweep(Design::Sobol, Some(256), (0..6).map(|k| parameter(&format!("k{k}"), None)).collect()), 7);
        for j in 0..6 {
            let mut slices: Vec<usize> = (0..256).map(|i| (sampler.point(i, j) * 256.0) as usize).collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..256).collect::<Vec<_>>(), "dimension {j}");
        }
    }

    #[test]
    fn a_latin_hypercube_has_one_sample_in_each_slice_and_pairs_them_at_random() {
        let n = 1000;
        let sampler = Sampler::new(&sweep(Design::LatinHypercube, Some(n), vec![parameter("a", None), parameter("b", None)]), 3);
        let points: Vec<Vec<f64>> = (0..u64::from(n)).map(|k| numbers(&sampler, k)).collect();
        for j in 0..2 {
            let mut slices: Vec<u32> = points.iter().map(|p| (p[j] * f64::from(n)) as u32).collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..n).collect::<Vec<_>>());
        }
        let covariance = points.iter().map(|p| (p[0] - 0.5) * (p[1] - 0.5)).sum::<f64>() / f64::from(n);
        assert!(covariance.abs() * 12.0 < 0.1, "correlation {}", covariance * 12.0);
    }

    #[test]
    fn monte_carlo_draws_do_not_depend_on_other_parameters() {
        let one = Sampler::new(&sweep(Design::MonteCarlo, Some(2000), vec![parameter("a", None)]), 5);
        let two = Sampler::new(&sweep(Design::MonteCarlo, Some(50), vec![parameter("b", None), parameter("a", None)]), 5);
        assert_eq!(numbers(&one, 17)[0], numbers(&two, 17)[1]);
        let mean = (0..2000).map(|k| numbers(&one, k)[0]).sum::<f64>() / 2000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }

    #[test]
    fn grids_combine_and_lists_zip() {
        let parameters = vec![parameter("a", Some(&[1.0, 2.0])), parameter("b", Some(&[10.0, 20.0]))];
        let grid = Sampler::new(&sweep(Design::Grid, None, parameters.clone()), 1);
        assert_eq!((0..4).map(|k| numbers(&grid, k)).collect::<Vec<_>>(), [[1.0, 10.0], [1.0, 20.0], [2.0, 10.0], [2.0, 20.0]]);
        let list = Sampler::new(&sweep(Design::List, None, parameters), 1);
        assert_eq!((0..2).map(|k| numbers(&list, k)).collect::<Vec<_>>(), [[1.0, 10.0], [2.0, 20.0]]);
    }

    #[test]
    fn a_saltelli_scheme_swaps_one_column_at_a_time() {
        let table = Sweep { saltelli: true, ..sweep(Design::Sobol, Some(8), vec![parameter("a", None), parameter("b", None)]) };
        let sampler = Sampler::new(&table, 1);
        assert_eq!(table.sets(), 32);
        for i in 0..8 {
            let sets: Vec<Set> = (4 * i..4 * i + 4).map(|k| sampler.set(k)).collect();
            assert!(sets.iter().all(|s| s.sample == i));
            assert_eq!(sets.iter().map(|s| s.block.as_str()).collect::<Vec<_>>(), ["A", "B", "AB:a", "AB:b"]);
            let [a, b] = [&sets[0].levels, &sets[1].levels];
            assert_eq!((&sets[2].levels, &sets[3].levels), (&vec![b[0].clone(), a[1].clone()], &vec![a[0].clone(), b[1].clone()]));
        }
    }

    #[test]
    fn listed_values_are_drawn_alike() {
        let sampler = Sampler::new(&sweep(Design::Sobol, Some(64), vec![parameter("a", Some(&[1.0, 2.0, 3.0, 4.0]))]), 1);
        let count = |x: f64| (0..64).filter(|k| numbers(&sampler, *k)[0] == x).count();
        assert_eq!([1.0, 2.0, 3.0, 4.0].map(count), [16; 4]);
    }
}
