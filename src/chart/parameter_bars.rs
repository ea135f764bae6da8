//! Horizontal bars by parameter, longest first: the tornado of swings, the indices of Sobol.

use super::axis::{Panel, Ticks};
use super::figure::{Align, Figure, Rect, Stroke, Text};
use super::legend::{Sample, rows};
use super::style::{Colour, Style};
use super::text;

/// What [`parameter_bars`] draws.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterBars<'a> {
    /// What the picture says, in a sentence.
    pub title: &'a str,
    /// What bars mean.
    pub subtitle: &'a str,
    /// What the x axis counts.
    pub axis: &'a str,
    /// Names of the one or two kinds of bars.
    pub kinds: &'a [&'a str],
    /// A row per parameter, from the top.
    pub rows: &'a [BarRow],
}

/// The bars of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct BarRow {
    /// Name of the parameter.
    pub parameter: String,
    /// By kind: where the bar starts and ends, and the band at its end (NaN: none).
    pub bars: Vec<[f64; 4]>,
    /// What stands behind the longest bar.
    pub note: String,
}

/// Bars by parameter.
#[must_use]
pub fn parameter_bars(input: &ParameterBars<'_>, style: &Style) -> Figure {
    let pitch = 16.0 * input.kinds.len().max(1) as f64 + 14.0;
    let mut fig = Figure::new(style, input.title, 960.0, 150.0 + pitch * input.rows.len() as f64);
    let y = fig.header(style, input.subtitle);
    let colours: Vec<Colour> = (0..input.kinds.len()).map(|k| style.categories[k * 2]).collect();
    let entries: Vec<(Sample, String)> = input.kinds.iter().zip(&colours).map(|(n, c)| (Sample::Box(*c, 1.0), (*n).to_owned())).collect();
    let width = fig.width - 32.0;
    let y = rows(&mut fig, style, (16.0, y), width, &entries) + 10.0;
    let room = |of: &dyn Fn(&BarRow) -> f64| input.rows.iter().map(of).fold(40.0, f64::max);
    let left = 24.0 + room(&|r| text::width(&r.parameter, style.text_px, false)).min(300.0);
    let right = fig.width - 24.0 - room(&|r| text::width(&r.note, style.small_px, false));
    let ends = input.rows.iter().flat_map(|r| &r.bars).flatten().copied().filter(|v| v.is_finite());
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    let ticks = Ticks::around(low, high, 7);
    let area = Rect::new((left, y), (right, y + pitch * input.rows.len() as f64));
    let panel = Panel::new(area, (ticks.first(), ticks.last()), (0.0, 1.0));
    panel.x_axis(&mut fig, style, &ticks);
    panel.x_caption(&mut fig, style, input.axis, 36.0);
    for (k, row) in input.rows.iter().enumerate() {
        draw_row(&mut fig, style, &panel, y + pitch * k as f64, row, &colours);
    }
    fig
}

fn draw_row(fig: &mut Figure, style: &Style, panel: &Panel, top: f64, row: &BarRow, colours: &[Colour]) {
    let middle = top + 7.0 + 8.0 * row.bars.len() as f64;
    let name = text::fit(&row.parameter, style.text_px, false, panel.area.x0 - 24.0);
    fig.text(Text::new((panel.area.x0 - 8.0, middle + 0.36 * style.text_px), name, style.text_px, style.ink).align(Align::Right));
    for (b, ([from, to, low, high], colour)) in row.bars.iter().zip(colours).enumerate() {
        if !from.is_finite() || !to.is_finite() {
            continue;
        }
        let y = top + 7.0 + 16.0 * b as f64;
        fig.rect(Rect::new((panel.x.at(*from), y + 1.5), (panel.x.at(*to), y + 14.5)), *colour, 1.0);
        if low.is_finite() && high.is_finite() {
            let ends = vec![(panel.x.at(*low), y + 8.0), (panel.x.at(*high), y + 8.0)];
            fig.line(ends, Stroke::solid(style.ink, 1.4));
        }
    }
    fig.text(Text::new((panel.area.x1 + 10.0, middle + 0.36 * style.small_px), row.note.clone(), style.small_px, style.faint));
}
