//! Connections whose meters no message can name.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::uftp::message::Ean;
use crate::uftp::syntax::is_entity_address;

/// The rule.
pub const RULE: Rule = Rule {
    code: "unmetered-connection",
    severity: Severity::Error,
    what: "The address of a connection is not 'ean.' and 18 digits, so no Metering message can name its meter.",
    why: "The operator settles orders from meter readings. Without them it cannot pay for what the connection delivers.",
    example: "[feeder]\npath = \"unmetered\"        # the house has the address ea1.2024-01.com.example.dso:house",
    mend: "[feeder]\npath = \"hamlet\"        # the house has the address ean.207110100000000006",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let (Some(feeder), false) = (subject.feeder, subject.scenario.aggregator.is_empty()) else { return };
    for (connection, place) in feeder.grid.connections.iter().zip(&feeder.places.connections) {
        // An address that is none is told by itself.
        if is_entity_address(connection.address.as_str()) && Ean::of_connection(&connection.address).is_none() {
            let message = format!("no Metering message can name the meter of connection '{}' by '{}'", connection.id, connection.address);
            faults.findings.push(RULE.finding(message).located(place.clone()).help("write 'ean.' and the 18 digits of its meter"));
        }
    }
}
