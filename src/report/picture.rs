//! Drawings inside the page.
//!
//! Charts of a run are SVG of the light style. They are read and written anew: only elements and attributes that draw are kept,
//! so a file that was tampered with cannot act, and each colour becomes a variable whose dark value is the dark style's.
//! A drawing we did not make goes in as an image, which no browser lets act either.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::chart::{Colour, Style};

use super::html::escape;

const ELEMENTS: [&str; 11] = ["svg", "g", "title", "text", "path", "line", "rect", "circle", "ellipse", "polyline", "polygon"];
const ATTRIBUTES: [&str; 35] = [
    "viewBox",
    "xmlns",
    "role",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "dx",
    "dy",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "width",
    "height",
    "d",
    "points",
    "transform",
    "fill",
    "stroke",
    "stroke-width",
    "stroke-linejoin",
    "stroke-linecap",
    "stroke-dasharray",
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "font-size",
    "font-weight",
    "font-family",
    "text-anchor",
    "font-style",
];

/// A chart's markup with variables for colours, which are noted in `colours`. Nothing when it is not well-formed SVG.
pub(super) fn inline(svg: &str, colours: &mut BTreeSet<String>) -> Option<String> {
    let mut reader = Reader::from_str(svg);
    let mut out = String::with_capacity(svg.len());
    // Depth of an element that is left out with all it holds.
    let mut skipping = 0usize;
    loop {
        match reader.read_event().ok()? {
            Event::Start(e) if skipping > 0 || !known(&e) => skipping += 1,
            Event::End(_) if skipping > 0 => skipping -= 1,
            Event::Start(e) => open(&e, &mut out, colours, ">")?,
            Event::Empty(e) if skipping == 0 && known(&e) => open(&e, &mut out, colours, "/>")?,
            Event::End(e) => {
                out.push_str("</");
                out.push_str(e.name().as_ref());
                out.push('>');
            }
            Event::Text(t) if skipping == 0 => out.push_str(&escape(t.trim_matches('\n'))),
            Event::GeneralRef(r) if skipping == 0 => {
                let text = match r.resolve_char_ref().ok()? {
                    Some(c) => c.to_string(),
                    None => quick_xml::escape::resolve_xml_entity(&r)?.to_owned(),
                };
                out.push_str(&escape(&text));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    out.starts_with("<svg").then_some(out)
}

fn known(e: &BytesStart<'_>) -> bool {
    ELEMENTS.contains(&e.name().as_ref())
}

fn open(e: &BytesStart<'_>, out: &mut String, colours: &mut BTreeSet<String>, end: &str) -> Option<()> {
    out.push('<');
    out.push_str(e.name().as_ref());
    for attribute in e.attributes() {
        let attribute = attribute.ok()?;
        let name: &str = attribute.key.as_ref();
        let value = quick_xml::escape::unescape(&attribute.value).ok()?;
        // An opacity of 1 is what there is without it.
        let keep = ATTRIBUTES.contains(&name) && (name, &*value) != ("opacity", "1") && !value.contains("url(");
        if keep {
            out.push_str(&format!(" {name}=\"{}\"", escape(&variable(name, &value, colours))));
        }
    }
    out.push_str(end);
    Some(())
}

/// A colour as `var(--cRRGGBB)`, long decimals as short ones; everything else as it is.
fn variable(name: &str, value: &str, colours: &mut BTreeSet<String>) -> String {
    if let Some(hex) = value.strip_prefix('#').filter(|h| h.len() == 6 && h.chars().all(|c| c.is_ascii_hexdigit())) {
        let hex = hex.to_ascii_lowercase();
        let variable = format!("var(--c{hex})");
        colours.insert(hex);
        return variable;
    }
    match value.parse::<f64>() {
        Ok(x) if name == "font-size" => format!("{}", (x * 100.0).round() / 100.0),
        _ => value.to_owned(),
    }
}

/// CSS that gives each colour variable its value on light and on dark pages.
pub(super) fn colour_rules(colours: &BTreeSet<String>) -> String {
    let pairs = pairs();
    let rule = |hex: &String| {
        let [_, r, g, b] = u32::from_str_radix(hex, 16).unwrap_or(0).to_be_bytes();
        let distance = |c: &Colour| {
            let d = |x: u8, y: u8| (i32::from(x) - i32::from(y)).pow(2);
            d(c.0, r) + d(c.1, g) + d(c.2, b)
        };
        let dark = pairs.iter().min_by_key(|(light, _)| distance(light)).map_or(Colour(r, g, b), |(_, dark)| *dark);
        format!("--c{hex}:light-dark(#{hex},{});", dark.hex())
    };
    format!(":root{{{}}}\n", colours.iter().map(rule).collect::<String>())
}

/// Colours of the light style beside those of the dark one; continuous scales in steps, nearest wins.
fn pairs() -> Vec<(Colour, Colour)> {
    let (l, d) = (Style::light(), Style::dark());
    let single = |s: &Style| [s.background, s.ink, s.faint, s.grid, s.alert, s.orange];
    let mut pairs: Vec<(Colour, Colour)> = single(&l).into_iter().zip(single(&d)).collect();
    pairs.extend(l.strategies.into_iter().zip(d.strategies));
    pairs.extend(l.categories.into_iter().zip(d.categories));
    pairs.extend(l.components.into_iter().zip(d.components));
    pairs.extend((0..=200).map(|k| (l.loading_colour(f64::from(k) * 0.01, 2.0), d.loading_colour(f64::from(k) * 0.01, 2.0))));
    // Text is mixed towards the page here and there.
    pairs.extend((1..8).map(|k| f64::from(k) / 8.0).map(|s| (l.ink.towards(l.background, s), d.ink.towards(d.background, s))));
    pairs
}

/// A drawing of unknown origin as the address of an image.
pub(super) fn image_address(svg: &[u8]) -> String {
    format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_cannot_act() {
        let hostile = r##"<svg onload="x()" viewBox="0 0 1 1"><script>alert(1)</script><a href="http://e"><text>no</text></a><rect fill="url(#a)" onclick="y()" width="1"/><text x="1" fill="#D55E00">a &lt;b&#62; &amp; c</text></svg>"##;
        let mut colours = BTreeSet::new();
        let kept = inline(hostile, &mut colours).unwrap();
        assert_eq!(kept, r#"<svg viewBox="0 0 1 1"><rect width="1"/><text x="1" fill="var(--cd55e00)">a &lt;b&gt; &amp; c</text></svg>"#);
        assert_eq!(colour_rules(&colours), ":root{--cd55e00:light-dark(#d55e00,#f58237);}\n");
        assert_eq!(inline("<p>text</p>", &mut colours), None);
    }
}
