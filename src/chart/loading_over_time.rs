//! Loading of one element over time, a line per strategy, against its limits.
//!
//! Up to [`RAW_STEPS`] steps are drawn as they are. Longer series are cut into quarters of an hour, hours or local days (the
//! shortest that leaves at most [`MOST_STRETCHES`]); the lines are then the highest value of each, over a pale band from the lowest
//! to the highest of all. A year is thus read as what matters to the element: its daily peak.

use super::axis::{Panel, Ticks};
use super::clock::{TimeAxis, midnights, span_name};
use super::envelope::{Stretch, envelope};
use super::figure::{Figure, Point, Rect, Stroke};
use super::legend::{Sample, rows};
use super::limits;
use super::style::{Look, Style};
use super::text::percent;
use crate::grid::LoadingLimits;
use crate::time::{IspCalendar, SimDuration, SimTime};

/// Longest series that is drawn step by step.
const RAW_STEPS: usize = 2000;

/// Most stretches a longer series is cut into, unless even days are more.
const MOST_STRETCHES: usize = 1000;

/// Height of the lane that shows a strategy's regime orange, px.
const LANE: f64 = 5.0;

/// What [`loading_over_time`] draws.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadingOverTime<'a> {
    /// Name of the element for people, such as `transformer T1 (160 kVA)`.
    pub element: &'a str,
    /// Whose local time the axis shows.
    pub calendar: &'a IspCalendar,
    /// Start of the first step of every line.
    pub start: SimTime,
    /// Length of a step.
    pub step: SimDuration,
    /// The element's limits.
    pub limits: LoadingLimits,
    /// One line per strategy; later ones are drawn over earlier ones.
    pub lines: &'a [LoadingLine<'a>],
}

/// One strategy's loading.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadingLine<'a> {
    /// Key of the strategy.
    pub strategy: &'a str,
    /// Loading of each step as a fraction of the rating, not negative; NaN where the load flow has no solution.
    pub loading: &'a [f64],
    /// When the regime was orange.
    pub orange: &'a [TimeSpan],
}

/// From one instant up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSpan {
    /// Start.
    pub from: SimTime,
    /// End, not included.
    pub to: SimTime,
}

/// Loading in per cent over local time, from a day to a year.
///
/// ```
/// use copperplate::chart::{LoadingLine, LoadingOverTime, Style, loading_over_time};
/// use copperplate::grid::LoadingLimits;
/// use copperplate::time::{IspCalendar, SimDuration};
///
/// let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
/// let start = calendar.period(jiff::civil::date(2016, 6, 6)).start;
/// let loading: Vec<f64> = (0..96).map(|step| if (40..60).contains(&step) { 1.5 } else { 0.4 }).collect();
/// let figure = loading_over_time(
///     &LoadingOverTime {
///         element: "transformer T1",
///         calendar: &calendar,
///         start,
///         step: SimDuration::minutes(15),
///         limits: LoadingLimits { planning: 0.8, rating: 1.0, emergency: 1.3 },
///         lines: &[LoadingLine { strategy: "copper-plate", loading: &loading, orange: &[] }],
///     },
///     &Style::light(),
/// );
/// assert!(figure.svg().contains("emergency 130"));
/// ```
#[must_use]
pub fn loading_over_time(input: &LoadingOverTime<'_>, style: &Style) -> Figure {
    let steps = input.lines.iter().map(|l| l.loading.len()).max().unwrap_or(0).max(1);
    let end = input.start + SimDuration(input.step.0 * steps as i64);
    let cuts = Cuts::new(input, steps, end);
    let looks = style.looks(&input.lines.iter().map(|l| l.strategy).collect::<Vec<_>>());

    let mut fig = Figure::new(style, title(input), 960.0, 460.0);
    let subtitle = format!("{}, {}", span_name(input.calendar, input.start, end), cuts.says(input.step));
    let y = fig.header(style, &subtitle);
    let width = fig.width - 32.0;
    let y = rows(&mut fig, style, (16.0, y), width, &legend(input, style, &looks, &cuts));

    let lanes: Vec<usize> = (0..input.lines.len()).filter(|&i| !input.lines[i].orange.is_empty()).collect();
    let right = fig.width - limits::label_room(style, &input.limits);
    let bottom = fig.height - 50.0 - (LANE + 2.0) * lanes.len() as f64;
    let area = Rect::new((52.0, y + 26.0), (right, bottom));
    let ticks = Ticks::around(0.0, 103.0 * peak(input).max(input.limits.emergency), 7);
    let panel = Panel::new(area, (input.start.0 as f64, end.0 as f64), (0.0, ticks.last()));

    shade_orange(&mut fig, style, &panel, input);
    let below = Panel { area: Rect { y1: bottom + (LANE + 2.0) * lanes.len() as f64, ..area }, ..panel };
    TimeAxis::new(input.calendar, input.start, end).draw(&mut fig, style, &below);
    draw_lanes(&mut fig, &panel, input, &looks, &lanes);
    panel.y_axis(&mut fig, style, &ticks);
    draw_band(&mut fig, style, &panel, input, &cuts);
    for (i, (line, look)) in input.lines.iter().zip(&looks).enumerate() {
        draw_line(&mut fig, &panel, input, line, look.nested(i, input.lines.len()), &cuts);
    }
    limits::draw_lines(&mut fig, style, &panel, &input.limits);
    limits::draw_labels(&mut fig, style, &panel, &input.limits);
    panel.y_caption(&mut fig, style, "Loading, % of the rating");
    below.x_caption(&mut fig, style, &format!("local time, {}", input.calendar.zone_name()), 38.0);
    fig
}

fn peak(input: &LoadingOverTime<'_>) -> f64 {
    input.lines.iter().map(|l| highest(l.loading)).fold(0.0, f64::max)
}

/// The highest known value, 0 if there is none.
fn highest(loading: &[f64]) -> f64 {
    loading.iter().copied().fold(0.0, f64::max)
}

fn title(input: &LoadingOverTime<'_>) -> String {
    // Of equal ones the first: `max_by` takes the last it meets.
    let worst = input.lines.iter().rev().max_by(|a, b| highest(a.loading).total_cmp(&highest(b.loading)));
    match worst {
        Some(line) => format!("Loading of {}: up to {} with {}", input.element, percent(highest(line.loading)), line.strategy),
        None => format!("Loading of {}", input.element),
    }
}

fn legend(input: &LoadingOverTime<'_>, style: &Style, looks: &[Look], cuts: &Cuts) -> Vec<(Sample, String)> {
    let mut entries: Vec<(Sample, String)> = input
        .lines
        .iter()
        .zip(looks)
        .map(|(line, look)| (Sample::Line(look.stroke()), format!("{}, peak {}", line.strategy, percent(highest(line.loading)))))
        .collect();
    if cuts.stretches.is_some() {
        entries.push((Sample::Box(style.faint, 0.14), "lowest to highest of all".to_owned()));
    }
    if input.lines.iter().any(|l| !l.orange.is_empty()) {
        entries.push((Sample::Box(style.orange, 0.3), "regime orange, below the axis by strategy".to_owned()));
    }
    entries
}

/// How a long series is cut.
struct Cuts {
    /// Step numbers where a new stretch begins, and what a stretch is called; `None` for a short series.
    stretches: Option<(Vec<usize>, &'static str)>,
}

impl Cuts {
    fn new(input: &LoadingOverTime<'_>, steps: usize, end: SimTime) -> Cuts {
        if steps <= RAW_STEPS {
            return Cuts { stretches: None };
        }
        let length = (end - input.start).0;
        for (seconds, name) in [(900, "quarter of an hour"), (3600, "hour")] {
            let every = seconds / input.step.0;
            if every > 1 && length / seconds <= MOST_STRETCHES as i64 {
                return Cuts { stretches: Some(((0..steps).step_by(every as usize).collect(), name)) };
            }
        }
        let days = midnights(input.calendar, input.start, end);
        let cuts = days.iter().map(|&t| ((t - input.start).0 / input.step.0) as usize).collect();
        Cuts { stretches: Some((cuts, "day")) }
    }

    fn says(&self, step: SimDuration) -> String {
        let of = if step.0 % 60 == 0 { format!("{}-minute", step.0 / 60) } else { format!("{}-second", step.0) };
        match &self.stretches {
            None => format!("{of} averages"),
            Some((_, name)) => format!("line: highest {of} average of each {name}"),
        }
    }
}

fn draw_line(fig: &mut Figure, panel: &Panel, input: &LoadingOverTime<'_>, line: &LoadingLine<'_>, stroke: Stroke, cuts: &Cuts) {
    let x = |step: f64| panel.x.at(input.start.0 as f64 + step * input.step.0 as f64);
    let y = |loading: f64| panel.y.at(loading * 100.0);
    let Some((cuts, _)) = &cuts.stretches else {
        // A value holds for its whole step; where steps are narrower than a few px the corners would only be noise.
        let stairs = x(1.0) - x(0.0) > 3.0;
        for (from, run) in known_runs(line.loading) {
            let points: Vec<Point> = run
                .iter()
                .enumerate()
                .flat_map(|(k, &v)| {
                    let step = (from + k) as f64;
                    if stairs { vec![(x(step), y(v)), (x(step + 1.0), y(v))] } else { vec![(x(step + 0.5), y(v))] }
                })
                .collect();
            fig.line(points, stroke);
        }
        return;
    };
    let stretches = envelope(line.loading, cuts);
    // A gap in the steps is a gap in the drawing: only neighbouring stretches are connected.
    for run in stretches.chunk_by(|a, b| a.steps.end == b.steps.start) {
        let middle = |s: &std::ops::Range<usize>| x((s.start + s.end) as f64 / 2.0);
        let top: Vec<Point> = run.iter().map(|s| (middle(&s.steps), y(s.max))).collect();
        fig.line(top, Stroke { width: stroke.width * 0.7, ..stroke });
    }
}

/// Behind the lines of a long series: from the lowest to the highest loading of any strategy.
fn draw_band(fig: &mut Figure, style: &Style, panel: &Panel, input: &LoadingOverTime<'_>, cuts: &Cuts) {
    let Some((cuts, _)) = &cuts.stretches else { return };
    let steps = input.lines.iter().map(|l| l.loading.len()).max().unwrap_or(0);
    let known = |k: usize| input.lines.iter().filter_map(move |l| l.loading.get(k).copied()).filter(|v| !v.is_nan());
    let lowest: Vec<f64> = (0..steps).map(|k| known(k).reduce(f64::min).unwrap_or(f64::NAN)).collect();
    let highest: Vec<f64> = (0..steps).map(|k| known(k).reduce(f64::max).unwrap_or(f64::NAN)).collect();
    let at = |s: &Stretch, loading: f64| {
        let middle = (s.steps.start + s.steps.end) as f64 / 2.0;
        panel.at(input.start.0 as f64 + middle * input.step.0 as f64, loading * 100.0)
    };
    // Both have values in the same steps, hence the same stretches.
    let (low, high) = (envelope(&lowest, cuts), envelope(&highest, cuts));
    let joined = |a: &Stretch, b: &Stretch| a.steps.end == b.steps.start;
    for (low, high) in low.chunk_by(joined).zip(high.chunk_by(joined)) {
        let bottom = low.iter().rev().map(|s| at(s, s.min));
        fig.area(high.iter().map(|s| at(s, s.max)).chain(bottom).collect(), style.faint, 0.14);
    }
}

/// Runs of known values with the number of their first step.
fn known_runs(values: &[f64]) -> impl Iterator<Item = (usize, &[f64])> {
    let mut from = 0;
    values.chunk_by(|a, b| a.is_nan() == b.is_nan()).filter_map(move |run| {
        let start = from;
        from += run.len();
        (!run[0].is_nan()).then_some((start, run))
    })
}

/// Shades when any strategy is in regime orange.
fn shade_orange(fig: &mut Figure, style: &Style, panel: &Panel, input: &LoadingOverTime<'_>) {
    let mut all: Vec<TimeSpan> = input.lines.iter().flat_map(|l| l.orange.iter().copied()).collect();
    all.sort_by_key(|s| (s.from, s.to));
    for (x0, x1) in merged(all.iter().map(|s| on_page(panel, s))) {
        fig.rect(Rect::new((x0, panel.area.y0), (x1, panel.area.y1)), style.orange, 0.22);
    }
}

/// Shows below the panel which strategy is in regime orange.
fn draw_lanes(fig: &mut Figure, panel: &Panel, input: &LoadingOverTime<'_>, looks: &[Look], lanes: &[usize]) {
    for (lane, &i) in lanes.iter().enumerate() {
        let y = panel.area.y1 + 2.0 + (LANE + 2.0) * lane as f64;
        let mut spans = input.lines[i].orange.to_vec();
        spans.sort_by_key(|s| (s.from, s.to));
        for (x0, x1) in merged(spans.iter().map(|s| on_page(panel, s))) {
            fig.rect(Rect::new((x0, y), (x1, y + LANE)), looks[i].colour, 1.0);
        }
    }
}

/// Left and right end of a span, at least half a px apart, so a quarter of an hour is seen in a year.
fn on_page(panel: &Panel, span: &TimeSpan) -> (f64, f64) {
    let x = |t: SimTime| panel.x.at((t.0 as f64).clamp(panel.x.domain.0, panel.x.domain.1));
    (x(span.from), x(span.to).max(x(span.from) + 0.5))
}

/// Intervals with those that touch joined; they come sorted by their starts.
fn merged(intervals: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::new();
    for (x0, x1) in intervals {
        match out.last_mut().filter(|last| x0 <= last.1) {
            Some(last) => last.1 = last.1.max(x1),
            None => out.push((x0, x1)),
        }
    }
    out
}
