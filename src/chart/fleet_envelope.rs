//! What a fleet could give and take by the hour of the day: stacks by kind, and what was there on the worst day.

use super::axis::{Panel, Ticks};
use super::figure::{Align, Figure, Rect, Stroke, Text};
use super::household_week::kind_colour;
use super::legend::{Sample, rows};
use super::style::Style;

/// What [`fleet_envelope`] draws: pairs of what could be given and taken in each hour of the day, kW, not negative.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetEnvelope<'a> {
    /// Whose.
    pub title: &'a str,
    /// Days, and how long a step is.
    pub note: &'a str,
    /// Means by kind of device.
    pub kinds: &'a [(&'a str, [(f64, f64); 24])],
    /// What all together could do at least, on any day.
    pub least: &'a [(f64, f64); 24],
}

/// Stacks of what a fleet could take, upwards, and give, downwards, hour by hour.
#[must_use]
pub fn fleet_envelope(input: &FleetEnvelope<'_>, style: &Style) -> Figure {
    let mut fig = Figure::new(style, input.title, 960.0, 430.0);
    let y = fig.header(style, input.note);
    let worst = Stroke { colour: style.ink, width: 1.6, dash: &[4.0, 3.0] };
    let kinds = input.kinds.iter().map(|(kind, _)| (Sample::Box(kind_colour(style, kind), 0.85), (*kind).to_owned()));
    let entries: Vec<(Sample, String)> = kinds.chain([(Sample::Line(worst), "all, on the day with least".to_owned())]).collect();
    let width = fig.width - 32.0;
    let y = rows(&mut fig, style, (16.0, y), width, &entries);
    let together = |hour: usize| input.kinds.iter().fold((0.0, 0.0), |all, (_, k)| (all.0 + k[hour].0, all.1 + k[hour].1));
    let (low, high) = (0..24).map(together).fold((0.0_f64, 0.0_f64), |(l, h), (give, take)| (l.min(-give), h.max(take)));
    let ticks = Ticks::around(low, high, 7);
    let area = Rect::new((62.0, y + 26.0), (fig.width - 24.0, fig.height - 50.0));
    let panel = Panel::new(area, (0.0, 24.0), (ticks.first(), ticks.last()));
    panel.y_axis(&mut fig, style, &ticks);
    for hour in (0..=24).step_by(3) {
        let x = panel.x.at(f64::from(hour));
        fig.line(vec![(x, area.y0), (x, area.y1)], Stroke::solid(style.grid, 1.0));
        let label = Text::new((x, area.y1 + 6.0 + style.text_px), format!("{hour:02}:00"), style.text_px, style.ink);
        fig.text(label.align(Align::Centre));
    }
    for hour in 0..24 {
        let (mut given, mut taken) = (0.0, 0.0);
        for (kind, values) in input.kinds {
            let (give, take) = values[hour];
            let mut bar = |from: f64, to: f64| {
                let (x0, x1) = (panel.x.at(hour as f64) + 1.5, panel.x.at(hour as f64 + 1.0) - 1.5);
                fig.rect(Rect::new((x0, panel.y.at(from)), (x1, panel.y.at(to))), kind_colour(style, kind), 0.85);
            };
            bar(taken, taken + take);
            bar(-given, -given - give);
            (given, taken) = (given + give, taken + take);
        }
    }
    for side in [|(_, take): (f64, f64)| take, |(give, _): (f64, f64)| -give] {
        let stairs = (0..24).flat_map(|h| [h, h + 1].map(|x| panel.at(x as f64, side(input.least[h]))));
        fig.line(stairs.collect(), worst);
    }
    let zero = panel.y.at(0.0);
    fig.line(vec![(area.x0, zero), (area.x1, zero)], Stroke::solid(style.ink, 1.0));
    panel.y_caption(&mut fig, style, "kW; above zero: could consume more; below: could consume less or feed in more");
    panel.x_caption(&mut fig, style, "hour of the local day", 38.0);
    fig
}
