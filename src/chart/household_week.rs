//! One household through a week: what its meter shows, what each device that can be steered was asked to do and did, how warm it
//! is, and how full its stores are.

use super::axis::{Panel, Ticks};
use super::clock::{TimeAxis, span_name};
use super::figure::{Figure, Rect, Stroke, Text};
use super::legend::{LINE, Sample, rows};
use super::stairs::Stairs;
use super::style::{Colour, Style};
use super::text;
use crate::time::{IspCalendar, SimDuration, SimTime};

/// What [`household_week`] draws; every series has one value a step.
#[derive(Debug, Clone, PartialEq)]
pub struct HouseholdWeek<'a> {
    /// Whose, and in which strategy.
    pub title: &'a str,
    /// Whose local time the axis shows.
    pub calendar: &'a IspCalendar,
    /// First step.
    pub start: SimTime,
    /// Length of a step.
    pub step: SimDuration,
    /// Consumption that nothing steers, kW.
    pub other_kw: &'a [f64],
    /// Feed-in of PV, kW, not positive; empty where there is none.
    pub pv_kw: &'a [f64],
    /// The devices that can be steered.
    pub devices: &'a [SteeredDevice<'a>],
    /// Air in the rooms, °C; empty where it is not known.
    pub air_c: &'a [f64],
    /// Hot water, °C; empty where it is not known.
    pub tank_c: &'a [f64],
    /// States of charge, by kind of device, fractions; NaN where there is none.
    pub charge: &'a [(&'a str, &'a [f64])],
}

/// A device that can be steered.
#[derive(Debug, Clone, PartialEq)]
pub struct SteeredDevice<'a> {
    /// Its kind as results name it.
    pub kind: &'a str,
    /// What it was asked to do, kW; NaN where its own control decides.
    pub asked_kw: &'a [f64],
    /// What it did, kW.
    pub power_kw: &'a [f64],
}

/// The colour of a kind of device in every chart.
pub(super) fn kind_colour(style: &Style, kind: &str) -> Colour {
    match kind {
        "house" | "houses" => style.categories[1],
        "vehicle" | "vehicles" => style.categories[0],
        "battery" | "batteries" => style.categories[2],
        "pv" => style.categories[3],
        _ => style.categories[6],
    }
}

/// What a person calls a device of a kind.
fn name(kind: &str) -> String {
    if kind == "house" {
        return "Heat pump".to_owned();
    }
    let mut rest = kind.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

const LEFT: f64 = 60.0;
/// Height of a panel with its caption, and of the data in it, px.
const PITCH: f64 = 118.0;
const DATA: f64 = 86.0;

/// A household's week in panels over one clock.
#[must_use]
pub fn household_week(input: &HouseholdWeek<'_>, style: &Style) -> Figure {
    let stores = usize::from(!input.charge.is_empty());
    let panels = 1 + input.devices.len() + usize::from(!input.air_c.is_empty()) + usize::from(!input.tank_c.is_empty()) + stores;
    let mut fig = Figure::new(style, input.title, 1000.0, 92.0 + PITCH * panels as f64);
    let end = input.start + SimDuration(input.step.0 * input.other_kw.len() as i64);
    let says = format!("{}; consumption positive, feed-in negative", span_name(input.calendar, input.start, end));
    let top = fig.header(style, &says);
    let axis = TimeAxis::new(input.calendar, input.start, end);
    let mut week = Week { input, style, axis, end, top, left: panels, stairs: Stairs { start: input.start, step: input.step } };
    let mut last = week.meter(&mut fig);
    for device in input.devices {
        last = week.device(&mut fig, device);
    }
    for (caption, values, colour) in [("Rooms", input.air_c, style.categories[1]), ("Hot water", input.tank_c, style.categories[4])] {
        if !values.is_empty() {
            last = week.lines(&mut fig, caption, "°C", &[("", values, colour)], None);
        }
    }
    if stores > 0 {
        let percent: Vec<(&str, Vec<f64>)> = input.charge.iter().map(|(kind, c)| (*kind, c.iter().map(|x| 100.0 * x).collect())).collect();
        let lines: Vec<(&str, &[f64], Colour)> = percent.iter().map(|(kind, c)| (*kind, &c[..], kind_colour(style, kind))).collect();
        last = week.lines(&mut fig, "State of charge", "%", &lines, Some((0.0, 100.0)));
    }
    last.x_caption(&mut fig, style, &format!("local time, {}", input.calendar.zone_name()), 38.0);
    fig.height = last.area.y1 + 52.0;
    fig
}

/// The week while it is drawn.
struct Week<'a> {
    input: &'a HouseholdWeek<'a>,
    style: &'a Style,
    axis: TimeAxis,
    end: SimTime,
    /// Where the next panel begins, px.
    top: f64,
    /// Panels that are left; only the last has dates below.
    left: usize,
    stairs: Stairs,
}

impl Week<'_> {
    fn panel(&mut self, fig: &mut Figure, caption: &str, unit: &str, legend: &[(Sample, String)], (low, high): (f64, f64)) -> Panel {
        let style = self.style;
        let size = style.text_px + 1.0;
        let caption = format!("{caption}, {unit}");
        let indent = 16.0 + text::width(&caption, size, true) + 20.0;
        fig.text(Text::new((16.0, self.top + 14.0), caption, size, style.ink).bold());
        rows(fig, style, (indent, self.top), fig.width - indent - 10.0, legend);
        let area = Rect::new((LEFT, self.top + 24.0), (fig.width - 20.0, self.top + 24.0 + DATA));
        let ticks = Ticks::around(low, high, 3);
        let panel = Panel::new(area, (self.input.start.0 as f64, self.end.0 as f64), (ticks.first(), ticks.last()));
        self.left -= 1;
        let lines = TimeAxis { labels: Vec::new(), ..self.axis.clone() };
        let axis = if self.left == 0 { &self.axis } else { &lines };
        axis.draw(fig, style, &panel);
        panel.y_axis(fig, style, &ticks);
        self.top += PITCH;
        panel
    }

    /// What nobody steers, PV, and the net power of all.
    fn meter(&mut self, fig: &mut Figure) -> Panel {
        let (input, style) = (self.input, self.style);
        let pv = |s: usize| input.pv_kw.get(s).copied().unwrap_or(0.0);
        let net: Vec<f64> = (0..input.other_kw.len())
            .map(|s| input.other_kw[s] + pv(s) + input.devices.iter().map(|d| d.power_kw[s]).sum::<f64>())
            .collect();
        let line = Stroke::solid(style.ink, 1.2);
        let grey = style.faint;
        let sun = kind_colour(style, "pv");
        let mut legend = vec![(Sample::Line(line), "net".to_owned()), (Sample::Box(grey, 0.45), "appliances".to_owned())];
        if !input.pv_kw.is_empty() {
            legend.push((Sample::Box(sun, 0.85), "PV".to_owned()));
        }
        let panel = self.panel(fig, "Meter", "kW", &legend, reach(&[&net, input.other_kw, input.pv_kw]));
        let zero = vec![0.0; net.len()];
        self.stairs.between(fig, &panel, input.other_kw, &zero, grey, 0.45);
        self.stairs.between(fig, &panel, input.pv_kw, &zero[..input.pv_kw.len()], sun, 0.85);
        self.stairs.line(fig, &panel, &net, line);
        panel
    }

    /// What a device was asked to do, over what it did.
    fn device(&mut self, fig: &mut Figure, device: &SteeredDevice<'_>) -> Panel {
        let style = self.style;
        let colour = kind_colour(style, device.kind);
        let asked = Stroke { colour: style.ink, width: 1.1, dash: &[3.0, 2.0] };
        let steered = device.asked_kw.iter().any(|kw| kw.is_finite());
        let mut legend = vec![(Sample::Box(colour, 0.75), "delivered".to_owned())];
        if steered {
            legend.push((Sample::Line(asked), "asked".to_owned()));
        }
        let panel = self.panel(fig, &name(device.kind), "kW", &legend, reach(&[device.asked_kw, device.power_kw]));
        self.stairs.between(fig, &panel, device.power_kw, &vec![0.0; device.power_kw.len()], colour, 0.75);
        self.stairs.line(fig, &panel, device.asked_kw, asked);
        panel
    }

    /// Lines of their own scale, or of the one given.
    fn lines(&mut self, fig: &mut Figure, caption: &str, unit: &str, lines: &[(&str, &[f64], Colour)], scale: Option<(f64, f64)>) -> Panel {
        let named = lines.iter().filter(|(kind, ..)| !kind.is_empty());
        let legend: Vec<(Sample, String)> =
            named.map(|(kind, _, colour)| (Sample::Line(Stroke::solid(*colour, LINE)), name(kind).to_lowercase())).collect();
        let all = lines.iter().flat_map(|(_, values, _)| values.iter()).filter(|v| v.is_finite());
        let (low, high) = scale.unwrap_or_else(|| all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v))));
        let panel = self.panel(fig, caption, unit, &legend, (low, high));
        for (_, values, colour) in lines {
            self.stairs.line(fig, &panel, values, Stroke::solid(*colour, LINE));
        }
        panel
    }
}

/// Lowest and highest of several series and zero.
fn reach(series: &[&[f64]]) -> (f64, f64) {
    let all = series.iter().copied().flatten().filter(|v| v.is_finite());
    all.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)))
}
