//! What came back after orders, at each congestion point, against the same case without any.
//!
//! With `D` the power through the point with orders less that without flexibility and `u = ±1` the direction that was asked for
//! (`+1`: more consumption), steps of length `Δt`:
//!
//! ```text
//! shed     Σ (u D)⁺ Δt     over the steps of an activation: those in which the operator asked, one after the other
//! after    Σ (−u D) Δt     over the 24 h behind it, or until the operator asks again
//! factor = Σ after / Σ shed           peak = max (−u D)⁺ behind / max (u D)⁺ while asked
//! ```
//!
//! Where less than [`LEAST_WH`] is shed in all, plans of the day that differ for other reasons than orders hide what comes back: there is
//! no figure. Limitations are in neither. What a device does before an activation because it expects it is not counted.

use crate::ids::CpIdx;
use crate::scenario::study::Study;
use crate::sim::{CaseResult, Variant};
use crate::time::SimDuration;

use super::Value;
use super::flexibility::wider_asked;

/// How long after an activation a deviation counts as rebound.
const WINDOW: SimDuration = SimDuration::hours(24);

/// Energy that orders have to move for a rebound to have a figure, Wh.
const LEAST_WH: f64 = 10e3;

/// Steps in which the operator asked for power at a congestion point, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Activation {
    /// Where.
    pub cp: CpIdx,
    /// `+1` where more consumption was asked for, `−1` where less.
    pub direction: f64,
    /// First step, the step behind the last, and the step behind those that count as after it.
    pub steps: [usize; 3],
    /// Energy moved as asked, Wh.
    pub shed_wh: f64,
    /// Its highest power, W.
    pub shed_w: f64,
    /// Energy that came back, Wh; negative where even more was moved.
    pub after_wh: f64,
    /// Its highest power, W.
    pub after_w: f64,
}

/// The activations of a case in which orders moved anything, by congestion point and time.
#[must_use]
pub fn activations(study: &Study, case: &CaseResult) -> Vec<Activation> {
    (0..study.congestion_points.len()).flat_map(|cp| at(study, case, cp)).collect()
}

/// Rebound factor and peak of activations.
pub(super) fn factors(all: &[Activation]) -> [Value; 2] {
    let total = |of: fn(&Activation) -> f64| all.iter().map(of).sum::<f64>();
    let highest = |of: fn(&Activation) -> f64| all.iter().map(of).fold(0.0, f64::max);
    if total(|a| a.shed_wh) < LEAST_WH {
        return [Value::NotApplicable; 2];
    }
    [Value::ratio(total(|a| a.after_wh), total(|a| a.shed_wh)), Value::ratio(highest(|a| a.after_w), highest(|a| a.shed_w))]
}

fn at(study: &Study, case: &CaseResult, cp: usize) -> Vec<Activation> {
    let r = &case.recording;
    let (free, orders) = (&r.of(Variant::Free).through_w[cp], &r.of(Variant::Orders).through_w[cp]);
    // A step without a load-flow solution shows no deviation.
    let moved_w = |s: usize| Some(orders[s] - free[s]).filter(|w| w.is_finite()).unwrap_or(0.0);
    let asked: Vec<f64> = (0..r.steps)
        .map(|s| match r.requested_w[cp][s] {
            w if w == 0.0 || wider_asked(study, case, cp, s) => 0.0,
            w => w.signum(),
        })
        .collect();
    let window = (WINDOW.0 / study.step.0) as usize;
    let hours = study.step.as_hours();
    let mut found = Vec::new();
    let mut first = 0;
    for run in asked.chunk_by(|a, b| a == b) {
        let (direction, end) = (run[0], first + run.len());
        if direction != 0.0 {
            let until = (end..r.steps.min(end + window)).find(|s| asked[*s] != 0.0).unwrap_or(r.steps.min(end + window));
            let shed = || (first..end).map(|s| (direction * moved_w(s)).max(0.0));
            let after = || (end..until).map(|s| -direction * moved_w(s));
            found.push(Activation {
                cp: CpIdx::new(cp),
                direction,
                steps: [first, end, until],
                shed_wh: shed().sum::<f64>() * hours,
                shed_w: shed().fold(0.0, f64::max),
                after_wh: after().sum::<f64>() * hours,
                after_w: after().fold(0.0, f64::max),
            });
        }
        first = end;
    }
    found.retain(|a| a.shed_wh > 0.0);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebound_of_almost_nothing_has_no_figure() {
        let moved = |shed_wh: f64| Activation {
            cp: CpIdx::new(0),
            direction: -1.0,
            steps: [0, 4, 100],
            shed_wh,
            shed_w: shed_wh,
            after_wh: 6e3,
            after_w: 3e3,
        };
        assert_eq!(factors(&[moved(9e3)]), [Value::NotApplicable; 2]);
        assert_eq!(factors(&[moved(9e3), moved(3e3)]), [Value::Number(1.0), Value::Number(3e3 / 9e3)]);
    }
}
