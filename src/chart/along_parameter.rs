//! Key figures along a parameter: one panel a figure, one line a strategy, a band for the spread over seeds and everything
//! else that varies.

use super::axis::{Panel, Ticks};
use super::figure::{Figure, Point, Rect, Stroke, Text};
use super::legend::{Sample, rows};
use super::style::{Look, Style};

/// What [`along_parameter`] draws.
#[derive(Debug, Clone, PartialEq)]
pub struct AlongParameter<'a> {
    /// What the picture says, in a sentence.
    pub title: &'a str,
    /// What was varied, over what the bands go.
    pub subtitle: &'a str,
    /// Name of the parameter under the x axis.
    pub parameter: &'a str,
    /// One panel a figure, from the top.
    pub panels: &'a [ParameterPanel<'a>],
}

/// A figure along the parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterPanel<'a> {
    /// Name of the figure with its unit.
    pub figure: String,
    /// One line per strategy.
    pub lines: Vec<ParameterLine<'a>>,
    /// Values of the parameter to be marked, with what they mean.
    pub marks: Vec<(f64, String)>,
}

/// A strategy's figure: value of the parameter, mean, low and high end of the band; rising in the parameter. NaN leaves a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterLine<'a> {
    /// Name of the strategy.
    pub strategy: &'a str,
    /// Its points.
    pub points: Vec<[f64; 4]>,
}

const PANEL_PX: f64 = 230.0;

/// Lines with bands over the values of a parameter.
#[must_use]
pub fn along_parameter(input: &AlongParameter<'_>, style: &Style) -> Figure {
    let names = strategies(input);
    let looks = style.looks(&names);
    let height = 96.0 + (PANEL_PX + 32.0) * input.panels.len() as f64 + 16.0;
    let mut fig = Figure::new(style, input.title, 960.0, height);
    let y = fig.header(style, input.subtitle);
    let entries: Vec<(Sample, String)> = names.iter().zip(&looks).map(|(n, l)| (Sample::Line(l.stroke()), (*n).to_owned())).collect();
    let width = fig.width - 32.0;
    let mut y = rows(&mut fig, style, (16.0, y), width, &entries);
    let x_range = range(input.panels.iter().flat_map(|p| &p.lines).flat_map(|l| &l.points).map(|p| p[0]));
    for panel in input.panels {
        let values = panel.lines.iter().flat_map(|l| &l.points).flat_map(|p| p[1..].iter().copied());
        let (low, high) = range(values.chain([0.0]));
        let ticks = Ticks::around(low, high, 5);
        let area = Rect::new((78.0, y + 26.0), (fig.width - 24.0, y + 26.0 + PANEL_PX - 20.0));
        let frame = Panel::new(area, x_range, (ticks.first(), ticks.last()));
        frame.y_axis(&mut fig, style, &ticks);
        frame.x_axis(&mut fig, style, &Ticks::within(x_range.0, x_range.1, 10));
        frame.y_caption(&mut fig, style, &panel.figure);
        draw_marks(&mut fig, style, &frame, &panel.marks);
        for (i, line) in panel.lines.iter().enumerate() {
            let k = names.iter().position(|n| *n == line.strategy).expect("names are those of the lines");
            draw_line(&mut fig, &frame, line, &looks[k], i, panel.lines.len());
        }
        y = area.y1 + 26.0;
    }
    let caption = Text::new((78.0, y + 10.0), input.parameter, style.text_px, style.faint);
    fig.text(caption);
    fig
}

/// Each strategy once, in the order of lines.
fn strategies<'a>(input: &AlongParameter<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for line in input.panels.iter().flat_map(|p| &p.lines) {
        if !names.contains(&line.strategy) {
            names.push(line.strategy);
        }
    }
    names
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low < high { (low, high) } else { (low.min(0.0), low.max(0.0) + 1.0) }
}

fn draw_line(fig: &mut Figure, panel: &Panel, line: &ParameterLine<'_>, look: &Look, i: usize, n: usize) {
    for stretch in line.points.split(|p| p[1].is_nan()) {
        let upper = stretch.iter().map(|p| panel.at(p[0], p[3]));
        let lower = stretch.iter().rev().map(|p| panel.at(p[0], p[2]));
        let band: Vec<Point> = upper.chain(lower).filter(|p| p.1.is_finite()).collect();
        fig.area(band, look.colour, 0.14);
        let points: Vec<Point> = stretch.iter().map(|p| panel.at(p[0], p[1])).collect();
        if stretch.len() <= 24 {
            points.iter().for_each(|p| fig.disc(*p, 2.4, look.colour));
        }
        fig.line(points, look.nested(i, n));
    }
}

fn draw_marks(fig: &mut Figure, style: &Style, panel: &Panel, marks: &[(f64, String)]) {
    for (k, (x, says)) in marks.iter().enumerate() {
        let at = panel.x.at(*x);
        fig.line(vec![(at, panel.area.y0), (at, panel.area.y1)], Stroke { colour: style.ink, width: 0.9, dash: &[2.0, 3.0] });
        let label = Text::new((at + 5.0, panel.area.y0 + 12.0 + 13.0 * k as f64), says.clone(), style.small_px, style.ink);
        // A label that would leave the page stands on the other side of its line.
        let fits = label.bounds().x1 < panel.area.x1;
        fig.text(if fits { label } else { Text { at: (at - 5.0, label.at.1), ..label }.align(super::figure::Align::Right) });
    }
}
