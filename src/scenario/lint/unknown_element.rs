//! Elements that the feeder does not have.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity, nearest};
use crate::grid::Grid;
use crate::ids::BranchIdx;

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-element",
    severity: Severity::Error,
    what: "A congestion point, a rating or a replacement names a transformer or line that the feeder does not have.",
    why: "Elements are called 'transformer:ID' and 'line:ID', with the ids in transformers.csv and lines.csv.",
    example: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:Trafo 1\"",
    mend: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let Some(feeder) = subject.feeder else { return };
    let points = subject.scenario.congestion_point.iter().enumerate();
    let points = points.map(|(k, p)| (format!("congestion_point[{k}].element"), p.element.as_str()));
    let rated = subject.scenario.feeder.rating.iter().enumerate();
    let rated = rated.map(|(k, r)| (format!("feeder.rating[{k}].element"), r.element.as_str()));
    let replaced = subject.scenario.strategy.iter().flat_map(|(name, own)| {
        let path = |k| super::strategy_path(name, &format!("replacement[{k}].element"));
        own.replacement.iter().enumerate().map(move |(k, r)| (path(k), r.element.as_str()))
    });
    for (path, element) in points.chain(rated).chain(replaced) {
        if feeder.grid.branch(element).is_none() {
            faults.at(&path, RULE.finding(format!("the feeder has no element '{element}'")).help(help(element, &feeder.grid)));
        }
    }
}

/// The nearest name, the one that ends so, or what there is.
fn help(element: &str, grid: &Grid) -> String {
    let names: Vec<String> = (0..grid.branches()).map(|k| grid.branch_name(BranchIdx::new(k))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let id = element.split_once(':').map_or(element, |(_, id)| id);
    let ending = || names.iter().copied().filter(|name| name.ends_with(id)).collect::<Vec<_>>();
    match (nearest(element, &names), &ending()[..]) {
        (Some(name), _) | (None, &[name]) => format!("did you mean '{name}'?"),
        _ => {
            let transformers: Vec<&str> = names.iter().copied().filter(|name| name.starts_with("transformer:")).take(4).collect();
            format!("write 'transformer:ID' or 'line:ID'; there are {}, and those in lines.csv", transformers.join(", "))
        }
    }
}
