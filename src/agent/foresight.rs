//! Congestion that can be foreseen: what was asked for at the same ISPs of the last days is likely to be asked for again.

use std::collections::{BTreeMap, VecDeque};

use crate::ids::CpIdx;
use crate::market::Direction;
use crate::units::Watts;

/// Days that are remembered.
const DAYS: usize = 7;
/// Fewest days that a habit shows in.
const FEWEST: usize = 2;

/// What was asked for lately, by congestion point and ISP offset.
#[derive(Debug, Clone, Default)]
pub(super) struct Foresight(BTreeMap<CpIdx, VecDeque<Vec<Watts>>>);

impl Foresight {
    /// Takes in a day: the need that was asked for in each ISP, signed; zero where nothing was.
    pub(super) fn remember(&mut self, cp: CpIdx, near: Vec<Watts>) {
        let days = self.0.entry(cp).or_default();
        days.push_back(near);
        if days.len() > DAYS {
            days.pop_front();
        }
    }

    /// The congestion to expect in an ISP of the next day: that of at least half of the days remembered.
    pub(super) fn expects(&self, cp: CpIdx, isp: usize) -> Option<Direction> {
        let days = self.0.get(&cp).filter(|days| days.len() >= FEWEST)?;
        let relieved = |direction| {
            let asked = days.iter().filter(|day| day.get(isp).copied().and_then(Direction::relieved_by) == Some(direction));
            2 * asked.count() >= days.len()
        };
        [Direction::FeedIn, Direction::Consumption].into_iter().find(|d| relieved(*d))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_on_most_days_is_expected() {
        let mut foresight = Foresight::default();
        let cp = CpIdx::new(0);
        let day = |w: [i64; 3]| w.map(Watts).to_vec();
        foresight.remember(cp, day([0, -5, 7]));
        assert_eq!(foresight.expects(cp, 1), None, "one day is no habit");
        foresight.remember(cp, day([0, -5, 0]));
        foresight.remember(cp, day([3, 0, 0]));
        assert_eq!([0, 1, 2].map(|i| foresight.expects(cp, i)), [None, Some(Direction::Consumption), None]);
        assert_eq!(foresight.expects(CpIdx::new(1), 1), None);
    }
}
