//! Keys that mean nothing where they stand.

use crate::diagnostic::{Finding, Rule, Severity, did_you_mean};
use crate::scenario::path::Step;

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-key",
    severity: Severity::Error,
    what: "A table holds a key that it does not know.",
    why: "The key may be misspelt. If it were ignored, the default would stay in force.",
    example: "[feeder]\npv_scal = 0.8",
    mend: "[feeder]\npv_scale = 0.8",
};

/// Keys that have moved: their table, and what is written instead.
const MOVED: [(&str, &str, &str); 2] =
    [("contract", "max_calls_per_week", "limits.calls_per_week"), ("contract", "penalty_eur_per_mwh", "performance.penalty_eur_per_mwh")];

/// A key of the table at `table` that has moved, with the way over.
pub(crate) fn moved(table: &str, key: &str) -> Option<Finding> {
    let home = table.split(['[', '.']).next().unwrap_or(table);
    let (_, _, now) = MOVED.iter().find(|(of, old, _)| *of == home && *old == key)?;
    Some(RULE.finding(format!("'{key}' in '{table}' has moved")).help(format!("write {now} = … instead")))
}

/// `allowed` are the keys of the table at `table`.
pub(crate) fn finding(table: &str, key: &str, allowed: &[&str]) -> Finding {
    let message = if table.is_empty() { format!("unknown key '{key}'") } else { format!("unknown key '{key}' in '{table}'") };
    RULE.finding(message).help(did_you_mean(key, allowed, "keys here are"))
}

/// The key belongs to other tables, which `homes` names as their headers; the top of the file is the empty one.
pub(crate) fn misplaced(table: &str, key: &str, homes: &[String]) -> Finding {
    const SHOWN: usize = 4;
    let place = |home: &String| if home.is_empty() { "the top, above the first [table]".to_owned() } else { home.clone() };
    let mut places: Vec<String> = homes.iter().take(SHOWN).map(place).collect();
    if homes.len() > SHOWN {
        places.push("others".to_owned());
    }
    let places = match places.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    };
    finding(table, key, &[]).help(format!("'{key}' belongs to {places}; in TOML a key is one of the last '[table]' above it"))
}

/// As [`misplaced`], of an override: `form` is the one that is meant.
pub(crate) fn misplaced_override(table: &str, key: &str, form: &str) -> Finding {
    finding(table, key, &[]).help(format!("write {form}"))
}

/// As [`misplaced`], of a table: `headers` are those it can have.
pub(crate) fn misplaced_table(table: &str, key: &str, headers: &[String]) -> Finding {
    let headers: Vec<String> = headers.iter().take(4).map(|header| format!("'{header}'")).collect();
    finding(table, key, &[]).help(format!("write its whole path: {}", headers.join(" or ")))
}

/// An override of the file that a scenario extends.
pub(crate) fn extends_override() -> Finding {
    let finding = RULE.finding("an override cannot say what the scenario extends");
    finding.help("write a file that begins with 'extends = \"base.toml\"', and run that")
}

/// The key belongs to tables of other kinds.
pub(crate) fn of_other_kind(table: &str, key: &str, tag: &str, kinds: &[&str]) -> Finding {
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("'{tag} = \"{kind}\"'")).collect();
    RULE.finding(format!("unknown key '{key}' in '{table}'")).help(format!("it belongs to {}", kinds.join(" or ")))
}

/// An override goes through something that has no such part.
pub(crate) fn no_way(step: &Step) -> Finding {
    match step {
        Step::Key(key) => RULE.finding(format!("'{key}' is not inside a table")).help("only tables and lists of tables have named parts"),
        Step::Item(i) => RULE.finding(format!("[{i}] is not inside a list")).help("only lists have items with a number"),
    }
}

/// A text that should be a dotted path is none.
pub(crate) fn no_path(path: &str) -> Finding {
    RULE.finding(format!("'{path}' is not a path into the scenario"))
        .help("write keys with dots, as in 'feeder.pv_scale' or 'aggregator[1].margin'")
}
