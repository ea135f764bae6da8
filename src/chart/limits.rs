//! Horizontal lines of the loading limits, named at the right of a panel.

use super::axis::Panel;
use super::figure::{Figure, Stroke, Text};
use super::legend::spread;
use super::style::{Colour, Style};
use super::text;
use crate::grid::LoadingLimits;

/// Room the names need at the right of a panel, px.
pub(crate) fn label_room(style: &Style, limits: &LoadingLimits) -> f64 {
    entries(style, limits).iter().map(|(_, name, _)| text::width(name, style.text_px, false)).fold(0.0, f64::max) + 26.0
}

/// Draws the three limits across `panel`, whose y counts per cent.
pub(crate) fn draw_lines(fig: &mut Figure, style: &Style, panel: &Panel, limits: &LoadingLimits) {
    for (loading, _, stroke) in entries(style, limits) {
        let y = panel.y.at(loading * 100.0);
        fig.line(vec![(panel.area.x0, y), (panel.area.x1, y)], stroke);
    }
}

/// Names the limits at the right of `panel`; where they would touch, they move apart and a thin line leads to the limit.
pub(crate) fn draw_labels(fig: &mut Figure, style: &Style, panel: &Panel, limits: &LoadingLimits) {
    let entries = entries(style, limits);
    let wanted: Vec<f64> = entries.iter().map(|e| panel.y.at(e.0 * 100.0)).collect();
    let placed = spread(&wanted, style.text_px * 1.25, panel.area.y0, panel.area.y1);
    for (((_, name, stroke), &line), &label) in entries.iter().zip(&wanted).zip(&placed) {
        let x = panel.area.x1;
        fig.line(vec![(x, line), (x + 6.0, line), (x + 14.0, label), (x + 18.0, label)], Stroke::solid(stroke.colour, 0.8));
        fig.text(Text::new((x + 22.0, label + 0.36 * style.text_px), name.as_str(), style.text_px, stroke.colour));
    }
}

/// Level, name and line of each limit; equal limits share a name.
fn entries(style: &Style, limits: &LoadingLimits) -> Vec<(f64, String, Stroke)> {
    let all: [(f64, &str, Colour, &'static [f64]); 3] = [
        (limits.planning, "planning", style.faint, &[5.0, 3.0]),
        (limits.rating, "rating", style.ink, &[]),
        (limits.emergency, "emergency", style.alert, &[8.0, 3.0, 2.0, 3.0]),
    ];
    let mut out: Vec<(f64, String, Stroke)> = Vec::new();
    for (loading, name, colour, dash) in all {
        let stroke = Stroke { colour, width: 1.2, dash };
        match out.last_mut().filter(|last| last.0 == loading) {
            Some(last) => *last = (loading, format!("{} = {name}", last.1), stroke),
            None => out.push((loading, name.to_owned(), stroke)),
        }
    }
    for (loading, name, _) in &mut out {
        *name = format!("{name} {}", text::percent(*loading));
    }
    out
}
