//! One day of trade at a congestion point, told in three panels over one clock: what was forecast and asked for, what was
//! offered and ordered, what came of it.
//!
//! All powers are ISP averages, consumption positive. With forecast f and limits L, a FlexRequest's Requested ISPs have f outside
//! [−L_prod, L_cons]; the power asked for is the bound nearest to zero, so the area between f and f + bound is what must
//! go. Offers are stacked by rising price, the order a least-cost selection takes them in; ordered power is filled in each.
//! Target T = f + ordered F. How much of F is missing is what the settlement found: it judges the aggregators' connections by their
//! own baselines. Realised power of the whole congestion point also differs from T by the error of the forecast.

use super::axis::{Panel, Ticks};
use super::clock::{TimeAxis, day_name};
use super::figure::{Figure, Point, Rect, Stroke, Text};
use super::legend::{LINE, Sample, draw_sample, rows, spread};
use super::style::{Colour, Style};
use super::text::{self, number, short};
use crate::time::{IspCalendar, Period};

/// What [`traded_day`] draws; every slice has one value per ISP of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct TradedDay<'a> {
    /// Name of the congestion point for people.
    pub congestion_point: &'a str,
    /// All aggregators of the study, sorted: the order gives each its colour.
    pub aggregators: &'a [&'a str],
    /// Whose local time the axis shows.
    pub calendar: &'a IspCalendar,
    /// The day.
    pub day: Period,
    /// Unit of the prices, such as `EUR`.
    pub currency: &'a str,
    /// Net power the DSO forecast before any flexibility, W.
    pub forecast_w: &'a [f64],
    /// Highest allowed net consumption L_cons, W, not negative.
    pub consumption_limit_w: &'a [f64],
    /// Highest allowed net production L_prod as a magnitude, W, not negative.
    pub production_limit_w: &'a [f64],
    /// MinPower and MaxPower of Requested ISPs, W relative to the forecast; `None` where nothing was requested.
    pub requested_w: &'a [Option<(f64, f64)>],
    /// All offers received.
    pub offers: &'a [Offer<'a>],
    /// All orders placed.
    pub orders: &'a [Order<'a>],
    /// Realised net power A, W; NaN where not metered.
    pub realised_w: &'a [f64],
    /// Deficiency of the orders as settled, W, not negative; `None` where they were not settled.
    pub deficiency_w: Option<&'a [f64]>,
}

/// A flexibility offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer<'a> {
    /// Who offers.
    pub aggregator: &'a str,
    /// Deviation offered, W: positive is more consumption.
    pub power_w: &'a [f64],
    /// Price per energy of the Requested ISPs, whole currency units per MWh.
    pub price_per_mwh: f64,
}

/// A flexibility order.
#[derive(Debug, Clone, PartialEq)]
pub struct Order<'a> {
    /// Position of the offer it orders.
    pub offer: usize,
    /// Deviation ordered, W.
    pub power_w: &'a [f64],
}

const SIDE: f64 = 206.0;

/// Forecast and request, offers and orders, target, realised power and settled deficiency of one day.
///
/// Panics if a slice has not one value per ISP or an order names no offer.
///
/// ```
/// use copperplate::chart::{Offer, Order, Style, TradedDay, traded_day};
/// use copperplate::time::IspCalendar;
///
/// let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
/// let day = calendar.period(jiff::civil::date(2016, 6, 6));
/// let noon = |p: f64| (0..96).map(|isp| if (44..56).contains(&isp) { p } else { 0.0 }).collect::<Vec<f64>>();
/// let requested: Vec<_> = noon(1.0).iter().map(|&on| (on > 0.0).then_some((40e3, 260e3))).collect();
/// let figure = traded_day(
///     &TradedDay {
///         congestion_point: "transformer T1",
///         aggregators: &["agr.example"],
///         calendar: &calendar,
///         day,
///         currency: "EUR",
///         forecast_w: &noon(-170e3),
///         consumption_limit_w: &[130e3; 96],
///         production_limit_w: &[130e3; 96],
///         requested_w: &requested,
///         offers: &[Offer { aggregator: "agr.example", power_w: &noon(45e3), price_per_mwh: 85.0 }],
///         orders: &[Order { offer: 0, power_w: &noon(40e3) }],
///         realised_w: &noon(-131e3),
///         deficiency_w: Some(&noon(2e3)),
///     },
///     &Style::light(),
/// );
/// assert!(figure.svg().contains("agr.example"));
/// ```
#[must_use]
pub fn traded_day(input: &TradedDay<'_>, style: &Style) -> Figure {
    check(input);
    let unit = Unit::of(input);
    let mut fig = Figure::new(style, title(input, &unit), 1000.0, 850.0);
    let says = format!(
        "{} {}, {} ISPs of {} min; consumption positive, feed-in negative",
        day_name(input.day.date),
        input.day.date.year(),
        input.day.isps(),
        input.calendar.isp_minutes()
    );
    let y = fig.header(style, &says);
    let height = (fig.height - y - 38.0) / 3.0;
    let slot = |k: f64| (y + height * k, y + height * (k + 1.0));
    let day = Day { input, style, unit, axis: TimeAxis::new(input.calendar, input.day.start, input.day.end()) };
    day.forecast(&mut fig, slot(0.0));
    day.market(&mut fig, slot(1.0));
    let last = day.outcome(&mut fig, slot(2.0));
    day.isp_numbers(&mut fig, &last);
    fig
}

fn check(input: &TradedDay<'_>) {
    let n = input.day.isps();
    let series = [input.forecast_w, input.consumption_limit_w, input.production_limit_w, input.realised_w];
    let traded = input.offers.iter().map(|o| o.power_w).chain(input.orders.iter().map(|o| o.power_w));
    assert!(
        series.into_iter().chain(input.deficiency_w).chain(traded).all(|s| s.len() == n) && input.requested_w.len() == n,
        "one value per ISP of {}",
        input.day
    );
    assert!(input.orders.iter().all(|o| o.offer < input.offers.len()), "every order has its offer");
}

/// kW, or MW when the powers are large.
struct Unit {
    name: &'static str,
    w: f64,
}

impl Unit {
    fn of(input: &TradedDay<'_>) -> Unit {
        let largest = input.forecast_w.iter().chain(input.consumption_limit_w).map(|p| p.abs()).fold(0.0, f64::max);
        if largest >= 5e6 { Unit { name: "MW", w: 1e6 } } else { Unit { name: "kW", w: 1e3 } }
    }

    fn says(&self, power_w: f64) -> String {
        format!("{} {}", number(power_w / self.w, if self.w > 1e3 { 2 } else { 0 }), self.name)
    }
}

/// Power asked for in each ISP: the bound nearest to zero.
fn need(input: &TradedDay<'_>) -> Vec<f64> {
    let bound = |(min, max): (f64, f64)| if min > 0.0 { min } else { max.min(0.0) };
    input.requested_w.iter().map(|r| r.map_or(0.0, bound)).collect()
}

/// Ordered power F of each ISP.
fn ordered(input: &TradedDay<'_>) -> Vec<f64> {
    (0..input.day.isps()).map(|i| input.orders.iter().map(|o| o.power_w[i]).sum()).collect()
}

fn title(input: &TradedDay<'_>, unit: &Unit) -> String {
    let largest = |s: &[f64]| s.iter().map(|p| p.abs()).fold(0.0, f64::max);
    let aggregators: std::collections::BTreeSet<&str> = input.orders.iter().map(|o| input.offers[o.offer].aggregator).collect();
    let (need, got) = (largest(&need(input)), largest(&ordered(input)));
    if need == 0.0 {
        return format!("{}: nothing requested", input.congestion_point);
    }
    let from = match aggregators.len() {
        0 => String::new(),
        1 => " from 1 aggregator".to_owned(),
        n => format!(" from {n} aggregators"),
    };
    format!("{}: up to {} requested, {} ordered{from}", input.congestion_point, unit.says(need), unit.says(got))
}

/// The day while it is drawn.
struct Day<'a> {
    input: &'a TradedDay<'a>,
    style: &'a Style,
    unit: Unit,
    axis: TimeAxis,
}

impl Day<'_> {
    /// Caption, legend, axes and the data rectangle of one panel.
    fn panel(&self, fig: &mut Figure, (y0, y1): (f64, f64), caption: &str, legend: &[(Sample, String)], reach: (f64, f64)) -> Panel {
        let style = self.style;
        fig.text(Text::new((16.0, y0 + 14.0), caption, style.text_px + 1.0, style.ink).bold());
        let indent = 16.0 + text::width(caption, style.text_px + 1.0, true) + 24.0;
        rows(fig, style, (indent, y0 + 1.0), fig.width - indent - 10.0, legend);
        let area = Rect::new((60.0, y0 + 44.0), (fig.width - SIDE, y1 - 26.0));
        let ticks = Ticks::around(reach.0 / self.unit.w, reach.1 / self.unit.w, 5);
        let span = (self.input.day.start.0 as f64, self.input.day.end().0 as f64);
        let panel = Panel::new(area, span, (ticks.first(), ticks.last()));
        self.axis.draw(fig, style, &panel);
        panel.y_axis(fig, style, &ticks);
        panel.y_caption(fig, style, self.unit.name);
        panel
    }

    /// The edges of an ISP on the page.
    fn x(&self, panel: &Panel, isp: usize) -> (f64, f64) {
        let start = self.input.day.start.0 as f64;
        let step = self.input.day.isp().0 as f64;
        (panel.x.at(start + step * isp as f64), panel.x.at(start + step * (isp + 1) as f64))
    }

    /// Stairs through the known values, W.
    fn stairs(&self, fig: &mut Figure, panel: &Panel, power_w: &[f64], stroke: Stroke) {
        let mut points: Vec<Point> = Vec::new();
        for (isp, &p) in power_w.iter().enumerate() {
            if p.is_nan() {
                fig.line(std::mem::take(&mut points), stroke);
                continue;
            }
            let ((x0, x1), y) = (self.x(panel, isp), panel.y.at(p / self.unit.w));
            points.extend([(x0, y), (x1, y)]);
        }
        fig.line(points, stroke);
    }

    /// Fills between two series, W, where they differ; runs of ISPs are one area.
    fn between(&self, fig: &mut Figure, panel: &Panel, a_w: &[f64], b_w: &[f64], colour: Colour, opacity: f64) {
        let (mut there, mut back): (Vec<Point>, Vec<Point>) = (Vec::new(), Vec::new());
        for isp in 0..=a_w.len() {
            if isp < a_w.len() && !(a_w[isp] - b_w[isp]).is_nan() && a_w[isp] != b_w[isp] {
                let (x0, x1) = self.x(panel, isp);
                let (ya, yb) = (panel.y.at(a_w[isp] / self.unit.w), panel.y.at(b_w[isp] / self.unit.w));
                there.extend([(x0, ya), (x1, ya)]);
                back.extend([(x0, yb), (x1, yb)]);
            } else if !there.is_empty() {
                let points = there.drain(..).chain(back.drain(..).rev()).collect();
                fig.area(points, colour, opacity);
            }
        }
    }

    fn limits(&self, fig: &mut Figure, panel: &Panel) {
        let production: Vec<f64> = self.input.production_limit_w.iter().map(|p| -p).collect();
        let stroke = Stroke { colour: self.style.alert, width: 1.3, dash: &[8.0, 3.0, 2.0, 3.0] };
        for limit in [self.input.consumption_limit_w, &production[..]] {
            self.stairs(fig, panel, limit, stroke);
        }
    }

    /// Names the limits and the energy asked for at the right of a panel, moved apart where they would touch.
    fn name_limits(&self, fig: &mut Figure, panel: &Panel, need: &[f64]) {
        let (size, alert, last) = (self.style.text_px, self.style.alert, self.input.day.isps() - 1);
        let (consumption, production) = (self.input.consumption_limit_w[last], -self.input.production_limit_w[last]);
        let y = |p: f64| panel.y.at(p / self.unit.w);
        let mut labels = vec![
            (y(consumption), ["limit of consumption".to_owned(), self.unit.says(consumption)], alert),
            (y(production), ["limit of feed-in".to_owned(), self.unit.says(production)], alert),
        ];
        let isps = need.iter().filter(|&&n| n != 0.0).count();
        if isps > 0 {
            let asked = [format!("requested in {isps} ISPs"), self.energy_says(need)];
            labels.push((y((consumption + production) / 2.0), asked, self.style.ink));
        }
        let wanted: Vec<f64> = labels.iter().map(|l| l.0).collect();
        let placed = spread(&wanted, 2.7 * size, panel.area.y0, panel.area.y1 - size);
        for ((_, lines, colour), y) in labels.into_iter().zip(placed) {
            for (k, line) in lines.into_iter().enumerate() {
                let at = (panel.area.x1 + 8.0, y + (0.36 + 1.25 * k as f64) * size);
                fig.text(Text::new(at, line, size, colour));
            }
        }
    }

    /// Lowest and highest of several series and the limits, W, with some air.
    fn reach(&self, series: &[&[f64]]) -> (f64, f64) {
        let production: Vec<f64> = self.input.production_limit_w.iter().map(|p| -p).collect();
        let all = series.iter().copied().chain([self.input.consumption_limit_w, &production]);
        all.flatten().fold((0.0, 0.0), |(lo, hi), &p| (p.min(lo), p.max(hi)))
    }

    fn forecast(&self, fig: &mut Figure, slot: (f64, f64)) {
        let (input, style) = (self.input, self.style);
        let need = need(input);
        let relieved: Vec<f64> = input.forecast_w.iter().zip(&need).map(|(f, n)| f + n).collect();
        let line = Stroke::solid(style.ink, LINE);
        let legend =
            [(Sample::Line(line), "net power, forecast".to_owned()), (Sample::Outlined(style.orange, 0.45), "requested to go".to_owned())];
        let panel = self.panel(fig, slot, "1  Forecast and request", &legend, self.reach(&[input.forecast_w]));
        self.between(fig, &panel, input.forecast_w, &relieved, style.orange, 0.45);
        self.limits(fig, &panel);
        self.stairs(fig, &panel, input.forecast_w, line);
        self.name_limits(fig, &panel, &need);
    }

    /// Energy in the Requested ISPs, unit times h; rebound elsewhere is not what was bought.
    fn energy(&self, power_w: &[f64]) -> f64 {
        let requested = power_w.iter().zip(self.input.requested_w).filter(|(_, r)| r.is_some());
        requested.map(|(p, _)| p.abs()).sum::<f64>() * self.input.day.isp().as_hours() / self.unit.w
    }

    fn energy_says(&self, power_w: &[f64]) -> String {
        format!("{} {}h", number(self.energy(power_w), 0), self.unit.name)
    }

    fn market(&self, fig: &mut Figure, slot: (f64, f64)) {
        let (input, style) = (self.input, self.style);
        let n = input.day.isps();
        let need = need(input);
        let mut order: Vec<usize> = (0..input.offers.len()).collect();
        order.sort_by(|&a, &b| input.offers[a].price_per_mwh.total_cmp(&input.offers[b].price_per_mwh));
        let mut lo = vec![0.0; n];
        let mut hi = vec![0.0; n];
        let mut stack: Vec<(usize, Vec<f64>)> = Vec::new();
        for &k in &order {
            let base = (0..n).map(|i| stack_on(&mut lo[i], &mut hi[i], input.offers[k].power_w[i])).collect();
            stack.push((k, base));
        }
        let reach = lo.iter().chain(&hi).chain(&need).fold((0.0_f64, 0.0_f64), |(l, h), &p| (l.min(p), h.max(p)));
        let asked = Stroke { colour: style.ink, width: LINE, dash: &[4.0, 3.0] };
        let legend = [
            (Sample::Line(asked), "requested".to_owned()),
            (Sample::Outlined(style.faint, 0.22), "offered, cheapest at zero".to_owned()),
            (Sample::Box(style.faint, 1.0), "of it ordered".to_owned()),
        ];
        let panel = self.panel(fig, slot, "2  Offers and orders", &legend, reach);
        let colours = self.offer_colours();
        for (k, base) in &stack {
            self.draw_offer(fig, &panel, *k, base, colours[*k]);
        }
        self.stairs(fig, &panel, &around_need(&need), asked);
        self.list_offers(fig, &panel, &order, &colours);
    }

    /// An offer on its `base` in the stack: all of it pale and outlined, the ordered part full.
    fn draw_offer(&self, fig: &mut Figure, panel: &Panel, offer: usize, base: &[f64], colour: Colour) {
        let input = self.input;
        let top = |power: &dyn Fn(usize) -> f64| -> Vec<f64> { base.iter().enumerate().map(|(i, b)| b + power(i)).collect() };
        let offered = top(&|i| input.offers[offer].power_w[i]);
        let bought = top(&|i| input.orders.iter().filter(|o| o.offer == offer).map(|o| o.power_w[i]).sum());
        self.between(fig, panel, base, &offered, colour, 0.22);
        self.between(fig, panel, base, &bought, colour, 0.95);
        let edge: Vec<f64> =
            offered.iter().enumerate().map(|(i, &v)| if input.offers[offer].power_w[i] == 0.0 { f64::NAN } else { v }).collect();
        self.stairs(fig, panel, &edge, Stroke::solid(colour, 1.2));
    }

    /// Aggregators have the colours they have in the feeder map.
    fn offer_colours(&self) -> Vec<Colour> {
        let names = self.input.aggregators;
        let colour = |name: &str| self.style.categories[names.iter().position(|&n| n == name).unwrap_or(0) % 9];
        self.input.offers.iter().map(|o| colour(o.aggregator)).collect()
    }

    /// Price and energy of the offers, dearest on top as in the stack.
    fn list_offers(&self, fig: &mut Figure, panel: &Panel, order: &[usize], colours: &[Colour]) {
        const PITCH: f64 = 31.0;
        let style = self.style;
        let x = panel.area.x1 + 2.0;
        let caption =
            Text::new((x + 8.0, panel.area.y0 - 8.0), format!("price: {}h ordered of offered", self.unit.name), style.text_px, style.faint);
        fig.text(caption);
        let fits = ((panel.area.height() + 8.0) / PITCH) as usize;
        let shown = if order.len() <= fits { order.len() } else { fits.saturating_sub(1) };
        let mut y = panel.area.y0 - 2.0;
        if shown < order.len() {
            let more = format!("{} dearer offers", order.len() - shown);
            fig.text(Text::new((x + 8.0, y + 12.0), more, style.text_px, style.faint));
            y += PITCH * 0.6;
        }
        for &k in order[..shown].iter().rev() {
            let offer = &self.input.offers[k];
            draw_sample(fig, style, (x, y + 8.0), Sample::Box(colours[k], 0.95));
            let name = text::fit(offer.aggregator, style.text_px, false, SIDE - 48.0);
            fig.text(Text::new((x + 36.0, y + 12.0), name, style.text_px, style.ink));
            let bought: Vec<f64> = self.orders_of(k);
            let says = format!(
                "{} {}/MWh: {} of {}",
                short(offer.price_per_mwh),
                self.input.currency,
                number(self.energy(&bought), 0),
                number(self.energy(offer.power_w), 0)
            );
            let says = text::fit(&says, style.small_px, false, SIDE - 42.0);
            fig.text(Text::new((x + 36.0, y + 25.0), says, style.small_px, style.faint));
            y += PITCH;
        }
    }

    fn orders_of(&self, offer: usize) -> Vec<f64> {
        let orders = || self.input.orders.iter().filter(|o| o.offer == offer);
        (0..self.input.day.isps()).map(|i| orders().map(|o| o.power_w[i]).sum()).collect()
    }

    fn outcome(&self, fig: &mut Figure, slot: (f64, f64)) -> Panel {
        let (input, style) = (self.input, self.style);
        let f = ordered(input);
        let target: Vec<f64> = input.forecast_w.iter().zip(&f).map(|(forecast, f)| forecast + f).collect();
        let (base, goal, real) = (
            Stroke { colour: style.faint, width: LINE, dash: &[5.0, 4.0] },
            Stroke::solid(style.strategies[1].towards(style.background, 0.45), 4.0),
            Stroke::solid(style.ink, LINE),
        );
        let legend = [
            (Sample::Line(base), "forecast".to_owned()),
            (Sample::Line(goal), "target = forecast + ordered".to_owned()),
            (Sample::Line(real), "realised".to_owned()),
            (Sample::Outlined(style.alert, 0.5), "not delivered, as settled".to_owned()),
        ];
        let panel = self.panel(fig, slot, "3  Outcome", &legend, self.reach(&[input.forecast_w, &target, input.realised_w]));
        self.limits(fig, &panel);
        let traded: Vec<f64> = target.iter().zip(&f).map(|(&t, &f)| if f == 0.0 { f64::NAN } else { t }).collect();
        self.stairs(fig, &panel, &traded, goal);
        self.stairs(fig, &panel, input.forecast_w, base);
        if let Some(missing) = input.deficiency_w {
            let reached: Vec<f64> = (0..f.len()).map(|i| target[i] - f[i].signum() * missing[i]).collect();
            self.between(fig, &panel, &target, &reached, style.alert, 0.5);
        }
        self.stairs(fig, &panel, input.realised_w, real);
        self.name_outcome(fig, &panel, &f);
        panel
    }

    fn name_outcome(&self, fig: &mut Figure, panel: &Panel, f: &[f64]) {
        let bought = self.energy(f);
        if bought == 0.0 {
            return;
        }
        let size = self.style.text_px;
        let mut lines = vec![(format!("ordered {}", self.energy_says(f)), self.style.ink)];
        match self.input.deficiency_w {
            None => lines.push(("not settled in this run".to_owned(), self.style.faint)),
            Some(missing) => {
                let lacking = missing.iter().sum::<f64>() * self.input.day.isp().as_hours() / self.unit.w;
                let colour = if lacking == 0.0 { self.style.ink } else { self.style.alert };
                lines.push((format!("not delivered {} {}h", little(lacking), self.unit.name), colour));
                lines.push((format!("({} % of the order)", little(100.0 * lacking / bought)), colour));
            }
        }
        for (k, (line, colour)) in lines.into_iter().enumerate() {
            let at = (panel.area.x1 + 8.0, (panel.area.y0 + panel.area.y1) / 2.0 - 18.0 + 1.25 * size * k as f64);
            fig.text(Text::new(at, line, size, colour));
        }
    }

    /// ISP numbers under the hours of the last panel.
    fn isp_numbers(&self, fig: &mut Figure, panel: &Panel) {
        let style = self.style;
        let below = panel.area.y1 + 22.0 + style.text_px;
        for &t in &self.axis.major {
            if let Some(isp) = self.input.day.isp_at(t) {
                let at = (panel.x.at(t.0 as f64), below);
                let text = Text::new(at, isp.number().to_string(), style.small_px, style.faint);
                fig.text(text.align(super::figure::Align::Centre));
            }
        }
        fig.text(Text::new((16.0, below), "ISP", style.small_px, style.faint));
        panel.x_caption(fig, style, &format!("local time, {}", self.input.calendar.zone_name()), 52.0);
    }
}

/// The need with the ISPs next to it, so its line comes up from zero; NaN elsewhere.
fn around_need(need: &[f64]) -> Vec<f64> {
    let near = |i: usize| need[i.saturating_sub(1)..(i + 2).min(need.len())].iter().any(|&n| n != 0.0);
    (0..need.len()).map(|i| if near(i) { need[i] } else { f64::NAN }).collect()
}

/// Puts `power` on the pile of its own sign and returns where it lies.
fn stack_on(lo: &mut f64, hi: &mut f64, power: f64) -> f64 {
    let pile = if power < 0.0 { lo } else { hi };
    let base = *pile;
    *pile += power;
    base
}

/// An amount that is zero only where it is.
fn little(x: f64) -> String {
    if x > 0.0 && x < 0.05 { "below 0.1".to_owned() } else { number(x, 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_little_is_not_nothing() {
        assert_eq!([0.0, 0.0005, 0.05, 6.04].map(little), ["0.0", "below 0.1", "0.1", "6.0"]);
    }
}
