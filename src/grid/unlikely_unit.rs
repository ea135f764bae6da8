//! Figures that are far from what they can be, and are right with a factor of 100, 1000 or so: kV for V, per cent for pu.
//!
//! A load flow on such a table has no operating point, or one that means nothing. Each kind of figure has a range that real
//! equipment keeps with room on both sides. A figure outside it is told if another unit brings it inside; of one kind the first row is
//! named and the others are counted, for one slip of the pen spoils a whole column.

use super::{Element, Grid, Places};
use crate::diagnostic::{Finding, Findings, Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unlikely-unit",
    severity: Severity::Warning,
    what: "A value of a feeder or scenario is implausible in its unit, but plausible in another one.",
    why: "Units are SI and fractions: V, W, VA, A, pu. With a column in kV, kW or per cent, the load flow has no solution or a meaningless \
          one.",
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

/// Whether a rated voltage is right in another unit only.
pub(super) fn is_voltage_doubted(u_v: f64) -> bool {
    VOLTAGE.meant(u_v).is_some()
}

/// Whether the rated power of a transformer is right in another unit only.
pub(super) fn is_power_doubted(t: &super::Transformer) -> bool {
    POWER.meant(rated_power(t)).is_some()
}

/// Whether the step of a tap is right in another unit only.
pub(super) fn is_tap_step_doubted(step_pu: f64) -> bool {
    TAP_STEP.meant(step_pu).is_some()
}

/// The unit that the losses of a transformer, W, are in, load losses or no-load losses, if they fit its rated power in another only.
#[must_use]
pub fn unlikely_loss(loss_w: f64, rated_power_va: f64, load: bool) -> Option<(&'static str, f64)> {
    let kind = if load { &LOAD_LOSSES } else { &NO_LOAD_LOSSES };
    kind.meant(loss_w / rated_power_va)
}

/// What a rated power is judged by: itself, or 1 where the losses say that it is in kVA. Above 1 MVA the figure alone does not.
fn rated_power(t: &super::Transformer) -> f64 {
    let fits = |loss_w: f64, kind: &Kind, va: f64| (kind.range[0]..=kind.range[1]).contains(&(loss_w / va));
    let losses = [(t.pk_w, &LOAD_LOSSES), (t.p0_w, &NO_LOAD_LOSSES)];
    let in_kva = losses.iter().all(|(w, kind)| !fits(*w, kind, t.rated_power_va) && fits(*w, kind, 1e3 * t.rated_power_va));
    if in_kva { 1.0 } else { t.rated_power_va }
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
        let figure =
            move |(i, t): (usize, &super::Transformer)| figure(Element::Transformer(i), format!("transformer '{}'", t.id), value(t));
        grid.transformers.iter().enumerate().map(figure)
    };
    let power = transformer(|t| t.rated_power_va);
    told(&POWER, &mut power.zip(&grid.transformers).map(|(figure, t)| Figure { judged: rated_power(t), ..figure }));
    told(&SHORT_CIRCUIT, &mut transformer(|t| t.uk_pu));
    told(&NO_LOAD_CURRENT, &mut transformer(|t| t.i0_pu));
    told(&TAP_STEP, &mut transformer(|t| t.tap.step_pu));
    for (kind, losses) in [(&LOAD_LOSSES, (|t| t.pk_w) as fn(&super::Transformer) -> f64), (&NO_LOAD_LOSSES, |t| t.p0_w)] {
        let share = |f: Figure| {
            let Element::Transformer(i) = f.at else { unreachable!("a transformer's figure") };
            let rated_va = grid.transformers[i].rated_power_va;
            // An ideal transformer has none, and is meant.
            let judged = if f.value > 0.0 && !is_power_doubted(&grid.transformers[i]) { f.value / rated_va } else { kind.range[0] };
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
    let (value, unit, mended) = (plain(figure.value), kind.unit, plain(figure.value * factor));
    let message = format!("{} of {} is {value} {unit}{alike}: is it in {other}?", kind.what, figure.of);
    RULE.finding(message).help(format!("write it in {unit}: {value} {other} is {mended} {unit}"))
}

/// A number without the last digits of its arithmetic.
fn plain(x: f64) -> String {
    format!("{x:.12}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Bus, Line, Source, Tap, Transformer};
    use crate::ids::BusIdx;

    /// A transformer of 160 kVA and a cable, as they are in the tables.
    fn village() -> Grid {
        let bus = |id: &str, u_rated_v: f64| Bus { id: id.to_owned(), u_rated_v, u_min_pu: 0.9, u_max_pu: 1.1, position: None };
        let line = Line {
            id: "cable".to_owned(),
            from: BusIdx(1),
            to: BusIdx(2),
            r_ohm: 0.06,
            x_ohm: 0.02,
            b_s: 2e-5,
            g_s: 0.0,
            rated_current_a: 270.0,
            zero_sequence: None,
        };
        let transformer = Transformer {
            id: "T".to_owned(),
            hv: BusIdx(0),
            lv: BusIdx(1),
            rated_power_va: 160e3,
            u_hv_v: 20e3,
            u_lv_v: 400.0,
            uk_pu: 0.04,
            pk_w: 2350.0,
            i0_pu: 0.003,
            p0_w: 460.0,
            shift_deg: 150.0,
            tap: Tap { step_pu: 0.025, ..Tap::default() },
            zero_sequence: None,
        };
        Grid {
            buses: vec![bus("ring", 20e3), bus("board", 400.0), bus("end", 400.0)],
            lines: vec![line],
            transformers: vec![transformer],
            sources: vec![Source { bus: BusIdx(0), u_pu: 1.02, angle_deg: 0.0 }],
            ..Grid::default()
        }
    }

    #[test]
    fn a_figure_in_another_unit_is_told_once_and_alone() {
        assert!(check(&village(), &Places::default()).is_empty());
        type Spoil = fn(&mut Grid);
        let cases: [(&str, Spoil, &str); 14] = [
            ("voltage in kV", |g| g.buses.iter_mut().for_each(|b| b.u_rated_v *= 1e-3), "20 kV is 20000 V"),
            ("band in per cent", |g| g.buses.iter_mut().for_each(|b| b.u_max_pu *= 100.0), "110 per cent is 1.1 pu"),
            ("source in per cent", |g| g.sources[0].u_pu *= 100.0, "102 per cent is 1.02 pu"),
            ("current in kA", |g| g.lines[0].rated_current_a *= 1e-3, "0.27 kA is 270 A"),
            ("susceptance in µS", |g| g.lines[0].b_s *= 1e6, "20 µS is 0.00002 S"),
            ("impedance in mΩ", |g| (g.lines[0].r_ohm, g.lines[0].x_ohm) = (60.0, 0.0), "60 mΩ is 0.06 Ω"),
            ("power in kVA", |g| g.transformers[0].rated_power_va *= 1e-3, "160 kVA is 160000 VA"),
            (
                "power in kVA above 1000",
                |g| {
                    let t = &mut g.transformers[0];
                    (t.rated_power_va, t.pk_w, t.p0_w) = (1250.0, 13e3, 1.6e3)
                },
                "1250 kVA is 1250000 VA",
            ),
            ("power in MVA", |g| g.transformers[0].rated_power_va *= 1e-6, "0.16 MVA is 160000 VA"),
            ("uk in per cent", |g| g.transformers[0].uk_pu *= 100.0, "4 per cent is 0.04 pu"),
            ("i0 in per cent", |g| g.transformers[0].i0_pu *= 100.0, "0.3 per cent is 0.003 pu"),
            ("tap step in per cent", |g| g.transformers[0].tap.step_pu *= 100.0, "2.5 per cent is 0.025 pu"),
            ("pk in kW", |g| g.transformers[0].pk_w *= 1e-3, "2.35 kW is 2350 W"),
            ("p0 in kW", |g| g.transformers[0].p0_w *= 1e-3, "0.46 kW is 460 W"),
        ];
        for (what, spoil, help) in cases {
            let mut grid = village();
            spoil(&mut grid);
            let findings = check(&grid, &Places::default());
            assert_eq!(findings.0.len(), 1, "{what}: {findings}");
            assert!(findings.to_string().contains(help), "{what}: {findings}");
        }
    }

    #[test]
    fn what_is_meant_is_not_doubted() {
        let mut grid = village();
        // No losses, no shunt, no impedance, no tap, a rating nobody reaches.
        let t = &mut grid.transformers[0];
        (t.pk_w, t.p0_w, t.i0_pu, t.tap.step_pu) = (0.0, 0.0, 0.0, 0.0);
        (grid.lines[0].r_ohm, grid.lines[0].x_ohm, grid.lines[0].b_s, grid.lines[0].rated_current_a) = (0.0, 0.0, 0.0, 1e6);
        assert!(check(&grid, &Places::default()).is_empty());
    }
}
