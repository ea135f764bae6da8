//! The table of key figures, strategies side by side, and what they do to each congestion point.

use crate::ids::CpIdx;
use crate::kpi::{DEFINITIONS, Value, definition};
use crate::output::text_table::TextTable;
use crate::scenario::study::Study;

use super::record::element_title;
use super::{Finished, weather};

/// What the terminal shows of a point, with the head of its column.
const SHOWN: [(&str, &str); 7] = [
    ("overload_ex_ante_mwh", "without flexibility"),
    ("overload_after_orders_mwh", "after orders"),
    ("overload_realised_mwh", "realised"),
    ("overload_avoided_mwh", "avoided"),
    ("max_loading_ex_ante_percent", "highest without"),
    ("max_loading_realised_percent", "highest realised"),
    ("requested_mwh", "requested"),
];

/// The terminal shows no more points than these: those with the highest loading without flexibility.
const MOST: usize = 12;

/// Figures from here on are shown as powers of ten.
const LONG: f64 = 1e9;

/// The table for a terminal `width` columns wide; rows that are nothing everywhere are left out.
#[must_use]
pub fn summary(study: &Study, cases: &[Finished<'_>], width: usize) -> String {
    let names: Vec<(&str, &str)> = cases.iter().map(|c| (c.strategy.name.as_str(), "")).collect();
    let mut table = TextTable::new(&[("", "")], &names);
    let mut section = None;
    for d in DEFINITIONS {
        let values: Vec<Value> = cases.iter().map(|c| c.kpis.get(d.key)).collect();
        if values.iter().all(|v| matches!(v, Value::NotApplicable | Value::Number(0.0))) {
            continue;
        }
        if section != Some(d.section) {
            table.section(d.section.title());
            section = Some(d.section);
        }
        let label = if d.unit.is_empty() { d.label.to_owned() } else { format!("{} ({})", d.label, d.unit) };
        let cells = values.iter().map(|v| cell(*v, d.digits));
        table.row(std::iter::once(label).chain(cells));
    }
    let days = study.periods.len();
    let from = study.periods.first().map(|p| p.date.to_string()).unwrap_or_default();
    let world = weather::world(study).map_or_else(String::new, |world| world + "\n");
    let head = format!("{}: {} days from {from}, seed {}\n{}\n{world}\n", study.name, days, study.seed, study.description);
    head + &table.render(width) + &by_point(study, cases, width)
}

/// Overload at each of several congestion points, strategy by strategy; nothing where there is one.
fn by_point(study: &Study, cases: &[Finished<'_>], width: usize) -> String {
    let Some(first) = cases.first().filter(|_| study.congestion_points.len() > 1) else { return String::new() };
    let highest = |cp: &CpIdx| first.kpis.at(*cp, "max_loading_ex_ante_percent").number().unwrap_or(0.0);
    let mut shown: Vec<CpIdx> = (0..study.congestion_points.len()).map(CpIdx::new).collect();
    shown.sort_by(|a, b| highest(b).total_cmp(&highest(a)));
    shown.truncate(MOST);
    shown.sort_unstable();
    let heads = SHOWN.map(|(key, head)| (head, definition(key).unit));
    let mut table = TextTable::new(&[("", "")], &heads);
    for cp in &shown {
        let point = &study.congestion_points[cp.i()];
        table.section(format!("{}: {}", point.id, element_title(study, point.branch)));
        for c in cases {
            let cells = SHOWN.iter().map(|(key, _)| cell(c.kpis.at(*cp, key), definition(key).digits));
            table.row(std::iter::once(c.strategy.name.clone()).chain(cells));
        }
    }
    let left_out = study.congestion_points.len() - shown.len();
    let note = if left_out > 0 { format!("\n{left_out} more congestion points are in congestion.csv\n") } else { String::new() };
    format!("\nCongestion points\n{}{note}", table.render(width))
}

/// A value with its digits; a figure that rounds to nothing shows no sign.
pub(super) fn cell(value: Value, digits: usize) -> String {
    match value {
        // A figure beyond all sense, such as the ageing of a transformer at ten times its rating, would push the table apart.
        Value::Number(x) if x.abs() >= LONG => format!("{x:.2e}"),
        Value::Number(x) => {
            let text = format!("{x:.digits$}");
            if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') { text.trim_start_matches('-').to_owned() } else { text }
        }
        Value::NotPriced => "not priced".to_owned(),
        Value::NotApplicable => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::SHOWN;
    use crate::kpi::BY_POINT;

    #[test]
    fn what_is_shown_is_known_of_points() {
        assert!(SHOWN.iter().all(|(key, _)| BY_POINT.contains(key)));
    }
}
