//! What an aggregator's portfolio missed: meters less prognosis and orders, as it has seen them itself, and the penalty to expect.
//!
//! Deficiency of an ISP with an order is not capped by the order: whoever sells there answers for the error of the whole portfolio
//! (`market::settlement`). With `e` the residuals of the last [`DAYS`] metered days in an ISP and [`AROUND`] beside it on each side, and
//! `u = ±1` the direction that worsens the congestion, an order in ISPs `I` is expected to cost
//!
//! ```text
//! penalty · Δt · Σ_I mean (u e)⁺
//! ```
//!
//! The order that comes first in an ISP brings this with it, and further ones add nothing.

use std::collections::{BTreeMap, VecDeque};

use crate::ids::CpIdx;
use crate::market::Direction;

/// Days that are remembered.
const DAYS: usize = 28;
/// ISPs on each side that count as alike.
const AROUND: usize = 2;

/// Residuals of metered days, W per ISP, by congestion point.
#[derive(Debug, Clone, Default)]
pub(super) struct Misses(BTreeMap<CpIdx, VecDeque<Vec<f64>>>);

impl Misses {
    /// Takes in a metered day.
    pub(super) fn remember(&mut self, cp: CpIdx, residual_w: Vec<f64>) {
        let days = self.0.entry(cp).or_default();
        days.push_back(residual_w);
        if days.len() > DAYS {
            days.pop_front();
        }
    }

    /// Power to be expected beyond the target of an ISP on the side that worsens the congestion, W; nothing where nothing was seen.
    pub(super) fn expected_w(&self, cp: CpIdx, isp: usize, relieves: Direction) -> f64 {
        let worse = -relieves.relief_sign();
        let like = isp.saturating_sub(AROUND)..=isp + AROUND;
        let seen = self.0.get(&cp).into_iter().flatten().flat_map(|day| like.clone().filter_map(|i| day.get(i)));
        let (sum, count) = seen.fold((0.0, 0), |(sum, count), e| (sum + (worse * e).max(0.0), count + 1));
        if count == 0 { 0.0 } else { sum / f64::from(count) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_worsens_the_congestion_is_expected_to_be_fined() {
        let (cp, mut misses) = (CpIdx::new(0), Misses::default());
        assert_eq!(misses.expected_w(cp, 10, Direction::Consumption), 0.0, "nothing was seen");
        let day = |w: f64| (0..96).map(|i| if i == 10 { w } else { 0.0 }).collect::<Vec<f64>>();
        misses.remember(cp, day(1000.0));
        misses.remember(cp, day(-500.0));
        // Ten values, one of them above and one below.
        assert_eq!(misses.expected_w(cp, 10, Direction::Consumption), 100.0);
        assert_eq!(misses.expected_w(cp, 12, Direction::Consumption), 100.0);
        assert_eq!(misses.expected_w(cp, 10, Direction::FeedIn), 50.0);
        assert_eq!(misses.expected_w(cp, 13, Direction::Consumption), 0.0);
        assert_eq!(misses.expected_w(CpIdx::new(1), 10, Direction::Consumption), 0.0);
    }

    #[test]
    fn days_long_ago_are_forgotten() {
        let (cp, mut misses) = (CpIdx::new(0), Misses::default());
        misses.remember(cp, vec![1000.0; 96]);
        (0..DAYS).for_each(|_| misses.remember(cp, vec![0.0; 96]));
        assert_eq!(misses.expected_w(cp, 10, Direction::Consumption), 0.0);
    }
}
