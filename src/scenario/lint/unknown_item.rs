//! Items of lists that are changed by a name nobody has.

use crate::diagnostic::{Finding, Rule, Severity, did_you_mean, nearest};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-item",
    severity: Severity::Error,
    what: "A layer or an override changes an item that the list does not have.",
    why: "A table over a list changes items, which its keys name by 'id', 'domain' or 'element'. To add items, write the whole list.",
    example: "[contract.midday-opton]\nutilisation_eur_per_mwh = 90",
    mend: "[contract.midday-option]\nutilisation_eur_per_mwh = 90",
};

/// `known` are the names of the items.
pub(crate) fn by_name(name: &str, known: &[&str]) -> Finding {
    let finding = RULE.finding(format!("the list has no item '{name}'"));
    // In a header, points outside of quotes begin tables within.
    let pointed = known.iter().find(|known| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')));
    finding.help(match pointed {
        Some(pointed) => format!("a name with points stands in quotes: '\"{pointed}\"'"),
        None => did_you_mean(name, known, "its items are"),
    })
}

/// A table without items lies over the list.
pub(crate) fn for_list(known: &[&str]) -> Finding {
    let finding = RULE.finding("a single table stands where the file below has a list of tables");
    finding.help(format!("write '[[…]]' for the items of a list of your own; the list below has {}", crate::diagnostic::quoted_list(known)))
}

/// As [`by_name`], in a dotted path: `rest` of it begins with the name, behind `before`. A name with points needs quotes there.
pub(crate) fn in_path(name: &str, known: &[&str], before: &str, rest: &str) -> Finding {
    let like = |known: &str| -> String { rest.split('.').take(known.split('.').count()).collect::<Vec<_>>().join(".") };
    let pointed = || known.iter().copied().filter(|known| known.contains('.') && !rest.starts_with('"'));
    let meant = pointed().find(|known| like(known) == *known).or_else(|| pointed().find(|known| nearest(&like(known), &[known]).is_some()));
    let finding = by_name(name, known);
    match (meant, pointed().next().filter(|_| rest.contains('.'))) {
        (Some(meant), _) => {
            let help = format!("a name with points stands in quotes: '{before}\"{meant}\"{}'", &rest[like(meant).len()..]);
            finding.help(help)
        }
        (None, Some(first)) => {
            let items = did_you_mean(name, known, "its items are");
            finding.help(format!("{items}; a name with points stands in quotes, as in '{before}\"{first}\"'"))
        }
        (None, None) => finding,
    }
}

/// An override names an item by a position that the list does not have.
pub(crate) fn by_position(position: usize, length: usize) -> Finding {
    let help = match length {
        0 => "the list is empty".to_owned(),
        1 => "the list has one item, [0]".to_owned(),
        n => format!("the list has {n} items, [0] to [{}]", n - 1),
    };
    RULE.finding(format!("there is no item [{position}]")).help(help)
}
