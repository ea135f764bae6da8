//! Congestion points and the addresses of connections.

use std::collections::BTreeMap;

use super::super::loaded::Loaded;
use super::super::rules::BAD_ADDRESS;
use crate::scenario::lint::{Faults, duplicate_id};
use crate::uftp::syntax::is_entity_address;

pub(super) fn addresses(loaded: &Loaded, faults: &mut Faults<'_>) {
    let mut seen = BTreeMap::new();
    for (k, point) in loaded.config.congestion_point.iter().enumerate() {
        let path = format!("congestion_point[{k}].address");
        if !is_entity_address(&point.address) {
            no_address(&path, &point.address, faults);
        } else if let Some(first) = seen.insert(&point.address, k) {
            let place = faults.written(&format!("congestion_point[{first}].address")).map_or(0, |place| place.line_column().0);
            let finding = duplicate_id::RULE.finding(format!("congestion point '{}' is there twice, first in line {place}", point.address));
            faults.at(&path, finding.help("give each its own address, or merge the two"));
        }
    }
}

pub(super) fn connections(loaded: &Loaded, faults: &mut Faults<'_>) {
    for (k, point) in loaded.config.congestion_point.iter().enumerate() {
        let mut seen = BTreeMap::new();
        for (j, address) in point.connections.iter().enumerate() {
            let path = format!("congestion_point[{k}].connections[{j}]");
            if !is_entity_address(address) {
                no_address(&path, address, faults);
            } else if seen.insert(address, j).is_some() {
                let finding = duplicate_id::RULE.finding(format!("connection '{address}' is there twice"));
                faults.at(&path, finding.help("name it once"));
            }
        }
    }
}

/// The finding on a text that messages cannot carry as an address.
pub(super) fn no_address(path: &str, text: &str, faults: &mut Faults<'_>) {
    let finding = BAD_ADDRESS.finding(format!("'{text}' is no entity address"));
    faults.at(path, finding.help("write 'ean.' and 12 to 34 digits, or like 'ea1.2024-01.com.example.dso:feeder-7'"));
}
