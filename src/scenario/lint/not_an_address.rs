//! Congestion points and connections that have no address on the wire.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::build::cp_address;
use crate::uftp::syntax::{is_domain, is_entity_address};

/// The rule.
pub const RULE: Rule = Rule {
    code: "not-an-address",
    severity: Severity::Error,
    what: "The id of a congestion point cannot be part of an entity address, or the address of a connection is not an entity address.",
    why: "Messages name congestion points and connections by entity addresses: 'ea1.' with a month, the operator's domain reversed, ':' and \
          the id, printable ASCII of at most 255 characters in all; or 'ean.' and 12 to 34 digits.",
    example: "[[congestion_point]]\nid = \"Dörfli\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"",
    mend: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"",
};

/// Characters of an address in all.
const LONGEST: usize = 255;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    // A domain that is none is told by itself, and so is one that leaves no room for any id.
    if is_domain(&s.dso.domain) {
        let room = LONGEST.saturating_sub(cp_address(&s.dso.domain, "").as_str().len());
        if room == 0 {
            let finding = RULE.finding(format!("the domain leaves no room for an id in addresses of at most {LONGEST} characters"));
            faults.at("dso.domain", finding.help("choose a shorter domain"));
            return;
        }
        for (k, point) in s.congestion_point.iter().enumerate() {
            if let Some((fault, help)) = fault_of(&point.id, &s.dso.domain, room) {
                let finding = RULE.finding(format!("'{}' cannot be part of the address of a congestion point: {fault}", point.id));
                faults.at(&format!("congestion_point[{k}].id"), finding.help(help));
            }
        }
    }
    let Some(feeder) = subject.feeder else { return };
    for (connection, place) in feeder.grid.connections.iter().zip(&feeder.places.connections) {
        if !is_entity_address(connection.address.as_str()) {
            let finding = RULE.finding(format!("'{}', the address of connection '{}', is not an entity address", connection.address, connection.id));
            // Many connections without 'ean.' have one cause.
            faults.findings.push(finding.located(place.clone()).of_row().help(help(connection.address.as_str())));
        }
    }
}

/// What to write in place of an address that is none.
fn help(address: &str) -> String {
    let digits: String = address.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let digits = digits.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    match (12..=34).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        true => format!("write 'ean.{digits}'"),
        false => "write 'ean.' and the 18 digits of its meter".to_owned(),
    }
}

/// Why an id makes no address, and what to do.
fn fault_of(id: &str, domain: &str, room: usize) -> Option<(String, &'static str)> {
    let plain = "take letters, digits, '-' and '_'";
    match id.chars().find(|c| !matches!(c, ' '..='~')) {
        _ if id.trim_matches(' ').is_empty() => Some(("it is empty".to_owned(), plain)),
        Some(c) => Some((format!("'{}' is not printable ASCII", c.escape_debug()), plain)),
        // Others cut blanks off, and would then know another congestion point.
        None if id.trim_matches(' ') != id => Some(("it begins or ends with a blank".to_owned(), plain)),
        None if id.len() > room.min(244) => Some((format!("it has {} characters, the limit is {}", id.len(), room.min(244)), "choose a shorter id")),
        None => (!is_entity_address(cp_address(domain, id).as_str())).then(|| ("the address is none".to_owned(), plain)),
    }
}
