//! A forecast against what came: bands of quantiles around what was expected, and the truth.

use super::axis::{Panel, Ticks};
use super::clock::{TimeAxis, day_name};
use super::figure::{Figure, Point, Rect, Stroke};
use super::legend::{Sample, rows};
use super::style::Style;
use crate::time::{IspCalendar, Period};

/// What [`forecast_fan`] draws; every series has one value an ISP, in kW.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastFan<'a> {
    /// Who forecast, and what.
    pub title: &'a str,
    /// Whose local time the axis shows.
    pub calendar: &'a IspCalendar,
    /// The day.
    pub period: &'a Period,
    /// Bands from the widest: share of cases in it, low and high end.
    pub bands: &'a [(f64, Vec<f64>, Vec<f64>)],
    /// What was expected.
    pub expected: &'a [f64],
    /// What came.
    pub truth: &'a [f64],
}

/// Bands of quantiles around a forecast, and the truth, over a day.
#[must_use]
pub fn forecast_fan(input: &ForecastFan<'_>, style: &Style) -> Figure {
    let mut fig = Figure::new(style, input.title, 960.0, 400.0);
    let y = fig.header(style, &day_name(input.period.date));
    let shade = |k: usize| 0.14 + 0.14 * k as f64;
    let colour = style.categories[0];
    let (expected, truth) = (Stroke::solid(colour, 1.6), Stroke::solid(style.ink, 1.6));
    let band =
        |(k, (share, ..)): (usize, &(f64, Vec<f64>, Vec<f64>))| (Sample::Box(colour, shade(k)), format!("{:.0} % of cases", 100.0 * share));
    let lines = [(Sample::Line(expected), "expected".to_owned()), (Sample::Line(truth), "truth".to_owned())];
    let entries: Vec<(Sample, String)> = input.bands.iter().enumerate().map(band).chain(lines).collect();
    let width = fig.width - 32.0;
    let y = rows(&mut fig, style, (16.0, y), width, &entries);
    let all = input.bands.iter().flat_map(|(_, low, high)| low.iter().chain(high)).chain(input.expected).chain(input.truth);
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let ticks = Ticks::around(low, high, 7);
    let area = Rect::new((62.0, y + 26.0), (fig.width - 24.0, fig.height - 50.0));
    let ends = (input.period.start, input.period.end());
    let panel = Panel::new(area, (ends.0.0 as f64, ends.1.0 as f64), (ticks.first(), ticks.last()));
    TimeAxis::new(input.calendar, ends.0, ends.1).draw(&mut fig, style, &panel);
    panel.y_axis(&mut fig, style, &ticks);
    let isp = input.period.isp().0 as f64;
    let line = |values: &[f64]| -> Vec<Point> {
        values.iter().enumerate().map(|(i, v)| panel.at(ends.0.0 as f64 + (i as f64 + 0.5) * isp, *v)).collect()
    };
    for (k, (_, low, high)) in input.bands.iter().enumerate() {
        let mut around = line(high);
        around.extend(line(low).into_iter().rev());
        fig.area(around, colour, shade(k));
    }
    fig.line(line(input.expected), expected);
    fig.line(line(input.truth), truth);
    panel.y_caption(&mut fig, style, "Power, kW; consumption positive");
    panel.x_caption(&mut fig, style, &format!("local time, {}", input.calendar.zone_name()), 38.0);
    fig
}
