//! Elements that the feeder does not have.

use super::Table;
use crate::diagnostic::{Rule, Severity, nearest};
use crate::ids::BranchIdx;

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-element",
    severity: Severity::Error,
    what: "A congestion point, a rating or a replacement names a transformer or line that the feeder does not have.",
    why: "The name of an element is 'transformer:ID' or 'line:ID', with an id from transformers.csv or lines.csv.",
    example: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:Trafo 1\"",
    mend: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"",
};

pub(super) const TABLE: Table = Table {
    name: "element",
    items: |subject| {
        let grid = &subject.feeder?.grid;
        Some((0..grid.branches()).map(|k| grid.branch_name(BranchIdx::new(k)).into()).collect())
    },
    unknown: |element, names| RULE.finding(format!("the feeder has no element '{element}'")).help(help(element, names)),
};

/// The nearest name, the one that ends so, or what there is.
fn help(element: &str, names: &[&str]) -> String {
    let id = element.split_once(':').map_or(element, |(_, id)| id);
    let ending = || names.iter().copied().filter(|name| name.ends_with(id)).collect::<Vec<_>>();
    match (nearest(element, names), &ending()[..]) {
        (Some(name), _) | (None, &[name]) => format!("did you mean '{name}'?"),
        _ => {
            let transformers: Vec<&str> = names.iter().copied().filter(|name| name.starts_with("transformer:")).take(4).collect();
            let some = if transformers.is_empty() { "none".to_owned() } else { transformers.join(", ") };
            format!("write 'transformer:ID' or 'line:ID'; in transformers.csv there are {some}, and lines are those in lines.csv")
        }
    }
}
