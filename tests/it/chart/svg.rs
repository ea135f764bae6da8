//! Reads an SVG back as a viewer would: its texts with the room they take, and its lines.

use quick_xml::events::{BytesStart, Event};

/// A text with its box on the page, px.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Label {
    pub(crate) text: String,
    pub(crate) x0: f64,
    pub(crate) y0: f64,
    pub(crate) x1: f64,
    pub(crate) y1: f64,
}

impl Label {
    pub(crate) fn overlaps(&self, o: &Label) -> bool {
        self.x0 < o.x1 && o.x0 < self.x1 && self.y0 < o.y1 && o.y0 < self.y1
    }
}

/// What a document shows.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) title: String,
    pub(crate) labels: Vec<Label>,
    /// Colour of the stroke and points, px.
    pub(crate) lines: Vec<(String, Vec<(f64, f64)>)>,
}

impl Page {
    /// Reads a whole document; panics if it is not well-formed or a number is not one.
    pub(crate) fn read(svg: &str) -> Page {
        let mut reader = quick_xml::Reader::from_str(svg);
        reader.config_mut().check_end_names = true;
        let (mut page, mut open, mut text) = (Page::default(), Vec::new(), String::new());
        let mut units = 1.0;
        loop {
            match reader.read_event().unwrap() {
                Event::Start(e) => {
                    if e.name().as_ref() == "svg" {
                        (page.width, page.height) = (number(&e, "width"), number(&e, "height"));
                        let view: Vec<f64> = attribute(&e, "viewBox").split(' ').map(|v| v.parse().unwrap()).collect();
                        units = view[2] / page.width;
                    }
                    text.clear();
                    open.push(e.into_owned());
                }
                Event::Empty(e) if e.name().as_ref() == "path" || e.name().as_ref() == "polygon" => page.add_lines(&e, units),
                Event::Text(t) => text.push_str(&t),
                Event::GeneralRef(r) => text.push(match &*r {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    "apos" => '\'',
                    other => panic!("unknown entity {other}"),
                }),
                Event::End(e) => {
                    let start = open.pop().expect("an open element");
                    assert_eq!(start.name(), e.name());
                    match e.name().as_ref() {
                        "text" => page.labels.push(label(&start, text.trim(), units)),
                        "title" => page.title = text.trim().to_owned(),
                        _ => {}
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty(), "unclosed elements");
        page
    }

    fn add_lines(&mut self, e: &BytesStart<'_>, units: f64) {
        let (colour, points) = match e.name().as_ref() {
            "path" => (attribute(e, "stroke"), attribute(e, "d")),
            _ => (attribute(e, "fill"), attribute(e, "points")),
        };
        for piece in points.split('M').filter(|p| !p.is_empty()) {
            let point = |p: &str| {
                let (x, y) = p.split_once(',').unwrap();
                (x.parse::<f64>().unwrap() / units, y.parse::<f64>().unwrap() / units)
            };
            self.lines.push((colour.to_lowercase(), piece.split_whitespace().map(point).collect()));
        }
    }

    /// Whether some text holds `part`.
    pub(crate) fn says(&self, part: &str) -> bool {
        self.labels.iter().any(|l| l.text.replace('\u{a0}', " ").contains(part))
    }

    /// The label whose text is `text`.
    pub(crate) fn label(&self, text: &str) -> &Label {
        self.labels.iter().find(|l| l.text.replace('\u{a0}', " ") == text).unwrap_or_else(|| panic!("no label '{text}'"))
    }

    /// Smallest y of lines of `colour` (the highest on the page) below `y`, which leaves the legend out.
    pub(crate) fn top_of(&self, colour: &str, y: f64) -> f64 {
        let lines = self.lines.iter().filter(|l| l.0 == colour && l.1.iter().all(|p| p.1 > y));
        lines.flat_map(|l| &l.1).map(|p| p.1).fold(f64::INFINITY, f64::min)
    }
}

fn attribute(e: &BytesStart<'_>, name: &str) -> String {
    let found = e.try_get_attribute(name).unwrap().unwrap_or_else(|| panic!("no {name} on {e:?}"));
    found.value.into_owned()
}

fn number(e: &BytesStart<'_>, name: &str) -> f64 {
    attribute(e, name).parse().unwrap()
}

/// A box of 0.5 em a character, the mean of a sans-serif font, and as high as its capitals.
fn label(e: &BytesStart<'_>, text: &str, units: f64) -> Label {
    let (size, x, middle) = (number(e, "font-size") / units, number(e, "x") / units, number(e, "y") / units);
    let width = 0.5 * size * text.chars().count() as f64;
    let x0 = match attribute(e, "text-anchor").as_str() {
        "start" => x,
        "middle" => x - width / 2.0,
        "end" => x - width,
        other => panic!("unknown anchor {other}"),
    };
    Label { text: text.to_owned(), x0, x1: x0 + width, y0: middle - 0.46 * size, y1: middle + 0.27 * size }
}
