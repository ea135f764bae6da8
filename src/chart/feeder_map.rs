//! The feeder as a graph: how loaded each branch gets, where the voltage leaves its band, who is connected where.
//!
//! Colour runs from pale to dark blue up to the rating, then from orange to dark red; an overloaded branch is also twice as wide
//! and the worst are named. Connections of one aggregator at one bus are one symbol, its area in proportion to their peak
//! power. Names take the first free place around what they name and are left out where there is none.
//!
//! Of a large feeder only the buses that carry the most are drawn ([`super::feeder_fold`]); what is folded into one of them is a
//! disc in the colour of the highest loading inside, its area in proportion to the connections' peaks together. Work and size of
//! the drawing are thus bounded, however large the feeder.

use super::feeder::FeederMap;
use super::feeder_fold::Fold;
use super::feeder_key::{self, MapKey, Scale, Symbol, draw_key, draw_symbol};
use super::feeder_nodes::{Nodes, Outside};
use super::feeder_place::place;
use super::figure::{Align, Figure, Point, Rect, Stroke, Text};
use super::style::{Colour, Style};
use super::text::{number, percent};
use crate::grid::Grid;
use crate::ids::BranchIdx;

const LEGEND: f64 = 196.0;
const MARGIN: f64 = 34.0;

/// How many overloaded branches and how many buses are named at most.
const NAMED: usize = 12;

/// The feeder drawn with its worst loading, voltages outside the band and connections by aggregator. Beyond 1000 buses a
/// drawing shows those that carry the most and what hangs on them together.
///
/// Panics if a slice has not one value per row of its table.
///
/// ```
/// use copperplate::chart::{FeederMap, Style, feeder_map};
/// use copperplate::grid::{Bus, Grid, Line, Source};
/// use copperplate::ids::BusIdx;
///
/// let bus = |id: &str| Bus { id: id.to_owned(), u_rated_v: 400.0, u_min_pu: 0.9, u_max_pu: 1.1, position: None };
/// let grid = Grid {
///     name: "two buses".to_owned(),
///     buses: vec![bus("a"), bus("b")],
///     lines: vec![Line {
///         id: "1".to_owned(),
///         from: BusIdx(0),
///         to: BusIdx(1),
///         r_ohm: 0.1,
///         x_ohm: 0.1,
///         b_s: 0.0,
///         g_s: 0.0,
///         rated_current_a: 100.0,
///         zero_sequence: None,
///     }],
///     sources: vec![Source { bus: BusIdx(0), u_pu: 1.0, angle_deg: 0.0 }],
///     ..Grid::default()
/// };
/// let figure = feeder_map(
///     &FeederMap {
///         grid: &grid,
///         case: "copper-plate, 6 June 2016",
///         worst_loading: &[1.4],
///         voltage_pu: &[(1.0, 1.0), (0.95, 1.12)],
///         peak_power_w: &[],
///         aggregator: &[],
///     },
///     &Style::light(),
/// );
/// assert!(figure.title().ends_with("1 of 1 branches above the rating, line 1 up to 140\u{a0}%"));
/// ```
#[must_use]
pub fn feeder_map(input: &FeederMap<'_>, style: &Style) -> Figure {
    feeder_maps(std::slice::from_ref(input), style).remove(0)
}

/// The drawings of several cases, all with the same scales of loading and of power, so that they can be compared.
///
/// Panics as [`feeder_map`].
#[must_use]
pub fn feeder_maps(inputs: &[FeederMap<'_>], style: &Style) -> Vec<Figure> {
    let nodes: Vec<Nodes> = inputs.iter().map(Nodes::new).collect();
    let scales = inputs.iter().zip(&nodes).map(|(input, nodes)| Scale::of(input, nodes));
    let scale = scales.reduce(Scale::both).unwrap_or_default();
    inputs.iter().zip(nodes).map(|(input, nodes)| draw(input, nodes, scale, style)).collect()
}

fn draw(input: &FeederMap<'_>, nodes: Nodes, scale: Scale, style: &Style) -> Figure {
    let grid = input.grid;
    let mut fig = Figure::new(style, title(input), 960.0, 0.0);
    let y = fig.header(style, &subtitle(input, &nodes.fold));
    let mut key = MapKey::new(input, &nodes, scale);
    let page = (fig.width - LEGEND - 2.0 * MARGIN, y + MARGIN);
    let places = place(grid, &nodes.fold, &nodes.edges, page.0, 300.0, 720.0);
    key.fit_symbols(&places.buses);
    let at = (fig.width - LEGEND + 14.0, y + 8.0);
    let key_end = draw_key(&mut fig, style, &key, at);
    fig.height = (page.1 + places.height + MARGIN).max(key_end + 12.0);
    let down = (fig.height - MARGIN + page.1 - places.height) / 2.0;
    let at = places.buses.iter().map(|p| (p.0 + MARGIN, p.1 + down)).collect();

    let area = Rect::new((8.0, y), (fig.width - LEGEND, fig.height - 6.0));
    let mut map = Map { input, style, key, at, nodes, taken: Vec::new(), leaders: Vec::new(), area };
    map.draw_edges(&mut fig);
    map.draw_transformers(&mut fig);
    map.draw_connections(&mut fig);
    map.draw_buses(&mut fig);
    map.name_overload(&mut fig);
    map.name_voltages(&mut fig);
    fig
}

fn subtitle(input: &FeederMap<'_>, fold: &Fold) -> String {
    let shows = "highest loading of each branch, lowest and highest voltage of each bus";
    if fold.is_whole() {
        return format!("{}; {shows}", input.case);
    }
    let (drawn, all) = (fold.drawn.len(), fold.part_of.len());
    format!("{}; {shows}. {drawn} of {all} buses are drawn; a disc stands for all that hangs on its bus, the title counts all", input.case)
}

fn title(input: &FeederMap<'_>) -> String {
    let over = input.worst_loading.iter().filter(|&&l| l > 1.0).count();
    let worst = (0..input.worst_loading.len())
        .filter(|&b| !input.worst_loading[b].is_nan())
        .max_by(|&a, &b| input.worst_loading[a].total_cmp(&input.worst_loading[b]));
    match worst {
        Some(b) => format!(
            "Feeder {}: {over} of {} branches above the rating, {} up to {}",
            input.grid.name,
            input.worst_loading.len(),
            branch_name(input.grid, b),
            percent(input.worst_loading[b])
        ),
        None => format!("Feeder {}", input.grid.name),
    }
}

/// `line 7` or `transformer T1`; an id that says what it is (`LV1 Line 7`) stands alone.
fn branch_name(grid: &Grid, branch: usize) -> String {
    let name = grid.branch_name(BranchIdx::new(branch));
    match name.split_once(':') {
        Some((kind, id)) if id.to_lowercase().contains(kind) => id.to_owned(),
        _ => name.replacen(':', " ", 1),
    }
}

/// The map while it is drawn.
struct Map<'a> {
    input: &'a FeederMap<'a>,
    style: &'a Style,
    key: MapKey<'a>,
    /// Place of each drawn bus.
    at: Vec<Point>,
    nodes: Nodes,
    /// Room that names must not cover.
    taken: Vec<Rect>,
    /// Lines from names to what they name.
    leaders: Vec<(Point, Point)>,
    /// Where names may stand.
    area: Rect,
}

impl Map<'_> {
    /// Loading of a branch, NaN for switches.
    fn branch_loading(&self, branch: usize) -> f64 {
        self.input.worst_loading.get(branch).copied().unwrap_or(f64::NAN)
    }

    fn loading(&self, edge: usize) -> f64 {
        self.branch_loading(self.nodes.branch[edge])
    }

    fn ends(&self, edge: usize) -> (Point, Point) {
        let (a, b) = self.nodes.edges[edge].buses;
        (self.at[a], self.at[b])
    }

    fn stroke(&self, edge: usize) -> Stroke {
        let loading = self.loading(edge);
        if loading.is_nan() {
            return Stroke { colour: self.style.faint, width: 1.2, dash: &[3.0, 2.0] };
        }
        let thin = self.key.line_width();
        Stroke::solid(self.style.loading_colour(loading, self.key.top), if loading > 1.0 { 2.1 * thin } else { thin })
    }

    /// The least loaded first, so overload lies on top; switches that are open are dotted.
    fn draw_edges(&self, fig: &mut Figure) {
        for s in self.input.grid.switches.iter().filter(|s| !s.closed) {
            let stroke = Stroke { colour: self.style.faint, width: 1.0, dash: &[1.5, 3.5] };
            let (a, b) = (self.nodes.fold.part_of[s.from.i()], self.nodes.fold.part_of[s.to.i()]);
            fig.line(vec![self.at[a], self.at[b]], stroke);
        }
        let mut order: Vec<usize> = (0..self.nodes.edges.len()).collect();
        order.sort_by(|&a, &b| self.loading(a).max(0.0).total_cmp(&self.loading(b).max(0.0)));
        for edge in order {
            let (a, b) = self.ends(edge);
            let stroke = self.stroke(edge);
            if stroke.width > 1.5 * self.key.line_width() {
                fig.line(vec![a, b], Stroke::solid(self.style.background, stroke.width + 2.0));
            }
            fig.line(vec![a, b], stroke);
        }
    }

    fn draw_transformers(&mut self, fig: &mut Figure) {
        for edge in 0..self.nodes.edges.len() {
            if !self.nodes.edges[edge].transformer {
                continue;
            }
            let (a, b) = self.ends(edge);
            let length = ((b.0 - a.0) * (b.0 - a.0) + (b.1 - a.1) * (b.1 - a.1)).sqrt().max(1e-9);
            let (ux, uy) = ((b.0 - a.0) / length, (b.1 - a.1) / length);
            let middle = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
            feeder_key::transformer(fig, self.style, middle, (ux, uy), self.stroke(edge).colour);
            self.taken.push(Rect::new((middle.0 - 17.0, middle.1 - 14.0), (middle.0 + 17.0, middle.1 + 14.0)));
        }
    }

    /// Peak power by bus and legend row, then a symbol for each; a disc by bus where much is folded.
    fn draw_connections(&mut self, fig: &mut Figure) {
        if let Some(peaks) = self.nodes.folded_w.take() {
            self.draw_folded(fig, &peaks);
            return;
        }
        let rows = self.key.aggregators.len() + 1;
        let mut peak_w = vec![vec![0.0; rows]; self.at.len()];
        for (i, c) in self.input.grid.connections.iter().enumerate() {
            peak_w[c.bus.i()][self.key.row(self.input.aggregator[i])] += self.input.peak_power_w[i].abs();
        }
        for (bus, peaks) in peak_w.iter().enumerate() {
            let here: Vec<(usize, f64)> = (0..rows).filter(|&r| peaks[r] > 0.0).map(|r| (r, self.key.radius(peaks[r]))).collect();
            for (k, &(row, radius)) in here.iter().enumerate() {
                let at = around(self.at[bus], &here, k);
                draw_symbol(fig, self.style, Symbol::of(row, rows - 1), at, radius);
                self.taken.push(Rect::new(at, at).grown(radius));
            }
        }
    }

    /// The least loaded first, so overload lies on top.
    fn draw_folded(&mut self, fig: &mut Figure, peaks: &[f64]) {
        let inside = |map: &Map<'_>, node: usize| map.nodes.worst_inside[node].map_or(f64::NAN, |b| map.branch_loading(b));
        let mut order: Vec<usize> = (0..peaks.len()).filter(|&node| peaks[node] > 0.0).collect();
        order.sort_by(|&a, &b| inside(self, a).max(0.0).total_cmp(&inside(self, b).max(0.0)));
        for node in order {
            let (at, radius, loading) = (self.at[node], self.key.radius(peaks[node]), inside(self, node));
            let colour = if loading.is_nan() { self.style.faint } else { self.style.loading_colour(loading, self.key.top) };
            feeder_key::folded(fig, self.style, at, radius, colour, loading > 1.0);
            self.taken.push(Rect::new(at, at).grown(radius));
        }
    }

    fn draw_buses(&mut self, fig: &mut Figure) {
        for bus in 0..self.at.len() {
            let at = self.at[bus];
            if !self.nodes.connected[bus] {
                fig.disc(at, 2.2, self.style.ink);
            }
            if self.nodes.outside[bus].is_some() {
                let radius = self.key.ring_radius();
                fig.ring(at, radius, Stroke::solid(self.style.alert, 1.8));
                self.taken.push(Rect::new(at, at).grown(radius));
            }
        }
        for source in &self.input.grid.sources {
            let at = self.at[self.nodes.fold.part_of[source.bus.i()]];
            feeder_key::source(fig, self.style, at);
            self.taken.push(Rect::new(at, at).grown(9.0));
        }
    }

    /// Branches that are overloaded, and transformers; of what is folded into a bus the worst if it is overloaded.
    fn name_overload(&mut self, fig: &mut Figure) {
        let edges = (0..self.nodes.edges.len()).filter(|&e| !self.loading(e).is_nan());
        let edges = edges.filter(|&e| self.loading(e) > 1.0 || self.nodes.edges[e].transformer).map(|e| {
            let (a, b) = self.ends(e);
            let clear = if self.nodes.edges[e].transformer { 16.0 } else { 5.0 };
            (self.nodes.branch[e], ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0), clear)
        });
        let folded = self.nodes.worst_inside.iter().zip(&self.at).filter_map(|(worst, &at)| Some(((*worst)?, at, 8.0)));
        let mut worst: Vec<(usize, Point, f64)> = edges.chain(folded.filter(|w| self.branch_loading(w.0) > 1.0)).collect();
        worst.sort_by(|a, b| self.branch_loading(b.0).total_cmp(&self.branch_loading(a.0)));
        for (branch, at, clear) in worst.into_iter().take(NAMED) {
            let value = percent(self.branch_loading(branch));
            let names = [format!("{}: {value}", branch_name(self.input.grid, branch)), value];
            let colour = if self.branch_loading(branch) > 1.0 { self.style.alert } else { self.style.ink };
            self.name(fig, at, clear, &names, colour, true);
        }
    }

    fn name_voltages(&mut self, fig: &mut Figure) {
        let mut worst: Vec<(Point, Outside)> = self.at.iter().zip(&self.nodes.outside).filter_map(|(at, o)| Some((*at, (*o)?))).collect();
        worst.sort_by(|a, b| b.1.by.total_cmp(&a.1.by));
        for (at, outside) in worst.into_iter().take(NAMED) {
            let clear = self.key.ring_radius() + 2.0;
            self.name(fig, at, clear, &[format!("{} pu", number(outside.u_pu, 3))], self.style.ink, false);
        }
    }

    /// Writes the first of `names` that finds room around `at`, `clear` px away from it: close by and off the branches if that is
    /// possible, else close by on a branch, else farther away with a thin line to `at`.
    fn name(&mut self, fig: &mut Figure, at: Point, clear: f64, names: &[String], colour: Colour, bold: bool) {
        const CLOSE: [f64; 3] = [0.0, 9.0, 20.0];
        const FAR: [f64; 3] = [34.0, 50.0, 68.0];
        let text = |name: &String| Text { bold, align: Align::Centre, ..Text::new(at, name.as_str(), self.style.small_px, colour) };
        let free = |far: [f64; 3], on_branches: bool| {
            let positions = names.iter().map(text).flat_map(|t| positions(t, at, far.map(|f| f + clear)));
            positions.map(|t| (t.bounds().grown(1.0), t)).find(|(plate, _)| self.is_free(plate, on_branches))
        };
        let close = free(CLOSE, false).or_else(|| free(CLOSE, true));
        let leads = close.is_none();
        if let Some((plate, label)) = close.or_else(|| free(FAR, false)).or_else(|| free(FAR, true)) {
            if leads {
                let end = (at.0.clamp(plate.x0, plate.x1), at.1.clamp(plate.y0, plate.y1));
                fig.line(vec![at, end], Stroke::solid(colour, 0.8));
                self.leaders.push((at, end));
            }
            fig.rect(plate, self.style.background, 0.82);
            self.taken.push(plate);
            fig.text(label);
        }
    }

    fn is_free(&self, plate: &Rect, on_branches: bool) -> bool {
        let crossed = |e: usize| {
            let (a, b) = self.ends(e);
            plate.is_crossed_by(a, b)
        };
        self.area.contains(plate)
            && !self.taken.iter().any(|t| t.overlaps(plate))
            && !self.leaders.iter().any(|&(a, b)| plate.is_crossed_by(a, b))
            && (on_branches || !(0..self.nodes.edges.len()).any(crossed))
    }
}

/// Where a text may stand around `at` at the distances `far`, the best places first.
fn positions(text: Text, at: Point, far: [f64; 3]) -> impl Iterator<Item = Text> {
    const AROUND: [Point; 8] = [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.8, -0.8), (-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)];
    let (w, size) = (text.width(), text.size);
    far.into_iter()
        .flat_map(move |far| AROUND.map(|(sx, sy)| (at.0 + sx * (far + w / 2.0), at.1 + sy * (far + size / 2.0))))
        .map(move |middle| Text { at: (middle.0, middle.1 + 0.28 * size), ..text.clone() })
}

/// Place of symbol `k` of those at one bus: alone on it, else in a circle around it.
fn around(bus: Point, symbols: &[(usize, f64)], k: usize) -> Point {
    if symbols.len() == 1 {
        return bus;
    }
    let largest = symbols.iter().map(|s| s.1).fold(0.0, f64::max);
    let n = symbols.len() as f64;
    let distance = (largest + 0.5) / libm::sin(std::f64::consts::PI / n);
    let (sin, cos) = libm::sincos(2.0 * std::f64::consts::PI * k as f64 / n);
    (bus.0 + distance * cos, bus.1 + distance * sin)
}
