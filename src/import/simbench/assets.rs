//! Loads, renewables and storages, and behind which meter each stands.
//!
//! SimBench knows elements at nodes, not customers. The rule here: every base load (a load that is neither heat pump nor
//! charging) opens a connection at its bus. At each bus, the other elements go behind those meters: a storage behind the
//! first meter whose base load has the profile in the storage's name (`Storage_PV5_H0-A`: `H0-A`); else the `k`-th element of a
//! kind behind meter `k` modulo their number, both in file order. Elements at a bus without base load share one connection.
//!
//! Addresses are synthetic: `ean.` and 18 digits, `20` (a prefix GS1 keeps for numbers that never leave a house), level (5 MV, 7
//! LV), type and number of the subnet, the connection's row in ten digits, and GS1's check digit.

use std::collections::BTreeMap;
use std::path::Path;

use super::tables::{Buses, end, own, scaled, table};
use crate::asset::{AssetKind, AssetSpec};
use crate::diagnostic::Findings;
use crate::grid::{Connection, Grid, Phases};
use crate::ids::{BusIdx, ConnectionIdx, EntityAddress};
use crate::import::rules;
use crate::profile::ProfileTable;
use crate::table::{Row, Sign};

/// File a profile's column is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Series {
    Load,
    Renewable,
    Storage,
}

/// An element at a node.
pub(super) struct Element {
    id: String,
    bus: BusIdx,
    kind: AssetKind,
    pub(super) series: Series,
    /// Profile as the element names it.
    pub(super) profile: String,
    p_nominal_w: f64,
    q_nominal_var: f64,
}

/// Column of a profile in its file, and the name it gets here: a storage may share its name with a renewable.
pub(super) fn columns(series: Series, profile: &str) -> Vec<(String, String)> {
    let same = |name: String| (name.clone(), name);
    match series {
        Series::Load => vec![same(format!("{profile}_pload")), same(format!("{profile}_qload"))],
        Series::Renewable => vec![same(profile.to_owned())],
        Series::Storage if profile.starts_with("Storage") => vec![same(profile.to_owned())],
        Series::Storage => vec![(profile.to_owned(), format!("Storage_{profile}"))],
    }
}

/// All elements of the grid: loads, renewables, storages, each in file order.
pub(super) fn read_elements(dir: &Path, subnet: &str, buses: &Buses, f: &mut Findings) -> Vec<Element> {
    let files = [
        ("Load.csv", Series::Load, "pLoad", "qLoad", 1e6),
        ("RES.csv", Series::Renewable, "pRES", "qRES", -1e6),
        ("Storage.csv", Series::Storage, "pStor", "qStor", 1e6),
    ];
    let mut elements = Vec::new();
    // Today's scenario has no storages and no such file.
    for (file, series, p, q, unit) in files.into_iter().filter(|f| f.1 != Series::Storage || dir.join(f.0).exists()) {
        let Some(table) = table(dir, file, &["id", "node", "profile", p, q, "subnet"], f) else { continue };
        for row in table.rows().filter(|r| own(r, subnet)) {
            let profile = row.text("profile", f);
            elements.push(Element {
                id: row.text("id", f),
                bus: end(row, "node", buses, f),
                kind: kind(series, &profile),
                series,
                profile,
                p_nominal_w: scaled(row.number(p, Sign::Any, f), unit),
                q_nominal_var: scaled(row.number(q, Sign::Any, f), unit) + 0.0, // no negative zero
            });
        }
    }
    power_plants(dir, subnet, f);
    elements
}

/// Controllable power plants stand in the levels above; one here would be lost, so it is said.
fn power_plants(dir: &Path, subnet: &str, f: &mut Findings) {
    let Some(table) = table(dir, "PowerPlant.csv", &["id", "subnet"], f) else { return };
    let report = |row: Row<'_>| {
        let message = format!("power plant '{}' is not read", row.cell("id"));
        row.at("id", rules::POWER_PLANT.finding(message))
    };
    table.rows().filter(|r| own(r, subnet)).for_each(|row| f.push(report(row)));
}

fn kind(series: Series, profile: &str) -> AssetKind {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|p| profile.starts_with(p));
    match series {
        Series::Load if begins(&["Soil_", "Air_"]) => AssetKind::HeatPump,
        Series::Load if begins(&["HLS_", "APLS_"]) => AssetKind::Charging,
        Series::Load => AssetKind::Load,
        Series::Renewable if begins(&["PV"]) => AssetKind::Pv,
        Series::Renewable | Series::Storage => AssetKind::Plant,
    }
}

/// Opens the connections of `grid` and puts every element behind one of them.
pub(super) fn behind_meters(grid: &mut Grid, subnet: &str, elements: &[Element], profiles: &ProfileTable) -> Vec<AssetSpec> {
    let mut meters = BTreeMap::<BusIdx, Vec<Meter>>::new();
    let mut open = |grid: &mut Grid, bus: BusIdx, id: &str, base: &str| {
        let connection = ConnectionIdx::new(grid.connections.len());
        let address = address(subnet, connection);
        grid.connections.push(Connection { id: id.to_owned(), address, bus, phases: Phases::Abc });
        meters.entry(bus).or_default().push(Meter { connection, base: base.to_owned() });
    };
    for element in elements.iter().filter(|e| e.kind == AssetKind::Load) {
        open(grid, element.bus, &element.id, &element.profile);
    }
    for element in elements {
        if !grid.connections.iter().any(|c| c.bus == element.bus) {
            let id = grid.buses[element.bus.i()].id.clone();
            open(grid, element.bus, &id, "");
        }
    }
    let mut dealt = BTreeMap::<(BusIdx, AssetKind), usize>::new();
    let mut assets = Vec::new();
    for element in elements {
        let turn = dealt.entry((element.bus, element.kind)).or_default();
        let meter = choose(&meters[&element.bus], element, *turn);
        *turn += 1;
        let names = columns(element.series, &element.profile);
        assets.push(AssetSpec {
            id: element.id.clone(),
            connection: meter,
            kind: element.kind,
            p_nominal_w: element.p_nominal_w,
            q_nominal_var: element.q_nominal_var,
            p_profile: profiles.find(&names[0].1),
            q_profile: names.get(1).and_then(|(_, name)| profiles.find(name)),
        });
    }
    assets
}

/// A connection of a bus and the profile of its base load.
struct Meter {
    connection: ConnectionIdx,
    base: String,
}

/// The meter of an element that is the `turn`-th of its kind at the bus.
fn choose(meters: &[Meter], element: &Element, turn: usize) -> ConnectionIdx {
    let named = |m: &&Meter| element.series == Series::Storage && !m.base.is_empty() && element.profile.ends_with(&format!("_{}", m.base));
    meters.iter().find(named).unwrap_or(&meters[turn % meters.len()]).connection
}

/// The synthetic address of a connection; see the head of the file.
fn address(subnet: &str, connection: ConnectionIdx) -> EntityAddress {
    let (level, number) = (if subnet.starts_with("MV") { '5' } else { '7' }, subnet[2..].replace('.', ""));
    let digits = format!("20{level}{number}{:010}", connection.i());
    EntityAddress::new(format!("ean.{digits}{}", check_digit(&digits)))
}

/// GS1's check digit: what the digits, weighted 3, 1, 3, … from the right, lack to a multiple of ten.
fn check_digit(digits: &str) -> u32 {
    let weighted = |(i, digit): (usize, u8)| u32::from(digit - b'0') * if i % 2 == 0 { 3 } else { 1 };
    let sum: u32 = digits.bytes().rev().enumerate().map(weighted).sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_eighteen_digits_with_a_check_digit() {
        // The worked example of the GS1 General Specifications for 18 digits.
        assert_eq!(check_digit("37610425002123456"), 9);
        assert_eq!(address("LV1.101", ConnectionIdx(0)).as_str(), "ean.207110100000000006");
    }

    #[test]
    fn storages_follow_the_base_load_in_their_name() {
        let meters = [("G1-A", 0), ("H0-A", 1)].map(|(base, c)| Meter { connection: ConnectionIdx(c), base: base.into() });
        let element = |series, profile: &str| Element {
            id: "x".into(),
            bus: BusIdx(0),
            kind: AssetKind::Plant,
            series,
            profile: profile.into(),
            p_nominal_w: -1.0,
            q_nominal_var: 0.0,
        };
        assert_eq!(choose(&meters, &element(Series::Storage, "Storage_PV5_H0-A"), 0), ConnectionIdx(1));
        assert_eq!(choose(&meters, &element(Series::Storage, "Storage_PV5_L1-A"), 0), ConnectionIdx(0));
        assert_eq!(choose(&meters, &element(Series::Renewable, "PV5"), 3), ConnectionIdx(1));
    }
}
