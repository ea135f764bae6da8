//! Paints a [`Figure`] with plotters: SVG always, PNG behind the feature `png`.
//!
//! plotters' coordinates are whole numbers, so the SVG is drawn in tenths of a pixel and its `viewBox` scales it back. plotters
//! writes one element a line; a dashed line would be hundreds of them, so neighbours that differ in their points only are
//! joined into one `<path>` afterwards ([`join_lines`]).

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::figure::{Align, Figure, Mark, Point, Stroke, Text};
use super::style::Colour;

/// Units of the SVG's inner coordinates per px.
const UNITS: f64 = 10.0;

/// plotters' font sizes are 1.24 times the size in em (its SVG back end divides by it).
const PLOTTERS_EM: f64 = 1.24;

impl Figure {
    /// The chart as a whole SVG document. Equal figures give equal bytes.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut raw = String::new();
        let size = ((self.width * UNITS).round() as u32, (self.height * UNITS).round() as u32);
        {
            // The SVG back end centres a text on half its x-height, about 0.265 em above the baseline.
            let canvas = Canvas { figure: self, units: UNITS, middle: 0.265, anchor: VPos::Center, joins_round: true };
            canvas.paint(&SVGBackend::with_string(&mut raw, size).into_drawing_area()).expect("writing into memory cannot fail");
        }
        let head = format!("<svg width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\"", size.0, size.1, size.0, size.1);
        let body = raw.strip_prefix(&head).expect("the back end begins with the size");
        let (attributes, body) = body.split_once(">\n").expect("the root element ends its line");
        let (w, h) = self.size_px();
        format!(
            "<svg width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {} {}\"{attributes} role=\"img\" stroke-linejoin=\"round\">\n<title>{}</title>\n{}",
            size.0,
            size.1,
            quick_xml::escape::escape(self.title.as_str()),
            join_lines(body)
        )
    }

    /// Writes the chart as PNG, two pixels a px, with the embedded font.
    ///
    /// # Errors
    /// The file cannot be written.
    #[cfg(feature = "png")]
    pub fn write_png(&self, path: &std::path::Path) -> Result<(), PngError> {
        const SCALE: f64 = 2.0;
        register_fonts(self.font_family);
        let size = ((self.width * SCALE).round() as u32, (self.height * SCALE).round() as u32);
        // The bitmap back end sets the baseline half a font size below the top of a text.
        let canvas = Canvas { figure: self, units: SCALE, middle: PLOTTERS_EM / 2.0, anchor: VPos::Top, joins_round: false };
        let failed = |reason: String| PngError { path: path.to_owned(), reason };
        let area = BitMapBackend::new(path, size).into_drawing_area();
        canvas.paint(&area).map_err(|e| failed(e.to_string()))?;
        area.present().map_err(|e| failed(e.to_string()))
    }
}

/// A chart could not be written as PNG.
#[cfg(feature = "png")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot write the chart {}: {reason}", path.display())]
pub struct PngError {
    /// File that was to be written.
    pub path: std::path::PathBuf,
    /// What the encoder or the file system said.
    pub reason: String,
}

#[cfg(feature = "png")]
fn register_fonts(family: &str) {
    let fonts: [(FontStyle, &'static [u8]); 2] = [
        (FontStyle::Normal, include_bytes!("font/Roboto-Regular-subset.ttf")),
        (FontStyle::Bold, include_bytes!("font/Roboto-Bold-subset.ttf")),
    ];
    for (style, bytes) in fonts {
        assert!(plotters::style::register_font(family, style, bytes).is_ok(), "the embedded font is whole");
    }
}

/// How a figure's px become a back end's units.
struct Canvas<'a> {
    figure: &'a Figure,
    units: f64,
    /// Height of a text's anchor over its baseline, em.
    middle: f64,
    anchor: VPos,
    /// Whether the back end rounds the corners of lines. The bitmap one draws them out to spikes, which would look like peaks.
    joins_round: bool,
}

type Failure<DB> = DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>;

impl Canvas<'_> {
    fn paint<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Result<(), Failure<DB>> {
        area.fill(&rgb(self.figure.background))?;
        for mark in &self.figure.marks {
            match mark {
                Mark::Line { points, stroke } => {
                    for dash in dashes(points, stroke.dash) {
                        self.line(area, &dash, stroke)?;
                    }
                }
                Mark::Area { points, fill, opacity } => area.draw(&Polygon::new(self.points(points), rgb(*fill).mix(*opacity)))?,
                Mark::Disc { centre, radius, fill } => {
                    area.draw(&Circle::new(self.point(*centre), self.length(*radius), rgb(*fill).filled()))?;
                }
                Mark::Ring { centre, radius, stroke } => {
                    area.draw(&Circle::new(self.point(*centre), self.length(*radius), self.stroke(stroke)))?;
                }
                Mark::Text(text) => self.text(area, text)?,
            }
        }
        Ok(())
    }

    fn line<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, points: &[Point], stroke: &Stroke) -> Result<(), Failure<DB>> {
        let (points, style) = (self.points(points), self.stroke(stroke));
        if self.joins_round {
            return area.draw(&PathElement::new(points, style));
        }
        for pair in points.windows(2) {
            area.draw(&PathElement::new(pair.to_vec(), style))?;
        }
        for &corner in points.iter().skip(1).rev().skip(1).filter(|_| style.stroke_width > 2) {
            area.draw(&Circle::new(corner, style.stroke_width / 2, style.filled()))?;
        }
        Ok(())
    }

    fn text<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, text: &Text) -> Result<(), Failure<DB>> {
        let horizontal = match text.align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let weight = if text.bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = text.size * self.units * PLOTTERS_EM;
        let style = FontDesc::new(FontFamily::from(self.figure.font_family), size, weight)
            .color(&rgb(text.colour))
            .pos(Pos::new(horizontal, self.anchor));
        let at = self.point((text.at.0, text.at.1 - self.middle * text.size));
        area.draw(&plotters::element::Text::new(text.text.as_str(), at, style))
    }

    fn point(&self, (x, y): Point) -> (i32, i32) {
        ((x * self.units).round() as i32, (y * self.units).round() as i32)
    }

    fn points(&self, points: &[Point]) -> Vec<(i32, i32)> {
        let mut out: Vec<_> = points.iter().map(|&p| self.point(p)).collect();
        out.dedup();
        out
    }

    fn length(&self, px: f64) -> u32 {
        ((px * self.units).round() as u32).max(1)
    }

    fn stroke(&self, stroke: &Stroke) -> ShapeStyle {
        rgb(stroke.colour).stroke_width(self.length(stroke.width))
    }
}

fn rgb(c: Colour) -> RGBColor {
    RGBColor(c.0, c.1, c.2)
}

/// Cuts a line into the dashes of `pattern` (dash, gap, dash, gap … px); the pattern runs on around corners.
fn dashes(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    if pattern.is_empty() {
        return vec![points.to_vec()];
    }
    let mut out = Vec::new();
    let mut dash = vec![points[0]];
    let (mut slot, mut left) = (0, pattern[0]);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = (dx * dx + dy * dy).sqrt();
            if length < left {
                left -= length;
                if slot % 2 == 0 {
                    dash.push(to);
                }
                break;
            }
            let share = left / length;
            from = (from.0 + share * dx, from.1 + share * dy);
            if slot % 2 == 0 {
                dash.push(from);
                out.push(std::mem::take(&mut dash));
            } else {
                dash = vec![from];
            }
            slot = (slot + 1) % pattern.len();
            left = pattern[slot];
        }
    }
    if dash.len() > 1 {
        out.push(dash);
    }
    out
}

/// Joins runs of polylines that differ in their points only into one path, leaves everything else as it is.
fn join_lines(svg: &str) -> String {
    const START: &str = "<polyline fill=\"none\" ";
    let mut out = String::with_capacity(svg.len());
    let mut open: Option<&str> = None;
    for line in svg.lines() {
        let polyline = line.strip_prefix(START).and_then(|l| l.strip_suffix(" \"/>")).and_then(|l| l.split_once("points=\""));
        let attributes = polyline.map(|(attributes, _)| attributes);
        if open.is_some() && open != attributes {
            out.push_str("\"/>\n");
        }
        match polyline {
            Some((attributes, points)) => {
                if open != Some(attributes) {
                    out.push_str("<path fill=\"none\" ");
                    out.push_str(attributes);
                    out.push_str("d=\"");
                }
                out.push('M');
                out.push_str(points);
            }
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
        open = attributes;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_add_up_and_turn_corners() {
        let cut = dashes(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], &[6.0, 2.0]);
        assert_eq!(cut, vec![vec![(0.0, 0.0), (6.0, 0.0)], vec![(8.0, 0.0), (10.0, 0.0), (10.0, 4.0)], vec![(10.0, 6.0), (10.0, 10.0)]]);
    }

    #[test]
    fn only_neighbours_of_one_look_are_joined() {
        let raw = "<polyline fill=\"none\" stroke=\"a\" points=\"1,2 3,4 \"/>\n<polyline fill=\"none\" stroke=\"a\" points=\"5,6 7,8 \"/>\n\
                   <polyline fill=\"none\" stroke=\"b\" points=\"1,2 3,4 \"/>\n</svg>\n";
        let joined =
            "<path fill=\"none\" stroke=\"a\" d=\"M1,2 3,4M5,6 7,8\"/>\n<path fill=\"none\" stroke=\"b\" d=\"M1,2 3,4\"/>\n</svg>\n";
        assert_eq!(join_lines(raw), joined);
    }
}
