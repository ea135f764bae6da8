//! Pictures of a sweep: figures along each parameter, swings and indices by parameter.

use std::collections::BTreeMap;

use crate::chart::{AlongParameter, BarRow, Figure, ParameterBars, ParameterLine, ParameterPanel, Style, along_parameter, parameter_bars};
use crate::kpi::DEFINITIONS;
use crate::output::Column;
use crate::output::file_name;
use crate::sweep::Results;

use super::groups::{by_strategy, telling};
use super::statistics::Statistics;
use super::{BreakEven, Swing, indices};

/// Figures drawn along a parameter: what is left of the congestion, what the operator pays, what all of it costs.
const ALONG: [&str; 3] = ["overload_realised_mwh", "paid_total_eur", "cost_total_eur"];
/// Figures of swings and indices.
const BARS: [&str; 2] = ["paid_total_eur", "overload_realised_mwh"];
/// Most values of a parameter a line is drawn through.
const MOST_VALUES: usize = 60;
/// Its ageing would press every other line to the axis; what it costs is in the tables.
const LIMITLESS: &str = "copper-plate";

/// Name and picture, in a fixed order; lines along a parameter only with the break-evens that go into them.
pub(super) fn all(results: &Results, along_with: Option<&[BreakEven]>, swings: &[Swing], style: &Style) -> Vec<(String, Figure)> {
    let numeric = |p: &&str| matches!(results.parameter(p), Some(Column::F64(_)));
    let parameters: Vec<&str> = results.parameters().filter(numeric).collect();
    let mut out = Vec::new();
    for parameter in &parameters {
        if let Some(figure) = along_with.and_then(|break_evens| along(results, break_evens, parameter, style)) {
            out.push((format!("along-{}", key_name(parameter)), figure));
        }
    }
    if parameters.len() > 1 {
        out.extend(tornados(results, swings, style));
    }
    out.extend(sobols(results, style));
    out
}

/// A dotted key as part of a file's name.
fn key_name(parameter: &str) -> String {
    file_name(&parameter.replace(['.', '[', ']'], "-"))
}

fn name_of(kpi: &str) -> String {
    let d = DEFINITIONS.iter().find(|d| d.key == kpi).expect("a defined figure");
    let total = if d.label == "total" { format!("{}, total", d.section.title()) } else { d.label.to_owned() };
    if d.unit.is_empty() { total } else { format!("{total} ({})", d.unit) }
}

fn along(results: &Results, all_even: &[BreakEven], parameter: &str, style: &Style) -> Option<Figure> {
    let Some(Column::F64(x)) = results.parameter(parameter) else { return None };
    let mut distinct: Vec<f64> = x.clone();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    if distinct.len() < 2 || distinct.len() > MOST_VALUES {
        return None;
    }
    let names = results.strategy_names();
    let telling = telling(results);
    let panel = |kpi: &&str| {
        let shown = |name: &&&str| *kpi != "cost_total_eur" || names.len() == 1 || **name != LIMITLESS;
        let lines = names.iter().filter(shown).map(|name| line(results, name, kpi, x)).collect::<Vec<_>>();
        let left_out = if lines.len() < names.len() { format!(", {LIMITLESS} left out") } else { String::new() };
        let even = all_even.iter().filter(|b| b.kpi == *kpi && b.parameter == parameter && b.seeds[0] * 2 >= b.seeds[1]);
        let marks = even.filter(|b| b.below != LIMITLESS && b.above != LIMITLESS).map(says_break_even);
        ParameterPanel { figure: name_of(kpi) + &left_out, lines, marks: marks.collect() }
    };
    let mut panels: Vec<ParameterPanel<'_>> = ALONG.iter().filter(|kpi| telling.contains(kpi)).map(panel).collect();
    let congestion = Congestion::along(results, x);
    if let (Some(mark), Some(first)) = (congestion.mark(), panels.first_mut()) {
        first.marks.push(mark);
    }
    let title = congestion.title(parameter);
    let cases = (0..results.cases()).filter(|case| results.succeeded(*case)).count();
    let failed = results.cases() - cases;
    let failed = if failed == 0 { String::new() } else { format!(" ({failed} more failed)") };
    // A band needs several cases of a strategy at a value.
    let bands = match cases > distinct.len() * names.len() {
        true => "; lines are means over seeds and everything else that varies, bands hold 90 % of the cases",
        false => "",
    };
    let subtitle = format!("{cases} cases{failed}{bands}");
    Some(along_parameter(&AlongParameter { title: &title, subtitle: &subtitle, parameter, panels: &panels }, style))
}

/// A value of a parameter without the last digits of its arithmetic.
fn plain(value: f64) -> f64 {
    libm::round(value * 1e9) / 1e9
}

/// Mean and 5th to 95th percentile of a strategy's figure at each value of the parameter.
fn line<'a>(results: &Results, strategy: &'a str, kpi: &str, x: &[f64]) -> ParameterLine<'a> {
    let y = results.kpi(kpi);
    let mut cases: Vec<usize> =
        (0..results.cases()).filter(|c| results.strategies().get(*c) == strategy && results.succeeded(*c)).collect();
    cases.sort_by(|a, b| x[*a].total_cmp(&x[*b]));
    let point = |chunk: &[usize]| {
        let s = Statistics::of(chunk.iter().map(|c| y[*c]));
        [x[chunk[0]], s.mean, s.p5, s.p95]
    };
    ParameterLine { strategy, points: cases.chunk_by(|a, b| x[*a] == x[*b]).map(point).collect() }
}

fn says_break_even(b: &BreakEven) -> (f64, String) {
    (b.at[0], format!("{:.2}: {} cheaper above, {} below", b.at[0], b.above, b.below))
}

/// Where along a parameter the grid as it is would be overloaded, in some case of the value.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Congestion {
    /// Nowhere.
    None,
    /// At every value.
    Everywhere,
    /// From a value on, and at none below.
    From(f64),
    /// Up to a value, and at none above.
    UpTo(f64),
    /// At some values, with others between them.
    Here { congested: usize, of: usize },
}

impl Congestion {
    fn along(results: &Results, x: &[f64]) -> Congestion {
        let without = results.kpi("overload_ex_ante_mwh");
        let mut cases: Vec<(f64, bool)> =
            (0..results.cases()).filter(|c| results.succeeded(*c)).map(|c| (x[c], without[c] > 0.0)).collect();
        cases.sort_by(|a, b| a.0.total_cmp(&b.0));
        let at = |chunk: &[(f64, bool)]| (chunk[0].0, chunk.iter().any(|(_, congested)| *congested));
        Congestion::of(&cases.chunk_by(|a, b| a.0 == b.0).map(at).collect::<Vec<_>>())
    }

    /// Of values in their order, each with whether it is congested.
    fn of(values: &[(f64, bool)]) -> Congestion {
        let congested = values.iter().filter(|(_, congested)| *congested).count();
        let changes = values.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
        let edge = values.iter().position(|(_, congested)| *congested != values[0].1);
        match (edge, changes) {
            (None, _) if congested == 0 => Congestion::None,
            (None, _) => Congestion::Everywhere,
            (Some(k), 1) if values[k].1 => Congestion::From(values[k].0),
            (Some(k), 1) => Congestion::UpTo(values[k - 1].0),
            _ => Congestion::Here { congested, of: values.len() },
        }
    }

    fn title(self, parameter: &str) -> String {
        match self {
            Congestion::None => format!("No congestion along {parameter}"),
            Congestion::Everywhere => format!("Congestion at every {parameter}"),
            Congestion::From(value) => format!("Congestion begins at {parameter} {}", plain(value)),
            Congestion::UpTo(value) => format!("Congestion up to {parameter} {}", plain(value)),
            Congestion::Here { congested, of } => format!("Congestion at {congested} of {of} values of {parameter}"),
        }
    }

    /// A value to mark in the picture, and what to say there.
    fn mark(self) -> Option<(f64, String)> {
        match self {
            Congestion::From(value) => Some((value, format!("congestion from {}", plain(value)))),
            Congestion::UpTo(value) => Some((value, format!("congestion up to {}", plain(value)))),
            _ => None,
        }
    }
}

fn tornados(results: &Results, swings: &[Swing], style: &Style) -> Vec<(String, Figure)> {
    let mut out = Vec::new();
    for group in by_strategy(results) {
        for kpi in BARS {
            let rows: Vec<BarRow> = swings
                .iter()
                .filter(|s| s.strategy == group.strategy && s.kpi == kpi)
                .map(|s| BarRow {
                    parameter: s.parameter.clone(),
                    bars: vec![[s.kpi_at[0].mean, s.kpi_at[1].mean, f64::NAN, f64::NAN]],
                    note: format!("{:.3} to {:.3}", s.at[0], s.at[1]),
                })
                .collect();
            let Some(widest) = rows.first() else { continue };
            let title = format!("{}: {} depends most on {}", group.strategy, name_of(kpi), widest.parameter);
            let subtitle = "from the fifth of the cases with the lowest to the fifth with the highest value of each parameter";
            let bars = ParameterBars { title: &title, subtitle, axis: &name_of(kpi), kinds: &["mean at low to mean at high"], rows: &rows };
            out.push((format!("tornado-{}-{kpi}", file_name(&group.strategy)), parameter_bars(&bars, style)));
        }
    }
    out
}

fn sobols(results: &Results, style: &Style) -> Vec<(String, Figure)> {
    let mut by: BTreeMap<(String, &str), Vec<BarRow>> = BTreeMap::new();
    for i in indices(results).into_iter().filter(|i| BARS.contains(&i.kpi)) {
        let bar = |[value, low, high]: [f64; 3]| [0.0, value, low, high];
        let row = BarRow {
            parameter: i.parameter,
            bars: vec![bar(i.first), bar(i.total)],
            note: format!("{:.2} / {:.2}", i.first[0], i.total[0]),
        };
        by.entry((i.strategy, i.kpi)).or_default().push(row);
    }
    let figure = |((strategy, kpi), mut rows): ((String, &str), Vec<BarRow>)| {
        rows.sort_by(|a, b| b.bars[1][1].total_cmp(&a.bars[1][1]));
        let title = format!("{strategy}: what the variance of {} comes from", name_of(kpi));
        let subtitle = "Sobol indices with 95 % bands; the total counts everything a parameter takes part in";
        let bars = ParameterBars { title: &title, subtitle, axis: "share of the variance", kinds: &["first order", "total"], rows: &rows };
        (format!("sobol-{}-{kpi}", file_name(&strategy)), parameter_bars(&bars, style))
    };
    by.into_iter().map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_where_congestion_is() {
        let of = |congested: &[bool]| Congestion::of(&congested.iter().enumerate().map(|(k, c)| (k as f64, *c)).collect::<Vec<_>>());
        assert_eq!(of(&[]), Congestion::None);
        assert_eq!(of(&[false, false]), Congestion::None);
        assert_eq!(of(&[true, true]), Congestion::Everywhere);
        assert_eq!(of(&[false, false, true]), Congestion::From(2.0));
        assert_eq!(of(&[true, true, false]), Congestion::UpTo(1.0));
        assert_eq!(of(&[true, false, true]), Congestion::Here { congested: 2, of: 3 });
    }
}
