//! Learnt margin: a day on which at least half of the offers were bought raises the margin by a step, another one lowers it, within
//! bounds. A day without offers teaches nothing.

use super::conduct::Conduct;

/// Where the margin starts, and how it moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LearntMargin {
    /// On the first day, as a fraction of cost.
    pub start: f64,
    /// What a day changes.
    pub step: f64,
    /// Least margin.
    pub least: f64,
    /// Highest margin.
    pub most: f64,
}

impl Conduct for LearntMargin {
    fn margin(&self) -> f64 {
        self.start.clamp(self.least, self.most)
    }

    fn next_margin(&self, margin: f64, offered: usize, sold: usize) -> f64 {
        let step = match (offered, 2 * sold >= offered) {
            (0, _) => 0.0,
            (_, true) => self.step,
            (_, false) => -self.step,
        };
        (margin + step).clamp(self.least, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_rises_while_offers_are_bought() {
        let b = LearntMargin { start: 0.2, step: 0.1, least: 0.0, most: 0.35 };
        let days = [(4, 4), (4, 2), (0, 0), (4, 1), (4, 0), (4, 0), (4, 0)];
        let margins: Vec<f64> = days
            .iter()
            .scan(b.margin(), |m, (offered, sold)| {
                *m = b.next_margin(*m, *offered, *sold);
                Some(*m)
            })
            .collect();
        let expected = [0.3, 0.35, 0.35, 0.25, 0.15, 0.05, 0.0];
        assert!(margins.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{margins:?}");
    }
}
