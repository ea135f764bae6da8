//! Legends: rows of samples with their names, outside the data.

use super::figure::{Figure, Point, Rect, Stroke, Text};
use super::style::{Colour, Look, Style};
use super::text;

/// What stands before a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sample {
    /// A line.
    Line(Stroke),
    /// A filled box, opacity 0 to 1.
    Box(Colour, f64),
    /// A filled box with an outline, opacity of the filling 0 to 1.
    Outlined(Colour, f64),
    /// A small diamond.
    Diamond(Colour),
}

/// Width of a sample with the gap behind it, px.
const SAMPLE: f64 = 34.0;

/// Width of a data line, px.
pub(crate) const LINE: f64 = 1.8;

impl Look {
    pub(crate) fn stroke(&self) -> Stroke {
        Stroke { colour: self.colour, width: LINE, dash: self.dash }
    }

    /// As the line `i` of `n` in one panel: earlier ones are wider, so that where lines coincide all of them are seen.
    pub(crate) fn nested(&self, i: usize, n: usize) -> Stroke {
        Stroke { width: LINE - 0.3 + 0.5 * (n - 1 - i).min(3) as f64, ..self.stroke() }
    }
}

/// Draws `entries` in rows from `at` (top left) and no wider than `width`; returns the y below them.
pub(crate) fn rows(fig: &mut Figure, style: &Style, at: Point, width: f64, entries: &[(Sample, String)]) -> f64 {
    let pitch = style.text_px * 1.55;
    let (mut x, mut y) = at;
    for (sample, name) in entries {
        let name = text::fit(name, style.text_px, false, width - SAMPLE);
        let entry = SAMPLE + text::width(&name, style.text_px, false) + 20.0;
        if x > at.0 && x + entry - 20.0 > at.0 + width {
            (x, y) = (at.0, y + pitch);
        }
        draw_sample(fig, style, (x, y + pitch / 2.0), *sample);
        fig.text(Text::new((x + SAMPLE, y + pitch / 2.0 + 0.36 * style.text_px), name, style.text_px, style.ink));
        x += entry;
    }
    if entries.is_empty() { y } else { y + pitch }
}

/// Draws a sample whose left edge is centred on `at`.
pub(crate) fn draw_sample(fig: &mut Figure, style: &Style, at: Point, sample: Sample) {
    let rect = Rect::new((at.0 + 8.0, at.1 - 5.5), (at.0 + 28.0, at.1 + 5.5));
    match sample {
        Sample::Line(stroke) => fig.line(vec![(at.0, at.1), (at.0 + 28.0, at.1)], stroke),
        Sample::Box(colour, opacity) => fig.rect(rect, colour, opacity),
        Sample::Diamond(colour) => diamond(fig, (at.0 + 18.0, at.1), 4.8, colour),
        Sample::Outlined(colour, opacity) => {
            fig.rect(rect, colour, opacity);
            fig.frame(rect, Stroke::solid(colour.towards(style.ink, 0.3), 1.0));
        }
    }
}

pub(crate) fn diamond(fig: &mut Figure, (x, y): Point, radius: f64, colour: Colour) {
    fig.area(vec![(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)], colour, 1.0);
}

/// Moves labels that want to stand at `wanted` apart until neighbours are `gap` away from each other, inside `lo..=hi` where
/// that is possible; the order of the wishes is kept.
pub(crate) fn spread(wanted: &[f64], gap: f64, lo: f64, hi: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    // Blocks of touching labels: (sum of wishes reduced to the block's start, number of labels).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let start = |(sum, n): (f64, usize)| (sum / n as f64).min(hi - gap * (n - 1) as f64).max(lo);
    for &i in &order {
        let mut block = (wanted[i], 1);
        while let Some(&previous) = blocks.last().filter(|&&p| start(p) + gap * p.1 as f64 > start(block)) {
            blocks.pop();
            block = (previous.0 + block.0 - gap * (previous.1 * block.1) as f64, previous.1 + block.1);
        }
        blocks.push(block);
    }
    let mut out = vec![0.0; wanted.len()];
    let mut next = order.into_iter();
    for block in blocks {
        for (k, i) in next.by_ref().take(block.1).enumerate() {
            out[i] = start(block) + gap * k as f64;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn free_labels_stay_where_they_are() {
        assert_eq!(spread(&[50.0, 10.0], 12.0, 0.0, 100.0), vec![50.0, 10.0]);
        assert_eq!(spread(&[50.0, 50.0], 12.0, 0.0, 100.0), vec![44.0, 56.0]);
    }

    proptest! {
        #[test]
        fn spread_labels_never_overlap(wanted in prop::collection::vec(-50.0..150.0_f64, 1..8)) {
            let mut placed = spread(&wanted, 12.0, 0.0, 100.0);
            placed.sort_by(f64::total_cmp);
            prop_assert!(placed.windows(2).all(|w| w[1] - w[0] >= 12.0 - 1e-9));
            prop_assert!(placed.iter().all(|&p| (-1e-9..=100.0 + 1e-9).contains(&p)));
        }
    }
}
