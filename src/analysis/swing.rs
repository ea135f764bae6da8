//! How far a key figure swings from the low to the high end of each parameter: the numbers behind a tornado chart.
//!
//! The low end is the fifth of the cases with the lowest values of the parameter, ties included, the high end the fifth with
//! the highest; for a grid that is its first and last value, for drawn samples a conditional mean. Everything else varies as
//! it does in the sweep, so swings are main effects over the design, not around a base case.

use crate::output::Column;
use crate::sweep::Results;

use super::groups::{by_strategy, telling};
use super::statistics::Statistics;

/// Share of the cases at either end.
const END: f64 = 0.2;

/// The swing of one figure along one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Swing {
    /// Name of the strategy.
    pub strategy: String,
    /// Key of the figure.
    pub kpi: &'static str,
    /// Dotted key of the parameter.
    pub parameter: String,
    /// Mean of the parameter at its low and high end.
    pub at: [f64; 2],
    /// The figure there.
    pub kpi_at: [Statistics; 2],
}

impl Swing {
    /// The figure's change from the low to the high end.
    #[must_use]
    pub fn change(&self) -> f64 {
        self.kpi_at[1].mean - self.kpi_at[0].mean
    }
}

/// Swings of every telling figure along every numeric parameter, by strategy and figure, the widest first.
#[must_use]
pub fn swings(results: &Results) -> Vec<Swing> {
    let mut out = Vec::new();
    for group in by_strategy(results) {
        for kpi in telling(results) {
            let mut of_figure: Vec<Swing> = results
                .parameters()
                .filter_map(|parameter| match results.parameter(parameter) {
                    Some(Column::F64(values)) => swing(&group.strategy, kpi, parameter, &group.cases, values, results.kpi(kpi)),
                    _ => None,
                })
                .collect();
            of_figure.sort_by(|a, b| b.change().abs().total_cmp(&a.change().abs()));
            out.extend(of_figure);
        }
    }
    out
}

fn swing(strategy: &str, kpi: &'static str, parameter: &str, cases: &[usize], x: &[f64], y: &[f64]) -> Option<Swing> {
    let mut sorted: Vec<f64> = cases.iter().map(|c| x[*c]).collect();
    sorted.sort_by(f64::total_cmp);
    let end = (sorted.len() as f64 * END) as usize;
    let (lowest, highest) = (*sorted.get(end.saturating_sub(1))?, *sorted.get(sorted.len() - end.max(1))?);
    if lowest >= highest {
        return None;
    }
    let ends: [Vec<usize>; 2] =
        [cases.iter().copied().filter(|c| x[*c] <= lowest).collect(), cases.iter().copied().filter(|c| x[*c] >= highest).collect()];
    let mean = |of: &[usize], column: &[f64]| Statistics::of(of.iter().map(|c| column[*c]));
    let (at, kpi_at) = (ends.each_ref().map(|e| mean(e, x).mean), ends.each_ref().map(|e| mean(e, y)));
    Some(Swing { strategy: strategy.to_owned(), kpi, parameter: parameter.to_owned(), at, kpi_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_swings_from_end_to_end() {
        let x: Vec<f64> = (0..10).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 * x + 1.0).collect();
        let s = swing("a", "overload_ex_ante_h", "p", &(0..10).collect::<Vec<_>>(), &x, &y).unwrap();
        assert_eq!((s.at, s.change()), ([0.5, 8.5], 24.0));
        assert!(swing("a", "overload_ex_ante_h", "p", &[3], &x, &y).is_none(), "one value has no ends");
    }
}
