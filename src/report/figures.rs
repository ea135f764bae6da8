//! The table of key figures: strategies as columns, a body of rows per section, each with its definition.

use crate::kpi::{DEFINITIONS, Definition};

use super::folder::{Folder, KpiRow};
use super::html::Html;

/// A number with `digits` after the point, thousands apart, and a true minus; nothing shows no sign.
pub(super) fn decimal(x: f64, digits: usize) -> String {
    let plain = format!("{:.digits$}", x.abs());
    let zero = plain.chars().all(|c| c == '0' || c == '.');
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut grouped = String::new();
    for (k, c) in whole.chars().enumerate() {
        if k > 0 && (whole.len() - k) % 3 == 0 && whole.len() > 4 {
            // A narrow space that does not break.
            grouped.push('\u{202f}');
        }
        grouped.push(c);
    }
    format!("{}{grouped}{rest}", if x < 0.0 && !zero { "−" } else { "" })
}

/// `name` as words: `copper-plate` is `copper plate`.
pub(super) fn words(name: &str) -> String {
    name.replace(['-', '_'], " ")
}

/// A figure as the table shows it.
pub(super) fn shown(row: Option<&KpiRow>, digits: usize) -> String {
    match row {
        Some(KpiRow { status, .. }) if status == "not priced" => "not priced".to_owned(),
        Some(KpiRow { value: Some(x), status, .. }) if status == "ok" => decimal(*x, digits),
        _ => "–".to_owned(),
    }
}

/// Label and unit.
pub(super) fn heading(d: &Definition) -> String {
    if d.unit.is_empty() { d.label.to_owned() } else { format!("{} ({})", d.label, d.unit) }
}

/// The section of the page.
pub(super) fn section(h: &mut Html, folder: &Folder) {
    h.el("section", &[("id", "figures")], |h| {
        h.leaf("h2", &[], "Key figures");
        h.el("p", &[], |h| {
            h.text(
                "Congestion figures are sums or largest values over all congestion points. “–” means that a figure has no \
                meaning in a strategy, “not priced” that the scenario states no value for it.",
            );
            h.leaf("span", &[("class", "js-only screen")], " Point at a figure, or reach it with the tab key, to see its definition.");
        });
        controls(h, folder);
        h.el("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Key figures")], |h| {
            h.el("table", &[("class", "figures")], |h| {
                h.leaf("caption", &[("class", "hidden-text")], "Key figures by strategy");
                h.el("thead", &[], |h| head(h, folder));
                sections(h, folder);
            });
        });
    });
}

fn controls(h: &mut Html, folder: &Folder) {
    h.el("div", &[("class", "controls js-only")], |h| {
        h.el("label", &[], |h| {
            h.text("Show ");
            h.el("select", &[("id", "difference")], |h| {
                h.leaf("option", &[("value", "")], "values");
                for (k, name) in folder.strategies().enumerate() {
                    h.leaf("option", &[("value", &k.to_string())], &format!("difference to {}", words(name)));
                }
            });
        });
        h.el("label", &[], |h| {
            h.void("input", &[("type", "checkbox"), ("id", "zeros")]);
            h.text(" rows that are zero in all strategies");
        });
    });
}

fn head(h: &mut Html, folder: &Folder) {
    h.el("tr", &[], |h| {
        h.leaf("th", &[("scope", "col")], "Figure (unit)");
        for (k, name) in folder.strategies().enumerate() {
            h.leaf("th", &[("scope", "col"), ("class", &format!("num s{k}"))], &words(name));
        }
    });
}

fn sections(h: &mut Html, folder: &Folder) {
    let columns = (folder.record.strategies.len() + 1).to_string();
    let listed = |d: &&Definition| folder.strategies().any(|s| folder.kpi(s, d.key).is_some());
    let definitions: Vec<&Definition> = DEFINITIONS.iter().filter(listed).collect();
    for group in definitions.chunk_by(|a, b| a.section == b.section) {
        let title = group[0].section.title();
        let id = format!("kpi-{}", title.to_lowercase().replace(' ', "-"));
        h.el("tbody", &[("id", &id)], |h| {
            h.el("tr", &[("class", "group")], |h| {
                h.leaf("th", &[("colspan", &columns), ("scope", "rowgroup")], title);
            });
            for d in group {
                row(h, folder, d);
            }
        });
    }
}

fn row(h: &mut Html, folder: &Folder, d: &Definition) {
    let rows: Vec<Option<&KpiRow>> = folder.strategies().map(|s| folder.kpi(s, d.key)).collect();
    let zero = rows.iter().all(|r| r.is_some_and(|r| r.status == "ok" && r.value == Some(0.0)));
    let tip = format!("def-{}", d.key);
    let attributes: &[(&str, &str)] = if zero { &[("class", "zero")] } else { &[] };
    h.el("tr", attributes, |h| {
        h.el("th", &[("scope", "row")], |h| {
            h.leaf("button", &[("type", "button"), ("class", "term"), ("aria-describedby", &tip)], &heading(d));
            h.el("span", &[("role", "tooltip"), ("id", &tip), ("class", "tip")], |h| {
                h.text(&sentence(d.meaning));
                let source = if d.source.is_empty() { String::new() } else { format!("Source: {}. ", d.source) };
                let unit = if d.unit.is_empty() { "number" } else { d.unit };
                h.leaf("span", &[("class", "note")], &format!(" Unit: {unit}. {source}In kpi.csv: "));
                h.leaf("code", &[], d.key);
            });
        });
        for (k, r) in rows.iter().enumerate() {
            let value = r.filter(|r| r.status == "ok").and_then(|r| r.value).map(|v| v.to_string()).unwrap_or_default();
            let class = format!("num s{k}");
            let digits = d.digits.to_string();
            h.leaf("td", &[("class", &class), ("data-v", &value), ("data-d", &digits)], &shown(*r, d.digits));
        }
    });
}

/// A text with a capital and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(decimal(12000.0, 2), "12\u{202f}000.00");
        assert_eq!(decimal(1234.5, 1), "1234.5");
        assert_eq!(decimal(-513.861, 2), "−513.86");
        assert_eq!(decimal(-0.001, 2), "0.00");
        assert_eq!(decimal(16862.5, 0), "16\u{202f}862");
    }
}
