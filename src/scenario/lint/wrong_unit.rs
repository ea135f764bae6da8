//! Keys that name a quantity in another unit than the scenario takes it in.

use crate::diagnostic::{Finding, Rule, Severity};
use crate::scenario::node::{Node, Value};
use crate::scenario::unit::{Unit, convert};

/// The rule.
pub const RULE: Rule = Rule {
    code: "wrong-unit",
    severity: Severity::Error,
    what: "A key exists, but with another unit in its name.",
    why: "The name of a key states its unit, and the program converts no units. A key without a unit is a fraction: 95 % is 0.95.",
    example: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\nplanning_percent = 95",
    mend: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\nplanning = 0.95",
};

/// `written` stands for the known key `name`; the units are theirs.
pub(crate) fn finding(table: &str, written: &str, name: &str, node: &Node, (from, to): (Unit, Unit)) -> Finding {
    let place = if table.is_empty() { String::new() } else { format!(" in '{table}'") };
    let x = match node.value {
        Value::Integer(n) => Some(n as f64),
        Value::Float(x) => Some(x),
        _ => None,
    };
    let help = match x.and_then(|x| convert(x, from, to)) {
        Some(y) => format!("write '{name} = {y}'"),
        None => format!("write '{name}' with a value that is {}", wanted(to)),
    };
    RULE.finding(format!("unknown key '{written}'{place}: '{name}' is {}", wanted(to))).help(help)
}

fn wanted(unit: Unit) -> String {
    if unit.ending.is_empty() { unit.symbol.to_owned() } else { format!("in {}", unit.symbol) }
}
