//! Value axes: round ticks, and the panel that maps values to pixels.

use super::figure::{Align, Figure, Point, Rect, Stroke, Text};
use super::style::Style;
use super::text::number;

/// A straight map from values to px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) domain: (f64, f64),
    pub(crate) px: (f64, f64),
}

impl Scale {
    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = (value - self.domain.0) / (self.domain.1 - self.domain.0);
        self.px.0 + share * (self.px.1 - self.px.0)
    }
}

/// Round values for an axis: multiples of `step` = 1, 2, 2.5 or 5 · 10ⁿ.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ticks {
    pub(crate) values: Vec<f64>,
    pub(crate) decimals: usize,
}

impl Ticks {
    /// The multiples of a round step inside `lo..=hi`, at most `most` of them.
    pub(crate) fn within(lo: f64, hi: f64, most: usize) -> Ticks {
        let (lo, hi) = drawable(lo, hi);
        let (step, decimals) = round_step((hi - lo) / most.max(1) as f64);
        let (first, last) = ((lo / step - 1e-9).ceil() as i64, (hi / step + 1e-9).floor() as i64);
        Ticks { values: (first..=last).map(|k| k as f64 * step).collect(), decimals }
    }

    /// The multiples of a round step that enclose `lo..=hi`, about `most` of them.
    pub(crate) fn around(lo: f64, hi: f64, most: usize) -> Ticks {
        let (lo, hi) = drawable(lo, if hi > lo { hi } else { lo + 1.0 });
        let (step, decimals) = round_step((hi - lo) / most.max(1) as f64);
        let (first, last) = ((lo / step + 1e-9).floor() as i64, (hi / step - 1e-9).ceil() as i64);
        Ticks { values: (first..=last).map(|k| k as f64 * step).collect(), decimals }
    }

    pub(crate) fn first(&self) -> f64 {
        self.values[0]
    }

    pub(crate) fn last(&self) -> f64 {
        self.values[self.values.len() - 1]
    }

    pub(crate) fn label(&self, value: f64) -> String {
        number(value, self.decimals)
    }
}

/// The range where it can be divided; else, beyond what a number holds or where a step is lost in rounding, one that can.
fn drawable(lo: f64, hi: f64) -> (f64, f64) {
    let size = lo.abs().max(hi.abs());
    match hi - lo {
        range if range == 0.0 || (range.is_finite() && size.is_finite() && range.abs() > 1e-9 * size) => (lo, hi),
        _ => (0.0, 1.0),
    }
}

/// The smallest 1, 2, 2.5 or 5 · 10ⁿ that is at least `raw`, and the decimals it needs.
fn round_step(raw: f64) -> (f64, usize) {
    let raw = if raw.is_finite() && raw > 0.0 { raw } else { 1.0 };
    let exponent = libm::floor(libm::log10(raw));
    let decade = libm::pow(10.0, exponent);
    let places = if exponent < 0.0 { -exponent as usize } else { 0 };
    for (mantissa, more) in [(1.0, 0), (2.0, 0), (2.5, 1), (5.0, 0)] {
        if mantissa * decade >= raw * (1.0 - 1e-9) {
            return (mantissa * decade, if exponent > 0.0 { 0 } else { places + more });
        }
    }
    (10.0 * decade, places.saturating_sub(1))
}

/// The smallest round value (1, 2, 2.5, 5 · 10ⁿ) that is at least `value`.
pub(crate) fn round_up(value: f64) -> f64 {
    round_step(value).0
}

/// The rectangle data are drawn in, with its scales.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Panel {
    pub(crate) area: Rect,
    pub(crate) x: Scale,
    pub(crate) y: Scale,
}

impl Panel {
    /// `x` from left to right, `y` upwards.
    pub(crate) fn new(area: Rect, x: (f64, f64), y: (f64, f64)) -> Panel {
        Panel { area, x: Scale { domain: x, px: (area.x0, area.x1) }, y: Scale { domain: y, px: (area.y1, area.y0) } }
    }

    pub(crate) fn at(&self, x: f64, y: f64) -> Point {
        (self.x.at(x), self.y.at(y))
    }

    /// Horizontal grid lines with their values left of the panel; zero stands out.
    pub(crate) fn y_axis(&self, fig: &mut Figure, style: &Style, ticks: &Ticks) {
        for &v in &ticks.values {
            let y = self.y.at(v);
            let zero = v == 0.0;
            let stroke = Stroke::solid(if zero { style.faint } else { style.grid }, if zero { 1.0 } else { 0.8 });
            fig.line(vec![(self.area.x0, y), (self.area.x1, y)], stroke);
            let label = Text::new((self.area.x0 - 7.0, y + 0.36 * style.text_px), ticks.label(v), style.text_px, style.ink);
            fig.text(label.align(Align::Right));
        }
    }

    /// Vertical grid lines with their values below the panel.
    pub(crate) fn x_axis(&self, fig: &mut Figure, style: &Style, ticks: &Ticks) {
        for &v in &ticks.values {
            let x = self.x.at(v);
            let zero = v == 0.0;
            let stroke = Stroke::solid(if zero { style.faint } else { style.grid }, if zero { 1.0 } else { 0.8 });
            fig.line(vec![(x, self.area.y0), (x, self.area.y1)], stroke);
            let label = Text::new((x, self.area.y1 + 6.0 + style.text_px), ticks.label(v), style.text_px, style.ink);
            fig.text(label.align(Align::Centre));
        }
    }

    /// What the x axis counts, centred below its tick labels.
    pub(crate) fn x_caption(&self, fig: &mut Figure, style: &Style, caption: &str, below: f64) {
        let at = ((self.area.x0 + self.area.x1) / 2.0, self.area.y1 + below);
        fig.text(Text::new(at, caption, style.text_px, style.faint).align(Align::Centre));
    }

    /// What the y axis counts, above the panel from the left edge of its labels.
    pub(crate) fn y_caption(&self, fig: &mut Figure, style: &Style, caption: &str) {
        fig.text(Text::new((16.0_f64.min(self.area.x0), self.area.y0 - 8.0), caption, style.text_px, style.faint));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_enclose() {
        let t = Ticks::around(0.0, 213.0, 6);
        assert_eq!(t.values, vec![0.0, 50.0, 100.0, 150.0, 200.0, 250.0]);
        let t = Ticks::around(-0.031, 0.012, 5);
        assert_eq!((t.first(), t.last(), t.decimals), (-0.04, 0.02, 2));
        let t = Ticks::within(0.0, 1.0, 4);
        assert_eq!(t.values, vec![0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(t.label(0.25), "0.25");
        assert_eq!(Ticks::within(0.0, 10.0, 4).label(2.5), "2.5");
        assert_eq!(Ticks::around(0.0, 0.0, 5).first(), 0.0);
    }
}
