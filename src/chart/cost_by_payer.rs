//! Who pays, beside what it costs: payments by payer and kind (transfers), system cost by component, same strategies.
//!
//! Bars lie, so that every one carries its strategy's full name. Amounts of one bar are stacked from zero: positive ones to the
//! right, negative ones (money received, cost avoided) to the left; the number at the end is their sum. Payments are transfers
//! and say nothing of cost; where a component of system cost is not priced, no sum is shown for any strategy, for sums of
//! different components must not be compared.
//!
//! One amount beside which nothing else would be seen is drawn shorter, at the end of its bar and broken, with its number on
//! it; the axis is true up to the break and sums are of the amounts.

use super::axis::{Panel, Ticks};
use super::figure::{Align, Figure, Point, Rect, Stroke, Text};
use super::legend::{Sample, diamond, rows};
use super::style::{Colour, Look, Style};
use super::text::{self, short};

/// What [`cost_by_payer`] draws.
#[derive(Debug, Clone, PartialEq)]
pub struct CostByPayer<'a> {
    /// Name of the feeder or study for people.
    pub name: &'a str,
    /// Period the amounts belong to, such as `year 2016`.
    pub period: &'a str,
    /// Unit of the amounts, such as `EUR`.
    pub currency: &'a str,
    /// Kinds of payment in the order that gives each its colour, whether or not it occurs; others follow.
    pub kinds: &'a [&'a str],
    /// What the reader must know of the amounts, a sentence, or nothing.
    pub note: &'a str,
    /// The strategies in the order they are compared.
    pub strategies: &'a [StrategyCost<'a>],
}

/// Money of one strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct StrategyCost<'a> {
    /// Key of the strategy.
    pub strategy: &'a str,
    /// Payments; those of one payer and kind may come in several pieces.
    pub payments: &'a [Payment<'a>],
    /// Components of system cost.
    pub components: &'a [CostComponent<'a>],
}

/// What a payer pays for one kind of thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment<'a> {
    /// Who pays.
    pub payer: &'a str,
    /// What for: `reservation`, `activation`, `penalty` …
    pub kind: &'a str,
    /// Whole currency units, negative if the payer receives.
    pub amount: f64,
}

/// One component of system cost.
#[derive(Debug, Clone, PartialEq)]
pub struct CostComponent<'a> {
    /// `energy`, `losses`, `ageing` …
    pub component: &'a str,
    /// Whole currency units, negative if avoided; `None` if it is not priced.
    pub amount: Option<f64>,
}

/// One stacked bar.
struct Bar {
    strategy: usize,
    /// Amount by row of the panel's legend.
    parts: Vec<f64>,
}

/// Bars under a common heading.
struct Group {
    heading: Option<String>,
    bars: Vec<Bar>,
}

/// One of the two panels.
struct Stack<'a> {
    caption: String,
    names: Vec<&'a str>,
    colours: Vec<Colour>,
    groups: Vec<Group>,
    /// Whether the sum of a bar may be shown.
    sums: bool,
    /// What is drawn shorter than it is.
    cut: Option<Cut>,
}

/// Rows of the legend whose amounts are drawn no longer than `length`.
struct Cut {
    rows: Vec<bool>,
    length: f64,
}

/// How many times as long as all else in any bar an amount must be to be drawn shorter: what is left of the rest is then too
/// small to read.
const FLATTENS: f64 = 20.0;

impl Cut {
    /// The fewest rows beside which all others are flattened, at most a third of all: if most of them dwarf a few, it is those
    /// few that do not matter. `None` if there are none.
    fn of(groups: &[Group], rows: usize) -> Option<Cut> {
        let bars = || groups.iter().flat_map(|g| &g.bars);
        let largest: Vec<f64> = (0..rows).map(|row| bars().map(|b| b.parts[row].abs()).fold(0.0, f64::max)).collect();
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|&a, &b| largest[b].total_cmp(&largest[a]));
        let most = (rows / 3).max(1).min(rows.saturating_sub(1));
        (1..=most).find_map(|k| {
            let rest = bars().map(|b| order[k..].iter().map(|&row| b.parts[row].abs()).sum()).fold(0.0, f64::max);
            let flattened = rest > 0.0 && largest[order[k - 1]] > FLATTENS * rest;
            flattened.then(|| Cut { rows: (0..rows).map(|row| order[..k].contains(&row)).collect(), length: 1.5 * rest })
        })
    }
}

impl Stack<'_> {
    /// An amount as long as it is drawn.
    fn drawn(&self, row: usize, amount: f64) -> f64 {
        match &self.cut {
            Some(cut) if cut.rows[row] => amount.clamp(-cut.length, cut.length),
            _ => amount,
        }
    }

    /// Sums of the negative and of the positive parts as they are drawn.
    fn reach(&self, bar: &Bar) -> (f64, f64) {
        let drawn = bar.parts.iter().enumerate().map(|(row, &amount)| self.drawn(row, amount));
        drawn.fold((0.0, 0.0), |(lo, hi), v| (lo + v.min(0.0), hi + v.max(0.0)))
    }

    fn is_broken(&self, bar: &Bar) -> bool {
        bar.parts.iter().enumerate().any(|(row, &amount)| self.drawn(row, amount) != amount)
    }
}

const BAR: f64 = 17.0;
const PITCH: f64 = 24.0;
const HEADING: f64 = 24.0;

/// Payments stacked by kind for each payer and strategy, beside system cost stacked by component.
///
/// ```
/// use copperplate::chart::{CostByPayer, CostComponent, Payment, StrategyCost, Style, cost_by_payer};
///
/// let figure = cost_by_payer(
///     &CostByPayer {
///         name: "rural feeder",
///         period: "year 2016",
///         currency: "EUR",
///         kinds: &["activation", "penalty"],
///         note: "",
///         strategies: &[StrategyCost {
///             strategy: "congestion-management",
///             payments: &[
///                 Payment { payer: "DSO", kind: "activation", amount: 1200.0 },
///                 Payment { payer: "DSO", kind: "penalty", amount: -80.0 },
///             ],
///             components: &[
///                 CostComponent { component: "losses", amount: Some(610.0) },
///                 CostComponent { component: "comfort", amount: None },
///             ],
///         }],
///     },
///     &Style::light(),
/// );
/// assert!(figure.svg().contains("Not priced: comfort"));
/// ```
#[must_use]
pub fn cost_by_payer(input: &CostByPayer<'_>, style: &Style) -> Figure {
    let (payments, cost) = (payments(input, style), system_cost(input, style));
    let looks = style.looks(&input.strategies.iter().map(|s| s.strategy).collect::<Vec<_>>());
    let names: Vec<&str> = input.strategies.iter().map(|s| s.strategy).collect();

    let mut fig = Figure::new(style, format!("{}: who pays and what it costs, {}", input.name, input.period), 1120.0, 0.0);
    let y = fig.header(style, "Payments are transfers between parties, system cost is what is used up; left of zero: received or avoided.");
    let gutter = names.iter().map(|n| text::width(n, style.text_px, false)).fold(40.0, f64::max) + 30.0;
    let left = 16.0 + gutter;
    let width = (fig.width - 2.0 * left - 70.0) / 2.0;
    let columns = [(left, left + width), (2.0 * left + width + 24.0, 2.0 * left + 2.0 * width + 24.0)];

    let mut top = y;
    for (stack, (x0, x1)) in [&payments, &cost].into_iter().zip(columns) {
        let signs = stack.groups.iter().flat_map(|g| &g.bars).any(|b| stack.reach(b).0 < 0.0);
        let from = (x0 - gutter, y + 14.0);
        fig.text(Text::new(from, stack.caption.as_str(), style.text_px + 1.0, style.ink).bold());
        let mut entries: Vec<_> = stack.names.iter().zip(&stack.colours).map(|(n, &c)| (Sample::Box(c, 1.0), (*n).to_owned())).collect();
        if stack.sums && signs {
            entries.push((Sample::Diamond(style.ink), "sum of both signs".to_owned()));
        }
        top = top.max(rows(&mut fig, style, (from.0, y + 22.0), x1 - from.0, &entries));
    }
    let height = stack_height(&payments).max(stack_height(&cost)).max(60.0);
    for (stack, (x0, x1)) in [&payments, &cost].into_iter().zip(columns) {
        let area = Rect::new((x0, top + 6.0), (x1, top + 6.0 + height));
        draw_stack(&mut fig, style, stack, area, &names, &looks, input.currency);
    }
    let mut y = top + height + 72.0;
    let broken = [&payments, &cost].into_iter().any(|s| s.groups.iter().flat_map(|g| &g.bars).any(|b| s.is_broken(b)));
    let broken = if broken { "A broken bar is longer than drawn: the amount on it counts." } else { "" };
    for (note, colour) in [(unpriced(input).as_str(), style.alert), (broken, style.alert), (input.note, style.faint)] {
        for line in text::wrap(note, style.text_px, false, fig.width - 32.0) {
            fig.text(Text::new((16.0, y), line, style.text_px, colour));
            y += 1.4 * style.text_px;
        }
    }
    fig.height = y + 4.0;
    fig
}

/// Names in the order they first appear.
fn in_order<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut out: Vec<&str> = Vec::new();
    for name in names {
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

/// A colour for each of `names` by its place in `order`; beyond the palette its colours come again, halfway to the page.
fn colours(palette: &[Colour; 9], names: &[&str], order: &[&str], page: Colour) -> Vec<Colour> {
    let place = |name: &str| order.iter().position(|&o| o == name).expect("the order has every name");
    names.iter().map(|name| place(name)).map(|i| palette[i % 9].towards(page, if i < 9 { 0.0 } else { 0.5 })).collect()
}

fn payments<'a>(input: &CostByPayer<'a>, style: &Style) -> Stack<'a> {
    let all = || input.strategies.iter().flat_map(|s| s.payments);
    let (kinds, payers) = (in_order(all().map(|p| p.kind)), in_order(all().map(|p| p.payer)));
    let sum = |s: &StrategyCost<'_>, payer: &str, kind: &str| {
        s.payments.iter().filter(|p| p.payer == payer && p.kind == kind).map(|p| p.amount).sum()
    };
    let bar = |i: usize, payer: &str| Bar { strategy: i, parts: kinds.iter().map(|kind| sum(&input.strategies[i], payer, kind)).collect() };
    let groups: Vec<Group> = payers
        .iter()
        .map(|payer| Group { heading: Some((*payer).to_owned()), bars: (0..input.strategies.len()).map(|i| bar(i, payer)).collect() })
        .collect();
    let order = in_order(input.kinds.iter().copied().chain(kinds.iter().copied()));
    let colours = colours(&style.categories, &kinds, &order, style.background);
    let cut = Cut::of(&groups, kinds.len());
    Stack { caption: "Payments by payer and kind".to_owned(), names: kinds, colours, groups, sums: true, cut }
}

fn system_cost<'a>(input: &CostByPayer<'a>, style: &Style) -> Stack<'a> {
    let all = || input.strategies.iter().flat_map(|s| s.components);
    let priced = in_order(all().filter(|c| c.amount.is_some()).map(|c| c.component));
    let sum = |s: &StrategyCost<'_>, name: &str| s.components.iter().filter(|c| c.component == name).filter_map(|c| c.amount).sum();
    let bars = input.strategies.iter().enumerate();
    let bars = bars.map(|(i, s)| Bar { strategy: i, parts: priced.iter().map(|name| sum(s, name)).collect() }).collect();
    let groups = vec![Group { heading: None, bars }];
    let colours = colours(&style.components, &priced, &in_order(all().map(|c| c.component)), style.background);
    let cut = Cut::of(&groups, priced.len());
    Stack { caption: "System cost by component".to_owned(), names: priced, colours, groups, sums: all().all(|c| c.amount.is_some()), cut }
}

/// The note that names what has no price; empty if everything has one.
fn unpriced(input: &CostByPayer<'_>) -> String {
    let lacking = in_order(input.strategies.iter().flat_map(|s| s.components).filter(|c| c.amount.is_none()).map(|c| c.component));
    let whose = |name: &str| {
        let of: Vec<&str> = input
            .strategies
            .iter()
            .filter(|s| s.components.iter().any(|c| c.component == name && c.amount.is_none()))
            .map(|s| s.strategy)
            .collect();
        if of.len() == input.strategies.len() { name.to_owned() } else { format!("{name} ({})", of.join(", ")) }
    };
    match lacking.is_empty() {
        true => String::new(),
        false => format!(
            "Not priced: {}. Without it no total of system cost and no ranking is shown.",
            lacking.iter().map(|n| whose(n)).collect::<Vec<_>>().join(", ")
        ),
    }
}

fn stack_height(stack: &Stack<'_>) -> f64 {
    let heading = |g: &Group| if g.heading.is_some() { HEADING } else { 0.0 };
    stack.groups.iter().map(|g| heading(g) + PITCH * g.bars.len() as f64 + 6.0).sum()
}

fn draw_stack(fig: &mut Figure, style: &Style, stack: &Stack<'_>, area: Rect, names: &[&str], looks: &[Look], currency: &str) {
    let reaches = || stack.groups.iter().flat_map(|g| &g.bars).map(|b| stack.reach(b));
    let (lo, hi) = reaches().fold((0.0_f64, 0.0_f64), |(lo, hi), r| (lo.min(r.0), hi.max(r.1)));
    let (unit, scale) = if hi.max(-lo) >= 20_000.0 { (format!("1000 {currency}"), 1e-3) } else { (currency.to_owned(), 1.0) };
    let (lo, hi) = (lo * scale, if hi > lo { hi * scale } else { 1.0 });
    // Beyond the longest bar its sum has to fit in.
    let (per_px, sum) = ((hi - lo) / area.width(), text::width("−0000.0", style.text_px, true) + 6.0);
    let reach = (lo - 4.0 * per_px, hi + 1.1 * sum * per_px);
    let panel = Panel::new(area, reach, (0.0, 1.0));
    panel.x_axis(fig, style, &Ticks::within(reach.0, reach.1, 6));
    panel.x_caption(fig, style, &unit, 36.0);

    // A panel with fewer bars than its neighbour spreads them over the same height.
    let stretch = area.height() / stack_height(stack);
    let mut y = area.y0;
    for group in &stack.groups {
        if let Some(heading) = &group.heading {
            let at = (area.x0 - 9.0, y + HEADING * stretch - 9.0);
            fig.text(Text::new(at, heading.as_str(), style.text_px, style.ink).bold().align(Align::Right));
            y += HEADING * stretch;
        }
        for bar in &group.bars {
            let middle = y + PITCH * stretch / 2.0;
            let look = &looks[bar.strategy];
            let name = Text::new((area.x0 - 24.0, middle + 0.36 * style.text_px), names[bar.strategy], style.text_px, style.ink);
            fig.text(name.align(Align::Right));
            fig.line(vec![(area.x0 - 17.0, middle), (area.x0 - 3.0, middle)], Stroke { width: 3.0, ..look.stroke() });
            draw_bar(fig, style, stack, &panel, bar, (middle, BAR * stretch.min(1.6)), scale);
            y += PITCH * stretch;
        }
        y += 6.0 * stretch;
    }
    let x = panel.x.at(0.0);
    fig.line(vec![(x, area.y0), (x, area.y1)], Stroke::solid(style.ink, 1.0));
}

fn draw_bar(fig: &mut Figure, style: &Style, stack: &Stack<'_>, panel: &Panel, bar: &Bar, (middle, thick): (f64, f64), scale: f64) {
    let reach = stack.reach(bar);
    let sum: f64 = bar.parts.iter().sum();
    let both_signs = reach.0 < 0.0 && reach.1 > 0.0;
    // Beyond a break the axis says nothing, so the sum has no place on it.
    let net = (stack.sums && both_signs && !stack.is_broken(bar)).then(|| panel.x.at(sum * scale));
    let (mut below, mut above) = (0.0, 0.0);
    let is_cut = |row: usize| stack.drawn(row, bar.parts[row]) != bar.parts[row];
    let (whole, cut): (Vec<usize>, Vec<usize>) = (0..bar.parts.len()).partition(|&row| !is_cut(row));
    for row in whole.into_iter().chain(cut) {
        let (amount, colour) = (bar.parts[row], stack.colours[row]);
        let from = if amount < 0.0 { &mut below } else { &mut above };
        let (x0, x1) = (panel.x.at(*from * scale), panel.x.at((*from + stack.drawn(row, amount)) * scale));
        *from += stack.drawn(row, amount);
        let rect = Rect::new((x0, middle - thick / 2.0), (x1, middle + thick / 2.0));
        if rect.width() < 0.05 {
            continue;
        }
        fig.rect(rect, colour, 1.0);
        fig.frame(rect, Stroke::solid(style.background, 0.8));
        label_part(fig, style, rect, colour, &short(amount * scale), net);
        if is_cut(row) {
            break_mark(fig, style, rect, x1);
        }
    }
    if !stack.sums {
        return;
    }
    if let Some(x) = net {
        net_mark(fig, style, (x, middle));
    }
    let text = if bar.parts.iter().all(|&v| v == 0.0) { "0".to_owned() } else { short(sum * scale) };
    let at = (panel.x.at(above * scale) + 6.0, middle + 0.36 * style.text_px);
    let colour = if text == "0" { style.faint } else { style.ink };
    fig.text(Text::new(at, text, style.text_px, colour).bold());
}

/// The amount inside its part of the bar, if it has room there and does not touch the mark of the sum at `net`.
fn label_part(fig: &mut Figure, style: &Style, rect: Rect, colour: Colour, label: &str, net: Option<f64>) {
    let ink = if colour.is_light() { Colour(20, 20, 20) } else { Colour(255, 255, 255) };
    let at = ((rect.x0 + rect.x1) / 2.0, (rect.y0 + rect.y1) / 2.0 + 0.36 * style.small_px);
    let text = Text::new(at, label, style.small_px, ink).align(Align::Centre);
    let room = text.bounds().grown(3.0);
    if room.x0 >= rect.x0 && room.x1 <= rect.x1 && net.is_none_or(|x| x + 5.0 < room.x0 || x - 5.0 > room.x1) {
        fig.text(text);
    }
}

/// A slanted gap near the end `x` of a part that is longer than drawn.
fn break_mark(fig: &mut Figure, style: &Style, part: Rect, x: f64) {
    let x = if x > part.x0 { x - 16.0 } else { x + 12.0 };
    let (top, bottom) = (part.y0 - 2.0, part.y1 + 2.0);
    fig.area(vec![(x + 3.0, top), (x + 8.0, top), (x + 1.0, bottom), (x - 4.0, bottom)], style.background, 1.0);
    for x in [x - 4.0, x + 1.0] {
        fig.line(vec![(x + 7.0, top), (x, bottom)], Stroke::solid(style.ink, 1.2));
    }
}

/// A diamond where the parts of both signs add up to.
fn net_mark(fig: &mut Figure, style: &Style, at: Point) {
    for (radius, colour) in [(6.5, style.background), (4.8, style.ink)] {
        diamond(fig, at, radius, colour);
    }
}
