//! A finished drawing: marks in pixels on a page, y downwards, in the order they are painted.
//!
//! Charts only compute marks; [`render`](super::render) paints them with plotters. What is drawn is therefore plain data,
//! the same for SVG and PNG, in light and dark.

use super::style::{Colour, Style};
use super::text;

/// Position on the page, px.
pub(crate) type Point = (f64, f64);

/// An upright rectangle on the page, px; `x0 ≤ x1`, `y0 ≤ y1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x0: f64,
    pub(crate) y0: f64,
    pub(crate) x1: f64,
    pub(crate) y1: f64,
}

impl Rect {
    /// Through two opposite corners, in any order.
    pub(crate) fn new(a: Point, b: Point) -> Rect {
        Rect { x0: a.0.min(b.0), y0: a.1.min(b.1), x1: a.0.max(b.0), y1: a.1.max(b.1) }
    }

    pub(crate) fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    pub(crate) fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    pub(crate) fn overlaps(&self, o: &Rect) -> bool {
        self.x0 < o.x1 && o.x0 < self.x1 && self.y0 < o.y1 && o.y0 < self.y1
    }

    pub(crate) fn contains(&self, o: &Rect) -> bool {
        self.x0 <= o.x0 && self.y0 <= o.y0 && self.x1 >= o.x1 && self.y1 >= o.y1
    }

    /// Whether the straight line from `a` to `b` runs through it.
    pub(crate) fn is_crossed_by(&self, a: Point, b: Point) -> bool {
        // The part of the line, from 0 at a to 1 at b, that lies between each pair of opposite sides.
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (start, end, lo, hi) in [(a.0, b.0, self.x0, self.x1), (a.1, b.1, self.y0, self.y1)] {
            let way = end - start;
            if way == 0.0 {
                if start <= lo || start >= hi {
                    return false;
                }
                continue;
            }
            let (enter, leave) = ((lo - start) / way, (hi - start) / way);
            from = from.max(enter.min(leave));
            to = to.min(enter.max(leave));
        }
        from < to
    }

    pub(crate) fn grown(&self, by: f64) -> Rect {
        Rect { x0: self.x0 - by, y0: self.y0 - by, x1: self.x1 + by, y1: self.y1 + by }
    }

    fn corners(&self) -> Vec<Point> {
        vec![(self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1)]
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) colour: Colour,
    pub(crate) width: f64,
    pub(crate) dash: &'static [f64],
}

impl Stroke {
    pub(crate) fn solid(colour: Colour, width: f64) -> Stroke {
        Stroke { colour, width, dash: &[] }
    }
}

/// Which end of a text stands at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// One line of text; `at` is on its baseline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) at: Point,
    pub(crate) text: String,
    pub(crate) size: f64,
    pub(crate) colour: Colour,
    pub(crate) bold: bool,
    pub(crate) align: Align,
}

impl Text {
    pub(crate) fn new(at: Point, text: impl Into<String>, size: f64, colour: Colour) -> Text {
        Text { at, text: text.into(), size, colour, bold: false, align: Align::Left }
    }

    pub(crate) fn bold(self) -> Text {
        Text { bold: true, ..self }
    }

    pub(crate) fn align(self, align: Align) -> Text {
        Text { align, ..self }
    }

    pub(crate) fn width(&self) -> f64 {
        text::width(&self.text, self.size, self.bold)
    }

    /// The space it takes on the page, from ascender to descender.
    pub(crate) fn bounds(&self) -> Rect {
        let w = self.width();
        let x0 = match self.align {
            Align::Left => self.at.0,
            Align::Centre => self.at.0 - w / 2.0,
            Align::Right => self.at.0 - w,
        };
        Rect { x0, x1: x0 + w, y0: self.at.1 - 0.78 * self.size, y1: self.at.1 + 0.22 * self.size }
    }
}

/// One thing that is painted. Areas are filled, opacity from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    Line { points: Vec<Point>, stroke: Stroke },
    Area { points: Vec<Point>, fill: Colour, opacity: f64 },
    Disc { centre: Point, radius: f64, fill: Colour },
    Ring { centre: Point, radius: f64, stroke: Stroke },
    Text(Text),
}

/// A finished chart; [`Figure::svg`] gives its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub(crate) title: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) background: Colour,
    pub(crate) font_family: &'static str,
    pub(crate) marks: Vec<Mark>,
}

impl Figure {
    pub(crate) fn new(style: &Style, title: impl Into<String>, width: f64, height: f64) -> Figure {
        let (background, font_family) = (style.background, style.font_family);
        Figure { title: title.into(), width, height, background, font_family, marks: Vec::new() }
    }

    /// What the chart says in one sentence; also the accessible name of the SVG.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Width and height, px.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        (self.width.round() as u32, self.height.round() as u32)
    }

    pub(crate) fn line(&mut self, points: Vec<Point>, stroke: Stroke) {
        if points.len() > 1 {
            self.marks.push(Mark::Line { points, stroke });
        }
    }

    pub(crate) fn area(&mut self, points: Vec<Point>, fill: Colour, opacity: f64) {
        if points.len() > 2 {
            self.marks.push(Mark::Area { points, fill, opacity });
        }
    }

    pub(crate) fn rect(&mut self, rect: Rect, fill: Colour, opacity: f64) {
        self.area(rect.corners(), fill, opacity);
    }

    pub(crate) fn frame(&mut self, rect: Rect, stroke: Stroke) {
        let mut points = rect.corners();
        points.push(points[0]);
        self.line(points, stroke);
    }

    pub(crate) fn disc(&mut self, centre: Point, radius: f64, fill: Colour) {
        self.marks.push(Mark::Disc { centre, radius, fill });
    }

    pub(crate) fn ring(&mut self, centre: Point, radius: f64, stroke: Stroke) {
        self.marks.push(Mark::Ring { centre, radius, stroke });
    }

    pub(crate) fn text(&mut self, text: Text) {
        self.marks.push(Mark::Text(text));
    }

    /// Title and subtitle at the top left, wrapped to the page; the y below them.
    pub(crate) fn header(&mut self, style: &Style, subtitle: &str) -> f64 {
        const LEFT: f64 = 16.0;
        let width = self.width - 2.0 * LEFT;
        let mut y = 10.0;
        for line in text::wrap(&self.title, style.title_px, true, width) {
            y += style.title_px * 1.25;
            self.text(Text::new((LEFT, y), line, style.title_px, style.ink).bold());
        }
        y += 3.0;
        for line in text::wrap(subtitle, style.text_px, false, width) {
            y += style.text_px * 1.35;
            self.text(Text::new((LEFT, y), line, style.text_px, style.faint));
        }
        y + 10.0
    }
}
