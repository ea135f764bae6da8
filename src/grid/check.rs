//! The rules a grid's tables must keep, one row at a time; how the rows hang together is the business of [`super::topology`].
//!
//! | code | rule |
//! |---|---|
//! | `unknown-bus` | a row refers to a bus that exists |
//! | `duplicate-id` | ids are unique within their table, connections' addresses too |
//! | `not-positive` | rated voltages, currents and powers are above 0 |
//! | `bad-value` | impedances, shunts and losses are finite; resistances, losses and conductances not negative; zero sequence too |
//! | `transformer-impedance` | load losses fit the short-circuit voltage: `pk ≤ uk·S`, `ur0 ≤ uk0` |
//! | `voltage-band` | lower end below upper end |
//! | `voltage-levels` | lines and switches join buses of one rated voltage |
//! | `vector-group` | an odd or even clock number as the windings are joined |
//! | `winding-voltage` | windings are within 20 % of their bus, taps within 20 % of the rated ratio (a warning) |
//! | `unlikely-unit` | no figure is right only in another unit (a warning; `unlikely_unit.rs`) |
//! | `self-loop` | a branch or switch joins two different buses |

use std::collections::BTreeSet;

use super::{Bus, Element, Grid, Places, Transformer, TransformerZeroSequence, rules, unlikely_unit};
use crate::diagnostic::{Finding, Findings};
use crate::ids::BusIdx;

/// Applies all rules; `places` lets findings point into the files, empty places are fine.
#[must_use]
pub fn check(grid: &Grid, places: &Places) -> Findings {
    // A voltage in another unit fits no winding and no other bus, and that is its own finding.
    let levels_doubted = grid.buses.iter().any(|bus| unlikely_unit::is_voltage_doubted(bus.u_rated_v));
    let mut c = Check { grid, places, levels_doubted, odd: odd_levels(grid), findings: Findings::default() };
    c.ids();
    c.buses();
    c.lines();
    c.transformers();
    c.switches();
    c.sources();
    c.ends();
    let mut findings = c.findings;
    findings.extend(unlikely_unit::check(grid, places));
    findings
}

struct Check<'a> {
    grid: &'a Grid,
    places: &'a Places,
    /// Whether a bus has a rated voltage that is right in another unit.
    levels_doubted: bool,
    /// Buses whose rated voltage nothing around them has.
    odd: BTreeSet<usize>,
    findings: Findings,
}

/// Whether a winding of `u_v` may stand at `bus`.
fn fits(u_v: f64, bus: &Bus) -> bool {
    (0.8..=1.2).contains(&(u_v / bus.u_rated_v))
}

/// Buses that lines and switches join only with buses of another rated voltage, while one of those agrees with others and no winding
/// agrees with them: the voltage of the bus is wrong, not every line and winding at it.
fn odd_levels(grid: &Grid) -> BTreeSet<usize> {
    let joined = grid.lines.iter().map(|l| (l.from, l.to)).chain(grid.switches.iter().map(|s| (s.from, s.to)));
    let both = joined.filter_map(|(from, to)| Some((from.i(), to.i(), grid.buses.get(from.i())?, grid.buses.get(to.i())?)));
    let mut agrees = vec![false; grid.buses.len()];
    let mut others: Vec<Vec<usize>> = vec![Vec::new(); grid.buses.len()];
    for (from, to, a, b) in both.filter(|(from, to, ..)| from != to) {
        if a.u_rated_v == b.u_rated_v {
            (agrees[from], agrees[to]) = (true, true);
        } else {
            others[from].push(to);
            others[to].push(from);
        }
    }
    let ends = grid.transformers.iter().flat_map(|t| [(t.hv.i(), t.u_hv_v), (t.lv.i(), t.u_lv_v)]);
    let fitted: BTreeSet<usize> =
        ends.filter(|(bus, u_v)| grid.buses.get(*bus).is_some_and(|b| fits(*u_v, b))).map(|(bus, _)| bus).collect();
    let odd = |&bus: &usize| !agrees[bus] && !fitted.contains(&bus) && others[bus].iter().any(|other| agrees[*other]);
    (0..grid.buses.len()).filter(odd).collect()
}

impl Check<'_> {
    fn push(&mut self, element: Element, mut finding: Finding) {
        finding.location = self.places.of(element).cloned();
        self.findings.push(finding.of_row());
    }

    fn ids(&mut self) {
        let g = self.grid;
        self.unique("bus", g.buses.iter().map(|b| b.id.as_str()), Element::Bus);
        self.unique("line", g.lines.iter().map(|l| l.id.as_str()), Element::Line);
        self.unique("transformer", g.transformers.iter().map(|t| t.id.as_str()), Element::Transformer);
        self.unique("switch", g.switches.iter().map(|s| s.id.as_str()), Element::Switch);
        self.unique("connection", g.connections.iter().map(|c| c.id.as_str()), Element::Connection);
        // A row that stands twice has both twice.
        let mut ids = BTreeSet::new();
        let own = g.connections.iter().map(|c| ids.insert(c.id.as_str()).then_some(c.address.as_str()));
        self.unique_where_given("connection address", own, Element::Connection);
    }

    fn unique<'g>(&mut self, what: &str, ids: impl Iterator<Item = &'g str>, element: fn(usize) -> Element) {
        self.unique_where_given(what, ids.map(Some), element);
    }

    fn unique_where_given<'g>(&mut self, what: &str, ids: impl Iterator<Item = Option<&'g str>>, element: fn(usize) -> Element) {
        let mut seen = BTreeSet::new();
        for (row, id) in ids.enumerate().filter_map(|(row, id)| Some((row, id?))) {
            if !seen.insert(id) {
                self.push(element(row), rules::DUPLICATE_ID.finding(format!("{what} '{id}' appears twice")).help("give each its own"));
            }
        }
    }

    fn positive(&mut self, element: Element, what: &str, value: f64) {
        // Not `<= 0`: NaN is not positive either.
        if value.is_nan() || value <= 0.0 {
            self.push(element, crate::table::rules::NOT_POSITIVE.finding(format!("{what} must be above 0, not {value}")));
        }
    }

    fn at_least_zero(&mut self, element: Element, what: &str, value: f64) {
        if !value.is_finite() || value < 0.0 {
            self.push(element, rules::BAD_VALUE.finding(format!("{what} must be 0 or more, not {value}")));
        }
    }

    fn finite(&mut self, element: Element, what: &str, value: f64) {
        if !value.is_finite() {
            self.push(element, rules::BAD_VALUE.finding(format!("{what} must be a number, not {value}")));
        }
    }

    fn buses(&mut self) {
        for (i, bus) in self.grid.buses.iter().enumerate() {
            let at = Element::Bus(i);
            self.positive(at, &format!("rated voltage of bus '{}'", bus.id), bus.u_rated_v);
            if self.odd.contains(&i) && !self.levels_doubted {
                let message =
                    format!("bus '{}' is rated {} V, but every line at it leads to a bus of another voltage", bus.id, bus.u_rated_v);
                self.push(at, rules::VOLTAGE_LEVELS.finding(message).help("give it the rated voltage of the buses around it, in V"));
            }
            if bus.u_min_pu.partial_cmp(&bus.u_max_pu) != Some(std::cmp::Ordering::Less) {
                let message = format!("voltage band of bus '{}' goes from {} to {} pu", bus.id, bus.u_min_pu, bus.u_max_pu);
                self.push(at, rules::VOLTAGE_BAND.finding(message).help("state the lower end first"));
            }
        }
    }

    fn lines(&mut self) {
        for (i, line) in self.grid.lines.iter().enumerate() {
            let (at, of) = (Element::Line(i), format!("of line '{}'", line.id));
            self.positive(at, &format!("rated current {of}"), line.rated_current_a);
            self.at_least_zero(at, &format!("resistance {of}"), line.r_ohm);
            self.finite(at, &format!("reactance {of}"), line.x_ohm);
            self.finite(at, &format!("susceptance {of}"), line.b_s);
            self.at_least_zero(at, &format!("conductance {of}"), line.g_s);
            if let Some(zero) = &line.zero_sequence {
                self.at_least_zero(at, &format!("zero-sequence resistance {of}"), zero.r0_ohm);
                self.finite(at, &format!("zero-sequence reactance {of}"), zero.x0_ohm);
                self.finite(at, &format!("zero-sequence susceptance {of}"), zero.b0_s);
                self.at_least_zero(at, &format!("zero-sequence conductance {of}"), zero.g0_s);
            }
            self.same_level(at, &format!("line '{}'", line.id), line.from, line.to);
        }
    }

    fn transformers(&mut self) {
        for (i, t) in self.grid.transformers.iter().enumerate() {
            let (at, of) = (Element::Transformer(i), format!("of transformer '{}'", t.id));
            self.positive(at, &format!("rated power {of}"), t.rated_power_va);
            self.positive(at, &format!("hv winding voltage {of}"), t.u_hv_v);
            self.positive(at, &format!("lv winding voltage {of}"), t.u_lv_v);
            self.tap(at, t);
            self.at_least_zero(at, &format!("short-circuit voltage {of}"), t.uk_pu);
            self.at_least_zero(at, &format!("load losses {of}"), t.pk_w);
            self.at_least_zero(at, &format!("no-load current {of}"), t.i0_pu);
            self.at_least_zero(at, &format!("no-load losses {of}"), t.p0_w);
            self.finite(at, &format!("phase shift {of}"), t.shift_deg);
            if t.pk_w > t.uk_pu * t.rated_power_va && !unlikely_unit::is_power_doubted(t) {
                let message = format!("load losses {of} exceed what its short-circuit voltage allows, {} W", t.uk_pu * t.rated_power_va);
                self.push(at, rules::TRANSFORMER_IMPEDANCE.finding(message).help("uk_pu is a fraction (4 % is 0.04), pk_w is in W"));
            }
            if let Some(zero) = &t.zero_sequence {
                self.zero_sequence(at, &of, t, zero);
            }
            self.windings(at, t);
        }
    }

    fn zero_sequence(&mut self, at: Element, of: &str, t: &Transformer, zero: &TransformerZeroSequence) {
        self.at_least_zero(at, &format!("zero-sequence impedance {of}"), zero.uk0_pu);
        self.at_least_zero(at, &format!("zero-sequence resistance {of}"), zero.ur0_pu);
        if zero.ur0_pu > zero.uk0_pu {
            let message = format!("zero-sequence resistance {of} exceeds its impedance, {} pu", zero.uk0_pu);
            self.push(at, rules::TRANSFORMER_IMPEDANCE.finding(message).help("ur0_pu is the real part of uk0_pu"));
        }
        let group = zero.vector_group;
        if t.clock().is_none_or(|clock| (clock % 2 == 1) != group.odd()) {
            let message = format!("vector group {} {of} does not shift by {}°", group.name(), t.shift_deg);
            let clocks = if group.odd() { "an odd multiple of 30°, such as 150 (clock 5)" } else { "an even multiple of 30°, such as 0" };
            self.push(at, rules::VECTOR_GROUP.finding(message).help(format!("shift_deg is {clocks}")));
        }
    }

    fn switches(&mut self) {
        for (i, s) in self.grid.switches.iter().enumerate() {
            self.same_level(Element::Switch(i), &format!("switch '{}'", s.id), s.from, s.to);
        }
    }

    fn sources(&mut self) {
        for (i, s) in self.grid.sources.iter().enumerate() {
            self.positive(Element::Source(i), "source voltage", s.u_pu);
            self.finite(Element::Source(i), "source angle", s.angle_deg);
            // Per cent is told as a unit; nothing makes a voltage of what is beyond.
            if s.u_pu > 0.0 && !(0.3..=2.0).contains(&s.u_pu) && !(30.0..=200.0).contains(&s.u_pu) {
                let message = format!("source voltage is {} times the rated voltage of its bus", s.u_pu);
                self.push(
                    Element::Source(i),
                    rules::BAD_VALUE.finding(message).help("u_pu is a fraction of the rated voltage, such as 1.02"),
                );
            }
        }
    }

    /// Every row's buses exist; rules that look at a bus skip those that do not.
    fn ends(&mut self) {
        let g = self.grid;
        let mut ends: Vec<(Element, BusIdx)> = Vec::new();
        ends.extend(g.lines.iter().enumerate().flat_map(|(i, l)| [(Element::Line(i), l.from), (Element::Line(i), l.to)]));
        ends.extend(
            g.transformers.iter().enumerate().flat_map(|(i, t)| [(Element::Transformer(i), t.hv), (Element::Transformer(i), t.lv)]),
        );
        ends.extend(g.switches.iter().enumerate().flat_map(|(i, s)| [(Element::Switch(i), s.from), (Element::Switch(i), s.to)]));
        ends.extend(g.sources.iter().enumerate().map(|(i, s)| (Element::Source(i), s.bus)));
        ends.extend(g.connections.iter().enumerate().map(|(i, c)| (Element::Connection(i), c.bus)));
        for (element, bus) in ends {
            if bus.i() >= g.buses.len() {
                let message = format!("{element:?} is at bus row {}, but there are {}", bus.i(), g.buses.len());
                self.push(element, rules::UNKNOWN_BUS.finding(message));
            }
        }
    }

    fn same_level(&mut self, at: Element, what: &str, from: BusIdx, to: BusIdx) {
        let (Some(a), Some(b)) = (self.grid.buses.get(from.i()), self.grid.buses.get(to.i())) else { return };
        if from == to {
            let finding = rules::SELF_LOOP.finding(format!("{what} begins and ends at bus '{}'", a.id));
            self.push(at, finding.help("remove it or correct one end"));
        } else if a.u_rated_v != b.u_rated_v && !self.levels_doubted && ![from, to].iter().any(|bus| self.odd.contains(&bus.i())) {
            let message = format!("{what} joins bus '{}' of {} V and bus '{}' of {} V", a.id, a.u_rated_v, b.id, b.u_rated_v);
            self.push(
                at,
                rules::VOLTAGE_LEVELS.finding(message).help("only transformers join voltage levels; the rated voltages are in buses.csv"),
            );
        }
    }

    /// A tap stays within the 20 % that a winding may be off its bus.
    fn tap(&mut self, at: Element, t: &Transformer) {
        let change = f64::from(t.tap.position) * t.tap.step_pu;
        if change.abs() <= 0.2 || unlikely_unit::is_tap_step_doubted(t.tap.step_pu) {
            return;
        }
        let message = format!("tap {} of transformer '{}' changes its voltage by {:+.0} %", t.tap.position, t.id, 100.0 * change);
        let help = "tap_position counts taps from the rated ratio, tap_step_pu is the change per tap: 0.025 for 2.5 %";
        // Without any voltage there is nothing to calculate with.
        let rule = if change > -1.0 { rules::WINDING_VOLTAGE } else { rules::BAD_VALUE };
        self.push(at, rule.finding(message).help(help));
    }

    fn windings(&mut self, at: Element, t: &Transformer) {
        let (Some(hv), Some(lv)) = (self.grid.buses.get(t.hv.i()), self.grid.buses.get(t.lv.i())) else { return };
        let (u_hv_v, u_lv_v) = (t.u_hv_v, t.u_lv_v);
        if [t.hv, t.lv].iter().any(|bus| self.odd.contains(&bus.i())) {
            return;
        }
        let others = [("hv", u_hv_v, hv), ("lv", u_lv_v, lv)].into_iter().filter(|(_, u_v, bus)| !fits(*u_v, bus));
        let others: Vec<(&str, f64, &Bus)> = others.collect();
        if self.levels_doubted || others.is_empty() {
            return;
        }
        let winding = |(side, u_v, bus): &(&str, f64, &Bus)| format!("{side} is rated {u_v} V at bus '{}' of {} V", bus.id, bus.u_rated_v);
        let said = others.iter().map(winding).collect::<Vec<_>>().join(", ");
        let help = if fits(u_hv_v, lv) && fits(u_lv_v, hv) {
            "hv and lv are swapped: exchange the buses 'hv' and 'lv', or the voltages 'u_hv_v' and 'u_lv_v'"
        } else if others.iter().all(|(_, u_v, bus)| fits(u_v * 1e3, bus)) {
            "is the voltage in kV? write it in V"
        } else if others.iter().all(|(_, u_v, bus)| (0.95..=1.05).contains(&(u_v / bus.u_rated_v / 3_f64.sqrt()))) {
            // 400 V line to line is 230 V to neutral.
            "rated voltages are line to line: is that of the bus the voltage to neutral?"
        } else {
            "each winding has about the voltage of its bus: correct the voltage, the bus, or the bus's rated voltage"
        };
        self.push(at, rules::WINDING_VOLTAGE.finding(format!("transformer '{}' does not fit its buses: {said}", t.id)).help(help));
    }
}
