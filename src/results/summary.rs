//! The table of key figures, strategies side by side.

use crate::kpi::{DEFINITIONS, Value};
use crate::output::text_table::TextTable;
use crate::scenario::study::Study;

use super::Finished;

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
    let head = format!("{}: {} days from {from}, seed {}\n{}\n\n", study.name, days, study.seed, study.description);
    head + &table.render(width)
}

/// A value with its digits; a figure that rounds to nothing shows no sign.
pub(super) fn cell(value: Value, digits: usize) -> String {
    match value {
        Value::Number(x) => {
            let text = format!("{x:.digits$}");
            if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') { text.trim_start_matches('-').to_owned() } else { text }
        }
        Value::NotPriced => "not priced".to_owned(),
        Value::NotApplicable => "–".to_owned(),
    }
}
