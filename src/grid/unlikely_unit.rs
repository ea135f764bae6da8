//! Figures that are far from what they can be, and are right with a factor of 100, 1000 or so: kV for V, per cent for pu.
//!
//! A load flow on such a table has no operating point, or one that means nothing. Each kind of figure has a range that real
//! equipment keeps with room on both sides. A figure outside it is told if another unit brings it inside; of one kind the first row is
//! named and the others are counted, for one slip of the pen spoils a whole column.

use super::{Element, Grid, Places};
use crate::diagnostic::{Finding, Findings, Rule, Severity};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "unlikely-unit",
    severity: Severity::Warning,
    what: "A figure of a feeder is far from what it can be, and is right in another unit.",
    why: "Units are SI and fractions: V, W, VA, A, pu. A column in kV, kW or per cent leaves the load flow without a solution, or with one that means nothing.",
    example: "id,u_rated_v,u_min_pu,u_max_pu\nvillage,0.4,90,110",
    mend: "id,u_rated_v,u_min_pu,u_max_pu\nvillage,400,0.9,1.1",
};

/// What a figure is, where it may lie, and the units it is often given in.
struct Kind {
    /// `rated voltage`.
    what: &'static str,
    /// Its unit here.
    unit: &'static str,
    /// What of it is judged has to lie here.
    range: [f64; 2],
    /// Another unit, and what one of it is in ours.
    others: &'static [(&'static str, f64)],
}

const PERCENT: (&str, f64) = ("per cent", 0.01);
const VOLTAGE: Kind = Kind { what: "rated voltage", unit: "V", range: [100.0, 2e6], others: &[("kV", 1e3)] };
const BAND: Kind = Kind { what: "voltage band", unit: "pu", range: [0.3, 2.0], others: &[PERCENT] };
const SOURCE: Kind = Kind { what: "voltage", unit: "pu", range: [0.3, 2.0], others: &[PERCENT] };
const POWER: Kind = Kind { what: "rated power", unit: "VA", range: [1e3, 1e10], others: &[("kVA", 1e3), ("MVA", 1e6)] };
const SHORT_CIRCUIT: Kind = Kind { what: "short-circuit voltage uk", unit: "pu", range: [0.0, 0.5], others: &[PERCENT] };
const NO_LOAD_CURRENT: Kind = Kind { what: "no-load current i0", unit: "pu", range: [0.0, 0.1], others: &[PERCENT] };
const TAP_STEP: Kind = Kind { what: "tap step", unit: "pu", range: [-0.2, 0.2], others: &[PERCENT] };
const CURRENT: Kind = Kind { what: "rated current", unit: "A", range: [5.0, 1e5], others: &[("kA", 1e3)] };
const SUSCEPTANCE: Kind = Kind { what: "susceptance", unit: "S", range: [-0.05, 0.05], others: &[("µS", 1e-6)] };
/// Load losses over rated power.
const LOAD_LOSSES: Kind = Kind { what: "load losses pk", unit: "W", range: [1e-4, 0.1], others: &[("kW", 1e3)] };
/// No-load losses over rated power.
const NO_LOAD_LOSSES: Kind = Kind { what: "no-load losses p0", unit: "W", range: [1e-5, 0.02], others: &[("kW", 1e3)] };
/// Voltage along the line at its rated current over the rated voltage.
const IMPEDANCE: Kind = Kind { what: "impedance", unit: "Ω", range: [0.0, 1.5], others: &[("mΩ", 1e-3)] };

impl Kind {
    /// The unit in which a figure is right that is not in ours; `judged` is what of it has to lie in the range.
    fn meant(&self, judged: f64) -> Option<(&'static str, f64)> {
        let fits = |x: f64| (self.range[0]..=self.range[1]).contains(&x);
        self.others.iter().copied().find(|(_, factor)| !fits(judged) && fits(judged * factor))
    }
}

/// A figure in a row.
struct Figure {
    at: Element,
    /// `bus 'village'`.
    of: String,
    value: f64,
    judged: f64,
}

/// All figures that look like another unit's.
pub(super) fn check(grid: &Grid, places: &Places) -> Findings {
    let mut findings = Findings::default();
    let mut told = |kind: &Kind, figures: &mut dyn Iterator<Item = Figure>| {
        let mut doubtful = figures.filter_map(|figure| kind.meant(figure.judged).map(|meant| (figure, meant)));
        if let Some((first, meant)) = doubtful.next() {
            findings.push(finding(kind, &first, meant, doubtful.count()).located(places.of(first.at).cloned()));
        }
    };
    let bus = |value: fn(&super::Bus) -> f64| {
        grid.buses.iter().enumerate().map(move |(i, bus)| figure(Element::Bus(i), format!("bus '{}'", bus.id), value(bus)))
    };
    told(&VOLTAGE, &mut bus(|bus| bus.u_rated_v));
    told(&BAND, &mut bus(|bus| bus.u_max_pu));
    let line = |value: fn(&super::Line) -> f64| {
        grid.lines.iter().enumerate().map(move |(i, line)| figure(Element::Line(i), format!("line '{}'", line.id), value(line)))
    };
    told(&CURRENT, &mut line(|line| line.rated_current_a));
    told(&SUSCEPTANCE, &mut line(|line| line.b_s));
    // What does not fit because another figure is in doubt is not in doubt itself.
    let drop = |line: &super::Line| {
        let u_v = grid.buses.get(line.from.i()).map_or(f64::NAN, |bus| bus.u_rated_v);
        let sound = VOLTAGE.meant(u_v).is_none() && CURRENT.meant(line.rated_current_a).is_none() && line.rated_current_a < 2000.0;
        let z_ohm = libm::hypot(line.r_ohm, line.x_ohm);
        if sound { z_ohm * line.rated_current_a * libm::sqrt(3.0) / u_v } else { 0.0 }
    };
    let impedance = |(i, line): (usize, &super::Line)| Figure {
        judged: drop(line),
        ..figure(Element::Line(i), format!("line '{}'", line.id), libm::hypot(line.r_ohm, line.x_ohm))
    };
    told(&IMPEDANCE, &mut grid.lines.iter().enumerate().map(impedance));
    let transformer = |value: fn(&super::Transformer) -> f64| {
        let figure = move |(i, t): (usize, &super::Transformer)| figure(Element::Transformer(i), format!("transformer '{}'", t.id), value(t));
        grid.transformers.iter().enumerate().map(figure)
    };
    told(&POWER, &mut transformer(|t| t.rated_power_va));
    told(&SHORT_CIRCUIT, &mut transformer(|t| t.uk_pu));
    told(&NO_LOAD_CURRENT, &mut transformer(|t| t.i0_pu));
    told(&TAP_STEP, &mut transformer(|t| t.tap.step_pu));
    for (kind, losses) in [(&LOAD_LOSSES, (|t| t.pk_w) as fn(&super::Transformer) -> f64), (&NO_LOAD_LOSSES, |t| t.p0_w)] {
        let share = |f: Figure| {
            let Element::Transformer(i) = f.at else { unreachable!("a transformer's figure") };
            let rated_va = grid.transformers[i].rated_power_va;
            // An ideal transformer has none, and is meant.
            let judged = if f.value > 0.0 && POWER.meant(rated_va).is_none() { f.value / rated_va } else { kind.range[0] };
            Figure { judged, ..f }
        };
        told(kind, &mut transformer(losses).map(share));
    }
    let source = |(i, s): (usize, &super::Source)| {
        let of = grid.buses.get(s.bus.i()).map_or_else(String::new, |bus| format!("the source at bus '{}'", bus.id));
        figure(Element::Source(i), of, s.u_pu)
    };
    told(&SOURCE, &mut grid.sources.iter().enumerate().map(source));
    findings
}

fn figure(at: Element, of: String, value: f64) -> Figure {
    Figure { at, of, value, judged: value }
}

fn finding(kind: &Kind, figure: &Figure, (other, factor): (&str, f64), more: usize) -> Finding {
    let alike = match more {
        0 => String::new(),
        1 => ", and one more like it".to_owned(),
        n => format!(", and {n} more like it"),
    };
    let (value, unit) = (figure.value, kind.unit);
    let message = format!("{} of {} is {value} {unit}{alike}: is it in {other}?", kind.what, figure.of);
    let mended = format!("{:.12}", value * factor);
    let mended = mended.trim_end_matches('0').trim_end_matches('.');
    RULE.finding(message).help(format!("it has to be in {unit}: {value} {other} is {mended} {unit}"))
}
