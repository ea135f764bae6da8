//! Series of steps of equal length: stairs and filled stairs. A NaN leaves a gap.

use super::axis::Panel;
use super::figure::{Figure, Point, Stroke};
use super::style::Colour;
use crate::time::{SimDuration, SimTime};

/// Where steps lie on the time axis of a panel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stairs {
    pub(super) start: SimTime,
    pub(super) step: SimDuration,
}

impl Stairs {
    /// The left edge of a step on the page, and the right edge of the one before.
    fn x(self, panel: &Panel, step: usize) -> f64 {
        panel.x.at(self.start.0 as f64 + self.step.0 as f64 * step as f64)
    }

    /// A line through the values.
    pub(super) fn line(self, fig: &mut Figure, panel: &Panel, values: &[f64], stroke: Stroke) {
        let mut points: Vec<Point> = Vec::new();
        for run in runs(values) {
            let value = values[run.start];
            if value.is_nan() {
                fig.line(std::mem::take(&mut points), stroke);
                continue;
            }
            let y = panel.y.at(value);
            points.extend([(self.x(panel, run.start), y), (self.x(panel, run.end), y)]);
        }
        fig.line(points, stroke);
    }

    /// Fills between two series where they differ.
    pub(super) fn between(self, fig: &mut Figure, panel: &Panel, a: &[f64], b: &[f64], colour: Colour, opacity: f64) {
        let apart: Vec<f64> = a.iter().zip(b).map(|(a, b)| if (a - b).abs() > 0.0 { 1.0 } else { f64::NAN }).collect();
        for stretch in runs(&apart).filter(|run| apart[run.start] == 1.0) {
            let edge = |values: &[f64]| -> Vec<Point> {
                let inner = runs(&values[stretch.clone()]).map(|run| run.start + stretch.start..run.end + stretch.start);
                inner.flat_map(|run| [run.start, run.end].map(|s| (self.x(panel, s), panel.y.at(values[run.start])))).collect()
            };
            let mut points = edge(a);
            points.extend(edge(b).into_iter().rev());
            fig.area(points, colour, opacity);
        }
    }
}

/// Stretches of one value.
fn runs(values: &[f64]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut first = 0;
    values.chunk_by(|a, b| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())).map(move |run| {
        let range = first..first + run.len();
        first = range.end;
        range
    })
}
