//! Symbols of the feeder map and the key that explains them.

use super::axis::{Ticks, round_up};
use super::feeder::FeederMap;
use super::feeder_nodes::Nodes;
use super::figure::{Align, Figure, Point, Rect, Stroke, Text};
use super::style::{Colour, Style};
use super::text::{self, number};

/// What a connection's symbol looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// Of the aggregator in this row of the key.
    Aggregator(usize),
    /// Of no aggregator.
    Nobody,
}

impl Symbol {
    /// The symbol of a row; the one after the `aggregators` is nobody's.
    pub(crate) fn of(row: usize, aggregators: usize) -> Symbol {
        if row < aggregators { Symbol::Aggregator(row) } else { Symbol::Nobody }
    }
}

/// What loading and power are drawn against; drawings that are compared share it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scale {
    worst_loading: f64,
    largest_w: f64,
}

impl Scale {
    /// As far as one map reaches.
    pub(crate) fn of(input: &FeederMap<'_>, nodes: &Nodes) -> Scale {
        let peaks = nodes.folded_w.as_deref().unwrap_or(input.peak_power_w);
        Scale {
            worst_loading: input.worst_loading.iter().copied().fold(0.0, f64::max),
            largest_w: peaks.iter().map(|p| p.abs()).fold(0.0, f64::max),
        }
    }

    /// As far as either of two maps reaches.
    pub(crate) fn both(self, other: Scale) -> Scale {
        Scale { worst_loading: self.worst_loading.max(other.worst_loading), largest_w: self.largest_w.max(other.largest_w) }
    }
}

/// The scale ends here; what is beyond has its last colour.
const MOST_LOADING: f64 = 100.0;

/// What the key explains, and the scales of the map.
pub(crate) struct MapKey<'a> {
    /// Names in order.
    pub(crate) aggregators: Vec<&'a str>,
    /// Upper end of the loading scale.
    pub(crate) top: f64,
    largest_w: f64,
    largest_radius: f64,
    unassigned: bool,
    /// Whether discs stand for what is folded into a bus.
    folded: bool,
    transformers: bool,
    outside: usize,
}

impl<'a> MapKey<'a> {
    pub(crate) fn new(input: &FeederMap<'a>, nodes: &Nodes, scale: Scale) -> MapKey<'a> {
        let mut aggregators: Vec<&str> = input.aggregator.iter().flatten().copied().collect();
        aggregators.sort_unstable();
        aggregators.dedup();
        let outside = |(u, b): &(&(f64, f64), &crate::grid::Bus)| u.0 < b.u_min_pu || u.1 > b.u_max_pu;
        MapKey {
            aggregators,
            top: ((scale.worst_loading * 2.0).ceil() / 2.0).clamp(1.5, MOST_LOADING),
            largest_w: scale.largest_w,
            largest_radius: 10.0,
            folded: nodes.folded_w.is_some(),
            unassigned: input.aggregator.iter().any(Option::is_none),
            transformers: !input.grid.transformers.is_empty(),
            outside: input.voltage_pu.iter().zip(&input.grid.buses).filter(outside).count(),
        }
    }

    /// Makes symbols as large as the closeness of the buses allows: 0.4 of the distance that nine in ten keep.
    pub(crate) fn fit_symbols(&mut self, at: &[Point]) {
        let nearest = |i: usize| {
            let others = at.iter().enumerate().filter(|&(j, _)| j != i);
            others.map(|(_, p)| (p.0 - at[i].0) * (p.0 - at[i].0) + (p.1 - at[i].1) * (p.1 - at[i].1)).fold(f64::INFINITY, f64::min)
        };
        let mut distances: Vec<f64> = (0..at.len()).map(|i| nearest(i).sqrt()).collect();
        distances.sort_by(f64::total_cmp);
        let usual = distances.get(at.len() / 10).copied().unwrap_or(f64::INFINITY);
        self.largest_radius = (0.4 * usual).clamp(4.0, 11.0);
    }

    /// Row of an aggregator; the last is nobody's.
    pub(crate) fn row(&self, aggregator: Option<&str>) -> usize {
        aggregator.and_then(|a| self.aggregators.binary_search(&a).ok()).unwrap_or(self.aggregators.len())
    }

    /// Radius of a peak power, px: area in proportion, but never invisible.
    pub(crate) fn radius(&self, peak_w: f64) -> f64 {
        (self.largest_radius * (peak_w / self.largest_w).sqrt()).clamp(2.4, 1.5 * self.largest_radius)
    }

    pub(crate) fn ring_radius(&self) -> f64 {
        (self.largest_radius + 1.5).max(6.0)
    }

    pub(crate) fn line_width(&self) -> f64 {
        if self.largest_radius < 6.0 { 1.8 } else { 2.6 }
    }
}

/// A filled symbol with a thin edge of the page's colour; shapes differ, so colour is not needed to tell them apart.
pub(crate) fn draw_symbol(fig: &mut Figure, style: &Style, symbol: Symbol, at: Point, radius: f64) {
    let Symbol::Aggregator(row) = symbol else {
        fig.disc(at, radius, style.background);
        fig.ring(at, radius - 0.5, Stroke::solid(style.faint, 1.2));
        return;
    };
    let colour = style.categories[row % style.categories.len()];
    // Corners, where the first one points (turns from the right), and a radius that gives all shapes like areas.
    let (corners, turn, size) = [(0, 0.0, 1.0), (4, 0.125, 1.2), (3, 0.75, 1.35), (4, 0.0, 1.2), (5, 0.75, 1.1), (3, 0.25, 1.35)][row % 6];
    if corners == 0 {
        fig.disc(at, radius, colour);
        fig.ring(at, radius, Stroke::solid(style.background, 0.7));
        return;
    }
    let corner = |k: usize| {
        let (sin, cos) = libm::sincos(2.0 * std::f64::consts::PI * (turn + k as f64 / f64::from(corners)));
        (at.0 + size * radius * cos, at.1 + size * radius * sin)
    };
    let mut points: Vec<Point> = (0..corners as usize).map(corner).collect();
    fig.area(points.clone(), colour, 1.0);
    points.push(points[0]);
    fig.line(points, Stroke::solid(style.background, 0.7));
}

/// All that hangs on a bus: a disc in the colour of its highest loading, with a second edge if that is overload.
pub(crate) fn folded(fig: &mut Figure, style: &Style, at: Point, radius: f64, colour: Colour, overload: bool) {
    fig.disc(at, radius + 0.7, style.background);
    fig.disc(at, radius, colour);
    if overload {
        fig.ring(at, radius + 1.6, Stroke::solid(colour, 1.0));
    }
}

/// Two interlocked rings (IEC 60617), along the direction `(ux, uy)` of length 1.
pub(crate) fn transformer(fig: &mut Figure, style: &Style, at: Point, (ux, uy): Point, colour: Colour) {
    let centre = |along: f64| (at.0 + along * ux, at.1 + along * uy);
    for along in [-5.5, 5.5] {
        fig.disc(centre(along), 9.5, style.background);
    }
    for along in [-5.5, 5.5] {
        fig.ring(centre(along), 9.0, Stroke::solid(colour, 2.6));
    }
}

/// A crossed square: the grid beyond the feeder.
pub(crate) fn source(fig: &mut Figure, style: &Style, at: Point) {
    let r = Rect::new(at, at).grown(7.5);
    fig.rect(r, style.background, 1.0);
    fig.line(vec![(r.x0, r.y0), (r.x1, r.y1)], Stroke::solid(style.ink, 1.3));
    fig.line(vec![(r.x0, r.y1), (r.x1, r.y0)], Stroke::solid(style.ink, 1.3));
    fig.frame(r, Stroke::solid(style.ink, 1.8));
}

/// Draws the key from `at` (top left) downwards; returns the y below it.
pub(crate) fn draw_key(fig: &mut Figure, style: &Style, key: &MapKey<'_>, at: Point) -> f64 {
    let (x, mut y) = at;
    let heading = |fig: &mut Figure, y: f64, text: &str| fig.text(Text::new((x, y), text, style.text_px, style.ink).bold());
    heading(fig, y + 10.0, "Highest loading, %");
    draw_scale(fig, style, key, (x, y + 22.0));
    y += 22.0 + SCALE + 32.0;
    if key.largest_w > 0.0 {
        heading(fig, y, if key.folded { "Peaks together" } else { "Peak power" });
        draw_sizes(fig, style, key, (x, y + 22.0));
        y += 74.0;
    }
    let name = |fig: &mut Figure, y: f64, text: &str| {
        let text = text::fit(text, style.text_px, false, 136.0);
        fig.text(Text::new((x + 34.0, y + 0.36 * style.text_px), text, style.text_px, style.ink));
    };
    if key.folded && key.largest_w > 0.0 {
        heading(fig, y, "Behind a bus");
        for (loading, label) in [(0.5, "highest loading"), (1.0 + 0.6 * (key.top - 1.0), "overload inside")] {
            y += 19.0;
            folded(fig, style, (x + 12.0, y - 2.0), 6.0, style.loading_colour(loading, key.top), loading > 1.0);
            name(fig, y - 2.0, label);
        }
        y += 33.0;
    } else if key.largest_w > 0.0 {
        heading(fig, y, "Connections");
        y += 17.0;
        let rows = key.aggregators.len();
        for (row, agr) in key.aggregators.iter().copied().chain(key.unassigned.then_some("no aggregator")).enumerate() {
            draw_symbol(fig, style, Symbol::of(row, rows), (x + 12.0, y), 6.0);
            name(fig, y, agr);
            y += 19.0;
        }
        y += 16.0;
    }
    heading(fig, y, "Grid");
    y += 19.0;
    source(fig, style, (x + 12.0, y));
    name(fig, y, "source");
    if key.transformers {
        y += 22.0;
        transformer(fig, style, (x + 13.0, y), (1.0, 0.0), style.ink);
        name(fig, y, "transformer");
    }
    if key.outside > 0 {
        y += 23.0;
        fig.ring((x + 12.0, y), 6.5, Stroke::solid(style.alert, 1.8));
        name(fig, y, &format!("outside band: {}", key.outside));
    }
    y + 12.0
}

const SCALE: f64 = 130.0;

fn draw_scale(fig: &mut Figure, style: &Style, key: &MapKey<'_>, (x, y): Point) {
    // Slices of a 24th, so that one ends at the rating.
    const PER_UNIT: f64 = 24.0;
    let at = |loading: f64| y + SCALE * (1.0 - loading / key.top);
    for k in 0..(key.top * PER_UNIT) as usize {
        let (from, to) = (k as f64 / PER_UNIT, (k + 1) as f64 / PER_UNIT);
        // The width tells overload from normal loading without colour, as on the map.
        let width = if to > 1.0 { 20.0 } else { 10.0 };
        let colour = style.loading_colour((from + to) / 2.0, key.top);
        // Each slice reaches a little over the one below, or a hairline would show between them.
        let under = if from == 0.0 || from == 1.0 { 0.0 } else { 0.8 };
        fig.rect(Rect::new((x + 15.0 - width / 2.0, at(to)), (x + 15.0 + width / 2.0, at(from) + under)), colour, 1.0);
    }
    let ticks = Ticks::within(0.0, 100.0 * key.top, 6);
    for &per_cent in &ticks.values {
        let y = at(per_cent / 100.0);
        fig.line(vec![(x + 27.0, y), (x + 32.0, y)], Stroke::solid(style.faint, 1.0));
        fig.text(Text::new((x + 37.0, y + 0.36 * style.text_px), ticks.label(per_cent), style.text_px, style.ink));
    }
    let rating = Text::new((x + 66.0, at(1.0) + 0.36 * style.text_px), "rating", style.text_px, style.alert);
    fig.text(rating);
    fig.line(vec![(x + 3.0, at(1.0)), (x + 27.0, at(1.0))], Stroke::solid(style.alert, 1.2));
}

/// Three circles: about the largest peak, a quarter and a sixteenth of it, in round numbers.
fn draw_sizes(fig: &mut Figure, style: &Style, key: &MapKey<'_>, (mut x, y): Point) {
    let (unit, w) = if key.largest_w >= 2e6 { ("MW", 1e6) } else { ("kW", 1e3) };
    for share in [1.0, 0.25, 0.0625] {
        let peak = round_up(key.largest_w * share / w * 0.75);
        fig.disc((x + 12.0, y), key.radius(peak * w), style.faint);
        let decimals = if peak < 0.1 { 2 } else { usize::from(peak < 1.0 || peak == 2.5) };
        let label = format!("{} {unit}", number(peak, decimals));
        fig.text(Text::new((x + 12.0, y + 28.0), label, style.small_px, style.ink).align(Align::Centre));
        x += 56.0;
    }
}
