//! An operator refuses powers that cannot occur on its congestion point: it knows the ratings.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use copperplate::agent::dso::{Dso, Profile, Watched};
use copperplate::agent::{Action, Desk, Directory, Inbox, Input, Participant, PublicCp};
use copperplate::ids::{ConnectionIdx, CpIdx, EntityAddress, Role};
use copperplate::market::contract::Contract;
use copperplate::scenario::study::Study;
use copperplate::time::IspCalendar;
use copperplate::uftp::message::*;
use copperplate::uftp::sample::{congestion_point, domain, sample};
use copperplate::uftp::validate::{Baseline, Terms};
use copperplate::units::Watts;
use jiff::civil::time;

use crate::sim_support::prepare;

use crate::agent_support::day_ahead;

/// VA of the transformer that is watched.
const RATED_VA: f64 = 160_000.0;

fn quickstart() -> Study {
    prepare(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml"), |_| {}).expect("it is sound")
}

/// How many connections the operator's grid has, and the address of the first, the one behind the transformer.
pub(crate) fn connections() -> usize {
    quickstart().grid.connections.len()
}

pub(crate) fn first_connection() -> EntityAddress {
    quickstart().grid.connections[0].address.clone()
}

/// An operator that watches a transformer, with this much installed feed-in behind it and these contracts.
pub(crate) fn operator(installed_feed_in_w: f64, contracts: Vec<Contract>) -> Dso {
    let study = quickstart();
    let calendar = Arc::new(IspCalendar::new("Europe/Amsterdam", 15).unwrap());
    let own = domain(Role::Dso);
    let terms = Terms { mutex_offers_supported: false, baseline: Baseline::DPrognosis, plausible_power: None };
    let directory = Directory {
        domain: own.clone(),
        role: Role::Dso,
        peers: BTreeMap::from([(domain(Role::Agr), Role::Agr), (domain(Role::Cro), Role::Cro)]),
        congestion_points: BTreeMap::from([(congestion_point(), terms)]),
        contracts: contracts.clone(),
        release_deadline: time(13, 0, 0, 0),
        calendar: Arc::clone(&calendar),
        currency: Currency::EUR,
    };
    let mut installed = vec![0.0; study.grid.connections.len()];
    installed[0] = installed_feed_in_w;
    let watched = Watched {
        public: PublicCp { cp: CpIdx::new(0), address: congestion_point(), mutex_offers: false, connections: vec![ConnectionIdx::new(0)] },
        branch: study.congestion_points[0].branch,
        from_is_upstream: true,
        rated_va: RATED_VA,
        planning: 1.0,
        rating: 1.0,
        emergency: 1.3,
    };
    let profile = Profile {
        cro: domain(Role::Cro),
        network: Arc::clone(&study.network),
        addresses: study.grid.connections.iter().map(|c| EntityAddress::new(c.address.as_str())).collect(),
        installed_feed_in_w: installed,
        watched: vec![watched],
        within: Vec::new(),
        contracts,
        trades: true,
        price_ceiling_eur_per_mwh: 300.0,
        penalty_eur_per_mwh: 50.0,
        prognosis_check: None,
        rounds: vec![day_ahead()],
        orange: None,
    };
    Dso::new(Desk::new(own, calendar, Currency::EUR, 1), Inbox::new(directory), profile)
}

/// The operator's answer to a prognosis of so many watts: `None` if it is accepted.
fn refused(installed_feed_in_w: f64, power_w: i64) -> Option<String> {
    let Message::DPrognosis(mut prognosis) = sample(MessageType::DPrognosis) else { unreachable!() };
    prognosis.isps = vec![IspPower::new(Watts(power_w), 1, 96)];
    let now = prognosis.header.time_stamp.second;
    let actions = operator(installed_feed_in_w, Vec::new()).handle(now, Input::Message(Arc::new(prognosis.into())));
    let answers = actions.iter().filter_map(|a| if let Action::Send(m) = a { m.response() } else { None });
    let answers: Vec<&Response> = answers.collect();
    assert_eq!(answers.len(), 1);
    (!answers[0].is_accepted()).then(|| answers[0].rejection_reason.as_deref().unwrap_or_default().to_owned())
}

#[test]
fn powers_beyond_the_rating_are_refused() {
    for absurd in [9_999_999_999_999_999, -9_999_999_999_999_999, 5_000_000, 1_600_001] {
        let reason = refused(0.0, absurd).expect("it is refused");
        assert!(reason.starts_with("Power value rejection"), "{absurd}: {reason}");
    }
    for plausible in [1_600_000, -336_000, 0] {
        assert_eq!(refused(0.0, plausible), None, "{plausible}");
    }
}

#[test]
fn what_is_installed_is_plausible_whatever_the_rating() {
    assert_eq!(refused(500_000.0, -5_000_000), None);
    assert!(refused(500_000.0, -5_000_001).is_some());
}
