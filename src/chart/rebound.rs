//! What orders moved through a congestion point, and what came back: with orders against the same hours without flexibility.

use super::axis::{Panel, Ticks};
use super::clock::{TimeAxis, span_name};
use super::figure::{Align, Figure, Rect, Stroke, Text};
use super::legend::{LINE, Sample, rows};
use super::stairs::Stairs;
use super::style::Style;
use super::text::number;
use crate::time::{IspCalendar, SimDuration, SimTime};

/// What [`rebound`] draws; series have one value a step, kW, consumption positive.
#[derive(Debug, Clone, PartialEq)]
pub struct Rebound<'a> {
    /// What is shown, with its figures.
    pub title: &'a str,
    /// Whose local time the axis shows.
    pub calendar: &'a IspCalendar,
    /// First step.
    pub start: SimTime,
    /// Length of a step.
    pub step: SimDuration,
    /// Power without flexibility.
    pub without_kw: &'a [f64],
    /// Power with orders.
    pub orders_kw: &'a [f64],
    /// Where the operator asked, and in which direction: `+1` more consumption, `−1` less, else zero.
    pub asked: &'a [f64],
    /// Loading that the operator plans for, as power, kW.
    pub planning_kw: f64,
}

/// Power without flexibility and with orders, with what was moved and what came back filled.
#[must_use]
pub fn rebound(input: &Rebound<'_>, style: &Style) -> Figure {
    let n = input.orders_kw.len();
    let end = input.start + SimDuration(input.step.0 * n as i64);
    let mut fig = Figure::new(style, input.title, 1000.0, 460.0);
    let says = format!("{}; consumption positive; orders alone, without limitations", span_name(input.calendar, input.start, end));
    let y = fig.header(style, &says);
    let (moved, back) = (style.strategies[1], style.orange);
    let without = Stroke { colour: style.faint, width: LINE, dash: &[5.0, 4.0] };
    let with = Stroke::solid(style.ink, LINE);
    let limit = Stroke { colour: style.alert, width: 1.3, dash: &[8.0, 3.0, 2.0, 3.0] };
    let entries = [
        (Sample::Line(without), "without flexibility".to_owned()),
        (Sample::Line(with), "with orders".to_owned()),
        (Sample::Outlined(moved, 0.4), "moved while requested".to_owned()),
        (Sample::Outlined(back, 0.5), "before and after".to_owned()),
        (Sample::Box(style.faint, 0.14), "requested".to_owned()),
    ];
    let width = fig.width - 32.0;
    let y = rows(&mut fig, style, (16.0, y), width, &entries);
    let feeds_in = input.without_kw.iter().chain(input.orders_kw).any(|kw| *kw < -0.7 * input.planning_kw);
    let limits: &[f64] = if feeds_in { &[input.planning_kw, -input.planning_kw] } else { &[input.planning_kw] };
    let all = input.without_kw.iter().chain(input.orders_kw).chain(limits).filter(|kw| kw.is_finite());
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(low, high), kw| (low.min(*kw), high.max(*kw)));
    let ticks = Ticks::around(low, high, 7);
    let area = Rect::new((62.0, y + 26.0), (fig.width - 24.0, fig.height - 50.0));
    let panel = Panel::new(area, (input.start.0 as f64, end.0 as f64), (ticks.first(), ticks.last()));
    let stairs = Stairs { start: input.start, step: input.step };
    let only = |there: bool, value: f64| if there { value } else { f64::NAN };
    let column =
        |asked: bool, values: &[f64]| -> Vec<f64> { values.iter().zip(input.asked).map(|(v, a)| only((*a != 0.0) == asked, *v)).collect() };
    let (floor, ceiling) = (column(true, &vec![ticks.first(); n]), column(true, &vec![ticks.last(); n]));
    stairs.between(&mut fig, &panel, &floor, &ceiling, style.faint, 0.14);
    TimeAxis::new(input.calendar, input.start, end).draw(&mut fig, style, &panel);
    panel.y_axis(&mut fig, style, &ticks);
    for (asked, colour, opacity) in [(true, moved, 0.4), (false, back, 0.5)] {
        stairs.between(&mut fig, &panel, &column(asked, input.without_kw), &column(asked, input.orders_kw), colour, opacity);
    }
    for kw in limits {
        fig.line(vec![panel.at(panel.x.domain.0, *kw), panel.at(panel.x.domain.1, *kw)], limit);
    }
    let label = format!("planning limit, {} kVA", number(input.planning_kw, 0));
    let at = (area.x1 - 4.0, panel.y.at(input.planning_kw) - 4.0);
    fig.text(Text::new(at, label, style.small_px, style.alert).align(Align::Right));
    stairs.line(&mut fig, &panel, input.without_kw, without);
    stairs.line(&mut fig, &panel, input.orders_kw, with);
    panel.y_caption(&mut fig, style, "kW through the congestion point");
    panel.x_caption(&mut fig, style, &format!("local time, {}", input.calendar.zone_name()), 38.0);
    fig
}
