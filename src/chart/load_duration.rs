//! Load-duration curve: for how long an element is loaded at least so much.
//!
//! The loading of all steps, sorted from the highest down: at x the curve has the loading that is reached or exceeded during x
//! of the time. Overload is a small part of a year, so two panels share the y axis: left the whole period in per cent of the
//! time, right its most loaded hours, as many as hold all overload.

use super::axis::{Panel, Ticks, round_up};
use super::figure::{Figure, Point, Rect, Stroke, Text};
use super::legend::{Sample, rows};
use super::limits;
use super::style::{Look, Style};
use super::text::{number, percent, short};
use crate::grid::LoadingLimits;
use crate::time::SimDuration;

/// What [`load_duration`] draws.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadDuration<'a> {
    /// Name of the element for people, such as `transformer T1 (160 kVA)`.
    pub element: &'a str,
    /// Name of the period for people, such as `year 2016`.
    pub period: &'a str,
    /// Length of a step.
    pub step: SimDuration,
    /// The element's limits.
    pub limits: LoadingLimits,
    /// One curve per strategy.
    pub lines: &'a [DurationLine<'a>],
}

/// One strategy's loading, in any order.
#[derive(Debug, Clone, PartialEq)]
pub struct DurationLine<'a> {
    /// Key of the strategy.
    pub strategy: &'a str,
    /// Loading of each step as a fraction of the rating, not negative; NaN steps count as no time.
    pub loading: &'a [f64],
}

/// A strategy's curve: known loadings from the highest down.
struct Curve<'a> {
    strategy: &'a str,
    look: Look,
    sorted: Vec<f64>,
}

impl Curve<'_> {
    fn hours(&self, step: SimDuration) -> f64 {
        self.sorted.len() as f64 * step.as_hours()
    }

    fn hours_above(&self, loading: f64, step: SimDuration) -> f64 {
        self.sorted.partition_point(|&v| v > loading) as f64 * step.as_hours()
    }
}

/// Sorted loading in per cent, over per cent of the time and over the most loaded hours.
///
/// ```
/// use copperplate::chart::{DurationLine, LoadDuration, Style, load_duration};
/// use copperplate::grid::LoadingLimits;
/// use copperplate::time::SimDuration;
///
/// let loading: Vec<f64> = (0..960).map(|step| f64::from(step % 96) / 60.0).collect();
/// let figure = load_duration(
///     &LoadDuration {
///         element: "transformer T1",
///         period: "10 days",
///         step: SimDuration::minutes(15),
///         limits: LoadingLimits { planning: 0.8, rating: 1.0, emergency: 1.3 },
///         lines: &[DurationLine { strategy: "copper-plate", loading: &loading }],
///     },
///     &Style::light(),
/// );
/// assert!(figure.svg().contains("copper-plate: 87.5 h above rating"));
/// ```
#[must_use]
pub fn load_duration(input: &LoadDuration<'_>, style: &Style) -> Figure {
    let curves = curves(input, style);
    let hours = curves.iter().map(|c| c.hours(input.step)).fold(0.0, f64::max).max(input.step.as_hours());
    let overload = curves.iter().map(|c| c.hours_above(input.limits.rating, input.step)).fold(0.0, f64::max);
    let zoom = round_up(if overload > 0.0 { 1.1 * overload } else { 0.05 * hours }).min(hours);
    let peak = curves.iter().filter_map(|c| c.sorted.first()).fold(0.0_f64, |a, &b| a.max(b));

    let title = format!("Load duration of {}: up to {} h above the rating", input.element, short(overload));
    let mut fig = Figure::new(style, title, 960.0, 460.0);
    let subtitle = format!("{}, {} h; at x the curve shows the loading reached or exceeded for that long", input.period, number(hours, 0));
    let y = fig.header(style, &subtitle);
    let width = fig.width - 32.0;
    let y = rows(&mut fig, style, (16.0, y), width, &legend(input, &curves));

    let ticks = Ticks::around(0.0, 103.0 * peak.max(input.limits.emergency), 7);
    let right = fig.width - limits::label_room(style, &input.limits);
    let (top, bottom, gap) = (y + 26.0, fig.height - 50.0, 44.0);
    let middle = 52.0 + (right - 52.0 - gap) * 0.48;
    let whole = Panel::new(Rect::new((52.0, top), (middle, bottom)), (0.0, hours), (0.0, ticks.last()));
    let worst = Panel::new(Rect::new((middle + gap, top), (right, bottom)), (0.0, zoom), (0.0, ticks.last()));

    mark_zoom(&mut fig, style, &whole, &worst, zoom);
    let per_cent = Panel::new(whole.area, (0.0, 100.0), whole.y.domain);
    per_cent.x_axis(&mut fig, style, &Ticks::within(0.0, 100.0, 5));
    worst.x_axis(&mut fig, style, &Ticks::within(0.0, zoom, 6));
    for panel in [&whole, &worst] {
        panel.y_axis(&mut fig, style, &ticks);
        for (i, curve) in curves.iter().enumerate() {
            fig.line(path(panel, curve, input.step), curve.look.nested(i, curves.len()));
        }
        limits::draw_lines(&mut fig, style, panel, &input.limits);
    }
    mark_overload(&mut fig, style, &worst, &curves, input);
    limits::draw_labels(&mut fig, style, &worst, &input.limits);
    whole.y_caption(&mut fig, style, "Loading, % of the rating");
    whole.x_caption(&mut fig, style, "share of the time, %", 38.0);
    worst.x_caption(&mut fig, style, &format!("the most loaded {} hours", number(zoom, 0)), 38.0);
    fig
}

fn curves<'a>(input: &LoadDuration<'a>, style: &Style) -> Vec<Curve<'a>> {
    let looks = style.looks(&input.lines.iter().map(|l| l.strategy).collect::<Vec<_>>());
    input
        .lines
        .iter()
        .zip(looks)
        .map(|(line, look)| {
            let mut sorted: Vec<f64> = line.loading.iter().copied().filter(|v| !v.is_nan()).collect();
            sorted.sort_by(|a, b| b.total_cmp(a));
            Curve { strategy: line.strategy, look, sorted }
        })
        .collect()
}

fn legend(input: &LoadDuration<'_>, curves: &[Curve<'_>]) -> Vec<(Sample, String)> {
    let says = |c: &Curve<'_>| {
        let hours = c.hours_above(input.limits.rating, input.step);
        let peak = c.sorted.first().copied().unwrap_or(0.0);
        format!("{}: {} h above rating, peak {}", c.strategy, short(hours), percent(peak))
    };
    curves.iter().map(|c| (Sample::Line(c.look.stroke()), says(c))).collect()
}

/// The curve inside `panel`, whose x counts hours: each value holds for its step. Half a px apart is close enough, for the curve
/// never rises; its first value, the peak, is always there.
fn path(panel: &Panel, curve: &Curve<'_>, step: SimDuration) -> Vec<Point> {
    let hours = step.as_hours();
    let mut out: Vec<Point> = Vec::new();
    for (k, &v) in curve.sorted.iter().enumerate() {
        let (from, to) = (k as f64 * hours, ((k + 1) as f64 * hours).min(panel.x.domain.1));
        if from >= panel.x.domain.1 {
            break;
        }
        let y = panel.y.at(v * 100.0);
        let (x0, x1) = (panel.x.at(from), panel.x.at(to));
        let last_step = k + 1 == curve.sorted.len() || to >= panel.x.domain.1;
        if last_step || out.last().is_none_or(|p| x1 - p.0 >= 0.5) {
            // Where steps are wide the curve has stairs; else its points are joined.
            if out.is_empty() || x1 - x0 > 3.0 {
                out.push((x0, y));
            }
            out.push((x1, y));
        }
    }
    out
}

/// Shades the hours of the right panel in the left one and leads the eye across.
fn mark_zoom(fig: &mut Figure, style: &Style, whole: &Panel, worst: &Panel, zoom: f64) {
    let x1 = whole.x.at(zoom);
    fig.rect(Rect::new((whole.area.x0, whole.area.y0), (x1, whole.area.y1)), style.faint, 0.12);
    fig.rect(worst.area, style.faint, 0.06);
    let label = Text::new((x1 + 6.0, whole.area.y0 + style.small_px + 2.0), "enlarged at the right", style.small_px, style.faint);
    fig.text(label);
}

/// A dot where a curve falls to the rating, on a line down to its hours.
fn mark_overload(fig: &mut Figure, style: &Style, panel: &Panel, curves: &[Curve<'_>], input: &LoadDuration<'_>) {
    for curve in curves {
        let hours = curve.hours_above(input.limits.rating, input.step);
        if hours > 0.0 {
            let at = panel.at(hours, input.limits.rating * 100.0);
            let drop = Stroke { colour: curve.look.colour, width: 0.9, dash: &[2.0, 3.0] };
            fig.line(vec![at, (at.0, panel.area.y1)], drop);
            fig.disc(at, 4.2, curve.look.colour);
            fig.disc(at, 2.0, style.background);
        }
    }
}
