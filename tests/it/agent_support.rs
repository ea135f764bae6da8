//! An aggregator by itself: one connection at one congestion point, whose messages a test plays.

use std::collections::BTreeMap;
use std::sync::Arc;

use copperplate::agent::agenda::Round;
use copperplate::agent::agr::behaviour::{Behaviour, Truthful};
use copperplate::agent::agr::{Agr, OwnDevice, Profile};
use copperplate::agent::{Desk, Directory, Inbox, PublicCp};
use copperplate::ids::{AgrIdx, ConnectionIdx, CpIdx, EntityAddress, Role};
use copperplate::market::contract::Contract;
use copperplate::time::IspCalendar;
use copperplate::uftp::message::Currency;
use copperplate::uftp::sample::{congestion_point, connection, domain};
use copperplate::uftp::validate::{Baseline, Terms};
use jiff::civil::time;

/// A truthful aggregator of one connection, with its devices, contracts and rounds of trade.
pub(crate) fn aggregator(calendar: &Arc<IspCalendar>, devices: Vec<OwnDevice>, contracts: Vec<Contract>, rounds: Vec<Round>) -> Agr {
    let own = domain(Role::Agr);
    let terms = Terms { mutex_offers_supported: false, baseline: Baseline::DPrognosis, plausible_power: None };
    let directory = Directory {
        domain: own.clone(),
        role: Role::Agr,
        peers: BTreeMap::from([(domain(Role::Dso), Role::Dso), (domain(Role::Cro), Role::Cro)]),
        congestion_points: BTreeMap::from([(congestion_point(), terms)]),
        contracts: contracts.clone(),
        release_deadline: time(13, 0, 0, 0),
        calendar: Arc::clone(calendar),
        currency: Currency::EUR,
    };
    let row = ConnectionIdx::new(0);
    let profile = Profile {
        agr: AgrIdx::new(0),
        dso: domain(Role::Dso),
        cro: domain(Role::Cro),
        connections: vec![(row, EntityAddress::new(connection().as_str()))],
        retail: vec![None],
        devices,
        congestion_points: vec![PublicCp { cp: CpIdx::new(0), address: congestion_point(), mutex_offers: false, connections: vec![row] }],
        within: Vec::new(),
        contracts,
        behaviour: Behaviour::Truthful(Truthful),
        at_cost: false,
        caution: 1.0,
        support_eur_per_mwh: 0.0,
        shifting_eur_per_mwh: 0.0,
        penalty_eur_per_mwh: 0.0,
        rounds,
    };
    Agr::new(Desk::new(own, Arc::clone(calendar), Currency::EUR, 1), Inbox::new(directory), profile)
}

/// The round of the day before that is the default.
pub(crate) fn day_ahead() -> Round {
    Round {
        prognosis: Some(time(13, 30, 0, 0)),
        request: time(14, 0, 0, 0),
        request_expires: time(15, 0, 0, 0),
        order: time(15, 30, 0, 0),
        close: time(16, 0, 0, 0),
    }
}
